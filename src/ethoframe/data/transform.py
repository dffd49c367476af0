"""From one plane, or space, to another: picture to floor, moving image to fixed image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from ethoframe.data.lens import Lens
from ethoframe.data.noun import Array, Noun, frozen


@dataclass(frozen=True, eq=False)
class Transform(Noun):
    """A projective map of the plane or of space, in physical units on either side.

    Where one of the planes is a picture taken through a lens that bends straight things, points are
    straightened before the projective map, or bent after it.

    Parameters
    ----------
    matrix
        ``(3, 3)``, acting on columns ``(x, y, 1)``, or ``(4, 4)``, on ``(x, y, z, 1)``; scaled so
        that its last element is 1.
    source_unit, target_unit
        Units before and after, such as ``"px"`` and ``"mm"``.
    source_lens, target_lens
        Lens of the picture before and after; None where straight things are straight.
    failed
        Why the map is not to be trusted, in words; empty where nothing speaks against it.
    facts
        What is known of how it was found, such as the similarity before and after; for people.

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
    failed: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, np.float64)
        if matrix.shape not in ((3, 3), (4, 4)) or not np.isfinite(matrix).all():
            raise ValueError("a transform needs a matrix of 3 × 3 or 4 × 4 numbers")
        if matrix[-1, -1] == 0 or abs(np.linalg.det(matrix)) < 1e-15:
            raise ValueError("a transform needs an invertible matrix whose last element is not 0")
        object.__setattr__(self, "matrix", frozen(matrix / matrix[-1, -1]))

    @property
    def axes(self) -> int:
        """Two of a plane, three of space."""
        return len(self.matrix) - 1

    def apply(self, points: Array) -> Array:
        """Points ``(..., d)`` as x, y(, z); NaN stays NaN, as does one on the vanishing line."""
        if self.source_lens:
            points = self.source_lens.straightened(points)
        along = [points[..., axis] for axis in range(self.axes)]
        # Term by term: a matrix product gives other last digits for other numbers of points.
        *moved, scale = (
            reduce(np.add, (factor * at for factor, at in zip(row, along, strict=False))) + row[-1]
            for row in self.matrix
        )
        scale = np.where(scale == 0, np.nan, scale)
        mapped = np.stack([each / scale for each in moved], axis=-1)
        return self.target_lens.bent(mapped) if self.target_lens else mapped

    def magnification(self, point: Array) -> float:
        """How many times longer a short way at a point ``(d,)`` gets, all directions averaged.

        In a plane, the square root of how many times larger a small area gets there.
        """
        lens_times = 1.0
        if self.source_lens:
            lens_times = self.source_lens.magnification(point)
            point = self.source_lens.straightened(np.asarray(point, np.float64))
        depth = abs(float(self.matrix[-1] @ (*point, 1.0)))
        larger = abs(float(np.linalg.det(self.matrix))) / depth ** (self.axes + 1)
        times = lens_times * larger ** (1 / self.axes)
        if self.target_lens:
            flat = Transform(self.matrix, self.source_unit, self.target_unit).apply(point)
            times /= self.target_lens.magnification(self.target_lens.bent(flat))
        return float(times)

    def inverse(self) -> Transform:
        """The way back."""
        back = np.linalg.inv(self.matrix)
        units = self.target_unit, self.source_unit
        lenses = self.target_lens, self.source_lens
        return Transform(back, *units, *lenses, self.failed, self.facts)

    def after(self, first: Transform) -> Transform:
        """First the map `first`, then this one."""
        if first.target_unit != self.source_unit:
            mismatch = f"{self.source_unit} from a map that gives {first.target_unit}"
            raise ValueError(f"cannot map {mismatch}")
        if first.target_lens != self.source_lens:
            raise ValueError("cannot map from a picture taken through another lens")
        units = first.source_unit, self.target_unit
        lenses, failed = (first.source_lens, self.target_lens), first.failed or self.failed
        return Transform(self.matrix @ first.matrix, *units, *lenses, failed)

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
