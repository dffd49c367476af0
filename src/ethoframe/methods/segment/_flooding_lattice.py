"""A picture with one pixel of nothing all round, laid out flat: no step needs a bounds check.

What is computed in it ends at its front: the answer is the same memory, never a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array

MOST = 2**31 - 2**24  # places are kept in 32 bits, with room for the ends of queues


@dataclass(frozen=True)
class Lattice:
    """Places in a padded picture of two or three axes.

    Parameters
    ----------
    shape
        Of the picture: ``(y, x)`` or ``(z, y, x)``.

    Raises
    ------
    Refusal
        With other axes, or more pixels than 32 bits can count.
    """

    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.shape) not in (2, 3):
            raise Refusal("flooding", f"a picture of {len(self.shape)} axes", "use two or three")
        if np.prod(self.padded, dtype=float) > MOST:
            raise Refusal("flooding", f"{self.shape} is too large", "cut it into pieces")

    @property
    def padded(self) -> tuple[int, ...]:
        """The shape with its frame."""
        return tuple(length + 2 for length in self.shape)

    def blank(self) -> Array:
        """Zeros ``(n,)``, int32."""
        return np.zeros(int(np.prod(self.padded)), np.int32)

    def inside(self, flat: Array) -> Array:
        """The picture in a flat lattice, as a view."""
        inner: Array = flat.reshape(self.padded)[(slice(1, -1),) * len(self.shape)]
        return inner

    def places(self, indices: Array) -> Array:
        """Where pixels, by flat index in the picture, lie in the lattice ``(k,)``, int32."""
        place, step = np.zeros(len(indices), np.int32), 1
        for length in reversed(self.shape):
            indices, along = np.divmod(indices, length)
            place += ((along + 1) * step).astype(np.int32)
            step *= length + 2
        return place

    def offsets(self, connectivity: int) -> Array:
        """Steps from a place to its neighbours, of which at most so many axes differ by one."""
        if not 1 <= connectivity <= len(self.shape):
            told = f"neighbours over {connectivity} axes of {len(self.shape)}"
            raise Refusal("flooding", told, f"use 1 to {len(self.shape)}")
        strides = np.cumprod((1, *self.padded[:0:-1]))[::-1]
        steps = [np.array(step) for step in product((-1, 0, 1), repeat=len(self.shape))]
        near = [step for step in steps if 0 < np.abs(step).sum() <= connectivity]
        return np.array([step @ strides for step in near], np.int64)

    def packed(self, flat: Array, kernels: Any) -> Array:
        """The picture in a flat lattice without its frame, in the same memory; below 0 is 0."""
        depth, height, width = (1, *self.shape)[-3:]
        kernels.packed(flat, (depth, height, width), len(self.shape) == 2)
        picture: Array = flat[: int(np.prod(self.shape))].reshape(self.shape)
        return picture


def kernels(name: str) -> Any:
    """One of the compiled modules of this room.

    Raises
    ------
    Refusal
        When numba is not installed.
    """
    needs("images", "numba")
    return needs("images", f"ethoframe.methods.segment.{name}")
