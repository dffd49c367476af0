"""Where each object ends, once it is known which objects there are."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._markers import seams
from ethoframe.methods.segment._picture import Grid, depth, filled, greatest, slope

CORE = 0.3  # of an object's depth; what is deeper tells its level, and is in any case
BEYOND_PX = 2.0  # an end is looked for so far outside of where the object was found
DEEP_PX = 3.0  # and what is deeper inside is in any case
EDGE = (0.3, 0.7)  # of an object's height; how steep it is there tells how blurred its edge is
STEPS = 16  # to a px, when it is told which object is nearest
CURVED = 0.2  # the most that is taken off half the height for an end that is blurred and curved


def outlined(labels: Array, rise: Array, base: float, hole: float, grid: Grid) -> Array:
    """The same objects, each up to where it has fallen to half of its own height.

    Half height is where a sharp straight edge lies, however much it has been blurred. A curved one
    appears to lie further in, by the square of the blur over twice the radius; so the level is
    taken lower by what the edge falls over that way, as its slope tells.

    Parameters
    ----------
    labels
        Of the objects, from 1.
    rise
        Levels over the background, smoothed little.
    base
        Of the background.
    hole
        What is enclosed by an object, and holds no more than this, belongs to it.
    grid
        How far apart pixels lie.

    References
    ----------
    Where curved edges appear: Verbeek & van Vliet, IEEE Trans. Pattern Anal. Mach. Intell. 16
    (1994) 726-733. The rule from slope and radius is ethoframe's own.
    """
    count = int(labels.max(initial=0))
    if not count:
        return labels
    outside = depth(labels == 0, grid)
    near = outside <= BEYOND_PX
    own = flood((np.minimum(outside, 2 * BEYOND_PX) * STEPS).astype(np.uint16), labels, near)
    inside = depth((labels > 0) & ~seams(labels), grid)
    peaks = greatest(labels, inside, count)
    core = (labels > 0) & (inside >= CORE * peaks[labels])
    height = np.maximum(medians(np.where(core, labels, 0), rise, count) - base, 0)
    share = shares(labels, rise, height, base, grid)
    above = (own > 0) & (rise > (base + share * height)[own])
    kept = above | core | (inside > DEEP_PX)
    reached = flood(np.zeros(labels.shape, np.uint8), np.where(core, labels, 0), kept) > 0
    return np.where(filled(reached, hole, grid) & near, own, 0)


def shares(labels: Array, rise: Array, height: Array, base: float, grid: Grid) -> Array:
    """Of each object's height, the share at which it ends ``(labels + 1,)``.

    A straight edge blurred by a Gaussian is steepest by height over 2.5 sigma, and its level
    at the place where it was falls short of half by sigma over 5 radii; so sigma need not be known.
    """
    count, axes = len(height) - 1, labels.ndim
    share = (rise - base) / np.maximum(height[labels], 1e-12)
    edge = (labels > 0) & (share > EDGE[0]) & (share < EDGE[1])
    steep = medians(np.where(edge, labels, 0), slope(rise, grid), count)
    area = np.bincount(labels.ravel(), minlength=count + 1) * grid.pixel
    radius = np.sqrt(area / np.pi) if axes == 2 else np.cbrt(area * 3 / (4 * np.pi))
    curved = (axes - 1) * height / np.maximum(4 * np.pi * radius * steep, 1e-12)
    found: Array = 0.5 - np.minimum(curved, CURVED)
    return found


def medians(labels: Array, values: Array, count: int) -> Array:
    """The median in each label ``(count + 1,)``; 0 of the background and where none is."""
    where = np.flatnonzero(labels)
    own, values = labels.ravel()[where], values.ravel()[where]
    order = np.lexsort((values, own))
    sizes = np.bincount(own, minlength=count + 1)
    starts = np.cumsum(sizes) - sizes
    found = np.zeros(count + 1)
    some = sizes > 0
    found[some] = values[order][(starts + sizes // 2)[some]]
    return found
