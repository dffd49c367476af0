from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.methods.pose._maps import drawn, peaks

STRIDE, SIZE = 4, (32, 40)
INSIDE = st.tuples(st.floats(12, 140), st.floats(12, 110))


def scores(maps: np.ndarray) -> np.ndarray:
    """As a network that has learned the maps would give them."""
    return np.log(np.maximum(maps, 1e-12))


@given(INSIDE)
def test_a_keypoint_that_is_drawn_is_read_to_a_tenth_of_a_pixel(place) -> None:
    maps = drawn(np.array([place]), SIZE, STRIDE)
    (peak,) = peaks(scores(maps), STRIDE)[0]
    # A map is read in a small neighbourhood, which cuts its tails: by less than a tenth of a pixel.
    assert (peak.x, peak.y) == pytest.approx(place, abs=0.35)
    assert peak.share > 0.9


def test_a_map_is_a_distribution() -> None:
    maps = drawn(np.array([[50.0, 60.0], [3.0, 4.0]]), SIZE, STRIDE)
    assert maps.sum(axis=(1, 2)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("place", [(np.nan, np.nan), (-20.0, 30.0), (30.0, 200.0)])
def test_what_is_absent_or_outside_has_an_empty_map(place) -> None:
    assert not drawn(np.array([place]), SIZE, STRIDE).any()


def test_shifting_by_a_place_shifts_the_map() -> None:
    one, other = drawn(np.array([[50.0, 60.0], [54.0, 60.0]]), SIZE, STRIDE)
    assert one[:, :-1] == pytest.approx(other[:, 1:], abs=1e-6)


def test_peaks_are_told_apart_best_first() -> None:
    maps = drawn(np.array([[30.0, 30.0], [110.0, 90.0]]), SIZE, STRIDE)
    both = scores(0.7 * maps[:1] + 0.3 * maps[1:])
    first, second = peaks(both, STRIDE, 3)[0]
    assert (first.x, first.y) == pytest.approx((30.0, 30.0), abs=0.35)
    assert (second.x, second.y) == pytest.approx((110.0, 90.0), abs=0.35)
    assert first.share == pytest.approx(0.7, abs=0.06)


def test_a_peak_nobody_doubts_stands_alone() -> None:
    maps = drawn(np.array([[30.0, 30.0], [110.0, 90.0]]), SIZE, STRIDE)
    assert len(peaks(scores(0.99 * maps[:1] + 0.01 * maps[1:]), STRIDE, 3)[0]) == 1


def test_a_flat_map_is_sure_of_nothing() -> None:
    (peak,) = peaks(np.zeros((1, *SIZE)), STRIDE)[0]
    assert peak.share < 0.03


def test_nan_has_no_peak() -> None:
    assert peaks(np.full((1, *SIZE), np.nan), STRIDE) == [[]]
