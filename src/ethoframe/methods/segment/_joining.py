"""Pieces that are one object after all, by what lies between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._picture import greatest, highest, numbered, parts

STEPS = 4095  # to which a topography is rounded: a finer one would not flood differently to the eye


def basins(heights: Array, mask: Array) -> Array:
    """The mask in pieces, one for each place higher than all around it; int32, from 1.

    Parameters
    ----------
    heights
        Float ``(y, x)`` or ``(z, y, x)``, at least 0.
    mask
        Where pieces may lie.
    """
    peaks, _ = parts((heights >= highest(heights)) & mask, corners=True)
    top = float(heights.max(initial=0.0, where=mask))
    scaled = np.clip(heights * (STEPS / top if top > 0 else 0.0), 0, STEPS)
    return flood((STEPS - scaled).astype(np.uint16), peaks, mask)


def joined(pieces: Array, heights: Sequence[Array], shares: Sequence[float]) -> Array:
    """Pieces put together where the way from one to the other hardly goes down.

    Two pieces that touch are one where, for each of the `heights`, the highest pass between them
    lies above that share of the lower one's peak. Passes are taken from the highest (of the first
    of the heights) down, as water falls, so what has been joined counts with its higher peak.
    The share is of the peak, so one rule holds for large and small, bright and faint.

    Parameters
    ----------
    pieces
        Labels from 1; 0 is background.
    heights
        Floats of the same shape, at least 0.
    shares
        One for each.

    Returns
    -------
    Array
        Labels from 1 without gaps, int32.
    """
    count = int(pieces.max(initial=0))
    first, second, passes = _passes(pieces, heights, count)
    peaks = np.stack([greatest(pieces, each, count) for each in heights])
    parent = np.arange(count + 1)

    def root(label: int) -> int:
        while parent[label] != label:
            parent[label] = parent[parent[label]]
            label = int(parent[label])
        return label

    least = np.array(shares)
    for i in np.argsort(-passes[0], kind="stable"):
        a, b = root(int(first[i])), root(int(second[i]))
        if a == b:
            continue
        lower = np.minimum(peaks[:, a], peaks[:, b])
        if np.all(passes[:, i] > least * lower):
            parent[max(a, b)] = min(a, b)
            peaks[:, min(a, b)] = np.maximum(peaks[:, a], peaks[:, b])
    roots = np.array([root(label) for label in range(count + 1)], np.int32)
    return numbered(roots[pieces])


def _passes(pieces: Array, heights: Sequence[Array], count: int) -> tuple[Array, Array, Array]:
    """Pairs of labels that touch, and the highest pass between them ``(heights, pairs)``."""
    keys, levels = [], []
    for axis in range(pieces.ndim):
        low = tuple(slice(None, -1 if a == axis else None) for a in range(pieces.ndim))
        high = tuple(slice(1 if a == axis else None, None) for a in range(pieces.ndim))
        a, b = pieces[low], pieces[high]
        meet = (a != b) & (a > 0) & (b > 0)
        pair = np.minimum(a[meet], b[meet]).astype(np.int64), np.maximum(a[meet], b[meet])
        keys.append(pair[0] * (count + 1) + pair[1])
        levels.append([np.minimum(each[low][meet], each[high][meet]) for each in heights])
    found, which = np.unique(np.concatenate(keys), return_inverse=True)
    passes = np.zeros((len(heights), len(found)))
    for row, each in zip(passes, zip(*levels, strict=True), strict=True):
        np.maximum.at(row, which, np.concatenate(each))
    return found // (count + 1), found % (count + 1), passes
