"""Whether tracks of an hour cost the same, however many there are: seconds and memory.

Simulated tracks of 8 keypoints at 30 frames per second, an hour each, as tables of a run: twenty
different ones, and links to them under other names. The command ``ethoframe open-field FOLDER
--arena FILE`` measures each of them, by all definitions of the recipe and without pages, in one
process. Each line tells of a tenth of them: s is the median cost of one on the clock, cpu s in
processor time, which other work on the machine changes less; growth: cpu s over that of the first
tenth; peak MB the most memory held meanwhile. The table of tracks that is written for each is
emptied when it is done, as a thousand of them take 27 GB. ETHOFRAME_SCALE says how many there are
(1000 by itself, which takes an hour or more), ETHOFRAME_SCALE_FOLDER where they are: a run on the
same folder goes on where one before it was stopped.
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

from benchmarks._command import Done, Watched
from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.formats import table

LONG = True
HOURS = 20
"""How many of them are different."""

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
    """Tenths of the recordings as they are done, and all of them."""
    with TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("ETHOFRAME_SCALE_FOLDER", temporary))
        tracks, out = folder / "tracks", folder / "out"
        written(tracks)
        arena = folder / "arena.toml"
        arena.write_text(ARENA, encoding="utf-8")
        words = "open-field", str(tracks), "--arena", str(arena), "--no-report", "--out", str(out)
        watched = Watched(words, folder / "errors.txt")
        count, first_s = 0, float("nan")
        for some in _tenths(watched, out):
            pairs = list(pairwise(some))
            cpu_s = median(b.cpu_s - a.cpu_s for a, b in pairs) if pairs else float("nan")
            first_s = first_s if count else cpu_s
            count += len(some)
            yield {
                "recordings": f"{count - len(some) + 1} to {count}",
                "s": median(b.wall_s - a.wall_s for a, b in pairs) if pairs else float("nan"),
                "cpu s": cpu_s,
                "growth": cpu_s / first_s,
                "peak MB": watched.peak_mb(some[0].wall_s, some[-1].wall_s),
            }
        yield {"recordings": f"all {count}", "peak MB": watched.peak_mb()}


def _tenths(watched: Watched, out: Path) -> Iterator[list[Done]]:
    """Recordings that this run has done, a tenth of all together."""
    some: list[Done] = []
    for done in watched.done():
        if done.before:
            continue
        (out / Path(done.name).stem / "tracks.parquet").write_bytes(b"")
        some.append(done)
        if len(some) == max(1, COUNT // 10):
            yield some
            some = []
    if some:
        yield some


def written(folder: Path) -> None:
    """Some different hours, and links to them; what is there already is left."""
    kept = folder.parent / "hours"
    for each in (kept, folder):
        each.mkdir(exist_ok=True)
    for number in range(COUNT):
        hours, link = kept / f"{number % HOURS}.parquet", folder / f"{number:04d}.parquet"
        if not hours.exists():
            table.write_tracks(hours, hour(number % HOURS))
        if not link.exists():
            os.link(hours, link)


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
