"""Learned methods under ``apply``: their models, their tables of keypoints, their videos."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from ethoframe.formats import table, video
from tests.apps._taught import dotted

pytestmark = pytest.mark.usefixtures("dots")


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_without_a_model_it_says_how_to_make_one(ethoframe, here):
    dotted(here / "a.png", (3, 4))
    said = ethoframe("apply", "pose/dots", "a.png")
    assert said.status == 2
    assert "`ethoframe fit pose/dots --labels LABELS --out MODEL`" in said.err
    gone = ethoframe("apply", "pose/dots", "a.png", "--weights", "gone")
    assert gone.status == 3
    assert gone.err.startswith("ethoframe: gone: there is no fitted model")


def test_a_model_of_another_method(ethoframe, here, model):
    dotted(here / "a.png", (3, 4))
    said = ethoframe("apply", "pose/heatmap", "a.png", "--weights", "model")
    assert said.status == 3
    assert "it is a model of pose/dots, not of pose/heatmap" in said.err


def test_a_model_with_a_changed_file(ethoframe, here, model):
    dotted(here / "a.png", (3, 4))
    (model / "network.onnx").write_bytes(b"changed")
    said = ethoframe("apply", "pose/dots", "a.png", "--weights", "model")
    assert (said.status, said.err.count("\n")) == (3, 1)
    assert "network.onnx: this file is not the one that was fitted" in said.err


def test_what_a_fit_decided_is_no_option(ethoframe, here, model):
    told = ethoframe("apply", "pose/dots", "--help").out
    assert "--weights" in told
    assert "--gain" in told
    assert "--away-px" not in told


def test_stills_get_a_row_for_each_keypoint_and_one_table_over_all(ethoframe, here, model):
    dotted(here / "stills" / "m1" / "a.png", (3, 4))
    dotted(here / "stills" / "m2" / "a.png", (30, 20), level=128)
    words = ("apply", "pose/dots", "stills", "--weights", "model", "--out", "out")
    said = ethoframe(*words)
    assert said.status == 0, said.err
    found = rows("out/points.csv")
    assert list(found[0]) == ["file", "keypoint", "x_px", "y_px", "confidence", "visible"]
    told = [(r["file"], r["keypoint"], r["x_px"], r["y_px"], r["visible"]) for r in found]
    assert told == [
        ("m1/a.png", "left", "5.0", "6.0", "1"),
        ("m1/a.png", "right", "5.0", "6.0", "1"),
        ("m2/a.png", "left", "32.0", "22.0", "0"),
        ("m2/a.png", "right", "32.0", "22.0", "0"),
    ]
    assert float(found[2]["confidence"]) == pytest.approx(128 / 255)
    assert rows("out/m1/a/points.csv") == found[:2]
    assert "<circle" in Path("out/m1/a/report.html").read_text("utf-8")
    signed = json.loads(Path("out/m1/a/provenance.json").read_text("utf-8"))
    assert signed["parameters"]["away_px"] == 2.0
    assert signed["parameters"]["weights"].startswith("model ")
    assert "finished before" in ethoframe(*words).out


def test_what_is_typed_goes_before_what_the_model_had(ethoframe, here, model):
    dotted(here / "a.png", (3, 4))
    words = ("apply", "pose/dots", "a.png", "--weights", "model", "--out", "out", "--no-report")
    assert ethoframe(*words, "--gain", "0.5").status == 0
    assert [row["visible"] for row in rows("out/points.csv")] == ["0", "0"]
    assert ethoframe(*words, "--gain", "0.5", "--sure", "0.4").status == 0
    assert [row["visible"] for row in rows("out/points.csv")] == ["1", "1"]


def test_a_film_gets_tracks_and_a_video(ethoframe, here, model):
    dotted(here / "film.tif", (3, 4), (10, 12), (20, 30))
    words = ("apply", "pose/dots", "film.tif", "--weights", "model", "--out", "out", "--no-report")
    assert ethoframe(*words).status == 0
    tracks = table.read_tracks(Path("out/film/tracks.parquet"))
    assert tracks.keypoints == ("left", "right")
    assert tracks.at("right").tolist() == [[5, 6], [12, 14], [22, 32]]
    assert not Path("out/points.csv").exists()
    assert not Path("out/film/labelled.mp4").exists()
    assert ethoframe(*words, "--video").status == 0
    drawn = video.read(Path("out/film/labelled.mp4"))
    assert len(drawn) == 3
    assert drawn.times_s == pytest.approx([0, 0.1, 0.2], abs=1e-3)
    assert "finished before" in ethoframe(*words, "--video").out


def test_video_is_for_tracks_only(ethoframe, here):
    assert "--video" not in ethoframe("apply", "detect/blobs", "--help").out
