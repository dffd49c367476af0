"""The recording with what was tracked drawn over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.formats import video
from ethoframe.report.course import Course
from ethoframe.report.figures.pixels import levels, shown
from ethoframe.report.figures.plane import drawn_zones
from ethoframe.report.palette import ARENA, BLUE, ORANGE, VERMILLION
from ethoframe.report.session import Session
from ethoframe.report.status import Status, rgb

TRAIL_S = 2.0
SMALLEST_PX, LARGEST_PX = 640, 1280
"""The longer side of the picture is brought between these."""
BATCH_BYTES = 32_000_000
SHIFT = 4
"""Bits of a fraction of a px in which OpenCV is told where to draw."""
_WHITE = (255, 255, 255)


def write_overlay(path: Path, session: Session) -> None:
    """Write a video of every frame with the animal's points, its trail, zones and a clock.

    Frames keep their own times, counted from the first. A frame that cannot be decoded shows the
    one before it, so that the clock stays right. Memory does not grow with the recording.

    Parameters
    ----------
    path
        Where to, such as ``overlay.mp4``.
    session
        What a finished run found; what is absent is not drawn.

    Raises
    ------
    Refusal
        When the recording has no frame.
    """
    course = Course.of(session)
    if not len(course):
        raise Refusal(session.recording.name, "there is no frame to draw on", "name a recording")
    pictures = Overlay.of(session, course).pictures()
    video.write(path, pictures, times_s=(course.times_s - course.times_s[0]).tolist())


@dataclass(frozen=True)
class Overlay:
    """Everything that is drawn, in px of the enlarged or shrunk picture.

    Parameters
    ----------
    session, course
        What is drawn.
    scale
        Px of the overlay in one px of the recording.
    limits
        Levels shown as black and white.
    outlines
        Name, colour and outlines of each zone, then of the arena.
    inside
        For each zone, whether it is occupied ``(t,)``.
    moving
        What the animal does at each frame ``(t,)``, in words.
    status
        The strip below.
    """

    session: Session
    course: Course
    scale: float
    limits: tuple[float, float]
    outlines: tuple[tuple[str, str, tuple[Array, ...]], ...]
    inside: dict[str, Array]
    moving: Array
    status: Status

    @classmethod
    def of(cls, session: Session, course: Course) -> Overlay:
        """Prepared once for all frames."""
        longest = max(session.recording.size)
        scale = float(np.clip(longest, SMALLEST_PX, LARGEST_PX)) / longest
        width = round(session.recording.size[1] * scale)
        inside = {}
        if session.visits is not None:
            inside = {z: session.visits.covers(z, course.times_s) for z in session.zones}
        said = dict.fromkeys(session.activity.labels) if session.activity else {}
        return cls(
            session,
            course,
            scale,
            _limits(session),
            _outlines(session, scale),
            inside,
            _activity(session, course),
            Status.of(width, session.zones, tuple(said)),
        )

    def pictures(self) -> Iterator[Array]:
        """RGB pictures ``(y, x, 3)``, one for every frame of the course."""
        recording, numbers = self.session.recording, self.course.numbers
        size = max(1, BATCH_BYTES // max(1, recording.frame_bytes))
        height, width = (round(side * self.scale) for side in recording.size)
        base = np.zeros((height, width, 3), np.uint8)
        row = 0
        for batch in recording.batches(numbers.tolist(), size):
            for pixels, number in zip(batch.pixels, batch.numbers, strict=True):
                while numbers[row] < number:
                    yield self._drawn(base, row)
                    row += 1
                base = self._base(pixels, (width, height))
                yield self._drawn(base, row)
                row += 1
        for late in range(row, len(numbers)):
            yield self._drawn(base, late)

    def _base(self, pixels: Array, size: tuple[int, int]) -> Array:
        """The bare picture in RGB."""
        return enlarged(shown(pixels, *self.limits), size)

    def _drawn(self, base: Array, row: int) -> Array:
        """A picture with its marks, over its strip."""
        picture = base.copy()
        occupied = frozenset(zone for zone, inside in self.inside.items() if inside[row])
        for name, colour, outlines in self.outlines:
            thick = 2 if name in occupied else 1
            cv2.polylines(picture, outlines, True, rgb(colour), thick, cv2.LINE_AA, SHIFT)
        self._trail(picture, row)
        self._points(picture, row)
        course = self.course
        state = str(self.moving[row]) if course.seen[row] else "not found"
        strip = self.status.drawn(
            int(course.numbers[row]), float(course.times_s[row]), state, occupied
        )
        return np.concatenate([picture, strip])

    def _trail(self, picture: Array, row: int) -> None:
        """The path of the last seconds, fading with age."""
        times = self.course.times_s
        first = int(np.searchsorted(times, times[row] - TRAIL_S))
        points = placed(self.course.picture[first : row + 1], self.scale)
        fresh = 1 - (times[row] - times[first : row + 1]) / TRAIL_S
        cover = np.zeros(picture.shape[:2], np.uint8)
        for a, b, share in zip(points[:-1], points[1:], fresh[1:], strict=True):
            if a is not None and b is not None:
                cv2.line(cover, a, b, round(230 * float(share)), 2, cv2.LINE_AA, SHIFT)
        x, y, w, h = cv2.boundingRect(cover)
        if w and h:
            part = picture[y : y + h, x : x + w]
            share = cover[y : y + h, x : x + w, None] / np.float32(255)
            part[:] = part * (1 - share) + share * np.array(rgb(ORANGE), np.float32)

    def _points(self, picture: Array, row: int) -> None:
        """Head end, centroid and tail end, joined by a line."""
        course = self.course
        ends = np.stack([course.head[row], course.picture[row], course.tail[row]])
        head, centre, tail = placed(ends, self.scale)
        body = course.body_px if np.isfinite(course.body_px) else 40.0
        r = max(3.0, 0.05 * body * self.scale)
        for end in (head, tail):
            if end is not None and centre is not None:
                cv2.line(picture, centre, end, _WHITE, 1, cv2.LINE_AA, SHIFT)
        for point, colour in ((tail, BLUE), (head, VERMILLION), (centre, ORANGE)):
            if point is not None:
                dot(picture, point, r + 1, _WHITE)
                dot(picture, point, r, rgb(colour))


def enlarged(picture: Array, size: tuple[int, int]) -> Array:
    """A picture uint8 ``(y, x, c)`` in RGB, enlarged or shrunk to a width and a height in px."""
    if picture.shape[1::-1] != size:
        kind = cv2.INTER_AREA if size[0] < picture.shape[1] else cv2.INTER_LINEAR
        picture = cv2.resize(picture, size, interpolation=kind)
    if picture.ndim == 3 and picture.shape[2] == 3:
        return picture
    return cv2.cvtColor(picture.reshape(size[1], size[0], -1)[..., 0], cv2.COLOR_GRAY2RGB)


def dot(picture: Array, centre: tuple[int, int], r: float, colour: tuple[int, int, int]) -> None:
    """Draws a disc of radius `r` px around a place as `placed` gives it."""
    radius = round(r * 2**SHIFT)
    cv2.circle(picture, centre, radius, colour, cv2.FILLED, cv2.LINE_AA, SHIFT)


def placed(points: Array, scale: float) -> list[tuple[int, int] | None]:
    """Points ``(n, 2)`` in sixteenths of a px of the scaled picture; None for NaN."""
    # Pixel (0, 0) is the centre of the top-left pixel, so the corner stays put when scaling.
    fine = ((points + 0.5) * scale - 0.5) * 2**SHIFT
    return [(round(float(x)), round(float(y))) if np.isfinite(x + y) else None for x, y in fine]


def _limits(session: Session) -> tuple[float, float]:
    """Levels shown as black and white: those of three frames and of the empty scene."""
    count = len(session.recording)
    some = session.recording.frames(sorted({0, count // 2, count - 1})).pixels
    dark, bright = levels(some)
    if session.background is not None:
        scene = levels(session.background.plane(0))
        dark, bright = min(dark, scene[0]), max(bright, scene[1])
    return dark, bright


def _outlines(session: Session, scale: float) -> tuple[tuple[str, str, tuple[Array, ...]], ...]:
    """What is outlined, each outline as integers for drawing."""
    arena = session.arena
    if arena is None:
        return ()
    named = [(zone.name, colour, zone.outlines) for zone, colour in drawn_zones(arena)]
    named.append(("", ARENA, (arena.seen,)))
    return tuple(
        (name, colour, tuple(_fine(outline, scale) for outline in outlines))
        for name, colour, outlines in named
    )


def _fine(outline: Array, scale: float) -> Array:
    fine: Array = (((outline + 0.5) * scale - 0.5) * 2**SHIFT).round().astype(np.int32)
    return fine


def _activity(session: Session, course: Course) -> Array:
    """What the animal does at each frame, empty where nobody said."""
    said = np.full(len(course), "", object)
    if session.activity is not None:
        for label in dict.fromkeys(session.activity.labels):
            said[session.activity.covers(label, course.times_s)] = label
    return said
