"""A smooth, one-to-one bending of the window that is read at any place without being laid out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ethoframe.data.noun import Array, Noun, frozen

STEEPEST = 0.2  # of the knots' distance: below a quarter, undoing step by step must converge
NEAR_ENOUGH_PX = 1e-3  # the last step; what is left is four times as much, at the very most
MOST_STEPS = 100


@dataclass(frozen=True, eq=False)
class Elastic(Noun):
    """A displacement of the places of a window, as a uniform cubic B-spline on a coarse grid.

    Beyond the window it goes on as it is at the rim. Since no knot is moved by more than a fifth of
    their distance, the map never folds, and can be undone by repeated substitution.

    Parameters
    ----------
    knots
        ``(2, rows, columns)``: how far each knot is moved along x and along y, in px. The second
        row and the second column lie on the first pixels of the window.
    spacing_px
        Distance of the knots.
    size
        Rows and columns of the window in pixels.

    Raises
    ------
    ValueError
        When the grid does not cover the window, or a knot is moved too far.

    References
    ----------
    Free-form deformation: Rueckert et al., IEEE Trans. Med. Imaging 18, 1999, 712-721.

    Examples
    --------
    >>> even = Elastic(np.full((2, 5, 5), 3.0), 16.0, (20, 24))
    >>> even.at(np.array([[4.0, 7.5]]))
    array([[3., 3.]])
    """

    knots: Array
    spacing_px: float
    size: tuple[int, int]

    def __post_init__(self) -> None:
        rows, columns = (knots_along(pixels, self.spacing_px) for pixels in self.size)
        if np.shape(self.knots) != (2, rows, columns):
            raise ValueError(f"a window of {self.size} needs 2 × {rows} × {columns} knots")
        if np.ptp(self.knots, axis=(1, 2)).max() > 2 * STEEPEST * self.spacing_px * (1 + 1e-6):
            raise ValueError("a knot is moved too far: the window would fold")
        object.__setattr__(self, "knots", frozen(self.knots, np.float64))

    @property
    def farthest_px(self) -> float:
        """No place is moved by more along x, nor along y."""
        return float(np.abs(self.knots).max())

    def at(self, points: Array) -> Array:
        """How far the places ``(n, 2)`` are moved, as x, y; NaN for NaN."""
        rows, columns = self.knots.shape[1:]
        height, width = self.size
        across = _weights(points[:, 0].clip(0, width - 1), self.spacing_px, columns)
        down = _weights(points[:, 1].clip(0, height - 1), self.spacing_px, rows)
        moved: Array = ((down @ self.knots) * across).sum(axis=-1).T
        return moved

    def undone(self, points: Array) -> Array:
        """The places ``(n, 2)`` that are moved onto these; within 0.01 px, and NaN for NaN."""
        places = points
        for _ in range(MOST_STEPS):
            before, places = places, points - self.at(places)
            if not (np.abs(places - before) > NEAR_ENOUGH_PX).any():
                break
        return places

    def maps(self, matrix: Array) -> tuple[Array, Array]:
        """Where each pixel of the window is sampled, as x and y ``(h, w)`` float32.

        The affine map ``(2, 3)`` comes after the displacement. Splines reproduce straight lines, so
        that it is put into the knots, and the whole field costs two small matrix products.
        """
        rows, columns = self.knots.shape[1:]
        x = self.knots[0] + self.spacing_px * (np.arange(columns) - 1)
        y = self.knots[1] + self.spacing_px * (np.arange(rows) - 1)[:, None]
        down, across = (
            _grid(pixels, self.spacing_px, knots)
            for pixels, knots in zip(self.size, (rows, columns), strict=True)
        )
        along_x, along_y = (
            down @ (a * x + b * y + c).astype(np.float32) @ across.T for a, b, c in matrix
        )
        return along_x, along_y


def knots_along(pixels: int, spacing_px: float) -> int:
    """How many knots carry a side of so many pixels."""
    return int((pixels - 1) / spacing_px) + 4


@lru_cache(maxsize=32)
def _grid(pixels: int, spacing_px: float, knots: int) -> Array:
    """Weights ``(pixels, knots)`` of the knots at each pixel of a side."""
    return frozen(_weights(np.arange(pixels, dtype=np.float64), spacing_px, knots), np.float32)


def _weights(places: Array, spacing_px: float, knots: int) -> Array:
    """Weights ``(n, knots)`` of the knots at places along one side; NaN for NaN."""
    away = np.abs(places[:, None] / spacing_px + 1 - np.arange(knots))
    near, far = 2 / 3 - away**2 * (1 - away / 2), (2 - away).clip(0) ** 3 / 6
    return np.where(away < 1, near, far)
