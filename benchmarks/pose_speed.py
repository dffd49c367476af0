"""Keypoints of a film: frames a second from the file to the table, and of the network alone.

The model is `pose/heatmap` fitted for a few steps (what it knows does not change its speed), on the
open-field film at 640×480. whole: the command's own work, from the film to tracks.parquet, without
its page. alone: the network on the same windows, nothing else running. The peer is DeepLabCut
3.0.2, its lite0 and its default network, on the first frames of the same film, where its
environment is named in ETHOFRAME_DEEPLABCUT. ratio: whole over alone; times: ours over the peer.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks._films import MOUSE, shared
from benchmarks.peers.deeplabcut import DeepLabCut
from ethoframe import formats
from ethoframe.contract import Training
from ethoframe.formats import table
from ethoframe.methods.pose.heatmap import Heatmap
from ethoframe.nets.inference import session
from ethoframe.nets.model import Model, opened
from ethoframe.run import apply
from ethoframe.run.fitting import fit, fitted

LONG = True
FOLDER = "data/openfield"
HOME = os.environ.get("ETHOFRAME_DEEPLABCUT", "")
MODEL = os.environ.get("ETHOFRAME_MODEL", "")
STEPS, THREADS, PEER_FRAMES = 150, 2, 60

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """One for each way of running it."""
    with TemporaryDirectory() as folder:
        place = Path(MODEL) if MODEL else _fitted(Path(folder) / "model")
        found = list(_ours(place))
        yield from found
        if HOME:
            best = max(row["whole_fps"] for row in found)
            yield from _peers(Path(folder) / "peer", best)


def _fitted(place: Path) -> Path:
    labels = formats.read_annotations(shared() / FOLDER)
    fit(Heatmap(), labels, place, Training(steps=STEPS, threads=THREADS))
    return place


def _ours(place: Path) -> Iterator[Row]:
    for backend in ("onnxruntime", "openvino"):
        if find_spec(backend) is None:
            continue
        method = fitted("pose/heatmap", place, {"backend": backend})
        alone = _alone(opened(place), backend)
        begun = time.perf_counter()
        film = formats.read(shared() / MOUSE)
        tracks = apply(method, recording=film)
        with TemporaryDirectory() as out:
            table.write_tracks(Path(out) / "tracks.parquet", tracks)
        whole = len(film) / (time.perf_counter() - begun)
        yield {
            "program": f"ethoframe, {backend}",
            "whole_fps": whole,
            "alone_fps": alone,
            "ratio": whole / alone,
            "frames": len(film),
        }


def _alone(model: Model, backend: str, count: int = 300) -> float:
    """Windows a second that the network answers when nothing else runs."""
    network = session(model, backend)
    chance = np.random.default_rng(0)
    windows = chance.random((20, 1, *model.network.size), np.float32)
    network.run(windows)
    begun = time.perf_counter()
    for _ in range(count // len(windows)):
        network.run(windows)
    return count / (time.perf_counter() - begun)


def _peers(work: Path, ours: float) -> Iterator[Row]:
    peer = DeepLabCut(Path(HOME), THREADS)
    told = peer.speed(shared() / MOUSE, shared() / FOLDER, work, PEER_FRAMES)
    for net, said in told.items():
        if isinstance(said, dict) and "frames_per_s" in said:
            yield {
                "program": f"DeepLabCut 3.0.2, {net}",
                "whole_fps": said["frames_per_s"],
                "frames": said["frames"],
                "times": ours / said["frames_per_s"],
            }
