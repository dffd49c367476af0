"""What was decided before groups were known."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ethoframe.data import Measure, Measures, Refusal
from ethoframe.formats import table
from ethoframe.run.frozen import (
    FROZEN,
    Frozen,
    analysis_in,
    changes,
    definitions_in,
    freeze,
    frozen_in,
    note_shown,
)

TEST = {"method": "contrast/welch", "version": "2", "parameters": {"control": "saline"}}


def _recording(out, name: str, least_s: float = 1.0) -> None:
    folder = out / name
    folder.mkdir(parents=True)
    step = {
        "method": "behave/freezing", "version": "1",
        "parameters": {"least_s": least_s, "own": name}, "inputs": {},
    }  # fmt: skip
    record = {"recipe": "open-field", "ethoframe": "0.1", "steps": {"freezing": step}}
    (folder / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    row = Measure(
        quantity="distance", value=1.0, unit="mm", bin_start_s=0, bin_stop_s=1, definition="path"
    )
    table.write_measures(folder / "measures.csv", Measures((row,)))


@pytest.fixture
def out(tmp_path):
    for name in ("a", "b"):
        _recording(tmp_path, name)
    return tmp_path


def _decision(out) -> Frozen:
    words = {"distance": definitions_in(out)["distance"]}
    return Frozen(("distance",), TEST, analysis_in(out), words, ("a", "b"), {"b": "seizure"})


def test_a_decision_is_read_as_it_was_written(out):
    assert frozen_in(out) == ()
    written = freeze(out, _decision(out))
    (read,) = frozen_in(out)
    assert read == written
    assert read.hash == written.hash
    assert read.seen == ""
    assert read.method().control == "saline"
    assert read.definitions == {"distance": "path"}


def test_what_is_changed_by_hand_is_refused(out):
    freeze(out, _decision(out))
    path = out / FROZEN
    path.write_text(path.read_text(encoding="utf-8").replace("saline", "drug"), encoding="utf-8")
    with pytest.raises(Refusal, match="its hash does not fit"):
        frozen_in(out)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(Refusal, match="no frozen analysis"):
        frozen_in(out)


def test_a_second_decision_needs_a_reason_and_keeps_the_first(out):
    first = freeze(out, _decision(out))
    with pytest.raises(Refusal, match="was frozen on"):
        freeze(out, _decision(out))
    second = freeze(out, replace(_decision(out), excluded={}), amend="the seizure was none")
    assert frozen_in(out) == (first, second)
    assert second.amends == first.hash


def test_what_changed_after_is_told(out):
    decision = _decision(out)
    assert changes(decision, analysis_in(out), ("a", "b")) == ()
    told = changes(decision, analysis_in(out), ("a", "c"))
    assert told == ("animals added since: c", "animals gone since: b")
    path = out / "a" / "provenance.json"
    for name in "ab":
        path = out / name / "provenance.json"
        path.write_text(path.read_text("utf-8").replace('"least_s": 1.0', '"least_s": 2.0'))
    told = changes(decision, analysis_in(out), ("a", "b"))
    assert told == ("freezing (behave/freezing) least_s: 1.0 was frozen, 2.0 was run",)
    older = replace(decision, test={**TEST, "version": "0"})
    assert "contrast/welch: version 0 was frozen, 2 was run" in changes(older, {}, ("a", "b"))


def test_settings_of_each_animals_own_are_no_change(out):
    step = analysis_in(out)["steps"]["freezing (behave/freezing)"]
    assert step == {"version": "1", "least_s": 1.0, "own": "differs between animals"}


def test_that_groups_had_been_shown_is_told(out):
    note_shown(out)
    note_shown(out)
    assert freeze(out, _decision(out)).seen == (out / "unblinded.txt").read_text().split("\n")[0]
