"""Stored values that stand for others: slope times value plus intercept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Scale:
    """What stored values stand for.

    Parameters
    ----------
    slope, intercept
        Of the line.

    Examples
    --------
    >>> Scale(1.0, -1024.0).dtype(np.dtype("uint16"), (0, 4095))
    dtype('int16')
    """

    slope: float = 1.0
    intercept: float = 0.0

    @property
    def plain(self) -> bool:
        """Whether values stand for themselves."""
        return self.slope == 1 and self.intercept == 0

    @property
    def whole(self) -> bool:
        """Whether whole numbers stand for whole numbers."""
        return float(self.slope).is_integer() and float(self.intercept).is_integer()

    def dtype(self, stored: np.dtype[Any], limits: tuple[int, int] | None = None) -> np.dtype[Any]:
        """Of what is stood for: whole numbers stay so where they can, of the smallest fitting type.

        Parameters
        ----------
        stored
            Type of the stored values.
        limits
            Least and largest of whole stored values; those of their type when left out.
        """
        if self.plain:
            return stored.newbyteorder("=")
        if stored.kind not in "iu" or not self.whole:
            return np.dtype(np.complex128 if stored.kind == "c" else np.float64)
        low, high = limits or (np.iinfo(stored).min, np.iinfo(stored).max)
        ends = sorted(int(self.slope) * end + int(self.intercept) for end in (low, high))
        for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"):
            if np.iinfo(name).min <= ends[0] and ends[1] <= np.iinfo(name).max:
                return np.dtype(name)
        return np.dtype(np.float64)

    def applied(self, stored: Array, dtype: np.dtype[Any]) -> Array:
        """What the stored values stand for, as `dtype`."""
        if self.plain:
            return stored
        if dtype.kind in "iu":
            wide = stored.astype(np.int64)
            whole: Array = (wide * int(self.slope) + int(self.intercept)).astype(dtype)
            return whole
        return np.asarray(stored * self.slope + self.intercept, dtype)


@dataclass(frozen=True)
class ScaledArray:
    """An array that gives what its stored values stand for.

    Parameters
    ----------
    array
        Sliced as numpy does.
    scale
        What they stand for.
    dtype
        Of the answer.
    """

    array: Any
    scale: Scale
    dtype: np.dtype[Any]

    def __getitem__(self, index: Any) -> Array:
        """The part at an index."""
        return self.scale.applied(np.asarray(self.array[index]), self.dtype)
