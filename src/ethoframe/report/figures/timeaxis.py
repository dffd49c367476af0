"""Axes along time: shared margins, min:s ticks, spans, envelopes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FixedLocator, FuncFormatter

from ethoframe.data.noun import Array
from ethoframe.report.palette import INK
from ethoframe.report.wording import clock

LEFT, RIGHT = 70, 14
"""Margins in px of every figure along time, so that their time axes stand under each other."""
MOST, STRETCHES = 4000, 1300
"""A line of more than `MOST` frames is drawn as the envelope of this many stretches of frames."""
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600)


def time_axis(axes: Axes, span_s: tuple[float, float], width: float, labelled: bool = True) -> None:
    """Limits, ticks at round times, and a label on the x axis of a figure `width` px wide."""
    start, stop = span_s
    stop = stop if stop > start else start + 1
    ticks, decimals = round_times(start, stop, max(3, (width - LEFT - RIGHT) / 70))
    axes.set_xlim(start, stop)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds, decimals)))
    axes.tick_params(axis="x", labelbottom=labelled)
    axes.yaxis.set_label_coords(-54 / (width - LEFT - RIGHT), 0.5)
    if labelled:
        axes.set_xlabel(time_label(stop))


def round_times(start: float, stop: float, most: float) -> tuple[list[float], int]:
    """At most so many round times between two, and the decimals their seconds need.

    Examples
    --------
    >>> round_times(0.0, 77.6, 5)
    ([0.0, 20.0, 40.0, 60.0], 0)
    """
    step = next((s for s in _STEPS if (stop - start) / s <= most), 0.0)
    step = step or 3600 * float(np.ceil((stop - start) / most / 3600))
    first, last = np.ceil(start / step - 1e-9), np.floor(stop / step + 1e-9)
    ticks = np.arange(int(first), int(last) + 1) * float(step)
    return ticks.tolist(), 1 if step < 1 else 0


def time_label(stop: float) -> str:
    """The label of an axis along time that ends at `stop`."""
    return "time (h:min:s)" if stop >= 3600 else "time (min:s)"


def _grid(axes: Axes) -> None:
    """Faint horizontal lines under the data."""
    axes.grid(axis="y", color=INK, alpha=0.13, linewidth=0.8)
    axes.set_axisbelow(True)


def shade(axes: Axes, spans: Array, low: float, high: float, colour: str, alpha: float = 1) -> None:
    """Spans ``(n, 2)`` in seconds as one filled path from `low` to `high` in shares of the axes.

    One path for all, and none narrower than half a px or closer than that to the next: an hour
    with a thousand episodes stays small, and a single lost frame stays visible.
    """
    left, right = axes.get_xlim()
    least = (right - left) / max(axes.get_window_extent().width, 1) / 2
    drawn = joined(np.clip(spans, left, right), least)
    if not len(drawn):
        return
    a, b = drawn.T
    corners = np.stack(
        [
            np.stack([x, np.full(len(a), y)], 1)
            for x, y in ((a, low), (b, low), (b, high), (a, high), (a, low))
        ],
        axis=1,
    )
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(a)
    path = Path(corners.reshape(-1, 2), codes)
    place = axes.get_xaxis_transform()
    axes.add_patch(
        PathPatch(
            path,
            facecolor=colour,
            edgecolor="none",
            alpha=alpha,
            transform=place,
            zorder=0.5,
            clip_on=high <= 1,
        )
    )


def joined(spans: Array, least: float) -> Array:
    """Spans ``(n, 2)`` at least `least` long, those less than `least` apart made one, in order.

    Examples
    --------
    >>> joined(np.array([[0.0, 0.1], [5.0, 7.0], [7.5, 9.0]]), 1.0).tolist()
    [[0.0, 1.0], [5.0, 9.0]]
    """
    spans = spans[spans[:, 1] >= spans[:, 0]]
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    if not len(spans):
        return spans
    stop = np.maximum.accumulate(np.maximum(spans[:, 1], spans[:, 0] + least))
    new = np.append(True, spans[1:, 0] > stop[:-1] + least)
    first = np.flatnonzero(new)
    return np.stack([spans[first, 0], stop[np.append(first[1:] - 1, len(spans) - 1)]], axis=1)


def trace(axes: Axes, times_s: Array, values: Array, colour: str) -> None:
    """Values over time as a line; with too many frames, as mean and range of stretches."""
    _grid(axes)
    size = stretch(len(values))
    times, low, mean, high = envelope(times_s, values, size)
    if size > 1:
        axes.fill_between(times, low, high, color=colour, alpha=0.28, linewidth=0)
    axes.plot(times, mean, color=colour, linewidth=1.1)


def stretch(frames: int) -> int:
    """Frames in each stretch of an envelope; 1 while every frame can be drawn."""
    return 1 if frames <= MOST else -(-frames // STRETCHES)


def envelope(times_s: Array, values: Array, size: int) -> tuple[Array, Array, Array, Array]:
    """Time, least, mean and greatest value in each stretch of `size` frames.

    A stretch without any value is NaN, so lines break where the animal is lost.

    Examples
    --------
    >>> t, low, mean, high = envelope(np.arange(4.0), np.array([1.0, 3.0, np.nan, np.nan]), 2)
    >>> low.tolist(), mean.tolist(), high.tolist()
    ([1.0, nan], [2.0, nan], [3.0, nan])
    """
    short = -len(values) % size
    rows = np.append(values, np.full(short, np.nan)).reshape(-1, size)
    known = np.isfinite(rows)
    number = known.sum(axis=1)
    nothing = number == 0
    low = np.where(known, rows, np.inf).min(axis=1, initial=np.inf)
    high = np.where(known, rows, -np.inf).max(axis=1, initial=-np.inf)
    mean = np.where(known, rows, 0).sum(axis=1) / np.maximum(number, 1)
    starts = np.arange(len(rows)) * size
    middle = (times_s[starts] + times_s[np.minimum(starts + size, len(times_s)) - 1]) / 2
    low, mean, high = (np.where(nothing, np.nan, column) for column in (low, mean, high))
    return middle, low, mean, high
