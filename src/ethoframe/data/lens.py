"""How a lens bends what is straight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array, Noun

LENS_MOST = 0.9  # a term of one would put the picture's corners infinitely far away


@dataclass(frozen=True, eq=False)
class Lens(Noun):
    """A radial distortion of the picture, by the division model with one term.

    A point seen at distance *r* from the middle would be seen at ``r / (1 + term · r²)`` through a
    lens that keeps straight things straight; *r* is in half diagonals of the picture. A wide-angle
    lens, whose pictures bulge like a barrel, has a negative term.

    Parameters
    ----------
    term
        Between -0.9 and 0.9, in 1 / (half diagonal)².
    middle
        Middle of the picture as x, y in px; it may lie outside a window that was cut from it.
    radius_px
        Half the picture's diagonal.

    References
    ----------
    Fitzgibbon, Simultaneous linear estimation of multiple view geometry and lens distortion,
    CVPR 2001.

    Examples
    --------
    >>> lens = Lens.of_picture(-0.2, (480, 640))
    >>> corner = np.array([[-0.5, -0.5]])
    >>> lens.straightened(corner)
    array([[-80.5, -60.5]])
    >>> bool(np.allclose(lens.bent(lens.straightened(corner)), corner))
    True
    """

    term: float
    middle: tuple[float, float]
    radius_px: float

    def __post_init__(self) -> None:
        if not abs(self.term) <= LENS_MOST:
            raise ValueError(f"a lens term lies between -{LENS_MOST:g} and {LENS_MOST:g}")
        if not self.radius_px > 0 or not np.isfinite(self.middle).all():
            raise ValueError("a lens needs the middle and the half diagonal of its picture")

    @classmethod
    def of_picture(cls, term: float, size: tuple[int, int]) -> Lens:
        """The lens of a whole picture ``(y, x)``."""
        height, width = size
        return cls(term, ((width - 1) / 2, (height - 1) / 2), float(np.hypot(height, width) / 2))

    def straightened(self, points: Array) -> Array:
        """Points ``(..., 2)`` as seen through a lens without distortion; NaN where none is."""
        away, r2 = self._away(points)
        stretch = 1 + self.term * r2
        stretch = np.where(stretch > 0, stretch, np.nan)
        return np.asarray(self.middle) + away * (self.radius_px / stretch)[..., None]

    def bent(self, points: Array) -> Array:
        """Points ``(..., 2)`` of a picture without distortion, as seen; NaN where none is."""
        away, r2 = self._away(points)
        # The smaller root of term·s²·r² - s + 1 = 0, in the form that loses no digits.
        root = 1 - 4 * self.term * r2
        shrink = 2 / (1 + np.sqrt(np.where(root >= 0, root, np.nan)))
        return np.asarray(self.middle) + away * (self.radius_px * shrink)[..., None]

    def magnification(self, point: Array) -> float:
        """How many times longer a short way at a point ``(2,)`` gets, both directions averaged."""
        r2 = float(self._away(np.asarray(point, np.float64))[1])
        # Across the radius by 1 / (1 + k r²), along it by (1 - k r²) / (1 + k r²)².
        stretch = 1 + self.term * r2
        return float(np.sqrt(abs(1 - self.term * r2) / abs(stretch) ** 3))

    def moved(self, matrix: Array) -> Lens:
        """The lens in a picture moved, and scaled alike in both directions, by ``(3, 3)``."""
        x, y = matrix[:2, :2] @ self.middle + matrix[:2, 2]
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
        return Lens(self.term, (float(x), float(y)), self.radius_px * scale)

    def _away(self, points: Array) -> tuple[Array, Array]:
        """From the middle, in half diagonals, and the square of how far."""
        away: Array = (points - np.asarray(self.middle)) / self.radius_px
        return away, (away**2).sum(axis=-1)
