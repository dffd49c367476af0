"""Small charts as SVG that follow the page's theme, drawn by hand: dozens take no time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.palette import BLUE
from ethoframe.report.wording import escaped, grouped, number

WIDTH, HEIGHT = 460, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 16, 40
MOST_POINTS = 600
"""Of a line; more are narrower than a pixel, and are drawn as their least and greatest."""
POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """One axis.

    Parameters
    ----------
    low, high
        Its ends; drawn apart where they are not.
    label
        What it shows, with the unit.
    log
        Whether it is logarithmic; then both ends are above 0.
    whole
        Whether it counts things, of which there is no half.
    """

    low: float
    high: float
    label: str
    log: bool = False
    whole: bool = False

    @classmethod
    def over(cls, values: Array, label: str, *, zero: bool = False) -> Scale:
        """From the least to the greatest number that is finite, with a little room; from 0 if so.

        Examples
        --------
        >>> Scale.over(np.array([1.0, np.nan, 3.0]), "x", zero=True).low
        0.0
        """
        known = values[np.isfinite(values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
        return cls(min(0.0, low) if zero else low - room, high + room, label)

    def along(self, values: Array) -> Array:
        """Where values lie: 0 at the low end, 1 at the high end."""
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            with np.errstate(divide="ignore", invalid="ignore"):
                return (np.log(values) - low) / ((high - low) or 1.0)
        return (np.asarray(values, np.float64) - self.low) / ((self.high - self.low) or 1.0)

    def ticks(self) -> list[tuple[float, str]]:
        """Round values within the ends, as they are written."""
        if self.log:
            low, high = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            if high > low:
                every = max(1, -(-(high - low) // 5))
                return [(10.0**power, _power(power)) for power in range(low, high + 1, every)]
            return [(end, number(float(f"{end:.2g}"))) for end in (self.low, self.high)]
        step = round_length((self.high - self.low) / 4)
        step = max(step, 1.0) if self.whole else step
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [(k * step, _tick(k * step, step)) for k in range(first, last + 1)]


@dataclass
class Chart:
    """A chart that is being drawn.

    Parameters
    ----------
    across, up
        Its axes.
    """

    across: Scale
    up: Scale
    _marks: list[str] = field(default_factory=list)

    def line(self, x: Array, y: Array, colour: str = BLUE) -> None:
        """A line; it is broken where a value is not finite, and a lone value is a dot."""
        x, y = thinned(np.asarray(x, np.float64), np.asarray(y, np.float64))
        known = np.isfinite(x) & np.isfinite(y)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], known.view(np.int8), [0]])))
        for first, stop in edges.reshape(-1, 2):
            places = self._places(x[first:stop], y[first:stop])
            if stop - first == 1:
                at_x, at_y = places.split(",")
                self._marks.append(f'<circle cx="{at_x}" cy="{at_y}" r="2.5" fill="{colour}"/>')
            else:
                self._marks.append(f'<polyline points="{places}" stroke="{colour}" class="l"/>')

    def area(self, x: Array, y: Array, colour: str) -> None:
        """What lies below a line."""
        base = np.full(2, self.up.low)
        places = self._places(np.append(x, [x[-1], x[0]]), np.append(y, base))
        self._marks.append(f'<polygon points="{places}" fill="{colour}"/>')

    def steps(self, edges: Array, heights: Array, colour: str) -> None:
        """Bars side by side, without gaps, from the axis up."""
        x = np.repeat(edges, 2)[1:-1]
        self.area(x, np.repeat(np.maximum(heights, self.up.low), 2), colour)

    def upright(self, x: float, label: str, colour: str, row: int = 0) -> None:
        """A line from top to bottom with its words at the top; `row` sets words apart."""
        (at,) = self._across(np.array([x]))
        right = at > (WIDTH + LEFT) / 2
        side, anchor = (-4, "end") if right else (4, "start")
        self._marks.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" class="u" '
            f'stroke="{colour}"/><text x="{at + side:.1f}" y="{TOP + 10 + 14 * row}" '
            f'text-anchor="{anchor}" class="o">{escaped(label)}</text>'
        )

    def band(self, low: float, high: float, colour: str) -> None:
        """A pale stripe from top to bottom."""
        left, right = self._across(np.array([low, high]))
        self._marks.insert(
            0,
            f'<rect x="{left:.1f}" y="{TOP}" width="{max(right - left, 0):.1f}" '
            f'height="{HEIGHT - BOTTOM - TOP}" fill="{colour}" opacity="0.16"/>',
        )

    def svg(self, title: str) -> str:
        """The chart as an SVG element."""
        frame = (
            f'<path class="f" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>'
            f'<text x="{(WIDTH + LEFT - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">'
            f'{escaped(self.across.label)}</text><text x="{LEFT}" y="11" text-anchor="middle">'
            f"</text>"
        )
        return (
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
            f"<title>{escaped(title)}</title>{self._ticks()}{''.join(self._marks)}{frame}"
            f'<text transform="translate(12 {(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" '
            f'text-anchor="middle">{escaped(self.up.label)}</text></svg>'
        )

    def _ticks(self) -> str:
        told = []
        for value, text in self.across.ticks():
            (at,) = self._across(np.array([value]))
            told.append(
                f'<path class="f" d="M{at:.1f} {HEIGHT - BOTTOM}v4"/><text x="{at:.1f}" '
                f'y="{HEIGHT - BOTTOM + 17}" text-anchor="middle">{escaped(text)}</text>'
            )
        for value, text in self.up.ticks():
            (at,) = self._up(np.array([value]))
            told.append(
                f'<path class="g" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/><text x="{LEFT - 6}" '
                f'y="{at + 4:.1f}" text-anchor="end">{escaped(text)}</text>'
            )
        return "".join(told)

    def _across(self, x: Array) -> Array:
        return LEFT + np.clip(self.across.along(x), 0, 1) * (WIDTH - LEFT - RIGHT)

    def _up(self, y: Array) -> Array:
        return HEIGHT - BOTTOM - np.clip(self.up.along(y), 0, 1) * (HEIGHT - TOP - BOTTOM)

    def _places(self, x: Array, y: Array) -> str:
        pairs = zip(self._across(x).tolist(), self._up(y).tolist(), strict=True)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in pairs)


def thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """A line of at most `MOST_POINTS`: of a stretch of many, its least and its greatest value.

    Examples
    --------
    >>> bool(thinned(np.arange(10_000.0), np.eye(1, 10_000, 77)[0])[1].max() == 1)
    True
    """
    if len(x) <= MOST_POINTS:
        return x, y
    edges = np.linspace(0, len(x), MOST_POINTS // 2 + 1).astype(int)[:-1]
    low = np.minimum.reduceat(np.where(np.isfinite(y), y, np.inf), edges)
    high = np.maximum.reduceat(np.where(np.isfinite(y), y, -np.inf), edges)
    both = np.stack([low, high], axis=1).ravel()
    return np.repeat(x[edges], 2), np.where(np.isfinite(both), both, np.nan)


def round_length(length: float) -> float:
    """The nearest of 1, 2 and 5 times a power of ten that is not longer; 1 of nothing.

    Examples
    --------
    >>> round_length(0.07), round_length(4.0)
    (0.05, 2.0)
    """
    if not (math.isfinite(length) and length > 0):
        return 1.0
    power = math.floor(math.log10(length) + 1e-9)
    digit = max(digit for digit in (1, 2, 5) if digit * 10.0**power <= length * (1 + 1e-9))
    return float(f"{digit}e{power}")


def _tick(value: float, step: float) -> str:
    if abs(value) < step / 2:
        return "0"
    decimals = -math.floor(math.log10(step) + 1e-9)
    if decimals > 6 or abs(value) >= 1e6:
        return f"{value:.{max(1, math.floor(math.log10(abs(value))) + decimals + 1)}g}"
    return grouped(f"{value:.{max(0, decimals)}f}")


def _power(power: int) -> str:
    return f"{10**power}" if 0 <= power <= 3 else "10" + str(power).translate(POWERS)
