"""Where training runs, and with which numbers."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from ethoframe.contract import Training
from ethoframe.data import Refusal


def device_for(training: Training) -> torch.device:
    """The device that is asked for; the quickest there is, where that is left to us.

    Raises
    ------
    Refusal
        When there is no such device here.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": _mps()}
    if training.device == "auto":
        return torch.device(next(name for name in ("cuda", "mps", "cpu") if there[name]))
    if not there[training.device]:
        raise Refusal(training.device, "there is no such device here", "use --device auto")
    return torch.device(training.device)


def mixed(device: torch.device) -> AbstractContextManager[Any]:
    """Half precision where it is quicker and safe: on CUDA, as bfloat16, which needs no scaling."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()


def with_threads(count: int) -> int:
    """Lets torch use so many threads, all where 0; how many these are."""
    if count:
        torch.set_num_threads(count)
    return torch.get_num_threads()


def _mps() -> bool:
    backend = getattr(torch.backends, "mps", None)
    return bool(backend and backend.is_available())


def gpu() -> torch.device | None:
    """The GPU there is; None where there is none."""
    name = "cuda" if torch.cuda.is_available() else "mps" if _mps() else ""
    return torch.device(name) if name else None
