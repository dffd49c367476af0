from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal, Tracks, Transform
from ethoframe.methods.clean.egocentric import Egocentric
from ethoframe.run import apply

NAMES = ("Tailbase", "Nose", "Left Ear")


def tracks(seed: int) -> Tracks:
    position = np.random.default_rng(seed).normal(0, 50, (20, 2, 3, 2))
    return Tracks(
        position, np.ones((20, 3, 2)), np.arange(20), np.arange(20) / 30, NAMES, ("a", "b")
    )


@given(st.integers(0, 1000), st.floats(-3, 3), st.floats(-500, 500))
def test_it_is_the_same_wherever_the_animal_is_and_looks(seed, angle, shift) -> None:
    told = tracks(seed)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = np.einsum("ij,tjkn->tikn", turn, told.position) + shift
    elsewhere = Tracks(moved, told.confidence, told.numbers, told.times_s, NAMES, ("a", "b"))
    a, b = (apply(Egocentric(), tracks=each).position for each in (told, elsewhere))
    assert a == pytest.approx(b, abs=1e-8)
    assert a[:, :, 0] == pytest.approx(0, abs=1e-12)
    assert a[:, 1, 1] == pytest.approx(0, abs=1e-9)
    assert (a[:, 0, 1] > 0).all()


def test_lengths_stay_and_right_is_below_in_a_picture() -> None:
    position = np.array([[[10.0, 30.0, 25.0], [5.0, 5.0, 9.0]]])[..., None]
    seen = Tracks(position, np.ones((1, 3, 1)), np.arange(1), np.zeros(1), NAMES)
    found = apply(Egocentric(), tracks=seen).position[0, :, :, 0]
    assert found.tolist() == [[0, 20, 15], [0, 0, 4]]


def test_without_an_axis_nothing_is_anywhere() -> None:
    position = np.array(tracks(1).position)
    position[3, :, 1, 0] = position[3, :, 0, 0]
    position[4, :, 0, 1] = np.nan
    told = Tracks(
        position, np.ones((20, 3, 2)), np.arange(20), np.arange(20) / 30, NAMES, ("a", "b")
    )
    found = apply(Egocentric(), tracks=told)
    assert np.isnan(found.position[3, :, :, 0]).all()
    assert np.isnan(found.position[4, :, :, 1]).all()
    assert np.isfinite(found.position).sum() == position.size - 12
    with pytest.raises(Refusal, match="no keypoint is the head_end"):
        apply(Egocentric(ahead="head_end"), tracks=told)


def test_scale_goes_through() -> None:
    told = tracks(3)
    twice = told.mapped(Transform.scaling(2.0, "px", "mm"))
    assert apply(Egocentric(), tracks=twice).position == pytest.approx(
        2 * apply(Egocentric(), tracks=told).position
    )
