"""Whether the picture is sharp enough for the animal in it."""

from __future__ import annotations

from math import nan, sqrt

import cv2
import numpy as np

from ethoframe.data.noun import Array

ACROSS_PX = 20.0  # a picture is shrunk until the animal is so wide: finer edges do not matter
SHARP_PX = 2.75  # as wide does the sharpest edge there can be come out below
STEEPEST = 0.005  # of the pixels are looked at
REACH_PX = 5  # on either side of an edge


def softness(scene: Array, width_px: float) -> float:
    """Width of the picture's steepest edges beyond that of a sharp one, as % of the animal's.

    NaN for an animal of no known width, or a scene without edges.

    Parameters
    ----------
    scene
        The empty scene ``(y, x)``.
    width_px
        Of the animal.
    """
    if not width_px > 0 or not np.isfinite(scene).all() or min(scene.shape) < 4 * REACH_PX:
        return nan
    shrink = min(1.0, ACROSS_PX / width_px)
    size = tuple(max(4 * REACH_PX, round(side * shrink)) for side in scene.shape[::-1])
    small = cv2.resize(scene.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (0, 0), 0.8)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *axis) / 8 for axis in ((1, 0), (0, 1)))
    slope = np.hypot(across, down)
    near = np.ones((2 * REACH_PX + 1,) * 2, np.uint8)
    rise = cv2.dilate(smooth, near) - cv2.erode(smooth, near)
    steep = slope >= max(float(np.quantile(slope, 1 - STEEPEST)), 1e-3)
    if not steep.any():
        return nan
    wide = float(np.median(rise[steep] / slope[steep]))
    return 100 * sqrt(max(0.0, wide**2 - SHARP_PX**2)) / (shrink * width_px)
