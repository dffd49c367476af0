"""What the tracking itself looked like: area, steps, lost frames."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ethoframe.report.course import Course
from ethoframe.report.figures.plate import NARROW, WIDE, Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.figures.speed import ceiling, lost_spans
from ethoframe.report.figures.timeaxis import LEFT, RIGHT, time_axis, trace
from ethoframe.report.palette import GREEN, INK, LOST, PURPLE
from ethoframe.report.quality import ODD_FACTOR, Quality

AREA, STEPS = "Area and steps", "Steps"
PANEL, TOP, GAP, BOTTOM = 130, 30, 18, 46
DASHES = (0, (4, 3))
MOST_MARKS = 300
"""Only the largest jumps get a mark: a broken track must not make a page of ten megabytes."""


def tracking(course: Course, quality: Quality) -> Plate:
    """Area and step of every frame over time, with lost frames and jumps marked."""
    if not course.seen.any():
        return Plate("tracking", STEPS, "No frame has a position: there is no quality to draw.")
    with look():
        wide, narrow = (_drawn(course, quality, width) for width in (WIDE, NARROW))
    return Plate("tracking", titled(course), _caption(course, quality), wide, narrow)


def titled(course: Course) -> str:
    """What is drawn: steps, and areas where they are known."""
    return AREA if np.isfinite(course.area_px2).any() else STEPS


def _drawn(course: Course, quality: Quality, width: int) -> str:
    sized = bool(np.isfinite(course.area_px2).any())
    panels = 2 if sized else 1
    sheet = Sheet(width, TOP + panels * PANEL + (panels - 1) * GAP + BOTTOM)
    if sized:
        _area(sheet.axes(LEFT, TOP, RIGHT, BOTTOM + GAP + PANEL), course, width)
    _steps(
        sheet.axes(LEFT, TOP + (panels - 1) * (PANEL + GAP), RIGHT, BOTTOM), course, quality, width
    )
    _legend(sheet, course, quality)
    return sheet.svg("tracking" if width == WIDE else "tracking-narrow", titled(course))


def _legend(sheet: Sheet, course: Course, quality: Quality) -> None:
    handles: list[Patch | Line2D] = []
    if not course.seen.all():
        handles.append(Patch(color=LOST, alpha=0.5, linewidth=0, label=f"{course.whom} not found"))
    handles.append(Line2D([], [], color=INK, linestyle=DASHES, linewidth=0.9, label="limit"))
    if len(quality.jumps):
        handles.append(
            Line2D([], [], color=LOST, marker="v", linestyle="", markersize=6, label="jump")
        )
    sheet.figure.legend(
        handles=handles,
        loc="upper right",
        bbox_to_anchor=(1 - (RIGHT - 2) / sheet.width, 1 - 4 / sheet.height),
        ncols=len(handles),
        handlelength=1.6,
        columnspacing=1.4,
        borderpad=0,
        borderaxespad=0,
    )


def _area(axes: Axes, course: Course, width: int) -> None:
    time_axis(axes, course.span_s, width, labelled=False)
    trace(axes, course.times_s, course.area_px2, GREEN)
    lost_spans(axes, course, 0, 1, 0.35)
    middle = float(np.nanmedian(course.area_px2))
    for factor in (1 / ODD_FACTOR, ODD_FACTOR):
        _limit(axes, middle * factor)
    axes.set_ylim(0, max(ceiling(course.area_px2), middle * ODD_FACTOR) * 1.1)
    axes.set_ylabel("area (px²)")


def _steps(axes: Axes, course: Course, quality: Quality, width: int) -> None:
    time_axis(axes, course.span_s, width)
    trace(axes, course.times_s, quality.step_px, PURPLE)
    lost_spans(axes, course, 0, 1, 0.35)
    top = ceiling(quality.step_px)
    if np.isfinite(quality.jump_px):
        _limit(axes, quality.jump_px)
        top = max(top, 1.5 * quality.jump_px if len(quality.jumps) else quality.jump_px)
    axes.set_ylim(0, top * 1.2 or 1)
    axes.set_ylabel(f"step ({course.picture_unit})")
    _jumps(axes, course, quality, top)


def _jumps(axes: Axes, course: Course, quality: Quality, top: float) -> None:
    """A mark over each jump, at the top of the axis for those beyond it."""
    largest = sorted(quality.jumps, key=lambda row: -float(quality.step_px[row]))[:MOST_MARKS]
    heights = np.minimum(quality.step_px[largest] + 0.08 * top, 1.15 * top)
    axes.plot(course.times_s[largest], heights, "v", color=LOST, markersize=6, linestyle="")


def _limit(axes: Axes, value: float) -> None:
    axes.axhline(value, color=INK, linewidth=0.9, linestyle=DASHES, alpha=0.6)


def _caption(course: Course, quality: Quality) -> str:
    where = "in the picture" if course.picture_unit == "px" else "as tracked"
    text = f"Step of the {course.whom}{course.whose} from each frame to the next, {where}; "
    text += quality.jump_definition + "."
    if np.isfinite(course.area_px2).any():
        text = (
            f"Area of the animal, with limits at {1 / ODD_FACTOR:g} and {ODD_FACTOR:g} times its "
            "median. " + text
        )
    return text
