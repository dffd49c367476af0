"""Regions keep their labels from frame to frame."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.methods.track.regions import Regions, shrunk
from ethoframe.run import apply


def discs(axes=2, frames=12):
    """Two discs (or balls) of the same grey that move, and which is which."""
    size = (24, 40, 60)[3 - axes :]
    places = np.indices(size)
    truth = np.ones((frames, *size), int)
    for t, frame in enumerate(truth):
        for label, middle in ((2, (12, 12, 12 + 2 * t)), (3, (12, 28, 48 - 2 * t))):
            apart = places - np.array(middle[3 - axes :]).reshape(-1, *(1,) * axes)
            frame[(apart**2).sum(axis=0) < 64] = label
    levels = np.array([0, 50, 160, 160])[truth]
    noisy = levels + np.random.default_rng(0).normal(0, 5, levels.shape)
    seeds = np.where(truth[:1] > 1, truth[:1], 0)
    seeds[(0, *(0,) * axes)] = 1
    return Recording.of(noisy.clip(0, 255).astype(np.uint8)[..., None]), truth, LabelMap.of(seeds)


@pytest.mark.parametrize("axes", [2, 3])
def test_what_moves_less_than_its_rim_keeps_its_label(axes):
    recording, truth, seeds = discs(axes, 12 if axes == 2 else 4)
    answer = apply(Regions(), recording=recording, seeds=seeds)
    assert (answer.dense() == truth).mean() > 0.999


def test_what_moves_farther_is_lost():
    recording, truth, seeds = discs()
    answer = apply(Regions(shrink_px=1.0), recording=recording, seeds=seeds).dense()
    assert (answer[-1] == truth[-1]).mean() < 0.99


def test_a_thin_region_keeps_its_innermost_pixel():
    labels = np.ones((20, 30), int)
    labels[5:8, 4:25], labels[12:19, 3:20] = 2, 3
    kept = shrunk(labels, 3.0, None)
    assert set(np.unique(kept)) == {0, 1, 2, 3}
    assert (kept == 2).sum() == 1
    assert (labels[kept > 0] == kept[kept > 0]).all()
    assert (shrunk(labels, 3.0, (1.0, 1.0)) == kept).all()


def test_the_rim_is_as_wide_as_pixels_are_far_apart():
    labels = np.ones((30, 30), int)
    labels[10:20, 10:20] = 2
    kept = shrunk(labels, 4.0, (2.0, 1.0)) == 2
    assert kept.any(axis=1).sum() > kept.any(axis=0).sum()


def test_seeds_of_another_size_are_refused():
    recording, _, _ = discs(frames=2)
    with pytest.raises(Refusal, match="size"):
        apply(Regions(), recording=recording, seeds=LabelMap.of(np.ones((1, 4, 5), int)))
