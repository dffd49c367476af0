"""When the animal was in which zone."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from ethoframe.data import Episodes
from ethoframe.data.noun import Array
from ethoframe.report.course import Course
from ethoframe.report.figures.plate import NARROW, WIDE, Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.figures.timeaxis import LEFT, RIGHT, shade, time_axis
from ethoframe.report.palette import INK, zone_colour
from ethoframe.report.session import Session
from ethoframe.report.wording import counted, duration, plain, share

TITLE = "Zones"
LANE, TOP, BOTTOM = 44, 8, 46
MOST = 12
"""Lanes drawn; more zones than this are in the tables."""
Lane = tuple[str, str, Episodes]
"""What it is called, the label that it shows, and the episodes of that."""


def zones(session: Session, course: Course) -> Plate:
    """One lane for each zone, filled while the animal was in it."""
    names, visits = session.zones, session.visits
    if visits is None or not names:
        return Plate("zones", TITLE, "No zones were given, so there are no visits to draw.")
    with look():
        lanes = [(name, name, visits) for name in names[:MOST]]
        wide, narrow = (
            drawn(lanes, course, width, ("zones", TITLE), "visit") for width in (WIDE, NARROW)
        )
    return Plate("zones", TITLE, _caption(session), wide, narrow)


def drawn(
    lanes: Sequence[Lane], course: Course, width: int, key: tuple[str, str], each: str
) -> str:
    """A lane under the other, with what one spell is called; `key` is that of the plate."""
    sheet = Sheet(width, TOP + LANE * len(lanes) + BOTTOM)
    axes = sheet.axes(LEFT, TOP, RIGHT, BOTTOM)
    time_axis(axes, course.span_s, width)
    axes.set_ylim(0, 1)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    told = [f"{plain(n, 34)}: {_summary(label, own, each)}" for n, label, own in lanes]
    for index, (words, (_, label, own)) in enumerate(zip(told, lanes, strict=True)):
        _lane(axes, words, own.support_s, own.spans(label), (index, len(lanes)))
    name, title = key
    return sheet.svg(name if width == WIDE else f"{name}-narrow", f"{title}. {'; '.join(told)}")


def _lane(axes: Axes, told: str, looked_s: Array, spans: Array, at: tuple[int, int]) -> None:
    """Label above, bar below: long names need no margin, and the time axes stay aligned."""
    index, lanes = at
    floor = 1 - (index + 1) / lanes
    low, high = floor + 0.10 / lanes, floor + 0.52 / lanes
    colour = zone_colour(index)
    shade(axes, looked_s, low, high, colour, 0.13)
    shade(axes, spans, low, high, colour)
    axes.annotate(told, (0, high), (0, 3), "axes fraction", "offset points", color=INK, fontsize=11)


def _summary(name: str, visits: Episodes, each: str) -> str:
    spent, looked = visits.total_s(name), visits.looked_s()
    if not looked:
        return "never looked for"
    return f"{duration(spent)}, {share(spent, looked)}, {counted(len(visits.spans(name)), each)}"


def _caption(session: Session) -> str:
    arena = session.arena
    defined = {zone.name: zone.definition for zone in arena.zones} if arena else {}
    text = "Filled while the animal was inside, pale while it was looked for."
    for name, definition in defined.items():
        text += f" {plain(name).capitalize()}: {plain(definition).rstrip('.')}."
    if len(session.zones) > MOST:
        text += f" The first {MOST} of {len(session.zones)} zones are drawn."
    return text
