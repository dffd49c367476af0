"""What a camera gave: lazy frames, a clock, a pixel size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ethoframe.data.frames import Frames
from ethoframe.data.noun import Array, Noun, frozen


class Source(Protocol):
    """Where a recording's pixels come from; formats implement it, one per format."""

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``(y, x, c)`` with its number, for ascending `numbers`, the cheapest way.

        A frame that cannot be decoded is left out; the caller sees the missing number. The array
        may be overwritten once the next one is asked for.
        """
        ...


@dataclass(frozen=True, eq=False)
class ArraySource:
    """Frames that are in memory already, ``(t, y, x, c)``."""

    pixels: Array

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame with its number."""
        for number in numbers:
            yield int(number), self.pixels[number]


@dataclass(frozen=True, eq=False)
class Recording(Noun):
    """Lazy frames with a clock and a pixel size; opening one reads no pixels.

    Parameters
    ----------
    name
        How the recording is called in tables: its path relative to what the user named.
    source
        Gives the pixels of frames by number.
    times_s
        Seconds ``(t,)`` of every frame, from the container's own timestamps; strictly rising.
    size
        Height and width ``(y, x)`` in pixels, after any rotation the container asks for.
    dtype
        Of the pixels as stored.
    identity
        Fingerprint of the file(s): size, timestamps and sampled blocks.
    channels
        Names of the channels, ``("luma",)`` for video unless colour was asked for.
    bit_depth
        Bits that carry information in each sample.
    keyframes
        Numbers of the frames that decode without any other.
    spacing_mm
        Distance between pixel centres ``(y, x)``, or None when unknown.
    facts
        What else the file says of itself (codec, container, levels ...), for people.
    warnings
        What a user should know before trusting it, one line each.
    """

    name: str
    source: Source
    times_s: Array
    size: tuple[int, int]
    dtype: np.dtype[Any]
    identity: str
    channels: tuple[str, ...] = ("luma",)
    bit_depth: int = 8
    keyframes: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    spacing_mm: tuple[float, float] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_s", frozen(self.times_s, np.float64))
        object.__setattr__(self, "keyframes", frozen(self.keyframes, np.int64))
        if not np.all(np.diff(self.times_s) > 0):
            raise ValueError(f"{self.name}: times_s must rise from frame to frame")

    @classmethod
    def of(
        cls,
        pixels: Array,
        rate: float = 30.0,
        *,
        name: str = "array",
        keyframes: Sequence[int] = (),
    ) -> Recording:
        """A recording of an array ``(t, y, x, c)`` in memory, `rate` frames per second.

        Examples
        --------
        >>> len(Recording.of(np.zeros((5, 4, 6, 1), np.uint8)))
        5
        """
        described = f"{pixels.dtype.str}{pixels.shape}".encode()
        identity = hashlib.sha256(described + np.ascontiguousarray(pixels).tobytes()).hexdigest()
        count = pixels.shape[3]
        channels = ("luma",) if count == 1 else tuple(f"c{i}" for i in range(count))
        times, keys = np.arange(len(pixels)) / rate, np.array(keyframes, np.int64)
        size, source = (pixels.shape[1], pixels.shape[2]), ArraySource(frozen(pixels))
        depth = 8 * pixels.dtype.itemsize
        return cls(name, source, times, size, pixels.dtype, identity, channels, depth, keys)

    def __len__(self) -> int:
        return len(self.times_s)

    def canonical(self) -> Mapping[str, Any]:
        """The file's identity stands for the pixels: nobody reads a whole video to compare two."""
        names = ("identity", "times_s", "spacing_mm", "size", "channels", "dtype")
        return {name: getattr(self, name) for name in names}

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame in memory."""
        return int(np.prod(self.size)) * len(self.channels) * self.dtype.itemsize

    def frames(self, numbers: Sequence[int]) -> Frames:
        """The frames with these ascending numbers; one that cannot be decoded is left out."""
        return next(self.batches(numbers, max(1, len(numbers))), self._gathered([], []))

    def batches(self, numbers: Sequence[int], size: int) -> Iterator[Frames]:
        """The frames with these ascending numbers, at most `size` at a time, in fresh memory."""
        pixels: Array | None = None
        found: list[int] = []
        for number, image in self.source.images(numbers):
            if pixels is None:
                pixels = np.empty((size, *self.size, len(self.channels)), self.dtype)
            pixels[len(found)] = image
            found.append(number)
            if len(found) == size:
                yield self._gathered(pixels, found)
                pixels, found = None, []
        if pixels is not None:
            yield self._gathered(pixels[: len(found)], found)

    def _gathered(self, pixels: Any, found: list[int]) -> Frames:
        if not found:
            pixels = np.empty((0, *self.size, len(self.channels)), self.dtype)
        numbers = np.array(found, np.int64)
        return Frames(pixels, numbers, self.times_s[numbers], self.channels, self.spacing_mm)
