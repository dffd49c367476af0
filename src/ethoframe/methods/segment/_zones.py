"""Where objects end, each by its own edge: bright ones and faint ones need no common level."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._joining import basins, joined
from ethoframe.methods.segment._levels import RULES, Histogram, background
from ethoframe.methods.segment._picture import Grid, depth, slope, smoothed

AROUND_PX = 2.5  # an edge is looked for so far beyond the common level
BESIDE_PX = 3.5  # what is nearer to an object is not taken for background
TAIL, TAIL_SD = 0.005, 2.576  # of a normal distribution
BINS = 48  # levels of each zone among which its edge is looked for
SMOOTHING = np.array([1.0, 2.0, 3.0, 2.0, 1.0])  # over those levels
FEW = 36.0  # pixels that a zone's level must have to be believed half
SHADE = 8  # background changes slowly: over the longest side by this number


@dataclass(frozen=True)
class Zones:
    """A picture in zones of one bright place each, and the object in each zone.

    Parameters
    ----------
    labels
        Of the objects within the zones' edges; 0 is background.
    common
        Where the picture lies over the level common to all.
    rise
        Levels over the background.
    heights
        The same smoothed, at least 0.
    steepness
        Slope of the square root of the rise.
    root
        That square root.
    base, noise
        Middle and scatter (a standard deviation) of the rise where no object is.
    """

    labels: Array
    common: Array
    rise: Array
    heights: Array
    steepness: Array
    root: Array
    base: float
    noise: float


def zones(picture: Array, sigma_px: float, dip: float, rule: str, grid: Grid) -> Zones | None:
    """The zones of a picture with bright objects; None where it has one level only.

    Parameters
    ----------
    picture
        Float32, ``(y, x)`` or ``(z, y, x)``, finite.
    sigma_px
        Of the smoothing before bright places are told apart.
    dip
        Share by which the rise must fall between two bright places.
    rule
        Of the common level, one of `RULES`.
    grid
        How far apart pixels lie.
    """
    level = RULES[rule](Histogram.of(picture))
    if np.isnan(level):
        return None
    rise = picture - shade(picture, picture > level, grid)
    seen = Histogram.of(rise)
    level = RULES[rule](seen)
    if np.isnan(level):
        return None
    common = rise > level
    base, noise = background(seen, level)
    root = np.sqrt(np.maximum(rise, 0) + np.float32(noise))
    steepness = slope(root, grid)
    heights = np.maximum(smoothed(rise, sigma_px, grid), 0)
    near = depth(~common, grid) <= AROUND_PX
    whole = joined(basins(heights, near), [heights], [1 - dip])
    inside = (root > edges(root, whole, steepness)[whole]) & near
    # Where all is noise, the level halves it, and only its lower tail is told as it is.
    tail = base - seen.quantile(TAIL, below=level)
    noise = max(noise, tail / TAIL_SD)
    return Zones(np.where(inside, whole, 0), common, rise, heights, steepness, root, base, noise)


def edges(levels: Array, labels: Array, steepness: Array) -> Array:
    """For each label the level at which the picture is steepest in the mean ``(labels + 1,)``.

    That is where the edge of an object is, blurred or not, whatever its neighbours' levels are.
    """
    count = int(labels.max(initial=0)) + 1
    inside = np.flatnonzero(labels)
    own, levels = labels.ravel()[inside].astype(np.int64), levels.ravel()[inside]
    low, high = np.full(count, np.inf, np.float32), np.full(count, -np.inf, np.float32)
    np.minimum.at(low, own, levels)
    np.maximum.at(high, own, levels)
    width = np.where(high > low, high - low, 1.0) / BINS
    key = own * BINS + np.minimum((levels - low[own]) / width[own], BINS - 1).astype(np.int64)
    shape = count, BINS
    total = np.bincount(key, steepness.ravel()[inside], count * BINS).reshape(shape)
    pixels = np.bincount(key, minlength=count * BINS).astype(np.float64).reshape(shape)
    total, pixels = (_along(each) for each in (total, pixels))
    steepest = (total / (pixels + FEW)).argmax(axis=1)
    found: Array = low + (steepest + 0.5) * width
    return found


def _along(table: Array) -> Array:
    framed = np.pad(table, ((0, 0), (2, 2)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, len(SMOOTHING), axis=1)
    found: Array = windows @ SMOOTHING
    return found


def shade(picture: Array, objects: Array, grid: Grid) -> Array:
    """The background, from what lies beside the objects; float32 of the same shape.

    A mean by a wide Gaussian, in which objects and what is next to them do not count; so it goes on
    beneath objects from all round. Where nothing lies beside objects it is the lowest level.
    """
    free = depth(~objects, grid) > BESIDE_PX
    if not free.any():
        return np.full(picture.shape, picture.min(initial=0), np.float32)
    extent = max(n * step for n, step in zip(picture.shape, grid.steps, strict=True))
    sigma_px = extent / SHADE
    blocks = [max(1, round(sigma_px / 4 / step)) for step in grid.steps]
    weight, level = (_coarse(each, blocks) for each in (free, np.where(free, picture, 0)))
    steps = tuple(b * step for b, step in zip(blocks, grid.steps, strict=True))
    coarse = Grid(steps)
    weight, level = (smoothed(each, sigma_px, coarse) for each in (weight, level))
    middle = np.float32(np.mean(picture[free]))
    known = weight > 1e-3
    return _fine(np.where(known, level / np.where(known, weight, 1), middle), picture.shape)


def _coarse(values: Array, blocks: list[int]) -> Array:
    """Means over blocks; a block at the far border holds what there is."""
    found: Array = np.asarray(values, np.float32)
    for axis, block in enumerate(blocks):
        starts = np.arange(0, found.shape[axis], block)
        sums = np.add.reduceat(found, starts, axis=axis)
        lengths = np.diff(np.append(starts, found.shape[axis])).astype(np.float32)
        found = sums / lengths.reshape([-1 if a == axis else 1 for a in range(found.ndim)])
    return found


def _fine(coarse: Array, shape: tuple[int, ...]) -> Array:
    """Back to the size of the picture, straight between the middles of blocks."""
    if len(shape) == 2:
        size = shape[1], shape[0]
        return cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    from scipy import ndimage

    scale = [n / m for n, m in zip(shape, coarse.shape, strict=True)]
    found = ndimage.zoom(coarse.astype(np.float32), scale, order=1, mode="nearest", grid_mode=True)
    return np.asarray(found, np.float32)


def glow(picture: Array, width_px: float, grid: Grid) -> Array:
    """What is wider than any object: the picture opened by a box, and that smoothed; float32.

    Objects that hold no box of this width are not in it.
    """
    sides = [
        min(max(3, int(width_px / s) | 1), 2 * n + 1)
        for s, n in zip(grid.steps, picture.shape, strict=True)
    ]
    if len(sides) == 2:
        across = sides[1], sides[0]
        box = np.ones(sides, np.uint8)
        opened = cv2.morphologyEx(picture, cv2.MORPH_OPEN, box, borderType=cv2.BORDER_REPLICATE)
        wide = cv2.blur(opened, across, borderType=cv2.BORDER_REPLICATE)
        return np.minimum(wide, picture)
    from scipy import ndimage

    opened = ndimage.grey_opening(picture, sides, mode="nearest")
    below: Array = np.minimum(ndimage.uniform_filter(opened, sides, mode="nearest"), picture)
    return below
