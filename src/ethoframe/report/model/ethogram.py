"""What people saw and what was answered, along time, and how probable that was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.agreement.raster import LEFT, WIDE, raster
from ethoframe.report.model.asked import Asked, Seen
from ethoframe.report.palette import zone_colour
from ethoframe.report.picture.chart import thinned
from ethoframe.report.wording import escaped

MOST = 12
"""Recordings that are drawn, at most."""

TALL = 56.0
"""Of the curve, in units of the drawing."""


def ethogram(found: Asked) -> str:
    """A strip for each individual of each recording: people, the answer, and its probability."""
    drawn, names = [], list(dict.fromkeys(each.name for each in found.seen))
    for name in names[:MOST]:
        own = [each for each in found.seen if each.name == name]
        people = {_said(each, own): each.truth for each in own}
        people["answered"] = own[0].answered
        drawn.append(
            f'<figure class="strip"><figcaption>{escaped(name)}</figcaption>'
            f"{raster(people, found.labels)}{_curves(own[0], found.labels)}</figure>"
        )
    more = len(names) - MOST
    words = f'<p class="rule">{more} more are not drawn.</p>' if more > 0 else ""
    return "".join(drawn) + words


def key(labels: Sequence[str]) -> str:
    """Which colour is which behaviour."""
    each = "".join(
        f'<span class="key-line" style="--c:{zone_colour(at)}">{escaped(label)}</span>'
        for at, label in enumerate(labels)
    )
    return f'<p class="legend">{each}</p>'


def _said(each: Seen, own: Sequence[Seen]) -> str:
    return each.author or ("said" if len(own) == 1 else f"person {own.index(each) + 1}")


def _curves(each: Seen, labels: Sequence[str]) -> str:
    """The probability of each behaviour, on the time axis of the strip."""
    last = max(float(told.support_s.max(initial=0.0)) for told in (each.truth, each.answered))
    last = max([last, *each.truth.stop_s.tolist()])
    across = WIDE / last if last > 0 else 1.0
    lines = []
    for at in range(len(labels)):
        for x, y in _unbroken(each.times_s, each.probable[:, at]):
            x, y = thinned(x, y)
            places = " ".join(
                f"{LEFT + a * across:.1f},{(1 - b) * (TALL - 4) + 2:.1f}"
                for a, b in zip(x.tolist(), y.tolist(), strict=True)
            )
            lines.append(f'<polyline points="{places}" stroke="{zone_colour(at)}" class="l"/>')
    grid = "".join(
        f'<path class="g" d="M{LEFT:g} {(1 - p) * (TALL - 4) + 2:.1f}h{WIDE:g}"/>'
        f'<text x="{LEFT - 8:g}" y="{(1 - p) * (TALL - 4) + 6:.1f}" text-anchor="end">{p:g}</text>'
        for p in (0.0, 1.0)
    )
    return (
        f'<svg viewBox="0 0 {LEFT + WIDE + 20:g} {TALL:g}" role="img" class="raster curves">'
        f"<title>How probable each behaviour is</title>{grid}{''.join(lines)}</svg>"
    )


def _unbroken(times_s: Array, values: Array) -> list[tuple[Array, Array]]:
    """Stretches without a break."""
    if len(times_s) < 2:
        return []
    breaks = np.flatnonzero(np.diff(times_s) > 1.5 * np.median(np.diff(times_s))) + 1
    pairs = zip(np.split(times_s, breaks), np.split(values, breaks), strict=True)
    return [(x, y) for x, y in pairs if len(x) > 1]
