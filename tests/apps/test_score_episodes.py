"""Episodes at the command line: an answer beside raters, and raters beside each other."""

from __future__ import annotations

import json

import pytest

HEAD = "recording,individual,label,start_s,stop_s,author\n"


def table(path, author, *spans, label="freezing", recordings=("m1", "m2")):
    lines = [HEAD.strip()]
    for recording in recordings:
        lines.append(f"{recording},animal,support,0,100,{author}")
        lines += [f"{recording},animal,{label},{a},{b},{author}" for a, b in spans]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def raters(here):
    table(here / "anna.csv", "Anna", (10, 20), (50, 60))
    table(here / "bert.csv", "Bert", (10, 20), (50, 62))
    table(here / "cleo.csv", "Cleo", (11, 20), (50, 60))
    table(here / "answer.csv", "", (10, 20), (70, 75), label="Freezing")
    return here


def told(said):
    assert said.status == 0, said.err
    return json.loads(said.out)


def test_answer_beside_three_people(ethoframe, raters):
    names = "anna.csv", "bert.csv", "cleo.csv"
    found = told(ethoframe("score", "answer.csv", *names, "--bin", "50", "--json"))
    assert found["as"] == "episodes"
    scores = found["scores"]
    assert scores["event_recall_iou_0.5"]["value"] == 0.5
    assert scores["between_people_event_f1_iou_0.5"]["value"] == 1.0
    assert scores["between_people_frame_f1"]["value"] > 0.9 > scores["frame_f1"]["value"]
    assert scores["frame_f1_with_Anna"]["value"] == pytest.approx(20 / 35)
    assert scores["percent_bias"]["n"] == 2
    assert len(found["rows"]) == 6
    assert any("taken for 'freezing'" in note for note in found["notes"])
    counted = told(ethoframe("score", "answer.csv", "anna.csv", "--clock", "25fps", "--json"))
    assert counted["scores"]["frame_f1"]["value"] == pytest.approx(20 / 35)
    assert any("no human ceiling" in note for note in counted["notes"])


def test_a_recording_without_an_answer_is_missed(ethoframe, raters):
    table(raters / "half.csv", "", (10, 20), (50, 60), recordings=("m1",))
    said = ethoframe("score", "half.csv", "anna.csv", "--json")
    assert told(said)["scores"]["frame_recall"]["value"] == 0.5
    assert "without an answer" in said.err


def test_agreement(ethoframe, raters):
    files = "anna.csv", "bert.csv", "cleo.csv"
    found = told(ethoframe("score", "episodes/agreement", *files, "--json", "--out", "page"))
    assert found["as"] == "agreement"
    assert found["scores"]["kappa"]["value"] > 0.9
    assert found["scores"]["kappa"]["n"] == 2
    assert found["alarms"] == []
    assert found["confusion"]["names"] == ["", "freezing"]
    assert len(found["rows"]) == 6
    page = (raters / "page" / "agreement.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "Cleo" in page
    said = ethoframe("score", "episodes/agreement", *files).out
    assert "krippendorff alpha" in said


def test_refusals(ethoframe, raters):
    said = ethoframe("score", "episodes/agreement", "anna.csv")
    assert said.status == 3
    assert "seen by two people" in said.err
    said = ethoframe("score", "episodes/agreement", "anna.csv", "bert.csv", "--label", "rear")
    assert said.status == 3
    assert "nothing in it is called 'rear'" in said.err
    table(raters / "other.csv", "", (10, 20), label="rear")
    table(raters / "more.csv", "", (10, 20), label="dig")
    both = (raters / "other.csv").read_text() + "m1,animal,jump,1,2,\n"
    (raters / "other.csv").write_text(both, encoding="utf-8")
    said = ethoframe("score", "other.csv", "anna.csv", "--as", "episodes")
    assert said.status == 3
    assert "call the behaviour as the truth calls it" in said.err


def test_the_table_of_a_run_is_scored_by_who_tells_of_it(ethoframe, raters):
    run = (raters / "answer.csv").read_text(encoding="utf-8")
    run += "".join(f"m{i},animal,moving,0,30,behave/activity\n" for i in (1, 2))
    run += "".join(f"m{i},animal,support,0,100,behave/activity\n" for i in (1, 2))
    (raters / "run.csv").write_text(run.replace(",\n", ",behave/freezing\n"), encoding="utf-8")
    found = told(ethoframe("score", "run.csv", "anna.csv", "--label", "FREEZING", "--json"))
    assert found["scores"]["frame_f1"]["value"] == pytest.approx(20 / 35)
    assert any(note.startswith("behave/activity of the answer tell") for note in found["notes"])


def test_other_names_of_the_only_recordings_are_told(ethoframe, raters):
    table(raters / "one.csv", "", (10, 20), recordings=("day1",))
    table(raters / "other.csv", "Anna", (10, 20), recordings=("day2",))
    found = told(ethoframe("score", "one.csv", "other.csv", "--json"))
    assert any("day1 of the answer is taken for day2" in note for note in found["notes"])
