"""Masks as outlines: rings of corners ``(n, 2)`` as x, y, where pixel (0, 0) is from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data import Patch
from ethoframe.data.noun import Array

Corner = tuple[int, int]


def filled(rings: Sequence[Array], size: tuple[int, int]) -> Patch:
    """The pixels of a picture whose centres lie within one of the rings, as 0 and 1.

    Parameters
    ----------
    rings
        Corners of each; the last is joined to the first. A ring that crosses itself is filled where
        it has been crossed an odd number of times.
    size
        Of the picture ``(y, x)``; what is outside of it is cut off.

    Examples
    --------
    >>> filled([np.array([[1.0, 0.0], [3.0, 0.0], [3.0, 2.0], [1.0, 2.0]])], (2, 4)).labels
    array([[1, 1],
           [1, 1]], dtype=uint8)
    """
    (left, top), (right, bottom) = _window(rings, size)
    inside = np.zeros((bottom - top, right - left), bool)
    for ring in rings:
        inside |= _odd(np.clip(ring, -1e9, 1e9) - (left, top), inside.shape)
    return Patch(inside.astype(np.uint8), (top, left))


def traced(mask: Array) -> tuple[list[list[Corner]], bool]:
    """Rings along the edges of the pixels of a mask ``(y, x)``, and whether one of them is a hole.

    Pixels that touch at a corner only are in rings of their own, so that `filled` gives the mask
    back exactly.

    Examples
    --------
    >>> traced(np.array([[1, 1]]))
    ([[(0, 0), (2, 0), (2, 1), (0, 1)]], False)
    """
    steps = _edges(np.pad(np.asarray(mask, bool), 1))
    rings, holes = [], False
    while steps:
        ring = _ring(steps)
        holes |= _area(ring) < 0
        rings.append(ring)
    return rings, holes


def _window(rings: Sequence[Array], size: tuple[int, int]) -> tuple[Corner, Corner]:
    """The part of the picture that rings can fill: first column and row, and those after it."""
    corners = np.concatenate([np.zeros((0, 2)), *rings])
    if not len(corners):
        return (0, 0), (0, 0)
    limits = np.array([size[1], size[0]])
    first = np.clip(np.ceil(corners.min(axis=0) - 0.5), 0, limits).astype(int)
    stop = np.clip(np.ceil(corners.max(axis=0) - 0.5), first, limits).astype(int)
    return (int(first[0]), int(first[1])), (int(stop[0]), int(stop[1]))


def _odd(ring: Array, shape: tuple[int, ...]) -> Array:
    """Where a line from the left has crossed the ring an odd number of times."""
    height, width = shape
    (x, y), (x_next, y_next) = ring.T, np.roll(ring, -1, axis=0).T
    low, high = np.minimum(y, y_next), np.maximum(y, y_next)
    first = np.clip(np.ceil(low - 0.5), 0, height).astype(int)
    counts = np.clip(np.ceil(high - 0.5), 0, height).astype(int) - first
    edge = np.repeat(np.arange(len(ring)), counts)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    slope = (x_next - x)[edge] / (y_next - y)[edge]
    crossing = x[edge] + (row + 0.5 - y[edge]) * slope
    column = np.clip(np.ceil(crossing - 0.5), 0, width).astype(int)
    crossed = np.zeros((height, width + 1), np.int64)
    np.add.at(crossed, (row, column), 1)
    odd: Array = np.cumsum(crossed, axis=1)[:, :width] % 2 == 1
    return odd


def _edges(padded: Array) -> dict[Corner, list[Corner]]:
    """From each corner the steps along the edges of pixels, the inside to the right."""
    inside = padded[1:-1, 1:-1]
    sides = (  # the neighbour across each edge, and the corners of it
        (padded[:-2, 1:-1], (0, 0), (1, 0)),
        (padded[1:-1, 2:], (1, 0), (1, 1)),
        (padded[2:, 1:-1], (1, 1), (0, 1)),
        (padded[1:-1, :-2], (0, 1), (0, 0)),
    )
    steps: dict[Corner, list[Corner]] = {}
    for across, (ax, ay), (bx, by) in sides:
        rows, columns = np.nonzero(inside & ~across)
        for x, y in zip(columns.tolist(), rows.tolist(), strict=True):
            steps.setdefault((x + ax, y + ay), []).append((x + bx, y + by))
    return steps


def _ring(steps: dict[Corner, list[Corner]]) -> list[Corner]:
    """One ring, whose steps are taken out; corners on a straight line are left out."""
    start = min(steps)
    way = [start]
    heading = (0, 0)
    while True:
        x, y = way[-1]
        onward = steps[x, y]
        # Where two pixels touch at a corner, to the right is along the same pixel.
        right = (x - heading[1], y + heading[0])
        following = onward.pop(onward.index(right) if right in onward else 0)
        if not onward:
            del steps[x, y]
        heading = (following[0] - x, following[1] - y)
        if following == start:
            break
        way.append(following)
    return [here for before, here, after in _around(way) if not _straight(before, here, after)]


def _around(way: list[Corner]) -> list[tuple[Corner, Corner, Corner]]:
    return list(zip([way[-1], *way[:-1]], way, [*way[1:], way[0]], strict=True))


def _straight(before: Corner, here: Corner, after: Corner) -> bool:
    return before[0] == here[0] == after[0] or before[1] == here[1] == after[1]


def _area(ring: list[Corner]) -> float:
    """Positive for a ring around pixels, negative for one around a hole."""
    return sum(x * b - a * y for (x, y), (a, b) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
