"""Pictures to video."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain, count
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ethoframe.data.noun import Array

TICK_S = Fraction(1, 90_000)
"""Times are kept to 11 µs; a frame of any usual rate is a whole number of ticks."""

LIMITED, FULL = 1, 2
"""FFmpeg's numbers for the range of levels: 16 to 235, and 0 to 255."""

BT709 = 1
"""FFmpeg's number for how colours are told, ITU-R BT.709."""

START = {"movflags": "faststart"}
"""The table of frames comes first, so that a browser plays before it has the whole."""

NEUTRAL = 128
"""Chroma of gray."""


def write(
    path: Path,
    images: Iterable[Array],
    *,
    times_s: Iterable[float] | None = None,
    rate: float | None = None,
    keyframe_every: int = 250,
    b_frames: int = 0,
    quality: float = 20,
    preset: str = "veryfast",
) -> Path:
    """Write pictures as H.264 in MP4, which every player and browser shows.

    The file appears under its name once it is complete.

    Parameters
    ----------
    path
        Where to; a file that is there is replaced.
    images
        Pictures of one size, 8 bits: gray ``(y, x)``, whose levels are stored as they are, or red,
        green and blue ``(y, x, 3)``. H.264 asks for even sizes: an odd one is padded by its last
        row or column.
    times_s
        Seconds of each picture, rising; or
    rate
        pictures per second.
    keyframe_every
        At most so many frames from a keyframe to the next.
    b_frames
        At most so many frames in a row that are coded from later ones too.
    quality
        The encoder's constant rate factor: 0 is without loss, 18 looks so, 28 is coarse.
    preset
        Speed of the encoder, from ``"ultrafast"`` to ``"veryslow"``.

    Raises
    ------
    ValueError
        When there is no picture, pictures are not alike, or times do not rise or do not fit them.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "steps.mp4"
    >>> pictures = [np.full((48, 64), level, np.uint8) for level in (0, 100, 200)]
    >>> write(path, pictures, times_s=[0.0, 0.5, 0.6]).name
    'steps.mp4'
    """
    first, images = _first(images)
    timed = zip(images, _ticks(_seconds(times_s, rate)), strict=rate is None)
    options = {"crf": str(quality), "preset": preset, "bf": str(b_frames), "g": str(keyframe_every)}
    with _complete(path) as partial, av.open(partial, "w", "mp4", options=START) as container:
        near = Fraction(rate or 30).limit_denominator(1001)
        stream = container.add_stream("libx264", near, options)
        _describe(stream, first)
        for image, ticks in timed:
            container.mux(stream.encode(_frame(image, ticks, first.shape)))
        container.mux(stream.encode(None))
    return path


@contextmanager
def _complete(path: Path) -> Iterator[str]:
    """A name beside the path, which takes its place once all went well."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield str(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _seconds(times_s: Iterable[float] | None, rate: float | None) -> Iterable[float]:
    if times_s is not None and rate is None:
        return times_s
    if rate is not None and times_s is None:
        return (number / rate for number in count())
    raise ValueError("give times_s or rate, and not both")


def _first(images: Iterable[Array]) -> tuple[Array, Iterable[Array]]:
    rest = iter(images)
    for first in rest:
        if first.dtype != np.uint8 or first.ndim < 2 or first.shape[2:] not in ((), (3,)):
            raise ValueError(f"pictures need 8 bits and axes (y, x) or (y, x, 3): {first.shape}")
        return first, chain([first], rest)
    raise ValueError("there is no picture to write")


def _describe(stream: VideoStream, first: Array) -> None:
    height, width = first.shape[:2]
    stream.height, stream.width = height + height % 2, width + width % 2
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = TICK_S
    stream.codec_context.color_range = FULL if first.ndim == 2 else LIMITED
    stream.codec_context.colorspace = BT709


def _ticks(times_s: Iterable[float]) -> Iterator[int]:
    before = None
    for time_s in times_s:
        ticks = round(time_s / TICK_S)
        if before is not None and ticks <= before:
            raise ValueError(f"times must rise from picture to picture: {time_s} s does not")
        yield ticks
        before = ticks


def _frame(image: Array, ticks: int, shape: tuple[int, ...]) -> VideoFrame:
    if image.shape != shape or image.dtype != np.uint8:
        raise ValueError(f"pictures must be alike: {image.shape} comes after {shape}")
    height, width = shape[0] + shape[0] % 2, shape[1] + shape[1] % 2
    edges = ((0, height - shape[0]), (0, width - shape[1]), (0, 0))[: image.ndim]
    image = np.pad(image, edges, mode="edge")
    if image.ndim == 2:
        planes = np.vstack([image, np.full((height // 2, width), NEUTRAL, np.uint8)])
        frame = VideoFrame.from_ndarray(planes, format="yuv420p")
    else:
        frame = VideoFrame.from_ndarray(image, format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=LIMITED)
    frame.pts, frame.time_base = ticks, TICK_S
    return frame
