"""Numbers per frame as lines over time: values, measures of single frames, motion."""

from __future__ import annotations

import math

import numpy as np

from ethoframe.data import Frames, Measure, Transforms, Values
from ethoframe.data.noun import Array
from ethoframe.report.palette import BLUE, GREEN, ORANGE, VERMILLION
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.pairs import pairs
from ethoframe.report.picture.plate import View, plate
from ethoframe.report.picture.reading import frame_planes
from ethoframe.report.picture.tones import Tones
from ethoframe.report.wording import counted, escaped, number, quantity, unit

MOST = 12
"""Quantities that have a chart of their own."""
COLOURS = (BLUE, ORANGE, GREEN, VERMILLION)


def values_section(found: Found) -> str:
    """Each quantity over time, or its number where it holds for the whole recording."""
    values = found.answer("values", Values)
    # One row of numbers stands among the measures, with its definition.
    twice = values is not None and len(values) == 1 and len(found.measures) > 0
    return "" if twice else _values(values)


def chosen_figures(found: Found) -> str:
    """The levels and the like that the method chose."""
    told = _values(found.answer("chosen", Values))
    return f"<h3>Chosen by the method</h3>{told}" if told else ""


def _values(values: Values | None) -> str:
    if values is None or not len(values) or not len(values.names):
        return ""
    return _whole(values) if len(values) == 1 else _lines(values)


def _whole(values: Values) -> str:
    return pairs(
        {
            quantity(name): f"{number(float(value))} {unit(symbol)}".strip()
            for name, symbol, value in zip(values.names, values.units, values.table[0], strict=True)
        }
    )


def _lines(values: Values) -> str:
    charts = []
    across, label = _times(values.times_s, values.numbers)
    for name, symbol, column in list(zip(values.names, values.units, values.table.T, strict=True))[
        :MOST
    ]:
        title = quantity(name) + (f" ({unit(symbol)})" if unit(symbol) else "")
        charts.append(_chart(title, across, label, {"": column}))
    more = len(values.names) - MOST
    note = (
        f"<p>{counted(more, 'more quantity')}: see the table beside this page.</p>"
        if more > 0
        else ""
    )
    return f'<div class="charts">{"".join(charts)}</div>{note}'


def over_frames(rows: list[Measure]) -> str:
    """Measures of many frames, one chart for each quantity."""
    by_name: dict[tuple[str, str], list[Measure]] = {}
    for row in rows:
        by_name.setdefault((row.quantity, row.unit), []).append(row)
    charts = []
    for (name, symbol), own in list(by_name.items())[:MOST]:
        title = quantity(name) + (f" ({unit(symbol)})" if unit(symbol) else "")
        times = np.array([row.bin_start_s for row in own])
        order = np.argsort(times, kind="stable")
        column = np.array([row.value for row in own])[order]
        charts.append(_chart(title, times[order], "seconds", {"": column}))
    return f'<div class="charts">{"".join(charts)}</div>' if charts else ""


def motion_section(found: Found) -> str:
    """Shift and turn of each frame over time, how alike before and after; nothing without."""
    motion = found.answer("transforms", Transforms)
    if motion is None or not len(motion):
        return ""
    shifts, turns = moved_by(motion, found.recording.size, found.steps)
    across, label = _times(motion.times_s, motion.numbers)
    names = "xyz"[: shifts.shape[1]]
    parts = [
        _chart(f"shift ({motion.unit})", across, label,
               {axis: shifts[:, at] for at, axis in enumerate(names)}),
        _chart("turn (°)", across, label, {"": turns}),
    ]  # fmt: skip
    if np.isfinite(motion.similarity_before).any() or np.isfinite(motion.similarity_after).any():
        both = {"before": motion.similarity_before, "after": motion.similarity_after}
        parts.append(_chart("similarity", across, label, both))
    lost = int((~np.isfinite(shifts).all(axis=1)).sum())
    words = motion_words(motion, shifts, turns)
    if lost:
        words += f" No motion could be found for {counted(lost, 'frame')}."
    charts = f'<div class="charts">{"".join(parts)}</div>'
    rule = '<p class="rule">Shifts are those of the middle of the picture.</p>'
    return f"<p>{escaped(words)}</p>{charts}{rule}{_means(found)}"


def motion_words(motion: Transforms, shifts: Array, turns: Array) -> str:
    """The largest shift and turn, and how the similarity changed, in sentences."""
    lengths = np.linalg.norm(shifts, axis=1)
    if not np.isfinite(lengths).any():
        return "No frame's motion could be found."
    told = (
        f"The largest shift is {number(float(np.nanmax(lengths)))} {motion.unit}, the largest turn "
        f"{number(float(np.nanmax(np.abs(turns))))}°."
    )
    before, after = motion.similarity_before, motion.similarity_after
    both = np.isfinite(before) & np.isfinite(after)
    if both.any():
        worse = int((after[both] < before[both]).sum())
        told += (
            f" Median similarity {number(float(np.median(before[both])))} before and "
            f"{number(float(np.median(after[both])))} after; "
            f"{worse or 'none'} of {counted(int(both.sum()), 'frame')} less alike after."
        )
    return told


def moved_by(
    motion: Transforms, size: tuple[int, ...], steps: tuple[float, ...]
) -> tuple[Array, Array]:
    """Shift of the picture's middle ``(t, d)`` along x, y(, z), and turn in degrees ``(t,)``."""
    matrices = np.asarray(motion.matrices)
    axes = matrices.shape[1] - 1
    sides = np.array(steps if motion.unit == "mm" else (1.0,) * len(size))
    middle = ((np.array(size) - 1) / 2 * sides)[::-1][:axes]
    shifts = matrices[:, :axes, :axes] @ middle + matrices[:, :axes, axes] - middle
    if axes == 2:
        return shifts, np.degrees(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))
    trace = np.trace(matrices[:, :3, :3], axis1=1, axis2=2)
    return shifts, np.degrees(np.arccos(np.clip((trace - 1) / 2, -1, 1)))


def _means(found: Found) -> str:
    """The mean of all frames before and after, where both are known."""
    means = [found.answer(name, Frames) for name in ("mean_before", "mean_after")]
    kept = [(m, word) for m, word in zip(means, ("before", "after"), strict=True) if m and len(m)]
    if not kept:
        return ""
    # The same tones in both, or the sharper one would not look it.
    shown = [(plane, word, mean) for mean, word in kept for plane in frame_planes(mean)]
    tones = Tones.of([plane.pixels for plane, _, _ in shown], kept[0][0].channels)
    figures = []
    for plane, word, mean in shown:
        steps = mean.spacing_mm or (1.0,) * len(mean.size)
        flat = tuple(step for axis, step in enumerate(steps) if axis != plane.axis)
        view = View(
            f"mean of all frames, {word}",
            tones.shown(plane.pixels),
            (flat[0], flat[1]),
            mean.spacing_mm is not None,
        )
        figures.append(plate(view, alone=False))
    return f'<div class="views">{"".join(figures)}</div>'


def _times(times_s: Array, numbers: Array) -> tuple[Array, str]:
    known = np.isfinite(times_s).all() and len(times_s)
    return (times_s, "seconds") if known else (numbers.astype(np.float64), "frame")


def _chart(title: str, across: Array, label: str, lines: dict[str, Array]) -> str:
    every = np.concatenate(list(lines.values()))
    ends = np.asarray(across, np.float64)
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 1.0)
    chart = Chart(Scale(low, high if high > low else low + 1, label), Scale.over(every, title))
    for colour, line in zip(COLOURS, lines.values(), strict=False):
        chart.line(across, line, colour)
    keys = "".join(
        f'<span class="key-line" style="--c:{colour}">{escaped(name)}</span>'
        for colour, name in zip(COLOURS, lines, strict=False)
        if name
    )
    key = f'<p class="legend">{keys}</p>' if keys else ""
    known = every[np.isfinite(every)]
    said = f"median {number(float(np.median(known)))}" if known.size else "not known in any frame"
    said = said if len(lines) == 1 and math.isfinite(low) else ""
    caption = f"<figcaption>{escaped(title)}{': ' if said else ''}{said}</figcaption>"
    return f'<figure class="chart-box">{chart.svg(title)}{key}{caption}</figure>'
