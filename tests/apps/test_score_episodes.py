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


def bouts(path, *rows, head="start,stop,behaviour"):
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


ANNA, BERT = ("1.5,10,rear", "20,30,rear", "100,130,rear"), ("1.6,10,rear", "20,30.5,rear")


def test_agreement_does_not_depend_on_the_number_of_files(ethoframe, here):
    """What one saw after the other's last bout counts, in however many files it lies."""
    bouts(here / "a.csv", *(f"v1,{row}" for row in ANNA), head="ID,start,stop,behaviour")
    bouts(here / "b.csv", *(f"v1,{row}" for row in BERT), head="ID,start,stop,behaviour")
    rows = (*(f"v1,a,{row}" for row in ANNA), *(f"v1,b,{row}" for row in BERT))
    bouts(here / "both.csv", *rows, head="ID,rater,start,stop,behaviour")
    apart = told(ethoframe("score", "episodes/agreement", "a.csv", "b.csv", "--json"))
    whole = told(ethoframe("score", "episodes/agreement", "both.csv", "--json"))
    assert apart["scores"] == whole["scores"]
    assert apart["scores"]["frame_f1"]["value"] == pytest.approx(2 * 18.4 / (48.5 + 18.9))
    # A run that says how long it looked: one table without support reaches as far.
    table(here / "run.csv", "", (1.5, 10), (20, 30), label="rear", recordings=("v1",))
    found = told(ethoframe("score", "run.csv", "b.csv", "--json"))
    assert found["rows"][0]["looked_s"] == 100.0


@pytest.mark.parametrize(
    ("files", "people"),
    [
        (("anna.csv", "bert.csv"), {"anna", "bert"}),
        (("d1/v1.csv", "d2/v1.csv"), {"d1", "d2"}),
        (("old/d1/v1.csv", "new/d1/v1.csv"), {"old", "new"}),
    ],
)
def test_people_by_file_or_folder(ethoframe, here, files, people):
    for name, rows in zip(files, (ANNA, BERT), strict=True):
        (here / name).parent.parent.mkdir(exist_ok=True)
        bouts(here / name, *rows)
    row = told(ethoframe("score", "episodes/agreement", *files, "--json"))["rows"][0]
    assert {row["first"], row["second"]} == people
    table(here / "run.csv", "", (1.5, 10), (20, 30), label="rear", recordings=("v1",))
    found = told(ethoframe("score", "run.csv", *files, "--json"))
    assert {each["rater"] for each in found["rows"]} == people
    assert found["unanswered"] == []
    assert found["scores"]["between_people_frame_f1"]["value"] == row["frame_f1"]


def test_files_without_a_recording_are_one_and_told(ethoframe, here):
    bouts(here / "anna.csv", *ANNA)
    bouts(here / "bert.csv", *BERT)
    notes = told(ethoframe("score", "episodes/agreement", "anna.csv", "bert.csv", "--json"))[
        "notes"
    ]
    assert any("anna, bert name no recording and are taken for one" in note for note in notes)
    for name in ("anna_v1", "anna_v2", "bert_v1", "bert_v2"):
        bouts(here / f"{name}.csv", *ANNA)
    names = [f"{who}_{film}.csv" for who in ("anna", "bert") for film in ("v1", "v2")]
    said = ethoframe("score", "episodes/agreement", *names)
    assert said.status == 3
    assert "each person a folder" in said.err
    # With people named inside, the same people in two files saw two recordings.
    for film in ("v1", "v2"):
        rows = (*(f"A,{row}" for row in ANNA), *(f"B,{row}" for row in BERT))
        bouts(here / f"{film}.csv", *rows, head="rater,start,stop,behaviour")
    found = told(ethoframe("score", "episodes/agreement", "v1.csv", "v2.csv", "--json"))
    assert {row["name"] for row in found["rows"]} == {"v1", "v2"}


def test_capitals_and_spaces_part_no_labels(ethoframe, here):
    bouts(here / "a.csv", "v1,A,1.5,2.5,Rear", "v1,A,5,6,Rear", "v1,B,1.5,2.5,rear ",
          "v1,B,5,6,rear", head="ID,rater,start,stop,behaviour")  # fmt: skip
    found = told(ethoframe("score", "episodes/agreement", "a.csv", "--json"))
    assert found["scores"]["kappa"]["value"] == 1.0
    assert any("taken for one label: 'Rear'" in note for note in found["notes"])


def test_events_without_length(ethoframe, here):
    rows = ("v1,A,1.5,1.5,press", "v1,A,9.5,9.5,press", "v1,B,1.6,1.6,press", "v1,B,8.6,8.6,press")
    bouts(here / "a.csv", *rows, head="ID,rater,start,stop,behaviour")
    found = told(ethoframe("score", "episodes/agreement", "a.csv", "--json"))
    assert found["scores"]["event_f1_by_start"]["value"] == 0.5
    assert found["scores"]["kappa"]["value"] is None
    assert any("within 0.5 s (--tolerance)" in note for note in found["notes"])
    assert not any("ever saw it" in note for note in found["notes"])
    wide = ethoframe("score", "episodes/agreement", "a.csv", "--tolerance", "1", "--json")
    assert told(wide)["scores"]["event_f1_by_start"]["value"] == 1.0
    bouts(here / "own.csv", "v1,1.6,1.6,press", head="ID,start,stop,behaviour")
    scores = told(ethoframe("score", "own.csv", "a.csv", "--json"))["scores"]
    assert scores["event_recall_by_start"]["value"] == 0.5
    assert scores["between_people_event_f1_by_start"]["value"] == 0.5
    assert scores["frame_f1"]["value"] is None


def test_somebody_who_never_saw_it_has_a_kappa_of_nothing(ethoframe, here):
    table(here / "anna.csv", "Anna", (10, 20), label="rear")
    table(here / "bert.csv", "Bert", (10, 20), label="rear", recordings=("m1",))
    with (here / "bert.csv").open("a", encoding="utf-8") as file:
        file.write("m2,animal,support,0,100,Bert\n")
    found = told(ethoframe("score", "episodes/agreement", "anna.csv", "bert.csv", "--json"))
    assert [row["kappa"] for row in found["rows"]] == [1.0, 0.0]
    assert found["scores"]["kappa"] == {**found["scores"]["kappa"], "value": 0.5, "n": 2}
    line = "kappa is 0 in 1 of 2 pairs because one of them never saw it"
    assert any(line in note and "without these is 1.000 (n 1)" in note for note in found["notes"])


def test_bouts_without_a_label_or_beyond_any_session(ethoframe, here):
    bouts(here / "a.csv", "1.5,2.5,rear,A", "3,4,,A", "1.5,2.5,rear,B",
          head="start,stop,behaviour,rater")  # fmt: skip
    notes = told(ethoframe("score", "episodes/agreement", "a.csv", "--json"))["notes"]
    assert any("a label is missing, and no bout is made, in line 3" in note for note in notes)
    table(here / "b.csv", "C", (1, 2), label="rear", recordings=("a",))
    table(here / "c.csv", "D", (1, 2), label="", recordings=("a",))
    found = told(ethoframe("score", "episodes/agreement", "b.csv", "c.csv", "--json"))
    assert any("1 bouts have no label, and are left out" in note for note in found["notes"])
    bouts(here / "huge.csv", "1,1e308,rear,A", "1,2,rear,B", head="start,stop,behaviour,rater")
    said = ethoframe("score", "episodes/agreement", "huge.csv")
    assert said.status == 3
    assert "huge.csv line 2: it is from 1 to 1e+308, which is longer than any session" in said.err
    table(here / "endless.csv", "E", (1, "inf"), label="rear", recordings=("a",))
    said = ethoframe("score", "episodes/agreement", "b.csv", "endless.csv")
    assert said.status == 3
    assert "endless.csv: it tells inf s of a, longer than any session" in said.err


def test_overlapping_bouts_of_one_person_are_one(ethoframe, here):
    bouts(here / "a.csv", "A,1,3,rear", "A,1.5,3.1,rear", "B,1,3.1,rear",
          head="rater,start,stop,behaviour")  # fmt: skip
    found = told(ethoframe("score", "episodes/agreement", "a.csv", "--json"))
    assert found["rows"][0]["first_bouts"] == 1
    assert found["scores"]["event_f1_iou_0.5"]["value"] == 1.0
    assert any("1 fewer; most in a by A, rear: 2 are 1" in note for note in found["notes"])


def test_second_looks_beside_an_answer_are_told(ethoframe, raters):
    said = ethoframe("score", "answer.csv", "anna.csv", "anna.csv", "--json")
    assert any("2 second looks of one person" in note for note in told(said)["notes"])
