"""Axes of a plane seen from above: the picture in px, or the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from ethoframe.data import Arena, Transform, Zone
from ethoframe.data.noun import Array
from ethoframe.report.course import Course
from ethoframe.report.figures.plate import HALF
from ethoframe.report.figures.sheet import Sheet
from ethoframe.report.palette import ARENA, zone_colour

LEFT, RIGHT, TOP, STRIP = 58, 14, 8, 92
ROW = 19
"""Height in px of one row of a legend."""
TALLEST = 620
BEYOND = 0.25
"""Positions farther outside the arena than this share of its size are not drawn, but counted."""


@dataclass(frozen=True)
class Bounds:
    """A rectangle of the plane: x to the right, y down."""

    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def around(cls, points: Array, arena: Arena | None) -> Bounds | None:
        """What holds the arena and the points, with a margin; None when there is neither."""
        known = points[np.isfinite(points).all(axis=1)]
        if arena is not None:
            low, high = arena.outline.min(axis=0), arena.outline.max(axis=0)
            reach = BEYOND * (high - low)
            known = np.concatenate([arena.outline, np.clip(known, low - reach, high + reach)])
        if not len(known):
            return None
        low, high = known.min(axis=0), known.max(axis=0)
        margin = 0.03 * max(*(high - low), 1e-9)
        (left, top), (right, bottom) = low - margin, high + margin
        return cls(float(left), float(right), float(top), float(bottom))

    def within(self, size: tuple[int, int]) -> Bounds:
        """The part that lies in a picture of `size` (y, x)."""
        return Bounds(
            max(self.left, -0.5),
            min(self.right, size[1] - 0.5),
            max(self.top, -0.5),
            min(self.bottom, size[0] - 0.5),
        )

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, top, bottom."""
        return self.left, self.right, self.top, self.bottom


def plane(bounds: Bounds, unit: str, rows: int = 0) -> tuple[Sheet, Axes]:
    """A sheet half a page wide, axes of equal scale, below them legend `rows` and a strip."""
    foot = STRIP + rows * ROW
    across, down = bounds.right - bounds.left, bounds.bottom - bounds.top
    scale = min((HALF - LEFT - RIGHT) / across, TALLEST / down)
    spare = HALF - LEFT - RIGHT - scale * across
    sheet = Sheet(HALF, scale * down + TOP + foot)
    axes = sheet.axes(LEFT + spare / 2, TOP, RIGHT + spare / 2, foot)
    axes.set_xlim(bounds.left, bounds.right)
    axes.set_ylim(bounds.bottom, bounds.top)
    axes.spines[["top", "right"]].set_visible(True)
    for axis, room in ((axes.xaxis, scale * across / 60), (axes.yaxis, scale * down / 45)):
        axis.set_major_locator(
            MaxNLocator(max(1, int(min(room, 7))), steps=[1, 2, 5, 10], min_n_ticks=1)
        )
    axes.set_xlabel(f"x ({unit})")
    axes.set_ylabel(f"y ({unit})")
    return sheet, axes


def floor_arena(arena: Arena | None, course: Course, px_per_unit: float) -> Arena | None:
    """The arena in the unit of the course's floor positions; None when it cannot be put there."""
    if arena is None or arena.unit == course.unit:
        return arena
    if course.unit == "mm" and arena.to_floor is not None:
        return arena.mapped(arena.to_floor)
    if course.unit == "bl" and px_per_unit > 0:
        return arena.mapped(Transform.scaling(1 / px_per_unit, "px", "bl"))
    return None


def outlines(axes: Axes, arena: Arena | None) -> None:
    """The arena in grey and its zones in their colours, each on a casing that sets it off."""
    if arena is None:
        return
    for zone, colour in drawn_zones(arena):
        for outline in zone.outlines:
            _closed(axes, outline, colour)
    _closed(axes, arena.seen, ARENA)


def drawn_zones(arena: Arena) -> list[tuple[Zone, str]]:
    """Zones with their colours, without those that end where the arena ends: a periphery."""
    return [
        (zone, zone_colour(index))
        for index, zone in enumerate(arena.zones)
        if not np.array_equal(zone.outline, arena.outline)
    ]


def _closed(axes: Axes, outline: Array, colour: str) -> None:
    ring = np.vstack([outline, outline[:1]])
    axes.plot(*ring.T, color="white", linewidth=3.2, alpha=0.7, zorder=2)
    axes.plot(*ring.T, color=colour, linewidth=1.6, zorder=2.1)


def strip(
    sheet: Sheet, ramp: Array, ticks: list[float], labels: list[str], title: str, bottom: float = 38
) -> None:
    """A colour bar along the foot of the sheet; `ticks` are shares of its length."""
    axes = sheet.axes(LEFT, sheet.height - bottom - 9, RIGHT, bottom)
    sheet.picture(axes, (ramp[None] * 255).round().astype(np.uint8), (0, 1, 1, 0), "png")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.yaxis.set_visible(False)
    axes.spines[["left", "top", "right", "bottom"]].set_visible(False)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda _, i: labels[i or 0]))
    axes.set_xlabel(title, labelpad=2)
