"""What each frame shows: probabilities in their place, and nothing said where nobody said it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import Kind, spec_of
from ethoframe.data import Classes
from ethoframe.run.packing import pack, unpack

NAMES = ("sharp", "blurred", "dark")
WORDS = st.lists(st.sampled_from([*NAMES, ""]), max_size=12)


@given(WORDS)
def test_what_people_said_is_read_back(words):
    said = Classes.said(words, NAMES)
    assert said.best == tuple(words)
    known = np.array([bool(word) for word in words], bool)
    assert (said.table[known].sum(axis=1) == 1).all()
    assert np.isnan(said.table[~known]).all()
    assert unpack(pack(said)) == said


@given(WORDS, st.data())
def test_frames_are_taken_and_joined(words, data):
    said = Classes.said(words, NAMES)
    cut = data.draw(st.integers(0, len(words)))
    parts = [said.take(slice(cut)), said.take(slice(cut, None))]
    assert Classes.joined(parts) == said
    assert [len(part) for part in parts] == [cut, len(words) - cut]


def test_a_word_that_is_no_class_is_a_mistake():
    with pytest.raises(ValueError, match="odd"):
        Classes.said(["odd"], NAMES)


def test_the_most_probable_is_the_best():
    table = np.array([[0.2, 0.5, 0.3], [np.nan] * 3, [0.4, 0.4, 0.2]])
    said = Classes(table, NAMES, np.arange(3), np.arange(3.0))
    assert said.best == ("blurred", "", "sharp")


def test_numbers_and_times_may_be_given():
    said = Classes.said(["dark", "sharp"], NAMES, np.array([3, 9]), np.array([0.1, 0.3]))
    assert said.numbers.tolist() == [3, 9]
    assert said.times_s.tolist() == [0.1, 0.3]
    assert Classes.said(["dark"], NAMES, np.array([7])).times_s.tolist() == [7.0]


def test_without_classes_nothing_can_be_said():
    assert Classes.said(["", ""], ()).best == ("", "")


@pytest.mark.parametrize(
    ("table", "numbers", "times"),
    [((2, 2), 2, 2), ((2, 3), 3, 2), ((2, 3), 2, 3)],
)
def test_what_does_not_match_is_a_mistake(table, numbers, times):
    with pytest.raises(ValueError, match="need"):
        Classes(np.zeros(table), NAMES, np.arange(numbers), np.arange(float(times)))


def test_a_table_cannot_be_changed():
    said = Classes.said(["dark"], NAMES)
    with pytest.raises(ValueError, match="read-only"):
        said.table[0, 0] = 1.0


def test_its_spec_names_the_classes():
    spec = spec_of(Classes.said(["dark", ""], NAMES))
    assert (spec.kind, spec.axes, spec.shape) == (Kind.CLASSES, ("t", "class"), (2, 3))
    assert spec.names == NAMES
