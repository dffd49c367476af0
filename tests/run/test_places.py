from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe import recipes
from ethoframe.data import (
    Arena,
    Arenas,
    Correction,
    Corrections,
    Episodes,
    Recording,
    Refusal,
    Row,
    Tracks,
)
from ethoframe.run.entries import Entry
from ethoframe.run.inputs import Reading
from ethoframe.run.order import Order
from ethoframe.run.places import asked, places, spread
from ethoframe.run.traced import carried_out, stand_in

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


def pair() -> Recording:
    """Two animals side by side, of whom there are tracks."""
    times_s = np.arange(10) / 10
    one, other = (
        Tracks.of(np.stack([np.full(10, x), np.full(10, 20.0)], 1), times_s) for x in (25.0, 75.0)
    )
    both = replace(
        one,
        position=np.concatenate([one.position, other.position], axis=-1),
        confidence=np.concatenate([one.confidence, other.confidence], axis=-1),
        individuals=("adult", "juvenile"),
    )
    return stand_in(both, "a.csv")


@pytest.fixture
def traced(order) -> Order:
    return replace(order, recipe=recipes.load("open-field", from_tracks=True))


def told(found) -> list[tuple[str, str, str]]:
    return [
        (place.part, place.individual, place.row.subject if place.row else "") for place in found
    ]


def test_animals_of_tracks_go_to_their_arenas(traced):
    asking = replace(traced, arenas=BOTH)
    assert told(places(pair(), entry(), asking)) == [
        ("left", "adult", ""),
        ("right", "juvenile", ""),
    ]
    rows = row("2", subject="m2"), row("left", subject="m1")
    two, left = places(pair(), entry(*rows), asking)
    assert told([two, left]) == [("2", "juvenile", "m2"), ("left", "adult", "m1")]
    assert two.given["arena"] == RIGHT
    assert two.given["tracks"].individuals == ("juvenile",)
    assert two.window is None
    recipe, given = spread(asking.recipe, (two, left))
    assert set(given) == {
        f"{part}/{name}" for part in ("2", "left") for name in ("arena", "tracks")
    }
    assert {name for name in recipe.takes if name.endswith("tracks")} == {"2/tracks", "left/tracks"}
    assert "left/verdict" in recipe.may_lack


def test_animals_of_tracks_that_share_an_arena(traced):
    assert told(places(pair(), entry(), traced)) == [
        ("adult", "adult", ""), ("juvenile", "juvenile", ""),
    ]  # fmt: skip
    rows = row("Juvenile", subject="m2"), row("adult", subject="m1", start_s=0.3)
    first, second = places(pair(), entry(*rows), traced)
    assert told([first, second]) == [("Juvenile", "juvenile", "m2"), ("adult", "adult", "m1")]
    assert second.settings == {"trial.from_s": 0.3}
    (one,) = places(pair(), entry(rows[0]), traced)
    assert one.part == "Juvenile"
    only = replace(traced, reading=Reading(individuals=("adult",)))
    alone = stand_in(only.reading.of_tracks("a", pair().source.tracks), "a.csv")
    (one,) = places(alone, entry(*rows), only)
    assert told([one]) == [("", "adult", "m1")]


@pytest.mark.parametrize(
    ("rows", "more", "says"),
    [
        ([""], {}, "its tracks are of adult and juvenile, and the sheet does not say of which"),
        (["adult", "cat"], {}, "of adult and juvenile, and the sheet has a row of cat; write"),
        (["a", "b", "c"], {}, "3 animals are asked for, and its tracks are of 2"),
        ([], {"count": 3}, "3 animals are asked for, and its tracks are of 2"),
    ],
)
def test_animals_that_tracks_do_not_have(traced, rows, more, says):
    with pytest.raises(Refusal, match=says):
        places(pair(), entry(*map(row, rows)), replace(traced, **more))


def test_an_arena_that_no_tracks_are_in(traced):
    alone = Reading(individuals=("adult",)).of_tracks("a", pair().source.tracks)
    asking = replace(traced, arenas=BOTH)
    (one,) = places(stand_in(alone, "a.csv"), entry(), asking)
    assert told([one]) == [("left", "adult", "")]
    assert one.told == ("nothing is told of the arenas without tracks: right",)
    both = places(stand_in(alone, "a.csv"), entry(row("left"), row("right")), asking)
    assert "tracks" not in both[1].given
    found = carried_out(*spread(asking.recipe, both), tuple(place.part for place in both))
    assert [*found.refused] == ["right"]
    assert "no animal of the tracks is in this arena" in str(found.refused["right"])
    assert "left/motion" in found.answers
    assert not any(name.startswith("right/") for name in found.answers)
