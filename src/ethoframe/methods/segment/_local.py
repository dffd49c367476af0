"""Means and deviations around each pixel."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._picture import Grid


def mean_and_deviation(picture: Array, radius_px: float, grid: Grid) -> tuple[Array, Array]:
    """Mean and standard deviation in a box around each pixel, float64.

    The border pixels are repeated beyond the border. What is NaN does not count; where nothing
    counts, both are NaN. Of whole numbers, sums are exact: a piece of a picture, with as much
    around it, has the same answers as the whole.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)``.
    radius_px
        Half the width of the box, in px of the finest axis; the pixel itself comes on top.
    grid
        How far apart pixels lie.
    """
    reaches = [int(radius_px / step) for step in grid.steps]
    known = np.isfinite(picture)
    levels = np.where(known, picture, 0).astype(np.float64)
    total = box_sums(picture.ndim)
    count = total(known.astype(np.float64), reaches)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total(levels, reaches) / count
        squares = total(np.square(levels), reaches) / count
    return mean, np.sqrt(np.maximum(squares - np.square(mean), 0))


def box_sums(axes: int) -> Callable[[Array, list[int]], Array]:
    """The way to sums over boxes of ``2 reach + 1`` pixels a side."""
    return _flat_sums if axes == 2 else _deep_sums


def _flat_sums(values: Array, reaches: list[int]) -> Array:
    y, x = reaches
    framed = np.pad(values, ((y, y), (x, x)), mode="edge")
    size = 2 * x + 1, 2 * y + 1
    whole = cv2.boxFilter(framed, cv2.CV_64F, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return whole[y : y + values.shape[0], x : x + values.shape[1]]


def _deep_sums(values: Array, reaches: list[int]) -> Array:
    from scipy import ndimage

    for axis, reach in enumerate(reaches):
        values = ndimage.correlate1d(values, np.ones(2 * reach + 1), axis, mode="nearest")
    return values
