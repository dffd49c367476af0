"""Speed of the open-field analysis as a ratio to merely decoding the same file.

Ethoframe: the file is opened, analysed in all its passes, and its tables are written; no report,
no overlay. Decoding: ``for frame in container.decode(video=0): pass`` in PyAV as it comes. Both are
timed in turn five times; ratio is the median of the five, decoding over ethoframe, and 1 means that
analysing takes no longer than decoding. To fastest: the same over decoding with the threads that
make it fastest, which leave no core to analyse with. Importing is told apart.
Seconds by part are those of the run in the middle: decode goes on beside the others, wait is the
time in which nothing could be computed for want of frames.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from benchmarks._films import MOUSE, open_field, shared
from ethoframe import formats
from ethoframe.formats import video
from ethoframe.run.batch import run_batch
from ethoframe.run.entries import Entry
from ethoframe.run.order import Order, Outcome
from ethoframe.testing.scenes import Scene, film

PAIRS = 5
THREADS = ("NONE", "SLICE", "FRAME", "AUTO")  # SLICE is what PyAV does unless told otherwise
LARGE = Scene("1920 × 1080", seed=5, size=(1080, 1920), duration_s=30.0)
IMPORTS = "import ethoframe.run.batch, ethoframe.formats.video, cv2, pyarrow.parquet"

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """The real film, the same with hardly any keyframes, and a large one."""
    imports_s = min(_timed(_imported) for _ in range(3))
    with TemporaryDirectory() as folder:
        for path in films(Path(folder)):
            yield {**measured(path), "import s": imports_s}


def films(folder: Path) -> Iterator[Path]:
    """Files of each kind, made when their turn comes."""
    real = shared() / MOUSE
    yield real
    recording = formats.read(real)
    images = (frame[..., 0] for _, frame in recording.source.images(range(len(recording))))
    sparse = folder / "three keyframes.mp4"
    yield video.write(
        sparse, images, times_s=recording.times_s, keyframe_every=len(recording) // 3 + 1
    )
    yield film(LARGE, folder / f"{LARGE.name}.mp4")


def measured(path: Path) -> Row:
    """One film."""
    recording = formats.read(path)
    fastest = min(THREADS, key=lambda kind: _timed(lambda: decode(path, kind)))
    pairs, outcomes = [], []
    analyse(path)  # caches of files and libraries are warm from here on
    for _ in range(PAIRS):
        decoding = _timed(lambda: decode(path, "SLICE")), _timed(lambda: decode(path, fastest))
        analysing = _timed(lambda: outcomes.append(analyse(path)))
        pairs.append((*decoding, analysing))
    middle = int(np.argsort([seconds for *_, seconds in pairs])[PAIRS // 2])
    spent = outcomes[middle].seconds
    return {
        "film": path.stem,
        "frames": len(recording),
        "keyframes": len(recording.keyframes),
        "decoding s": float(np.median([plain for plain, _, _ in pairs])),
        "ethoframe s": float(np.median([ours for _, _, ours in pairs])),
        "ratio": float(np.median([plain / ours for plain, _, ours in pairs])),
        "least": min(plain / ours for plain, _, ours in pairs),
        "most": max(plain / ours for plain, _, ours in pairs),
        "to fastest": float(np.median([fast / ours for _, fast, ours in pairs])),
        "threads": fastest,
        **{part: spent.get(part, 0.0) for part in ("decode", "compute", "write", "wait")},
    }


def decode(path: Path, thread_type: str) -> None:
    """All frames, and nothing done with them."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = thread_type
        for _ in container.decode(video=0):
            pass


def analyse(path: Path) -> Outcome:
    """The whole run, into a folder that is thrown away."""
    with TemporaryDirectory() as out:
        (outcome,) = run_batch([Entry(path.name, (path,))], Order(open_field(), Path(out)))
    if outcome.status != "done":
        raise RuntimeError(f"{path.name}: {outcome.reason}")
    return outcome


def _imported() -> None:
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
