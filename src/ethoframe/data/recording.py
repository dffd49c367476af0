"""What a camera gave: lazy frames, a clock, a pixel size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ethoframe.data.chain import chained
from ethoframe.data.frames import Frames
from ethoframe.data.noun import Array, Noun, frozen
from ethoframe.data.refusal import Refusal
from ethoframe.data.source import ArraySource, PlanesSource, Source, windowed
from ethoframe.data.window import Window

__all__ = ["ArraySource", "Recording", "Source"]


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
        Height and width ``(y, x)`` in pixels, after any rotation the container asks for; depth,
        height and width ``(z, y, x)`` where each frame is a volume.
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
        Distance between pixel centres, in the order of `size`, or None when unknown.
    affine
        ``(4, 4)``, from the index of a voxel as x, y, z, 1 to the patient's space in mm (LPS: to
        the left, back and up); None for pictures and where it is unknown.
    facts
        What else the file says of itself (codec, container, levels ...), for people.
    warnings
        What a user should know before trusting it, one line each.
    """

    name: str
    source: Source
    times_s: Array
    size: tuple[int, ...]
    dtype: np.dtype[Any]
    identity: str
    channels: tuple[str, ...] = ("luma",)
    bit_depth: int = 8
    keyframes: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    spacing_mm: tuple[float, ...] | None = None
    affine: Array | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_s", frozen(self.times_s, np.float64))
        object.__setattr__(self, "keyframes", frozen(self.keyframes, np.int64))
        if not np.all(np.diff(self.times_s) > 0):
            raise ValueError(f"{self.name}: times_s must rise from frame to frame")
        if len(self.size) not in (2, 3):
            raise ValueError(f"{self.name}: frames need axes y x or z y x, got {len(self.size)}")
        if self.spacing_mm is not None and len(self.spacing_mm) != len(self.size):
            raise ValueError(f"{self.name}: a spacing is needed for each of {len(self.size)} axes")
        if self.affine is not None:
            object.__setattr__(self, "affine", frozen(self.affine, np.float64))

    @classmethod
    def of(
        cls,
        pixels: Array,
        rate: float = 30.0,
        *,
        name: str = "array",
        keyframes: Sequence[int] = (),
    ) -> Recording:
        """A recording of an array ``(t, [z,] y, x, c)`` in memory, `rate` frames per second.

        Examples
        --------
        >>> len(Recording.of(np.zeros((5, 4, 6, 1), np.uint8)))
        5
        """
        described = f"{pixels.dtype.str}{pixels.shape}".encode()
        identity = hashlib.sha256(described + np.ascontiguousarray(pixels).tobytes()).hexdigest()
        count = pixels.shape[-1]
        channels = ("luma",) if count == 1 else tuple(f"c{i}" for i in range(count))
        times, keys = np.arange(len(pixels)) / rate, np.array(keyframes, np.int64)
        size, source = pixels.shape[1:-1], ArraySource(frozen(pixels))
        depth = 8 * pixels.dtype.itemsize
        return cls(name, source, times, size, pixels.dtype, identity, channels, depth, keys)

    @classmethod
    def chained(
        cls,
        parts: Sequence[Recording],
        starts_s: Sequence[float] | None = None,
        name: str | None = None,
    ) -> Recording:
        """Recordings that a camera split, one after another on one clock, as one recording.

        Frames are numbered through. The first part keeps its own times, every other's are shifted;
        what lies between two parts is a gap of the clock, of which a line in `warnings` tells.

        Parameters
        ----------
        parts
            In order.
        starts_s
            Seconds of each part's first frame on a clock that all share; only their differences
            count. Left out, each part follows the one before by one usual step, and `warnings`
            says that this is assumed.
        name
            How the whole is called; as the first part when left out.

        Raises
        ------
        Refusal
            When a part has no frame, its pictures are not like the first's, or it begins before the
            one before it ends.
        ValueError
            When there are no parts, or not one start for each.

        Examples
        --------
        >>> part = Recording.of(np.zeros((3, 4, 6, 1), np.uint8), 10.0)
        >>> Recording.chained([part, part], [100.0, 105.0]).times_s.tolist()
        [0.0, 0.1, 0.2, 5.0, 5.1, 5.2]
        """
        return chained(parts, starts_s, name)

    def __len__(self) -> int:
        return len(self.times_s)

    def canonical(self) -> Mapping[str, Any]:
        """The file's identity stands for the pixels: nobody reads a whole video to compare two."""
        names = ("identity", "times_s", "spacing_mm", "size", "channels", "dtype", "affine")
        return {name: getattr(self, name) for name in names}

    @property
    def picture(self) -> tuple[int, int]:
        """Height and width ``(y, x)`` in pixels, of each plane where frames are volumes."""
        height, width = self.size[-2:]
        return height, width

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame in memory."""
        return int(np.prod(self.size)) * len(self.channels) * self.dtype.itemsize

    def cropped(self, window: Window, name: str | None = None) -> Recording:
        """The same frames seen through a window: what is outside of it is cut off as they come.

        Parameters
        ----------
        window
            In px of this recording.
        name
            How it is called; as this one when left out.

        Raises
        ------
        Refusal
            When the window does not lie in the picture.

        Examples
        --------
        >>> recording = Recording.of(np.zeros((2, 40, 60, 1), np.uint8))
        >>> recording.cropped(Window(10, 20, 16, 32)).frames([1]).size
        (16, 32)
        """
        if not window.within(self.size):
            asked = " × ".join(f"{each.start} to {each.stop}" for each in window.slices)
            sides = " × ".join(str(length) for length in self.size)
            reason = f"pixels {asked} are wanted of a picture of {sides}"
            raise Refusal(self.name, reason, "check that the arena belongs to this recording")
        named, size = replace(self, name=name or self.name), window.size_in(self.size)
        if size == self.size:
            return named
        described = f"{self.identity} {window.slices}"
        identity = hashlib.sha256(described.encode()).hexdigest()
        source, affine = windowed(self.source, window), self._affine_from(window)
        return replace(named, source=source, size=size, identity=identity, affine=affine)

    def _affine_from(self, window: Window) -> Array | None:
        if self.affine is None:
            return None
        moved = np.eye(4)
        moved[:3, 3] = window.left, window.top, window.front if window.depth is not None else 0
        return np.asarray(self.affine @ moved)

    def planes(self) -> Recording:
        """Each plane of its volumes as a frame of its own, front to back; pictures stay so.

        Planes have no clock: their number is their time in seconds.

        Examples
        --------
        >>> Recording.of(np.zeros((1, 5, 4, 6, 1), np.uint8)).planes().frames([3]).size
        (4, 6)
        """
        if len(self.size) == 2:
            return self
        depth, *picture = self.size
        source, times_s = PlanesSource(self.source, self.size), np.arange(depth * len(self))
        identity = hashlib.sha256(f"{self.identity} planes".encode()).hexdigest()
        return replace(
            self,
            source=source,
            times_s=times_s,
            size=tuple(picture),
            identity=identity,
            keyframes=times_s,
            spacing_mm=self.spacing_mm and self.spacing_mm[1:],
            affine=None,
        )

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
        known = self.channels, self.spacing_mm, self.affine
        return Frames(pixels, numbers, self.times_s[numbers], *known)
