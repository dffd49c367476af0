"""Keypoints as maps, and maps as keypoints.

The map of a keypoint is one distribution over the places of a window: its peak says where the
keypoint is, how much of it lies around the peak says how sure that is. Place j of a map of stride s
is around pixel ``s * j + (s - 1) / 2`` of the window.
"""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array

SPREAD = 1.0
"""Standard deviation, in places, of what a keypoint is taught to look like."""

NEAR = 2
"""Places around the peak, to either side, that a keypoint is read from."""


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


def read(scores: Array, stride: int) -> tuple[Array, Array]:
    """Keypoints ``(k, 2)`` in pixels of the window, and how much of each map is around its peak.

    Parameters
    ----------
    scores
        Maps ``(k, y, x)`` before they are made distributions.
    stride
        Pixels of the window for one place.

    Returns
    -------
    tuple
        Places: the mean of the distribution near its peak, which is finer than a place. And how
        sure each is, 0 to 1; NaN scores give NaN places and 0.
    """
    count, height, width = scores.shape
    flat = scores.reshape(count, -1)
    known = np.isfinite(flat).all(axis=1)
    flat = np.where(known[:, None], flat, 0.0)
    peak = flat.argmax(axis=1)
    top = flat[np.arange(count), peak]
    whole = np.exp(flat - top[:, None]).sum(axis=1)
    down, across = np.divmod(peak, width)
    reach = np.arange(-NEAR, NEAR + 1)
    y = down[:, None] + reach
    x = across[:, None] + reach
    inside = (((y >= 0) & (y < height))[:, :, None]) & (((x >= 0) & (x < width))[:, None, :])
    rows, columns = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    near = flat.reshape(scores.shape)[
        np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]
    ]
    weight = np.exp(near - top[:, None, None]) * inside
    total = weight.sum(axis=(1, 2))
    place = np.stack([(weight.sum(axis=1) * x).sum(axis=1), (weight.sum(axis=2) * y).sum(axis=1)])
    points = (place / total).T * stride + (stride - 1) / 2
    points[~known] = np.nan
    return points, np.where(known, total / whole, 0.0)
