"""Pixels in memory."""

from __future__ import annotations

from dataclasses import dataclass

from ethoframe.data.noun import Array, Timed, frozen


@dataclass(frozen=True, eq=False)
class Frames(Timed):
    """Pixels in memory with their frame numbers and seconds; an image or a volume is one frame.

    Parameters
    ----------
    pixels
        Array ``(t, y, x, c)`` of pictures or ``(t, z, y, x, c)`` of volumes; pixel (0, 0) is the
        centre of the top-left pixel, x right, y down.
    numbers
        Frame numbers ``(t,)``, counted from 0 in the recording.
    times_s
        Seconds ``(t,)`` on the recording's own clock.
    channels
        Names of the last axis, such as ``("luma",)``.
    spacing_mm
        Distance between pixel centres ``(y, x)`` or ``(z, y, x)`` in mm, or None when unknown.
    affine
        ``(4, 4)``, from the index of a voxel to the patient's space, as a `Recording` has it; None
        for pictures and where it is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> frames = Frames(np.zeros((2, 4, 6, 1), np.uint8), np.arange(2), np.arange(2) / 30)
    >>> len(frames), frames.size
    (2, (4, 6))
    """

    pixels: Array
    numbers: Array
    times_s: Array
    channels: tuple[str, ...] = ("luma",)
    spacing_mm: tuple[float, ...] | None = None
    affine: Array | None = None

    along_time = ("pixels", "numbers", "times_s")

    def __post_init__(self) -> None:
        for name in self.along_time:
            object.__setattr__(self, name, frozen(getattr(self, name)))
        if self.pixels.ndim not in (4, 5):
            raise ValueError(f"pixels need axes t y x c or t z y x c, got {self.pixels.ndim} axes")
        if self.affine is not None:
            object.__setattr__(self, "affine", frozen(self.affine))
        if self.spacing_mm is not None and len(self.spacing_mm) != len(self.size):
            raise ValueError(f"a spacing is needed for each of {len(self.size)} axes")
        t, *_, c = self.pixels.shape
        if not (len(self.numbers) == len(self.times_s) == t and len(self.channels) == c):
            raise ValueError("numbers, times_s and channels must match the axes of pixels")

    @property
    def size(self) -> tuple[int, ...]:
        """Height and width ``(y, x)`` in pixels, or depth, height and width ``(z, y, x)``."""
        return self.pixels.shape[1:-1]

    @property
    def picture(self) -> tuple[int, int]:
        """Height and width ``(y, x)`` in pixels, of each plane where frames are volumes."""
        height, width = self.size[-2:]
        return height, width

    def plane(self, index: int, channel: str | None = None) -> Array:
        """One channel ``([z,] y, x)`` of the frame at `index`; the first unless one is named."""
        return self.pixels[index, ..., self.channels.index(channel) if channel else 0]
