"""From labels to a model in a folder: once, the same, whole or not at all, and on after a kill."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ethoframe.contract import Training, catalog
from ethoframe.data import Classes, Labelled, Labels, Refusal
from ethoframe.run import fitting
from ethoframe.run.fitting import PLAN, WORK, fit, fitted, steps_of, with_weights
from ethoframe.run.writing import Unwritten
from ethoframe.testing.laws.taught import QUICK, taught
from ethoframe.testing.pupil import Pupil

CARD, WEIGHTS, NETWORK = "card.json", "weights.safetensors", "network.onnx"

FILES = [CARD, NETWORK, WORK, WEIGHTS]


@pytest.fixture(scope="module")
def done():
    """The pupil as the laws teach it, and its folder."""
    method = taught(Pupil)
    return method, Path(method.weights)


@pytest.fixture
def ready(done, monkeypatch):
    """The same fit need not wait for its network to be written: it is the one that is there."""
    from ethoframe.nets import export

    network = (done[1] / NETWORK).read_bytes()
    monkeypatch.setattr(export, "_write_onnx", lambda path, net, told: path.write_bytes(network))


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_fit_leaves_a_model_and_how_it_came_about(done):
    method, folder = done
    assert names(folder) == sorted(FILES)
    assert names(folder / WORK) == [PLAN, "training.csv"]
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    assert card["method"] == method.name()
    assert card["parameters"]["weights"] == ""
    assert card["training"]["steps"] == card["taught"]["steps"] == 2
    assert card["labels"]["count"] == 12
    assert card["labels"]["fingerprint"] == Pupil.sample().fingerprint()
    assert card["weights_from"] == "none"
    assert "split" in card


def test_the_same_again_is_done_already(done):
    again = fit(Pupil(), Pupil.sample(), done[1], QUICK)
    assert again.unchanged
    assert again.method == done[0]


@pytest.mark.parametrize(
    "changed", [{"training": replace(QUICK, seed=1)}, {"labels": Pupil.sample().take([0, 1, 2])}]
)
def test_a_folder_of_another_fit_is_left_alone(done, changed):
    before = (done[1] / CARD).read_bytes()
    given = {"labels": Pupil.sample(), "training": QUICK, **changed}
    with pytest.raises(Refusal, match="fitted otherwise; name a new folder"):
        fit(Pupil(), out=done[1], **given)
    assert (done[1] / CARD).read_bytes() == before


def test_more_threads_do_not_make_another_fit(done):
    assert fit(Pupil(), Pupil.sample(), done[1], replace(QUICK, threads=2)).unchanged


@pytest.mark.parametrize("name", ["notes.txt", WEIGHTS, "data"])
def test_a_folder_of_something_else_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("dear")
    with pytest.raises(Refusal, match="holds something else"):
        fit(Pupil(), Pupil.sample(), tmp_path, QUICK)
    assert names(tmp_path) == [name]


def test_the_same_labels_and_seed_give_the_same_file(done, ready, tmp_path):
    found = fit(Pupil(), Pupil.sample(), tmp_path / "model", QUICK)
    assert not found.unchanged
    assert (tmp_path / "model" / WEIGHTS).read_bytes() == (done[1] / WEIGHTS).read_bytes()
    card = json.loads((done[1] / CARD).read_text(encoding="utf-8"))
    assert found.model.card["key"] == card["key"]


def test_what_was_taught_already_is_not_taught_again_by_accident(done, tmp_path):
    with pytest.raises(Refusal, match="taught already"):
        fit(done[0], Pupil.sample(), tmp_path / "model", QUICK)
    assert not (tmp_path / "model").exists()


def test_labels_of_another_kind_are_refused_before_anything_is_written(tmp_path):
    film = Pupil.sample().parts[0].recording
    classes = Labels((Labelled(film, Classes.said(["a"] * 12, ["a", "b"])),))
    for labels, why in ((classes, "holds classes of frames"), (Labels(()), "nothing is labelled")):
        with pytest.raises(Refusal, match=f"labels: .*{why}"):
            fit(Pupil(), labels, tmp_path / "model", QUICK)
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("missing", ["torch", "timm", "safetensors"])
def test_what_training_needs_is_named(tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(Refusal, match=rf"{missing}: it is not installed; .*ethoframe\[learn\]"):
        fit(Pupil(), Pupil.sample(), tmp_path / "model", QUICK)


def test_a_mistake_is_told_before_what_training_needs(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    (tmp_path / "notes.txt").write_text("dear")
    with pytest.raises(Refusal, match="holds something else"):
        fit(Pupil(), Pupil.sample(), tmp_path, QUICK)
    with pytest.raises(Refusal, match="one frame is labelled"):
        fit(Pupil(), Pupil.sample().take([0]), tmp_path / "model", QUICK)
    assert names(tmp_path) == ["notes.txt"]


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_killed_while_it_moves_its_model_it_goes_on(done, ready, tmp_path, monkeypatch, moved):
    out, replaced, count = tmp_path / "model", Path.replace, iter(range(9))

    def dies(path: Path, target: Path) -> Path:
        if path.parent.name == fitting.DRAFT and path.suffix != ".draft" and next(count) == moved:
            raise KeyboardInterrupt
        return replaced(path, target)

    with monkeypatch.context() as during:
        during.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            fit(Pupil(), Pupil.sample(), out, QUICK)
    assert CARD not in names(out)
    told = []
    fit(Pupil(), Pupil.sample(), out, QUICK, tell=lambda *step: told.append(step[0]))
    assert "teaching" not in told  # that was done
    assert names(out) == sorted(FILES)
    assert (out / WEIGHTS).read_bytes() == (done[1] / WEIGHTS).read_bytes()


@pytest.mark.parametrize("file", ["checkpoint", "weights"])
def test_a_full_disk_is_told_and_later_it_goes_on(done, ready, tmp_path, monkeypatch, file):
    out, write = tmp_path / "model", Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name.startswith(file):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, data)

    with monkeypatch.context() as during:
        during.setattr(Path, "write_bytes", full)
        with pytest.raises(Unwritten, match="the disk is full"):
            fit(Pupil(), Pupil.sample(), out, QUICK)
    fit(Pupil(), Pupil.sample(), out, QUICK)
    assert (out / WEIGHTS).read_bytes() == (done[1] / WEIGHTS).read_bytes()


def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritten):
        fit(Pupil(), Pupil.sample(), tmp_path / "file" / "model", QUICK)


def test_an_error_about_a_file_that_is_read_stays_one(tmp_path, monkeypatch):
    def gone(*_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file", str(tmp_path / "film.mp4"))

    monkeypatch.setattr(fitting, "_teach", gone)
    with pytest.raises(FileNotFoundError):
        fit(Pupil(), Pupil.sample(), tmp_path / "model", QUICK)


def planned(folder: Path) -> int:
    return json.loads((folder / WORK / PLAN).read_text(encoding="utf-8"))["steps"]


@pytest.mark.parametrize("lost", [None, "", "{", '{"key": "another", "steps": 3}', "[]"])
def test_minutes_are_steps_once_and_for_all(tmp_path, monkeypatch, lost):
    """A resumed fit has as many steps as it began with; without a plan it makes another."""
    labels, minutes = Pupil.sample(), replace(QUICK, steps=0, minutes=1.0)
    monkeypatch.setattr(fitting, "steps_of", lambda *_: 6)

    def killed(what: str, step: int, of: int) -> None:
        assert of in (0, 6)
        if step == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(Pupil(), labels, tmp_path, minutes, tell=killed)
    assert planned(tmp_path) == 6
    monkeypatch.setattr(fitting, "steps_of", lambda *_: 9)
    if lost is not None:
        (tmp_path / WORK / PLAN).write_text(lost)
    seen = []
    monkeypatch.setattr(fitting, "_teach", lambda *told: seen.append(told[3].steps) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fit(Pupil(), labels, tmp_path, minutes)
    assert seen == [planned(tmp_path)] == [6 if lost is None else 9]


def test_steps_that_are_asked_for_are_not_measured():
    assert steps_of(SimpleNamespace(stepwise=True), Training(steps=7)) == 7  # type: ignore[arg-type]


def test_what_learns_nothing_step_by_step_takes_no_step():
    assert steps_of(SimpleNamespace(stepwise=False), Training(steps=7)) == 0  # type: ignore[arg-type]


def test_a_taught_method_has_what_it_was_fitted_with(done, monkeypatch):
    monkeypatch.setattr(catalog, "find", lambda name: Pupil)
    method = fitted(Pupil.name(), done[1], {"backend": "onnxruntime", "width": 8})
    assert method == done[0]
    with pytest.raises(Refusal, match="width = 8, and cannot be applied with 9; leave --width out"):
        fitted(Pupil.name(), done[1], {"width": 9})
    with pytest.raises(Refusal, match="no parameter 'colour'"):
        fitted(Pupil.name(), done[1], {"colour": "red"})
    with pytest.raises(Refusal, match="no fitted model"):
        fitted(Pupil.name(), done[1] / WORK)


def test_parameters_of_a_newer_version_are_left_out(done, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(done[1], folder)
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["parameters"] |= {"unheard_of": 3}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    assert with_weights(Pupil, folder).width == 8
    card["parameters"]["width"] = "wide"
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(Refusal, match="width"):
        with_weights(Pupil, folder)


def test_a_method_with_written_rules_takes_no_weights(done):
    with pytest.raises(Refusal, match="its rules are written, not learned"):
        fitted("segment/silhouette", done[1])


CHILD = """
import sys
from pathlib import Path
from ethoframe.nets import training
from ethoframe.run.fitting import fit
from ethoframe.testing.laws.taught import QUICK
from ethoframe.testing.pupil import Pupil
from dataclasses import replace
training.MARK_S = 0.02
def tell(what, step, of):
    print(what.split()[0], step, flush=True)
fit(Pupil(), Pupil.sample(), Path(sys.argv[1]), replace(QUICK, steps=40, validation=0.2), tell=tell)
print("finished", flush=True)
"""


def run_until(out: Path, word: str, wait_s: float) -> bool:
    """Runs the fit in another process, killed so long after it said a word; whether it finished."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(out)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("finished"):
                return True
            if line.startswith(word):
                time.sleep(wait_s)
                child.send_signal(signal.SIGKILL)
                return False
    return False


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_killed_at_random_it_ends_with_the_weights_of_an_undisturbed_fit(tmp_path):
    chance = random.Random(time.time())
    moments = [("teaching", chance.uniform(0, 0.6)) for _ in range(2)]
    moments += [("writing", chance.uniform(0, 3.0))]
    for word, wait_s in moments:
        if run_until(tmp_path / "killed", word, wait_s):
            break
    assert run_until(tmp_path / "killed", "never", 0.0), moments
    assert run_until(tmp_path / "whole", "never", 0.0)
    one, other = ((tmp_path / name / WEIGHTS).read_bytes() for name in ("killed", "whole"))
    assert one == other, moments
    pairs = [with_weights(Pupil, tmp_path / name) for name in ("killed", "whole")]
    frames = Pupil.example()["recording"].frames(range(12))
    tables = [method.apply(frames).table for method in pairs]
    np.testing.assert_array_equal(*tables)
