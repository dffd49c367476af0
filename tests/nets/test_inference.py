"""Networks at work: the same answers however many are asked at once, and whatever runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.nets import inference
from ethoframe.nets.inference import session
from ethoframe.nets.model import CARD, NETWORK, WEIGHTS, hashed, opened
from ethoframe.testing.specimens import film

HERE = [
    "onnxruntime",
    pytest.param("openvino", marks=pytest.mark.skipif(
        inference.find_spec("openvino") is None, reason="openvino is not installed")),
    "torch",
]  # fmt: skip


@pytest.fixture
def model(pupil):
    return opened(pupil.weights)


@pytest.mark.parametrize("backend", HERE)
def test_batches_of_any_size_give_the_same(model, pictures, backend):
    network = session(model, backend)
    single = [network.run(pictures[i : i + 1]) for i in range(len(pictures))]
    for size in (1, 7, 32, len(pictures)):
        for start in range(0, len(pictures), size):
            answers = network.run(pictures[start : start + size])
            for kind, answer in answers.items():
                wanted = np.concatenate([each[kind] for each in single[start : start + size]])
                np.testing.assert_array_equal(answer, wanted)


@pytest.mark.parametrize("backend", HERE)
def test_every_backend_answers_as_torch_does(model, pictures, backend):
    true = session(model, "torch").run(pictures)
    told = session(model, backend).run(pictures)
    assert told.keys() == true.keys() == {"values", "inside"}
    for kind, answer in told.items():
        assert answer.dtype == np.float32
        scale = max(1.0, float(np.abs(true[kind]).max()))
        assert np.abs(answer - true[kind]).max() < 1e-4 * scale


@pytest.mark.parametrize("backend", HERE)
def test_nothing_asked_is_nothing_answered(model, backend):
    answers = session(model, backend).run(np.zeros((0, 1, 32, 32), np.float32))
    assert {k: a.shape for k, a in answers.items()} == {"values": (0, 1), "inside": (0, 1, 8, 8)}


def test_pictures_of_another_size_are_a_mistake(model):
    with pytest.raises(ValueError, match="takes pictures"):
        session(model, "onnxruntime").run(np.zeros((1, 1, 64, 32), np.float32))


def test_pictures_need_not_lie_in_order_in_memory(model, pictures):
    network = session(model, "onnxruntime")
    turned = pictures.transpose(0, 1, 3, 2)
    wanted = network.run(np.ascontiguousarray(turned))
    told = network.run(turned.astype(np.float64))
    np.testing.assert_array_equal(told["inside"], wanted["inside"])


@pytest.mark.parametrize("backend", HERE)
def test_threads_may_share_a_session(model, pictures, backend):
    network = session(model, backend)
    wanted = network.run(pictures)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda i: network.run(pictures[i % 5 :]), range(16)))
    for i, answers in enumerate(told):
        for kind, answer in answers.items():
            np.testing.assert_array_equal(answer, wanted[kind][i % 5 :])


def test_a_session_is_opened_once_whoever_asks(model, monkeypatch):
    monkeypatch.setattr(inference, "_SESSIONS", type(inference._SESSIONS)())
    opened_, gate = [], threading.Barrier(4)
    made = inference._OPENED["onnxruntime"]
    monkeypatch.setattr(
        inference,
        "_OPENED",
        {"onnxruntime": lambda model: (opened_.append(1), made(model))[1]},
    )

    def ask(_: int):
        gate.wait()
        return session(model, "onnxruntime")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(4)))
    assert len(opened_) == 1
    assert all(each is found[0] for each in found)


def test_few_sessions_are_kept_open(folder, tmp_path, monkeypatch):
    kept = type(inference._SESSIONS)()
    monkeypatch.setattr(inference, "_SESSIONS", kept)
    monkeypatch.setattr(inference, "_OPENED", {"onnxruntime": lambda model: object()})
    for i in range(inference.KEPT + 3):
        copied = tmp_path / f"model {i}"
        shutil.copytree(folder, copied)
        session(opened(copied), "onnxruntime")
    assert len(kept) == inference.KEPT
    first = session(opened(tmp_path / "model 3"), "onnxruntime")
    assert next(reversed(kept.values())) is first


def swapped_network(folder: Path, content: bytes) -> None:
    """Another network, and a card that says it is the one."""
    (folder / NETWORK).write_bytes(content)
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["files"] = {name: hashed(folder / name) for name in (WEIGHTS, NETWORK)}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")


@pytest.mark.parametrize("backend", HERE[:2])
@pytest.mark.parametrize("kind", ["empty", "text", "cut", "noise"])
def test_a_corrupt_network_is_refused_in_a_line(folder, backend, kind):
    whole = (folder / NETWORK).read_bytes()
    noise = np.random.default_rng(0).bytes(2000)
    content = {"empty": b"", "text": b"no network", "cut": whole[: len(whole) // 2], "noise": noise}
    swapped_network(folder, content[kind])
    with pytest.raises(Refusal) as told:
        session(opened(folder), backend).run(np.zeros((1, 1, 32, 32), np.float32))
    assert "\n" not in str(told.value)
    assert NETWORK in str(told.value)


@pytest.mark.parametrize("backend", HERE[:2])
def test_a_network_with_other_answers_is_refused(folder, backend):
    onnx = pytest.importorskip("onnx")
    read = onnx.load(folder / NETWORK)
    old = read.graph.output[0].name
    for node in read.graph.node:
        node.output[:] = ["elsewhere" if name == old else name for name in node.output]
    read.graph.output[0].name = "elsewhere"
    swapped_network(folder, read.SerializeToString())
    with pytest.raises(Refusal, match="its card says"):
        session(opened(folder), backend)


def test_corrupt_weights_are_refused_by_torch(folder):
    (folder / WEIGHTS).write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ")
    swapped_network(folder, (folder / NETWORK).read_bytes())
    with pytest.raises(Refusal, match="no weights of the network"):
        session(opened(folder), "torch")


def test_what_a_backend_says_is_told_in_a_line(model, monkeypatch):
    network = session(model, "onnxruntime")

    def fails(pictures):
        raise RuntimeError("out of memory\nat line 12")

    broken = inference.Session(model, "onnxruntime", fails)
    with pytest.raises(Refusal, match="onnxruntime cannot run the network") as told:
        broken.run(np.zeros((1, 1, 32, 32), np.float32))
    assert "\n" not in str(told.value)
    assert network.at_once >= 1


@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_a_backend_that_is_not_installed_is_named(model, monkeypatch, backend):
    monkeypatch.setattr(inference, "_SESSIONS", type(inference._SESSIONS)())
    monkeypatch.setitem(sys.modules, backend, None)
    with pytest.raises(Refusal, match=f"{backend}: it is not installed"):
        session(model, backend)


def test_auto_never_needs_what_is_not_there(monkeypatch):
    have = {"torch"}
    monkeypatch.setattr(inference, "find_spec", lambda name: name if name in have else None)
    monkeypatch.setattr(inference, "_has_gpu", lambda: True)
    assert inference._chosen("auto") == "onnxruntime"
    have |= {"timm", "safetensors"}
    assert inference._chosen("auto") == "torch"
    monkeypatch.setattr(inference, "_has_gpu", lambda: False)
    assert inference._chosen("auto") == "onnxruntime"
    have |= {"openvino"}
    assert inference._chosen("auto") == "openvino"


BARE = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
import json, numpy as np
from ethoframe.run import apply
from ethoframe.run.fitting import with_weights
from ethoframe.testing.pupil import Pupil
from ethoframe.testing.specimens import film
answer = apply(with_weights(Pupil, {folder!r}), recording=film())
print(json.dumps(answer.table.tolist()))
"""


def test_a_model_is_applied_without_torch(pupil):
    """What the base install lacks cannot be imported in another process, and is not missed."""
    from ethoframe.run import apply

    blocked = {
        "torch", "timm", "torchvision", "safetensors", "onnx", "onnxscript", "pandas", "h5py",
        "sleap_io", "skimage", "SimpleITK", "openvino",
    }  # fmt: skip
    code = BARE.format(blocked=blocked, folder=pupil.weights)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wanted = apply(pupil, recording=film()).table
    np.testing.assert_allclose(json.loads(done.stdout), wanted, rtol=1e-6)
