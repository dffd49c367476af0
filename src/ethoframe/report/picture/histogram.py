"""How often each level is in the picture, and where the method drew its lines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise

import numpy as np

from ethoframe.contract import Kind, Method
from ethoframe.data import Values
from ethoframe.data.noun import Array
from ethoframe.report.palette import BLUE, GREEN, PURPLE, VERMILLION
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.tones import LUMA, real_levels, sampled
from ethoframe.report.wording import escaped, grouped, number, quantity

SAMPLED = 300_000
BINS = 256
GREY = "#8b95a1"
SHOWN_IN = {"red": VERMILLION, "green": GREEN, "blue": BLUE}
OTHERS = {2: (GREEN, PURPLE), 3: (VERMILLION, GREEN, BLUE)}
"""Near the colours in which other channels are shown, by how many there are."""
CUTS = frozenset({"level", "threshold", "low", "high"})
"""Words, one of which the name of a parameter begins with that cuts the levels."""


def levels_figure(found: Found) -> str:
    """The histogram of all that is shown, in HTML; a sentence where there is no level."""
    samples = [
        sampled(plane.pixels, SAMPLED // max(len(found.planes), 1)) for plane in found.planes
    ]
    pixels = np.concatenate(samples) if samples else np.zeros((0, 1))
    curves = _curves(pixels, found)
    known = [levels[np.isfinite(levels)] for _, levels, _ in curves]
    if not any(len(each) for each in known):
        return '<p class="absent">No pixel has a level: there is no histogram.</p>'
    edges = bin_edges(np.concatenate(known))
    counts = [counted_in(each, edges) for each in known]
    top = max(int(each.max()) for each in counts)
    chart = Chart(
        Scale(float(edges[0]), float(edges[-1]), "level"),
        Scale(0.8, 1.25 * max(top, 10), "pixels (logarithmic)", log=True),
    )
    for (_, _, colour), heights in zip(curves, counts, strict=True):
        if len(curves) == 1 or colour == GREY:
            chart.steps(edges, np.maximum(heights, 0.8), colour)
        else:
            chart.line((edges[:-1] + edges[1:]) / 2, np.maximum(heights, 0.8), colour)
    lines = chosen_levels(found)
    _drawn(chart, lines, (float(edges[0]), float(edges[-1])))
    said = _caption(found, len(pixels), edges, lines)
    key = "".join(
        f'<span class="key-line" style="--c:{colour}">{escaped(name)}</span>'
        for name, _, colour in curves
    )
    key = f'<p class="legend">{key}</p>' if len(curves) > 1 else ""
    return (
        f'<figure class="chart-box">{chart.svg("Histogram of levels")}{key}'
        f"<figcaption>{escaped(said)}</figcaption></figure>"
    )


def bin_edges(levels: Array, most: int = BINS) -> Array:
    """Bins for levels that are finite: as many levels in each where they are whole numbers.

    Examples
    --------
    >>> bin_edges(np.array([3, 5])).tolist()
    [2.5, 3.5, 4.5, 5.5]
    """
    low, high = float(levels.min()), float(levels.max())
    if levels.dtype.kind in "ui":
        wide = max(1, math.ceil((high - low + 1) / most))
        count = max(1, math.ceil((high - low + 1) / wide))
        return low - 0.5 + wide * np.arange(count + 1)
    if not high > low:
        room = abs(low) * 1e-3 or 0.5
        low, high = low - room, high + room
    # Ends far apart overflow where one is subtracted from the other.
    return np.linspace(low, high, most + 1) if math.isfinite(high - low) else np.array([low, high])


def counted_in(levels: Array, edges: Array) -> Array:
    """How many levels are in each of bins that are equally wide.

    Examples
    --------
    >>> counted_in(np.array([3, 5, 5]), np.array([2.5, 3.5, 4.5, 5.5])).tolist()
    [1, 0, 2]
    """
    # Told by their ends, bins need no search: with all edges numpy sorts the levels.
    return np.histogram(levels, len(edges) - 1, (float(edges[0]), float(edges[-1])))[0]


def chosen_levels(found: Found) -> list[tuple[str, float, float]]:
    """Name, least and greatest value of each level that the method chose or was given."""
    lines: list[tuple[str, float, float]] = []
    chosen = found.answer("chosen", Values)
    if chosen is not None:
        shown = np.isin(chosen.numbers, [plane.number for plane in found.planes])
        rows = chosen.table[shown] if shown.any() else chosen.table
        for name, unit, column in zip(chosen.names, chosen.units, rows.T, strict=True):
            known = column[np.isfinite(column)]
            if len(known) and (unit == "level" or "level" in name):
                lines.append((quantity(name), float(known.min()), float(known.max())))
    if not lines:
        lines = [(quantity(name), value, value) for name, value in _given(found.method)]
    return lines


def _given(method: Method) -> Iterator[tuple[str, float]]:
    """Parameters at which levels are cut; levels of another meaning, such as noise, are not."""
    for declared in fields(method) if method.gives is Kind.LABELMAP else ():
        value = getattr(method, declared.name)
        number_given = isinstance(value, int | float) and not isinstance(value, bool)
        cuts = declared.name.split("_")[0] in CUTS and declared.metadata.get("unit") == "level"
        if cuts and number_given and math.isfinite(value):
            yield declared.name, float(value)


def _drawn(chart: Chart, lines: list[tuple[str, float, float]], ends: tuple[float, float]) -> None:
    inside = [line for line in lines if ends[0] <= line[1] <= ends[1]]
    for row, (name, low, high) in enumerate(sorted(inside, key=lambda line: line[1])):
        if high > low:
            chart.band(low, high, VERMILLION)
        chart.upright((low + high) / 2, f"{name} {_between(low, high)}", VERMILLION, row % 8)
    band = [next((v for n, v, _ in lines if n.startswith(end)), None) for end in ("low", "high")]
    if band[0] is not None and band[1] is not None:
        chart.band(max(band[0], ends[0]), min(band[1], ends[1]), GREEN)


def _between(low: float, high: float) -> str:
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def _curves(pixels: Array, found: Found) -> list[tuple[str, Array, str]]:
    """Name, levels and colour of each curve."""
    names = found.recording.channels
    only = getattr(found.method, "channel", "")
    real = real_levels(pixels)
    if only in names:
        return [(only, real[:, names.index(only)], GREY)]
    if found.tones.way == "grey":
        return [(names[0], real[:, 0], GREY)]
    shown = len(found.tones.spans)
    curves = [
        (name, real[:, index], SHOWN_IN.get(name.lower(), OTHERS[shown][index]))
        for index, name in enumerate(names[:shown])
    ]
    if found.tones.way == "colour":
        bright = (
            (real[:, :3].astype(np.float32) @ LUMA).round()
            if real.dtype.kind in "ui"
            else (real[:, :3] @ LUMA)
        )
        levels = bright.astype(np.int64) if real.dtype.kind in "ui" else bright
        curves.insert(0, ("luma", levels, GREY))
    return curves


def _caption(
    found: Found, sampled_pixels: int, edges: Array, lines: list[tuple[str, float, float]]
) -> str:
    whole = sum(plane.pixels.shape[0] * plane.pixels.shape[1] for plane in found.planes)
    what = "planes" if len(found.recording.size) == 3 else "frames"
    of = f" of the {len(found.planes)} {what} shown" if len(found.planes) > 1 else ""
    part = "every pixel" if sampled_pixels >= whole else f"{grouped(str(sampled_pixels))} pixels"
    width = next((b - a for a, b in pairwise(edges)), 1.0)
    said = f"Levels of {part}{of}, in bins of {number(float(width))}."
    outside = [
        f"{name} {_between(low, high)}"
        for name, low, high in lines
        if not edges[0] <= low <= edges[-1]
    ]
    return said + (f" Outside the picture's levels: {', '.join(outside)}." if outside else "")
