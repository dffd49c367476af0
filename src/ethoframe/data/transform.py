"""From one plane to another: picture to floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.lens import Lens
from ethoframe.data.noun import Array, Noun, frozen


@dataclass(frozen=True, eq=False)
class Transform(Noun):
    """A projective map of the plane, in physical units on either side.

    Where one of the planes is a picture taken through a lens that bends straight things, points are
    straightened before the projective map, or bent after it.

    Parameters
    ----------
    matrix
        ``(3, 3)``, acting on columns ``(x, y, 1)``; scaled so that its last element is 1.
    source_unit, target_unit
        Units before and after, such as ``"px"`` and ``"mm"``.
    source_lens, target_lens
        Lens of the picture before and after; None where straight things are straight.

    References
    ----------
    Hartley & Zisserman, Multiple View Geometry, 2nd ed. 2004, chapter 2.

    Examples
    --------
    >>> half = Transform(np.diag([0.5, 0.5, 1.0]), "px", "mm")
    >>> half.apply(np.array([[10.0, 4.0]]))
    array([[5., 2.]])
    """

    matrix: Array
    source_unit: str
    target_unit: str
    source_lens: Lens | None = None
    target_lens: Lens | None = None

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
            raise ValueError("a transform needs a matrix of 3 × 3 numbers")
        if matrix[2, 2] == 0 or abs(np.linalg.det(matrix)) < 1e-15:
            raise ValueError("a transform needs an invertible matrix whose last element is not 0")
        object.__setattr__(self, "matrix", frozen(matrix / matrix[2, 2]))

    def apply(self, points: Array) -> Array:
        """Points ``(..., 2)`` as x, y; NaN stays NaN, and so does a point on the vanishing line."""
        if self.source_lens:
            points = self.source_lens.straightened(points)
        x, y = points[..., 0], points[..., 1]
        across, down, scale = (row[0] * x + row[1] * y + row[2] for row in self.matrix)
        scale = np.where(scale == 0, np.nan, scale)
        mapped = np.stack([across / scale, down / scale], axis=-1)
        return self.target_lens.bent(mapped) if self.target_lens else mapped

    def magnification(self, point: Array) -> float:
        """How many times longer a short way at a point ``(2,)`` gets, both directions averaged.

        The square root of how many times larger a small area gets there.
        """
        lens_times = 1.0
        if self.source_lens:
            lens_times = self.source_lens.magnification(point)
            point = self.source_lens.straightened(np.asarray(point, np.float64))
        depth = abs(float(self.matrix[2] @ (point[0], point[1], 1.0)))
        times = lens_times * float(np.sqrt(abs(np.linalg.det(self.matrix)) / depth**3))
        if self.target_lens:
            flat = Transform(self.matrix, self.source_unit, self.target_unit).apply(point)
            times /= self.target_lens.magnification(self.target_lens.bent(flat))
        return times

    def inverse(self) -> Transform:
        """The way back."""
        back = np.linalg.inv(self.matrix)
        units = self.target_unit, self.source_unit
        return Transform(back, *units, self.target_lens, self.source_lens)

    def after(self, first: Transform) -> Transform:
        """First the map `first`, then this one."""
        if first.target_unit != self.source_unit:
            mismatch = f"{self.source_unit} from a map that gives {first.target_unit}"
            raise ValueError(f"cannot map {mismatch}")
        if first.target_lens != self.source_lens:
            raise ValueError("cannot map from a picture taken through another lens")
        units = first.source_unit, self.target_unit
        return Transform(self.matrix @ first.matrix, *units, first.source_lens, self.target_lens)

    @classmethod
    def moving(cls, across: float, down: float, unit: str = "px") -> Transform:
        """Every point moved by as much, as x and y: into a window by minus its first pixel."""
        return cls(np.array([[1, 0, across], [0, 1, down], [0, 0, 1]], np.float64), unit, unit)

    @classmethod
    def scaling(cls, factor: float, source_unit: str, target_unit: str) -> Transform:
        """The same factor along both axes."""
        return cls(np.diag([factor, factor, 1.0]), source_unit, target_unit)

    @classmethod
    def through(
        cls,
        source: Array,
        target: Array,
        source_unit: str,
        target_unit: str,
        lens: Lens | None = None,
    ) -> Transform:
        """The least-squares homography from points ``(n, 2)`` to points ``(n, 2)``, n ≥ 4.

        Points are centred and scaled first, without which the system is badly conditioned
        (Hartley 1997). With the lens of the picture that the source lies in, points are
        straightened first.
        """
        if lens:
            source = lens.straightened(source)
        if not len(source) == len(target) >= 4:
            raise ValueError("a homography needs four points or more, as many on either side")
        before, after = _normaliser(source), _normaliser(target)
        rows = [
            row
            for (x, y), (u, v) in zip(_mapped(before, source), _mapped(after, target), strict=True)
            for row in (
                [-x, -y, -1, 0, 0, 0, u * x, u * y, u],
                [0, 0, 0, -x, -y, -1, v * x, v * y, v],
            )
        ]
        matrix = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
        fitted = np.linalg.inv(after) @ matrix @ before
        return cls(fitted, source_unit, target_unit, lens)


def _normaliser(points: Array) -> Array:
    centre = points.mean(axis=0)
    spread = float(np.sqrt(((points - centre) ** 2).sum(axis=1)).mean()) or 1.0
    scale = np.sqrt(2) / spread
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _mapped(matrix: Array, points: Array) -> Array:
    mapped: Array = points @ matrix[:2, :2].T + matrix[:2, 2]
    return mapped
