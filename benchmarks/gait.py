"""Whether steps are found where people saw them, and when.

Three mice that walked along a beam, filmed from the side at 100 frames per second: steps of the
hind paw by `behave/steps` on the network's raw output, beside the swings that a person noted.
People left steps out, so what was found besides is listed (extras) and not counted as wrong.

edge: start or stop of the swing. median, p90: of the absolute error, and bias: the mean of found
less noted, in frames of 10 ms as episodes.csv has them; from, to: 95 % interval, drawn by mouse, so
of three. median ms, p90 ms, bias ms: of the times themselves, which lie between frames. settings:
as they come, and what else there is to choose; none of these rows was used to choose.

A person notes whole frames: the first of the swing, which began up to a frame before it, and one at
its end. Nobody says whether the paw still moves in that, and whether frames were counted from 0 or
from 1. By itself a noted end is held for the first frame that is not of the swing, and frames are
counted from 0, as in episodes.csv; the other readings have rows of their own. The table speaks for
last frames: a stance ends one frame before the swing after it starts. The instructions for such
tables speak for counting from 1: the first frame is at one by the frame rate.
``python -m benchmarks.gait`` draws the figure of the docs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from benchmarks._films import shared
from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.formats import dlc
from ethoframe.methods.behave.steps import Steps
from ethoframe.run import apply
from ethoframe.score.bootstrap import estimate, median

FOLDER = "data/gait"
TABLE = "25mm.xlsx"
FIGURE = Path(__file__).parents[1] / "docs" / "gait.svg"
RATE = 100.0
RUNS = {"14": "3", "15": "3", "16": "18"}
"""The run of each mouse that was followed."""

OTHERS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "thresholds × 0.5": {"start_share": 0.5, "stop_share": 0.25, "least_bl_per_s": 0.5},
    "thresholds × 2": {"start_share": 2.0, "stop_share": 1.0, "least_bl_per_s": 2.0},
    "one threshold, 1": {"stop_share": 1.0},
    "speed over 0.02 s": {"span_s": 0.02},
    "speed over 0.06 s": {"span_s": 0.06},
    "sure from 0.9": {"sure": 0.9},
}

READINGS: Mapping[str, tuple[int, int]] = {
    "noted end is the last frame": (0, 1),
    "the same, frames counted from 1": (-1, 0),
}
"""How many frames later start and stop were than they are held for, in other readings."""

OFF = ("off", "off_s")

Row = dict[str, Any]


@dataclass(frozen=True)
class Matched:
    """What a person noted of one mouse, and what was found.

    Parameters
    ----------
    noted
        First and last frame of each swing ``(n, 2)``, in seconds.
    found
        Starts and stops ``(m, 2)`` of all swings, in seconds.
    hits
        How many of the found overlap each noted one ``(n,)``.
    off_s
        Found less noted ``(k, 2)``, of those that overlap exactly one, in seconds.
    off
        The same in frames: each edge is the first frame at or after its time.
    """

    noted: Array
    found: Array
    hits: Array
    off_s: Array
    off: Array

    def read(self, later: tuple[int, int]) -> Matched:
        """The same, where starts and stops were so many frames later than they are held for."""
        return replace(self, off=self.off - later, off_s=self.off_s - np.array(later) / RATE)

    @property
    def extras_s(self) -> list[float]:
        """Starts of the swings that no person noted, in seconds."""
        return [
            float(start)
            for start, stop in self.found
            if not np.any((start < self.noted[:, 1]) & (stop > self.noted[:, 0]))
        ]


def rows() -> Iterator[Row]:
    """By mouse and together; then every second frame, and other settings."""
    for name, parameters in OTHERS.items():
        found = {mouse: matched(mouse, **parameters) for mouse in RUNS}
        if name == "default":
            for mouse, one in found.items():
                yield from _told(name, {mouse: one})
        yield from _told(name, found)
        if name == "default":
            for reading, later in READINGS.items():
                yield from _told(reading, {m: one.read(later) for m, one in found.items()})
            yield from _told("every second frame", {m: matched(m, step=2) for m in RUNS})


def matched(mouse: str, step: int = 1, **parameters: Any) -> Matched:
    """The swings of the hind paw of one mouse beside those that were noted."""
    tracks = followed(mouse).take(slice(None, None, step))
    found = apply(Steps(**parameters), tracks=tracks).spans("hind paw swing")
    noted = steps_noted(shared() / FOLDER / TABLE, mouse, RUNS[mouse])[:, :2]
    over = (found[:, 0] < noted[:, [1]]) & (found[:, 1] > noted[:, [0]])
    once = over.sum(axis=1) == 1
    hit = found[over[once].argmax(axis=1)]
    first = np.searchsorted(tracks.times_s, hit)
    frames = np.append(tracks.numbers, tracks.numbers[-1] + step)[first]
    off = frames - np.round(noted[once] * RATE)
    return Matched(noted, found, over.sum(axis=1), hit - noted[once], off)


def followed(mouse: str) -> Tracks:
    """The network's output, as it is."""
    path = next((shared() / FOLDER).glob(f"*Mouse{mouse}_*SIMI*.csv"))
    return dlc.read_tracks(path, rate=RATE)


def steps_noted(path: Path, mouse: str, run: str) -> Array:
    """Swing start, swing end and stance end of each step ``(n, 3)`` in seconds, as noted."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    whose = ""
    for first, _, of, _, *times in sheet.iter_rows(min_row=2, values_only=True):
        whose = str(first) if first is not None else whose
        if (whose, str(of)) == (mouse, run):
            known = [float(time) for time in times[:15] if time is not None]
            return np.array(known).reshape(-1, 3)
    raise ValueError(f"no steps of mouse {mouse}, run {run}, in {path}")


def _told(settings: str, found: Mapping[str, Matched]) -> Iterator[Row]:
    whose = [mouse for mouse, one in found.items() for _ in one.off]
    off, off_s = (np.concatenate([getattr(each, n) for each in found.values()]) for n in OFF)
    for edge, name in enumerate(("start", "stop")):
        each, each_ms = off[:, edge], 1000 * off_s[:, edge]
        middle = estimate(np.abs(each), median, whose=whose)
        bias = estimate(each, whose=whose)
        several = len(found) > 1
        yield {
            "settings": settings,
            "mouse": "all" if several else next(iter(found)),
            "edge": name,
            "noted": sum(len(one.noted) for one in found.values()),
            "once": len(off),
            "extras": sum(len(one.extras_s) for one in found.values()),
            "median": middle.value,
            "from": middle.low if several else None,
            "to": middle.high if several else None,
            "p90": float(np.percentile(np.abs(each), 90)),
            "bias": bias.value,
            "bias from": bias.low if several else None,
            "bias to": bias.high if several else None,
            "median ms": float(np.median(np.abs(each_ms))),
            "p90 ms": float(np.percentile(np.abs(each_ms), 90)),
            "bias ms": float(each_ms.mean()),
            "extras at s": "" if several else _listed(next(iter(found.values())).extras_s),
        }


def _listed(times_s: list[float]) -> str:
    return " ".join(f"{time:.2f}" for time in times_s)


def draw(mouse: str = "15") -> None:
    """The figure of docs/gait.md: the way of one paw, swings found, and steps noted."""
    import matplotlib.pyplot as plt

    tracks, noted = followed(mouse), steps_noted(shared() / FOLDER / TABLE, mouse, RUNS[mouse])
    sure = tracks.confidence[:, tracks.keypoints.index("Hind paw tao"), 0] >= Steps().sure
    figure, axes = plt.subplots(figsize=(7.2, 2.6))
    for start, stop in matched(mouse).found:
        axes.axvspan(start, stop, color="#9ecae1", lw=0)
    for start, middle, stop in noted:
        axes.plot([start, middle], [60, 60], color="#d95f02", lw=5, solid_capstyle="butt")
        axes.plot([middle, stop], [60, 60], color="#fdd0a2", lw=5, solid_capstyle="butt")
    axes.plot(tracks.times_s, np.where(sure, tracks.place("hind_paw")[:, 0], np.nan), color="k")
    axes.set(xlim=(2.5, 4.8), xlabel="s", ylabel="hind paw, x in px")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(FIGURE, metadata={"Date": None})


if __name__ == "__main__":
    draw()
