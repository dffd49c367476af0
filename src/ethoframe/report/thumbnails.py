"""Small pictures of the worst moments, with what was tracked drawn over them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ethoframe.data import Frames
from ethoframe.data.noun import Array
from ethoframe.report.course import Course
from ethoframe.report.figures.pixels import data_uri, levels, shown, shrunk
from ethoframe.report.moments import Moment
from ethoframe.report.palette import BLUE, ORANGE, VERMILLION
from ethoframe.report.session import Session
from ethoframe.report.wording import clock, escaped, grouped

SIDE_PX = 300
BODIES = 2.2
"""A crop is this many body lengths wide, or a third of the picture without a body length."""


def thumbnails(session: Session, course: Course, moments: tuple[Moment, ...]) -> str:
    """A ``<figure>`` for each moment; one whose frame cannot be decoded says so."""
    return "\n".join(cards(session, course, moments, 2 * SIDE_PX))


def cards(session: Session, course: Course, moments: tuple[Moment, ...], side_px: int) -> list[str]:
    """The same, one by one, with pictures of at most `side_px` a side."""
    numbers = [int(course.numbers[moment.row]) for moment in moments]
    decoded = _decoded(session, numbers)
    return [
        _card(course, moment, decoded.get(number), session.recording.picture, side_px)
        for moment, number in zip(moments, numbers, strict=True)
    ]


def _decoded(session: Session, numbers: list[int]) -> dict[int, Array]:
    """Pictures uint8 by frame number, one frame in memory at a time."""
    limits = levels(session.background.plane(0)) if session.background is not None else None
    return {
        int(frames.numbers[0]): _visible(frames, limits)
        for frames in _one_by_one(session, sorted(numbers))
    }


def _one_by_one(session: Session, numbers: list[int]) -> Iterator[Frames]:
    return session.recording.batches(numbers, 1) if numbers else iter(())


def _visible(frames: Frames, limits: tuple[float, float] | None) -> Array:
    pixels = frames.pixels[0]
    pixels = pixels if pixels.shape[2] == 3 else pixels[..., 0]
    # The animal is often darker or brighter than anything in the empty scene.
    dark, bright = levels(pixels)
    if limits is not None:
        dark, bright = min(dark, limits[0]), max(bright, limits[1])
    return shown(pixels, dark, bright)


def _card(
    course: Course, moment: Moment, pixels: Array | None, size: tuple[int, int], side_px: int
) -> str:
    number = int(course.numbers[moment.row])
    when = clock(float(course.times_s[moment.row]), 2)
    if pixels is None:
        drawing = '<div class="absent">this frame cannot be decoded</div>'
    else:
        drawing = _drawing(course, moment, pixels, size, side_px)
    return (
        f'<figure class="moment">{drawing}<figcaption><b>{when}</b> '
        f"<span>frame {grouped(str(number))}</span><br>{escaped(moment.why)}</figcaption></figure>"
    )


def _drawing(
    course: Course, moment: Moment, pixels: Array, size: tuple[int, int], side_px: int
) -> str:
    left, top, side = _window(course, moment.row, size)
    part = pixels[top : top + side, left : left + side]
    height, width = part.shape[:2]
    uri = data_uri(shrunk(part, side_px))
    return (
        f'<svg viewBox="{left - 0.5} {top - 0.5} {width} {height}" role="img">'
        f"<title>{escaped(moment.why)}</title>"
        f'<image href="{uri}" x="{left - 0.5}" y="{top - 0.5}" width="{width}" height="{height}"/>'
        f'<g class="marks">{_marks(course, moment.row, side)}</g></svg>'
    )


def _window(course: Course, row: int, size: tuple[int, int]) -> tuple[int, int, int]:
    """Left, top and side in px of a square around the animal, or where it was seen last.

    After a jump the square holds both places.
    """
    height, width = size
    found = np.flatnonzero(course.placed)
    if not len(found):
        return 0, 0, max(size)
    here = course.picture[found[np.abs(found - row).argmin()]]
    before = _before(course, row)
    places = np.stack([here, here if before is None else before])
    wanted = BODIES * course.body_px if np.isfinite(course.body_px) else max(size) / 3
    wanted += float(np.ptp(places, axis=0).max())
    side = int(np.clip(wanted, 48, min(size)))
    left, top = (np.round(places.mean(axis=0)) - side // 2).astype(int)
    return int(np.clip(left, 0, width - side)), int(np.clip(top, 0, height - side)), side


def _before(course: Course, row: int) -> Array | None:
    """Where the animal was in the frame before, if that is far enough off to be drawn."""
    if row == 0:
        return None
    before, here = course.picture[row - 1], course.picture[row]
    far = course.body_px / 4 if np.isfinite(course.body_px) else 0.0
    return before if np.hypot(*(here - before)) > far else None


def _marks(course: Course, row: int, side: int) -> str:
    """Centroid as a circle, head end as a triangle, tail end as a square; before it, a ring."""
    r = side / 38
    head, tail, centre = course.head[row], course.tail[row], course.picture[row]
    marks = []
    if (before := _before(course, row)) is not None:
        marks.append(_line(np.array([before, centre]), r, f' stroke-dasharray="{r:.1f}"'))
        ring = _circle(before, r)
        marks.append(f'<{ring} fill="none" stroke="{ORANGE}" stroke-width="{r / 2:.2f}"/>')
    if np.isfinite([head, centre, tail]).all():
        marks.append(_line(np.array([head, centre, tail]), r))
    if np.isfinite(tail).all():
        x, y = tail - r
        square = f'rect x="{x:.1f}" y="{y:.1f}" width="{2 * r:.1f}" height="{2 * r:.1f}"'
        marks.append(_shape(square, BLUE, r))
    if np.isfinite(head).all():
        corners = head + r * 1.3 * np.array([[0.0, -1.0], [0.87, 0.5], [-0.87, 0.5]])
        marks.append(_shape(f'polygon points="{_joined(corners)}"', VERMILLION, r))
    if np.isfinite(centre).all():
        marks.append(_shape(_circle(centre, r), ORANGE, r))
    return "".join(marks)


def _line(points: Array, r: float, dashes: str = "") -> str:
    return (
        f'<polyline points="{_joined(points)}" fill="none" stroke="white" '
        f'stroke-width="{r / 3:.2f}"{dashes}/>'
    )


def _circle(centre: Array, r: float) -> str:
    return f'circle cx="{centre[0]:.1f}" cy="{centre[1]:.1f}" r="{r:.1f}"'


def _joined(points: Array) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _shape(geometry: str, colour: str, r: float) -> str:
    return f'<{geometry} fill="{colour}" stroke="white" stroke-width="{r / 3:.2f}"/>'
