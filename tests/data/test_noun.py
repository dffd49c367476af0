from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Noun, Tracks
from ethoframe.data.noun import frozen
from ethoframe.testing import strategies as nouns

TIMED = nouns.frames() | nouns.tracks() | nouns.label_maps()


@dataclass(frozen=True, eq=False)
class Box(Noun):
    """A noun that holds anything."""

    held: Any
    more: Any = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Case(Box):
    """The same fields under another name."""


ALIKE = [
    (1, 1.0),
    (0.0, -0.0),
    (np.float64(2.5), 2.5),
    (np.int64(7), 7),
    (2**60 + 1, np.int64(2**60 + 1)),
    (float("nan"), np.float64("nan")),
    (np.str_("px"), "px"),
    (np.array([0.0, np.nan]), np.array([-0.0, np.nan])),
    (np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3))),
    ((1, (np.arange(2), None)), (1, (np.arange(2), None))),
    ({"a": 1, "b": np.zeros(2)}, {"b": np.zeros(2), "a": 1.0}),
    (Box(np.arange(3)), Box(np.arange(3))),
]
APART = [
    (1, 2),
    (-1, -2),
    (1, "1"),
    (2**60, 2**60 + 1),
    (None, 0),
    ((1, 2), (1, 2, 3)),
    ((1, 2), ((1,), 2)),
    (np.zeros(2), np.zeros(3)),
    (np.zeros((2, 1)), np.zeros((1, 2))),
    (np.zeros(2, np.float32), np.zeros(2, np.float64)),
    (np.array([1.0, np.nan]), np.array([np.nan, 1.0])),
    ({"a": 1}, {"b": 1}),
    ({"a": {"b": 1}}, {"a": {}, "b": 1}),
    ((1, np.zeros(2)), (1, 0)),
    (Box(1), Case(1)),
    (Box(1), 1),
]


@pytest.mark.parametrize(("a", "b"), ALIKE)
def test_the_same_content_is_the_same_noun(a, b):
    assert Box(a) == Box(b)
    assert Box(a).fingerprint() == Box(b).fingerprint()
    assert len({Box(a), Box(b)}) == 1


@pytest.mark.parametrize(("a", "b"), APART)
def test_other_content_is_another_noun(a, b):
    assert Box(a) != Box(b)
    assert Box(a).fingerprint() != Box(b).fingerprint()


def test_another_type_is_another_noun():
    assert Box(1) != Case(1)
    assert Box(1).fingerprint() != Case(1).fingerprint()


def test_the_fingerprint_does_not_change_from_run_to_run():
    tracks = Tracks.of(np.array([[1.0, np.nan]]), np.array([0.5]))
    assert tracks.fingerprint() == Tracks.of(np.array([[1.0, np.nan]]), [0.5]).fingerprint()
    assert Box(1).fingerprint().startswith("95593821")


def test_frozen_is_a_view_that_cannot_be_written_to():
    array = np.zeros(3)
    view = frozen(array)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1
    assert np.shares_memory(view, array)
    assert array.flags.writeable


@given(TIMED, st.data())
def test_joined_is_the_inverse_of_take(noun, data):
    at = data.draw(st.integers(0, len(noun)))
    parts = [noun.take(slice(at)), noun.take(slice(at, None))]
    assert [len(part) for part in parts] == [at, len(noun) - at]
    whole = type(noun).joined(parts)
    assert whole == noun
    assert whole.fingerprint() == noun.fingerprint()


@given(TIMED)
def test_take_by_mask_and_by_index(noun):
    even = np.arange(0, len(noun), 2)
    mask = np.arange(len(noun)) % 2 == 0
    assert noun.take(even) == noun.take(mask) == noun.take(slice(None, None, 2))
    assert np.array_equal(noun.take(even).numbers, noun.numbers[::2])


@given(nouns.tracks(least=1))
def test_one_part_is_itself(tracks):
    assert Tracks.joined([tracks]) is tracks


def test_nothing_cannot_be_joined():
    with pytest.raises(ValueError, match="nothing to join"):
        Tracks.joined([])


@given(nouns.tracks(least=1))
def test_what_does_not_run_along_time_is_the_first_ones(tracks):
    other = replace(tracks, unit="mm")
    assert Tracks.joined([tracks, other]).unit == "px"
