from __future__ import annotations

import math

import openpyxl
import pytest

from ethoframe.report.study.summary import write_summary
from ethoframe.run.order import Outcome


def cells(out, name: str) -> list[tuple]:
    return list(openpyxl.load_workbook(out / "summary.xlsx")[name].iter_rows(values_only=True))


def test_a_row_for_each_animal(dozen):
    write_summary(dozen.out, dozen.parts, unblind=True)
    head, *rows = cells(dozen.out, "animals")
    assert head == (
        "recording", "subject", "group", "sex", "litter", "cage", "weight (g)", "verdict",
        "reasons", "distance (mm)", "time in centre (mm)", "frames (mm)",
    )  # fmt: skip
    assert len(rows) == 12
    assert rows[3] == (
        "m3.mp4", "s3", "drug", "m", "L0", "b", 21.5, "look", "animal lost: 6 % of the frames",
        400, 0, 240,
    )  # fmt: skip


def test_a_blind_table_tells_no_group(dozen):
    write_summary(dozen.out, dozen.parts)
    head, *rows = cells(dozen.out, "animals")
    assert "group" not in head
    assert "cage" not in head
    assert not {"saline", "drug"} & {cell for row in rows for cell in row}
    assert [row[0] for row in rows] != [part.recording for part in dozen.parts]
    assert {row[0] for row in rows} == {part.recording for part in dozen.parts}


def test_arenas_of_a_recording_are_rows(experiment):
    for arena in ("left", "right"):
        experiment.add(arena=arena, recording="a.mp4", subject=arena[0])
    write_summary(experiment.out, experiment.parts)
    head, *rows = cells(experiment.out, "animals")
    assert head[:3] == ("recording", "arena", "subject")
    assert [row[:3] for row in rows] == [("a.mp4", "left", "l"), ("a.mp4", "right", "r")]


def test_definitions_and_what_is_left_out(experiment, tmp_path):
    experiment.add(values={"distance": 2.0})
    experiment.add("failed", values={"distance": 3.0})
    failed = [Outcome("x.mp4", tmp_path, "failed", "it is empty", "copy it again")]
    write_summary(experiment.out, experiment.parts, failed)
    assert cells(experiment.out, "definitions")[1] == (
        "distance", "mm", "path of chords of 0.25 s, noise 2.0 to 3.0 mm, by animal",
        "with the edge 5 mm off",
    )  # fmt: skip
    assert [row[0] for row in cells(experiment.out, "exclusions")] == [
        "recording", "x.mp4", "m1.mp4",
    ]  # fmt: skip


def test_what_is_not_defined_is_an_empty_cell(experiment):
    experiment.add(values={"distance": math.nan, "x": 1.5})
    write_summary(experiment.out, experiment.parts)
    assert cells(experiment.out, "animals")[1][-2:] == (None, 1.5)


def test_numbers_are_shown_with_four_digits_and_kept_in_full(experiment):
    experiment.add(values={"distance": 1234.56789, "x": 0.0123456789})
    write_summary(experiment.out, experiment.parts)
    sheet = openpyxl.load_workbook(experiment.out / "summary.xlsx")["animals"]
    *_, distance, x = sheet[2]
    assert (distance.value, distance.number_format) == (1234.56789, "0")
    assert (x.value, x.number_format) == (0.0123456789, "0.00000")
    assert sheet.freeze_panes == "B2"


def test_nobody_at_all(tmp_path):
    write_summary(tmp_path, [], [])
    assert cells(tmp_path, "animals") == [("recording",)]


@pytest.mark.parametrize("unblind", [True, False])
def test_hundreds_of_animals(experiment, unblind):
    for i in range(300):
        experiment.add(subject=str(i), group="ab"[i % 2])
    write_summary(experiment.out, experiment.parts, unblind=unblind)
    assert len(cells(experiment.out, "animals")) == 301
