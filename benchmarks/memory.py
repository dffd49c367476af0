"""Peak memory of the command, and whether it grows with the length of the video."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av

from benchmarks._films import MOUSE, rendered, shared
from ethoframe.testing.scenes import SCENES

RUN = """
import resource, sys
from ethoframe.apps.cli import main
sys.argv = ["ethoframe", "open-field", *sys.argv[1:]]
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_mb(path: Path) -> float:
    """Peak resident memory of one run, report included, in MB of 2²⁰ bytes."""
    with TemporaryDirectory() as out:
        command = [sys.executable, "-c", RUN, str(path), "--side", "40cm", "--out", out]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    kilobytes = int(run.stdout.split()[-1])
    return kilobytes / (2**20 if sys.platform == "darwin" else 2**10)


def rows() -> Iterator[dict[str, Any]]:
    """The real film, the same 5 and 20 times over, and a large one."""
    real = shared() / MOUSE
    large = replace(SCENES["open_field"], name="1920 × 1080", size=(1080, 1920), duration_s=20.0)
    with TemporaryDirectory() as folder:
        yield {"film": real.stem, "peak MB": peak_mb(real)}
        for times in (5, 20):
            longer = _repeated(real, Path(folder) / f"{times}.mp4", times)
            yield {"film": f"{real.stem} × {times}", "peak MB": peak_mb(longer)}
        yield {"film": large.name, "peak MB": peak_mb(rendered(large, Path(folder)))}


def _repeated(path: Path, target: Path, times: int) -> Path:
    """The same packets again and again, later each time; nothing is encoded anew."""
    with av.open(str(target), "w") as out:
        start, stream = 0, None
        for _ in range(times):
            with av.open(str(path)) as container:
                source = container.streams.video[0]
                stream = stream or out.add_stream_from_template(source)
                end = start
                for packet in container.demux(source):
                    if packet.size:
                        end = max(end, start + packet.pts + packet.duration)
                        packet.pts, packet.dts = packet.pts + start, packet.dts + start
                        packet.stream = stream
                        out.mux(packet)
                start = end
    return target
