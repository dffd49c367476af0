"""How far each place moves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ethoframe.data.noun import Array, Noun, frozen

ROUNDS = 60
"""In which a field is inverted; a field that does not fold needs far fewer."""


@dataclass(frozen=True, eq=False)
class Displacement(Noun):
    """A field of displacements: a place *p* goes to *p + v(p)*.

    Between the points of its grid the field is linear, and beyond the grid it is what it is at the
    nearest edge.

    Parameters
    ----------
    vectors
        ``([z,] y, x, d)``: the grid's axes first; the last holds the displacement along x, y(, z).
    spacing
        Distance between the grid's points along its axes ``([z,] y, x)``, in `unit`.
    origin
        Where the grid's first point lies, as x, y(, z) in `unit`; 0 when left out.
    unit
        Of places and displacements, ``"px"`` or ``"mm"``.

    Examples
    --------
    >>> aside = Displacement(np.tile([2.0, 0.0], (3, 4, 1)), (1.0, 1.0))
    >>> aside.apply(np.array([[1.0, 1.0]]))
    array([[3., 1.]])
    """

    vectors: Array
    spacing: tuple[float, ...]
    origin: tuple[float, ...] = field(default=())
    unit: str = "px"

    def __post_init__(self) -> None:
        object.__setattr__(self, "vectors", frozen(self.vectors))
        if not self.origin:
            object.__setattr__(self, "origin", (0.0,) * self.axes)
        if self.vectors.ndim not in (3, 4) or self.vectors.shape[-1] != self.vectors.ndim - 1:
            raise ValueError("vectors need axes (y, x, 2) or (z, y, x, 3)")
        if not len(self.spacing) == len(self.origin) == self.axes:
            raise ValueError("a displacement needs a spacing and an origin for each axis")

    @property
    def axes(self) -> int:
        """Two of a plane, three of space."""
        return self.vectors.ndim - 1

    @property
    def size(self) -> tuple[int, ...]:
        """Points of the grid along its axes ``([z,] y, x)``."""
        return self.vectors.shape[:-1]

    def apply(self, points: Array) -> Array:
        """Points ``(..., d)`` as x, y(, z), moved; NaN stays NaN."""
        points = np.asarray(points, np.float64)
        moved: Array = points + self.at(points)
        return moved

    def at(self, points: Array) -> Array:
        """The displacements at points ``(..., d)``."""
        from scipy.ndimage import map_coordinates

        where = (points - self.origin) / self.spacing[::-1]
        # The reshape is for a single point: there is no rank 0 to interpolate in.
        index = np.nan_to_num(where[..., ::-1]).reshape(-1, self.axes).T
        along = [
            map_coordinates(self.vectors[..., axis], index, np.float64, order=1, mode="nearest")
            for axis in range(self.axes)
        ]
        found = np.stack(along, axis=-1).reshape(where.shape)
        return np.where(np.isnan(where), np.nan, found)

    def places(self) -> Array:
        """Where the grid's points lie ``([z,] y, x, d)``, as x, y(, z)."""
        along = [
            first + step * np.arange(count)
            for first, step, count in zip(self.origin[::-1], self.spacing, self.size, strict=True)
        ]
        return np.stack(np.meshgrid(*along, indexing="ij")[::-1], axis=-1)

    def inverse(self) -> Displacement:
        """The field that brings every place back, on the same grid.

        Found by fixed-point iteration, to a hundredth of the grid's spacing or better where the
        field does not fold; where it folds there is no way back.

        References
        ----------
        Chen et al., A simple fixed-point approach to invert a deformation field, Med. Phys. 2008.
        """
        places = self.places()
        back = -np.asarray(self.vectors, np.float64)
        least = 1e-4 * min(self.spacing)
        for _ in range(ROUNDS):
            better = -self.at(places + back)
            change = float(np.abs(better - back).max(initial=0.0))
            back = better
            if change < least:
                break
        return replace(self, vectors=back)

    def determinants(self) -> Array:
        """By how much a small area or volume grows at each point of the grid ``([z,] y, x)``.

        The determinant of the Jacobian of *p + v(p)*; where it is not positive the field folds.
        """
        jacobian = np.zeros((*self.size, self.axes, self.axes))
        for along, (axis, step) in enumerate(
            zip(range(self.axes - 1, -1, -1), self.spacing[::-1], strict=True)
        ):
            if self.size[axis] > 1:
                jacobian[..., along] = np.gradient(self.vectors, step, axis=axis)
        return np.asarray(np.linalg.det(jacobian + np.eye(self.axes)))
