"""Losses: what is unknown counts for nothing, and nothing is better than the right answer."""

from __future__ import annotations

import math

import pytest
import torch

from ethoframe.nets.losses import LOSSES, losses

CHANCE = torch.Generator().manual_seed(5)
SURE = 30.0


def drawn(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=CHANCE)


def bumps() -> torch.Tensor:
    """Two keypoints in each of three pictures, each a distribution over 4 × 4 places."""
    maps = drawn(3, 2, 4, 4) + 0.05
    return maps / maps.sum(dim=(2, 3), keepdim=True)


def classes() -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor([0, 2, 1]), 3).float()


def yes_or_no() -> torch.Tensor:
    return (drawn(3, 2, 4, 4) > 0.5).float()


def mask() -> torch.Tensor:
    return torch.randint(0, 3, (3, 4, 4), generator=CHANCE)


def log_odds(wanted: torch.Tensor) -> torch.Tensor:
    return (2 * wanted - 1) * SURE


def scores_of(wanted: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.one_hot(wanted, 3).movedim(-1, 1).float() * SURE


def before_softplus(wanted: torch.Tensor) -> torch.Tensor:
    return torch.log(torch.expm1(wanted.clamp(min=1e-9)))


# For each kind of head: what is wanted, the answer that says just that, and the least loss.
RIGHT = {
    "heatmap": (bumps(), torch.log, None),
    "offset": (drawn(3, 4, 4, 4), torch.clone, 0.0),
    "visible": (yes_or_no()[:, :, 0, 0], log_odds, 0.0),
    "inside": (yes_or_no(), log_odds, 0.0),
    "boundary": (yes_or_no(), log_odds, 0.0),
    "distance": (drawn(3, 1, 4, 4), torch.clone, 0.0),
    "size": (drawn(3, 1, 4, 4), torch.clone, 0.0),
    "mask": (mask(), scores_of, 0.0),
    "density": (drawn(3, 1, 4, 4), before_softplus, 0.0),
    "classes": (classes(), log_odds, 0.0),
    "values": (drawn(3, 2), torch.clone, 0.0),
}


def lost(kind: str, answer: torch.Tensor, wanted: torch.Tensor) -> float:
    return float(losses({kind: answer}, {kind: wanted})[kind])


def test_every_loss_is_tried():
    assert {*RIGHT, "moment"} == set(LOSSES)


def test_moments_are_of_a_class_each_weigh_what_they_are_told_and_may_be_unknown():
    wanted = torch.tensor([[[[0, 1, 1, -1]]]])[:, 0]
    scores = torch.randn((1, 2, 1, 4), generator=CHANCE)
    told = {"moment": wanted, "class_weight": torch.tensor([[1.0, 3.0]])}
    each = -torch.log_softmax(scores, dim=1)[0, :, 0]
    expected = (each[0, 0] + 3 * each[1, 1] + 3 * each[1, 2]) / 3
    assert losses({"moment": scores}, told)["moment"].item() == pytest.approx(expected.item())
    sure = 40.0 * torch.tensor([[[[1.0, -1, -1, 0]], [[-1.0, 1, 1, 0]]]])
    assert losses({"moment": sure}, told)["moment"].item() == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("kind", RIGHT)
def test_nothing_is_better_than_the_right_answer(kind):
    wanted, said, least = RIGHT[kind]
    answer = said(wanted)
    right = lost(kind, answer, wanted)
    if least is not None:
        assert right == pytest.approx(least, abs=1e-5)
    for far in (0.3, 3.0, 30.0):
        wrong = answer + far * torch.randn(answer.shape, generator=CHANCE)
        assert lost(kind, wrong, wanted) >= right - 1e-6
    assert lost(kind, -answer - 1.0, wanted) > right


@pytest.mark.parametrize("kind", RIGHT)
def test_gradients_are_finite_however_wrong_the_answer_is(kind):
    wanted, said, _ = RIGHT[kind]
    for answer in (said(wanted), 0 * said(wanted), 1e4 * torch.randn(said(wanted).shape)):
        answer = answer.detach().requires_grad_()
        losses({kind: answer}, {kind: wanted})[kind].backward()
        assert torch.isfinite(answer.grad).all()


def unknown(kind: str, wanted: torch.Tensor, index: object) -> torch.Tensor:
    hidden = wanted.clone() if kind == "mask" else wanted.clone().float()
    hidden[index] = -1 if kind == "mask" else math.nan
    return hidden


@pytest.mark.parametrize("kind", RIGHT)
def test_a_picture_of_which_nothing_is_known_counts_for_nothing(kind):
    wanted, said, _ = RIGHT[kind]
    some = said(wanted) + 0.5
    hidden = unknown(kind, wanted, 1)
    kept = [0, 2]
    assert lost(kind, some, hidden) == pytest.approx(lost(kind, some[kept], wanted[kept]), rel=1e-4)
    other = some.clone()
    other[1] = -7.0
    assert lost(kind, other, hidden) == pytest.approx(lost(kind, some, hidden), rel=1e-5)


@pytest.mark.parametrize("kind", RIGHT)
def test_where_nothing_is_known_nothing_is_learned(kind):
    wanted, said, _ = RIGHT[kind]
    answer = said(wanted).detach().requires_grad_()
    whole = losses({kind: answer}, {kind: unknown(kind, wanted, slice(None))})[kind]
    whole.backward()
    assert torch.isfinite(whole)
    assert not answer.grad.abs().sum()


@pytest.mark.parametrize(
    "kind", [k for k, (w, _, _) in RIGHT.items() if w.ndim > 2 and k != "heatmap"]
)
def test_a_pixel_that_is_not_known_counts_for_nothing(kind):
    wanted, said, _ = RIGHT[kind]
    answer = (said(wanted) + 0.5).detach()
    hidden = unknown(kind, wanted, (..., 0, 0))
    other = answer.clone()
    other[..., 0, 0] = -9.0
    assert lost(kind, other, hidden) == pytest.approx(lost(kind, answer, hidden), rel=1e-5)
    other.requires_grad_()
    losses({kind: other}, {kind: hidden})[kind].backward()
    assert not other.grad[..., 0, 0].abs().sum()


def test_a_keypoint_that_is_absent_teaches_its_map_nothing():
    wanted = bumps()
    wanted[0, 1] = 0.0
    answer = torch.zeros(3, 2, 4, 4, requires_grad=True)
    losses({"heatmap": answer}, {"heatmap": wanted})["heatmap"].backward()
    assert not answer.grad[0, 1].abs().sum()
    assert answer.grad[0, 0].abs().sum() > 0


def test_rare_classes_weigh_as_they_are_told_to():
    answer, wanted = torch.zeros(3, 3), classes()
    weight = torch.tensor([2.0, 1.0, 1.0]).expand(3, -1)
    plain = losses({"classes": answer}, {"classes": wanted})["classes"]
    weighted = losses({"classes": answer}, {"classes": wanted, "class_weight": weight})["classes"]
    assert float(weighted) == pytest.approx(float(plain) * 4 / 3)


def test_masks_may_be_volumes():
    wanted = torch.randint(0, 3, (2, 3, 4, 4), generator=CHANCE)
    assert lost("mask", scores_of(wanted), wanted) == pytest.approx(0.0, abs=1e-5)
    assert lost("inside", log_odds(wanted[:, None] > 0), (wanted[:, None] > 0).float()) < 1e-5


def test_density_of_volumes_is_lost_in_each_picture_alike():
    wanted = drawn(2, 1, 3, 4, 4)
    assert lost("density", before_softplus(wanted), wanted) == pytest.approx(0.0, abs=1e-4)
