from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.data.outline import centroid, signed_depth

SQUARE = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]])
POINTS = hnp.arrays(np.float64, (20, 2), elements=st.integers(-50, 450).map(lambda i: i + 0.3))


@st.composite
def outlines(draw):
    """Polygons without crossings, most of them dented."""
    count = draw(st.integers(3, 9))
    radius = draw(hnp.arrays(np.float64, count, elements=st.integers(20, 200)))
    angle = np.arange(count) * 2 * np.pi / count
    return 200 + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


@given(outlines(), POINTS)
def test_depth_is_that_of_opencv(outline, points):
    contour = outline.astype(np.float32)
    expected = [cv2.pointPolygonTest(contour, (x, y), True) for x, y in points]
    assert np.allclose(signed_depth(outline, points), expected, atol=1e-3)
    assert np.allclose(signed_depth(outline[::-1], points), expected, atol=1e-3)


@given(outlines(), POINTS)
def test_depth_is_the_distance_to_the_nearest_place_on_the_edge(outline, points):
    share = np.linspace(0, 1, 2001)[:, None, None]
    edge = (outline + share * (np.roll(outline, -1, axis=0) - outline)).reshape(-1, 2)
    nearest = np.array([np.hypot(*(edge - point).T).min() for point in points])
    assert np.allclose(np.abs(signed_depth(outline, points)), nearest, atol=0.2)


def test_depth_of_many_points_of_none_and_of_nan():
    many = np.random.default_rng(0).uniform(-50, 450, (10_000, 2))
    assert np.array_equal(signed_depth(SQUARE, many)[5000:], signed_depth(SQUARE, many[5000:]))
    assert signed_depth(SQUARE, np.zeros((0, 2))).shape == (0,)
    assert np.isnan(signed_depth(SQUARE, np.array([[np.nan, 5.0], [np.nan, np.nan]]))).all()


@given(outlines())
def test_the_middle_is_that_of_opencv(outline):
    held = cv2.moments(outline.astype(np.float32))
    expected = np.array([held["m10"], held["m01"]]) / held["m00"]
    assert np.allclose(centroid(outline), expected, atol=1e-2)
    assert np.allclose(centroid(outline[::-1]), expected, atol=1e-2)
