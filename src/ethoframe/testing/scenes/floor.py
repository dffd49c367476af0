"""The floor of a scene: where the animal may walk, and how the camera sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import hypot
from typing import Literal

import numpy as np

from ethoframe.data import Arena, Transform
from ethoframe.data.noun import Array

Shape = Literal["rectangle", "circle"]
Corners = tuple[tuple[float, float], ...]

SQUARE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
RIM_POINTS = 96  # a multiple of four, so that the rim's extent is the diameter


@dataclass(frozen=True)
class Floor:
    """A square or round floor, in millimetres about its middle, and its place in the picture.

    Parameters
    ----------
    shape
        ``"rectangle"`` or ``"circle"``.
    side_mm
        Side of the square, or the diameter.
    corners_px
        Where the corners of the square (for a circle, of the square around it) lie in the picture,
        four times x, y, clockwise from the top left.
    """

    shape: Shape
    side_mm: float
    corners_px: Corners

    @cached_property
    def to_picture(self) -> Transform:
        """From mm about the floor's middle, x right, y down, to pixels."""
        return Transform.through(self.side_mm * SQUARE, np.array(self.corners_px), "mm", "px")

    @cached_property
    def outline_mm(self) -> Array:
        """The floor's edge ``(n, 2)``, mm about the middle, clockwise as the picture shows it."""
        if self.shape == "rectangle":
            return self.side_mm * SQUARE
        angle = 2 * np.pi * np.arange(RIM_POINTS) / RIM_POINTS
        return self.side_mm / 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def arena(self) -> Arena:
        """The floor as a user would give it."""
        outline = self.to_picture.apply(self.outline_mm)
        return Arena(self.shape, outline, (self.side_mm, self.side_mm), residual_mm=0.0)

    def nearest(self, x: float, y: float, inset_mm: float) -> tuple[float, float]:
        """The point next to x, y that is on the floor and `inset_mm` away from every wall."""
        reach = self.side_mm / 2 - inset_mm
        if self.shape == "rectangle":
            return min(max(x, -reach), reach), min(max(y, -reach), reach)
        shrink = min(1.0, reach / max(hypot(x, y), 1e-9))
        return x * shrink, y * shrink

    def wall(self, point: Array) -> tuple[Array, Array]:
        """Foot on the wall nearest to a point ``(2,)``, and the unit vector out of the floor."""
        if self.shape == "rectangle":
            axis = int(np.abs(point).argmax())
            outward = np.zeros(2)
            outward[axis] = np.copysign(1.0, point[axis])
        else:
            outward = point / max(float(np.hypot(*point)), 1e-9)
        return point + (self.side_mm / 2 - point @ outward) * outward, outward

    def in_centre(self, points_px: Array) -> Array:
        """Whether points ``(n, 2)`` in px are in the middle half of each side; False for NaN."""
        points = self.to_picture.inverse().apply(points_px)
        if self.shape == "rectangle":
            away = np.abs(points).max(axis=1)
        else:
            away = np.hypot(points[:, 0], points[:, 1])
        inside: Array = away < self.side_mm / 4
        return inside


def square_corners(size: tuple[int, int], slant: float) -> Corners:
    """Corners of a square amid a picture ``(y, x)``, as x, y clockwise from the top left.

    It fills nine tenths of the shorter side. Its far (top) side looks shorter by the share
    `slant`, and the floor is foreshortened.
    """
    middle = (np.array(size[::-1]) - 1) / 2
    corners = middle + 0.9 * min(size) * SQUARE
    across, down = slant * (corners[1] - corners[0]) / 2, slant * (corners[3] - corners[0]) / 4
    corners[:2] += [across + down, down - across]
    return tuple((float(x), float(y)) for x, y in corners)
