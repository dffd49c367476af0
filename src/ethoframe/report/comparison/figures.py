"""Scores, learning curves and capacity as figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.palette import ARENA, zone_colour
from ethoframe.report.wording import plain, unit
from ethoframe.run.comparing.outcome import Capacity, Comparison, Course
from ethoframe.run.comparing.yardstick import Metric
from ethoframe.score.bootstrap import Estimate

WIDE, ROW, LETTER = 720.0, 26.0, 6.6
"""Width of a figure, height of a line of it and width of a letter, in px."""

BEYOND = 2.0
"""A curve is drawn on to so many times the labels that there are."""


def scores_figure(found: Comparison) -> str:
    """The deciding metric of each contestant with its interval, and that between people."""
    metric = found.metric
    rows = [(each.name, each.scores[metric.name], bool(each.seen)) for each in found.standings]
    people = found.human.get(metric.name)
    if people is not None:
        rows.append(("between people", people, False))
    left = 16 + LETTER * max(len(name) for name, _, _ in rows)
    with look():
        sheet = Sheet(WIDE, ROW * len(rows) + 62)
        axes = sheet.axes(min(left, WIDE / 2), 8, 16, 46)
        for place, (_, score, doubtful) in enumerate(rows):
            last = people is not None and place == len(rows) - 1
            colour = ARENA if last else zone_colour(place)
            if math.isfinite(score.low):
                axes.plot([score.low, score.high], [place] * 2, color=colour, lw=2.4)
            filled = "none" if doubtful else colour
            axes.plot([score.value], [place], "o", ms=7, mec=colour, mfc=filled, mew=1.6)
        axes.set_yticks(range(len(rows)), [plain(name, 48) for name, _, _ in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlabel(_label(metric))
        axes.grid(axis="x", color=ARENA, alpha=0.25, lw=0.7)
        return sheet.svg("scores", f"{metric.name} of each method")


def curve_figure(found: Comparison) -> str:
    """Errors against the number of labels: of what was kept back, and of what was taught."""
    with look():
        sheet = Sheet(WIDE, 400)
        axes = sheet.axes(64, 12, 16, 96)
        names = [each.name for each in found.standings]
        for course in found.courses:
            _course(axes, course, zone_colour(names.index(course.name)))
        most = max(float(course.curve.sizes[-1]) for course in found.courses)
        for each in found.standings:
            if each.contestant.training is None and not each.seen:
                value = float(found.metric.loss(np.array(each.scores[found.metric.name].value)))
                colour = zone_colour(names.index(each.name))
                axes.axhline(
                    value, color=colour, lw=1.8, ls=(0, (6, 2)), label=plain(each.name, 40)
                )
        people = found.human.get(found.metric.name)
        if people is not None and math.isfinite(people.value):
            value = float(found.metric.loss(np.array(people.value)))
            axes.axhline(value, color=ARENA, lw=1.4, ls=":", label="between people")
        axes.axvline(most, color=ARENA, lw=0.8, alpha=0.6)
        sizes = sorted({int(size) for each in found.courses for size in each.curve.sizes})
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("labelled frames that teach")
        axes.set_ylabel(_label(found.metric, error=True))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3)
        return sheet.svg("curve", "Error against the number of labels")


def capacity_figure(found: Comparison, each: Capacity) -> str:
    """Errors of what was kept back and of what was taught, by the value of a parameter."""
    with look():
        sheet = Sheet(WIDE / 2, 260)
        axes = sheet.axes(64, 12, 12, 82)
        places = list(range(len(each.values)))
        for told, style, words in ((each.errors, "-", "kept back"), (each.taught, ":", "taught")):
            _line(axes, places, told, zone_colour(0), style, words)
        axes.set_xticks(places, [plain(value, 14) for value in each.values])
        axes.set_ylim(bottom=0)
        axes.set_xlabel(plain(f"{each.parameter} of {each.name}", 48))
        axes.set_ylabel(_label(found.metric, error=True))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2)
        return sheet.svg(f"capacity-{plain(each.name)}", f"Error against {each.parameter}")


def _course(axes: Axes, course: Course, colour: str) -> None:
    curve = course.curve
    sizes = [float(size) for size in curve.sizes]
    _line(axes, sizes, curve.errors, colour, "", f"{plain(course.name, 40)}: kept back")
    _line(axes, sizes, course.taught, colour, ":", f"{plain(course.name, 40)}: taught")
    if curve.law is not None:
        along = np.geomspace(sizes[0], BEYOND * sizes[-1], 80)
        errors = [curve.law.at(n) for n in along]
        axes.plot(along, errors, color=colour, lw=1.8)


def _line(
    axes: Axes,
    places: Sequence[float],
    told: Sequence[Estimate],
    colour: str,
    style: str,
    words: str,
) -> None:
    """Values with their intervals."""
    values = [each.value for each in told]
    filled = "none" if style == ":" else colour
    axes.plot(places, values, "o", ls=style or "none", color=colour, mfc=filled, ms=6, label=words)
    for place, each in zip(places, told, strict=True):
        if math.isfinite(each.low) and style != ":":
            axes.plot([place] * 2, [each.low, each.high], color=colour, lw=1.4)


def _label(metric: Metric, *, error: bool = False) -> str:
    name = f"1 − {metric.name}" if error and metric.more else metric.name
    return f"{name} ({unit(metric.unit)})" if metric.unit else name
