"""Regions of recordings: seeds for each frame, for all, or found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import spec_of
from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.methods.segment.region_growing import RegionGrowing
from ethoframe.run import apply


def shapes(frames=3, axes=2):
    """Two shapes on a ground, and which is which."""
    truth = np.ones((frames, *(8, 24, 30)[3 - axes :]), int)
    truth[..., 3:12, 4:14] = 2
    truth[..., 13:22, 18:28] = 3
    levels = np.array([0, 40, 120, 200])[truth]
    noisy = levels + np.random.default_rng(1).normal(0, 4, levels.shape)
    return Recording.of(noisy.clip(0, 255).astype(np.uint8)[..., None]), truth


def seeds_for(truth, numbers=None):
    seeds = np.zeros_like(truth)
    for label, (y, x) in enumerate(((0, 0), (7, 8), (18, 22)), start=1):
        seeds[..., y, x] = label
    return LabelMap.of(seeds, numbers)


def test_one_frame_of_seeds_serves_all():
    recording, truth = shapes()
    for order, least in (("adams-bischof", 0.995), ("mehnert-jackway", 1.0)):
        answer = apply(RegionGrowing(order), recording=recording, seeds=seeds_for(truth[:1]))
        # As published, a corner whose turn comes before its own sides' goes to the ground.
        assert (answer.dense() == truth).mean() >= least


def test_seeds_belong_to_frames_by_number():
    recording, truth = shapes()
    seeds = seeds_for(truth[:2], np.array([0, 2]))
    answer = apply(RegionGrowing("mehnert-jackway"), recording=recording, seeds=seeds).dense()
    np.testing.assert_array_equal(answer[[0, 2]], truth[[0, 2]])
    assert not answer[1].any()


def test_volumes_and_several_channels_grow_alike():
    recording, truth = shapes(1, axes=3)
    order, pixels = "mehnert-jackway", recording.frames([0]).pixels
    two = Recording.of(np.concatenate([pixels, 255 - pixels], axis=-1))
    ways = RegionGrowing(order), RegionGrowing(order, connectivity=3)
    ways += (RegionGrowing(order, channel=two.channels[1]),)
    for method, seen in ((ways[0], recording), *((way, two) for way in ways)):
        answer = apply(method, recording=seen, seeds=seeds_for(truth))
        np.testing.assert_array_equal(answer.dense(), truth)


def test_without_seeds_what_stands_out_is_one():
    recording, truth = shapes(1)
    labels = apply(RegionGrowing(prominence=0.25), recording=recording).dense()[0]
    inside = [np.unique(labels[truth[0] == label]) for label in (1, 2, 3)]
    found = [labels[0, 0], labels[7, 8], labels[18, 22]]
    assert len(set(found)) == 3
    assert all(len(each) <= 2 for each in inside)
    bright = apply(RegionGrowing(prominence=0.25, extrema="bright"), recording=recording).dense()
    assert set(np.unique(bright)) == {1, 2}


def test_what_does_not_fit_is_refused():
    recording, truth = shapes()
    with pytest.raises(Refusal, match="size"):
        apply(RegionGrowing(), recording=recording, seeds=seeds_for(truth[:, :20]))
    with pytest.raises(Refusal, match="no channel"):
        RegionGrowing(channel="x").outline(recording=spec_of(recording))
    with pytest.raises(Refusal, match="neighbours"):
        RegionGrowing(connectivity=3).outline(recording=spec_of(recording))


def test_smoothing_heeds_the_spacing():
    recording, _ = shapes(1)
    isotropic = replace(recording, spacing_mm=(0.2, 0.2))
    assert apply(RegionGrowing(), recording=isotropic).dense().tolist() == (
        apply(RegionGrowing(), recording=recording).dense().tolist()
    )
