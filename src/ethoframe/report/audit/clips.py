"""A moment as a short clip, with the mark drawn on it and nothing that tells whose it is."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ethoframe.data import Recording, Tracks, Window
from ethoframe.data.noun import Array
from ethoframe.formats import video
from ethoframe.report.course import Course
from ethoframe.report.figures.pixels import levels
from ethoframe.report.overlay import Overlay
from ethoframe.report.session import Session
from ethoframe.report.status import HEIGHT, Status

LONGEST_PX = 480
LARGEST = 2.0
"""Small pictures are enlarged by so much at most."""
MOST_BYTES = 100_000
QUALITIES = (23, 27, 31, 35, 39, 43)
"""Rate factors of the encoder, from fine to coarse: the first that keeps a clip small is taken."""


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip and what it shows.

    Parameters
    ----------
    content
        MP4.
    marked
        Share of its frames in which anything is marked.
    """

    content: bytes
    marked: float


@dataclass(frozen=True, eq=False)
class Clips:
    """Cuts clips out of one result.

    Parameters
    ----------
    recording, tracks
        What is shown, and what was tracked in it, in px of the whole picture.
    window
        The part that is shown.
    limits
        Levels shown as black and white.
    """

    recording: Recording
    tracks: Tracks
    window: Window
    limits: tuple[float, float]

    @classmethod
    def of(cls, recording: Recording, tracks: Tracks, window: Window) -> Clips:
        """Prepared once for all clips of a result; the levels are those of three frames."""
        numbers = tracks.numbers
        some = numbers[[0, len(numbers) // 2, -1]] if len(numbers) else np.zeros(0, np.int64)
        shown = recording.frames(np.unique(some).tolist()).pixels
        return cls(recording, tracks, window, levels(shown[:, *window.slices]))

    def cut(self, start_s: float, stop_s: float) -> Clip:
        """The clip of a span, every frame of it in its own time."""
        times = self.tracks.times_s
        rows = np.flatnonzero((times >= start_s) & (times < stop_s))
        part = self.tracks.take(slice(int(rows[0]), int(rows[-1]) + 1))
        pictures, seconds = self._drawn(part)
        return Clip(_small(pictures, seconds), float(part.seen.mean()))

    def _drawn(self, part: Tracks) -> tuple[list[Array], list[float]]:
        """Pictures of the window and their times, counted from the first."""
        longest = max(self.window.height, self.window.width)
        scale = min(LARGEST, LONGEST_PX / longest)
        session = Session(self.recording, {"tracks": part})
        course = Course.of(session)
        width = round(self.recording.size[1] * scale)
        said = np.full(len(course), "", object)
        blind = Status.of(
            width, (), ()
        )  # cut off again: it tells the time, which may tell the animal
        overlay = Overlay(session, course, scale, self.limits, (), {}, said, blind)
        rows, columns = (
            slice(round(along.start * scale), round(along.stop * scale))
            for along in self.window.slices
        )
        pictures = [picture[:-HEIGHT][rows, columns].copy() for picture in overlay.pictures()]
        return pictures, (course.times_s - course.times_s[0]).tolist()


def _small(pictures: list[Array], seconds: list[float]) -> bytes:
    """As MP4 of bounded size."""
    content = b""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        for quality in QUALITIES:
            video.write(path, pictures, times_s=seconds, quality=quality)
            content = path.read_bytes()
            if len(content) <= MOST_BYTES:
                break
    return content
