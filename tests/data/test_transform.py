from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.data import Transform
from ethoframe.data.lens import Lens

SQUARE = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]])
POINTS = hnp.arrays(np.float64, (7, 2), elements=st.floats(0, 640))


@st.composite
def slanted(draw, source_unit="px", target_unit="mm"):
    """A camera's view of a square floor: corners moved, none across another."""
    moved = draw(hnp.arrays(np.float64, (4, 2), elements=st.floats(-60, 60)))
    return Transform.through(SQUARE + moved, SQUARE, source_unit, target_unit)


@given(slanted(), POINTS)
def test_there_and_back(transform, points):
    back = transform.inverse().apply(transform.apply(points))
    assert np.allclose(back, points, atol=1e-5)
    assert (transform.inverse().source_unit, transform.inverse().target_unit) == ("mm", "px")


@given(slanted("px", "side"), slanted("side", "mm"), POINTS)
def test_one_after_the_other(first, then, points):
    both = then.after(first)
    expected = then.apply(first.apply(points))
    assume(np.abs(expected).max() < 1e5)  # away from the horizon
    assert np.allclose(both.apply(points), expected, rtol=1e-6, atol=1e-6)
    assert (both.source_unit, both.target_unit) == ("px", "mm")


@given(hnp.arrays(np.float64, (4, 2), elements=st.floats(-60, 60)))
def test_a_homography_goes_through_its_points(moved):
    transform = Transform.through(SQUARE + moved, SQUARE, "px", "mm")
    assert np.allclose(transform.apply(SQUARE + moved), SQUARE, atol=1e-6)
    assert transform.matrix[2, 2] == 1


@given(slanted(), POINTS)
def test_lines_stay_lines(transform, points):
    ends = transform.apply(points[:2])
    between = transform.apply(points[:1] + 0.3 * (points[1:2] - points[:1]))[0]
    assume(np.abs(ends).max() < 1e4)
    (ax, ay), (bx, by) = ends[1] - ends[0], between - ends[0]
    assert abs(ax * by - ay * bx) <= 1e-6 * (1 + np.hypot(ax, ay) * np.hypot(bx, by))


def test_more_points_than_needed_are_fitted():
    moved = SQUARE + np.array([[0, 0], [30, 0], [10, 20], [0, -15]])
    true = Transform.through(moved, SQUARE, "px", "mm")
    source = np.random.default_rng(0).uniform(0, 400, (30, 2))
    noisy = true.apply(source) + np.random.default_rng(1).normal(0, 0.5, (30, 2))
    found = Transform.through(source, noisy, "px", "mm")
    assert np.abs(found.apply(source) - true.apply(source)).max() < 1.0


def test_nan_stays_nan_and_the_horizon_is_nowhere():
    transform = Transform(np.array([[1, 0, 0], [0, 1, 0], [0.1, 0, 1]]), "px", "mm")
    found = transform.apply(np.array([[np.nan, 1.0], [-10.0, 5.0], [0.0, 5.0]]))
    assert np.isnan(found[:2]).all()
    assert found[2].tolist() == [0.0, 5.0]


def test_any_axes_before_the_last():
    assert Transform.scaling(0.5, "px", "mm").apply(np.ones((4, 3, 2))).shape == (4, 3, 2)


@pytest.mark.parametrize(
    "matrix",
    [np.zeros((3, 3)), np.eye(2), np.full((3, 3), np.nan), [[0, 0, 1], [0, 1, 0], [1, 0, 0]]],
)
def test_what_is_no_transform(matrix):
    with pytest.raises(ValueError, match="a transform needs"):
        Transform(np.array(matrix), "px", "mm")


def test_units_must_meet():
    with pytest.raises(ValueError, match="cannot map px from a map that gives mm"):
        Transform.scaling(1, "px", "mm").after(Transform.scaling(1, "px", "mm"))


def test_three_points_are_too_few():
    with pytest.raises(ValueError, match="four points or more"):
        Transform.through(SQUARE[:3], SQUARE[:3], "px", "mm")


LENS = Lens.of_picture(-0.2, (480, 640))


@given(slanted(), POINTS)
def test_there_and_back_through_a_lens(transform, points):
    seen = Transform(transform.matrix, "px", "mm", source_lens=LENS)
    back = seen.inverse().apply(seen.apply(points))
    assert np.allclose(back, points, atol=1e-5)
    assert seen.inverse().inverse() == seen or np.allclose(
        seen.inverse().inverse().matrix, seen.matrix
    )


def test_through_points_seen_by_a_lens():
    bent = LENS.bent(SQUARE + 60)
    transform = Transform.through(bent, SQUARE, "px", "mm", LENS)
    assert np.allclose(transform.apply(bent), SQUARE, atol=1e-6)
    middles = LENS.bent(SQUARE + np.array([260, 60]))
    assert np.allclose(transform.apply(middles), SQUARE + np.array([200, 0]), atol=1e-6)


def test_one_after_the_other_through_a_lens():
    seen = Transform(np.diag([0.5, 0.5, 1.0]), "px", "side", source_lens=LENS)
    both = Transform.scaling(8, "side", "mm").after(seen)
    points = np.array([[10.0, 20.0], [600.0, 400.0]])
    assert np.allclose(both.apply(points), 8 * seen.apply(points))
    there_and_back = seen.inverse().after(seen)
    assert np.allclose(there_and_back.apply(points), points)
    with pytest.raises(ValueError, match="another lens"):
        seen.after(Transform.moving(3, 4))


@pytest.mark.parametrize("lens", [None, LENS])
def test_magnification_is_that_of_a_small_area(lens):
    slant = Transform.through(
        SQUARE + np.array([[0, 0], [-50, 5], [40, 0], [-9, 9]]), SQUARE, "px", "mm", lens
    )
    point, near = np.array([300.0, 130.0]), 1e-3
    across, down = (
        (slant.apply(point + step) - slant.apply(point - step)) / (2 * near)
        for step in near * np.eye(2)
    )
    times = np.sqrt(abs(across[0] * down[1] - across[1] * down[0]))
    assert slant.magnification(point) == pytest.approx(times, rel=1e-6)
    assert slant.inverse().magnification(slant.apply(point)) == pytest.approx(1 / times, rel=1e-6)


def test_moving_into_a_window():
    moved = Transform.moving(-30, -10).apply(np.array([[30.0, 10.0], [31.0, 15.0]]))
    assert moved.tolist() == [[0.0, 0.0], [1.0, 5.0]]
