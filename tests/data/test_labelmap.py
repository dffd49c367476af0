from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import LabelMap, Patch
from ethoframe.testing import strategies as nouns


def spread(labels: LabelMap) -> LabelMap:
    """The same labels, every window as large as the picture."""
    return replace(labels, patches=tuple(map(Patch, labels.dense())))


@given(nouns.label_maps(least=1))
def test_equality_does_not_see_the_window(labels):
    assert spread(labels) == labels
    assert hash(spread(labels)) == hash(labels)
    assert np.array_equal(spread(labels).dense(), labels.dense())


@given(nouns.label_maps(least=1), st.data())
def test_equality_sees_every_label(labels, data):
    dense = labels.dense()
    at = tuple(data.draw(st.integers(0, length - 1)) for length in dense.shape)
    dense[at] += 1
    other = replace(labels, patches=tuple(map(Patch, dense)))
    assert other != labels
    assert other.fingerprint() != labels.fingerprint()


@given(nouns.patches((8, 9)))
def test_trimming_keeps_the_labels_and_nothing_else(patch):
    trimmed = patch.trimmed()
    assert trimmed == patch
    assert trimmed.trimmed().labels.shape == trimmed.labels.shape
    for axis in (0, 1):
        edges = trimmed.labels.any(axis=1 - axis)[[0, -1]] if trimmed.labels.size else []
        assert np.all(edges)


def test_nothing_is_nothing_wherever_it_is():
    assert Patch(np.zeros((2, 3), np.uint8), (4, 5)) == Patch(np.zeros((0, 0), np.uint8))


def test_where_a_window_lies():
    labels = LabelMap((Patch(np.full((1, 2), 3, np.uint8), (1, 0)),), [7], [0.5], (3, 4))
    assert labels.dense().tolist() == [[[0, 0, 0, 0], [3, 3, 0, 0], [0, 0, 0, 0]]]


def test_the_widest_type_holds_all():
    windows = Patch(np.ones((1, 1), np.uint8)), Patch(np.full((1, 1), 70000, np.int32))
    dense = LabelMap(windows, np.arange(2), np.arange(2.0), (1, 1)).dense()
    assert dense.dtype == np.int32
    assert dense.ravel().tolist() == [1, 70000]


def test_no_frames():
    assert LabelMap((), np.zeros(0), np.zeros(0), (3, 4)).dense().shape == (0, 3, 4)


@pytest.mark.parametrize("origin", [(-1, 0), (0, -1), (2, 0), (0, 3), (9, 9)])
def test_a_window_must_lie_in_the_picture(origin):
    window = Patch(np.ones((2, 2), np.uint8), origin)
    with pytest.raises(ValueError, match="beyond the picture"):
        LabelMap((window,), np.zeros(1), np.zeros(1), (3, 4))


def test_every_frame_has_a_window():
    with pytest.raises(ValueError, match="one patch, number and time per frame"):
        LabelMap((), np.zeros(1), np.zeros(1), (3, 4))
