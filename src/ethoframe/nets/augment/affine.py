"""The straight part of the map from a window back into the picture: turn, scale, slant, mirror."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array

WHOLE = 1e-9  # numbers nearer to a whole one are one


def turned(degrees: float) -> Array:
    """The matrix ``(2, 2)`` that turns x towards y; of whole numbers for quarter turns."""
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    return _cleaned(np.array([[cos, -sin], [sin, cos]]))


def slanted(shear: float) -> Array:
    """The matrix ``(2, 2)`` that moves what is one lower by so much to the right."""
    return np.array([[1.0, shear], [0.0, 1.0]])


def mirrored(is_mirrored: bool) -> Array:
    """The matrix ``(2, 2)`` that exchanges left and right, or does nothing."""
    return np.diag([-1.0 if is_mirrored else 1.0, 1.0])


def middle(size: tuple[int, int]) -> Array:
    """The middle ``(x, y)`` of a picture of so many rows and columns."""
    height, width = size
    return np.array([(width - 1) / 2, (height - 1) / 2])


def window(linear: Array, at: Array, on: Array) -> Array:
    """The map ``(2, 3)`` from a window into a picture.

    Parameters
    ----------
    linear
        ``(2, 2)``, from the picture to the window.
    at, on
        The place ``(x, y)`` in the picture, and where in the window it comes to lie. Where nothing
        is turned or scaled, this gives way by up to half a pixel, so that pixels come to lie on
        pixels and nothing is blurred.
    """
    back = _cleaned(np.linalg.inv(linear))
    offset = at - back @ on
    if np.isin(back, (-1, 0, 1)).all():
        offset = np.floor(offset + 0.5)
    return np.column_stack([back, offset])


def inverse(matrix: Array) -> Array:
    """The way back, of ``(2, 3)``."""
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack([back, -back @ matrix[:, 2]])


def moved(matrix: Array, points: Array) -> Array:
    """Points ``(n, 2)`` through a map ``(2, 3)``."""
    along_x, along_y = (a * points[:, 0] + b * points[:, 1] + c for a, b, c in matrix)
    return np.stack([along_x, along_y], axis=-1)


def _cleaned(matrix: Array) -> Array:
    whole = np.rint(matrix)
    return np.where(np.abs(matrix - whole) < WHOLE, whole + 0.0, matrix)
