from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ethoframe.report.picture.outline import ON_DARK, Outlines, apart, borders, compact, indexed_png


@given(
    arrays(np.int64, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.integers(0, 3))
)
def test_borders_are_where_a_side_touches_something_else(labels) -> None:
    padded = np.pad(labels, 1, mode="edge")
    sides = [padded[1:-1, 2:], padded[1:-1, :-2], padded[2:, 1:-1], padded[:-2, 1:-1]]
    expected = (labels != 0) & np.any([side != labels for side in sides], axis=0)
    assert np.array_equal(borders(labels), expected)


def test_an_empty_picture_has_no_outline() -> None:
    found = Outlines.of(np.zeros((5, 6), np.int64), bright=False)
    assert len(found.labels) == 0
    assert not found.drawn.any()


def test_neighbours_differ_in_colour() -> None:
    places = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), -1).reshape(-1, 2)
    names = np.full(len(places), 8)  # all wish for the same
    chosen = apart(places, names, len(ON_DARK)).reshape(12, 12)
    assert (chosen[:, 1:] != chosen[:, :-1]).all()
    assert (chosen[1:] != chosen[:-1]).all()


def test_by_label_a_colour_stays_the_same() -> None:
    one = np.array([[1, 1, 0], [0, 0, 2]])
    both = Outlines.of(one, bright=False, by_label=True)
    other = Outlines.of(np.where(one == 2, 2, 0), bright=False, by_label=True)
    assert other.colours[0] == both.colours[1]


def test_the_png_is_what_was_drawn() -> None:
    drawn = np.array([[0, 1, 2], [8, 0, 1]], np.uint8)
    coded = base64.b64decode(indexed_png(drawn, ON_DARK).partition(",")[2])
    pixels = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels[..., 3].tolist() == [[0, 255, 255], [255, 0, 255]]
    blue, green, red = pixels[0, 1, :3]
    assert f"#{red:02x}{green:02x}{blue:02x}" == ON_DARK[0]


@pytest.mark.parametrize("most", [1, 255, 70_000, 2**40])
def test_compact_labels_are_the_same(most) -> None:
    labels = np.array([[0, most]])
    assert np.array_equal(compact(labels).astype(np.int64), labels)


def test_labels_below_zero_are_left_as_they_are() -> None:
    assert compact(np.array([[-1, 3]])).tolist() == [[-1, 3]]
