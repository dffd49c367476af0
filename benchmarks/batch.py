"""Whether the cost of a video stays the same through a batch of 200, and what a batch survives.

The command ``ethoframe open-field FOLDER --side 40cm``, reports included, on 200 clips of three
seconds and one file that is no video. Each line tells of 50 videos: s and cpu s are the median cost
of one, on the clock and in processor time, peak MB the most memory held meanwhile. *all* includes
the start, and the tables and pages over everything; *failed* counts files that were told as such.

*killed, then again*: of 40 videos the process is killed (SIGKILL) amid the 21st, and the same
command is given again. kept: done before the kill, and found again; anew: the rest, analysed by the
second run.
"""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._command import Done, Watched
from ethoframe.testing.scenes import SCENES, film

COUNT = 200
KILLED = 40
QUARTER = 50
CLIPS = ("open_field", "light_on_dark", "circle", "noisy")
SIZE = (240, 320)
SECONDS = 3.0
AMID_S = 0.3  # after a video is done, the next one is on its way

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """Quarters of the batch, all of it, and the batch that is killed."""
    with TemporaryDirectory() as folder:
        clips = rendered(Path(folder) / "clips")
        yield from of_quarters(clips, Path(folder) / "all")
        yield of_the_killed(clips, Path(folder) / "killed")


def rendered(folder: Path) -> list[Path]:
    """A few different clips."""
    short = (replace(SCENES[name], size=SIZE, duration_s=SECONDS) for name in CLIPS)
    return [film(scene, folder / f"{scene.name}.mp4") for scene in short]


def of_quarters(clips: Sequence[Path], folder: Path) -> Iterator[Row]:
    """The whole batch without a break, one broken file amid it."""
    videos, out = copied(clips, COUNT, folder / "videos"), folder / "out"
    (videos / f"{COUNT // 2 - 1:03d} broken.mp4").write_bytes(b"this is no video")
    watched = Watched(command(videos, out), folder / "errors.txt")
    began = time.perf_counter()
    done = list(watched.done())
    whole_s = time.perf_counter() - began
    for first in range(0, COUNT, QUARTER):
        some = done[first : first + QUARTER]
        if len(some) > 1:
            yield {"videos": f"{first + 1} to {first + len(some)}", **cost(some, watched)}
    yield {
        "videos": "all",
        "whole s": whole_s,
        "peak MB": watched.peak_mb(),
        "done": len(done),
        "failed": failures(out),
        "exit": watched.process.returncode,
    }


def cost(some: Sequence[Done], watched: Watched) -> Row:
    """What one video costs, by the times between those that are ready one after the other."""
    pairs = list(pairwise(some))
    return {
        "s": median(b.wall_s - a.wall_s for a, b in pairs),
        "cpu s": median(b.cpu_s - a.cpu_s for a, b in pairs),
        "peak MB": watched.peak_mb(some[0].wall_s, some[-1].wall_s),
        "done": len(some),
    }


def of_the_killed(clips: Sequence[Path], folder: Path) -> Row:
    """A batch that ends in the middle, and its second half."""
    videos, out = copied(clips, KILLED, folder / "videos"), folder / "out"
    first = Watched(command(videos, out), folder / "errors.txt")
    for index, _ in enumerate(first.done()):
        if index == KILLED // 2 - 1:
            time.sleep(AMID_S)
            first.process.kill()
    again = Watched(command(videos, out), folder / "errors.txt")
    done = list(again.done())
    kept = sum(one.before for one in done)
    return {
        "videos": "killed, then again",
        "done": len(done),
        "failed": failures(out),
        "exit": again.process.returncode,
        "kept": kept,
        "anew": len(done) - kept,
    }


def copied(clips: Sequence[Path], count: int, folder: Path) -> Path:
    """A folder of videos, the clips in turn."""
    folder.mkdir(parents=True)
    for number in range(count):
        shutil.copyfile(clips[number % len(clips)], folder / f"{number:03d}.mp4")
    return folder


def command(videos: Path, out: Path) -> tuple[str, ...]:
    """What is typed."""
    return "open-field", str(videos), "--side", "40cm", "--out", str(out)


def failures(out: Path) -> int:
    """How many recordings the batch tells as failed."""
    table = out / "failures.csv"
    if not table.exists():
        return 0
    with table.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.DictReader(file))
