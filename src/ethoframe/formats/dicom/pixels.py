"""Pixels of DICOM files, plane by plane."""

from __future__ import annotations

import warnings as python_warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal, Window
from ethoframe.data.noun import Array
from ethoframe.formats._grid import inside
from ethoframe.formats.dicom.files import Plane

DAMAGED = (
    ArithmeticError, AttributeError, IndexError, KeyError, MemoryError, NotImplementedError,
    OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What pydicom and its codecs raise for pixels that are cut, broken or not known."""


@dataclass(frozen=True, eq=False)
class DicomSource:
    """Frames whose planes lie in files; only planes that are asked for are decoded.

    Parameters
    ----------
    frames
        The planes of each frame along z, each with its file.
    size, samples
        Rows and columns of a plane, and numbers of each pixel.
    dtype
        Of the values after the rescale.
    volume
        Whether frames are volumes.
    window
        The part of each frame that is read; all of it where None.
    """

    frames: tuple[tuple[Plane, ...], ...]
    size: tuple[int, int]
    samples: int
    dtype: np.dtype[Any]
    volume: bool
    window: Window | None = None

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``([z,] y, x, c)`` with its number.

        Raises
        ------
        Refusal
            When a file is gone or cut, or its pixels cannot be decoded.
        """
        if not self.volume and self.window is None:
            yield from self._played(numbers)
            return
        for number in numbers:
            yield int(number), self._frame(self.frames[number])

    def cropped(self, window: Window) -> DicomSource:
        """The source of a window of this one's frames: planes beyond it are not decoded."""
        return replace(self, window=inside(self.window, window))

    def _played(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Pictures in order; those of one file are read in one go."""
        for number, plane in zip(
            numbers, self._values(self.frames[n][0] for n in numbers), strict=True
        ):
            yield int(number), plane

    def _frame(self, planes: Sequence[Plane]) -> Array:
        window = self.window
        rows: slice | Any = slice(None)
        columns, front, depth = slice(None), 0, None
        if window is not None:
            rows, columns = window.slices[-2:]
            front, depth = window.front, window.depth
        wanted = planes[front : len(planes) if depth is None else front + depth]
        parts = [plane[rows, columns] for plane in self._values(wanted)]
        return np.stack(parts) if self.volume else parts[0]

    def _values(self, planes: Any) -> Iterator[Array]:
        """What each plane shows ``(y, x, c)``, in order."""
        for path, group in groupby(planes, key=lambda plane: plane.path):
            mine = list(group)
            for plane, stored in zip(mine, _stored(path, [p.frame for p in mine]), strict=True):
                whole = stored.reshape(*self.size, self.samples)
                yield plane.scale.applied(whole, self.dtype)


def level_types(planes: Sequence[Plane]) -> tuple[np.dtype[Any], np.dtype[Any]]:
    """Type of the stored values, and of what all planes' values stand for."""
    first = planes[0]
    kind = "f" if first.floating else ("i" if first.signed else "u")
    stored = np.dtype(f"{kind}{max(1, first.allocated // 8)}")
    half = 1 << (first.bits - 1)
    limits = (-half, half - 1) if first.signed else (0, 2 * half - 1)
    scales = {plane.scale for plane in planes}
    kinds = [scale.dtype(stored, limits) for scale in scales]
    return stored, np.result_type(*kinds)


def _stored(path: str, frames: list[int]) -> Iterator[Array]:
    """The stored values of some frames of a file, one at a time; colours as red, green and blue."""
    pixels = needs("images", "pydicom.pixels")
    try:
        wanted = pixels.iter_pixels(path, indices=frames)
        for _ in frames:
            with python_warnings.catch_warnings():
                python_warnings.simplefilter("ignore")  # of values that break rules of no matter
                image = np.asarray(next(wanted))
            yield image
    except FileNotFoundError:
        raise Refusal(path, "there is no such file", "check its name and folder") from None
    except (*DAMAGED, StopIteration) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        reason = f"its pixels cannot be decoded ({told})"
        raise Refusal(path, reason, "copy it again from where it was made") from None
