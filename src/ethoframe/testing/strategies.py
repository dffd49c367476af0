"""Hypothesis strategies for the nouns: small ones, odd ones, empty ones.

Needs the package hypothesis, which no other file of ethoframe does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.data import Episodes, Frames, LabelMap, Patch, Recording, Tracks
from ethoframe.data.noun import Array

Draw = Any
SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9))
MOST = 12  # frames: enough for several batches with reach, few enough to shrink well


@st.composite
def times_s(draw: Draw, count: int) -> Array:
    """A clock that rises, not always evenly."""
    steps = draw(hnp.arrays(np.float64, count, elements=st.sampled_from([0.02, 1 / 30, 0.04, 1.5])))
    return np.cumsum(steps)


@st.composite
def pixels(draw: Draw, least: int = 0) -> Array:
    """Pixels ``(t, y, x, c)`` of 8 bits."""
    shape = draw(st.integers(least, MOST)), *draw(SIZES), draw(st.sampled_from([1, 1, 3]))
    return draw(hnp.arrays(np.uint8, shape))


@st.composite
def frames(draw: Draw, least: int = 0) -> Frames:
    """Frames, numbered from anywhere, with or without a pixel size."""
    array = draw(pixels(least))
    numbers = draw(st.integers(0, 1000)) + np.arange(len(array))
    channels = tuple(f"c{i}" for i in range(array.shape[3]))
    spacing = draw(st.none() | st.just((0.5, 0.5)))
    return Frames(array, numbers, draw(times_s(len(array))), channels, spacing)


@st.composite
def recordings(draw: Draw, least: int = 0) -> Recording:
    """Recordings in memory."""
    array = draw(pixels(least))
    keyframes = draw(st.sets(st.integers(0, max(0, len(array) - 1)))) if len(array) else set()
    rate = draw(st.sampled_from([1.0, 25.0, 30.0]))
    return Recording.of(array, rate, keyframes=sorted(keyframes))


@st.composite
def patches(draw: Draw, size: tuple[int, int]) -> Patch:
    """Labels in some window of a picture of this size; the window may have no pixels at all."""
    top, left = draw(st.integers(0, size[0])), draw(st.integers(0, size[1]))
    shape = draw(st.integers(0, size[0] - top)), draw(st.integers(0, size[1] - left))
    return Patch(draw(hnp.arrays(np.uint8, shape, elements=st.integers(0, 2))), (top, left))


@st.composite
def label_maps(draw: Draw, least: int = 0) -> LabelMap:
    """Label maps with a window of its own in every frame."""
    size, count = draw(SIZES), draw(st.integers(least, MOST))
    windows = tuple(draw(patches(size)) for _ in range(count))
    numbers = np.arange(count)
    return LabelMap(windows, numbers, draw(times_s(count)), size, {1: "body", 2: "thin"})


@st.composite
def tracks(draw: Draw, least: int = 0) -> Tracks:
    """Tracks in px with places where a keypoint was not seen."""
    count, keypoints = draw(st.integers(least, MOST)), draw(st.integers(1, 3))
    near = st.floats(-1000, 1000, width=32) | st.just(np.nan)
    x, y = (draw(hnp.arrays(np.float64, (count, keypoints, 1), elements=near)) for _ in "xy")
    lost = np.isnan(x) | np.isnan(y)
    position = np.stack([np.where(lost, np.nan, x), np.where(lost, np.nan, y)], axis=1)
    names = ("centroid", "head_end", "tail_end")[:keypoints]
    clock = draw(times_s(count))
    return Tracks(position, (~lost).astype(np.float64), np.arange(count), clock, names)


@st.composite
def episodes(draw: Draw, label: str = "moving") -> Episodes:
    """Episodes of one label, in order and apart from each other, somewhere in 100 seconds."""
    edges = sorted(draw(st.sets(st.integers(0, 100), max_size=12)))
    spans = np.array(edges[: len(edges) // 2 * 2], np.float64).reshape(-1, 2)
    return Episodes.of(label, spans, np.array([[0.0, 100.0]]), author="strategies")
