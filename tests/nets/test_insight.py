"""What an answer rests on, and how it follows shifts: on networks whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ethoframe.nets.insight import (
    SQUARES,
    agreement,
    covered,
    feature_maps,
    followed,
    kernels,
    liveliest,
    reasons,
    shifted,
    taught,
)
from ethoframe.nets.model import opened


class Corner(nn.Module):
    """Says how bright one square of a picture is, by a number and by a class."""

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        level = picture[:, 0, 16:24, 40:48].mean(dim=(1, 2))
        return {"values": level[:, None], "classes": torch.stack([level, -level], dim=1)}


class Spots(nn.Module):
    """A map as sharp as the picture, of what is bright in it, and whether each place is."""

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        return {"heatmap": 40 * picture, "inside": picture - 0.5}


class Coarse(nn.Module):
    """The same on every fourth pixel, taken without any smoothing: it cannot follow."""

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        return {"heatmap": 40 * picture[:, :, ::4, ::4]}


def spot(x: float, y: float, side: int = 64, wide: float = 2.0) -> np.ndarray:
    down, across = np.mgrid[:side, :side]
    return np.exp(-0.5 * ((across - x) ** 2 + (down - y) ** 2) / wide**2)[None].astype(np.float32)


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(0).random((1, 64, 64)).astype(np.float32)


@pytest.mark.parametrize("kind", ["values", "classes"])
def test_reasons_and_covering_both_find_the_square_an_answer_rests_on(
    kind: str, noise: np.ndarray
) -> None:
    noise[0, 16:24, 40:48] += 1.0
    found = reasons(Corner(), noise, kind, 0)
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert 14 <= y < 26
    assert 38 <= x < 50
    assert found.max() == 1
    assert found[:, :20].max() < 0.01
    lost = covered(Corner(), noise, kind, [0])
    assert lost.shape == (1, SQUARES, SQUARES)
    assert np.flatnonzero(np.abs(lost[0]) > 1e-6).tolist() == [2 * SQUARES + 5]
    assert lost[0].max() > 0
    assert agreement(found, lost[0]) > 0.1


def test_a_keypoint_rests_on_its_own_place() -> None:
    picture = 0.8 * spot(40, 20) + 0.5 * spot(10, 50)
    lost = covered(Spots(), picture, "heatmap", [0])[0]
    assert divmod(int(lost.argmax()), SQUARES) in {(2, 5), (2, 4), (1, 5)}
    found = reasons(Spots(), picture, "heatmap", 0)
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert np.hypot(x - 40, y - 20) < 5


def test_nothing_is_a_reason_in_a_picture_without_anything() -> None:
    plain = np.full((1, 64, 64), 0.3, np.float32)
    assert covered(Corner(), plain, "values", [0]) == pytest.approx(0, abs=1e-6)
    assert np.isnan(agreement(np.zeros((16, 16)), np.ones((8, 8))))
    assert np.isfinite(reasons(Corner(), plain, "values", 0)).all()


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


def test_whole_shifts_are_exact_and_repeat_the_rim(noise: np.ndarray) -> None:
    moved = shifted(noise, 3, 2)
    assert np.array_equal(moved[:, 2:, 3:], noise[:, :-2, :-3])
    assert np.array_equal(moved[0, 10, :3], np.repeat(noise[0, 8, 0], 3))


def test_kernels_and_maps_of_a_fitted_network(folder, pictures: np.ndarray) -> None:
    net = taught(opened(folder))
    assert kernels(net).ndim == 4
    assert kernels(net).shape[1] == 1
    maps = feature_maps(net, pictures[0])
    sides = [each.shape[-1] for each in maps]
    assert len(maps) > 1
    assert sides == sorted(sides, reverse=True)
    assert liveliest(maps[0], 3).shape[0] == 3
    for each in followed(net, pictures[:1], (1.0,)):
        assert np.isfinite(each.mean).all()


def test_the_network_answers_as_the_model_does(folder, pictures: np.ndarray) -> None:
    from ethoframe.nets.inference import session

    model = opened(folder)
    told = session(model, "onnxruntime").run(pictures[:2])
    with torch.no_grad():
        own = taught(model)(torch.from_numpy(pictures[:2]))
    for kind, answer in own.items():
        assert answer.numpy() == pytest.approx(told[kind], abs=1e-4)
