"""Correlation, ranks, and the levels below which two channels do not correlate."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array

NONE = float("nan")

FLAT = 1e-12
"""Of the second moment: a spread that is less is rounding."""


def correlation(a: Array, b: Array) -> float:
    """Pearson's, of numbers ``(n,)``; NaN for fewer than two, or where one does not vary.

    Examples
    --------
    >>> correlation(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    1.0
    """
    if len(a) < 2:
        return NONE
    x, y = a - a.mean(), b - b.mean()
    xx, yy = float(x @ x), float(y @ y)
    if xx <= FLAT * float(a @ a) or yy <= FLAT * float(b @ b):
        return NONE
    return float(np.clip(x @ y / np.sqrt(xx * yy), -1, 1))


def ranks(numbers: Array) -> Array:
    """Ranks from 0 of numbers ``(n,)``; those that are equal share the mean of their ranks.

    Examples
    --------
    >>> ranks(np.array([5.0, 1.0, 5.0])).tolist()
    [1.5, 0.0, 1.5]
    """
    _, index, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: Array = (last - (counts + 1) / 2)[index]
    return shared


def levels(a: Array, b: Array) -> tuple[float, float]:
    """Levels of both channels ``(n,)`` below which they do not correlate.

    Levels fall together along the line of orthogonal regression, from the top, until the pixels
    that are not above both do not correlate any more. NaN where channels do not correlate at all.

    References
    ----------
    Costes et al., Biophysical Journal 86 (2004), 3993-4003.
    """
    if not correlation(a, b) > 0:
        return NONE, NONE
    slope, offset = _line(a, b)
    # A pixel is above both levels as long as the falling one is below this.
    leaves = np.minimum(a, (b - offset) / slope)
    order = np.argsort(leaves, kind="stable")
    along = leaves[order]
    last = np.flatnonzero(np.append(np.diff(along) > 0, True))
    alike = _correlated_until(a[order], b[order])[last]
    ended = np.flatnonzero(~(alike > 0))
    at = float(along[last[ended[-1]]]) if len(ended) else float(along[0])
    return at, float(slope * at + offset)


def _line(a: Array, b: Array) -> tuple[float, float]:
    """Slope and offset of the line with the least squared distances from it."""
    aa, bb, ab = a.var(), b.var(), float(np.mean((a - a.mean()) * (b - b.mean())))
    slope = (bb - aa + np.hypot(bb - aa, 2 * ab)) / (2 * ab)
    return float(slope), float(b.mean() - slope * a.mean())


def _correlated_until(a: Array, b: Array) -> Array:
    """Sign of the covariance of the first 1, 2, 3 ... numbers; 0 where it is rounding."""
    x, y = a - a.mean(), b - b.mean()
    n = np.arange(1, len(x) + 1)
    sum_x, sum_y = np.cumsum(x), np.cumsum(y)
    shared = np.cumsum(x * y) - sum_x * sum_y / n
    scale = np.sqrt(np.cumsum(x * x) * np.cumsum(y * y))
    signs: Array = np.where(np.abs(shared) > FLAT * scale, np.sign(shared), 0)
    return signs
