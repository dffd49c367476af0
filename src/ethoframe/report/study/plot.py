"""Measures by each definition as one figure for print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ethoframe.data import Effect
from ethoframe.report.figures.sheet import Sheet
from ethoframe.report.palette import ARENA, BLUE, INK, VERMILLION
from ethoframe.report.study.estimate import unit_of
from ethoframe.report.study.otherwise import USED, Multiverse, holds, null, turned
from ethoframe.report.study.panel import save_pdf, save_svg, style
from ethoframe.report.study.study import Key
from ethoframe.report.wording import plain

NAME = "other_definitions"
"""Of its files, without suffix."""
WIDE, LEFT, RIGHT, ROW, TOP, BOTTOM, GAP = 255.0, 132.0, 10.0, 11.0, 16.0, 30.0, 8.0
"""In points: half a page of a paper; names beside the axis; a row; room around each measure."""
LETTERS = 34


@dataclass(frozen=True)
class Mark:
    """One row: what it is called, a value with its interval, and whether it says otherwise."""

    name: str
    low: float
    middle: float
    high: float
    turned: bool = False


def draw(multiverse: Multiverse, keys: Sequence[Key], folder: Path) -> bool:
    """Writes the figure into a folder, as SVG and PDF; nothing, and False, where nothing moves.

    Parameters
    ----------
    multiverse
        The study by each definition.
    keys
        Measures, one below the other.
    folder
        Where to; it must exist.
    """
    told = {key: [*_marks(multiverse, key)] for key in keys if multiverse.moving(key)}
    told = {key: marks for key, marks in told.items() if len(marks) > 1}
    if not told:
        return False
    with style():
        sheet = _sheet(multiverse, told)
        svg = sheet.svg(NAME, "Measures by each definition")
        save_svg(sheet, svg, folder / f"{NAME}.svg")
        save_pdf([sheet], folder / f"{NAME}.pdf")
    return True


def _sheet(multiverse: Multiverse, told: dict[Key, list[Mark]]) -> Sheet:
    heights = [TOP + ROW * len(marks) + BOTTOM + GAP for marks in told.values()]
    sheet = Sheet(WIDE, sum(heights))
    hidden = multiverse.usual.compared is None
    none, above = 1.0 if hidden else null(multiverse.usual.compared), 0.0
    for (key, marks), high in zip(told.items(), heights, strict=True):
        below = sheet.height - above - high + BOTTOM + GAP
        axes = sheet.axes(LEFT, above + TOP, RIGHT, below)
        _panel(axes, key, marks, none)
        symbol = unit_of(key.unit) if none == 0 else ""
        what = "ratio to as analysed" if hidden else "difference" if none == 0 else "ratio"
        axes.set_xlabel(f"{what} ({symbol})" if symbol else what)
        above += high
    return sheet


def _panel(axes: Axes, key: Key, marks: Sequence[Mark], none: float) -> None:
    ends = [none, *(e for m in marks for e in (m.low, m.middle, m.high) if math.isfinite(e))]
    room = 0.06 * (max(ends) - min(ends)) or 1.0
    low, high = min(ends) - room, max(ends) + room
    axes.set_xlim(low, high)
    axes.set_ylim(len(marks) - 0.4, -0.6)
    axes.set_title(plain(key.name, 56), loc="left", x=-(LEFT - 4) / (WIDE - LEFT - RIGHT))
    usual = marks[0]
    band = np.clip([usual.low, usual.high], low, high)
    if usual.low < usual.high:
        axes.axvspan(*band, color=BLUE, alpha=0.13, linewidth=0)
    axes.axvline(none, color=ARENA, linewidth=0.7, linestyle=":")
    for at, mark in enumerate(marks):
        colour = VERMILLION if mark.turned else INK
        span = np.clip([mark.low, mark.high], low, high)
        axes.plot(span, [at, at], color=colour, linewidth=1.1)
        axes.plot([mark.middle], [at], marker="o", markersize=3.6, color=colour)
    axes.set_yticks(range(len(marks)), [plain(mark.name, LETTERS) for mark in marks])
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(axis="x", length=2.5)


def _marks(multiverse: Multiverse, key: Key) -> Iterator[Mark]:
    if multiverse.usual.compared is None:
        yield Mark(USED, 1.0, 1.0, 1.0)
        for each in multiverse.moving(key):
            ratios = multiverse.ratios(each, key)
            if len(ratios):
                low, middle, high = (float(f(ratios)) for f in (np.min, np.median, np.max))
                yield Mark(each.name, low, middle, high)
        return
    none = null(multiverse.usual.compared)
    usual = {(e.level, e.control): e for e in multiverse.usual.effects(key)}
    for pair, before in usual.items():
        yield _mark(USED, before, len(usual) > 1)
        for each in multiverse.moving(key):
            for effect in each.effects(key):
                if (effect.level, effect.control) == pair:
                    both = holds(before, none) and holds(effect, none)
                    turns = bool(turned(before, effect, none)) and not both
                    yield _mark(each.name, effect, len(usual) > 1, turns=turns)


def _mark(name: str, effect: Effect, several: bool, *, turns: bool = False) -> Mark:
    named = f"{name}, {effect.level} − {effect.control}" if several else name
    return Mark(named, effect.low, effect.effect, effect.high, turns)
