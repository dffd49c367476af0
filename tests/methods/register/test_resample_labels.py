from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks._pairs import image
from ethoframe.data import LabelMap, Transform, Transforms
from ethoframe.methods.register.resample_labels import ResampleLabels
from ethoframe.run import apply


def labels():
    drawn = np.zeros((2, 20, 24), np.uint16)
    drawn[:, 4:9, 5:12] = 300
    drawn[:, 12:16, 14:20] = 2
    return drawn


def test_labels_are_moved_and_none_is_made_up():
    turn = np.array([[0.9, -0.3, 2.3], [0.3, 0.9, -1.7], [0, 0, 1]])
    moved = apply(
        ResampleLabels(), labels=LabelMap.of(labels()), transform=Transform(turn, "px", "px")
    )
    assert set(np.unique(moved.dense())) == {0, 2, 300}


def test_whole_pixels_are_moved_as_they_are():
    moved = apply(ResampleLabels(), labels=LabelMap.of(labels()), transform=Transform.moving(3, -2))
    expected = np.zeros_like(labels())
    expected[:, :-2, 3:] = labels()[:, 2:, :-3]
    assert np.array_equal(moved.dense(), expected)


def test_labels_lie_on_the_fixed_grid_in_mm():
    given = LabelMap.of(labels(), spacing_mm=(0.5, 0.5))
    fixed = replace(image(np.zeros((10, 12))), spacing_mm=(1.0, 1.0))
    moved = apply(ResampleLabels(), labels=given, fixed=fixed)
    assert moved.size == (10, 12)
    assert moved.spacing_mm == (1.0, 1.0)
    assert np.array_equal(moved.dense(), labels()[:, ::2, ::2])


def test_a_frame_without_a_map_is_empty():
    matrices = np.stack([np.eye(3), np.full((3, 3), np.nan)])
    motion = Transforms(matrices, np.arange(2), np.arange(2) / 30)
    moved = apply(ResampleLabels(), labels=LabelMap.of(labels()), motion=motion).dense()
    assert np.array_equal(moved[0], labels()[0])
    assert not moved[1].any()
