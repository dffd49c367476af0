"""Assays that begin with tracks, as people who come from other programs type them."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from ethoframe.data import Arenas, Episodes, Observations, Observed, Tracks, Transform
from ethoframe.formats import arena, dlc, episodes, table, timestamps
from ethoframe.testing.mazes import light_dark

ONE, OTHER = light_dark(2), light_dark(4)
ACROSS = Transform.moving(500, 300), Transform.moving(1500, 300)
NAME = "rackDLC_resnet50_boxMay1shuffle1_100000.csv"
TOLD = ("--clock", "25fps", "--no-report", "--out", "out")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def value(path: Path, quantity: str) -> float:
    return table.read_measures(path / "measures.csv").value(quantity)


@pytest.fixture
def rack(here) -> Path:
    """Two animals beside each other, in one file of tracks, the right one first."""
    count = min(len(ONE.tracks), len(OTHER.tracks))
    left, right = (
        session.tracks.mapped(way).take(slice(count))
        for session, way in zip((ONE, OTHER), ACROSS, strict=True)
    )
    both = replace(
        left,
        position=np.concatenate([right.position, left.position], axis=-1),
        confidence=np.concatenate([right.confidence, left.confidence], axis=-1),
        individuals=("mus1", "mus2"),
    )
    dlc.write_tracks(both, here / NAME)
    floors = [
        replace(session.arena.mapped(way), name=name)
        for session, way, name in zip((ONE, OTHER), ACROSS, ("left", "right"), strict=True)
    ]
    arena.write_all(here / "arenas.toml", Arenas(tuple(floors)))
    arena.write(here / "left.toml", floors[0])
    return here


def test_one_result_for_each_arena(ethoframe, rack):
    told = ethoframe("light-dark", NAME, "--arena", "arenas.toml", *TOLD)
    assert told.status == 0, told.err
    alone = ethoframe(
        "light-dark", NAME, "--individual", "mus2", "--arena", "left.toml", *TOLD[:-1], "alone"
    )
    assert alone.status == 0, alone.err
    folder = Path("out", Path(NAME).stem)
    assert {path.name for path in folder.iterdir()} == {"left", "right"}
    for quantity in ("time in dark", "distance", "entries to dark"):
        both = value(folder / "left", quantity), value(Path("alone", Path(NAME).stem), quantity)
        assert both[0] == both[1]
    assert {row["individual"] for row in rows(folder / "right" / "measures.csv")} == {"mus1"}


def test_a_sheet_of_films_says_whose_each_arena_is(ethoframe, rack):
    book = openpyxl.Workbook()
    for line in (
        ("video", "arena", "subject", "group"),
        ("Rack.mp4", 2, "m2", "b"),
        ("Rack.mp4", 1, "m1", "a"),
    ):
        book.active.append(line)
    book.save("animals.xlsx")
    told = ethoframe("light-dark", ".", "--sheet", "animals.xlsx", "--arena", "arenas.toml", *TOLD)
    assert told.status == 0, told.err
    whose = {
        (row["arena"], row["individual"], row["subject"]) for row in rows(Path("out/measures.csv"))
    }
    assert whose == {("2", "mus1", "m2"), ("1", "mus2", "m1")}
    book.active.append(("gone.mp4", 1, "m3", "a"))
    book.save("animals.xlsx")
    told = ethoframe("light-dark", ".", "--sheet", "animals.xlsx", "--arena", "arenas.toml", *TOLD)
    assert told.status == 3
    assert "line 4: there is no file gone.mp4" in told.err


def test_times_of_frames_in_a_file_say_the_same_as_a_rate(ethoframe, here):
    dlc.write_tracks(ONE.tracks, here / "m.csv")
    arena.write(here / "arena.toml", ONE.arena)
    timestamps.write(here / "cam.csv", np.arange(len(ONE.tracks)) / 25)
    asked = ("light-dark", "m.csv", "--arena", "arena.toml", "--no-report")
    for out, words in (
        ("a", ("--clock", "25fps")),
        ("b", ("--clock", "cam.csv")),
        ("c", ("--timestamps", "cam.csv")),
    ):
        assert ethoframe(*asked, *words, "--out", out).status == 0
    assert len({value(Path(out, "m"), "time in dark") for out in "abc"}) == 1
    both = ethoframe(*asked, "--clock", "25fps", "--timestamps", "cam.csv")
    assert "--clock and --timestamps both say when frames were" in both.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["m.csv"], "m.csv: it carries no clock; say it, as --clock 30fps"),
        (
            ["m.csv", "--clock", "25fps", "--arena", "mm.toml"],
            "or say the size of a pixel, as --sc",
        ),
        (["m.csv", "--clock", "25fps", "--arena", "far.toml"], "the animal is never in the arena"),
        (["m.csv", "--clock", "25fps"], "where the floor and its zones are; draw them and give"),
        (["empty.csv", "--clock", "25fps"], "empty.csv: the file is empty; write it again"),
        (["gone.csv", "--clock", "25fps"], "gone.csv: there is no such file; check its name"),
        (["notes.csv", "--clock", "25fps"], "notes.csv: no tracks are found in it; name a file in"),
        (
            ["cut.csv", "--clock", "25fps"],
            "cut.csv: line 9 has 3 cells, and the heading 16; correct",
        ),
        (
            ["m.csv", "--clock", "25fps", "--individual", "cat"],
            "no individual is called cat; there",
        ),
        (["m.csv", "--clock", "25fps", "--sheet", "typo.csv"], "no file mm, the nearest is m.csv"),
    ],
)
def test_what_is_wrong_is_one_line(ethoframe, here, words, said):
    dlc.write_tracks(ONE.tracks, here / "m.csv")
    lines = (here / "m.csv").read_text().splitlines()
    (here / "cut.csv").write_text("\n".join([*lines[:8], "5,1.5,2"]))
    dlc.write_tracks(ONE.tracks, here / "whole.h5")
    whole = (here / "whole.h5").read_bytes()
    (here / "cut.h5").write_bytes(whole[: len(whole) // 2])
    (here / "empty.csv").touch()
    (here / "notes.csv").write_text("mouse,weight\n1,20\n")
    (here / "typo.csv").write_text("video,subject\nmm,m1\n")
    arena.write(here / "arena.toml", ONE.arena)
    arena.write(here / "mm.toml", replace(ONE.arena, unit="mm", sides_mm=None))
    arena.write(here / "far.toml", ONE.arena.mapped(Transform.moving(5000, 0)))
    if "--arena" not in words and "where the floor" not in said:
        words = [*words, "--arena", "arena.toml"]
    told = ethoframe("light-dark", *words, "--no-report", "--out", "out")
    assert (told.status, told.out) == (3, "")
    (line,) = told.err.splitlines()
    assert said in line


def test_a_broken_file_among_many_is_told_and_the_rest_goes_on(ethoframe, here):
    (here / "in").mkdir()
    arena.write(here / "arena.toml", ONE.arena)
    for name in "abc":
        dlc.write_tracks(ONE.tracks, here / "in" / f"{name}.csv")
    (here / "in" / "b.csv").write_text((here / "in" / "b.csv").read_text()[:2000])
    (here / "in" / "d.csv").touch()
    asked = ("light-dark", "in", "--arena", "arena.toml", *TOLD)
    told = ethoframe(*asked)
    assert told.status == 3
    assert [row["recording"] for row in rows(Path("out/failures.csv"))] == ["b.csv", "d.csv"]
    again = ethoframe(*asked)
    assert (again.status, again.out.count("finished before, nothing changed")) == (3, 2)


def test_episodes_of_several_recordings_answer_for_each(ethoframe, here):
    span = np.array([[0.0, 9.0]])
    seen = [
        Observed(name, Episodes.of("rear", np.array([[0.0, lasts]]), span, "AB"))
        for name, lasts in (("m1", 1.0), ("m2", 3.0))
    ]
    episodes.write_all(here / "all.csv", Observations(tuple(seen)))
    told = ethoframe("apply", "measure/bouts", "all.csv", "--no-report", "--out", "out")
    assert told.status == 0, told.err
    assert [value(Path("out", name), "time rear") for name in ("m1", "m2")] == [1.0, 3.0]
    assert {row["recording"] for row in rows(Path("out/measures.csv"))} == {"m1", "m2"}


def test_two_animals_in_one_arena(ethoframe, here):
    still = Tracks.of(np.full((40, 2), 5.0), np.arange(40) / 20, "body_centre")
    both = replace(
        still,
        position=np.concatenate([still.position, still.position + 3], axis=-1),
        confidence=np.concatenate([still.confidence] * 2, axis=-1),
        individuals=("adult", "juvenile"),
    )
    dlc.write_tracks(both, here / "pair.csv")
    (here / "one.csv").write_text("video,subject\npair.mp4,m1\n")
    (here / "two.csv").write_text("video,arena,subject\npair,adult,m1\npair,juvenile,m2\n")
    (here / "floor.toml").write_text("corners_px = [[0, 0], [90, 0], [90, 90], [0, 90]]\n")
    asked = ("open-field", "pair.csv", "--arena", "floor.toml", "--scale", "2px/mm", *TOLD)
    told = ethoframe(*asked, "--sheet", "one.csv")
    assert told.status == 3
    assert "its tracks are of adult and juvenile, and the sheet does not say of which" in told.err
    told = ethoframe(*asked, "--sheet", "two.csv")
    assert told.status == 0, told.err
    whose = {
        (row["arena"], row["individual"], row["subject"]) for row in rows(Path("out/measures.csv"))
    }
    assert whose == {("adult", "adult", "m1"), ("juvenile", "juvenile", "m2")}
