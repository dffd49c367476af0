"""What an answer rests on: on networks whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ethoframe.nets.insight import (
    SQUARES,
    agreement,
    covered,
    feature_maps,
    kernels,
    liveliest,
    reasons,
    taught,
)
from ethoframe.nets.model import opened
from tests.nets._answering import Corner, Spots, spot


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


def test_kernels_and_maps_of_a_fitted_network(folder, pictures: np.ndarray) -> None:
    net = taught(opened(folder))
    assert kernels(net).ndim == 4
    assert kernels(net).shape[1] == 1
    maps = feature_maps(net, pictures[0])
    sides = [each.shape[-1] for each in maps]
    assert len(maps) > 1
    assert sides == sorted(sides, reverse=True)
    assert liveliest(maps[0], 3).shape[0] == 3


def test_the_network_answers_as_the_model_does(folder, pictures: np.ndarray) -> None:
    from ethoframe.nets.inference import session

    model = opened(folder)
    told = session(model, "onnxruntime").run(pictures[:2])
    with torch.no_grad():
        own = taught(model)(torch.from_numpy(pictures[:2]))
    for kind, answer in own.items():
        assert answer.numpy() == pytest.approx(told[kind], abs=1e-4)
