from __future__ import annotations

import json
from pathlib import Path

import pytest

from ethoframe.apps import outcomes
from ethoframe.run.order import Outcome

DONE = Outcome(
    "a.mp4", Path("out/a"), "done", warnings=("no scale",), seconds={"decode": 1.25, "whole": 2.5},
    frames=60,
)  # fmt: skip
RESUMED = Outcome("d.mp4", Path("out/d"), "done", seconds={"whole": 1.0}, frames=60, resumed=20)
UNCHANGED = Outcome("b.mp4", Path("out/b"), "unchanged")
FAILED = Outcome("day/c.mp4", Path("out/day/c"), "failed", "it is empty", "copy it again")
BROKEN = Outcome("e.mp4", Path("out/e"), "broken", "ZeroDivisionError: x", "report it")


def test_results_on_one_stream_and_warnings_on_the_other(capsys):
    for outcome in (DONE, RESUMED, UNCHANGED, FAILED):
        outcomes.tell(outcome, "report.html")
    out, err = capsys.readouterr()
    report = [str(Path("out", name, "report.html")) for name in "adb"]
    assert out.splitlines() == [
        f"a.mp4: 60 frames in 2.5 s → {report[0]}",
        f"d.mp4: 60 frames in 1.0 s, 20 of them by an earlier run → {report[1]}",
        f"b.mp4: finished before, nothing changed → {report[2]}",
    ]
    assert err.splitlines() == [
        "a.mp4: no scale",
        "ethoframe: day/c.mp4: it is empty; copy it again",
    ]


def test_where_the_time_went():
    assert outcomes.parts(DONE) == "decode 1.25 s, whole 2.50 s"


def test_failures_of_many_are_a_table(capsys):
    outcomes.tell_failures([DONE, FAILED, BROKEN])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "",
        "2 of 3 recordings failed:",
        "  day/c.mp4  it is empty",
        "  e.mp4      ZeroDivisionError: x",
    ]


@pytest.mark.parametrize("several", [[], [FAILED], [DONE, UNCHANGED]])
def test_one_failure_was_told_already(capsys, several):
    outcomes.tell_failures(several)
    assert capsys.readouterr() == ("", "")


def test_for_scripts():
    first, second = json.loads(outcomes.as_json([DONE, FAILED]))
    assert first["warnings"] == ["no scale"]
    assert first["seconds"] == {"decode": 1.25, "whole": 2.5}
    assert Path(second["folder"]) == FAILED.folder
    assert (second["name"], second["status"]) == ("day/c.mp4", "failed")


@pytest.mark.parametrize(
    ("several", "status"),
    [([DONE, UNCHANGED], 0), ([DONE, FAILED], 3), ([BROKEN, FAILED, DONE], 1), ([], 0)],
)
def test_exit_status(several, status):
    assert outcomes.status(several) == status
