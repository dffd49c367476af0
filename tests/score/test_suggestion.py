"""Frames to label next: unsure ones that are unlike each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.score.suggestion import (
    either,
    of_classes,
    of_jumps,
    of_points,
    suggested,
)


def test_the_unsurest_comes_first_and_each_cluster_is_visited() -> None:
    chance = np.random.default_rng(0)
    middle = np.repeat(np.eye(3) * 10, 20, axis=0)
    features = middle + chance.normal(0, 0.1, middle.shape)
    doubt = np.full(60, 0.3)
    doubt[5] = 0.9
    told = suggested(doubt, features, np.arange(60.0) * 10, 3)
    assert told[0].row == 5
    assert {each.row // 20 for each in told} == {0, 1, 2}


def test_neighbours_in_time_are_not_drawn_together_but_films_have_times_of_their_own() -> None:
    features = np.random.default_rng(1).random((10, 4))
    times_s = np.arange(10) * 0.1
    assert len(suggested(np.ones(10), features, times_s, 10, apart_s=0.35)) <= 3
    films = ["a"] * 5 + ["b"] * 5
    told = suggested(np.ones(10), features, np.tile(times_s[:5], 2), 10, films=films, apart_s=1)
    assert {films[each.row] for each in told} == {"a", "b"}
    assert len(told) == 2


def test_what_was_labelled_before_is_not_drawn_again() -> None:
    features = np.array([[0.0, 0.0], [10.0, 0.0]])
    told = suggested(np.ones(2), features, np.array([0.0, 9.0]), 1, taught=np.array([[0.1, 0.0]]))
    assert told[0].row == 1


def test_of_nothing_nothing_is_drawn_and_of_equals_as_many_as_asked() -> None:
    assert suggested(np.zeros(0), np.zeros((0, 2)), np.zeros(0), 5) == ()
    assert len(suggested(np.zeros(6), np.zeros((6, 2)), np.arange(6) * 10.0, 4)) == 4
    with pytest.raises(ValueError, match="one row of features"):
        suggested(np.zeros(2), np.zeros((3, 1)), np.zeros(2), 1)


@given(st.integers(1, 30), st.integers(1, 10), st.integers(0, 99))
def test_rows_are_drawn_once(n: int, count: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    told = suggested(chance.random(n), chance.random((n, 3)), np.arange(n) * 2.0, count)
    rows = [each.row for each in told]
    assert len(rows) == len(set(rows)) == min(n, count)


def test_doubt_of_keypoints_rises_with_the_worst_and_lost_ones_are_doubted_wholly() -> None:
    position, sure = np.zeros((3, 2, 4)), np.ones((3, 4))
    sure[1, 2], position[2] = 0.0, np.nan
    doubt = of_points(position, sure)
    assert doubt[0] == 0 < doubt[1] < doubt[2] == 1


def test_a_jump_is_doubted_and_usual_steps_are_not() -> None:
    steps = np.random.default_rng(3).lognormal(0.5, 0.3, (200, 2))
    steps[17, 1], steps[30] = 90.0, np.nan
    doubt = of_jumps(steps)
    assert doubt[17] == 1
    assert doubt[30] == 0
    assert np.mean(doubt > 0.7) < 0.02


def test_doubt_of_classes_is_one_where_all_are_alike_or_nothing_is_answered() -> None:
    table = np.array([[1 / 3] * 3, [1.0, 0.0, 0.0], [np.nan] * 3, [0.7, 0.2, 0.1]])
    doubt = of_classes(table)
    assert doubt[:3].tolist() == pytest.approx([1.0, 0.0, 1.0])
    assert 0 < doubt[3] < 1
    assert either(doubt, np.zeros(4)).tolist() == pytest.approx(doubt.tolist())
