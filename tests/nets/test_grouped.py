"""Things that are made a few at a time."""

from __future__ import annotations

import pytest

from ethoframe.nets.grouped import Grouped
from ethoframe.nets.lesson import AT_ONCE, unvaried


def test_each_group_is_made_once_by_those_who_go_side_by_side() -> None:
    made = []
    numbers = Grouped(7, lambda places: made.append(places) or list(places), 3)
    answers = Grouped(7, lambda places: [-numbers[place] for place in places], 3)
    pairs = list(zip(numbers, answers, strict=True))
    assert pairs == [(k, -k) for k in range(7)]
    assert made == [range(3), range(3, 6), range(6, 7)]
    assert len(numbers.few) == 1


def test_beyond_the_end_there_is_nothing() -> None:
    none = Grouped(0, list, 3)
    assert list(none) == []
    with pytest.raises(IndexError):
        none[0]


def test_of_many_examples_few_are_in_memory() -> None:
    class Examples:
        def __len__(self) -> int:
            return 100

        def example(self, index, chance):
            assert chance is None
            return {"picture": index}

    row = unvaried(Examples())
    assert [each["picture"] for each in row] == list(range(100))
    assert len(row.few) <= AT_ONCE
