"""Groups at the command line."""

from __future__ import annotations

import json

import pytest

from ethoframe.data import Measures
from ethoframe.formats import table
from ethoframe.formats.effects import read_effects
from ethoframe.testing.studies import Plan


@pytest.fixture
def folder(here):
    """Measures of twelve animals, each in its folder and all in one table, and their sheet."""
    measures, sheet = Plan(6, 6, effect=2.0).study(3)
    table.write_measures(here / "measures.csv", measures)
    lines = ["video,subject,group,sex"]
    lines += [f"{row.video[0]},{row.subject},{row.group},{row.sex}" for row in sheet.rows]
    (here / "animals.csv").write_text("\n".join(lines), encoding="utf-8")
    for row in measures.rows:
        own = here / "out" / row.recording.removesuffix(".mp4")
        own.mkdir(parents=True)
        table.write_measures(own / "measures.csv", Measures((row,)))
    return here


def test_groups_are_compared(folder, ethoframe):
    said = ethoframe(
        "apply", "contrast/permutation", "measures.csv", "--sheet", "animals.csv",
        "--control", "saline", "--smallest", "0.8", "--out", "effects",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert "q counts 1 test:" in said.err
    row = read_effects(folder / "effects" / "measures" / "effects.csv").row("distance")
    assert (row.n, row.control) == (6, "saline")
    assert row.p < 0.05


def test_an_analysis_is_frozen_once(folder, ethoframe):
    words = (
        "freeze", "out", "--sheet", "animals.csv", "--outcome", "distance", "--control", "saline",
        "--smallest", "0.8", "--exclude", "m3=seizure",
    )  # fmt: skip
    said = ethoframe(*words)
    assert said.status == 0, said.err
    assert "hash " in said.out
    (told,) = json.loads((folder / "out" / "frozen.json").read_text("utf-8"))["decisions"]
    assert told["outcomes"] == ["distance"]
    assert told["excluded"] == {"m3": "seizure"}
    assert told["test"]["parameters"]["smallest"] == "0.8"
    assert "drug" not in (folder / "out" / "frozen.json").read_text("utf-8")
    assert ethoframe(*words).status == 3
    assert ethoframe(*words, "--amend", "another dose").status == 0


def test_what_is_compared_with_what_is_frozen(folder, ethoframe):
    lines = (folder / "animals.csv").read_text(encoding="utf-8").split("\n")
    groups = ["group", *("saline", "low", "high") * 4]
    cells = [line.split(",") for line in lines]
    three = [",".join([*c[:2], group, c[3]]) for c, group in zip(cells, groups, strict=True)]
    (folder / "animals.csv").write_text("\n".join(three), encoding="utf-8")
    words = ("freeze", "out", "--sheet", "animals.csv", "--outcome", "distance")
    assert "compared: every pair of 3 levels of group" in ethoframe(*words).out
    again = ethoframe(*words, "--control", "saline", "--amend", "one control")
    assert "compared: 2 other levels of group, each with saline" in again.out
    decisions = json.loads((folder / "out" / "frozen.json").read_text("utf-8"))["decisions"]
    assert [each["test"]["compared"] for each in decisions] == [
        "every pair of 3 levels of group", "2 other levels of group, each with saline",
    ]  # fmt: skip
    assert "high" not in (folder / "out" / "frozen.json").read_text("utf-8")
    (folder / "measures.csv").rename(folder / "out" / "measures.csv")
    said = ethoframe(
        "apply", "contrast/permutation", "out/measures.csv", "--sheet", "animals.csv", "-o", "found"
    )
    assert said.status == 0, said.err
    assert "every pair of the levels of group is compared, 3 in all" in said.err
    assert (
        "not as frozen: compared: 2 other levels of group, each with saline was frozen, every pair "
        "of 3 levels of group was run" in said.err
    )
    assert "high against low" in said.out


def test_what_was_not_measured_cannot_be_an_outcome(folder, ethoframe):
    said = ethoframe("freeze", "out", "--sheet", "animals.csv", "--outcome", "joy")
    assert said.status == 3
    assert "joy was not measured" in said.err
    wrong = ("freeze", "out", "--sheet", "animals.csv", "--outcome", "distance", "--exclude", "x=y")
    assert ethoframe(*wrong).status == 2


def test_comparing_beside_a_frozen_analysis_says_what_is_not_as_frozen(folder, ethoframe):
    assert ethoframe(
        "freeze", "out", "--sheet", "animals.csv", "--outcome", "distance", "--control", "saline",
        "--smallest", "0.8", "--exclude", "m3=seizure",
    ).status == 0  # fmt: skip
    (folder / "measures.csv").rename(folder / "out" / "measures.csv")
    words = ("apply", "contrast/welch", "out/measures.csv", "--sheet", "animals.csv", "-o", "found")
    said = ethoframe(*words)
    assert said.status == 0, said.err
    assert "outcomes: distance" in said.err
    assert "left out by it: m3 (seizure)" in said.err
    assert "not as frozen: method: contrast/permutation was frozen, contrast/welch" in said.err
    assert "not as frozen: smallest: 0.8 was frozen, nothing was run" in said.err
    assert "outcomes" in said.out
    row = read_effects(folder / "found" / "measures" / "effects.csv").row("distance")
    assert row.primary
    assert {row.n, row.n_control} == {5, 6}
    assert "nothing changed" in ethoframe(*words).out
    amended = ("freeze", "out", "--sheet", "animals.csv", "--outcome", "distance", "--amend", "so")
    assert ethoframe(*amended).status == 0
    assert "nothing changed" not in ethoframe(*words).out


def test_many_measures_are_ranked(folder, ethoframe):
    said = ethoframe(
        "apply", "contrast/ranking", "measures.csv", "--sheet", "animals.csv", "--factor", "group",
        "--dealt", "199", "--parts", "10",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert "under permuted labels the best does in" in said.err
    assert "distance" in said.out


def test_who_failed_is_left_out_unless_it_was_decided_otherwise(folder, ethoframe):
    record = {
        "recipe": "open-field", "ethoframe": "0.1", "steps": {},
        "verdict": {"word": "failed", "checks": []},
    }  # fmt: skip
    (folder / "out" / "m3" / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "measures.csv").rename(folder / "out" / "measures.csv")
    words = ("apply", "contrast/welch", "out/measures.csv", "--sheet", "animals.csv", "-o", "found")
    said = ethoframe(*words)
    assert said.status == 0, said.err
    assert "judged failed, and left out: m3.mp4; --failed kept counts them" in said.err
    path = folder / "found" / "measures" / "effects.csv"
    assert _units(path) == 11
    told = json.loads(path.with_name("provenance.json").read_text("utf-8"))["asked"]
    assert told == {"failed": [["m3.mp4", ""]], "recipe": "open-field"}
    assert "judged failed, and counted" in ethoframe(*words, "--failed", "kept").err
    assert _units(path) == 12
    assert "report" not in ethoframe("apply", "contrast/welch", "--help").out
    more = ("--outcome", "distance", "--failed", "kept")
    assert ethoframe("freeze", "out", "--sheet", "animals.csv", *more).status == 0
    assert "not as frozen: failed: kept was frozen, excluded was run" in ethoframe(*words).err


def test_two_spellings_are_told_and_no_more_than_that(folder, ethoframe):
    path = folder / "animals.csv"
    path.write_text(path.read_text("utf-8").replace("saline", "Saline", 1), encoding="utf-8")
    said = ethoframe("freeze", "out", "--sheet", "animals.csv", "--outcome", "distance")
    assert "animals.csv: group: 'Saline' counts as 'saline'" in said.err
    assert "compared: every pair of 2 levels of group" in said.out


def _units(path) -> int:
    row = read_effects(path).row("distance")
    return row.n + row.n_control
