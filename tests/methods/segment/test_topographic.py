"""Basins by topographic distance, and what of them merges when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from ethoframe.data import Recording
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._flooding_topographic import Hierarchy, basins
from ethoframe.methods.segment.topographic import Topographic
from ethoframe.run import apply


def untied(shape, seed):
    """Smooth heights of which no two are alike."""
    heights = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2)
    return heights.ravel().argsort().argsort().reshape(shape).astype(float)


def lowest_of(heights, labels):
    markers = np.zeros(labels.shape, int)
    for label in range(1, labels.max() + 1):
        markers.ravel()[np.where(labels == label, heights, np.inf).argmin()] = label
    return markers


@pytest.mark.parametrize("shape", [(50, 60), (10, 12, 14)])
@pytest.mark.parametrize("seed", range(3))
def test_without_ties_it_agrees_with_flooding_from_the_minima(shape, seed):
    heights = untied(shape, seed)
    labels = basins(heights, (1.0,) * len(shape))
    assert labels.min() == 1
    np.testing.assert_array_equal(flood(heights, lowest_of(heights, labels)), labels)


def test_water_runs_down_the_steepest_way():
    heights = untied((40, 40), 5)
    labels = basins(heights, (1.0, 1.0))
    padded = np.pad(heights, 1, constant_values=np.inf)
    for y, x in np.ndindex(heights.shape):
        ways = [(y + dy, x + dx) for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1))]
        low = min(ways, key=lambda way: padded[way[0] + 1, way[1] + 1])
        if padded[low[0] + 1, low[1] + 1] < heights[y, x]:
            assert labels[low] == labels[y, x]


def test_plateaus_are_shared_out_by_nearness():
    heights = np.array([[0, 5, 5, 5, 5, 5, 1]], float)
    assert basins(heights, (1.0, 1.0)).tolist() == [[1, 1, 1, 1, 2, 2, 2]]
    assert basins(np.full((4, 5), 3.0), (1.0, 1.0)).max() == 1


def test_partitions_are_nested_from_depth_to_depth():
    heights = untied((60, 60), 1)
    labels = basins(heights, (1.0, 1.0))
    hierarchy, before = Hierarchy.of(heights, labels), labels
    for depth in (10, 50, 200, 800, 3000, np.inf):
        after = hierarchy.merged(labels, depth)
        assert len({*zip(before.ravel(), after.ravel(), strict=True)}) == before.max()
        before = after
    assert before.max() == 1


def test_saliency_is_the_depth_below_the_pass():
    heights = np.array([[0, 9, 4, 6, 2, 7, 5]], float)
    labels = basins(heights, (1.0, 1.0))
    hierarchy = Hierarchy.of(heights, labels)
    assert hierarchy.saliency[1:].tolist() == [np.inf, 2, 7, 2]
    assert hierarchy.merged(labels, 2.5).max() == 2
    assert hierarchy.merged(labels, 2.0).max() == 4


def test_the_method_merges_ripples_and_leaves_unknown_pixels_out():
    y, x = np.mgrid[:40, :60]
    hollows = -np.exp(-((y - 20) ** 2 + (x - 15) ** 2) / 80)
    hollows -= np.exp(-((y - 20) ** 2 + (x - 45) ** 2) / 80)
    noise = np.random.default_rng(0).normal(0, 0.01, hollows.shape)
    pixels = (hollows + noise)[None, ..., None]
    pixels[0, 0, 0] = np.nan
    labels = apply(Topographic("level", depth_level=0.3), recording=Recording.of(pixels)).dense()[0]
    assert labels[0, 0] == 0
    assert set(np.unique(labels[1:])) == {1, 2}
    assert labels[20, 15] != labels[20, 45]


def discs(deviation: float) -> np.ndarray:
    y, x = np.mgrid[:160, :200]
    picture = np.random.default_rng(7).normal(60, deviation, y.shape)
    for down, across, radius in ((40, 40, 16), (110, 60, 20), (80, 150, 24)):
        picture += 80 * (np.hypot(y - down, x - across) < radius)
    return picture.clip(0, 255)


@pytest.mark.parametrize("deviation", [0, 2, 10, 20])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_as_it_comes_three_discs_and_their_ground_are_four_basins(deviation, dtype):
    picture = discs(deviation).astype(dtype)
    for relief, number in (("slope", 4), ("level", 1), ("inverted level", 3)):
        recording = Recording.of(picture[None, ..., None])
        assert apply(Topographic(relief), recording=recording).dense().max() == number


def test_noise_has_no_basins_of_its_own_and_single_minima_can_be_had():
    noise = np.random.default_rng(2).normal(0, 3, (1, 200, 200, 1))
    recording = Recording.of(noise)
    for method in (Topographic(), Topographic("level"), Topographic(sigma_px=2.0)):
        assert apply(method, recording=recording).dense().max() == 1
    every = apply(Topographic("level", clear=0, sigma_px=0), recording=recording).dense()[0]
    np.testing.assert_array_equal(every, basins(noise[0, ..., 0], (1.0, 1.0)))


def test_what_is_left_of_noise_is_as_foretold():
    noise = np.random.default_rng(4).normal(0, 1, (400, 400))
    known = np.ones(noise.shape, bool)
    for relief, sigma in (("level", 0.0), ("level", 1.5), ("slope", 0.0), ("slope", 1.5)):
        method = Topographic(relief, sigma_px=sigma)
        heights = method._heights(noise, known, (1.0, 1.0))[8:-8, 8:-8]
        spread = heights.std() if relief == "level" else np.sqrt(np.mean(heights**2) / 2)
        assert spread == pytest.approx(method._left((1.0, 1.0)), rel=0.03)


def test_what_is_transparent_is_in_no_basin():
    picture = np.repeat(discs(2)[None, ..., None], 2, axis=-1).astype(np.uint8)
    picture[..., 1] = 255
    picture[0, :100, :20] = (255, 0)
    recording = replace(Recording.of(picture), channels=("luma", "alpha"))
    labels = apply(Topographic(), recording=recording).dense()[0]
    np.testing.assert_array_equal(labels == 0, picture[0, ..., 1] == 0)
    assert labels.max() == 4
