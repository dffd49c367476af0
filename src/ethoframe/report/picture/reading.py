"""Which frames and planes of a recording are shown, read without the rest where it is large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.contract.method import evenly
from ethoframe.data import Frames, LabelMap, Noun, Points, Recording, Window
from ethoframe.data.noun import Array

MOST, MOST_PAIRS, MOST_VOLUMES = 6, 3, 1
"""Frames that are shown: of pictures, of pictures beside what was made of them, of volumes."""
LARGE_BYTES = 256 * 2**20
"""A larger frame is read in parts, and every few pixels of it."""
LONGEST_PX = 2800
"""The longer side that is left of a large picture."""


@dataclass(frozen=True)
class Plane:
    """A flat part of a frame, as it is stored.

    Parameters
    ----------
    number, time_s
        The frame's.
    pixels
        ``(y, x, c)``; every few pixels of a large picture.
    axis, index
        Of a volume, which axis ``(z, y, x)`` it is across, and where; axis is -1 of a picture.
    every
        Pixels of the picture from one that was kept to the next.
    """

    number: int
    time_s: float
    pixels: Array
    axis: int = -1
    index: int = 0
    every: int = 1

    def of(self, dense: Array) -> Array:
        """The same part of another picture ``([z,] y, x[, c])`` of the frame."""
        flat = dense if self.axis < 0 else np.take(dense, self.index, axis=self.axis)
        return flat[:: self.every, :: self.every]


def numbers_shown(recording: Recording, answers: Mapping[str, Noun]) -> list[int]:
    """Numbers of the frames to show: those that have an answer, else of all, spread over time."""
    count, most = len(recording), MOST if len(recording.size) == 2 else MOST_VOLUMES
    for name in ("labels", "image", "moved", "objects", "points", "shown"):
        answer = answers.get(name)
        if not isinstance(answer, LabelMap | Frames | Points):
            continue
        numbers = np.unique(answer.numbers)
        numbers = numbers[(numbers >= 0) & (numbers < count)]
        if len(numbers):
            paired = isinstance(answer, Frames)
            return [int(n) for n in evenly(numbers, min(most, MOST_PAIRS) if paired else most)]
    return [int(number) for number in evenly(np.arange(count), most)] if count else []


def planes(recording: Recording, numbers: Sequence[int]) -> list[Plane]:
    """The frames with these numbers; of volumes the three middle planes, across z, y and x.

    A frame that cannot be decoded is left out.
    """
    if recording.frame_bytes > LARGE_BYTES and hasattr(recording.source, "cropped"):
        found = [plane for number in numbers for plane in _in_parts(recording, number)]
    else:
        found = []
        for number in numbers:
            found += frame_planes(recording.frames([number]))
    return found


def frame_planes(frames: Frames) -> list[Plane]:
    """Of each frame in memory: itself, or its three middle planes."""
    found = []
    for number, time_s, pixels in zip(frames.numbers, frames.times_s, frames.pixels, strict=True):
        named = int(number), float(time_s)
        if pixels.ndim == 3:
            found.append(Plane(*named, pixels))
        elif pixels.size:
            found += [
                Plane(*named, np.take(pixels, length // 2, axis=axis), axis, length // 2)
                for axis, length in enumerate(pixels.shape[:3])
            ]
    return found


def _in_parts(recording: Recording, number: int) -> list[Plane]:
    time_s, size = float(recording.times_s[number]), recording.size
    if len(size) == 2:
        every = max(1, -(-max(size) // LONGEST_PX))
        return [Plane(number, time_s, _bands(recording, number, every), every=every)]
    found = []
    for axis, length in enumerate(size):
        where = [slice(0, side) for side in size]
        where[axis] = slice(length // 2, length // 2 + 1)
        part = recording.cropped(Window.of(tuple(where))).frames([number])
        if len(part):
            flat = part.pixels[0].squeeze(axis)
            found.append(Plane(number, time_s, flat, axis, length // 2))
    return found


def _bands(recording: Recording, number: int, every: int) -> Array:
    """Every few pixels of a large picture, read band by band; black where it cannot be decoded."""
    height, width = recording.size
    rows = max(1, height * LARGE_BYTES // (4 * recording.frame_bytes * every)) * every
    bands = []
    for top in range(0, height, rows):
        window = Window(top, 0, min(rows, height - top), width)
        part = recording.cropped(window).frames([number])
        shape = (window.height, width, len(recording.channels))
        pixels = part.pixels[0] if len(part) else np.zeros(shape, recording.dtype)
        bands.append(pixels[::every, ::every].copy())
    return np.concatenate(bands)
