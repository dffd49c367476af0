"""One measure of all animals: every animal a point, groups beside each other."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.lines import Line2D

from ethoframe.data import Effect
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.palette import ARENA, INK, zone_colour
from ethoframe.report.study import estimate
from ethoframe.report.study.categories import Category
from ethoframe.report.study.spread import Spread
from ethoframe.report.study.study import Animal, Key
from ethoframe.report.study.swarm import swarm
from ethoframe.report.wording import plain, unit

PT_PER_MM = 72 / 25.4
HEIGHT, SLOT, NARROWEST, WIDEST = 62 * PT_PER_MM, 19 * PT_PER_MM, 32 * PT_PER_MM, 160 * PT_PER_MM
"""Of the whole, of a group, of all groups together: in points, which are px on the page."""
LEFT, RIGHT, TOP, BOTTOM, LEGEND = 43.0, 5.0, 7.0, 32.0, 13.0
DOT, ASIDE, LETTER, LINE = 4.6, 0.33, 4.5, 10.5
"""Diameter of a point; how far the mean stands beside them, in groups; a letter and a line."""
MANY = 30
"""Animals of a group from which on points are smaller, so that they do not cover each other."""
STYLE: Any = {
    "pdf.fonttype": 42,  # letters stay letters, with their font in the file
    "font.size": 7.5,
    "axes.labelsize": 8,
    "axes.linewidth": 0.7,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7,
    "xtick.major.size": 0,
    "ytick.major.size": 2.5,
    "ytick.major.width": 0.7,
    "xtick.major.pad": 4,
    "ytick.major.pad": 2,
    "legend.fontsize": 6.8,
}
SEXES = {"f": "o", "female": "o", "♀": "o", "m": "s", "male": "s", "♂": "s"}
FINER = {("mm", 3): ("m", 1e-3), ("mm2", 4): ("cm2", 1e-2), ("s", 3): ("min", 1 / 60)}
"""Units in which values from that power of ten on are easier to read."""


@dataclass(frozen=True)
class Panel:
    """A figure of one measure.

    Parameters
    ----------
    key
        Which measure.
    columns
        Groups from left to right.
    effects
        Differences between them, drawn to the right of the animals where they can be.

    Notes
    -----
    A circle is a female, a square a male, a diamond another; a circle as well where no sex is
    given. Filled: the tracking is good. Open: somebody should look. A cross: it failed, and is not
    in the mean.
    """

    key: Key
    columns: tuple[Category, ...]
    effects: tuple[Effect, ...] = ()

    @property
    def beside(self) -> tuple[Effect, ...]:
        """The differences that are drawn: of two or three groups, in one session."""
        plain_groups = len({column.group for column in self.columns}) == len(self.columns)
        found = tuple(effect for effect in self.effects if estimate.drawable(effect))
        return found if plain_groups and len(self.columns) <= 3 else ()

    @property
    def drawn(self) -> bool:
        """Whether there is something to see: values that are not all the same."""
        return len(self.values) > 1

    @property
    def values(self) -> frozenset[float]:
        """Every value of any animal."""
        every = (animal.values.get(self.key) for c in self.columns for animal in c.animals)
        return frozenset(value for value in every if value is not None and math.isfinite(value))

    def sheet(self) -> Sheet:
        """The drawing; call it, and save what it gives, inside `style`."""
        marks = _legend(self.columns)
        count = len(self.columns) + len(self.beside)
        inner = min(max(NARROWEST, SLOT * count), WIDEST)
        slot = inner / count
        words = self._value_axis()
        left, top = LEFT + LINE * (len(words) - 1), TOP + (LEGEND if marks else 0)
        labels = [self._label(column, slot) for column in self.columns]
        slanted = None in labels
        names = [f"{plain(column.label)}, {self._count(column)}" for column in self.columns]
        names += [estimate.label(effect).replace("\n", " ") for effect in self.beside]
        labels += [estimate.label(effect) for effect in self.beside]
        bottom = BOTTOM
        if slanted:
            longest = LETTER * max(map(len, names))
            left, bottom = max(left, 0.8 * longest - 0.4 * slot), 0.7 * longest + 10
        sheet = Sheet(left + inner + RIGHT, HEIGHT + (bottom - BOTTOM))
        axes = sheet.axes(left, top, RIGHT, bottom)
        _limits(axes, self._reach(), count)
        axes.set_ylabel("\n".join(words))
        axes.yaxis.set_label_coords(-(LEFT - 15) / inner, 0.5)
        high = sheet.height - top - bottom
        for place, column in enumerate(self.columns):
            _points(axes, place, column, self.key, self._scale[1], (slot, high, self._dot))
            _mean(axes, place, Spread.of(column.values(self.key)), self._scale[1])
        for place, effect in enumerate(self.beside, len(self.columns)):
            groups = [column.group for column in self.columns]
            start = groups.index(effect.control) if effect.control in groups else -0.5
            estimate.draw(axes, place, effect, self._scale[1], start)
        _names(axes, names if slanted else [label or "" for label in labels], slanted)
        if marks:
            axes.legend(
                handles=marks, loc="lower right", bbox_to_anchor=(1 + RIGHT / inner, 1),
                ncols=len(marks), handletextpad=0, columnspacing=0.6, borderaxespad=0.2,
                borderpad=0, handlelength=1.3,
            )  # fmt: skip
        return sheet

    @property
    def _dot(self) -> float:
        """Diameter of a point."""
        most = max(len(column.animals) for column in self.columns)
        return DOT * min(1.0, math.sqrt(MANY / max(most, 1)))

    @property
    def _scale(self) -> tuple[str, float]:
        """The unit that is drawn, and what values are to be multiplied with."""
        usual = float(np.median(np.abs([*self.values])))
        for (unit_of, power), finer in FINER.items():
            if self.key.unit == unit_of and usual >= 10**power:
                return finer
        return self.key.unit, 1.0

    def _value_axis(self) -> list[str]:
        """The label of the axis of values, in one line or two."""
        name, symbol = plain(self.key.name, 64), unit(self._scale[0])
        return textwrap.wrap(f"{name} ({symbol})" if symbol else name, 32)[:3]

    def _reach(self) -> tuple[float, float, float]:
        """The least value, and between what values and intervals lie, as they are drawn."""
        spreads = [Spread.of(column.values(self.key)) for column in self.columns]
        ends = [end for spread in spreads for end in (spread.low, spread.high) if end == end]
        ends += [end for effect in self.beside for end in estimate.ends(effect)]
        factor = self._scale[1]
        every = [*self.values, *ends]
        return min(self.values) * factor, min(every) * factor, max(every) * factor

    def _count(self, column: Category) -> str:
        count = len(column.values(self.key))
        here = column.count
        return f"n = {count}" + (f" of {here}" if count != here else "")

    def _label(self, column: Category, slot: float) -> str | None:
        """Name and number of animals in lines; None where they do not fit under their points."""
        fits = int(slot / LETTER)
        words = [plain(part) for part in (column.group, column.session) if part]
        wrapped = [textwrap.wrap(word, max(fits, 1), break_long_words=False) for word in words]
        lines = [line for each in wrapped for line in each]
        if len(lines) > 2 or any(len(line) > fits for line in lines):
            return None
        return "\n".join([*lines, self._count(column)])


@contextmanager
def style() -> Iterator[None]:
    """The look of figures in print."""
    with look(), mpl.rc_context(STYLE):
        yield


def save_svg(sheet: Sheet, svg: str, path: Path) -> None:
    """Write what a drawing's `svg` gave, as large as it is meant to be printed."""
    size = f'width="{sheet.width / PT_PER_MM:.2f}mm" height="{sheet.height / PT_PER_MM:.2f}mm"'
    text = svg.replace("<svg ", f'<svg {size} color="#000" ', 1)
    path.write_text(text, encoding="utf-8", newline="\n")


def save_pdf(sheets: Sequence[Sheet], path: Path) -> None:
    """Write drawings, a page each.

    Letters are put into a file once, which takes longer than to draw a dozen figures.
    """
    nothing = {"CreationDate": None, "Creator": None, "Producer": None}
    with PdfPages(path, metadata=nothing) as pages:
        for sheet in sheets:
            sheet.figure.savefig(pages, format="pdf")


def _limits(axes: Axes, reach: tuple[float, float, float], columns: int) -> None:
    least, low, high = reach
    # From zero on, where that is near enough to leave room for the differences.
    low = 0.0 if least >= 0 and least < 0.5 * high else low
    room = 0.05 * (high - low) or abs(high) * 0.05 or 1.0
    axes.set_ylim(low - room * (0.6 if low == 0 else 1), high + room)
    axes.set_xlim(-0.55, columns - 0.38)
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))


def _points(
    axes: Axes,
    place: int,
    column: Category,
    key: Key,
    factor: float,
    size: tuple[float, float, float],
) -> None:
    """All animals of a group; `size` is that of the group's field and of a point, in points."""
    animals = [a for a in column.animals if math.isfinite(a.values.get(key, math.nan))]
    values = np.array([animal.values[key] for animal in animals]) * factor
    low, high = axes.get_ylim()
    aside = swarm((values - low) / (high - low) * size[1], 1.15 * size[2], 0.27 * size[0]) / size[0]
    by_mark: dict[tuple[str, str], list[int]] = {}
    for index, animal in enumerate(animals):
        by_mark.setdefault(_mark(animal), []).append(index)
    for (shape, word), those in by_mark.items():
        x = place - 0.1 + aside[those]
        axes.scatter(
            x, values[those], **_look(shape, word, zone_colour(column.number), size[2]), zorder=3
        )


def _mean(axes: Axes, place: int, spread: Spread, factor: float) -> None:
    if spread.count < 2:
        return
    x, mean = place + ASIDE, spread.mean * factor
    axes.plot([x - 0.09, x + 0.09], [mean, mean], color=INK, linewidth=1.6, zorder=4)
    if math.isfinite(spread.low):
        ends = [spread.low * factor, spread.high * factor]
        axes.plot([x, x], ends, color=INK, linewidth=0.8, zorder=4)


def _names(axes: Axes, labels: Sequence[str], slanted: bool) -> None:
    axes.set_xticks(range(len(labels)))
    if slanted:
        flat = [label.replace("\n", ", ") for label in labels]
        axes.set_xticklabels(flat, rotation=40, ha="right", rotation_mode="anchor")
    else:
        axes.set_xticklabels(labels, linespacing=1.25)


def _mark(animal: Animal) -> tuple[str, str]:
    """Shape and verdict of an animal's point."""
    sex = animal.row.sex.strip().casefold()
    return SEXES.get(sex, "D") if sex else "o", animal.word


def _look(shape: str, word: str, colour: str, dot: float) -> dict[str, Any]:
    area = dot**2 * (0.8 if shape == "D" else 1.0)
    if word == "failed":
        return {"marker": "x", "s": 0.75 * dot**2, "color": ARENA, "linewidths": 1.0}
    face = "none" if word == "look" else colour
    return {
        "marker": shape, "s": 0.9 * area, "facecolors": face, "edgecolors": colour,
        "linewidths": 0.9, "alpha": 0.9,
    }  # fmt: skip


def _legend(columns: Sequence[Category]) -> list[Line2D]:
    """What the shapes mean, where there is more than one."""
    animals = [animal for column in columns for animal in column.animals]
    found = []
    shapes = {SEXES.get(a.row.sex.strip().casefold(), "D"): 1 for a in animals if a.row.sex.strip()}
    if len(shapes) > 1:
        names = {"o": "female", "s": "male", "D": "other"}
        found += [_handle(names[shape], shape, ARENA) for shape in names if shape in shapes]
    words = {animal.word for animal in animals}
    if "look" in words:
        found.append(_handle("look", "o", "none"))
    if "failed" in words:
        found.append(_handle("failed", "x", ARENA))
    return found


def _handle(label: str, shape: str, face: str) -> Line2D:
    return Line2D(
        [], [], marker=shape, linestyle="none", markersize=3.8, markerfacecolor=face,
        markeredgecolor=ARENA, markeredgewidth=0.9, label=label,
    )  # fmt: skip
