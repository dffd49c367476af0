"""An empty scene from which an animal that sat still for most of the time is taken out."""

from __future__ import annotations

import cv2
import numpy as np

from ethoframe.data.noun import Array

CLEAR_LEVELS = 8.0  # a weaker difference is what compression leaves
CLEAR_NOISES = 3.0  # by which means differ; ranks of one level alone are apart by two
MEAN_PX = 5  # pixels a side that such means are over
LEAST_PX = 49  # a smaller place is some pixels' noise
RIM_PX = 2  # to either side


def repaired(planes: Array, ranked: Array, level: Array, noise: float, aside: int) -> Array:
    """The level, with places where the animal sat replaced by what was seen when it was away.

    Parameters
    ----------
    planes, ranked
        Frames ``(t, y, x)`` under one light, in order of time, and their levels in rising order.
    level, noise
        The median of the planes ``(y, x)``, and a typical pixel's noise.
    aside
        In so many of the planes, at least, the animal was elsewhere.
    """
    # Means over some pixels: where the noise of one would drown the animal, theirs does not.
    clear = max(CLEAR_NOISES * noise, CLEAR_LEVELS / 2)
    for sign, ordered in ((1, ranked[::-1]), (-1, ranked)):
        better = np.zeros(level.shape, bool)
        for rank in dict.fromkeys((aside, max(1, aside // 2))):
            gap = sign * _means(ordered[rank - 1].astype(np.float32) - level)
            places = _wider(gap > clear)  # at a rim, means fall short
            if rank < aside:  # what it left more seldom, only beside what it left often enough
                places = _touching(places, better)
            if not places.any():
                break
            away = _away(planes, level, (sign, np.where(gap > clear, gap, np.inf)), places)
            better = _better_within(away, level, places)
            level = np.where(better, away, level)
    return level


def _touching(places: Array, others: Array) -> Array:
    """Those of the places that lie beside the others."""
    count, labels = cv2.connectedComponents(places.astype(np.uint8), connectivity=4)
    kept = np.zeros(count, bool)
    kept[labels[_wider(others)]] = True
    kept[0] = False
    touching: Array = kept[labels]
    return touching


def _away(planes: Array, level: Array, gap: tuple[int, Array], places: Array) -> Array:
    """The level in which the places have the median of those frames that cross half of the gap."""
    away, (sign, wide) = level.astype(np.float32), gap
    _, _, boxes, _ = cv2.connectedComponentsWithStats(places.astype(np.uint8), connectivity=4)
    for left, top, width, height, area in boxes[1:]:
        if area < LEAST_PX:
            continue
        window = slice(top, top + height), slice(left, left + width)
        seen, now = planes[:, *window].astype(np.float32), away[window]
        crossed = np.stack([sign * _means(each - now) > wide[window] / 2 for each in seen])
        beside = np.stack([_wider(each) for each in crossed])
        crossed = np.where(crossed.any(axis=0), crossed, beside)
        some = places[window] & crossed.any(axis=0)
        crossed = crossed[:, some]
        ordered = np.sort(np.where(crossed, seen[:, some], np.inf), axis=0)
        middle = np.count_nonzero(crossed, axis=0) // 2
        now[some] = np.take_along_axis(ordered, middle[None], axis=0)[0]
    return away


def _wider(mask: Array) -> Array:
    wider: Array = cv2.dilate(mask.astype(np.uint8), _square(MEAN_PX // 2)).astype(bool)
    return wider


def _means(plane: Array) -> Array:
    return cv2.blur(plane.astype(np.float32, copy=False), (MEAN_PX, MEAN_PX))


def _better_within(other: Array, level: Array, places: Array) -> Array:
    """Those of the places ``(y, x)`` along whose rim the other level has the lower steps."""
    count, labels = cv2.connectedComponents(places.astype(np.uint8), connectivity=4)
    apart, wide = np.abs(_means(other - level)), np.bincount(labels.ravel(), minlength=count)
    usual = np.bincount(labels.ravel(), apart.ravel(), count) / np.maximum(wide, 1)
    # A place may be wider than what sat there: that ends where the two are half as far apart.
    inside = np.where(places & (apart > usual[labels] / 2), labels, 0).astype(np.float32)
    near = _square(RIM_PX)  # no edge is as sharp as a pixel
    owner = cv2.dilate(inside, near)
    rim = cv2.erode(inside, near) != owner
    place = owner[rim].astype(np.int64)
    lower = _steps(level)[rim] - _steps(np.where(places, other, level))[rim]
    # How much of the rim counts, not how high one step is: an arm may end at a wall's edge.
    gain = np.bincount(place, np.clip(lower, -usual[place], usual[place]), minlength=count)
    gain[_at_border(labels)] = 0  # what reaches in from outside is an arm, and no animal
    better: Array = places & (gain > 0)[labels]
    return better


def _at_border(labels: Array) -> Array:
    border: Array = np.concatenate([labels[[0, -1]].ravel(), labels[:, [0, -1]].ravel()])
    return border


def _steps(level: Array) -> Array:
    """How steep the level is at each pixel: about twice the height of a step."""
    smooth = cv2.blur(level.astype(np.float32), (3, 3))
    return cv2.magnitude(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))


def _square(reach_px: int) -> Array:
    return np.ones((2 * reach_px + 1, 2 * reach_px + 1), np.uint8)
