from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.report.figures.trajectory import evenly_along


@given(st.integers(0, 2000), st.integers(2, 300), st.integers(0, 2**32 - 1))
def test_points_are_few_rising_and_hold_both_ends(count, most, seed):
    random = np.random.default_rng(seed)
    points = np.cumsum(random.normal(0, 1, (count, 2)), axis=0)
    points[random.random(count) < 0.2] = np.nan
    kept = evenly_along(points, most)
    found = np.flatnonzero(np.isfinite(points).all(axis=1))
    assert len(kept) <= most
    assert (np.diff(kept) > 0).all()
    assert set(kept) <= set(found)
    if len(found):
        assert (kept[0], kept[-1]) == (found[0], found[-1])


def test_rest_takes_no_points_from_running():
    rest, run = np.zeros((10_000, 2)), np.stack([np.arange(1000.0)] * 2, axis=1)
    kept = evenly_along(np.concatenate([rest, run]), 200)
    assert (kept >= 9_999).sum() > 190


def test_an_animal_that_never_moves():
    kept = evenly_along(np.ones((500, 2)), 100)
    assert 1 <= len(kept) <= 100
