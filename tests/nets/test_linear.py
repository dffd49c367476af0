from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from ethoframe.data import Refusal  # noqa: E402
from ethoframe.nets.linear import PENALTY, Linear  # noqa: E402


def drawn(count: int = 400, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(count, 4)).astype(np.float32)
    rows[chance.random(rows.shape) < 0.1] = np.nan
    told = np.nan_to_num(rows)[:, :classes].argmax(axis=1)
    return rows, told


def settled(rows: np.ndarray, told: np.ndarray, weights: np.ndarray, classes: int = 3) -> Linear:
    linear = Linear(rows.shape[1], classes)
    linear.settle(rows, told, weights, 0)
    return linear


def test_it_has_the_least_penalised_loss():
    rows, told = drawn()
    weights = np.random.default_rng(1).uniform(0.5, 2, len(told))
    linear = settled(rows, told, weights)
    weight = linear.weight.double().requires_grad_()
    first = linear.first.double().requires_grad_()
    scores = torch.from_numpy(np.nan_to_num(rows)).double() @ weight.T + first
    each = torch.nn.functional.cross_entropy(scores, torch.from_numpy(told), reduction="none")
    whole = (each * torch.from_numpy(weights)).sum() + PENALTY / 2 * (weight**2).sum()
    whole.backward()
    assert float(weight.grad.abs().max()) < 0.05
    assert float(first.grad.abs().max()) < 0.05


def test_it_tells_what_a_sum_can_tell_and_the_same_twice():
    rows, told = drawn()
    linear, again = (settled(rows, told, np.ones(len(told))) for _ in range(2))
    with torch.no_grad():
        found = linear(torch.from_numpy(rows)).argmax(dim=1).numpy()
    assert (found == told).mean() > 0.85
    assert torch.equal(linear.weight, again.weight)


def test_a_class_that_is_not_there_is_never_answered():
    rows, told = drawn(classes=2)
    linear = settled(rows, told, np.ones(len(told)), 3)
    with torch.no_grad():
        assert set(linear(torch.from_numpy(rows)).argmax(dim=1).tolist()) == {0, 1}


def test_one_class_teaches_nothing():
    with pytest.raises(Refusal, match="of one class"):
        settled(np.zeros((9, 2), np.float32), np.zeros(9, int), np.ones(9), 2)
