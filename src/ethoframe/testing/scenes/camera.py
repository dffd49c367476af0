"""The camera of a scene, and the knock that it may get."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ethoframe.data import Transform
from ethoframe.data.noun import Array
from ethoframe.testing.scenes.floor import Floor


@dataclass(frozen=True)
class Camera:
    """How the floor comes into the picture.

    Parameters
    ----------
    floor
        With its place in the picture.
    shift_px, shift_s
        The whole picture moves by this much (x, y) at that time, and stays there.
    """

    floor: Floor
    shift_px: tuple[float, float]
    shift_s: float

    def shifted(self, times_s: Array) -> Array:
        """Whether the picture has moved at each time ``(t,)``."""
        moved: Array = np.asarray(times_s) >= self.shift_s
        return moved

    def shifts_px(self, times_s: Array) -> Array:
        """How far the picture has moved at each time, with the axes of a position."""
        moved = self.shifted(times_s)
        shifts: Array = moved[:, None, None, None] * np.array(self.shift_px)[:, None, None]
        return shifts

    def view(self, time_s: float) -> Transform:
        """From mm about the floor's middle to the picture of that moment."""
        return self._views[int(time_s >= self.shift_s)]

    def moved(self, picture: Array) -> Array:
        """A picture ``(y, x)`` as it looks after the shift."""
        across, down = self.shift_px
        move = np.array([[1, 0, across], [0, 1, down]], np.float64)
        return cv2.warpAffine(picture, move, picture.shape[::-1], borderMode=cv2.BORDER_REPLICATE)

    @cached_property
    def px_per_mm(self) -> float:
        """Of the floor, on average."""
        corners = np.array(self.floor.corners_px)
        sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
        return float(sides.mean() / self.floor.side_mm)

    @cached_property
    def _views(self) -> tuple[Transform, Transform]:
        across, down = self.shift_px
        bump = Transform(np.array([[1, 0, across], [0, 1, down], [0, 0, 1]]), "px", "px")
        return self.floor.to_picture, bump.after(self.floor.to_picture)
