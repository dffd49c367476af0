"""Keypoints as maps, and maps as keypoints.

The map of a keypoint is one distribution over the places of a window: its peak says where the
keypoint is, how much of it lies around the peak says how sure that is. Place j of a map of stride s
is around pixel ``s * j + (s - 1) / 2`` of the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

SPREAD = 1.0
"""Standard deviation, in places, of what a keypoint is taught to look like."""

NEAR = 2
"""Places around the peak, to either side, that a keypoint is read from."""

APART = 4
"""Places around a peak, to either side, in which there is no other."""

LEAST = 0.03
"""What lies near a peak besides the best at the least, as a share of the map: less is no doubt."""


def drawn(points: Array, size: tuple[int, int], stride: int) -> Array:
    """Maps ``(k, y, x)`` of keypoints ``(k, 2)`` in a window; each sums to 1, or is 0 if unknown.

    Parameters
    ----------
    points
        x and y in pixels of the window; NaN where a keypoint is absent. Outside of the window it is
        absent too.
    size
        Of the maps ``(y, x)``.
    stride
        Pixels of the window for one place.
    """
    places = (points - (stride - 1) / 2) / stride
    down, across = np.arange(size[0]), np.arange(size[1])
    with np.errstate(invalid="ignore"):
        seen = np.all((places >= -0.5) & (places < np.array(size[::-1]) - 0.5), axis=1)
    known = np.where(seen[:, None], places, 0.0)
    x = np.exp(-0.5 * ((across - known[:, :1]) / SPREAD) ** 2)
    y = np.exp(-0.5 * ((down - known[:, 1:]) / SPREAD) ** 2)
    maps = y[:, :, None] * x[:, None, :]
    maps *= (seen / np.maximum(maps.sum(axis=(1, 2)), 1e-9))[:, None, None]
    return maps.astype(np.float32)


@dataclass(frozen=True)
class Peak:
    """One place where a keypoint may be.

    Parameters
    ----------
    x, y
        In px of the window: the mean of the map near its peak, which is finer than a place.
    share
        How much of the map lies near it, 0 to 1.
    """

    x: float
    y: float
    share: float


def peaks(scores: Array, stride: int, most: int = 1) -> list[list[Peak]]:
    """The best peaks of each map, best first; none of a map that holds NaN.

    Parameters
    ----------
    scores
        Maps ``(k, y, x)`` before they are made distributions.
    stride
        Pixels of the window for one place.
    most
        How many peaks of a map; they are apart from each other.
    """
    return [_peaks(each.astype(np.float64), stride, most) for each in scores]


def _peaks(scores: Array, stride: int, most: int) -> list[Peak]:
    if not np.isfinite(scores).all():
        return []
    share = np.exp(scores - scores.max())
    share /= share.sum()
    found: list[Peak] = []
    for _ in range(most):
        down, across = divmod(int(share.argmax()), share.shape[1])
        rows = slice(max(0, down - NEAR), down + NEAR + 1)
        columns = slice(max(0, across - NEAR), across + NEAR + 1)
        near = share[rows, columns]
        total = float(near.sum())
        if found and not total > LEAST:
            break
        y = float((near.sum(axis=1) @ np.arange(rows.start, rows.start + near.shape[0])) / total)
        x = float(
            (near.sum(axis=0) @ np.arange(columns.start, columns.start + near.shape[1])) / total
        )
        middle = (stride - 1) / 2
        found.append(Peak(x * stride + middle, y * stride + middle, total))
        # What lies around a peak is not another one.
        wide = (
            slice(max(0, down - APART), down + APART + 1),
            slice(max(0, across - APART), across + APART + 1),
        )
        share[wide] = 0.0
    return found
