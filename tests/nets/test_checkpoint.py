"""A checkpoint gives back all of a training; a damaged one is told, another's is left alone."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch
from torch import nn

from ethoframe.data import Refusal
from ethoframe.nets.checkpoint import Progress, load, save


def begun(seed: int = 0) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.3), nn.Conv2d(4, 2, 3))
    net = net.to(memory_format=torch.channels_last)
    return net, torch.optim.AdamW(net.parameters(), lr=0.01)


def taught(net: nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        net(torch.rand(4, 1, 16, 16)).square().mean().backward()
        optimizer.step()


def weights(net: nn.Module) -> list[torch.Tensor]:
    return [held.clone() for held in net.state_dict().values()]


def same(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def test_what_comes_after_is_what_would_have_come(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    net, optimizer = begun()
    taught(net, optimizer, 3)
    told = Progress(
        step=3,
        averaged={"a": torch.rand(2, 2)},
        best={"a": torch.rand(2, 2), "count": torch.tensor(7)},
        error=0.25,
        stale=1,
        history=[{"step": 1.0, "off": float("nan")}],
        seconds=12.5,
    )
    save(path, "key", net, optimizer, told)
    taught(net, optimizer, 4)
    wanted = weights(net)

    other, fresh = begun(seed=9)
    found = load(path, "key", other, fresh)
    assert found is not None
    assert (found.step, found.error, found.stale, found.seconds) == (3, 0.25, 1, 12.5)
    assert found.history[0]["step"] == 1.0
    assert found.history[0]["off"] != found.history[0]["off"]
    assert same([found.averaged["a"]], [told.averaged["a"]])
    assert same(list(found.best.values()), list(told.best.values()))
    taught(other, fresh, 4)
    assert same(weights(other), wanted)


def test_none_and_that_of_another_training_change_nothing(tmp_path):
    net, optimizer = begun()
    path = tmp_path / "checkpoint.safetensors"
    assert load(path, "key", net, optimizer) is None
    save(path, "key", net, optimizer, Progress(step=5))
    other, fresh = begun(seed=1)
    before, chance = weights(other), torch.get_rng_state()
    assert load(path, "another key", other, fresh) is None
    assert same(weights(other), before)
    assert torch.equal(torch.get_rng_state(), chance)
    assert not fresh.state_dict()["state"]


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "folder"])
def test_a_damaged_one_is_told_in_a_line(tmp_path, damage):
    net, optimizer = begun()
    path = tmp_path / "checkpoint.safetensors"
    save(path, "key", net, optimizer, Progress(step=5))
    whole = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(
            {"empty": b"", "cut": whole[:-40], "text": b"not a file of tensors"}[damage]
        )
    with pytest.raises(Refusal, match="remove it: the fit begins anew") as told:
        load(path, "key", net, optimizer)
    assert "\n" not in str(told.value)


def test_on_a_full_disk_the_last_one_is_kept(tmp_path, monkeypatch):
    net, optimizer = begun()
    path = tmp_path / "checkpoint.safetensors"
    save(path, "key", net, optimizer, Progress(step=1))

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        save(path, "key", net, optimizer, Progress(step=2))
    found = load(path, "key", net, optimizer)
    assert found is not None
    assert found.step == 1


def test_nothing_in_it_is_a_pickle(tmp_path):
    net, optimizer = begun()
    taught(net, optimizer, 1)
    save(tmp_path / "c", "key", net, optimizer, Progress(step=1))
    assert b"torch" not in (tmp_path / "c").read_bytes()[:20000].split(b"}}")[0].lower()
    assert (tmp_path / "c").read_bytes()[8:9] == b"{"  # a header of JSON, then numbers
