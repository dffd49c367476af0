"""Many recordings and one sheet, as a laboratory has them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from ethoframe.formats import table
from ethoframe.testing.scenes import SCENES, Rack, film

SHEET = """video;arena;subject;group;sex;litter
a;left;m1;salt water;f;L1
a;right;m2;ketamine;m;L1
b;left;m3;ketamine;f;L2
b;right;m4;salt water;m;L2
"""
ASKED = ("--sheet", "animals.csv", "--side", "40cm", "--out", "out")


@pytest.fixture(scope="session")
def pair(tmp_path_factory) -> Path:
    """Three seconds of two arenas side by side."""
    scenes = tuple(
        replace(SCENES["open_field"], duration_s=3.0, size=(160, 160), seed=seed) for seed in (1, 2)
    )
    return film(Rack("pair", scenes, 2), tmp_path_factory.mktemp("pair") / "pair.mp4")


@pytest.fixture
def experiment(here, pair) -> Path:
    """Two such videos in folders of their own, and the sheet."""
    for name in ("a", "b"):
        (here / "videos" / name).mkdir(parents=True)
        shutil.copy2(pair, here / "videos" / name / "cam1.mp4")
    text = SHEET.replace("a;l", "a/cam1;l").replace("a;r", "a/cam1;r").replace("b;", "b/cam1;")
    (here / "animals.csv").write_text(text, encoding="utf-8")
    return here / "out"


def animals(out: Path) -> list[tuple]:
    book = openpyxl.load_workbook(out / "summary.xlsx", read_only=True)
    rows = list(book["animals"].iter_rows(values_only=True))
    book.close()
    return rows


def everything_written(out: Path) -> str:
    texts = (path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file())
    names = "\n".join(path.as_posix() for path in out.rglob("*"))
    return names + b"\n".join(texts).decode("latin-1")


def test_one_command_one_row_per_animal_and_groups_hidden(ethoframe, experiment):
    said = ethoframe("open-field", "videos", *ASKED)
    assert said.status == 0, said.err
    assert "4 animals: " in said.out
    heading, *rows = animals(experiment)
    assert len(rows) == 4
    assert "group" not in heading
    assert {row[heading.index("subject")] for row in rows} == {"m1", "m2", "m3", "m4"}
    assert any(str(name).startswith("distance") and "(mm)" in str(name) for name in heading)
    for arena in ("left", "right"):
        folder = experiment / "a" / "cam1" / arena
        assert {"report.html", "measures.csv", "tracks.parquet"} <= {
            p.name for p in folder.iterdir()
        }
    subjects = {row.subject for row in table.read_measures(experiment / "measures.csv").rows}
    assert subjects == {"m1", "m2", "m3", "m4"}
    told = everything_written(experiment)
    assert "ketamine" not in told
    assert "salt water" not in told

    again = ethoframe("open-field", "videos", *ASKED, "--unblind", "--no-report")
    assert again.out.count("finished before, nothing changed") == 2
    heading, *rows = animals(experiment)
    assert {row[heading.index("group")] for row in rows} == {"salt water", "ketamine"}


def test_what_the_sheet_has_wrong_is_told_before_any_work(ethoframe, here, experiment):
    text = (here / "animals.csv").read_text(encoding="utf-8").replace("b/cam1;left", "c/cam1;left")
    (here / "animals.csv").write_text(text, encoding="utf-8")
    said = ethoframe("open-field", "videos", *ASKED)
    assert (said.status, said.out) == (3, "")
    assert "there is no file c/cam1" in said.err
    assert not experiment.exists()


def test_an_arena_that_is_not_in_the_picture(ethoframe, here, experiment):
    text = (here / "animals.csv").read_text(encoding="utf-8").replace("a/cam1;left", "a/cam1;top")
    (here / "animals.csv").write_text(text, encoding="utf-8")
    said = ethoframe("open-field", "videos", *ASKED, "--no-report")
    assert said.status == 3
    assert "the sheet's arena 'top' is not there; call it one of left, right" in said.err
    assert len(animals(experiment)) == 1 + 2  # the other recording was analysed


def test_a_look_before_the_work(ethoframe, experiment):
    said = ethoframe("open-field", "videos", *ASKED, "--check")
    assert said.status == 0, said.err
    assert said.out.startswith("4 animals at a glance: ")
    assert {path.name for path in experiment.iterdir()} == {"check.html"}
    page = (experiment / "check.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg") == 16
    assert "ketamine" not in page


def test_corrections_are_honoured_and_those_that_fit_nothing_told(ethoframe, experiment):
    experiment.mkdir()
    (experiment / "corrections.csv").write_text(
        "recording,arena,start,stop,what\na/cam1,left,0:01,0:02,ignore\nz,,1,2,ignore\n",
        encoding="utf-8",
    )
    said = ethoframe("open-field", "videos", *ASKED, "--no-report")
    assert said.status == 0, said.err
    assert "left out: corrections.csv line 3" in said.err
    left, right = (
        table.read_measures(experiment / "a" / "cam1" / arena / "measures.csv").value("frames lost")
        for arena in ("left", "right")
    )
    assert (left, right) == (30.0, 0.0)


def test_files_of_a_folder_as_one_recording(ethoframe, here, clip):
    for name in ("1", "2"):
        (here / "m1").mkdir(exist_ok=True)
        shutil.copy2(clip, here / "m1" / f"{name}.mp4")
    said = ethoframe("open-field", ".", "--side", "40cm", "--join", "--out", "out", "--no-report")
    assert said.status == 0, said.err
    assert said.out.startswith("m1/1.mp4: 120 frames")


def test_a_clock_with_another_number_of_frames(ethoframe, here, clip):
    (here / "cam.csv").write_text("time_s\n" + "\n".join(map(str, range(59))), encoding="utf-8")
    said = ethoframe("open-field", clip, "--timestamps", "cam.csv", "--out", "out")
    assert said.status == 3
    assert "59" in said.err
    assert "60" in said.err


def test_events_are_measured(ethoframe, here, clip):
    (here / "events.csv").write_text("start,stop,label\n0.5,1,tone\n", encoding="utf-8")
    words = ("--side", "40cm", "--events", "events.csv", "--out", "out", "--no-report")
    assert ethoframe("open-field", clip, *words).status == 0
    measures = table.read_measures(here / "out" / "measures.csv")
    assert measures.row("distance", during="tone").bin_start_s == pytest.approx(0.5)


def test_a_trial_that_is_told(ethoframe, here, clip):
    words = ("--side", "40cm", "--from", "0:00.5", "--for", "1s", "--out", "out", "--no-report")
    assert ethoframe("open-field", clip, *words).status == 0
    row = table.read_measures(here / "out" / "measures.csv").row("distance")
    assert (row.bin_start_s, row.bin_stop_s) == pytest.approx((0.0, 1.0), abs=0.04)
