"""Four frames of a recording with what was found drawn in."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.contract import catalog
from ethoframe.data import Frames, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.report.course import Course
from ethoframe.report.figures.pixels import levels, shown
from ethoframe.report.figures.plane import drawn_zones
from ethoframe.report.palette import BLUE, ORANGE, VERMILLION
from ethoframe.report.session import Session
from ethoframe.report.status import rgb
from ethoframe.report.wording import clock
from ethoframe.run import apply

LONGEST_PX = 300
"""The longer side of a picture: four stand side by side."""
JPEG_QUALITY = 60
"""Lower than elsewhere: the page holds four pictures of each of hundreds of recordings."""
_SHIFT = 4  # fractional bits of a drawn point


@dataclass(frozen=True)
class Picture:
    """One frame.

    Parameters
    ----------
    caption
        When it is, and whether the trial begins there.
    uri
        The JPEG as a data URI; empty where the frame cannot be decoded.
    begins
        Whether the trial begins at this frame.
    """

    caption: str
    uri: str
    begins: bool = False


def pictures(session: Session) -> tuple[Picture, ...]:
    """The frame at which the trial begins, and three others spread over the recording.

    One is from before the trial, where it does not begin with the recording.
    """
    recording = session.recording
    if not len(recording):
        return ()
    start, numbers = _chosen(session)
    course = Course.of(session)
    pixels = {int(f.numbers[0]): f for f in recording.batches(sorted(set(numbers)), 1)}
    told = []
    for number in numbers:
        caption = _caption(session, number, start)
        frame = pixels.get(number)
        uri = "" if frame is None else _coded(_drawn(session, course, frame))
        told.append(Picture(caption, uri, number == start))
    return tuple(told)


def _chosen(session: Session) -> tuple[int, list[int]]:
    """Number of the frame at which the trial begins, and the numbers of all that are shown."""
    times_s = session.recording.times_s
    last = len(times_s) - 1
    first, stop = 0, last
    if session.trial is not None and len(session.trial):
        first = min(int(np.searchsorted(times_s, session.trial.start_s[0] - 1e-9)), last)
        stop = max(first, int(np.searchsorted(times_s, session.trial.stop_s[-1])) - 1)
    shares = (1 / 2, 1) if first > 0 else (1 / 3, 2 / 3, 1)
    # Spread over time: frames of a glance are closer together at the beginning.
    begins, ends = times_s[first], times_s[stop]
    after = [int(np.searchsorted(times_s, begins + s * (ends - begins) - 1e-9)) for s in shares]
    before = [int(np.searchsorted(times_s, (times_s[0] + begins) / 2))] if first > 0 else []
    return first, [*before, first, *after]


def _caption(session: Session, number: int, start: int) -> str:
    when = clock(float(session.recording.times_s[number]), 1)
    if number < start:
        return f"{when} before the trial"
    known = session.trial is not None and len(session.trial) > 0
    return f"{when} trial begins" if number == start and known else when


def _drawn(session: Session, course: Course, frame: Frames) -> Array:
    """The frame made small, RGB, with arena, zones and animal."""
    plane = frame.pixels[0]
    plane = plane if plane.shape[2] == 3 else plane[..., 0]
    small = _sized(shown(plane, *levels(plane)))
    canvas = small if small.ndim == 3 else cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    canvas = np.ascontiguousarray(canvas)
    scale = canvas.shape[1] / plane.shape[1]
    arena = session.arena
    if arena is not None:
        for zone, colour in drawn_zones(arena):
            for outline in zone.outlines:
                _outlined(canvas, _placed(outline, scale), colour, 1)
        _outlined(canvas, _placed(arena.seen, scale), BLUE, 2)
    for outline in _silhouette(session, frame):
        _outlined(canvas, _placed(outline, scale), VERMILLION, 1)
    _pointed(canvas, course, int(frame.numbers[0]), scale)
    return canvas


def _sized(pixels: Array) -> Array:
    """The picture with its longer side `LONGEST_PX` long; lines look the same in all of them."""
    scale = LONGEST_PX / max(pixels.shape[:2])
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sized: Array = cv2.resize(pixels, (width, height), interpolation=way)
    return sized


def _silhouette(session: Session, frame: Frames) -> list[Array]:
    """Outlines ``(n, 2)`` of the animal's body in px, as the method that tracks it sees it."""
    appearance = session.answers.get("appearance")
    if session.background is None or not isinstance(appearance, Values):
        return []
    method = catalog.find("segment/silhouette")()
    scene = session.background
    try:
        found = apply(method, recording=frame, background=scene, appearance=appearance)
    except Refusal:
        return []
    (patch,) = found.patches
    body = (patch.labels == 1).astype(np.uint8)
    if not body.any():
        return []
    top, left = patch.origin
    outlines, _ = cv2.findContours(
        body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=(left, top)
    )
    return [outline[:, 0, :].astype(np.float64) for outline in outlines]


def _placed(points: Array, scale: float) -> Array:
    """Points in px of the picture when it was scaled; a pixel's number is that of its middle."""
    placed: Array = (points + 0.5) * scale - 0.5
    return placed


def _outlined(canvas: Array, points: Array, colour: str, width: int) -> None:
    fine = np.round(points * 2**_SHIFT).astype(np.int32)
    cv2.polylines(canvas, [fine], True, rgb(colour), width, cv2.LINE_AA, _SHIFT)


def _pointed(canvas: Array, course: Course, number: int, scale: float) -> None:
    """A dot at the centroid, where the animal was found."""
    row = number - int(course.numbers[0]) if len(course) else -1
    if not 0 <= row < len(course) or not np.isfinite(course.picture[row]).all():
        return
    x, y = np.round(_placed(course.picture[row], scale)).astype(int).tolist()
    cv2.circle(canvas, (x, y), 4, (255, 255, 255), -1, cv2.LINE_AA)
    cv2.circle(canvas, (x, y), 3, rgb(ORANGE), -1, cv2.LINE_AA)


def _coded(pixels: Array) -> str:
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    _, coded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    return f"data:image/jpeg;base64,{base64.b64encode(coded.tobytes()).decode()}"
