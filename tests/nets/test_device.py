"""Where training runs: what is asked for, or the quickest there is; never something else."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch

from ethoframe.data import Refusal
from ethoframe.nets import device


@pytest.fixture
def there(monkeypatch):
    def plant(*, cuda: bool = False, mps: bool = False) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(device, "_mps", lambda: mps)

    return plant


@pytest.mark.parametrize(
    ("cuda", "mps", "best"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_quickest(there, quick, cuda, mps, best):
    there(cuda=cuda, mps=mps)
    assert device.device_for(quick(device="auto")).type == best
    assert (device.gpu() is None) == (best == "cpu")


@pytest.mark.parametrize("asked", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(there, quick, asked):
    there()
    with pytest.raises(Refusal, match="no such device here; use --device auto"):
        device.device_for(quick(device=asked))


def test_the_processor_is_always_there(there, quick):
    there(cuda=True)
    assert device.device_for(quick(device="cpu")).type == "cpu"
    assert isinstance(device.mixed(torch.device("cpu")), nullcontext)


def test_threads_are_as_many_as_asked_for():
    before = torch.get_num_threads()
    try:
        assert device.with_threads(1) == 1
        assert device.with_threads(0) == torch.get_num_threads()
    finally:
        torch.set_num_threads(before)
