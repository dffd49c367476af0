from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import median_filter

from ethoframe.data import Tracks
from ethoframe.methods.clean.median import Median, medians
from ethoframe.run import apply


@given(st.lists(st.integers(-50, 50), min_size=9, max_size=60), st.integers(1, 3))
def test_on_a_steady_clock_it_is_the_usual_filter(values, half) -> None:
    x = np.array(values, np.float64)
    times_s = np.arange(len(x)) / 30
    found = medians(x, times_s, half / 30 * 1.01)
    inner = slice(half, len(x) - half)
    assert np.array_equal(found[inner], median_filter(x, 2 * half + 1)[inner])


def test_one_wrong_place_vanishes_and_gaps_stay() -> None:
    t = np.arange(20_000) / 30
    points = np.stack([3 * t, -2 * t], axis=1)
    spoilt = np.array(points)
    spoilt[[5, 9000, 15_000]] += 400
    spoilt[100:130] = np.nan
    found = apply(Median(span_s=0.2), tracks=Tracks.of(spoilt, t)).at("centroid")
    gone = np.zeros(len(t), bool)
    gone[100:130] = True
    assert np.array_equal(np.isnan(found[:, 0]), gone)
    assert np.abs(found - points)[~gone].max() < 3 * 4 / 30


def test_nothing_is_known_of_what_was_never_seen() -> None:
    t = np.arange(10) / 30
    tracks = Tracks.of(np.full((10, 2), np.nan), t)
    assert apply(Median(), tracks=tracks) == apply(Median(span_s=0.2), tracks=tracks)
    assert np.isnan(medians(np.full(4, np.nan), np.arange(4.0), 1.0)).all()
