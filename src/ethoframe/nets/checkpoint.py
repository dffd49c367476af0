"""The state of a training in a file: killed, it goes on as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as as_bytes
from torch import Tensor, nn

from ethoframe.data import Refusal

Tensors = dict[str, Tensor]


@dataclass
class Progress:
    """How far training has come: all that a resumed one needs besides the network.

    Parameters
    ----------
    step
        How many steps are done.
    averaged
        The running average of the network's weights, by name.
    best
        The average that had the smallest error so far; empty before the first validation.
    error
        Its error.
    stale
        Validations since then.
    history
        Figures of every validation.
    seconds
        That training has taken, before and after it was killed.
    """

    step: int = 0
    averaged: Tensors = field(default_factory=dict)
    best: Tensors = field(default_factory=dict)
    error: float = float("inf")
    stale: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0


def save(
    path: Path, key: str, net: nn.Module, optimizer: torch.optim.Optimizer, progress: Progress
) -> None:
    """Writes the state beside its place, and moves it there in one go.

    Raises
    ------
    OSError
        When it cannot be written; the last one is still there.
    """
    tensors: Tensors = {f"net/{k}": v for k, v in net.state_dict().items()}
    tensors |= {f"averaged/{k}": v for k, v in progress.averaged.items()}
    tensors |= {f"best/{k}": v for k, v in progress.best.items()}
    state = optimizer.state_dict()["state"]
    for index, held in state.items():
        tensors |= {f"optimizer/{index}/{k}": torch.as_tensor(v) for k, v in held.items()}
    tensors["chance"] = torch.get_rng_state()
    plain = {
        "step": progress.step,
        "error": progress.error,
        "stale": progress.stale,
        "history": progress.history,
        "seconds": progress.seconds,
    }
    held = {k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}
    draft = path.with_name(path.name + ".draft")
    draft.write_bytes(as_bytes(held, {"key": key, "progress": json.dumps(plain)}))
    draft.replace(path)


def load(path: Path, key: str, net: nn.Module, optimizer: torch.optim.Optimizer) -> Progress | None:
    """Puts the state back; None where there is none, or it is of another training.

    Raises
    ------
    Refusal
        When the file is damaged.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            said = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        reason = f"the checkpoint cannot be read ({error})"
        raise Refusal(path, reason, "remove it: the fit begins anew") from None
    if said.get("key") != key:
        return None
    device = next(net.parameters()).device
    net.load_state_dict(_under("net/", tensors, device))
    optimizer.load_state_dict({**optimizer.state_dict(), "state": _optimizer(tensors, device)})
    torch.set_rng_state(tensors["chance"])
    plain: Mapping[str, Any] = json.loads(said["progress"])
    averaged, best = (_under(name, tensors, device) for name in ("averaged/", "best/"))
    return Progress(averaged=averaged, best=best, **plain)


def _under(prefix: str, tensors: Tensors, device: torch.device) -> Tensors:
    return {
        name.removeprefix(prefix): tensor.to(device)
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _optimizer(tensors: Tensors, device: torch.device) -> dict[int, Tensors]:
    state: dict[int, Tensors] = {}
    for name, tensor in _under("optimizer/", tensors, device).items():
        index, key = name.split("/", 1)
        # AdamW counts its steps on the processor, whatever its device.
        state.setdefault(int(index), {})[key] = tensor.cpu() if key == "step" else tensor
    return state
