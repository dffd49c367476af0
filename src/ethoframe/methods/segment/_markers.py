"""Where objects that touch are apart, and how large they usually are."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._picture import Grid, depth, greatest


def seams(labels: Array) -> Array:
    """True on the pixels of one side where two labels touch; background is no label."""
    found = np.zeros(labels.shape, bool)
    for axis in range(labels.ndim):
        low = tuple(slice(None, -1 if a == axis else None) for a in range(labels.ndim))
        high = tuple(slice(1 if a == axis else None, None) for a in range(labels.ndim))
        a, b = labels[low], labels[high]
        meet = (a != b) & (a > 0) & (b > 0)
        found[low] |= meet & (a > b)
        found[high] |= meet & (b > a)
    return found


def typical_radius(labels: Array, grid: Grid) -> float:
    """Radius of the largest disc or ball within an object, where half of all area lies in larger.

    In px of the finest axis; 0 where there are no objects. The median by area is not moved by
    specks, of which there may be many.
    """
    count = int(labels.max(initial=0))
    if not count:
        return 0.0
    inside = depth((labels > 0) & ~seams(labels), grid)
    radii = greatest(labels, inside, count)
    area = np.bincount(labels.ravel(), minlength=count + 1).astype(np.float64)
    area[0] = 0
    order = np.argsort(radii, kind="stable")
    total = np.cumsum(area[order])
    return float(radii[order][np.searchsorted(total, total[-1] / 2)])
