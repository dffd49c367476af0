"""A fitted network on a GPU, many pictures at a time, in full precision."""

from __future__ import annotations

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.build import build
from ethoframe.nets.device import gpu
from ethoframe.nets.model import AGAIN, WEIGHTS, Model


class GpuRunner:
    """Runs the network of a model by torch, on the GPU where there is one.

    Parameters
    ----------
    model
        Which network.
    """

    def __init__(self, model: Model) -> None:
        self.device = gpu() or torch.device("cpu")
        # Convolutions would be rounded to 10 bits otherwise, unlike those of a processor.
        torch.backends.cudnn.allow_tf32 = False
        net = build(model.network)
        path = model.folder / WEIGHTS
        try:
            net.load_state_dict(load_file(path))
        except (SafetensorError, RuntimeError) as error:
            reason = f"these are no weights of the network ({str(error).splitlines()[0]})"
            raise Refusal(path, reason, AGAIN) from None
        self.net = net.to(self.device).eval()
        self.batch = 32 if self.device.type != "cpu" else 1

    @torch.no_grad()
    def __call__(self, pictures: Array) -> dict[str, Array]:
        """Answers to pictures, by the kind of head."""
        parts = []
        for start in range(0, len(pictures), self.batch):
            some = torch.from_numpy(pictures[start : start + self.batch]).to(self.device)
            parts.append({kind: a.cpu().numpy() for kind, a in self.net(some).items()})
        return {kind: np.concatenate([part[kind] for part in parts]) for kind in parts[0]}
