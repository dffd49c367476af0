"""Who saw what when: a row for each rater, a bar for each bout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ethoframe.data import Episodes
from ethoframe.report.palette import ZONES, zone_colour
from ethoframe.report.wording import escaped

WIDE, ROW, BAR, LEFT = 900.0, 20.0, 14.0, 130.0
"""In units of the drawing, which scales with the page."""


def raster(people: Mapping[str, Episodes], labels: Sequence[str]) -> str:
    """An SVG with a row for each rater; grey is what he looked at.

    Parameters
    ----------
    people
        What each saw of one individual.
    labels
        That are drawn, each in its colour.
    """
    last = max((float(each.support_s.max(initial=0.0)) for each in people.values()), default=0.0)
    last = max(
        [last, *(float(each.stop_s.max(initial=0.0)) for each in people.values())], default=1
    )
    across = WIDE / last if last > 0 else 1.0
    rows = "".join(
        _row(at * ROW, name, each, labels, across) for at, (name, each) in enumerate(people.items())
    )
    high = len(people) * ROW
    axis = "".join(
        f'<text x="{LEFT + time * across:.1f}" y="{high + 14:g}" text-anchor="middle">'
        f"{time:g} s</text>"
        for time in _ticks(last)
    )
    return (
        f'<svg viewBox="0 0 {LEFT + WIDE + 20:g} {high + 20:g}" role="img" '
        f'aria-label="bouts of each rater" class="raster">{rows}{axis}</svg>'
    )


def key(labels: Sequence[str]) -> str:
    """Which colour is which label."""
    cells = (
        f'<span><i style="background:{zone_colour(at)}"></i>{escaped(label)}</span>'
        for at, label in enumerate(labels)
    )
    more = " (colours come round again)" if len(labels) > len(ZONES) else ""
    return f'<p class="key">{"".join(cells)}{more}</p>'


def _row(top: float, name: str, each: Episodes, labels: Sequence[str], across: float) -> str:
    drawn = [f'<text x="{LEFT - 8:g}" y="{top + 12:g}" text-anchor="end">{escaped(name)}</text>']
    for start, stop in each.support_s.tolist():
        drawn.append(_bar(top, start, stop, across, 'class="looked"'))
    for at, label in enumerate(labels):
        for start, stop in each.spans(label).tolist():
            drawn.append(_bar(top, start, stop, across, f'fill="{zone_colour(at)}"'))
    return "".join(drawn)


def _bar(top: float, start: float, stop: float, across: float, look: str) -> str:
    # A bout is never thinner than what a screen shows.
    wide = max((stop - start) * across, 0.5)
    return (
        f'<rect x="{LEFT + start * across:.2f}" y="{top + 1:g}" width="{wide:.2f}" '
        f'height="{BAR:g}" {look}/>'
    )


def _ticks(last: float) -> list[float]:
    if last <= 0:
        return []
    rough = last / 6
    power = 10 ** np.floor(np.log10(rough))
    step = float(min(times * power for times in (1, 2, 5, 10) if times * power >= rough))
    return [float(time) for time in np.arange(0, last * (1 + 1e-9), step)]
