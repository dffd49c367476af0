"""Objects with pale middles, of which a picture shows the rims best, such as red blood cells."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._markers import typical_radius
from ethoframe.methods.segment._picture import Grid, border_labels, depth, filled, greatest, parts

SHARE = 0.0075  # of what lies over the common level; where rims are seen, holes hold more
FEWEST = 2  # one hole may be chance, and tells nothing of the other objects
WIDE = 0.4  # a pale middle is as wide as this share of what is round it; a gap is not
STEPS = 16  # heights per px, when what is round a hole is told from what is round others


def is_hollow(common: Array, grid: Grid) -> bool:
    """Whether holes that are wide beside what is round them make up much of a mask.

    A gap between round objects that touch is narrow beside them; so it is no such hole. Nor is one
    that is larger than a disc or ball of the usual radius: of rims alone, half of their width.

    Parameters
    ----------
    common
        What lies over a level common to all objects.
    grid
        How far apart pixels lie.
    """
    if not common.any():
        return False
    outside, count = parts(~common)
    size = np.bincount(outside.ravel(), minlength=count + 1) * grid.pixel
    enclosed = size <= grid.ball(_radius(common, grid))
    enclosed[border_labels(outside)] = False
    enclosed[0] = False
    if size[enclosed].sum() < SHARE * common.sum() * grid.pixel:
        return False
    within = depth(common, grid)
    heights = np.minimum(within * STEPS, 2**16 - 1).astype(np.uint16)
    round_it = greatest(flood(heights, outside), within, count)
    widths = greatest(outside, depth(~common, grid), count)
    enclosed &= widths >= WIDE * round_it
    if np.count_nonzero(enclosed) < FEWEST:
        return False
    return bool(size[enclosed].sum() >= SHARE * common.sum() * grid.pixel)


def solid(common: Array, grid: Grid) -> Array:
    """The mask with all holes filled that hold no more than a disc or ball of the usual radius."""
    return filled(common, grid.ball(_radius(common, grid)), grid)


def _radius(common: Array, grid: Grid) -> float:
    return typical_radius(parts(common)[0], grid)
