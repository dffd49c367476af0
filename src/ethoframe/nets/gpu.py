"""A fitted network on a GPU, many pictures at a time, in full precision."""

from __future__ import annotations

import numpy as np
import torch
from safetensors.torch import load_file

from ethoframe.data.noun import Array
from ethoframe.nets.build import build
from ethoframe.nets.device import gpu
from ethoframe.nets.model import WEIGHTS, Model


class GpuRunner:
    """Runs the network of a model by torch, on the GPU where there is one.

    Parameters
    ----------
    model
        Which network.
    """

    def __init__(self, model: Model) -> None:
        self.device = gpu() or torch.device("cpu")
        net = build(model.network)
        net.load_state_dict(load_file(model.folder / WEIGHTS))
        self.net = net.to(self.device).eval()
        self.batch = 32 if self.device.type != "cpu" else 1

    @torch.no_grad()
    def __call__(self, pictures: Array) -> dict[str, Array]:
        """Answers to pictures, by the kind of head."""
        parts = []
        for start in range(0, len(pictures), self.batch):
            some = torch.from_numpy(pictures[start : start + self.batch]).to(self.device)
            parts.append({kind: a.cpu().numpy() for kind, a in self.net(some).items()})
        if not parts:
            return {}
        return {kind: np.concatenate([part[kind] for part in parts]) for kind in parts[0]}
