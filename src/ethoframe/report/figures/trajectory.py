"""Where the animal went, coloured by time, over the empty scene."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ethoframe.data import Frames, Transform
from ethoframe.data.noun import Array
from ethoframe.report.course import Course, runs
from ethoframe.report.figures.pixels import levels, shown
from ethoframe.report.figures.plane import (
    LEFT,
    Bounds,
    drawn_zones,
    floor_arena,
    outlines,
    plane,
    strip,
)
from ethoframe.report.figures.plate import HALF, Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.figures.timeaxis import round_times, time_label
from ethoframe.report.palette import ARENA, time_ramp
from ethoframe.report.session import Session
from ethoframe.report.wording import clock, grouped, plain

TITLE = "Trajectory"
POINTS = 4000
COLOURS = 48
PICTURE_PX = 900
BREAK_S = 0.2
MOST_ZONES = 9
ENDS = {"start": "o", "end": "s"}
END: dict[str, Any] = {
    "markersize": 8,
    "markerfacecolor": "white",
    "markeredgecolor": "#606870",
    "markeredgewidth": 1.6,
    "linestyle": "",
}
PALEST = 110
"""The picture is drawn between this level and white, so that the line stands out from it."""


def trajectory(session: Session, course: Course) -> Plate:
    """The path on the floor, at most `POINTS` points at even distances along it.

    In mm or body lengths where they are known, as the occupancy beside it; otherwise in px.
    """
    floor = session.floor_tracks
    to_floor = _to_floor(session, course, floor.px_per_unit if floor else 1.0)
    arena = floor_arena(session.arena, course, floor.px_per_unit if floor else 1.0)
    bounds = Bounds.around(course.floor, arena)
    if bounds is None:
        return Plate(
            "trajectory", TITLE, "No frame has a position and no arena is known: nothing to draw."
        )
    if session.filmed and course.unit == "px":
        bounds = bounds.within(session.recording.picture)
    kept = evenly_along(course.floor, POINTS)
    with look():
        entries = _entries(session, course)
        columns = _columns([len(str(entry.get_label())) for entry in entries])
        sheet, axes = plane(bounds, course.unit, -(-len(entries) // columns))
        if to_floor is not None:
            _scene(sheet, axes, session.background, bounds, to_floor)
        outlines(axes, arena)
        _path(axes, course, kept)
        _ends(axes, course)
        _legend(sheet, entries, columns)
        _time_strip(sheet, course)
        svg = sheet.svg("trajectory", TITLE)
    return Plate("trajectory", TITLE, _caption(session, course, kept), svg)


def evenly_along(points: Array, most: int) -> Array:
    """Rows ``(n,)`` of at most `most` points at even distances along the path, gaps kept.

    Where the animal rests a few points do; where it runs none is left out.
    """
    found = np.isfinite(points).all(axis=1)
    rows = np.flatnonzero(found)
    if len(rows) <= most:
        return rows
    steps = np.sqrt((np.diff(points[rows], axis=0) ** 2).sum(axis=1))
    along = np.concatenate([[0.0], np.cumsum(steps)])
    chosen = np.searchsorted(along, np.linspace(0, along[-1], most))
    return rows[np.unique(np.clip(chosen, 0, len(rows) - 1))]


def _to_floor(session: Session, course: Course, px_per_unit: float) -> Transform | None:
    """From the picture to the plane that is drawn; None where nothing tells."""
    if course.unit in ("px", "bl"):
        return Transform.scaling(1 / max(px_per_unit, 1e-9), "px", course.unit)
    return session.arena.to_floor if session.arena is not None else None


def _scene(
    sheet: Sheet, axes: Axes, background: Frames | None, bounds: Bounds, to_floor: Transform
) -> None:
    """The part of the empty scene inside the bounds, laid onto the plane that is drawn."""
    if background is None:
        return
    level = background.plane(0).astype(np.float32)
    sides = np.array([bounds.right - bounds.left, bounds.bottom - bounds.top])
    across, down = np.maximum(1, np.round(PICTURE_PX * sides / sides.max())).astype(int)
    x = bounds.left + (np.arange(across) + 0.5) * sides[0] / across
    y = bounds.top + (np.arange(down) + 0.5) * sides[1] / down
    places = to_floor.inverse().apply(np.stack(np.meshgrid(x, y), axis=-1)).astype(np.float32)
    part: Array = cv2.remap(
        level, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderValue=float("nan")
    )
    pale = PALEST + shown(part, *levels(part)) * ((255 - PALEST) / 255)
    pale[~np.isfinite(part)] = 255
    sheet.picture(axes, pale.astype(np.uint8), bounds.extent)


def _path(axes: Axes, course: Course, kept: Array) -> None:
    """One line for each colour, broken where the animal is lost."""
    if not len(kept):
        return
    points = course.floor[kept]
    broken = np.flatnonzero(np.diff(_long_losses(course)[kept]) > 0) + 1
    points = np.insert(points, broken, np.nan, axis=0)
    times = np.insert(course.times_s[kept], broken, course.times_s[kept][broken])
    start, stop = course.span_s
    colour = np.minimum((times - start) / max(stop - start, 1e-9) * COLOURS, COLOURS - 1).astype(
        int
    )
    edges = np.searchsorted(colour, np.arange(COLOURS + 1))
    width = 1.3 if len(kept) < POINTS else 0.8
    for a, b, rgb in zip(edges[:-1], edges[1:], time_ramp(COLOURS), strict=True):
        if b > a:
            stretch = points[a : b + 1]  # one more point: the colours join
            axes.plot(*stretch.T, color=rgb, linewidth=width, solid_joinstyle="round", zorder=3)


def _long_losses(course: Course) -> Array:
    """How often before each frame ``(t,)`` the animal was lost for `BREAK_S` or longer."""
    ended = np.zeros(len(course), int)
    for first, stop in runs(~course.placed):
        if stop < len(course) and course.lasts_s[first:stop].sum() >= BREAK_S:
            ended[stop] = 1
    return np.cumsum(ended)


def _ends(axes: Axes, course: Course) -> None:
    found = np.flatnonzero(course.placed)
    for row, marker in zip(found[[0, -1]] if len(found) else (), ENDS.values(), strict=False):
        x, y = course.floor[row]
        axes.add_line(Line2D([x], [y], marker=marker, **END, zorder=4))


def _entries(session: Session, course: Course) -> list[Line2D]:
    """What the legend explains."""
    entries = []
    if course.seen.any():
        entries = [Line2D([], [], marker=m, label=name, **END) for name, m in ENDS.items()]
    if session.arena is not None:
        entries.append(Line2D([], [], color=ARENA, linewidth=1.6, label="arena"))
        for zone, colour in drawn_zones(session.arena)[:MOST_ZONES]:
            name = plain(zone.name, 14)
            entries.append(Line2D([], [], color=colour, linewidth=1.6, label=name))
    return entries


def _columns(letters: list[int]) -> int:
    """The most columns in which labels of so many letters fit half a page."""
    for rows in range(1, len(letters)):
        widest = [max(letters[i : i + rows]) for i in range(0, len(letters), rows)]
        if sum(6.5 * n + 31 for n in widest) <= HALF - LEFT:
            return len(widest)
    return 1


def _legend(sheet: Sheet, entries: list[Line2D], columns: int) -> None:
    sheet.figure.legend(
        handles=entries,
        loc="lower left",
        bbox_to_anchor=((LEFT - 4) / sheet.width, 54 / sheet.height),
        ncols=columns,
        handlelength=1.2,
        columnspacing=1.0,
        handletextpad=0.5,
        labelspacing=0.4,
        borderpad=0,
        borderaxespad=0,
    )


def _time_strip(sheet: Sheet, course: Course) -> None:
    start, stop = course.span_s
    ticks, decimals = round_times(start, stop, 6)
    shares = [(tick - start) / max(stop - start, 1e-9) for tick in ticks]
    labels = [clock(tick, decimals) for tick in ticks]
    strip(sheet, time_ramp(256), shares, labels, time_label(stop))


def _caption(session: Session, course: Course, kept: Array) -> str:
    found = int(course.placed.sum())
    if not found:
        return "No frame has a position; only the arena is drawn."
    drawn = grouped(str(len(kept)))
    thinned = f", drawn through {drawn} of {grouped(str(found))} points evenly along the path"
    where = "in the picture" if course.unit == "px" else "on the floor"
    text = f"Path of the {course.told} {where}"
    text += thinned if len(kept) < found else ""
    text += f"; the line breaks where it was lost for {BREAK_S:g} s or longer."
    if not session.filmed:
        text += " There is no film, so nothing is drawn beneath."
    elif session.background is None:
        text += " The empty scene is not known, so nothing is drawn beneath."
    if session.arena is None:
        text += " No arena is known."
    return text
