"""How much a definition decides, on one real film: the example of docs/definitions.md.

what, keypoint: which number, of which point of the body. all frames, every second: from all frames
and from every other one. Time in the centre is in s; distances are in mm on a floor whose
longer side is 40 cm.
``python -m benchmarks.definitions`` writes the tables and the figure into the docs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._films import MOUSE, open_field, shared
from ethoframe import formats
from ethoframe.contract import Recipe
from ethoframe.data import Arena, Episodes, Measures, Recording, Tracks
from ethoframe.methods.clean.gaps import Gaps
from ethoframe.methods.clean.smooth import Smooth
from ethoframe.methods.clean.to_floor import ToFloor
from ethoframe.methods.measure.motion import Motion
from ethoframe.methods.measure.zones import Zones
from ethoframe.run import apply
from ethoframe.run.analysis import Analysis

PAGE = Path(__file__).parents[1] / "docs" / "definitions.md"
FIGURE = PAGE.with_suffix("") / "distance.svg"
KEYPOINTS = ("head_end", "centroid", "tail_end")
CENTRES = ("centre 11 %", "centre 25 %", "centre 40 %")
MEAN_S = 0.5
SPANS_S = np.arange(0, 1.01, 0.1)

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """Centre, then distance, each by every keypoint."""
    raw, arena = followed(formats.read(shared() / MOUSE))
    every, halved = raw, raw.take(slice(None, None, 2))
    for name in (*[f"time in {centre}" for centre in CENTRES], "time away from wall"):
        for keypoint in KEYPOINTS:
            yield _row(
                name, keypoint, *(_middle(t, arena, name, keypoint) for t in (every, halved))
            )
    for name in ("raw", "smoothed", "0.5-s mean", "corrected"):
        for keypoint in KEYPOINTS:
            yield _row(
                name, keypoint, *(distances(t, arena, keypoint)[name] for t in (every, halved))
            )


def followed(film: Recording) -> tuple[Tracks, Arena]:
    """The animal as found in each frame of the film, in px, and the floor."""
    recipe = open_field()
    asked = Recipe(**{**vars(recipe), "gives": {**recipe.gives, "orient": "orient"}})
    answers: Any = Analysis(film, asked).answers()
    return answers["orient"], answers["arena"]


def on_floor(raw: Tracks, arena: Arena, *, smooth: bool = True) -> Tracks:
    """The tracks as the recipe has them, with or without smoothing."""
    filled = apply(Gaps(), tracks=raw)
    tracks = apply(Smooth(), tracks=filled) if smooth else filled
    floor: Tracks = apply(ToFloor(), tracks=tracks, arena=arena)
    return floor


def motion(raw: Tracks, arena: Arena, keypoint: str = "centroid") -> Measures:
    """What the recipe's step says of motion."""
    smooth, found = on_floor(raw, arena), on_floor(raw, arena, smooth=False)
    told: Measures = apply(Motion(keypoint=keypoint, bin_s=0.0), tracks=smooth, raw=found)
    return told


def distances(raw: Tracks, arena: Arena, keypoint: str) -> dict[str, float]:
    """The way of a keypoint by four definitions, in mm."""
    told = motion(raw, arena, keypoint)
    floor = on_floor(raw, arena, smooth=False)
    return {
        "raw": told.value("distance, raw"),
        "smoothed": told.value("distance"),
        "0.5-s mean": mean_path(floor, keypoint, MEAN_S),
        "corrected": told.value("distance, corrected"),
    }


def mean_path(floor: Tracks, keypoint: str, span_s: float) -> float:
    """Length of the path of a running mean over `span_s`."""
    points, half = floor.at(keypoint), span_s / 2 * (1 + 1e-9)
    first = np.searchsorted(floor.times_s, floor.times_s - half)
    last = np.searchsorted(floor.times_s, floor.times_s + half, side="right")
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(points, axis=0)])
    mean = (sums[last] - sums[first]) / (last - first)[:, None]
    return float(np.hypot(*np.diff(mean, axis=0).T).sum())


def _middle(raw: Tracks, arena: Arena, quantity: str, keypoint: str) -> float:
    floor = on_floor(raw, arena)
    nobody = Episodes.of("", np.zeros((0, 2)), floor.support_s("centroid"))
    bare = replace(arena, zones=())
    told = apply(Zones(keypoint=keypoint, bin_s=0.0), tracks=floor, arena=bare, visits=nobody)
    return float(told.value(quantity))


def _row(what: str, keypoint: str, every: float, second: float) -> Row:
    return {"what": what, "keypoint": keypoint, "all frames": every, "every second": second}


def tables(found: list[Row]) -> dict[str, list[str]]:
    """The tables of the page, line by line."""
    by = {(row["what"], row["keypoint"]): row for row in found}
    centre = ["| in the centre, s | head end | centroid | tail end |", "|---|---|---|---|"]
    for name in (*[f"time in {c}" for c in CENTRES], "time away from wall"):
        told = name.removeprefix("time in ").replace("centre ", "") + " of the floor"
        told = "over 100 mm from wall" if "wall" in name else told
        cells = " | ".join(f"{by[name, k]['all frames']:.1f}" for k in KEYPOINTS)
        centre.append(f"| {told} | {cells} |")
    way = [
        "| path, m | head end | centroid | tail end |",
        "|---|---|---|---|",
    ]
    names = {
        "raw": "*distance, raw*: as found in each frame",
        "smoothed": "*distance*: parabola over 0.2 s",
        "0.5-s mean": "running mean over 0.5 s",
        "corrected": "*distance, corrected*: movements over 2 mm",
    }
    for name, told in names.items():
        cells = " | ".join(_both(by[name, k]) for k in KEYPOINTS)
        way.append(f"| {told} | {cells} |")
    return {"centre": centre, "distance": way}


def _both(row: Row) -> str:
    change = 100 * (row["every second"] / row["all frames"] - 1)
    return f"{row['all frames'] / 1000:.2f} ({change:+.1f} %)"


def draw(raw: Tracks, arena: Arena) -> None:
    """Path over smoothing span, for all frames and for every second."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "ethoframe", "font.size": 9, "svg.fonttype": "none"})
    colours = {"head_end": "#d55e00", "centroid": "#0072b2", "tail_end": "#009e73"}
    figure, axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
    for keypoint, colour in colours.items():
        for step, style in ((1, "-"), (2, ":")):
            some = raw.take(slice(None, None, step))
            floor = on_floor(some, arena, smooth=False)
            way = [mean_path(floor, keypoint, float(s)) / 1000 for s in SPANS_S]
            name = keypoint.replace("_", " ")
            axes.plot(SPANS_S, way, style, color=colour, label=name if step == 1 else None)
            counted = motion(some, arena, keypoint).value("distance, corrected") / 1000
            axes.plot(1.04 + 0.03 * step, counted, "o" if step == 1 else "x", color=colour)
    axes.axvline(1.03, color="0.8", linewidth=0.8)
    axes.set_xticks([*SPANS_S[::2], 1.085], [*(f"{span:g}" for span in SPANS_S[::2]), "corrected"])
    axes.set_ylim(0, None)
    axes.set_xlabel("running mean over (s)")
    axes.set_ylabel("path (m)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower left", title="all frames; dotted, ×: every second")
    FIGURE.parent.mkdir(exist_ok=True)
    figure.savefig(FIGURE, metadata={"Date": None})
    plt.close(figure)


def write() -> None:
    """Put the tables and the figure into the docs."""
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in tables(list(rows())).items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = between.sub(lambda m, lines=lines: m[1] + "\n".join(lines) + "\n" + m[2], text)
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    draw(*followed(formats.read(shared() / MOUSE)))


if __name__ == "__main__":
    write()
