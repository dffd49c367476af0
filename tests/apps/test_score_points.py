"""Keypoints beside each other: which frames belong together, and what is told of them."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ethoframe.apps.scoring import points
from ethoframe.data import Tracks
from ethoframe.formats import keypoints, table
from tests.apps._taught import project

FILMS = {
    "m1": [(n, 5.0 + n, 7.0) for n in range(0, 20, 2)],
    "m2": [(n, 9.0, 8.0 + n) for n in range(8)],
}


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    monkeypatch.setattr(points, "Rules", partial(points.Rules, draws=40))


@pytest.fixture
def labelled(here) -> Path:
    return project(here / "truth", **FILMS)


def predicted(path, named, off=3.0, sure=0.9, names=("left", "right")):
    """A table of stills in which every keypoint is so far to the right."""
    stills = {}
    for film, rows in FILMS.items():
        for number, x, y in rows:
            position = np.array([[[x + off]] * 2, [[y]] * 2])[None]
            tracks = Tracks(position, np.full((1, 2, 1), sure), np.arange(1), np.zeros(1), names)
            stills[named(film, number)] = tracks
    keypoints.write(path, stills, 0.5)


def filmed(path, film, off=3.0, frames=24):
    """Tracks of all frames of a film."""
    known = {number: (x, y) for number, x, y in FILMS[film]}
    places = np.array([known.get(n, (0.0, 0.0)) for n in range(frames)]) + np.array([off, 0])
    position = np.repeat(places[:, :, None, None], 2, axis=2)
    sure, numbers = np.full((frames, 2, 1), 0.9), np.arange(frames)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.write_tracks(path, Tracks(position, sure, numbers, numbers / 30, ("left", "right")))


def told(said):
    assert said.status == 0, said.err
    return json.loads(said.out)


@pytest.mark.parametrize(
    "named",
    [
        lambda film, number: f"labeled-data/{film}/img{number:03d}.png",
        lambda film, number: f"{film}/img{number:03d}.png",
        lambda film, number: f"./elsewhere/{film}\\img{number:03d}.png",
    ],
)
def test_stills_are_matched_by_their_paths(ethoframe, labelled, named):
    predicted(Path("points.csv"), named)
    found = told(ethoframe("score", "points.csv", "truth", "--json"))
    assert found["as"] == "points"
    assert found["scores"]["mean_px"]["value"] == pytest.approx(3.0)
    assert found["scores"]["mean_px"]["n"] == 2
    assert found["scores"]["missed"]["value"] == 0.0
    assert found["scores"]["within_5_px"] == {
        "value": 1.0, "low": 1.0, "high": 1.0, "n": 2, "level": 0.95,
    }  # fmt: skip
    assert found["by label"]["left"]["median_px"]["value"] == pytest.approx(3.0)
    assert found["rows"][0]["name"] == "labeled-data/m1/img000.png"
    assert found["rows"][0]["keypoints"]["right"] == {"error_px": 3.0, "confidence": 0.9}
    assert "ece_within_5_px" in found["scores"]


def test_bare_names_are_enough_where_they_are_one_file_only(ethoframe, here):
    project(here / "one", m1=FILMS["m1"])
    predicted(Path("points.csv"), lambda film, n: f"img{n:03d}.png" if film == "m1" else "z.png")
    said = ethoframe("score", "points.csv", "one/labeled-data/m1", "--json")
    assert told(said)["scores"]["mean_px"]["value"] == pytest.approx(3.0)
    assert told(said)["without truth"] == ["z.png"]
    assert "1 answered without a truth, left out: z.png" in said.err


def test_what_may_be_two_files_is_refused(ethoframe, labelled):
    predicted(Path("points.csv"), lambda film, number: f"img{number:03d}.png")
    said = ethoframe("score", "points.csv", "truth")
    assert said.status == 3
    assert said.err == (
        "ethoframe: points.csv: img000.png may be labeled-data/m1/img000.png or "
        "labeled-data/m2/img000.png; name files with their folders\n"
    )


def test_what_is_not_answered_is_missed(ethoframe, labelled):
    predicted(Path("points.csv"), lambda film, n: f"{film if n else 'x'}/img{n:03d}.png")
    Path("points.csv").write_text(
        "\n".join(
            line for line in Path("points.csv").read_text("utf-8").splitlines()
            if not line.startswith("m1/img004") and not line.startswith("x/")
        )
    )  # fmt: skip
    said = ethoframe("score", "points.csv", "truth", "--json")
    found = told(said)
    assert len(found["unanswered"]) == 3
    assert found["scores"]["missed"]["value"] == pytest.approx(3 / 18)
    assert found["scores"]["mean_px"]["value"] == pytest.approx(3.0)
    assert "3 without an answer, counted as missed" in said.err


def test_films_are_matched_by_number(ethoframe, labelled):
    for film in FILMS:
        filmed(Path("out") / film / "tracks.parquet", film)
    found = told(ethoframe("score", "out", "truth", "--json"))
    assert found["scores"]["mean_px"]["value"] == pytest.approx(3.0)
    assert found["without truth"] == []
    one = told(ethoframe("score", "out/m2/tracks.parquet", "truth", "--as", "points", "--json"))
    assert len(one["unanswered"]) == len(FILMS["m1"])


def test_what_a_network_of_deeplabcut_wrote(ethoframe, labelled):
    lines = ["scorer" + ",N" * 6, "bodyparts" + ",left" * 3 + ",Right" * 3]
    lines.append("coords" + ",x,y,likelihood" * 2)
    lines += [f"{n},{x},{y + 4},0.99,{x},{y + 4},0.2" for n, x, y in FILMS["m2"]]
    Path("m2DLC_resnet50_shuffle1.csv").write_text("\n".join(lines), encoding="utf-8")
    words = ("score", "m2DLC_resnet50_shuffle1.csv", "truth/labeled-data/m2")
    found = told(ethoframe(*words, "--json"))
    assert found["scores"]["mean_px"]["value"] == pytest.approx(4.0)
    assert found["scores"]["unsure"]["value"] == 0.5
    told_more = ethoframe(*words, "--sure", "0.1", "--json")
    assert told(told_more)["scores"]["unsure"]["value"] == 0.0
    back = told(ethoframe("score", words[2], words[1], "--as", "points", "--json"))
    assert any("only what it is sure of (0.9)" in note for note in back["notes"])
    assert "invented" not in back["scores"]


def test_two_people(ethoframe, labelled, here):
    other = {film: [(n, x + 1, y) for n, x, y in rows] for film, rows in FILMS.items()}
    project(here / "other", **other)
    found = told(ethoframe("score", "other", "truth", "--json"))
    assert found["scores"]["mean_px"]["value"] == pytest.approx(1.0)
    assert not any(name.startswith("ece") for name in found["scores"])


def test_millimetres_and_body_lengths(ethoframe, labelled):
    predicted(Path("points.csv"), lambda film, number: f"{film}/img{number:03d}.png")
    found = told(ethoframe("score", "points.csv", "truth", "--scale", "2px/mm", "--json"))
    assert found["scores"]["mean_mm"]["value"] == pytest.approx(1.5)
    wrong = ethoframe("score", "points.csv", "truth", "--body", "left,tail")
    assert wrong.status == 3
    assert "there is no keypoint tail; choose two of left, right" in wrong.err
    assert ethoframe("score", "points.csv", "truth", "--body", "left").status == 2


def test_a_table_for_people(ethoframe, labelled):
    predicted(Path("points.csv"), lambda film, number: f"{film}/img{number:03d}.png")
    said = ethoframe("score", "points.csv", "truth").out
    assert said.startswith("scored as points: ")
    lines = [line.split() for line in said.splitlines()]
    assert ["mean", "px", "3.000", "3.000", "to", "3.000", "2"] in lines
    assert next(line for line in lines if line[:1] == ["left"])[1] == "3.000"
    assert "n: recordings, which are drawn again for the interval (bootstrap)" in said


def test_keypoints_that_are_called_otherwise(ethoframe, labelled):
    def named(film: str, number: int) -> str:
        return f"{film}/img{number:03d}.png"

    predicted(Path("points.csv"), named, names=("Left", "tail"))
    found = told(ethoframe("score", "points.csv", "truth", "--json"))
    assert found["by label"]["left"]["mean_px"]["value"] == pytest.approx(3.0)
    assert found["by label"]["right"]["missed"]["value"] == 1.0
    assert "labelled and never predicted, so all missed: right" in found["notes"]
    assert "predicted and not labelled, so left out: tail" in found["notes"]
    predicted(Path("points.csv"), named, names=("nose", "tail"))
    said = ethoframe("score", "points.csv", "truth")
    assert said.status == 3
    assert "its keypoints are nose, tail, and those of the truth left, right" in said.err


def test_nothing_that_belongs_together(ethoframe, labelled):
    predicted(Path("points.csv"), lambda film, number: f"{film}/other{number}.png")
    said = ethoframe("score", "points.csv", "truth")
    assert (said.status, said.err.count("\n")) == (3, 1)
    assert "no frame of it belongs to any in truth" in said.err
    said = ethoframe("score", "points.csv", "gone", "--as", "points")
    assert (said.status, "gone: there is no such file" in said.err) == (3, True)
