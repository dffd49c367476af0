"""Classes and numbers of frames beside what people said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Values
from ethoframe.formats import table
from tests.apps._taught import dotted

SHARP = {"a": 0.9, "b": 0.8, "c": 0.3, "d": 0.6}
TRUTH = {"a": "sharp", "b": "sharp", "c": "blurred", "d": "blurred"}


@pytest.fixture
def stills(here) -> Path:
    for name in SHARP:
        dotted(here / "stills" / f"{name}.png", (3, 4))
    lines = [f"stills/{name}.png,{word}" for name, word in TRUTH.items()]
    (here / "truth.csv").write_text("\n".join(["file,label", *lines]), encoding="utf-8")
    return here


def run_of(out: Path, name: str, file: str, text: str) -> None:
    """Results of a run for one picture."""
    folder = out / name
    folder.mkdir(parents=True)
    (folder / file).write_text(text, encoding="utf-8")
    signed = {"file": {"name": f"{name}.png"}}
    (folder / "provenance.json").write_text(json.dumps(signed), encoding="utf-8")


def told(said):
    assert said.status == 0, said.err
    return json.loads(said.out)


def test_classes_of_stills(ethoframe, stills):
    for name, share in SHARP.items():
        text = "file,frame,time_s,class,p_blurred,p_sharp\n"
        text += f"{name}.png,0,0,x,{1 - share},{share}\n"
        run_of(stills / "out", name, "classes.csv", text)
    found = told(ethoframe("score", "out", "truth.csv", "--json"))
    assert found["as"] == "classes"
    assert found["scores"]["accuracy"]["value"] == 0.75
    assert found["scores"]["auroc"]["value"] == 1.0
    assert found["by label"]["blurred"]["recall"]["value"] == 0.5
    assert found["by label"]["sharp"]["precision"]["value"] == pytest.approx(2 / 3)
    assert found["rows"][3] == {
        "name": "stills/d.png", "truth": "blurred", "answer": "sharp", "probability": 0.6,
    }  # fmt: skip
    said = ethoframe("score", "out", "truth.csv").out
    assert "recall" in said
    assert "4 frames of 2 classes" in said


def test_one_table_of_many_files_and_a_frame_without_an_answer(ethoframe, stills):
    lines = [f"{name}.png,0,{1 - share},{share}" for name, share in SHARP.items() if name != "b"]
    text = "\n".join(["file,frame,p_blurred,p_sharp", *lines])
    (stills / "classes.csv").write_text(text, encoding="utf-8")
    said = ethoframe("score", "classes.csv", "truth.csv", "--json")
    found = told(said)
    assert found["scores"]["accuracy"]["value"] == 0.5
    assert found["unanswered"] == ["stills/b.png"]
    assert "1 without an answer, counted as missed" in said.err


def test_two_people_and_words_alone(ethoframe, stills):
    other = (stills / "truth.csv").read_text("utf-8").replace("a.png,sharp", "a.png,odd")
    (stills / "other.csv").write_text(other, encoding="utf-8")
    found = told(ethoframe("score", "other.csv", "truth.csv", "--json"))
    assert found["scores"]["accuracy"]["value"] == 0.75
    assert found["rows"][0]["answer"] == "odd"


def test_numbers_of_frames(ethoframe, stills):
    sizes = {"a": 10.0, "b": 20.0, "c": 30.0, "d": 40.0}
    lines = [f"stills/{name}.png,{size}" for name, size in sizes.items()]
    (stills / "sizes.csv").write_text("\n".join(["file,area_mm2", *lines]), encoding="utf-8")
    for name, size in sizes.items():
        folder = stills / "out" / name
        run_of(stills / "out", name, "provenance.txt", "")
        row = np.array([[size + 2, size - 1, size + 5]])
        names = ("area_mm2", "area_low_mm2", "area_high_mm2")
        table.write_values(
            folder / "values.csv", Values(row, names, ("mm2",) * 3, np.arange(1), np.zeros(1))
        )
    found = told(ethoframe("score", "out", "sizes.csv", "--json"))
    assert found["as"] == "values"
    assert found["scores"]["mean_absolute_error"]["value"] == pytest.approx(2.0)
    assert found["scores"]["bias"]["value"] == pytest.approx(2.0)
    assert found["scores"]["within_interval"]["value"] == 1.0
    assert len(found["rows"]) == 4


def test_what_does_not_fit_is_one_line(ethoframe, stills):
    run_of(stills / "out", "z", "classes.csv", "frame,p_blurred,p_sharp\n0,0.5,0.5\n")
    run_of(stills / "out", "y", "classes.csv", "frame,p_blurred,p_sharp\n0,much,0.5\n")
    said = ethoframe("score", "out/z", "truth.csv")
    assert (said.status, said.err.count("\n")) == (3, 1)
    assert "nothing in it is of stills/a.png" in said.err
    said = ethoframe("score", "out/y", "truth.csv")
    assert (said.status, "could not convert" in said.err) == (3, True)
    said = ethoframe("score", "truth.csv", "truth.csv", "--as", "values")
    assert (said.status, "holds classes of frames, and no numbers" in said.err) == (3, True)
