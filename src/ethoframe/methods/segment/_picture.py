"""One picture or volume of levels, and what is done to any number of its axes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.data.noun import Array

SMOOTHLESS_PX = 0.3  # a Gaussian narrower than this changes nothing on a grid of pixels


@dataclass(frozen=True)
class Grid:
    """How far apart pixel centres lie, in px of the finest axis.

    Parameters
    ----------
    steps
        One for each axis ``([z,] y, x)``; the smallest is 1.

    Examples
    --------
    >>> Grid.of((2.0, 0.5, 0.5), 3).steps
    (4.0, 1.0, 1.0)
    """

    steps: tuple[float, ...]

    @classmethod
    def of(cls, spacing_mm: tuple[float, ...] | None, axes: int) -> Grid:
        """Of a spacing in the order of the axes; even where none is known."""
        if spacing_mm is None:
            return cls((1.0,) * axes)
        finest = min(spacing_mm)
        return cls(tuple(float(each / finest) for each in spacing_mm))

    @property
    def flat(self) -> bool:
        """Whether it is a picture with square pixels, for which there are faster ways."""
        return len(self.steps) == 2 and max(self.steps) == 1

    @property
    def pixel(self) -> float:
        """What one pixel or voxel holds, in px of the finest axis to the power of the axes."""
        return float(np.prod(self.steps))

    def ball(self, radius_px: float) -> float:
        """What a disc or ball of this radius holds, in the unit of `pixel`."""
        share = np.pi if len(self.steps) == 2 else 4 * np.pi / 3
        return float(share * radius_px ** len(self.steps))


def smoothed(picture: Array, sigma_px: float, grid: Grid) -> Array:
    """Blurred by a Gaussian as wide along every axis; the picture goes on beyond its border."""
    if sigma_px < SMOOTHLESS_PX or not picture.size:
        return picture
    if len(grid.steps) == 2:
        y, x = (max(sigma_px / step, 1e-3) for step in grid.steps)
        return cv2.GaussianBlur(picture, (0, 0), x, sigmaY=y, borderType=cv2.BORDER_REPLICATE)
    from scipy import ndimage

    sigmas = [sigma_px / step for step in grid.steps]
    blurred: Array = ndimage.gaussian_filter(picture, sigmas, mode="nearest", truncate=3.0)
    return blurred


def slope(picture: Array, grid: Grid) -> Array:
    """How steeply levels rise, per px of the finest axis, from central differences."""
    squares = np.zeros(picture.shape, np.float32)
    for axis, step in enumerate(grid.steps):
        if picture.shape[axis] > 1:
            squares += np.square(np.gradient(picture, step, axis=axis))
    return np.sqrt(squares)


def parts(mask: Array, corners: bool = False) -> tuple[Array, int]:
    """Connected parts of a mask ``(y, x)`` or ``(z, y, x)``, numbered from 1, and how many.

    Pixels that only meet at a corner (in volumes: at an edge or a corner) are one part where
    `corners` says so.
    """
    if not mask.size:
        return np.zeros(mask.shape, np.int32), 0
    if mask.ndim == 2:
        bits = np.ascontiguousarray(mask).view(np.uint8) if mask.dtype == bool else mask
        count, labels = cv2.connectedComponents(bits, connectivity=8 if corners else 4)
        return labels, count - 1
    from scipy import ndimage

    touching = np.ones((3,) * mask.ndim) if corners else None
    labels = np.zeros(mask.shape, np.int32)
    return labels, int(ndimage.label(mask, touching, labels))


def depth(mask: Array, grid: Grid) -> Array:
    """How far it is from each pixel of the mask out of it, in px of the finest axis; float32.

    What lies beyond the border of the picture is taken to be as the border is.
    """
    if not mask.size:
        return np.zeros(mask.shape, np.float32)
    framed = np.pad(mask, 1, mode="edge")
    inner = (slice(1, -1),) * mask.ndim
    if framed.all():
        return np.full(mask.shape, np.float32(np.linalg.norm(mask.shape)))
    if grid.flat:
        bits = framed.astype(np.uint8)
        return cv2.distanceTransform(bits, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[inner]
    from scipy import ndimage

    found = ndimage.distance_transform_edt(framed, sampling=grid.steps)
    return np.asarray(found, np.float32)[inner]


def highest(picture: Array) -> Array:
    """The highest level at or next to each pixel, corners included."""
    if picture.ndim == 2:
        return cv2.dilate(picture, np.ones((3, 3), np.uint8))
    from scipy import ndimage

    found: Array = ndimage.maximum_filter(picture, 3, mode="nearest")
    return found


def grown(mask: Array, times: int) -> Array:
    """The mask and what is next to it, so many times over."""
    bits = mask.astype(np.uint8)
    for _ in range(times):
        bits = highest(bits)
    return bits > 0


def filled(mask: Array, most: float = np.inf, grid: Grid | None = None) -> Array:
    """The mask without its holes: what is enclosed by it, and holds at most so much.

    Parameters
    ----------
    mask
        Of two or three axes.
    most
        The largest hole to fill, in px of the finest axis to the power of the axes.
    grid
        How far apart pixels lie; even where left out.
    """
    outside, count = parts(~mask, corners=False)
    if not count:
        return mask
    size = np.bincount(outside.ravel(), minlength=count + 1) * (grid.pixel if grid else 1.0)
    hole = size <= most
    hole[border_labels(outside)] = False
    hole[0] = True
    return hole[outside]


def border_labels(labels: Array) -> Array:
    """Labels that reach the border of the picture; 0 among them where it does."""
    if not labels.size:
        return np.zeros(0, labels.dtype)
    sides = [labels.take(end, axis).ravel() for axis in range(labels.ndim) for end in (0, -1)]
    return np.unique(np.concatenate(sides))


def numbered(labels: Array) -> Array:
    """The same labels numbered from 1 in the order of their numbers, without gaps; int32."""
    if not labels.size:
        return labels.astype(np.int32)
    seen = np.bincount(labels.ravel()) > 0
    seen[0] = False
    order = np.cumsum(seen, dtype=np.int32) * seen
    return order[labels].astype(np.int32)


def greatest(labels: Array, values: Array, count: int) -> Array:
    """The greatest value in each label ``(count + 1,)``; 0 of the background and where none is."""
    found = np.zeros(count + 1, np.float64)
    inside = labels > 0
    np.maximum.at(found, labels[inside], values[inside])
    return found
