"""From one plane to another: picture to floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array, Noun, frozen


@dataclass(frozen=True, eq=False)
class Transform(Noun):
    """A projective map of the plane, in physical units on either side.

    Parameters
    ----------
    matrix
        ``(3, 3)``, acting on columns ``(x, y, 1)``; scaled so that its last element is 1.
    source_unit, target_unit
        Units before and after, such as ``"px"`` and ``"mm"``.

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

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
            raise ValueError("a transform needs a matrix of 3 × 3 numbers")
        if matrix[2, 2] == 0 or abs(np.linalg.det(matrix)) < 1e-15:
            raise ValueError("a transform needs an invertible matrix whose last element is not 0")
        object.__setattr__(self, "matrix", frozen(matrix / matrix[2, 2]))

    def apply(self, points: Array) -> Array:
        """Points ``(..., 2)`` as x, y; NaN stays NaN, and so does a point on the vanishing line."""
        x, y = points[..., 0], points[..., 1]
        across, down, scale = (row[0] * x + row[1] * y + row[2] for row in self.matrix)
        scale = np.where(scale == 0, np.nan, scale)
        return np.stack([across / scale, down / scale], axis=-1)

    def inverse(self) -> Transform:
        """The way back."""
        return Transform(np.linalg.inv(self.matrix), self.target_unit, self.source_unit)

    def after(self, first: Transform) -> Transform:
        """First the map `first`, then this one."""
        if first.target_unit != self.source_unit:
            mismatch = f"{self.source_unit} from a map that gives {first.target_unit}"
            raise ValueError(f"cannot map {mismatch}")
        return Transform(self.matrix @ first.matrix, first.source_unit, self.target_unit)

    @classmethod
    def scaling(cls, factor: float, source_unit: str, target_unit: str) -> Transform:
        """The same factor along both axes."""
        return cls(np.diag([factor, factor, 1.0]), source_unit, target_unit)

    @classmethod
    def through(cls, source: Array, target: Array, source_unit: str, target_unit: str) -> Transform:
        """The least-squares homography from points ``(n, 2)`` to points ``(n, 2)``, n ≥ 4.

        Points are centred and scaled first, without which the system is badly conditioned
        (Hartley 1997).
        """
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
        return cls(np.linalg.inv(after) @ matrix @ before, source_unit, target_unit)


def _normaliser(points: Array) -> Array:
    centre = points.mean(axis=0)
    spread = float(np.sqrt(((points - centre) ** 2).sum(axis=1)).mean()) or 1.0
    scale = np.sqrt(2) / spread
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _mapped(matrix: Array, points: Array) -> Array:
    mapped: Array = points @ matrix[:2, :2].T + matrix[:2, 2]
    return mapped
