"""Flooding as fast as can be is flooding as plain as can be."""

from __future__ import annotations

import heapq
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.methods.segment import _flooding_kernels
from ethoframe.methods.segment._flooding import flood

TYPES = (np.uint8, np.uint16, np.int16, np.int64, np.float32, np.float64, np.bool_)


def near(place, shape, connectivity):
    """Neighbours of a place in the picture, in its order."""
    for step in product((-1, 0, 1), repeat=len(shape)):
        there = tuple(a + b for a, b in zip(place, step, strict=True))
        inside = all(0 <= a < n for a, n in zip(there, shape, strict=True))
        if inside and 0 < sum(map(abs, step)) <= connectivity:
            yield there


def plainly(topography, markers, mask, connectivity):
    """Labels by a queue of (level, age): lower first, then older; never below the present level."""
    allowed = ~np.isnan(topography.astype(float)) & mask
    labels, queue, age = np.zeros(topography.shape, int), [], 0
    for place in zip(*np.nonzero(markers > 0), strict=True):
        if allowed[place]:
            labels[place] = markers[place]
            queue.append((topography[place], age, place))
            age += 1
    heapq.heapify(queue)
    while queue:
        level, _, place = heapq.heappop(queue)
        for there in near(place, topography.shape, connectivity):
            if allowed[there] and labels[there] == 0:
                labels[there] = labels[place]
                heapq.heappush(queue, (max(level, topography[there]), age, there))
                age += 1
    return labels


@given(seed=st.integers(0, 2**32 - 1), axes=st.integers(2, 3), kind=st.sampled_from(TYPES))
def test_it_is_a_plain_priority_flood(seed, axes, kind):
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 6 if axes == 3 else 9, axes))
    levels = np.abs(random.normal(size=shape)) * random.choice([2, 80])
    topography = (levels > levels.mean()) if kind is np.bool_ else levels.astype(kind)
    if topography.dtype.kind == "f":
        topography[random.random(shape) < 0.1] = np.nan
    if kind is np.int64:
        topography = topography * 10**14 - 10**13
    markers = np.where(random.random(shape) < 0.15, random.integers(-1, 9, shape), 0)
    mask = random.random(shape) < 0.85
    for connectivity in range(1, axes + 1):
        answer = flood(topography, markers, mask, connectivity)
        assert answer.dtype == np.int32
        np.testing.assert_array_equal(answer, plainly(topography, markers, mask, connectivity))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
def test_it_is_what_simpleitk_answers(kind):
    sitk = pytest.importorskip("SimpleITK")
    random = np.random.default_rng(3)
    levels = np.add.accumulate(np.add.accumulate(random.normal(size=(90, 110)), 0), 1)
    levels = ((levels - levels.min()) / np.ptp(levels) * 250).astype(kind)
    markers = np.zeros(levels.shape, np.int32)
    markers.ravel()[random.choice(levels.size, 60, replace=False)] = np.arange(1, 61)
    images = sitk.GetImageFromArray(levels), sitk.GetImageFromArray(markers)
    theirs = sitk.MorphologicalWatershedFromMarkers(*images, markWatershedLine=False)
    np.testing.assert_array_equal(flood(levels, markers), sitk.GetArrayFromImage(theirs))


def test_large_markers_keep_what_they_hold():
    markers = np.zeros((30, 40), np.uint16)
    markers[2:20, 3:15], markers[5:25, 20:38] = 700, 9
    labels = flood(np.zeros((30, 40), np.uint8), markers)
    assert (labels[markers > 0] == markers[markers > 0]).all()
    assert set(np.unique(labels)) == {9, 700}


def test_without_markers_or_pixels_there_is_nothing():
    assert not flood(np.ones((4, 5), np.float32), np.zeros((4, 5), int)).any()
    assert flood(np.zeros((0, 5), np.uint8), np.zeros((0, 5), int)).shape == (0, 5)
    unknown = np.full((4, 5), np.nan)
    assert not flood(unknown, np.ones((4, 5), int)).any()


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(Refusal, match="shapes differ"):
        flood(np.zeros((4, 5)), np.zeros((4, 6), int))
    with pytest.raises(Refusal, match="axes"):
        flood(np.zeros(5), np.zeros(5, int))
    with pytest.raises(Refusal, match="neighbours"):
        flood(np.zeros((4, 5)), np.zeros((4, 5), int), connectivity=3)


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(monkeypatch):
    def unkept(*, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(_flooding_kernels.numba, "njit", unkept)
    assert _flooding_kernels.compiled(len)([1, 2]) == 2


def test_numba_waits_until_it_is_needed():
    names = ("segment.region_growing", "segment.topographic", "track.regions")
    imports = "; ".join(f"import ethoframe.methods.{name}" for name in names)
    script = f"import sys; {imports}; sys.exit('numba' in sys.modules or 'skimage' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path.cwd())
