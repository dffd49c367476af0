"""Networks at work: ONNX Runtime, OpenVINO, or torch where there is a GPU."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.model import AGAIN, NETWORK, Model

BACKENDS = ("auto", "onnxruntime", "openvino", "torch")

KEPT = 8
"""Sessions that a process keeps open; of more, the one that was not asked for longest is let go."""

MEASURED = 3
"""Pictures that each worker answers while it is measured how to work fastest."""


class Runner(Protocol):
    """Answers pictures; how many at once, it knows itself."""

    def __call__(self, pictures: Array) -> dict[str, Array]:
        """Answers ``(n, ...)`` to pictures ``(n, c, [z,] y, x)``, by the kind of head."""
        ...


@dataclass
class Session:
    """A fitted network, ready to answer.

    Pictures are answered one by one on a processor, so that an answer never depends on which others
    were asked for with it.

    Parameters
    ----------
    model
        Which network.
    backend
        What runs it.
    runner
        Runs it.
    told
        How it was decided to run.
    """

    model: Model
    backend: str
    runner: Runner
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def at_once(self) -> int:
        """How many pictures it takes to keep it busy."""
        return int(self.told.get("workers", 1)) * int(self.told.get("batch", 1))

    def run(self, pictures: Array) -> dict[str, Array]:
        """Answers ``(n, ...)`` to pictures ``(n, c, [z,] y, x)`` with levels from 0 to 1."""
        network = self.model.network
        wanted = (network.channels, *network.size)
        if pictures.shape[1:] != wanted:
            raise ValueError(f"the network takes pictures {wanted}, not {pictures.shape[1:]}")
        if not len(pictures):
            shapes = {head.kind: network.answer_shape(head) for head in network.heads}
            return {kind: np.zeros((0, *shape), np.float32) for kind, shape in shapes.items()}
        try:
            return self.runner(np.ascontiguousarray(pictures, np.float32))
        except Exception as error:  # each backend has exceptions of its own
            where, first = self.model.folder / NETWORK, str(error).strip().splitlines()[:1]
            reason = f"{self.backend} cannot run the network ({''.join(first)})"
            raise Refusal(where, reason, "use another --backend, or fit it again") from error


def session(model: Model, backend: str = "auto") -> Session:
    """The network of a model, opened once in a process; threads may share it.

    Parameters
    ----------
    model
        Of which its files are known to be unchanged.
    backend
        What runs it: ``auto`` takes torch where there is a GPU, else OpenVINO where it is
        installed, else ONNX Runtime.

    Raises
    ------
    Refusal
        When the backend is not installed, or the network cannot be opened.
    """
    chosen = _chosen(backend)
    # A child of a fork has none of its parent's threads, and must open its own.
    key = os.getpid(), str(model.folder), model.hash, chosen
    with _OPENING:
        if key not in _SESSIONS:
            _SESSIONS[key] = _OPENED[chosen](model)
            while len(_SESSIONS) > KEPT:
                _SESSIONS.popitem(last=False)
        _SESSIONS.move_to_end(key)
        return _SESSIONS[key]


_SESSIONS: OrderedDict[tuple[int, str, str, str], Session] = OrderedDict()
_OPENING = threading.Lock()


def _chosen(backend: str) -> str:
    if backend != "auto":
        return backend
    if all(find_spec(library) for library in ("torch", "timm", "safetensors")) and _has_gpu():
        return "torch"
    return "openvino" if find_spec("openvino") is not None else "onnxruntime"


@cache
def _has_gpu() -> bool:
    # Importing torch takes seconds: only where a driver says that there is something to be found.
    if not (Path("/proc/driver/nvidia").exists() or os.environ.get("CUDA_VISIBLE_DEVICES")):
        return False
    try:
        from ethoframe.nets.device import gpu
    except (ImportError, OSError):  # a torch that is broken is none
        return False
    return gpu() is not None


def _onnx(model: Model) -> Session:
    """ONNX Runtime: pictures side by side in threads, or threads inside each, as is faster."""
    cores = _cores()
    ways = [(cores, 1)] + ([(1, cores)] if cores > 1 else [])
    runners = {way: _Workers(_onnx_ones(model, *way)) for way in ways}
    workers, threads = _fastest(model, runners)
    told = {"workers": workers, "threads": threads}
    return Session(model, "onnxruntime", runners[workers, threads], told)


def _onnx_ones(model: Model, workers: int, threads: int) -> list[Callable[[Array], Any]]:
    runtime = needs("learn", "onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    # A thread that spins while it waits takes the processor from whoever decodes.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = model.folder / NETWORK
    try:
        opened = [
            runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            for _ in range(workers)
        ]
    except Exception as error:  # noqa: BLE001  its exceptions share no base but this
        reason = f"the network cannot be opened ({str(error).splitlines()[0]})"
        raise Refusal(path, reason, AGAIN) from None
    names = _answering(model, [output.name for output in opened[0].get_outputs()])
    return [_one_onnx(each, names) for each in opened]


def _answering(model: Model, names: Sequence[str]) -> Sequence[str]:
    """Names of a network's outputs, when they are those of its heads."""
    heads = {head.kind for head in model.network.heads}
    if set(names) != heads:
        reason = f"the network answers {', '.join(names)}, and its card says {', '.join(heads)}"
        raise Refusal(model.folder / NETWORK, reason, AGAIN)
    return names


def _one_onnx(opened: Any, names: Sequence[str]) -> Callable[[Array], dict[str, Array]]:
    def answer(picture: Array) -> dict[str, Array]:
        return dict(zip(names, opened.run(list(names), {"picture": picture}), strict=True))

    return answer


def _openvino(model: Model) -> Session:
    """OpenVINO with as many streams as there are cores, and asked for full precision."""
    vino, cores = needs("openvino", "openvino"), _cores()
    path = model.folder / NETWORK
    asked = {
        "INFERENCE_PRECISION_HINT": "f32",
        "NUM_STREAMS": cores,
        "INFERENCE_NUM_THREADS": cores,
    }
    try:
        compiled = vino.Core().compile_model(str(path), "CPU", asked)
    except RuntimeError as error:
        reason = f"the network cannot be opened ({str(error).splitlines()[0]})"
        raise Refusal(path, reason, AGAIN) from None
    names = _answering(model, [output.any_name for output in compiled.outputs])
    ones = [_one_openvino(compiled.create_infer_request(), names) for _ in range(cores)]
    for one in ones:  # used for the first time by several threads at once, it can lock up for good
        one(np.zeros((1, model.network.channels, *model.network.size), np.float32))
    return Session(model, "openvino", _Workers(ones), {"workers": cores, "threads": 1})


def _one_openvino(request: Any, names: Sequence[str]) -> Callable[[Array], dict[str, Array]]:
    def answer(picture: Array) -> dict[str, Array]:
        told = request.infer({"picture": picture}, share_outputs=False)
        return {name: told[name] for name in names}

    return answer


def _torch(model: Model) -> Session:
    for library in ("torch", "timm", "safetensors"):
        needs("learn", library)
    from ethoframe.nets.gpu import GpuRunner

    runner = GpuRunner(model)
    return Session(model, "torch", runner, {"workers": 1, "batch": runner.batch})


class _Workers:
    """Some workers that each answer one picture at a time."""

    def __init__(self, ones: Sequence[Callable[[Array], dict[str, Array]]]) -> None:
        self.ones = list(ones)
        self.pool = ThreadPoolExecutor(len(self.ones)) if len(self.ones) > 1 else None
        self.busy = threading.Lock()

    def __call__(self, pictures: Array) -> dict[str, Array]:
        with self.busy:  # who asks meanwhile waits: all processors are at work as it is
            return self._answers(pictures)

    def _answers(self, pictures: Array) -> dict[str, Array]:
        count, workers = len(pictures), len(self.ones)
        found: list[dict[str, Array]] = [{}] * count

        def work(worker: int) -> None:
            for index in range(worker, count, workers):
                found[index] = self.ones[worker](pictures[index : index + 1])

        if self.pool is None or count == 1:
            for index in range(count):
                found[index] = self.ones[0](pictures[index : index + 1])
        else:
            list(self.pool.map(work, range(min(workers, count))))
        return {kind: np.concatenate([each[kind] for each in found]) for kind in found[0]}


def _fastest(model: Model, runners: Mapping[tuple[int, int], Runner]) -> tuple[int, int]:
    """The way of working that answers most pictures in a second, by a short measurement."""
    if len(runners) == 1:
        return next(iter(runners))
    count = MEASURED * max(workers for workers, _ in runners)
    pictures = np.zeros((count, model.network.channels, *model.network.size), np.float32)
    spent = {}
    for way, runner in runners.items():
        runner(pictures[:2])
        begun = time.perf_counter()
        runner(pictures)
        spent[way] = time.perf_counter() - begun
    return min(spent, key=lambda way: spent[way])


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_OPENED: Mapping[str, Callable[[Model], Session]] = {
    "onnxruntime": _onnx,
    "openvino": _openvino,
    "torch": _torch,
}
