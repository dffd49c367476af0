"""Groups are compared as was decided, or it is told that they are not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ethoframe.contract import catalog
from ethoframe.data import Measures
from ethoframe.formats import table
from ethoframe.run.contrasted import compared, decided, failed_in
from ethoframe.run.frozen import Frozen, factor_in, freeze, note_compared, shown_first
from ethoframe.testing.studies import Plan

METHOD = catalog.find("contrast/welch")().with_parameters({"control": "saline"})
TEST = {"method": "contrast/welch", "version": "1", "parameters": METHOD.parameters()}


@pytest.fixture
def case():
    """Twelve animals with two measures."""
    measures, sheet = Plan(6, 6, effect=2.0).study(3)
    named = [replace(row, subject=row.recording.removesuffix(".mp4")) for row in measures.rows]
    more = [replace(row, quantity="speed", value=row.value**2) for row in named]
    return Measures((*named, *more)), sheet


def test_outcomes_are_a_family_of_their_own_and_marked(case):
    frozen = Frozen(("distance",), TEST, {}, excluded={"m3": "seizure"})
    found = compared(METHOD, *case, frozen)
    row, other = found.row("distance"), found.row("speed")
    assert (row.primary, other.primary) == (True, False)
    assert (row.n, row.n_control) == (5, 6)
    assert row.q == row.p
    assert found.family.startswith("1 test: 1 measure × 1 comparison (outcomes) and 1 test")
    assert not found.warnings


def test_without_a_decision_there_is_one_family(case):
    found = compared(METHOD, *case, None)
    assert found.family == "2 tests: 2 measures × 1 comparison"
    assert not any(row.primary for row in found.rows)


def test_what_is_not_as_decided_is_told(tmp_path):
    assert decided(tmp_path, METHOD, ()) == (None, ())
    assert factor_in(tmp_path) == "group"
    freeze(tmp_path, Frozen(("distance",), TEST, {}, animals=("a", "b"), excluded={"b": "ill"}))
    frozen, lines = decided(tmp_path, METHOD, ("a", "b"))
    assert frozen.factor == factor_in(tmp_path) == "group"
    assert "outcomes: distance" in lines[0]
    assert "left out by it: b (ill)" in lines
    assert not any(line.startswith("not as frozen: unit") for line in lines)
    other = catalog.find("contrast/mixed")().with_parameters({"unit": "litter", "factor": "sex"})
    _, lines = decided(tmp_path, other, ("a",))
    for line in (
        "method: contrast/welch was frozen, contrast/mixed was run",
        "unit: animal was frozen, litter was run", "factor: group was frozen, sex was run",
        "control: saline was frozen, nothing was run", "animals gone since: b",
    ):  # fmt: skip
        assert f"not as frozen: {line}" in lines


def test_comparing_shows_groups_and_that_is_noted_where_results_are(tmp_path):
    note_compared(tmp_path)
    assert not shown_first(tmp_path)
    (tmp_path / "m1").mkdir()
    (tmp_path / "m1" / "provenance.json").write_text("{}", encoding="utf-8")
    note_compared(tmp_path)
    assert shown_first(tmp_path)


def test_who_was_judged_failed_is_left_out_and_named_or_kept(case):
    failed = [("m3.mp4", ""), ("elsewhere.mp4", "")]
    row, other = (
        compared(METHOD, *case, None, those).row("distance") for those in (failed, failed[1:])
    )
    assert (row.n + row.n_control, other.n + other.n_control) == (11, 12)
    told = compared(METHOD, *case, None, failed).warnings
    assert told[0] == "judged failed, and left out: m3 (m3.mp4); --failed kept counts them"
    kept = METHOD.with_parameters({"failed": "kept"})
    found = compared(kept, *case, None, failed)
    assert found.row("distance").p == other.p
    assert found.warnings[0] == "judged failed, and counted nevertheless: m3 (m3.mp4)"


def test_who_failed_is_told_by_the_records_beside_the_measures(tmp_path, case):
    for row in case[0].rows[:3]:
        own = tmp_path / row.subject
        own.mkdir()
        word = "failed" if row is case[0].rows[1] else "good"
        record = {"verdict": {"word": word, "checks": []}}
        (own / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
        table.write_measures(own / "measures.csv", Measures((row,)))
    (tmp_path / "effects").mkdir()
    (tmp_path / "effects" / "provenance.json").write_text('{"verdict": null}', encoding="utf-8")
    assert failed_in(tmp_path) == ((case[0].rows[1].recording, ""),)


def test_a_figure_of_tracking_is_compared_where_it_is_the_outcome(case):
    rows = [replace(r, quantity="frames lost") for r in case[0].rows if r.quantity == "speed"]
    measures = Measures((*case[0].rows, *rows))
    frozen = Frozen(("frames lost",), TEST, {})
    found = compared(METHOD, measures, case[1], frozen)
    assert [row.quantity for row in found.rows] == ["frames lost", "distance", "speed"]
    aside = "of tracking, and not compared unless --quantities names them: frames lost"
    assert compared(METHOD, measures, case[1], None).warnings == (aside,)
    assert not found.warnings
