from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Points, Transforms

TWO = Points(
    (np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((0, 2))),
    {"radius_px": (np.array([5.0, 6.0]), np.zeros(0))},
    np.array([3, 7]),
    np.array([0.3, 0.7]),
)


def test_rows_go_frame_after_frame():
    assert TWO.counts.tolist() == [2, 0]
    assert TWO.places().tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert TWO.rows("radius_px").tolist() == [5.0, 6.0]
    assert TWO.rows_numbers().tolist() == [3, 3]


def test_cut_and_joined_again():
    assert Points.joined([TWO.take(slice(0, 1)), TWO.take(slice(1, 2))]) == TWO
    assert TWO.take(slice(0)).places().shape == (0, 2)


def test_every_point_needs_its_features():
    with pytest.raises(ValueError, match="radius_px needs one number"):
        Points((np.zeros((2, 2)),), {"radius_px": (np.zeros(1),)}, np.arange(1), np.zeros(1))
    with pytest.raises(ValueError, match="coordinates need axes"):
        Points((np.zeros((2, 4)),), {}, np.arange(1), np.zeros(1))


def test_transforms_one_by_one():
    matrices = np.stack([np.eye(3), [[1, 0, 5], [0, 1, 0], [0, 0, 1]]])
    both = Transforms(matrices, np.arange(2), np.arange(2) / 10)
    assert both.of(1).apply(np.zeros((1, 2))).tolist() == [[5.0, 0.0]]
    assert np.isnan(both.similarity_before).all()
    assert Transforms.joined([both.take([0]), both.take([1])]) == both
    with pytest.raises(ValueError, match="matrices need axes"):
        Transforms(np.eye(2)[None], np.arange(1), np.zeros(1))
