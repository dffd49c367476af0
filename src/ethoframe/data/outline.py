"""A polygon: what is in it, how far from its edge, and its middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data.noun import Array

BLOCK = 8192  # points at a time


def signed_depth(outline: Array, points: Array) -> Array:
    """Distance ``(n,)`` of points ``(n, 2)`` to a polygon's edge, positive inside, NaN for NaN."""
    edges = np.concatenate([outline, np.roll(outline, -1, axis=0)], axis=1).tolist()
    depth = np.empty(len(points))
    # Edge by edge, in blocks that stay in the processor: points × edges at once take many times
    # as long, and 100 MB for an hour of video and a round arena.
    for start in range(0, len(points), BLOCK):
        x, y = np.ascontiguousarray(points[start : start + BLOCK].T, np.float64)
        nearest, inside = np.full(len(x), np.inf), np.zeros(len(x), bool)
        for edge in edges:
            np.minimum(nearest, _distance2(edge, x, y), out=nearest)
            inside ^= _left_of(edge, x, y)
        distance = np.sqrt(nearest)
        depth[start : start + BLOCK] = np.where(inside, distance, -distance)
    return depth


def centroid(outline: Array) -> Array:
    """The middle ``(2,)`` of what the outline ``(n, 2)`` holds."""
    x, y = outline.T
    x2, y2 = np.roll(outline, -1, axis=0).T
    cross = x * y2 - x2 * y
    area = cross.sum() / 2
    middle: Array = np.array([((x + x2) * cross).sum(), ((y + y2) * cross).sum()]) / (6 * area)
    return middle


def _distance2(edge: Sequence[float], x: Array, y: Array) -> Array:
    """Square of the distance of points to the edge from (ax, ay) to (bx, by)."""
    ax, ay, bx, by = edge
    dx, dy = bx - ax, by - ay
    along = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
    square: Array = (x - (ax + along * dx)) ** 2 + (y - (ay + along * dy)) ** 2
    return square


def _left_of(edge: Sequence[float], x: Array, y: Array) -> Array:
    """Whether a ray to the right crosses the edge: an odd number of times is inside."""
    ax, ay, bx, by = edge
    rise = by - ay if by != ay else 1.0
    spans = (ay > y) != (by > y)
    crosses: Array = spans & (x < ax + (y - ay) * (bx - ax) / rise)
    return crosses
