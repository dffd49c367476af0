"""The recording with keypoints drawn over it, whatever animal they are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ethoframe.data import Recording, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats import video
from ethoframe.report.figures.pixels import levels, shown
from ethoframe.report.lettering import lettered
from ethoframe.report.overlay import (
    BATCH_BYTES,
    LARGEST_PX,
    SHIFT,
    SMALLEST_PX,
    dot,
    enlarged,
    placed,
)
from ethoframe.report.palette import zone_colour
from ethoframe.report.status import HEIGHT, INK, PAPER, Status, rgb
from ethoframe.report.wording import plain

RADIUS_PX = 4.0
"""Of a dot in the video, at 640 px; larger videos have larger ones."""

WHITE = (255, 255, 255)
GAP, PADDING = 14, 6
LONGEST_NAME = 14


def write_labelled(
    path: Path,
    recording: Recording,
    tracks: Tracks,
    sure: float,
    edges: Sequence[tuple[str, str]] = (),
) -> None:
    """Write a video of every frame with its keypoints, the lines between them, and their names.

    A keypoint that is sure is a full dot, one that is not an empty ring where it would be; a line
    joins two that are both sure. Frames keep their own times, counted from the first; one that
    cannot be decoded shows the one before it. Memory does not grow with the recording.

    Parameters
    ----------
    path
        Where to, such as ``labelled.mp4``.
    recording
        What is drawn on; pictures, not volumes.
    tracks
        Keypoints in px of any number of individuals, of some of its frames or all.
    sure
        Confidence from which a keypoint is visible.
    edges
        Pairs of keypoints that a line joins.

    Raises
    ------
    Refusal
        When the recording has no frame, or its frames are volumes.
    """
    if not len(recording) or len(recording.size) != 2:
        what = "there is no frame" if not len(recording) else "its frames are volumes"
        raise Refusal(recording.name, f"{what}: no video can be drawn", "leave --video out")
    times_s = recording.times_s - recording.times_s[0]
    drawn = Drawn.of(recording, tracks, sure, edges)
    video.write(path, drawn.pictures(), times_s=times_s.tolist())


@dataclass(frozen=True)
class Drawn:
    """What is drawn, in px of the enlarged or shrunk picture.

    Parameters
    ----------
    recording, tracks
        Pixels and places.
    sure
        Confidence from which a keypoint is visible.
    joined
        Indices of keypoints that a line joins.
    scale
        Px of the video in one px of the recording.
    limits
        Levels shown as black and white.
    row_of
        Where in the tracks each frame is, by its number.
    status
        Clock and frame number, in the strip below.
    names
        The names of the keypoints in their colours, laid at the right of the strip.
    """

    recording: Recording
    tracks: Tracks
    sure: float
    joined: tuple[tuple[int, int], ...]
    scale: float
    limits: tuple[float, float]
    row_of: dict[int, int]
    status: Status
    names: Array

    @classmethod
    def of(
        cls,
        recording: Recording,
        tracks: Tracks,
        sure: float,
        edges: Sequence[tuple[str, str]] = (),
    ) -> Drawn:
        """Prepared once for all frames."""
        longest = max(recording.size)
        scale = float(np.clip(longest, SMALLEST_PX, LARGEST_PX)) / longest
        width = round(recording.size[1] * scale)
        known = tracks.keypoints
        joined = [(known.index(a), known.index(b)) for a, b in edges if {a, b} <= {*known}]
        count = len(recording)
        limits = levels(recording.frames(sorted({0, count // 2, count - 1})).pixels)
        rows = {int(number): row for row, number in enumerate(tracks.numbers)}
        strip = Status.of(width, (), ())
        names = _key(known, round(0.6 * width))
        return cls(recording, tracks, sure, tuple(joined), scale, limits, rows, strip, names)

    def pictures(self) -> Iterator[Array]:
        """RGB pictures ``(y, x, 3)``, one for every frame of the recording."""
        recording = self.recording
        size = max(1, BATCH_BYTES // max(1, recording.frame_bytes))
        height, width = (round(side * self.scale) for side in recording.size)
        base, late = np.zeros((height, width, 3), np.uint8), 0
        for batch in recording.batches(np.arange(len(recording)).tolist(), size):
            for pixels, number in zip(batch.pixels, batch.numbers, strict=True):
                for lost in range(late, int(number)):
                    yield self.drawn(base, lost)
                base = enlarged(shown(pixels, *self.limits), (width, height))
                yield self.drawn(base, int(number))
                late = int(number) + 1
        for lost in range(late, len(recording)):
            yield self.drawn(base, lost)

    def drawn(self, base: Array, number: int) -> Array:
        """A picture with its keypoints, over its strip."""
        picture = base.copy()
        row = self.row_of.get(number)
        if row is not None:
            for who in range(len(self.tracks.individuals)):
                self._individual(picture, row, who)
        strip = self.status.drawn(number, float(self.recording.times_s[number]), "", frozenset())
        strip[:, strip.shape[1] - self.names.shape[1] :] = self.names
        return np.concatenate([picture, strip])

    def _individual(self, picture: Array, row: int, who: int) -> None:
        points = placed(self.tracks.position[row, :, :, who].T, self.scale)
        sure = self.tracks.confidence[row, :, who] >= self.sure
        for one, other in self.joined:
            a, b = points[one], points[other]
            if a is not None and b is not None and sure[one] and sure[other]:
                cv2.line(picture, a, b, WHITE, 1, cv2.LINE_AA, SHIFT)
        r = RADIUS_PX * max(picture.shape[:2]) / SMALLEST_PX
        for k, point in enumerate(points):
            if point is None:
                continue
            colour = rgb(zone_colour(k))
            if sure[k]:
                dot(picture, point, r + 1, WHITE)
                dot(picture, point, r, colour)
            else:
                around = round(r * 2**SHIFT)
                cv2.circle(picture, point, around, colour, 1, cv2.LINE_AA, SHIFT)


def _key(keypoints: Sequence[str], room: int) -> Array:
    """Names of keypoints after dots in their colours; those that find no room are left out."""
    told: list[Array] = []
    for k, name in enumerate(keypoints):
        sign = np.full((HEIGHT, GAP, 3), PAPER, np.uint8)
        dot(sign, ((GAP // 2) << SHIFT, (HEIGHT // 2) << SHIFT), 4.0, rgb(zone_colour(k)))
        word = lettered(plain(name, LONGEST_NAME), HEIGHT, INK, PAPER)
        gap = np.full((HEIGHT, PADDING, 3), PAPER, np.uint8)
        each = np.concatenate([sign, word, gap], axis=1)
        if sum(part.shape[1] for part in told) + each.shape[1] > room:
            break
        told.append(each)
    return np.concatenate(told, axis=1) if told else np.zeros((HEIGHT, 0, 3), np.uint8)
