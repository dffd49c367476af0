"""A value with its interval in one row of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ethoframe.report.wording import number

WIDE, HIGH, ROOM = 230.0, 26.0, 8.0
"""Of the picture, in px, and the room beside its axis."""
NO_BAND = (math.nan, math.nan)


@dataclass(frozen=True)
class Scale:
    """An axis along a row."""

    low: float
    high: float

    @classmethod
    def of(cls, ends: Sequence[float]) -> Scale:
        """That holds all of them, as far as they are finite."""
        finite = [end for end in ends if math.isfinite(end)] or [0.0]
        room = 0.04 * (max(finite) - min(finite)) or 1.0
        return cls(min(finite) - room, max(finite) + room)

    def at(self, value: float) -> float:
        """Where a value stands, in px; beyond the axis at its end."""
        share = (value - self.low) / (self.high - self.low)
        return ROOM + (WIDE - 2 * ROOM) * min(max(share, 0.0), 1.0)

    @property
    def ticks(self) -> list[float]:
        """A few round values."""
        rough = (self.high - self.low) / 3
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(times * power for times in (1, 2, 2.5, 5, 10) if times * power >= rough)
        first = math.ceil(self.low / step)
        found = [step * (first + index) for index in range(6)]
        return [0.0 if abs(tick) < step / 1e6 else tick for tick in found if tick <= self.high]


def picture(
    scale: Scale,
    none: float,
    ends: tuple[float, float, float] | None,
    band: tuple[float, float],
    kind: str = "",
) -> str:
    """A value with its interval, as SVG.

    Parameters
    ----------
    scale
        The axis, which all rows share.
    none
        Where there is no difference; a line.
    ends
        Low end, value and high end; None where there is nothing to draw.
    band
        An interval to compare with, drawn pale; NaN for none.
    kind
        Class of its style.
    """
    drawn = []
    if band[0] == band[0]:
        left, right = (scale.at(end) for end in band)
        place = f'x="{left:.1f}" y="0" width="{right - left:.1f}" height="{HIGH:g}"'
        drawn.append(f'<rect class="band" {place}/>')
    x = scale.at(none)
    drawn.append(f'<line class="none" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HIGH:g}"/>')
    if ends is not None:
        low, middle, high = (scale.at(end) for end in ends)
        y = HIGH / 2
        drawn.append(f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:g}" y2="{y:g}"/>')
        drawn.append(f'<circle cx="{middle:.1f}" cy="{y:g}" r="4"/>')
    named = f' class="{kind}"' if kind else ""
    return _svg(f"<g{named}>{''.join(drawn)}</g>")


def axis(scale: Scale, none: float) -> str:
    """A few values along a scale, and where there is no difference."""
    ticks = scale.ticks
    words = "".join(
        f'<text x="{scale.at(tick):.1f}" y="{HIGH - 8:g}" text-anchor="middle">{number(tick)}'
        "</text>"
        for tick in ticks
    )
    marks = "".join(
        f'<line x1="{scale.at(tick):.1f}" x2="{scale.at(tick):.1f}" y1="{HIGH - 5:g}" '
        f'y2="{HIGH:g}"/>'
        for tick in ticks
    )
    x = scale.at(none)
    line = f'<line class="none" x1="{x:.1f}" x2="{x:.1f}" y1="{HIGH - 5:g}" y2="{HIGH:g}"/>'
    return _svg(words + marks + line, "axis")


def _svg(inner: str, kind: str = "") -> str:
    return (
        f'<svg class="forest {kind}" viewBox="0 0 {WIDE:g} {HIGH:g}" width="{WIDE:g}" '
        f'height="{HIGH:g}" aria-hidden="true">{inner}</svg>'
    )
