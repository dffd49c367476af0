"""When the animal was in which zone."""

from __future__ import annotations

from matplotlib.axes import Axes

from ethoframe.data import Episodes
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


def zones(session: Session, course: Course) -> Plate:
    """One lane for each zone, filled while the animal was in it."""
    names, visits = session.zones, session.visits
    if visits is None or not names:
        return Plate("zones", TITLE, "No zones were given, so there are no visits to draw.")
    with look():
        wide, narrow = (_drawn(names[:MOST], visits, course, width) for width in (WIDE, NARROW))
    return Plate("zones", TITLE, _caption(session), wide, narrow)


def _drawn(names: tuple[str, ...], visits: Episodes, course: Course, width: int) -> str:
    sheet = Sheet(width, TOP + LANE * len(names) + BOTTOM)
    axes = sheet.axes(LEFT, TOP, RIGHT, BOTTOM)
    time_axis(axes, course.span_s, width)
    axes.set_ylim(0, 1)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    for index, name in enumerate(names):
        _lane(axes, name, visits, index, len(names))
    return sheet.svg("zones" if width == WIDE else "zones-narrow", TITLE)


def _lane(axes: Axes, name: str, visits: Episodes, index: int, lanes: int) -> None:
    """Label above, bar below: long names need no margin, and the time axes stay aligned."""
    floor = 1 - (index + 1) / lanes
    low, high = floor + 0.10 / lanes, floor + 0.52 / lanes
    colour = zone_colour(index)
    shade(axes, visits.support_s, low, high, colour, 0.13)
    shade(axes, visits.spans(name), low, high, colour)
    label = f"{plain(name, 24)}: {_summary(name, visits)}"
    axes.annotate(
        label, (0, high), (0, 3), "axes fraction", "offset points", color=INK, fontsize=11
    )


def _summary(name: str, visits: Episodes) -> str:
    spent, looked = visits.total_s(name), visits.looked_s()
    if not looked:
        return "never looked for"
    return f"{duration(spent)}, {share(spent, looked)}, {counted(len(visits.spans(name)), 'visit')}"


def _caption(session: Session) -> str:
    arena = session.arena
    defined = {zone.name: zone.definition for zone in arena.zones} if arena else {}
    text = "Filled while the animal was inside, pale while it was looked for."
    for name, definition in defined.items():
        text += f" {plain(name).capitalize()}: {plain(definition).rstrip('.')}."
    if len(session.zones) > MOST:
        text += f" The first {MOST} of {len(session.zones)} zones are drawn."
    return text
