from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from ethoframe import recipes
from ethoframe.apps import progress as progress_module
from ethoframe.data import Arenas
from ethoframe.formats import arena as arena_file
from ethoframe.formats import video
from ethoframe.run import marks as marks_module

ASKED = ("--side", "40cm", "--out", "out")


def inside(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def mouse(here, clip) -> str:
    """The clip as a file in this folder."""
    shutil.copy2(clip, here / "mouse.mp4")
    return "mouse.mp4"


def test_the_main_job(ethoframe, here, mouse):
    said = ethoframe("open-field", mouse, *ASKED)
    assert said.status == 0
    (line,) = said.out.splitlines()
    report = Path("out", "mouse", "report.html")
    assert line.startswith("mouse.mp4: 60 frames in ")
    assert line.endswith(f" s, good → {report}")
    assert inside(here / "out" / "mouse") == {
        "arena.toml", "episodes.csv", "measures.csv", "moments.json", "otherwise.csv",
        "provenance.json", "report.html", "tracks.parquet",
    }  # fmt: skip
    assert "ethoframe open-field mouse.mp4 --side 40cm --out out" in report.read_text("utf-8")


def test_everything_that_can_be_asked_for(ethoframe, here, mouse):
    said = ethoframe("open-field", mouse, *ASKED, "--csv", "--overlay", "--profile")
    assert said.status == 0
    assert {"tracks.csv", "overlay.mp4", "report.html"} <= inside(here / "out" / "mouse")
    assert len(video.read(here / "out" / "mouse" / "overlay.mp4")) == 60
    profile = said.out.splitlines()[1]
    assert profile.startswith("  decode ")
    assert {"wait", "compute", "write", "report", "whole"} <= set(profile.replace(",", "").split())


def test_json_alone_is_on_standard_output(ethoframe, here, mouse):
    (here / "bad.mp4").touch()
    words = ("open-field", mouse, "bad.mp4", *ASKED, "--json", "--no-report", "--profile")
    said = ethoframe(*words)
    good, bad = json.loads(said.out)
    assert said.status == 3
    assert (good["name"], good["status"], good["frames"]) == ("mouse.mp4", "done", 60)
    assert good["seconds"]["whole"] > 0
    assert (bad["status"], bad["reason"]) == ("failed", "the file is empty")
    assert "ethoframe: bad.mp4: the file is empty" in said.err
    again = json.loads(ethoframe(*words).out)
    assert [each["status"] for each in again] == ["unchanged", "failed"]
    said = ethoframe("open-field", "bad.mp4", "x/bad.mp4", *ASKED, "--json")
    assert (said.status, said.out) == (3, "")


def test_json_keeps_the_order_of_the_names(ethoframe, here, clip):
    for name in ("a", "b", "c"):
        shutil.copy2(clip, here / f"{name}.mp4")
    (here / "a.mp4").write_bytes(b"")
    said = ethoframe("open-field", "c.mp4", "a.mp4", "b.mp4", *ASKED, "--json", "--no-report")
    assert [each["name"] for each in json.loads(said.out)] == ["c.mp4", "a.mp4", "b.mp4"]


def test_several_at_once_say_which_is_finished(ethoframe, here, clip, monkeypatch):
    monkeypatch.setattr(progress_module, "SHOW_AFTER_S", 0.0)
    monkeypatch.setattr(progress_module, "EVERY_S", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for name in ("a", "b", "c"):
        shutil.copy2(clip, here / f"{name}.mp4")
    said = ethoframe("open-field", ".", *ASKED, "--jobs", "2", "--no-report", "--profile")
    assert said.status == 0
    told = [line.split(":")[0] for line in said.out.splitlines() if not line.startswith(" ")]
    assert sorted(told[:3]) == ["a.mp4", "b.mp4", "c.mp4"]
    assert "3 animals: 3 good" in said.out
    assert (here / "out" / "summary.xlsx").exists()
    assert "of 3 recordings done" in said.err
    signed = json.loads((here / "out" / "b" / "provenance.json").read_text("utf-8"))
    assert signed["command"].startswith("ethoframe open-field . --side 40cm --out out --jobs 2")


def test_the_command_on_the_page_gives_the_same_again(ethoframe, here, mouse):
    (here / "other one.mp4").write_bytes((here / mouse).read_bytes())
    words = ("open-field", "other one.mp4", mouse, "--set", "smooth.span_s=0.4", *ASKED)
    assert ethoframe(*words, "--no-report").status == 0
    signed = json.loads((here / "out" / "other one" / "provenance.json").read_text("utf-8"))
    command = shlex.split(signed["command"])
    assert command == [
        "ethoframe", "open-field", "other one.mp4", "--set", "smooth.span_s=0.4", *ASKED,
        "--no-report",
    ]  # fmt: skip
    assert "finished before, nothing changed" in ethoframe(*command[1:]).out
    tables = [here / "out" / "other one" / name for name in ("measures.csv", "tracks.parquet")]
    before = [path.read_bytes() for path in tables]
    shutil.rmtree(here / "out")
    assert ethoframe(*command[1:]).status == 0
    assert [path.read_bytes() for path in tables] == before


def test_what_was_set_is_what_is_done(ethoframe, here, mouse):
    more = ("--set", "smooth.span_s=0.4", "--set", "appearance.polarity=dark", "--no-report")
    assert ethoframe("open-field", mouse, *ASKED, *more).status == 0
    steps = json.loads((here / "out" / "mouse" / "provenance.json").read_text("utf-8"))["steps"]
    assert steps["smooth"]["parameters"]["span_s"] == 0.4
    assert steps["appearance"]["parameters"]["polarity"] == "dark"
    assert steps["arena"]["parameters"]["side_mm"] == 400.0


def test_an_arena_that_is_given(ethoframe, here, mouse):
    text = "corners_px = [[39, 9], [201, 9], [201, 171], [39, 171]]\nsides_mm = [400, 400]\n"
    (here / "arena.toml").write_text(text, encoding="utf-8")
    words = ("open-field", mouse, "--arena", "arena.toml", "--out", "out", "--no-report")
    assert ethoframe(*words).status == 0
    given = arena_file.read(here / "arena.toml")
    assert arena_file.read(here / "out" / "mouse" / "arena.toml") == given
    signed = json.loads((here / "out" / "mouse" / "provenance.json").read_text("utf-8"))
    assert signed["asked"]["arenas"] == Arenas((given,)).fingerprint()
    assert "arena" not in signed["steps"]
    assert "finished before" in ethoframe(*words).out
    (here / "arena.toml").write_text(text.replace("201", "202"), encoding="utf-8")
    assert "60 frames" in ethoframe(*words).out


def test_a_run_that_went_on_says_so(ethoframe, here, mouse, monkeypatch):
    monkeypatch.setattr(marks_module, "MARK_EVERY_S", 0.0)
    with monkeypatch.context() as stopped:
        stopped.setattr("ethoframe.report.page.page", lambda session: 1 / 0)
        told = ethoframe("open-field", mouse, *ASKED)
        assert told.status == 1
        assert told.err.startswith("ethoframe: mouse.mp4: ZeroDivisionError: division by zero (")
        assert len(told.err.splitlines()) == 1
    assert "60 frames in" in (told := ethoframe("open-field", mouse, *ASKED)).out
    assert "60 of them by an earlier run" in told.out


def test_steps_and_parameters(ethoframe):
    said = ethoframe("open-field", "--steps")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    for step in recipes.load("open-field").steps:
        assert f"{step.name}  ({step.method.name()})" in lines
        for name, value in step.method.parameters().items():
            assert any(line.startswith(f"  {step.name}.{name} = {value}") for line in lines)


def test_a_video_must_be_named(ethoframe):
    said = ethoframe("open-field")
    assert said.status == 2
    assert "Missing argument 'VIDEO|TRACKS...'" in said.err


def test_other_definitions_are_asked_for(ethoframe, here, mouse):
    from ethoframe.formats import table

    asked = ("--no-report", "--otherwise", "visits.margin_mm=10,x4", "--no-otherwise")
    said = ethoframe("open-field", mouse, *ASKED, *asked)
    assert said.status == 0, said.err
    found = table.read_otherwise(here / "out" / "mouse" / "otherwise.csv")
    assert list(found) == ["visits.margin_mm = 10", "visits.margin_mm = x4"]
    signed = json.loads((here / "out" / "mouse" / "provenance.json").read_text("utf-8"))
    assert signed["otherwise"] == {
        "visits.margin_mm = 10": {"visits.margin_mm": 10},
        "visits.margin_mm = x4": {"visits.margin_mm": "x4"},
    }
    said = ethoframe("open-field", mouse, *ASKED, "--no-report", "--no-otherwise")
    assert said.status == 0
    assert not (here / "out" / "mouse" / "otherwise.csv").exists()
    assert not (here / "out" / "otherwise.csv").exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("freezing", "is not STEP.PARAMETER=VALUE,..."),
        ("freezing.least_s=", "is not STEP.PARAMETER=VALUE,..."),
        ("freezing.last_s=1", "has no parameter 'last_s'"),
        ("animal.noises=x2", "would need the film again"),
        ("freezing.least_s=0.9", "it is what the recipe does"),
    ],
)
def test_what_is_no_other_definition(ethoframe, mouse, typed, told):
    said = ethoframe("open-field", mouse, *ASKED, "--otherwise", typed)
    assert said.status in (2, 3)
    assert told in said.err
    assert "Traceback" not in said.err


def test_other_definitions_are_listed(ethoframe):
    said = ethoframe("fear-conditioning", "--steps")
    assert "least bout 0.5 s: freezing.least_s = 0.5" in said.out
