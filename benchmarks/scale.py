"""Whether tracks of an hour cost the same, however many there are: seconds and memory.

Simulated tracks of 8 keypoints at 30 frames per second, an hour each, as tables of a run: four
different ones, and links to them under other names. The command ``ethoframe open-field FOLDER
--arena FILE`` measures each of them, without pages, in one process. Each line tells of a quarter of
them: s is the median cost of one on the clock, cpu s in processor time, peak MB the most memory
held meanwhile; growth: s over that of the first quarter. ETHOFRAME_SCALE says how many
there are (1000 by itself, which takes hours).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks._command import Watched
from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.formats import table

LONG = True
COUNT = int(os.environ.get("ETHOFRAME_SCALE", "1000"))
RATE, SECONDS, SIDE_PX = 30.0, 3600.0, 800.0
PLACES = {
    "nose": (60, 0), "left_ear": (40, -14), "right_ear": (40, 14), "neck": (30, 0),
    "body_centre": (0, 0), "left_hip": (-30, -16), "right_hip": (-30, 16), "tail_base": (-50, 0),
}  # fmt: skip
"""Where keypoints are on an animal that looks to the right, in px."""

ARENA = """shape = "rectangle"
corners_px = [[80, 80], [880, 80], [880, 880], [80, 880]]
sides_mm = [400, 400]
"""

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """Quarters of the recordings, and all of them."""
    with TemporaryDirectory() as folder:
        tracks, out = Path(folder) / "tracks", Path(folder) / "out"
        written(tracks)
        arena = Path(folder) / "arena.toml"
        arena.write_text(ARENA, encoding="utf-8")
        words = "open-field", str(tracks), "--arena", str(arena), "--no-report", "--out", str(out)
        watched = Watched(words, Path(folder) / "errors.txt")
        done = list(watched.done())
        first_s = float("nan")
        for start in range(0, COUNT, max(1, COUNT // 4)):
            some = done[start : start + max(1, COUNT // 4)]
            pairs = list(pairwise(some))
            if not pairs:
                continue
            each_s = median(b.wall_s - a.wall_s for a, b in pairs)
            first_s = each_s if start == 0 else first_s
            yield {
                "recordings": f"{start + 1} to {start + len(some)}",
                "s": each_s,
                "cpu s": median(b.cpu_s - a.cpu_s for a, b in pairs),
                "growth": each_s / first_s,
                "peak MB": watched.peak_mb(some[0].wall_s, some[-1].wall_s),
            }
        yield {"recordings": f"all {len(done)}", "peak MB": watched.peak_mb()}


def written(folder: Path) -> None:
    """Four different hours, and links to them."""
    folder.mkdir()
    kept = folder.parent / "four"
    kept.mkdir()
    for seed in range(4):
        table.write_tracks(kept / f"{seed}.parquet", hour(seed))
    for number in range(COUNT):
        os.link(kept / f"{number % 4}.parquet", folder / f"{number:04d}.parquet")


def hour(seed: int) -> Tracks:
    """An animal that walks about a floor and looks where it goes, with jitter and lost places."""
    random = np.random.default_rng(seed)
    count = int(RATE * SECONDS)
    heading = np.cumsum(random.normal(0, 0.06, count))
    speed = np.maximum(0, np.sin(np.arange(count) / (RATE * 7)) + 0.2) * 200 / RATE
    ahead = np.stack([np.cos(heading), np.sin(heading)], axis=1)
    centre = _inside(np.cumsum(speed[:, None] * ahead, axis=0))
    beside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    places = [centre + x * ahead + y * beside for x, y in PLACES.values()]
    position = np.stack(places, axis=2) + random.normal(0, 0.7, (count, 2, len(PLACES)))
    sure = np.where(random.random((count, len(PLACES))) < 0.02, 0.1, 0.97)
    numbers = np.arange(count)
    return Tracks(position[..., None], sure[..., None], numbers, numbers / RATE, tuple(PLACES))


def _inside(way: Array) -> Array:
    """The way on a floor whose walls it is thrown back by."""
    folded: Array = np.abs((way + SIDE_PX) % (2 * SIDE_PX) - SIDE_PX) + 80
    return folded
