"""One method on tables of tracks: from wherever, to episodes, tracks and measures."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from ethoframe.contract import catalog
from ethoframe.data import Tracks, Transform
from ethoframe.formats import (
    arena,
    dlc,
    movement,
    read_observations,
    read_tracks,
    table,
    timestamps,
)
from ethoframe.run import apply as apply_here


def walk(count: int = 300, rate: float = 30.0) -> Tracks:
    """An animal that keeps still in the second third of the time."""
    step = np.where((np.arange(count) // (count // 3)) == 1, 0.0, 4.0)
    x = np.cumsum(step) + 100
    places = np.stack([x, np.full(count, 200.0)], axis=1)
    return Tracks.of(places, np.arange(count) / rate, "body_centre")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def apply(ethoframe, method, *words):
    return ethoframe("apply", method, *words, "--no-report", "--out", "out")


def test_a_folder_of_other_programs_tables(ethoframe, here):
    (here / "in" / "sub").mkdir(parents=True)
    dlc.write_tracks(walk(), Path("in/demo.v1.csv"))
    movement.write_tracks(walk(), Path("in/sub/m2.nc"))
    Path("in/notes.txt").write_text("nothing")
    ways = ("--clock", "30fps", "--scale", "2px/mm")
    done = apply(ethoframe, "behave/activity", "in", *ways)
    assert done.status == 0, done.err
    assert "1 other files hold no tracks: notes.txt" in done.err
    one, two = Path("out/demo.v1/episodes.csv"), Path("out/sub/m2/episodes.csv")
    assert {row["recording"] for row in rows(one)} == {"demo.v1"}
    assert {row["recording"] for row in rows(two)} == {"sub/m2"}
    seen = read_observations(one).of("demo.v1")[0]
    assert "immobile" in seen.labels
    again = apply(ethoframe, "behave/activity", "in", *ways)
    assert again.out.count("nothing changed") == 2


def test_a_bad_one_among_them(ethoframe, here):
    Path("in").mkdir()
    dlc.write_tracks(walk(), Path("in/a.csv"))
    text = Path("in/a.csv").read_text().replace("104.0", "one hundred")
    Path("in/b.csv").write_text(text)
    done = apply(ethoframe, "behave/activity", "in", "--clock", "30fps", "--scale", "2px/mm")
    assert done.status == 3
    assert "b: " in done.err
    assert "is no number" in done.err
    assert Path("out/a/episodes.csv").exists()


def test_tracks_without_a_clock(ethoframe, here):
    dlc.write_tracks(walk(), Path("a.h5"))
    done = apply(ethoframe, "behave/activity", "a.h5", "--scale", "2px/mm")
    assert done.status == 3
    assert "it carries no clock; say it, as --clock 30fps" in done.err


def test_the_clock_may_be_a_file(ethoframe, here):
    Path("in").mkdir()
    dlc.write_tracks(walk(), Path("in/a.csv"))
    timestamps.write(Path("cam.csv"), 5 + np.arange(300) / 20)
    words = ("behave/activity", "in/a.csv", "--scale", "2px/mm", "--clock")
    done = apply(ethoframe, *words, "cam.csv")
    assert done.status == 0, done.err
    support = rows(Path("out/a/episodes.csv"))[0]
    assert (support["label"], float(support["start_s"])) == ("support", 5)
    assert float(support["stop_s"]) == pytest.approx(20)
    # A name beside the table means the file that lies there.
    timestamps.write(Path("in/a_times.csv"), np.arange(300) / 10)
    done = apply(ethoframe, *words, "a_times.csv")
    assert float(rows(Path("out/a/episodes.csv"))[0]["stop_s"]) == pytest.approx(30)
    assert "there is no such file" in apply(ethoframe, *words, "gone.csv").err
    timestamps.write(Path("cam.csv"), np.arange(200) / 20)
    few = apply(ethoframe, *words, "cam.csv")
    assert few.status == 3
    assert "it has 300 frames, and cam.csv 200 times; check that the list is whole" in few.err


@pytest.mark.parametrize("scale", [(), ("--scale", "2px/mm")])
def test_cleaned_tracks_read_back_as_they_were_given(ethoframe, here, scale):
    dlc.write_tracks(walk(), Path("a.csv"))
    done = apply(ethoframe, "clean/smooth", "a.csv", "--clock", "30fps", *scale)
    assert done.status == 0, done.err
    found = read_tracks("out/a/tracks.parquet")
    given = walk().mapped(Transform.scaling(0.5, "px", "mm")) if scale else walk()
    assert found == apply_here(catalog.find("clean/smooth")(), tracks=given)
    assert found.unit == ("mm" if scale else "px")
    assert found.px_per_unit == (2 if scale else 1)
    assert found.smoothed_s > 0
    names = {
        name for name, value in zip(*_first(Path("out/a/tracks.parquet")), strict=True) if value
    }
    assert {"x_mm" if scale else "x_px"} == names & {"x_mm", "x_px"}


def _first(path: Path):
    import pyarrow.parquet as pq

    row = pq.read_table(path).slice(0, 1).to_pylist()[0]
    return row.keys(), row.values()


def test_what_a_run_measured_in_mm_is_taken_so(ethoframe, here):
    made = walk()
    folder = Path("runs/m1")
    folder.mkdir(parents=True)
    table.write_tracks(
        folder / "tracks.parquet", made, made.mapped(Transform.scaling(0.5, "px", "mm"))
    )
    (folder / "provenance.json").write_text(json.dumps({"arena": "", "file": {}}))
    done = apply(ethoframe, "behave/activity", "runs/m1/tracks.parquet")
    assert done.status == 0, done.err
    mm = rows(Path("out/m1/episodes.csv"))
    assert {row["recording"] for row in mm} == {"m1"}
    # What a user says of the pixels goes before it.
    done = apply(ethoframe, "behave/activity", "runs", "--scale", "2px/mm")
    assert done.status == 0, done.err
    assert rows(Path("out/m1/episodes.csv")) == mm


def test_roles_are_said_once(ethoframe, here):
    dlc.write_tracks(Tracks.of(walk().at("body_centre"), walk().times_s, "bp1"), Path("a.csv"))
    ways = ("--clock", "30fps", "--scale", "2px/mm")
    refused = apply(ethoframe, "behave/activity", "a.csv", *ways)
    assert refused.status == 3
    done = apply(ethoframe, "behave/activity", "a.csv", *ways, "--roles", "body_centre=bp1")
    assert done.status == 0, done.err
    wrong = apply(ethoframe, "behave/activity", "a.csv", *ways, "--roles", "body_centre=nose")
    assert "there is no keypoint 'nose'; there are: bp1" in wrong.err


def test_an_arena_through_corners_is_taken_as_one_that_was_drawn(ethoframe, here):
    square = np.array([[10.0, 20.0], [410.0, 20.0], [410.0, 420.0], [10.0, 420.0]])
    seen = walk()
    corners = np.repeat(square.T[None, :, :, None], len(seen), axis=0)
    position = np.concatenate([seen.position, corners], axis=2)
    sure, names = np.ones((len(seen), 5, 1)), ("body_centre", "tl", "tr", "br", "bl")
    made = Tracks(position, sure, seen.numbers, seen.times_s, names)
    dlc.write_tracks(made, Path("a.csv"))
    found = apply(
        ethoframe, "detect/keypoint-arena", "a.csv", "--corners", "tl,tr,br,bl", "--clock", "30fps"
    )
    assert found.status == 0, found.err
    assert np.allclose(arena.read(Path("out/a/arena.toml")).outline, square)
    text = Path("out/a/arena.toml").read_text()
    Path("arena.toml").write_text(text + "sides_mm = [200, 200]\n")
    ways = ("--arena", "arena.toml", "--clock", "30fps")
    done = apply(ethoframe, "clean/to-floor", "a.csv", *ways)
    assert done.status == 0, done.err
    on_floor = read_tracks("out/a/tracks.parquet")
    assert on_floor.unit == "mm"
    assert np.allclose(np.ptp(on_floor.at("body_centre")[:, 0]), np.ptp(seen.position[:, 0]) / 2)


@pytest.mark.parametrize("method", ["measure/motion", "measure/quality"])
def test_every_animal_of_a_table_is_measured_and_the_page_says_whose(ethoframe, here, method):
    one = walk()
    position = np.concatenate([one.position, 0.1 * one.position], axis=3)
    confidence = np.concatenate([one.confidence, one.confidence], axis=2)
    held = position, confidence, one.numbers, one.times_s, one.keypoints, ("white", "black")
    movement.write_tracks(Tracks(*held), Path("m.nc"))
    ways = ("m.nc", "--clock", "30fps", "--scale", "2px/mm", "--out")
    done = ethoframe("apply", method, *ways, "both")
    assert done.status == 0, done.err
    found = rows(Path("both/m/measures.csv"))
    for who in ("white", "black"):
        ethoframe("apply", method, *ways, who, "--individual", who)
        own = rows(Path(who, "m/measures.csv"))
        assert [row for row in found if row["individual"] == who] == own
    text = Path("both/m/report.html").read_text("utf-8")
    keys = text.partition('<dl class="keys">')[2].partition("</dl>")[0]
    assert "<span>white</span>" in keys
    assert "<span>black</span>" in keys
    assert "Time of white spent on the floor" in text
    alone = Path("black/m/report.html").read_text("utf-8")
    assert "<span>black</span>" not in alone
    assert "Time spent on the floor" in alone
