from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Refusal, Zone
from ethoframe.methods.detect.maze import Maze
from ethoframe.run import apply
from ethoframe.testing.mazes import plus_maze, y_maze

PLUS, THREE = plus_maze([]).arena, y_maze([]).arena
WALLS = ("open", "closed", "centre")


def names(arena: Arena) -> list[str]:
    return [zone.name for zone in arena.zones]


def area(outline: np.ndarray) -> float:
    x, y = outline.T
    return abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))) / 2


@pytest.mark.parametrize("turned", [1, 5, 11])
@pytest.mark.parametrize("way", [1, -1])
def test_arms_are_found_wherever_the_outline_begins(turned, way):
    drawn = replace(PLUS, outline=np.roll(PLUS.outline, turned, axis=0)[::way])
    found = apply(Maze(groups=WALLS, open="up-down"), arena=drawn)
    assert names(found) == ["closed left", "closed right", "open down", "open up", "centre"]
    up = next(zone for zone in found.zones if zone.name == "open up")
    assert up.depth(np.array([[0.0, -200.0], [0.0, 200.0]])).round() == pytest.approx([50, -250])
    assert sum(area(zone.outline) for zone in found.zones) == pytest.approx(area(PLUS.outline))


def test_arms_without_walls_are_counted_clockwise_from_the_uppermost():
    found = apply(Maze(arms=3), arena=THREE)
    assert names(found) == ["arm 1", "arm 2", "arm 3", "centre"]
    middles = np.array([zone.outline.mean(axis=0) for zone in found.zones])
    assert middles[0, 1] < 0 < middles[1, 0]
    assert middles[2, 0] < 0


def test_which_arms_are_open_is_never_guessed():
    with pytest.raises(Refusal, match="nobody says which arms are open; --set zones"):
        apply(Maze(groups=WALLS), arena=PLUS)


def test_zones_that_were_drawn_are_kept_and_must_have_their_names():
    drawn = replace(PLUS, zones=(Zone("open a", PLUS.outline), Zone("closed", PLUS.outline)))
    assert apply(Maze(groups=("open", "closed")), arena=drawn) == drawn
    with pytest.raises(Refusal, match="no zone of the arena is called centre; draw zones"):
        apply(Maze(groups=WALLS), arena=drawn)


def test_another_outline_is_refused():
    with pytest.raises(Refusal, match="its outline shows no 4 arms"):
        apply(Maze(), arena=THREE)
    with pytest.raises(Refusal, match="it has no zones"):
        apply(Maze(arms=0), arena=PLUS)
