from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import (
    Arena,
    Arenas,
    Correction,
    Corrections,
    Episodes,
    Recording,
    Refusal,
    Row,
)
from ethoframe.run.entries import Entry
from ethoframe.run.places import asked, places, spread

FILM = Recording.of(np.zeros((4, 40, 100, 1), np.uint8), name="a.mp4")
SQUARE = np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 30.0], [0.0, 30.0]])
LEFT, RIGHT = (
    Arena("rectangle", np.add(SQUARE, (across, 5)), (300.0, 300.0), name=name)
    for name, across in (("left", 10), ("right", 60))
)
BOTH = Arenas((LEFT, RIGHT))


def row(arena: str = "", **more) -> Row:
    return Row(line=2, video=("a.mp4",), arena=arena, **more)


def entry(*rows: Row) -> Entry:
    return Entry("a.mp4", (), rows)


class Noted:
    def of(self, recording, arena):
        spans = {"left": [[1.0, 2.0]], "": [[3.0, 4.0]]}.get(arena)
        return None if spans is None else Episodes.of("tone", np.array(spans), np.array(spans))


class Corrected:
    def of(self, recording, arena):
        point = Correction(start_s=1, stop_s=1, what="point", keypoint="centroid", x_px=70, y_px=9)
        return Corrections((point,))


def test_all_of_the_picture_where_nothing_is_said(order):
    (place,) = places(FILM, entry(), order)
    assert (place.window, place.part, place.given, place.settings) == (None, "", {}, {})
    assert place.seen_in(FILM) is FILM
    assert place.to_picture is None


def test_an_arena_that_was_drawn(order):
    (place,) = places(FILM, entry(), replace(order, arenas=Arenas((LEFT,))))
    assert (place.window, place.given) == (None, {"arena": LEFT})


def test_several_that_were_drawn_are_in_px_of_their_windows(order):
    left, right = places(FILM, entry(), replace(order, arenas=BOTH))
    assert (left.part, right.part) == ("left", "right")
    for place, arena in ((left, LEFT), (right, RIGHT)):
        assert place.window is not None
        given = place.given["arena"]
        assert isinstance(given, Arena)
        assert given.mapped(place.to_picture) == arena
        assert given.outline.min() >= 0
        assert place.seen_in(FILM).size == (place.window.height, place.window.width)


def test_only_those_that_the_sheet_has(order):
    rows = row("Right", subject="m2"), row("1", subject="m1", start_s=3.0, stop_s=10.0)
    both = places(FILM, entry(*rows), replace(order, arenas=BOTH))
    assert [(p.arena, p.row.subject) for p in both if p.row] == [("Right", "m2"), ("1", "m1")]
    assert both[1].settings == {"trial.from_s": 3.0, "trial.lasts_s": 7.0}
    (one,) = places(FILM, entry(rows[0]), replace(order, arenas=BOTH))
    assert one.part == "Right"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("left", "middle"), "'middle' is not there; call it one of left, right, or 1 to 2"),
        (("left", "a"), "mean the same one"),
        (("1", "2", "3"), "3 arenas are asked for, and 2 drawn"),
    ],
)
def test_arenas_that_are_not_there(order, names, says):
    with pytest.raises(Refusal, match=says):
        places(FILM, entry(*map(row, names)), replace(order, arenas=BOTH))


@pytest.mark.parametrize("across", [-30, 60])
def test_an_arena_must_lie_in_the_picture(order, across):
    outside = replace(RIGHT, outline=np.add(RIGHT.outline, (across * 3, 0)))
    with pytest.raises(Refusal, match=r"reaches outside the picture \(100 × 40 px\); draw it"):
        places(FILM, entry(), replace(order, arenas=Arenas((outside,))))


def test_walls_are_often_cut(order):
    cut = replace(RIGHT, outline=np.add(RIGHT.outline, (15, 0)))
    assert places(FILM, entry(), replace(order, arenas=Arenas((cut,))))


def test_notes_go_to_their_arena(order):
    noted = replace(order, arenas=BOTH, notes={"events": Noted(), "corrections": Corrected()})
    left, right = places(FILM, entry(), noted)
    assert "events" in left.given
    assert "events" not in right.given
    moved = right.given["corrections"]
    assert isinstance(moved, Corrections)
    assert right.window is not None
    assert moved.rows[0].x_px == 70 - right.window.left


def test_everything_is_filed_under_its_place(order):
    there = places(FILM, entry(row("left", start_s=3.0), row("right")), replace(order, arenas=BOTH))
    recipe, given = spread(order.recipe, there)
    assert set(given) == {"left/arena", "right/arena"}
    assert recipe.step("left/trial").method.parameters()["from_s"] == 3.0
    assert recipe.step("right/trial").method.parameters()["from_s"] < 0


def test_what_is_asked_tells_orders_apart(order):
    told = [
        asked(entry(), order),
        asked(entry(), replace(order, count=2)),
        asked(entry(), replace(order, arenas=BOTH)),
        asked(entry(row("left")), order),
        asked(entry(row("left", start_s=3.0)), order),
        asked(entry(row("left")), replace(order, notes={"events": Noted()})),
    ]
    assert all(told.count(each) == 1 for each in told)
    assert asked(entry(row("left", subject="m1")), order) == asked(entry(row("left")), order)
