import json

import pytest


@pytest.fixture
def results(ethoframe, clip, here):
    """A folder of the results of a real run."""
    assert ethoframe("open-field", clip, "--out", "out", "--no-report").status == 0
    return here / "out"


def answered(results, here, answers="y"):
    key = json.loads((results / "audit" / "key.json").read_text(encoding="utf-8"))
    lines = [
        f"{key['audit']},{clip['clip']},{answers[i % len(answers)]}"
        for i, clip in enumerate(key["clips"])
    ]
    path = here / "audit.csv"
    path.write_text("\n".join(["audit,clip,answer", *lines]), encoding="utf-8")
    return path


def test_from_results_to_a_precision(ethoframe, results, here, clip):
    videos = ("--videos", clip.parent)
    drawn = ethoframe("audit", "out", "--clips", 4, "--seconds", 0.4, *videos)
    assert (drawn.status, drawn.err) == (0, "")
    assert "4 clips of one animal" in drawn.out
    assert "ethoframe audit out --answers audit.csv" in drawn.out
    answered(results, here, "yyny")
    said = ethoframe("audit", "out", "--answers", "audit.csv", "--json")
    found = json.loads(said.out)
    precision = found["overall"]["precision"]
    assert (precision["count"], precision["of"], precision["value"]) == (3, 4, 0.75)
    assert precision["low"] == pytest.approx(0.3006, abs=1e-3)
    assert found["groups"] == {}
    told = ethoframe("audit", "out", "--answers", "audit.csv").out
    assert "75.0 % (30.1 to 95.4; 3 of 4)" in told
    (here / "animals.csv").write_text("video,group\nmouse.mp4,drug\n", encoding="utf-8")
    words = ("audit", "out", "--answers", "audit.csv", "--sheet", "animals.csv")
    assert "drug" not in ethoframe(*words).out
    assert "drug\n  right   75.0 %" in ethoframe(*words, "--unblind").out


def test_results_are_needed_and_a_sheet_for_groups(ethoframe, here):
    assert ethoframe("audit", "none").status == 3
    said = ethoframe("audit", "out", "--answers", "audit.csv", "--unblind")
    assert said.status == 2
    assert "--sheet" in said.err
    said = ethoframe("audit", "out", "--answers", "audit.csv")
    assert (said.status, said.err.count("\n")) == (3, 1)
