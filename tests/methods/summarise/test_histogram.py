"""Counts of levels, exact or in bins that no order of frames changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Recording, Refusal
from ethoframe.methods.summarise.histogram import BINS, Histogram
from ethoframe.run import apply


def counted(pixels, method: Histogram = Histogram()):  # noqa: B008
    row = apply(method, recording=Recording.of(pixels)).pixels[0, 0]
    return row[:, 0], row[:, 1]


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16])
def test_whole_numbers_are_counted_one_by_one(dtype) -> None:
    pixels = np.random.default_rng(1).integers(3, 90, (5, 20, 30, 1)).astype(dtype)
    levels, counts = counted(pixels)
    every, expected = np.unique(pixels, return_counts=True)
    assert levels.tolist() == list(range(every[0], every[-1] + 1))
    assert np.array_equal(counts[counts > 0], expected)


@given(st.permutations(range(6)), st.sampled_from([1e-3, 1.0, 1e6]))
def test_the_order_of_frames_changes_nothing(order, scale) -> None:
    pixels = (
        np.random.default_rng(2).normal(0, scale, (6, 8, 9, 1))
        * np.arange(1, 7)[:, None, None, None]
    )
    levels, counts = counted(pixels)
    again = counted(pixels[list(order)])
    assert np.array_equal(levels, again[0])
    assert np.array_equal(counts, again[1])
    assert counts.sum() == pixels.size
    assert len(levels) <= BINS


def test_bins_hold_their_values() -> None:
    pixels = np.random.default_rng(3).uniform(-5, 20, (3, 40, 50, 1)).astype(np.float32)
    levels, counts = counted(pixels)
    width = levels[1] - levels[0]
    edges = np.append(levels - width / 2, levels[-1] + width / 2)
    assert np.array_equal(np.histogram(pixels, edges)[0], counts)


def test_nan_does_not_count_and_nothing_else_is_a_row_without_pixels() -> None:
    pixels = np.full((2, 3, 4, 1), np.nan)
    assert len(counted(pixels)[0]) == 0
    pixels[0, 0, 0] = 7
    levels, counts = counted(pixels)
    assert counts.tolist() == [1]
    assert levels[0] == pytest.approx(7)


def test_only_so_many_frames_are_looked_at() -> None:
    pixels = np.zeros((50, 2, 2, 1), np.uint8)
    assert counted(pixels, Histogram(frames=5))[1].sum() == 20


def test_a_channel_must_be_meant() -> None:
    with pytest.raises(Refusal, match="none is chosen"):
        counted(np.zeros((1, 2, 2, 2), np.uint8))
    assert counted(np.zeros((1, 2, 2, 2), np.uint8), Histogram(channel="c1"))[1].sum() == 4
