"""How confidence, and steps from frame to frame, are spread: a histogram for each keypoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter

from ethoframe.data.noun import Array
from ethoframe.report.figures.confidence import keypoints_told
from ethoframe.report.figures.plate import HALF, Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.palette import BLUE, INK, LOST
from ethoframe.report.sureness import Sureness
from ethoframe.report.wording import number, plain

CONFIDENCE, STEPS = "Histogram of confidence", "Histogram of steps"
LEFT, RIGHT, TOP, BOTTOM, LANE = 58, 14, 26, 46, 54
HIGH = 0.58
"""Share of a lane that its bars may fill; its words stand above."""
LEAST = 1e-4
"""Share of the places at the foot of a lane; a bar of fewer is drawn as high as one of twice."""
BINS = 40
ABOVE = 1e-3
"""No step is drawn as shorter than this, in the unit of the tracks."""


@dataclass(frozen=True)
class Bars:
    """What is drawn of one keypoint.

    Parameters
    ----------
    edges
        Of the bars ``(n + 1,)``.
    all, sure
        Share of the places in each ``(n,)``, of all and of the sure ones.
    told
        The keypoint, and its number.
    """

    edges: Array
    all: Array
    sure: Array
    told: str


def confidence_spread(found: Sureness) -> Plate:
    """How often each confidence occurs, with the gate."""
    edges = edges_with(found.gate)
    bars = []
    for lane, told in enumerate(keypoints_told(found)):
        known = found.sure[np.isfinite(found.sure[:, lane]), lane]
        shares = _shares(known, edges, len(known))
        sure = np.where(edges[:-1] >= found.gate - 1e-9, shares, 0.0)
        bars.append(Bars(edges, shares, sure, told))
    with look():
        sheet, axes = _lanes(bars, "confidence", [f"under {found.gate:g}", "sure"])
        axes.set_xlim(0, 1)
        axes.axvline(found.gate, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), alpha=0.7)
        svg = sheet.svg("confidence-histogram", f"{CONFIDENCE}. {'; '.join(b.told for b in bars)}")
    text = (
        f"How often each confidence occurs, in {len(edges) - 1} steps; the height is the share of "
        f"the keypoint's places, from {_percent(LEAST)} to 100 % on a logarithmic scale, so that "
        f"few places show too. Dashed: {found.gate:g}. {found.rule}"
    )
    return Plate("confidence-histogram", CONFIDENCE, text, svg)


def step_spread(found: Sureness) -> Plate:
    """How far each keypoint moved from one frame to the next."""
    moved = np.where(found.steps > 0, found.steps, np.nan)
    if not np.isfinite(moved).any():
        absent = "No keypoint moved between two frames in a row: there are no steps to draw."
        return Plate("step-histogram", STEPS, absent)
    edges = log_edges(moved)
    both, bars = found.both, []
    for lane, name in enumerate(found.names):
        steps = found.steps[:, lane]
        known = np.isfinite(steps)
        inside = np.clip(steps, edges[0], None)
        n = int(known.sum())
        every = _shares(inside[known], edges, n)
        sure = _shares(inside[known & both[:, lane]], edges, n)
        bars.append(Bars(edges, every, sure, f"{plain(name, 28)}: {_usual(steps, found.unit)}"))
    with look():
        what = [f"from or to a place under {found.gate:g}", "between sure places"]
        sheet, axes = _lanes(bars, f"step ({found.unit} per frame)", what)
        axes.set_xscale("log")
        axes.set_xlim(edges[0], edges[-1])
        powers = np.arange(round(np.log10(edges[0])), round(np.log10(edges[-1])) + 1)
        axes.xaxis.set_major_locator(FixedLocator((10.0**powers).tolist()))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        axes.minorticks_off()
        svg = sheet.svg("step-histogram", f"{STEPS}. {'; '.join(b.told for b in bars)}")
    text = (
        "How far each keypoint moved from one frame to the next, in all frames that were asked "
        f"for; heights as beside. Steps under {number(float(edges[0]))} {found.unit} are in the "
        "first bar. What jumps far and is unsure falls to clean/gate, what jumps and is sure to "
        "clean/jumps."
    )
    return Plate("step-histogram", STEPS, text, svg)


def edges_with(gate: float) -> Array:
    """Bars of about even width from 0 to 1, one of whose edges is the gate.

    Examples
    --------
    >>> bool(np.isin(0.33, edges_with(0.33))), len(edges_with(1.0))
    (True, 41)
    """
    gate = float(np.clip(gate, 0, 1))
    low = max(1, round(gate * BINS)) if gate > 0 else 0
    high = max(1, BINS - low) if gate < 1 else 0
    return np.unique(
        np.concatenate([np.linspace(0, gate, low + 1), np.linspace(gate, 1, high + 1)])
    )


def log_edges(moved: Array) -> Array:
    """Bars of even width on a logarithmic scale that hold all steps, from a power of ten on."""
    known = moved[np.isfinite(moved)]
    low = np.floor(np.log10(max(float(np.percentile(known, 0.5)), ABOVE)))
    high = max(np.ceil(np.log10(float(known.max())) + 1e-9), low + 1)
    return np.logspace(low, high, round((high - low) * 12) + 1)


def _shares(values: Array, edges: Array, n: int) -> Array:
    """Share of `n` in each bar."""
    return np.asarray(np.histogram(values, edges)[0] / max(n, 1))


def _usual(steps: Array, unit: str) -> str:
    known = steps[np.isfinite(steps)]
    if not len(known):
        return "never in two frames in a row"
    half, most = (number(float(f"{v:.3g}")) for v in np.percentile(known, [50, 99]))
    return f"median {half} {unit}, 99 % under {most} {unit}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def heights(shares: Array) -> Array:
    """How high bars are in a lane of height 1: 0 of nothing, 1 of all, logarithmic between.

    Examples
    --------
    >>> heights(np.array([0.0, 0.01, 1.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    with np.errstate(divide="ignore"):
        high = 1 - np.log10(shares) / np.log10(LEAST)
    least = 1 - np.log10(2 * LEAST) / np.log10(LEAST)
    return np.where(shares > 0, np.clip(high, least, 1), 0.0)


def _lanes(bars: Sequence[Bars], label: str, what: Sequence[str]) -> tuple[Sheet, Axes]:
    """One lane for each keypoint, all on the same axis; `what` is unsure and what is sure."""
    lanes = len(bars)
    sheet = Sheet(HALF, TOP + LANE * lanes + BOTTOM)
    axes = sheet.axes(LEFT, TOP, RIGHT, BOTTOM)
    axes.set_ylim(0, lanes)
    ticks, words = [], []
    for lane, each in enumerate(bars):
        foot = lanes - lane - 1
        for shares, colour in ((each.all, LOST), (each.sure, BLUE)):
            top = foot + HIGH * heights(shares)
            axes.stairs(top, each.edges, baseline=foot, fill=True, color=colour, linewidth=0)
        axes.axhline(foot, color=INK, linewidth=0.6, alpha=0.4)
        place = 0.0, foot + HIGH
        at = axes.get_yaxis_transform()
        axes.text(*place, f" {each.told}", color=INK, fontsize=11, va="bottom", transform=at)
        ticks += [foot, foot + HIGH]
        words += [_percent(LEAST), "100 %"]
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_major_formatter(FixedFormatter(words))
    axes.tick_params(axis="y", labelsize=9)
    axes.set_xlabel(label)
    axes.set_ylabel("share of places", labelpad=2)
    _legend(sheet, what)
    return sheet, axes


def _legend(sheet: Sheet, what: Sequence[str]) -> None:
    pairs = zip((LOST, BLUE), what, strict=True)
    sheet.figure.legend(
        handles=[Patch(color=colour, linewidth=0, label=words) for colour, words in pairs],
        loc="upper right",
        bbox_to_anchor=(1 - (RIGHT - 2) / sheet.width, 1 - 4 / sheet.height),
        ncols=2,
        handlelength=1.1,
        handleheight=0.9,
        columnspacing=1.2,
        borderpad=0,
        borderaxespad=0,
    )
