"""How well two channels correlate by chance: when one is moved away."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array

ENDS = (2.5, 97.5)
"""Per cent of the moves between which chance lies."""

FEWEST = 20
"""Moves of which percentiles are told."""


def chance(
    a: Array, b: Array, inside: Array, apart: float, found: float
) -> tuple[float, float, float]:
    """Low and high end of chance, and the share of moves that correlate as well as was found.

    Parameters
    ----------
    a, b
        Levels ``([z,] y, x)``; the second is moved round by whole pixels, in every way at once.
    inside
        Pixels of `a` that count. Where `b` is NaN it has its mean.
    apart
        A move is chance when it is by this much or more along an axis, either way round.
    found
        The correlation in place.

    All NaN where `found` is NaN, or where there are few such moves.
    """
    nothing = (float("nan"),) * 3
    if not np.isfinite(found):
        return nothing
    far = _far(a.shape, apart)
    if np.count_nonzero(far) < FEWEST:
        return nothing
    moved = _moved(a, b, inside)[far]
    moved = moved[np.isfinite(moved)]
    if len(moved) < FEWEST:
        return nothing
    low, high = np.percentile(moved, ENDS)
    return float(low), float(high), float(np.mean(moved >= found))


def _far(shape: tuple[int, ...], apart: float) -> Array:
    """Which moves are chance."""
    far = np.zeros(shape, bool)
    for axis, length in enumerate(shape):
        step = np.arange(length)
        away = np.minimum(step, length - step) >= apart
        far |= np.expand_dims(away, tuple(k for k in range(len(shape)) if k != axis))
    return far


def _moved(a: Array, b: Array, inside: Array) -> Array:
    """Pearson's correlation over the pixels inside, for every move of `b`; NaN where it is flat."""
    from scipy import fft

    known = np.isfinite(b)
    x = np.where(inside, a, 0).astype(np.float64)
    x = np.where(inside, x - x.sum() / inside.sum(), 0)
    y = np.where(known, b, 0).astype(np.float64)
    y = np.where(known, y - y.sum() / known.sum(), 0)
    weight, count = fft.rfftn(inside.astype(np.float64)), inside.sum()

    def over(left: Array, right: Array) -> Array:
        summed: Array = fft.irfftn(np.conj(left) * fft.rfftn(right), s=a.shape)
        return summed

    shared, squares = over(fft.rfftn(x), y), over(weight, y * y)
    spread = squares - over(weight, y) ** 2 / count
    total = float((x * x).sum()) * spread
    flat = spread <= 1e-9 * float((y * y).sum())
    moved: Array = np.where(flat, np.nan, shared / np.sqrt(np.where(flat, 1, total)))
    return moved
