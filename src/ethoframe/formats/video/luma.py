"""From a decoded frame to its luma, as it is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.sidedata.sidedata import SideData
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from ethoframe.data import Refusal
from ethoframe.data.noun import Array

LUMA_FIRST = re.compile(r"(gray|yuv[aj]?\d{3}p|nv\d\d)\d*(le|be)?")
"""Pixel formats whose first plane is the luma, in the low bits of each sample."""

REPACKED = {"yuyv422": "yuv422p", "uyvy422": "yuv422p", "yvyu422": "yuv422p"}
"""Pixel formats that hold the luma between other values, and where it lies alone, unchanged."""

FULL_RANGE = 2
"""FFmpeg's number for levels that go from black at 0 to white at the highest value."""


@dataclass(frozen=True)
class Turn:
    """How the stored picture is laid out to be seen: first the axes, then the flips."""

    swap: bool = False
    flip_y: bool = False
    flip_x: bool = False

    @classmethod
    def of(cls, frame: VideoFrame) -> Turn:
        """What the container's display matrix asks for, to the nearest right angle."""
        matrix = frame.side_data.get("DISPLAYMATRIX")
        if not isinstance(matrix, SideData):
            return cls()
        # Rows of (x, y, 1) × matrix, as ISO 14496-12 has it: x' = a x + c y, y' = b x + d y.
        a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()
        swap = abs(b) > abs(a)
        x, y = (c, b) if swap else (a, d)
        return cls(swap, flip_y=y < 0, flip_x=x < 0)

    @property
    def degrees(self) -> int:
        """Angle by which the stored picture is turned clockwise."""
        return 90 * self.swap + 180 * self.flip_y

    @property
    def mirrored(self) -> bool:
        """Whether left and right change places after that."""
        return self.swap ^ self.flip_y ^ self.flip_x

    def apply(self, image: Array) -> Array:
        """The picture ``(y, x)`` as it is to be seen: a view."""
        if self.swap:
            image = image.T
        return image[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1]


@dataclass(frozen=True)
class Layout:
    """How the luma lies in the frames of a stream.

    Parameters
    ----------
    stored
        Pixel format, width and height of every frame as it is decoded.
    read_as
        Pixel format whose first plane is read; the stored one where that plane is the luma.
    bit_depth
        Bits that carry information.
    turn
        How the picture is turned to be seen.
    """

    stored: tuple[str, int, int]
    read_as: str
    bit_depth: int
    turn: Turn

    @classmethod
    def of(cls, frame: VideoFrame) -> Layout:
        """The layout of a stream whose first frame this is."""
        held = frame.format
        bits = held.components[0].bits
        if LUMA_FIRST.fullmatch(held.name) and bits <= 16:
            read_as = held.name
        else:
            read_as = REPACKED.get(held.name) or ("gray16le" if bits > 8 else "gray")
        depth = VideoFormat(read_as).components[0].bits
        return cls((held.name, frame.width, frame.height), read_as, depth, Turn.of(frame))

    @property
    def size(self) -> tuple[int, int]:
        """Height and width ``(y, x)`` as the picture is seen."""
        _, width, height = self.stored
        return (width, height) if self.turn.swap else (height, width)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the picture: 8 or 16 bits, unsigned."""
        return np.dtype(np.uint8 if self.bit_depth <= 8 else np.uint16)

    @property
    def converted(self) -> bool:
        """Whether the luma is computed from colours, and not as it is stored."""
        name, *_ = self.stored
        return self.read_as not in (name, REPACKED.get(name))

    def image(self, frame: VideoFrame, where: str) -> Array:
        """The luma ``(y, x, 1)`` of a frame; a view of it wherever it need not be converted.

        Raises
        ------
        Refusal
            When the frame is not like the first: the stream changed its size or pixel format.
        """
        if (frame.format.name, frame.width, frame.height) != self.stored:
            raise self._changed(frame, where)
        if self.converted:
            frame = frame.reformat(format=self.read_as, dst_color_range=FULL_RANGE)
        elif self.read_as != self.stored[0]:
            frame = frame.reformat(format=self.read_as)
        return self.turn.apply(self._plane(frame))[:, :, None]

    def _plane(self, frame: VideoFrame) -> Array:
        plane: Any = frame.planes[0]
        swapped = self.read_as.endswith("be")
        values = np.frombuffer(plane, self.dtype.newbyteorder(">") if swapped else self.dtype)
        # Lines are padded; in pictures that are stored from the bottom up they lie backwards.
        lines: Array = values.reshape(plane.height, -1)[:: -1 if plane.line_size < 0 else 1]
        return lines[:, : plane.width].astype(self.dtype, copy=swapped)

    def _changed(self, frame: VideoFrame, where: str) -> Refusal:
        name, width, height = self.stored
        return Refusal(
            where,
            f"from {frame.time:.3f} s on its pictures are {frame.width}×{frame.height} "
            f"{frame.format.name}, and were {width}×{height} {name}",
            "cut the file where the camera's settings changed",
        )
