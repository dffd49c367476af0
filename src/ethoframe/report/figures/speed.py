"""How fast the animal was, and when it did not move."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ethoframe.data import Episodes
from ethoframe.data.noun import Array
from ethoframe.report.course import Course, runs
from ethoframe.report.figures.plate import NARROW, WIDE, Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.figures.timeaxis import LEFT, RIGHT, shade, stretch, time_axis, trace
from ethoframe.report.palette import BLUE, IMMOBILE, LOST
from ethoframe.report.session import Session
from ethoframe.report.wording import counted, number

TITLE = "Speed"
HEIGHT, TOP, BOTTOM = 250, 30, 46
TOWERING = 3.0


def speed(session: Session, course: Course) -> Plate:
    """Speed on the floor over time, immobile spans shaded, lost frames marked above."""
    if not course.seen.any():
        return Plate("speed", TITLE, "No frame has a position: there is no speed to draw.")
    with look():
        wide, narrow = (_drawn(session, course, width) for width in (WIDE, NARROW))
    return Plate("speed", TITLE, _caption(session, course), wide, narrow)


def _drawn(session: Session, course: Course, width: int) -> str:
    sheet = Sheet(width, HEIGHT)
    axes = sheet.axes(LEFT, TOP, RIGHT, BOTTOM)
    time_axis(axes, course.span_s, width)
    values = course.speed()
    trace(axes, course.times_s, values, BLUE)
    axes.set_ylim(0, ceiling(values) * 1.06 or 1)
    axes.set_ylabel(f"speed ({course.unit}/s)")
    _shades(axes, session.activity, course)
    _legend(axes, session.activity, "" if course.seen.all() else course.whom)
    return sheet.svg("speed" if width == WIDE else "speed-narrow", TITLE)


def ceiling(values: Array) -> float:
    """Where the axis ends: the greatest value, unless a few frames tower over all the others.

    One wrong jump must not press the whole session into a flat line.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0
    return float(min(known.max(), TOWERING * np.percentile(known, 99)))


def _shades(axes: Axes, activity: Episodes | None, course: Course) -> None:
    if activity is not None:
        shade(axes, activity.spans("immobile"), 0, 1, IMMOBILE, 0.28)
    lost_spans(axes, course, 1.02, 1.07)


def lost_spans(axes: Axes, course: Course, low: float, high: float, alpha: float = 1) -> None:
    """Lost frames as marks between two heights in shares of the axes."""
    gaps = runs(~course.seen)
    if len(gaps):
        stops = np.append(course.times_s, course.span_s[1])[gaps[:, 1]]
        spans = np.stack([course.times_s[gaps[:, 0]], stops], axis=1)
        shade(axes, spans, low, high, LOST, alpha)


def _legend(axes: Axes, activity: Episodes | None, lost: str) -> None:
    """Over the top right corner, clear of the data and of the marks for lost frames."""
    handles = []
    if activity is not None:
        handles.append(Patch(color=IMMOBILE, alpha=0.4, linewidth=0, label="immobile"))
    if lost:
        handles.append(Patch(color=LOST, linewidth=0, label=f"{lost} not found"))
    if not handles:
        return
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.075),
        ncols=len(handles),
        handlelength=1.1,
        handleheight=0.9,
        borderaxespad=0,
        columnspacing=1.4,
    )


def _caption(session: Session, course: Course) -> str:
    text = (
        f"Speed of the {course.told} on the floor over the two steps beside "
        "each frame; none beside frames without a position."
    )
    if stretch(len(course)) > 1:
        text += f" The line is the mean, the band the range of every {stretch(len(course))} frames."
    values = course.speed()
    beyond = int((np.nan_to_num(values) > ceiling(values)).sum())
    if beyond:
        fastest = number(float(np.nanmax(values)))
        text += f" {counted(beyond, 'frame')} beyond the axis, up to {fastest} {course.unit}/s."
    if session.activity is None and not session.alone:
        text += " Nobody said when the animal was immobile."
    elif session.activity is not None and session.activity.author:
        text += f" Immobile according to {session.activity.author}."
    return text
