from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.nets.augment import Elastic
from ethoframe.nets.augment.elastic import STEEPEST, knots_along

NOTHING = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
SLANTED = np.array([[0.9, -0.4, 12.0], [0.3, 1.2, -7.0]])


def bent(seed, spacing=16.0, size=(50, 70), share=STEEPEST):
    """As strongly as may be: every knot moved all the way, to one side or the other."""
    grid = 2, *(knots_along(pixels, spacing) for pixels in size)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], grid)
    return Elastic(share * spacing * signs, spacing, size)


def places(size, step=1):
    rows, columns = np.mgrid[: size[0] : step, : size[1] : step]
    return np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(float)


@given(st.integers(0, 1000), st.floats(3, 90), st.integers(1, 60), st.integers(1, 60))
def test_the_strongest_is_undone(seed, spacing, height, width):
    elastic = bent(seed, spacing, (height, width))
    # Also from beyond the window, where it goes on as at the rim.
    before = places((height, width), 4) * 3 - np.array([width, height])
    after = before + elastic.at(before)
    assert np.abs(elastic.undone(after) - before).max() < 0.01
    assert np.abs(elastic.at(before)).max() <= elastic.farthest_px + 1e-9


@given(st.integers(0, 1000))
def test_it_never_folds(seed):
    x, y = bent(seed).maps(NOTHING)
    assert np.diff(x, axis=1).min() > 0.1
    assert np.diff(y, axis=0).min() > 0.1


def test_the_field_is_what_is_said_of_single_places():
    elastic = bent(3)
    there = places((50, 70)) + elastic.at(places((50, 70)))
    expected = there @ SLANTED[:, :2].T + SLANTED[:, 2]
    field = np.stack(elastic.maps(SLANTED), axis=-1)
    assert field.dtype == np.float32
    assert np.abs(field.reshape(-1, 2) - expected).max() < 1e-3


def test_no_displacement_leaves_the_straight_map():
    still = bent(0, share=0.0)
    assert np.abs(
        np.stack(still.maps(NOTHING), axis=-1).reshape(-1, 2) - places((50, 70))
    ).max() < (1e-4)
    assert np.isnan(still.at(np.array([[np.nan, 2.0]]))).any()


def test_what_would_fold_or_does_not_cover():
    with pytest.raises(ValueError, match="would fold"):
        bent(0, share=0.3)
    with pytest.raises(ValueError, match="needs 2 × 7 × 8 knots"):
        Elastic(np.zeros((2, 7, 7)), 16.0, (50, 70))
