from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.data.lens import Lens

SIZE = (480, 640)
TERMS = st.floats(-0.5, 0.5)
POINTS = hnp.arrays(np.float64, (9, 2), elements=st.floats(0, 479))


@given(TERMS, POINTS)
def test_there_and_back(term, points):
    lens = Lens.of_picture(term, SIZE)
    assert lens.bent(lens.straightened(points)) == pytest.approx(points, abs=1e-6)


@given(TERMS)
def test_the_middle_stays_and_directions_from_it_too(term):
    lens = Lens.of_picture(term, SIZE)
    middle = np.array(lens.middle)
    assert middle.tolist() == [319.5, 239.5]
    assert lens.straightened(middle) == pytest.approx(middle)
    away = np.array([[30.0, 40.0], [-60.0, 80.0]])
    moved = lens.straightened(middle + away) - middle
    cross = moved[:, 0] * away[:, 1] - moved[:, 1] * away[:, 0]
    assert cross == pytest.approx(np.zeros(2), abs=1e-9)


def test_the_formula_at_half_a_diagonal():
    lens = Lens(-0.2, (0.0, 0.0), 100.0)
    assert lens.straightened(np.array([100.0, 0.0])) == pytest.approx([125.0, 0.0])
    assert lens.straightened(np.array([0.0, 50.0])) == pytest.approx([0.0, 50 / 0.95])


def test_a_straight_side_bulges_outward_through_a_wide_angle():
    lens = Lens.of_picture(-0.2, SIZE)
    side = lens.bent(np.stack([np.linspace(0, 639, 9), np.full(9, 20.0)], axis=1))
    assert side[4, 1] < side[0, 1] - 5  # nearer to the top in the middle than at its ends


@pytest.mark.parametrize("term", [-0.3, 0.3])
def test_magnification_is_that_of_a_small_area(term):
    lens, point, near = Lens.of_picture(term, SIZE), np.array([500.0, 60.0]), 1e-3
    across, down = (
        (lens.straightened(point + step) - lens.straightened(point - step)) / (2 * near)
        for step in near * np.eye(2)
    )
    area = abs(across[0] * down[1] - across[1] * down[0])
    assert lens.magnification(point) == pytest.approx(np.sqrt(area), rel=1e-6)


def test_in_a_window_or_another_size_it_is_the_same_lens():
    lens, points = Lens.of_picture(-0.25, SIZE), np.array([[100.0, 50.0], [600.0, 470.0]])
    move = np.array([[2.0, 0.0, -40.0], [0.0, 2.0, 30.0], [0.0, 0.0, 1.0]])
    moved = lens.moved(move)
    assert moved.straightened(2 * points + [-40, 30]) == pytest.approx(
        2 * lens.straightened(points) + [-40, 30]
    )


def test_beyond_what_the_lens_can_show_there_is_nothing():
    assert np.isnan(Lens.of_picture(-0.5, SIZE).straightened(np.array([2000.0, 0.0]))).all()
    assert np.isnan(Lens.of_picture(0.5, SIZE).bent(np.array([2000.0, 0.0]))).all()
    assert np.isnan(Lens.of_picture(0.5, SIZE).bent(np.array([np.nan, 0.0]))).all()


@pytest.mark.parametrize(
    "given_", [(1.0, (0, 0), 9), (np.nan, (0, 0), 9), (0, (0, 0), 0), (0, (0, np.nan), 9)]
)
def test_what_is_no_lens(given_):
    with pytest.raises(ValueError, match="a lens"):
        Lens(*given_)
