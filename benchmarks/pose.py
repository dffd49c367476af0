"""Keypoints of a mouse after the same 15 minutes of training on the same processor.

The open-field frames of DeepLabCut's example, labelled by a person: every fourth is kept back (an
easy split: its neighbours are taught), or every fourth block of ten with the frames beside it left
out. Ours is `pose/heatmap` as it comes; the peer is DeepLabCut 3.0.2 with the same encoder and
weights, where the folder of its environment is named in ETHOFRAME_DEEPLABCUT (made by
``python -m benchmarks.peers.deeplabcut install HOME``). Both train for MINUTES of wall time, one
after the other, on the same threads.

mean_px and its interval: distance to the person's points on the frames kept back. ratio_high: upper
end of the paired interval of ours over theirs. Others publish: a person repeating themselves 2.69
px, DeepLabCut with 506 frames and a GPU 2.01 px (Mathis et al., Nature Neuroscience 2018).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks._films import shared
from benchmarks.peers.deeplabcut import DeepLabCut
from ethoframe import formats
from ethoframe.contract import Learned, Training
from ethoframe.data import Labels, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.pose.heatmap import Heatmap
from ethoframe.run.fitting import fit
from ethoframe.score.points import Paired, distances, paired

LONG = True
FOLDER = "data/openfield"
MINUTES = float(os.environ.get("ETHOFRAME_MINUTES", "15"))
HOME = os.environ.get("ETHOFRAME_DEEPLABCUT", "")
THREADS = 2
EVERY, BLOCK, GAP = 4, 10, 1

Row = dict[str, Any]


def splits(count: int) -> Iterator[tuple[str, Array, Array]]:
    """Name of each split, and which of so many frames are taught and kept back."""
    every = np.arange(count)
    held = every % EVERY == EVERY - 1
    yield "every fourth frame", every[~held], every[held]
    held = (every // BLOCK) % EVERY == EVERY - 1
    near = np.convolve(held, np.ones(2 * GAP + 1), "same") > 0
    yield "blocks of ten", every[~near], every[held]


def answered(method: Learned, labels: Labels) -> Array:
    """Keypoints ``(n, k, 2)`` of labelled frames, each looked at by itself."""
    found = []
    for part, row in labels.rows():
        assert isinstance(part.said, Tracks)
        frames = part.recording.frames([int(part.said.numbers[row])])
        tracks, _ = method.step(frames, method.start())  # type: ignore[attr-defined]
        found.append(tracks.position[0, :, :, 0].T)
    return np.array(found)


def truth(labels: Labels) -> Array:
    """What the person said ``(n, k, 2)``."""
    said = [part.said for part in labels.parts if isinstance(part.said, Tracks)]
    return np.concatenate([np.moveaxis(each.position[..., 0], 1, 2) for each in said])


def ours(labels: Labels, train: Array, test: Array, work: Path) -> tuple[Array, Row]:
    """Distances ``(n, k)`` in px on the frames kept back, and how it went."""
    begun = time.monotonic()
    training = Training(minutes=MINUTES, threads=THREADS)
    fitted = fit(Heatmap(), labels.take(train), work, training)
    minutes = (time.monotonic() - begun) / 60
    told = {"steps": fitted.model.card["taught"]["steps"], "minutes": minutes}
    kept = labels.take(test)
    return distances(answered(fitted.method, kept), truth(kept)), told


def peers(labels: Labels, train: Array, test: Array, work: Path) -> tuple[Array, Row]:
    """The same of DeepLabCut; of its last weights and its best by its own score, the better."""
    files = np.array([part.files[row] for part, row in labels.rows()])
    keypoints = labels.skeleton.keypoints if labels.skeleton else ()
    told = DeepLabCut(Path(HOME), THREADS).train(
        shared() / FOLDER, work, files[train].tolist(), files[test].tolist(), minutes=MINUTES
    )
    kept, found = labels.take(test), []
    for which in ("last", "best"):
        if which in told:
            points = told[which]["points"]
            placed = [[_xy(points[name].get(k)) for k in keypoints] for name in files[test]]
            found.append(distances(np.array(placed), truth(kept)))
    better = min(found, key=lambda far: float(np.nanmean(far)))
    return better, {"steps": told["iterations"], "minutes": told["wall_s"] / 60}


def _xy(point: Any) -> list[float]:
    return [point["x"], point["y"]] if point else [np.nan, np.nan]


def rows() -> Iterator[Row]:
    """One for each split and program."""
    labels = formats.read_annotations(shared() / FOLDER)
    for name, train, test in splits(len(labels)):
        with TemporaryDirectory() as folder:
            far, told = ours(labels, train, test, Path(folder) / "ours")
            yield _row(name, "ethoframe", far, told, labels, test)
            if HOME:
                theirs, said = peers(labels, train, test, Path(folder) / "peer")
                against = _paired(far, theirs, labels, test)
                row = _row(name, "DeepLabCut 3.0.2", theirs, said, labels, test)
                yield {**row, "ratio": against.ratio.value, "ratio_high": against.ratio.high}


def _row(name: str, who: str, far: Array, told: Row, labels: Labels, test: Array) -> Row:
    alone = _paired(far, far, labels, test).a
    return {
        "split": name,
        "program": who,
        "mean_px": float(np.nanmean(far)),
        "low": alone.low,
        "high": alone.high,
        "median_px": float(np.nanmedian(far)),
        "p95_px": float(np.nanpercentile(far, 95)),
        "frames": len(far),
        **told,
    }


def _paired(a: Array, b: Array, labels: Labels, test: Array) -> Paired:
    films: Sequence[str] = labels.take(test).columns(("film",))["film"]
    return paired(a, b, films, labels.take(test).origin)
