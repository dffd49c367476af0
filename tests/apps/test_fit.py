from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.apps._taught import dotted, project

FAST = ("--steps", "2", "--threads", "1", "--no-pretrained", "--batch", "2", "--no-report")


def rows(count: int) -> list[tuple[int, float, float]]:
    return [(10 * n, 5.0 + n, 7.0) for n in range(count)]


def test_learned_methods_are_listed_and_no_others(ethoframe, dots):
    told = ethoframe("fit", "--help").out
    assert dots in told
    assert "segment/watershed" not in told
    wrong = ethoframe("fit", "segment/watershed", "--help")
    assert wrong.status == 2
    assert "the rules of segment/watershed are written, not learned" in wrong.err
    assert "did you mean pose/dots?" in ethoframe("fit", "pose/dot").err


def test_options_are_those_of_training_and_what_a_fit_decides(ethoframe, dots):
    told = ethoframe("fit", dots, "--help").out
    for name in ("minutes", "steps", "encoder", "seed", "split", "validation", "device", "find-lr"):
        assert f"--{name}" in told
    assert "--away-px" in told
    assert "--gain" not in told
    assert ethoframe("fit", dots, "--labels", "x").status == 2  # where to?
    assert ethoframe("fit", dots, "--labels", "x", "--out", "m", "--minutes", "0").status == 3


@pytest.mark.slow
def test_a_fit_is_told_and_done_once(ethoframe, dots, here):
    pytest.importorskip("torch")
    project(here / "day", m1=rows(6), m2=rows(5))
    words = ("fit", dots, "--labels", "day", "--out", "model", *FAST, "--away-px", "1")
    said = ethoframe(*words)
    assert said.status == 0, said.err
    lines = {line[:14].strip(): line[14:].strip() for line in said.out.splitlines()}
    assert said.out.startswith("pose/dots, taught")
    assert lines["labels"] == "11 frames of 2 recordings (m1, m2), by AB"
    assert lines["kept apart"].startswith("kept back by recording")
    assert lines["figures"].startswith("mean ")
    assert lines["figures"].endswith("frames kept apart)")
    assert lines["training"].startswith("2 steps in ")
    assert lines["next"] == "ethoframe apply pose/dots FILES --weights model --out results"
    card = json.loads(Path("model/card.json").read_text("utf-8"))
    assert card["parameters"]["away_px"] == 1.0
    assert card["command"].startswith("ethoframe fit pose/dots --labels day")
    again = ethoframe(*words, "--json")
    told = json.loads(again.out)
    assert (told["unchanged"], told["method"], told["next"]) == (True, dots, lines["next"])
    other = ethoframe(*words, "--seed", "1")
    assert other.status == 3
    assert "was fitted otherwise" in other.err


def test_what_is_said_of_a_fit(ethoframe, dots, here, model, monkeypatch):
    from ethoframe.nets.model import opened
    from ethoframe.run import fitting

    project(here / "day", m1=rows(6))
    asked = []

    def fit(method, labels, out, training, **more):
        asked.append((method, training, len(labels)))
        return fitting.Fit(method, opened(out), unchanged=True)

    monkeypatch.setattr(fitting, "fit", fit)
    words = ("fit", dots, "--labels", "day", "--out", "model", *FAST, "--away-px", "3", "--seed", 7)
    said = ethoframe(*words)
    assert said.status == 0, said.err
    assert "fitted before by the same labels, nothing changed" in said.out
    assert said.out.splitlines()[-1].split()[1:] == [
        "ethoframe", "apply", "pose/dots", "FILES", "--weights", "model", "--out", "results",
    ]  # fmt: skip
    assert "12 frames of 1 recording (day1), by AB" in said.out
    assert "mean 2.5 px" in said.out
    ((method, training, count),) = asked
    assert (method.away_px, training.seed, training.steps, count) == (3.0, 7, 2, 6)
    assert not training.pretrained
    told = json.loads(ethoframe(*words, "--json").out)
    assert (told["figures"], told["unchanged"]) == ({"mean_px": 2.5}, True)


@pytest.mark.slow
def test_find_lr_says_a_rate_and_leaves_no_model(ethoframe, dots, here):
    pytest.importorskip("torch")
    project(here / "day", m1=rows(6), m2=rows(5))
    words = ("fit", dots, "--labels", "day", "--out", "model", *FAST, "--find-lr")
    said = ethoframe(*words, "--json")
    assert said.status == 0, said.err
    told = json.loads(said.out)
    assert 1e-6 < told["rate"] < 0.2
    assert told["next"].endswith(f" --rate {told['rate']:g}")
    assert "--find-lr" not in told["next"]
    assert Path(told["table"]).read_text("utf-8").startswith("rate,loss,smoothed_loss\n")
    assert not Path("model/card.json").exists()


def test_labels_that_teach_nothing_are_one_line(ethoframe, dots, here):
    project(here / "one", m1=rows(1))
    dotted(here / "pictures" / "a.png", (3, 4))
    (here / "said.csv").write_text("file,label\npictures/a.png,sharp\n", encoding="utf-8")
    (here / "none.csv").write_text("file,label\n", encoding="utf-8")
    cases = {
        "one": "one: one frame is labelled: nothing could be kept apart",
        "said.csv": "said.csv: it holds classes of frames, and pose/dots learns from keypoints; "
        "methods that learn from classes of frames: ",
        "none.csv": "none.csv: nothing is labelled in it",
        "gone": "gone: there is no such file",
        "pictures": "pictures: nothing that people said is found in it",
    }
    for path, wanted in cases.items():
        said = ethoframe("fit", dots, "--labels", path, "--out", "model", *FAST)
        assert said.status == 3, path
        assert said.err.startswith(f"ethoframe: {wanted}"), said.err
        assert said.err.count("\n") == 1
        assert not Path("model").exists()


@pytest.mark.slow
def test_pictures_that_are_missing_are_refused_or_left_out(ethoframe, dots, here):
    pytest.importorskip("torch")
    project(here / "day", m1=rows(6), m2=rows(5))
    Path("day/labeled-data/m1/img010.png").unlink()
    words = ("fit", dots, "--labels", "day", "--out", "model", *FAST)
    said = ethoframe(*words)
    assert said.status == 3
    assert "img010.png" in said.err
    said = ethoframe(*words, "--skip-missing")
    assert said.status == 0, said.err
    assert "img010.png" in said.err
    assert "10 frames of 2 recordings" in said.out
    wrong = ethoframe(*words, "--images", "elsewhere")
    assert wrong.status == 3
    assert "its format does not ask for --images; leave --images out" in wrong.err


def test_a_place_that_is_no_folder(ethoframe, dots, here):
    project(here / "day", m1=rows(4))
    Path("file").touch()
    said = ethoframe("fit", dots, "--labels", "day", *FAST, "--out", "file")
    assert (said.status, said.err.count("\n")) == (3, 1)
    assert said.err.startswith("ethoframe: file: it cannot be written")


def test_ctrl_c_says_how_to_go_on(ethoframe, dots, here, monkeypatch):
    from ethoframe.run import fitting

    project(here / "day", m1=rows(6))

    def stopped(*given, tell, **more):
        tell("teaching", 3, 9)
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "fit", stopped)
    said = ethoframe("fit", dots, "--labels", "day", "--out", "model", *FAST)
    assert said.status == 130
    line = "stopped at step 3 of 9; the same command goes on from the last checkpoint in model"
    assert said.err == f"ethoframe: {line}\n"


@pytest.mark.slow
def test_a_fitted_model_is_applied(ethoframe, dots, here):
    pytest.importorskip("torch")
    project(here / "day", m1=rows(6))
    words = ("fit", dots, "--labels", "day/labeled-data/m1", "--out", "model", *FAST)
    assert ethoframe(*words).status == 0
    shutil.copytree("day/labeled-data/m1", "stills")
    said = ethoframe("apply", dots, "stills", "--weights", "model", "--out", "out", "--no-report")
    assert said.status == 0, said.err
    scored = ethoframe("score", "out", "day", "--json")
    assert scored.status == 0, scored.err
    assert json.loads(scored.out)["scores"]["mean_px"]["value"] == pytest.approx(0.0)
    assert np.isfinite(json.loads(scored.out)["scores"]["within_5_px"]["value"])
