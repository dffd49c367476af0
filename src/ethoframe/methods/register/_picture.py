"""A picture or volume as registration sees it: one channel, with its steps in physical units.

Everything inside this room's private files counts axes as arrays do, ``([z,] y, x)``; a *pull* is a
matrix ``(d + 1, d + 1)`` that says where in the moving image a place of the fixed image is looked
up. `pushed` turns it into what a `Transform` holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data.noun import Array

LEAST = 8  # pixels along an axis, below which nothing is shrunk further


@dataclass(frozen=True)
class Picture:
    """One channel on a grid.

    Parameters
    ----------
    values
        ``([z,] y, x)`` of float32, finite.
    step
        Distance between pixel centres along each axis, in the unit of places.
    origin
        Place of the first pixel.
    known
        Which pixels have a value; None where all have.
    """

    values: Array
    step: Array
    origin: Array
    known: Array | None = None

    @classmethod
    def of(cls, values: Array, step: tuple[float, ...] | None = None) -> Picture:
        """The picture of an array; what is not finite is not known."""
        values = np.asarray(values, np.float32)
        known = np.isfinite(values)
        every = bool(known.all())
        if not every:
            middle = float(values[known].mean()) if known.any() else 0.0
            values = np.where(known, values, np.float32(middle))
        steps = np.ones(values.ndim) if step is None else np.array(step, float)
        return cls(values, steps, np.zeros(values.ndim), None if every else known)

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis."""
        size: tuple[int, ...] = self.values.shape
        return size

    @property
    def extent(self) -> Array:
        """From the first pixel to the last along each axis, in the unit of places."""
        extent: Array = self.step * (np.array(self.size) - 1)
        return extent

    @property
    def places(self) -> Array:
        """The matrix from an index to its place."""
        matrix = np.diag([*self.step, 1.0])
        matrix[:-1, -1] = self.origin
        return matrix

    def corners(self) -> Array:
        """Places of the corners ``(2^d, d)``."""
        ends = [
            (first, first + length) for first, length in zip(self.origin, self.extent, strict=True)
        ]
        return np.stack([axis.ravel() for axis in np.meshgrid(*ends, indexing="ij")], axis=1)

    def shrunk(self, step: float) -> Picture:
        """Means of blocks of pixels, so large that their centres lie about `step` apart."""
        factors = np.maximum(1, np.round(step / self.step).astype(int))
        factors = np.minimum(factors, np.maximum(1, np.array(self.size) // LEAST))
        if (factors == 1).all():
            return self
        values = block_means(self.values, factors)
        known = (
            None
            if self.known is None
            else block_means(self.known.astype(np.float32), factors) > 0.5
        )
        origin = self.origin + self.step * (factors - 1) / 2
        return Picture(values, self.step * factors, origin, known)

    def smoothed(self, sigma: float) -> Picture:
        """Blurred by a Gaussian of `sigma` pixels."""
        return replace(self, values=blurred(self.values, sigma)) if sigma > 0 else self


def blurred(values: Array, sigma: float | tuple[float, ...]) -> Array:
    """An array ``([z,] y, x)`` blurred by a Gaussian of `sigma` pixels, its edge repeated."""
    if values.ndim == 2:
        import cv2

        along = (sigma, sigma) if np.isscalar(sigma) else tuple(sigma)  # type: ignore[arg-type]
        down, across = (float(each) for each in along)  # type: ignore[arg-type]
        picture: Array = cv2.GaussianBlur(
            np.ascontiguousarray(values),
            (0, 0),
            across,
            sigmaY=down,
            borderType=cv2.BORDER_REPLICATE,
        )
        return picture
    from scipy.ndimage import gaussian_filter

    volume: Array = gaussian_filter(values, sigma, mode="nearest", truncate=3.0)
    return volume


def averaged(values: Array, width: int) -> Array:
    """Means ``([z,] y, x)`` over a box of `width` pixels a side, its edge repeated."""
    if values.ndim == 2:
        import cv2

        box: Array = cv2.blur(values, (width, width), borderType=cv2.BORDER_REPLICATE)
        return box
    from scipy.ndimage import uniform_filter

    volume: Array = uniform_filter(values, width, mode="nearest")
    return volume


def pulled(moving: Picture, pull: Array, fixed: Picture) -> tuple[Array, Array]:
    """Values of `moving` on the grid of `fixed`, and where it is known there."""
    matrix = np.linalg.inv(moving.places) @ pull @ fixed.places
    inside = _inside(matrix, fixed.size, moving.size)
    values = _looked_up(moving.values, matrix, fixed.size)
    if moving.known is not None:
        inside &= _looked_up(moving.known.astype(np.float32), matrix, fixed.size) > 0.99
    if fixed.known is not None:
        inside &= fixed.known
    return values, inside


def looked_up(values: Array, where: list[Array]) -> tuple[Array, Array]:
    """Values ``([z,] y, x)`` between pixels, at indices for each axis; and which lie inside."""
    inside = np.ones(where[0].shape, bool)
    for along, count in zip(where, values.shape, strict=True):
        inside &= (along >= 0) & (along <= count - 1)
    if values.ndim == 2:
        import cv2

        mode = cv2.BORDER_REPLICATE
        picture = cv2.remap(values, where[1], where[0], cv2.INTER_LINEAR, borderMode=mode)
        return picture, inside
    from scipy.ndimage import map_coordinates

    return map_coordinates(values, where, order=1, mode="nearest"), inside


def gradients(values: Array, step: Array) -> list[Array]:
    """Central differences along each axis, per unit of place."""
    return [
        np.asarray(np.gradient(values, spacing, axis=axis), np.float32)
        if values.shape[axis] > 1
        else np.zeros_like(values)
        for axis, spacing in enumerate(step)
    ]


def pushed(pull: Array) -> Array:
    """The matrix from the moving to the fixed image, on columns x, y(, z), 1."""
    axes = len(pull) - 1
    order = [*range(axes - 1, -1, -1), axes]
    matrix: Array = np.linalg.inv(pull)[np.ix_(order, order)]
    return matrix


def pulling(push: Array) -> Array:
    """The way back from `pushed`."""
    return pushed(push)


def mapped(matrix: Array, places: Array) -> Array:
    """Places ``(n, d)`` where a matrix brings them."""
    moved: Array = places @ matrix[:-1, :-1].T + matrix[:-1, -1]
    return moved


def block_means(values: Array, factors: Array) -> Array:
    """Means over blocks of so many pixels along each axis; what is left over is left out."""
    if values.ndim == 2:
        import cv2

        rows, columns = (n // f for n, f in zip(values.shape, factors, strict=True))
        cut = values[: rows * factors[0], : columns * factors[1]]
        small: Array = cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_AREA)
        return small
    for axis, factor in enumerate(factors):
        count = values.shape[axis] // factor
        cut = np.take(values, range(count * factor), axis=axis) if factor > 1 else values
        shape = (*cut.shape[:axis], count, factor, *cut.shape[axis + 1 :])
        values = cut.reshape(shape).mean(axis=axis + 1, dtype=np.float32)
    return values


def _inside(matrix: Array, size: tuple[int, ...], within: tuple[int, ...]) -> Array:
    """Which pixels of a grid of `size` are looked up inside an array of size `within`."""
    axes = len(size)
    index = [
        np.arange(n, dtype=np.float64).reshape([-1 if a == axis else 1 for a in range(axes)])
        for axis, n in enumerate(size)
    ]
    inside = np.ones(size, bool)
    for axis, count in enumerate(within):
        along = sum(matrix[axis, other] * index[other] for other in range(axes)) + matrix[axis, -1]
        inside &= (along >= -1e-6) & (along <= count - 1 + 1e-6)
    return inside


def _looked_up(values: Array, matrix: Array, size: tuple[int, ...]) -> Array:
    if values.ndim == 2:
        import cv2

        order = [1, 0, 2]
        affine = matrix[np.ix_(order, order)][:2]
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        picture: Array = cv2.warpAffine(
            values, affine, size[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return picture
    from scipy.ndimage import affine_transform

    linear, shift = matrix[:-1, :-1], matrix[:-1, -1]
    volume: Array = affine_transform(values, linear, shift, size, order=1, mode="nearest")
    return volume
