from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from ethoframe.data import Check, Refusal, Row, Verdict
from ethoframe.run.entries import Entry
from ethoframe.run.order import Part
from ethoframe.run.parts import complete, judged, parts_in, refused, write_provenance

LOST = Check(name="animal lost", value=4.0, unit="%", look=1.0, moments_s=(3.5,), says="lost")
UNKNOWN = Check(name="too small", value=math.nan, unit="px2", look=1.0, fail=2.0)
LEFT, RIGHT = (Row(line=i, video=("a.mp4",), arena=name) for i, name in enumerate(("l", "r"), 2))


def part(folder: Path, **of) -> Part:
    folder.mkdir(parents=True, exist_ok=True)
    return Part("a.mp4", of.pop("arena", ""), folder, **of)


def test_provenance_is_json_that_everything_reads(tmp_path):
    given = part(tmp_path, verdict=Verdict((LOST, UNKNOWN)), warnings=("odd",))
    write_provenance(given, {"key": "k", "n": math.nan})
    text = (tmp_path / "provenance.json").read_text(encoding="utf-8")
    told = json.loads(text, parse_constant=pytest.fail)
    assert (told["key"], told["n"], told["warnings"], told["arena"]) == ("k", None, ["odd"], "")
    assert told["verdict"]["word"] == "look"


def test_what_an_earlier_run_left_is_found_again(tmp_path):
    verdict = Verdict((LOST, UNKNOWN))
    for name in ("l", "r"):
        write_provenance(part(tmp_path / name, arena=name, verdict=verdict), {})
    files = {"l/provenance.json", "r/provenance.json", "r/measures.csv"}
    right, left = parts_in(tmp_path, files, Entry("a.mp4", (), (RIGHT, LEFT)))  # as the sheet goes
    assert (left.arena, left.row, right.row) == ("l", LEFT, RIGHT)
    assert (left.folder, left.verdict) == (tmp_path / "l", verdict)


def test_without_a_verdict_or_a_sheet(tmp_path):
    write_provenance(part(tmp_path, warnings=("odd",)), {})
    (found,) = parts_in(tmp_path, {"provenance.json"}, Entry("a.mp4", ()))
    assert found == part(tmp_path, warnings=("odd",))


def test_a_part_that_is_refused_failed(tmp_path):
    told = refused(part(tmp_path), Refusal("a.mp4", "nobody is there", "look again"))
    assert told.verdict is not None
    assert (told.verdict.word, told.warnings) == ("failed", ("nobody is there; look again",))


def test_the_verdict_is_found_among_the_answers(tmp_path):
    assert judged(part(tmp_path), {"verdict": Verdict((LOST,))}).verdict == Verdict((LOST,))
    assert judged(part(tmp_path), {}).verdict is None


@pytest.mark.parametrize(
    ("extras", "whole"), [((), True), (("report.html",), True), (("overlay.mp4",), False)]
)
def test_complete_when_all_that_is_asked_for_is_there(tmp_path, extras, whole):
    files = {"l/measures.csv", "l/report.html", "r/provenance.json"}
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert complete(tmp_path, files, extras) is whole
    (tmp_path / "l/report.html").unlink()
    assert not complete(tmp_path, files, extras)


@pytest.mark.parametrize("file", ["points.csv", "tracks.parquet"])
def test_what_shows_keypoints_is_asked_for_where_there_are_some(tmp_path, file):
    for name in (file, "provenance.json"):
        (tmp_path / name).touch()
    assert complete(tmp_path, {file, "provenance.json"}, ())
    assert not complete(tmp_path, {file, "provenance.json"}, ("labelled.mp4",))


def test_rows_are_matched_by_arena(tmp_path):
    write_provenance(part(tmp_path, arena="l"), {})
    (found,) = parts_in(tmp_path, {"provenance.json"}, Entry("a.mp4", (), (replace(LEFT),)))
    assert found.row == LEFT
