"""Which paw stood when, and how fast the body was: the gait diagram."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ethoframe.data import Episodes
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes
from ethoframe.report.course import Course
from ethoframe.report.figures.plate import NARROW, WIDE, Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.figures.speed import ceiling
from ethoframe.report.figures.timeaxis import LEFT, RIGHT, shade, time_axis, trace
from ethoframe.report.palette import ARENA, BLUE, INK, ORANGE
from ethoframe.report.session import STANCE, SWING, Session
from ethoframe.report.wording import clock, counted, duration, plain

TITLE = "Gait diagram"
SPEED, LANE, TOP, GAP, BOTTOM = 120, 44, 30, 14, 46
ORDER = (
    "left_hind_paw",
    "left_fore_paw",
    "right_fore_paw",
    "right_hind_paw",
    "hind_paw",
    "fore_paw",
)
"""From top to bottom, as Hildebrand drew them."""
WINDOW_S = 10.0
"""Of a longer walk, the stretch of this length with the most steps is drawn."""
MARGIN_S = 0.1
SPAN_S = 0.1
"""Speed of the body is over so long before and after each frame."""


def gait(session: Session, course: Course) -> Plate | None:
    """Stances of each paw as bars over time, the speed of the body above; None without steps."""
    steps = session.steps
    if steps is None:
        return None
    if not steps.labels:
        return Plate("gait", TITLE, "No paw was seen to stand or swing.")
    who = next(iter(steps.names), "")
    own = steps.about(who) if who else steps
    paws = _paws(own)
    shown_s = window(own, paws)
    told = [f"{plain(paw)}: {_told(own, paw)}" for paw in paws]
    with look():
        drawn = [_drawn(own, paws, told, course, shown_s, width) for width in (WIDE, NARROW)]
    return Plate("gait", TITLE, _caption(own, paws, course, shown_s), *drawn)


def window(steps: Episodes, paws: list[str]) -> tuple[float, float]:
    """The time that is drawn: of all steps, or of as many as `WINDOW_S` can hold."""
    every = np.concatenate([_spans(steps, paw) for paw in paws])
    start, stop = float(every[:, 0].min()), float(every[:, 1].max())
    if stop - start <= WINDOW_S + 2 * MARGIN_S:
        return start - MARGIN_S, stop + MARGIN_S
    downs = np.sort(np.concatenate([steps.spans(paw + STANCE)[:, 0] for paw in paws]))
    inside = np.searchsorted(downs, downs + WINDOW_S) - np.arange(len(downs))
    first = float(downs[int(np.argmax(inside))])
    return first, first + WINDOW_S


def _paws(steps: Episodes) -> list[str]:
    """Names of the paws, in Hildebrand's order where they are known by their roles."""
    names = list(dict.fromkeys(n.removesuffix(STANCE) for n in steps.labels if n.endswith(STANCE)))
    roles = [next(iter(makes(role, tuple(names))), "") for role in ORDER]
    known = [name for name in roles if name]
    return known + [name for name in names if name not in known]


def _spans(steps: Episodes, paw: str) -> Array:
    return np.concatenate([steps.spans(paw + STANCE), steps.spans(paw + SWING)])


def _drawn(
    steps: Episodes,
    paws: list[str],
    told: list[str],
    course: Course,
    shown_s: tuple[float, float],
    width: int,
) -> str:
    feet = LANE * len(paws)
    sheet = Sheet(width, TOP + SPEED + GAP + feet + BOTTOM)
    _speed(sheet.axes(LEFT, TOP, RIGHT, BOTTOM + feet + GAP), course, shown_s, width)
    axes = sheet.axes(LEFT, TOP + SPEED + GAP, RIGHT, BOTTOM)
    time_axis(axes, shown_s, width)
    axes.set_ylim(0, 1)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    for lane, (paw, words) in enumerate(zip(paws, told, strict=True)):
        _lane(axes, steps, paw, words, 1 - (lane + 1) / len(paws), 1 / len(paws))
    _legend(sheet)
    key = "gait" if width == WIDE else "gait-narrow"
    return sheet.svg(key, f"{TITLE}. {'; '.join(told)}")


def _lane(axes: Axes, steps: Episodes, paw: str, words: str, floor: float, high: float) -> None:
    """A bar while the paw stands, a thin line while it swings, nothing where it was not seen."""
    low, top = floor + 0.12 * high, floor + 0.52 * high
    middle = (low + top) / 2
    colour = ORANGE if "fore" in paw or "front" in paw else BLUE
    shade(axes, steps.spans(paw + SWING), middle - 0.03 * high, middle + 0.03 * high, ARENA)
    shade(axes, steps.spans(paw + STANCE), low, top, colour)
    place = (0, top), (0, 3), "axes fraction", "offset points"
    axes.annotate(words, *place, color=INK, fontsize=11)


def _speed(axes: Axes, course: Course, shown_s: tuple[float, float], width: int) -> None:
    time_axis(axes, shown_s, width, labelled=False)
    times, speed = body_speed(course)
    inside = (times >= shown_s[0]) & (times <= shown_s[1])
    if inside.any():
        trace(axes, times[inside], speed[inside], INK)
    axes.set_ylim(0, ceiling(speed[inside]) * 1.1 or 1)
    axes.set_ylabel(f"body ({course.unit}/s)")


def body_speed(course: Course) -> tuple[Array, Array]:
    """Seconds and speed ``(t,)`` of the body, over `SPAN_S` to either side; NaN where it is lost.

    A paw is dated between frames, so noise from frame to frame would drown the body's own speed.
    """
    size = max(1, round(SPAN_S / course.step_s)) if course.step_s > 0 else 1
    speed = np.full(len(course), np.nan)
    if len(course) > 2 * size:
        moved = course.floor[2 * size :] - course.floor[: -2 * size]
        took = course.times_s[2 * size :] - course.times_s[: -2 * size]
        speed[size:-size] = np.hypot(*moved.T) / took
    return course.times_s, speed


def _legend(sheet: Sheet) -> None:
    known = (("hind paw stands", BLUE), ("fore paw stands", ORANGE), ("swings", ARENA))
    sheet.figure.legend(
        handles=[Patch(color=colour, linewidth=0, label=name) for name, colour in known],
        loc="upper right",
        bbox_to_anchor=(1 - (RIGHT - 2) / sheet.width, 1 - 4 / sheet.height),
        ncols=len(known),
        handlelength=1.1,
        handleheight=0.9,
        columnspacing=1.2,
        borderpad=0,
        borderaxespad=0,
    )


def _told(steps: Episodes, paw: str) -> str:
    """How often it stood and swung, over all of the recording."""
    stances, swings = steps.spans(paw + STANCE), steps.spans(paw + SWING)
    text = f"{counted(len(stances), 'stance')}, {counted(len(swings), 'swing')}"
    seen = duration(float(np.diff(_spans(steps, paw)).sum()))
    return f"{text}, seen for {seen}"


def _caption(steps: Episodes, paws: list[str], course: Course, shown_s: tuple[float, float]) -> str:
    every = np.concatenate([_spans(steps, paw) for paw in paws])
    text = (
        "A bar from touch-down to lift-off of each paw, a line while it swings, nothing where it "
        f"was not seen for sure. Above, speed of the {course.told} over {2 * SPAN_S:g} s."
    )
    outside = int(np.sum((every[:, 1] < shown_s[0]) | (every[:, 0] > shown_s[1])))
    if outside:
        text += (
            f" Drawn are the {WINDOW_S:g} s with the most steps, from {clock(shown_s[0], 1)} on; "
            f"{counted(outside, 'stance')} or swings lie outside."
        )
    who = steps.names[0] if len(steps.names) else ""
    return text + (f" Paws of {plain(who)}." if who not in ("", "animal") else "")
