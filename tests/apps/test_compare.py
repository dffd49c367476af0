from __future__ import annotations

import json
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from ethoframe.apps.compare import _Fits


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """Ten pictures of discs, some of which touch, and what a person would draw."""
    folder = tmp_path_factory.mktemp("labels")
    chance = np.random.default_rng(2)
    for name in ("images", "masks"):
        (folder / name).mkdir()
    down, across = np.mgrid[:96, :96]
    for k in range(10):
        picture, labels = chance.normal(30, 3, (96, 96)), np.zeros((96, 96), np.uint8)
        places = [(24, 24), (24, 24 + 18 + k % 3), (70, 30), (66, 70)][: 2 + k % 3]
        for label, (y, x) in enumerate(places, 1):
            inside = np.hypot(down - y, across - x) < 10
            labels[inside & (labels == 0)] = label
        picture[labels > 0] += 120
        cv2.imwrite(str(folder / "images" / f"{k}.png"), picture.clip(0, 255).astype(np.uint8))
        cv2.imwrite(str(folder / "masks" / f"{k}.png"), labels)
    return folder


def test_rules_are_compared_on_own_labels(ethoframe, drawn, here):
    said = ethoframe(
        "compare", "segment/watershed", "plain=segment/components", "--labels", drawn,
        "--out", "out", "--folds", 5, "--set", "plain.channel=",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert "these 10 pictures" in said.out
    assert "segment/watershed" in said.out
    assert "nothing has to be taught" in said.err
    assert "kept back in one of 5 folds" in said.err
    assert (here / "out/report.html").is_file()
    assert (here / "out/scores.csv").is_file()
    page = (here / "out/report.html").read_text(encoding="utf-8")
    assert "ethoframe compare segment/watershed" in page


def test_scripts_are_told_everything(ethoframe, drawn):
    said = ethoframe(
        "compare", "segment/watershed", "segment/components", "--labels", drawn,
        "--out", "out", "--json", "--no-report", "--as", "counts",
    )  # fmt: skip
    told = json.loads(said.out)
    assert told["compared as"] == "counts"
    assert set(told["methods"]) == {"segment/watershed", "segment/components"}
    score = told["methods"]["segment/watershed"]["scores"]["absolute error"]
    assert score["n"] == told["units"]["count"] == told["frames"]
    assert told["differences"][0]["value"]["low"] is not None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("segment/watershet", "segment/components"), "did you mean segment/watershed?"),
        (("segment/watershed",), "name two methods at least"),
        (("segment/watershed", "segment/watershed"), "is there twice"),
        (("segment/watershed", "b=segment/components", "--set", "c.x=1"), "nothing is called 'c'"),
        (("segment/watershed", "b=segment/components", "--set", "x=1"), "NAME.PARAMETER=VALUE"),
        (("segment/watershed", "segment/components", "--curve"), "taught here"),
        (("segment/watershed", "segment/components", "--capacity", "w=1,2"), "taught here"),
        (("segment/watershed", "segment/instances", "--capacity", "width"), "PARAMETER=VALUE"),
    ],
)
def test_misuse_is_told(ethoframe, drawn, words, why):
    said = ethoframe("compare", *words, "--labels", drawn, "--out", "out")
    assert said.status == 2
    assert why in said.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("segment/watershed", "enhance/denoise"), "labels of objects are compared with label map"),
        (("segment/watershed", "segment/silhouette"), "needs background"),
        (("segment/watershed", "pose/heatmap"), "gives tracks"),
        (("segment/watershed", "b=segment/components", "--set", "b.side=1"), "no parameter 'side'"),
        (("segment/watershed", "segment/instances", "--set", "segment/instances.x=1"), "training"),
        (("segment/watershed", "segment/components", "--folds", 11), "cannot make 11 folds"),
    ],
)
def test_what_cannot_be_compared_is_refused(ethoframe, drawn, words, why):
    said = ethoframe("compare", *words, "--labels", drawn, "--out", "out")
    assert said.status == 3, said.err
    assert why in said.err


def test_how_long_all_fits_take_is_told():
    progress, now = _Fits(12), time.monotonic()
    progress(0, "net, fold 1", "measuring a few steps", 0, 0)
    progress(0, "net, fold 1", "teaching", 5, 10)
    progress.began = now - 60
    progress(2, "net, fold 3", "teaching", 2, 10)
    line = progress.line(now)
    assert line.startswith("fit 3 of 12, net, fold 3: teaching 2/10 steps")
    assert line.endswith("about 5:00 left in all")


NET = (
    "compare", "segment/components", "net=segment/instances", "--set", "net.encoder=test_resnet",
    "--set", "net.width=8", "--no-pretrained", "--threads", "1", "--steps", "4", "--no-report",
)  # fmt: skip


@pytest.mark.slow
def test_a_network_is_taught_and_compared(ethoframe, drawn, here):
    words = (*NET, "--labels", drawn, "--out", "out", "--test", "0.4")
    said = ethoframe(*words)
    assert said.status == 0, said.err
    assert "1 fit of 4 steps" in said.err
    told = json.loads((here / "out/comparison.json").read_text(encoding="utf-8"))
    (fit,) = told["methods"]["net"]["fits"]
    assert fit["steps"] == 4
    assert told["methods"]["net"]["scores"]["F1 at IoU 0.5"]["value"] is not None
    models = list((here / "out/models/net").iterdir())
    assert len(models) == 1
    again = ethoframe(*words)
    assert "all 1 fits are done already" in again.err
    assert again.out == said.out
    before = ethoframe(
        "compare", "segment/components", f"old={models[0]}", "--labels", drawn, "--out", "other",
        "--no-report", "--folds", 2,
    )  # fmt: skip
    assert before.status == 0, before.err
    assert "WARNING: old was fitted to labels of" in before.err
    assert "SEEN" in before.out


@pytest.mark.slow
def test_a_killed_comparison_goes_on(drawn, tmp_path):
    out = tmp_path / "out"
    words = [*NET, "--labels", str(drawn), "--out", str(out), "--folds", "2"]
    command = [sys.executable, "-m", "ethoframe.apps.cli", *words]
    begun = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    for _ in range(2400):
        if list(out.glob("models/net/fold1-*/card.json")) or begun.poll() is not None:
            break
        time.sleep(0.1)
    begun.kill()
    begun.wait()
    (card,) = out.glob("models/net/fold1-*/card.json")
    written = card.stat().st_mtime_ns
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "1 fit of 4 steps (1 of 2 are done already)" in told.stderr
    assert card.stat().st_mtime_ns == written
    assert json.loads((out / "comparison.json").read_text())["frames"] == 10
