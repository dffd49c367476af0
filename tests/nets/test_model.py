"""A model's folder: what was written is read, and whatever is not what was written is refused."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import ethoframe
from ethoframe.contract import Learned, catalog
from ethoframe.data import Refusal
from ethoframe.nets.model import CARD, FORM, NETWORK, WEIGHTS, hashed, opened
from ethoframe.testing.pupil import Pupil

SOURCE = Path(ethoframe.__file__).parent


def changed_card(folder: Path, **changed) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card = {k: v for k, v in {**card, **changed}.items() if v is not None}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")


def refused(folder: Path, method: type[Learned] | None = None) -> str:
    with pytest.raises(Refusal) as told:
        opened(folder, method)
    text = str(told.value)
    assert "\n" not in text
    assert folder.name in text
    return text


def test_what_was_written_is_read(folder, pupil):
    model = opened(folder, Pupil)
    assert model.network.size == (32, 32)
    assert model.parameters["width"] == 8
    assert model.hash == opened(pupil.weights).hash
    assert model.card["agrees"].keys() == {"values", "inside"}
    assert model.card["taught"]["steps"] == 2
    assert set(model.card["files"]) == {WEIGHTS, NETWORK}
    assert not list(folder.glob("*.draft"))


@pytest.mark.parametrize("name", [WEIGHTS, NETWORK])
def test_a_changed_file_is_refused(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    assert "its hash differs" in refused(folder)


@pytest.mark.parametrize("name", [WEIGHTS, NETWORK])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    assert "missing" in refused(folder)


def test_a_folder_without_a_card_is_no_model(folder, tmp_path):
    (folder / CARD).unlink()
    assert "no fitted model" in refused(folder)
    (tmp_path / "empty").mkdir()
    assert "no fitted model" in refused(tmp_path / "empty")
    assert "no fitted model" in refused(tmp_path / "nowhere")
    (folder / CARD).mkdir()
    assert "no fitted model" in refused(folder)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\x00", b"[1, 2", b"card"])
def test_a_card_that_is_no_json_is_refused(folder, text):
    (folder / CARD).write_bytes(text)
    assert "no JSON" in refused(folder)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"card"', "{}"])
def test_a_card_of_something_else_is_refused(folder, text):
    (folder / CARD).write_text(text)
    assert "form None" in refused(folder)


@pytest.mark.parametrize("form", [FORM + 1, 0, "1", None])
def test_another_form_is_refused(folder, form):
    changed_card(folder, form=form)
    assert f"reads form {FORM}" in refused(folder)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"network": None}, "tells of no network"),
        ({"network": {"size": [32, 32]}}, "tells of no network"),
        ({"network": []}, "tells of no network"),
        ({"network": 3}, "tells of no network"),
        ({"method": None}, "tells of no method"),
        ({"parameters": None}, "tells of no method"),
        ({"parameters": [1]}, "tells of no method"),
        ({"settled": 7}, "tells of no method"),
        ({"files": None}, "no hash of"),
        ({"files": {}}, "no hash of"),
        ({"files": [WEIGHTS, NETWORK]}, "no hash of"),
        ({"files": {WEIGHTS: "0", NETWORK: "0"}}, "hash differs"),
    ],
)
def test_a_card_that_lacks_something_is_refused(folder, changed, why):
    changed_card(folder, **changed)
    assert why in refused(folder)


def test_another_methods_model_is_refused(folder):
    text = refused(folder, catalog.find("pose/heatmap"))
    assert "model of testing/pupil, not of pose/heatmap" in text


@pytest.mark.parametrize("version", ["0", None])
def test_a_model_of_another_version_of_its_method_is_refused(folder, version):
    changed_card(folder, version=version, ethoframe="0.0.1")
    text = refused(folder, Pupil)
    assert f"version {version} of testing/pupil (ethoframe 0.0.1), and this is version 1" in text
    assert "fit it again, or use the version that fitted it" in text
    assert opened(folder).method == "testing/pupil"  # what it is can be told all the same


def test_a_figure_that_could_not_be_told_is_no_number(folder):
    changed_card(folder, figures={"mean_px": None, "p95_px": 2.5})
    assert np.isnan(opened(folder).figures["mean_px"])
    assert opened(folder).figures["p95_px"] == 2.5


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_is_refused(folder):
    (folder / NETWORK).chmod(0)
    assert "cannot be read" in refused(folder)


def test_a_file_that_cannot_be_read_is_refused(folder, monkeypatch):
    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "cannot be read (Permission denied)" in refused(folder)


def test_a_card_written_anew_is_seen_though_its_clock_stands_still(folder):
    card = folder / CARD
    opened(folder)
    times = card.stat().st_atime_ns, card.stat().st_mtime_ns
    changed_card(folder, settled={"temperature": 2.0})
    os.utime(card, ns=times)
    assert opened(folder).settled == {"temperature": 2.0}


def test_a_folder_is_found_again_from_anywhere(folder, monkeypatch, tmp_path):
    monkeypatch.chdir(folder.parent)
    model = opened(folder.name)
    monkeypatch.chdir(tmp_path.parent)
    assert (model.folder / NETWORK).is_file()
    assert model.folder.is_absolute()


def test_two_folders_of_one_name_are_told_apart(folder, monkeypatch, tmp_path):
    import shutil

    shutil.copytree(folder, tmp_path / "other" / "model")
    changed_card(tmp_path / "other" / "model", settled={"level": 1})
    monkeypatch.chdir(folder.parent)
    assert opened("model").settled == {}
    monkeypatch.chdir(tmp_path / "other")
    assert opened("model").settled == {"level": 1}


def test_a_file_is_hashed_whole(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    # NIST's test vector of SHA-256
    assert hashed(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_no_pickle_is_ever_loaded():
    """`torch.load` is asked for weights only, and nothing else that would run a file is used."""
    banned = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not banned & {alias.name.split(".")[0] for alias in node.names}, path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in banned, path
            if not isinstance(node, ast.Call):
                continue
            asked = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
            called = ast.unparse(node.func)
            assert asked.get("allow_pickle", False) is False, path
            if called == "torch.load":
                assert asked.get("weights_only") is True, path
            assert not called.endswith("read_pickle"), path


def test_importing_what_applies_a_model_imports_no_torch():
    told = (
        "import sys, ethoframe, ethoframe.nets.model, ethoframe.nets.inference, "
        "ethoframe.nets.lesson, ethoframe.nets.network, ethoframe.nets.augment, "
        "ethoframe.run.fitting, ethoframe.testing.pupil, ethoframe.contract.catalog as c; "
        "[c.find(card.name) for card in c.cards() if card.learned]; "
        "heavy = {'torch', 'timm', 'safetensors', 'onnxruntime', 'openvino', 'pandas', 'h5py'}; "
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
