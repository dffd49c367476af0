from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from ethoframe.contract import Training  # noqa: E402
from ethoframe.data import Refusal  # noqa: E402
from ethoframe.nets import training as training_module  # noqa: E402
from ethoframe.nets.finder import Rates, Sweep, find_rate, smoothed  # noqa: E402
from ethoframe.nets.lesson import Lesson  # noqa: E402
from ethoframe.nets.network import Head, Network  # noqa: E402

RATES = np.logspace(-5, 0, 60)


class Few:
    """Pictures whose mean level is the value to be learned."""

    def __len__(self) -> int:
        return 6

    def example(self, index, chance):
        picture = np.full((1, 32, 32), index / 6, np.float32)
        return {"picture": picture, "values": np.array([index / 6], np.float32)}


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, picture):
        return {"values": self.layer(picture.mean(dim=(2, 3)))}


@pytest.fixture
def lesson(monkeypatch) -> Lesson:
    monkeypatch.setattr(training_module, "_built", lambda lesson, training: Small())
    return Lesson(Network((32, 32), 1, (Head("values", 1),)), Few(), Few(), lambda e, a: {})


def test_the_least_loss_is_a_decade_above_what_is_suggested():
    losses = 1 - 0.8 * np.exp(-((np.log10(RATES) + 1.0) ** 2))
    found = Rates.of(RATES, losses + np.random.default_rng(0).normal(0, 0.02, 60))
    assert 0.005 < found.suggested < 0.02
    assert 0.01 < found.steepest < 0.1
    shown = found.curve(40, 8).splitlines()
    assert len(shown) == 9
    assert "*" in shown[0]
    assert "|" in shown[1]
    assert shown[-1].split() == ["1e-05", "1e+00"]


def test_smoothing_neither_lags_nor_shrinks():
    step = np.where(np.arange(60) < 30, 1.0, 0.0)
    assert smoothed(step)[[0, 29, 30, 59]].round(2).tolist() == [1.0, 0.58, 0.42, 0.0]


def test_what_says_nothing_is_refused():
    with pytest.raises(Refusal, match="no number after 2 steps"):
        Rates.of(RATES[:2], np.ones(2))
    with pytest.raises(Refusal, match="rose from the first step on"):
        Rates.of(RATES, np.arange(60.0))


def test_a_sweep_leaves_nothing_behind(lesson, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(5)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    told = []
    found = find_rate(lesson, Training(threads=1), lambda *t: told.append(t))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    assert list(tmp_path.iterdir()) == []
    assert told[0] == ("sweeping rates", 1, 60)
    assert 1e-5 < found.suggested <= 0.1
    assert len(found.rates) == len(found.losses) == len(told)
    found.table(Path("table.csv"))
    assert len(Path("table.csv").read_text("utf-8").splitlines()) == 1 + len(told)


def test_a_sweep_ends_where_the_loss_runs_away(lesson, monkeypatch):
    from ethoframe.nets.training import Trainer

    def step(self, batch, step):
        if step == 40:
            raise Refusal("training", "the loss became nan", "lower --rate")
        return {"values": 1.0 - step / 100}

    monkeypatch.setattr(Trainer, "step", step)
    found = find_rate(lesson, Training(threads=1))
    assert len(found.rates) == 40
    monkeypatch.setattr(Trainer, "step", lambda self, batch, step: {"values": 1.05**step})
    with pytest.raises(Refusal, match="rose from the first step"):
        find_rate(lesson, Training(threads=1))


def test_two_sweeps_are_alike(lesson):
    one, two = (find_rate(lesson, Training(threads=1), steps=20) for _ in range(2))
    assert np.array_equal(one.losses, two.losses)
    assert Sweep(1.0, 20).at(0) == pytest.approx(1e-5)
