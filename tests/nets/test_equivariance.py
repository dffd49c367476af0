"""Whether answers follow shifts: on networks whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from torch import Tensor, nn

from ethoframe.nets.equivariance import followed, shifted
from ethoframe.nets.insight import taught
from ethoframe.nets.model import opened
from tests.nets._answering import Corner, Spots, spot


class Coarse(nn.Module):
    """The same on every fourth pixel, taken without any smoothing: it cannot follow."""

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        return {"heatmap": 40 * picture[:, :, ::4, ::4]}


def test_a_map_that_is_as_sharp_as_the_picture_follows_every_shift() -> None:
    told = {each.kind: each for each in followed(Spots(), [spot(30, 28)], (0.5, 1.0, 3.0))}
    points = told["heatmap"]
    assert points.moved_px == pytest.approx([0.5, 1.0, 3.0], abs=0.02)
    assert points.worst.max() < 0.02
    assert told["inside"].unit == "share"
    assert told["inside"].usual[1:] == pytest.approx(0)


def test_a_map_made_smaller_without_smoothing_does_not_follow() -> None:
    picture = spot(30, 28, wide=0.8)
    (coarse,) = followed(Coarse(), [picture], (1.0, 4.0))
    assert coarse.mean[0] > 0.2
    assert coarse.mean[1] < 0.05
    assert coarse.mean.tolist() <= coarse.worst.tolist()


def test_classes_and_numbers_change_by_what_the_shift_changes() -> None:
    picture = np.zeros((1, 64, 64), np.float32)
    picture[0, 16:24, 40:48] = 1.0
    told = {each.kind: each for each in followed(Corner(), [picture], (4.0,))}
    assert told["values"].mean == pytest.approx([0.5], abs=1e-5)
    assert told["classes"].unit == "probability"
    assert 0 < told["classes"].worst[0] < 1


def test_whole_shifts_are_exact_and_repeat_the_rim() -> None:
    noise = np.random.default_rng(0).random((1, 64, 64)).astype(np.float32)
    moved = shifted(noise, 3, 2)
    assert np.array_equal(moved[:, 2:, 3:], noise[:, :-2, :-3])
    assert np.array_equal(moved[0, 10, :3], np.repeat(noise[0, 8, 0], 3))


def test_a_fitted_network_is_asked(folder, pictures: np.ndarray) -> None:
    for each in followed(taught(opened(folder)), pictures[:1], (1.0,)):
        assert np.isfinite(each.mean).all()
