"""Peak memory of the command, and whether it grows with the length of the video.

Each row is a process of its own: ``ethoframe open-field FILE --side 40cm``, report included. Peak
is the most memory it held at any time, in MB of 10⁶ bytes; *imports* is what a process takes that
only loads the same libraries. The real film is repeated packet by packet, without coding it anew.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av

from benchmarks._films import MOUSE, shared
from ethoframe.formats import video
from ethoframe.testing.scenes import Scene, film

LARGE = Scene("1920 × 1080", seed=5, size=(1080, 1920), duration_s=30.0)
TIMES = (5, 20)

PEAK = """
import sys
from resource import RUSAGE_SELF, getrusage
unit = 1 if sys.platform == "darwin" else 1024
"""
TELL = "print(getrusage(RUSAGE_SELF).ru_maxrss * unit / 1e6, file=sys.stderr)"
COMMAND = f"""{PEAK}
from ethoframe.apps.cli import main
try:
    main(sys.argv[1:])
finally:
    {TELL}
"""
IMPORTS = f"""{PEAK}
import ethoframe.apps.shows, ethoframe.formats.video, ethoframe.report.page, ethoframe.run.batch
import cv2, matplotlib.figure, pyarrow.parquet, scipy.ndimage
from ethoframe import recipes
recipes.load("open-field")
{TELL}
"""

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """The real film, the same several times over, and a large one."""
    imports = _peak_mb(IMPORTS)
    with TemporaryDirectory() as folder:
        for path in films(Path(folder)):
            frames = len(video.read(path))
            yield {"film": path.stem, "frames": frames, "peak MB": peak_mb(path)} | {
                "without report": peak_mb(path, "--no-report"),
                "imports": imports,
            }


def films(folder: Path) -> Iterator[Path]:
    """Files of each kind, made when their turn comes."""
    yield shared() / MOUSE
    for times in TIMES:
        yield repeated(shared() / MOUSE, folder / f"{times} times over.mp4", times)
    yield film(LARGE, folder / f"{LARGE.name}.mp4")


def peak_mb(path: Path, *more: str) -> float:
    """Peak memory of one run."""
    with TemporaryDirectory() as out:
        return _peak_mb(COMMAND, "open-field", str(path), "--side", "40cm", "--out", out, *more)


def repeated(path: Path, target: Path, times: int) -> Path:
    """The same packets again and again, later each time."""
    with av.open(str(target), "w") as out, av.open(str(path)) as first:
        stream, start = out.add_stream_from_template(first.streams.video[0]), 0
        for _ in range(times):
            start = _appended(path, out, stream, start)
    return target


def _appended(path: Path, out: Any, stream: Any, start: int) -> int:
    """Where the packets of the file end when they begin at `start`, in its ticks."""
    end = start
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                end = max(end, start + packet.pts + packet.duration)
                packet.pts, packet.dts = start + packet.pts, start + packet.dts
                packet.stream = stream
                out.mux(packet)
    return end


def _peak_mb(script: str, *words: str) -> float:
    command = [sys.executable, "-c", script, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stderr.split()[-1])
