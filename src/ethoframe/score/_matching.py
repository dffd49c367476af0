"""Which event of one person is which of another: one to one, by how far they overlap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ethoframe.data.noun import Array

NEAR_S = 1e-9
"""Decimals are not exact: what is so little beyond the tolerance is within it."""


def overlap(first: Array, second: Array) -> Array:
    """Shared over joined time of every two spans ``(n, m)``; 0 where both have no length.

    Examples
    --------
    >>> overlap(np.array([[0.0, 4.0]]), np.array([[1.0, 4.0], [5.0, 6.0]])).tolist()
    [[0.75, 0.0]]
    """
    shared = np.minimum(first[:, None, 1], second[None, :, 1])
    shared = np.maximum(shared - np.maximum(first[:, None, 0], second[None, :, 0]), 0.0)
    own, other = np.diff(first, axis=1), np.diff(second, axis=1)
    joined = own + other.T - shared
    iou: Array = np.divide(shared, joined, out=np.zeros_like(shared), where=joined > 0)
    return iou


def matched(first: Array, second: Array, least_iou: float) -> Array:
    """Pairs of spans ``(pairs, 2)`` of indices, each span in one pair at most.

    As many pairs as can be, and of all ways to have so many that of the largest sum of overlaps:
    an optimal assignment, not a greedy one.

    Parameters
    ----------
    first, second
        Starts and stops ``(n, 2)`` and ``(m, 2)``.
    least_iou
        Shared over joined time that a pair has at least; more than 0.

    References
    ----------
    Crouse, IEEE Trans. Aerosp. Electron. Syst. 52 (2016), 1679-1696 (the assignment).

    Examples
    --------
    >>> one, two = np.array([[0.0, 10.0], [11.0, 12.0]]), np.array([[0.0, 4.0], [4.0, 10.0]])
    >>> matched(one, two, 0.2).tolist()
    [[0, 1]]
    """
    from scipy.optimize import linear_sum_assignment

    found = [np.empty((0, 2), np.intp)]
    for own, other in _knots(first, second):
        iou = overlap(first[own], second[other])
        fits = iou >= least_iou
        if not fits.any():
            continue
        # One pair more outweighs all overlaps together.
        worth = np.where(fits, 1 + iou / (1 + min(iou.shape)), 0.0)
        rows, columns = linear_sum_assignment(worth, maximize=True)
        kept = fits[rows, columns]
        found.append(np.stack([own[rows[kept]], other[columns[kept]]], axis=1))
    pairs = np.concatenate(found)
    chosen: Array = pairs[np.argsort(pairs[:, 0], kind="stable")]
    return chosen


def near(first: Array, second: Array, within_s: float) -> Array:
    """Pairs of times ``(pairs, 2)`` of indices, each time in one pair at most: as many as can be.

    Parameters
    ----------
    first, second
        Seconds ``(n,)`` and ``(m,)``, in order.
    within_s
        How far the times of a pair may be apart.

    References
    ----------
    MacLean, Tapp & Johnson, J. Psychopathol. Behav. Assess. 7 (1985), 65-73 (the tolerance).

    Examples
    --------
    >>> near(np.array([1.0, 1.4, 5.0]), np.array([1.6, 5.5]), 0.5).tolist()
    [[1, 0], [2, 1]]
    """
    pairs, own, other = [], 0, 0
    while own < len(first) and other < len(second):
        # All have the same tolerance: to take the first that fits loses no pair.
        if abs(first[own] - second[other]) <= within_s + NEAR_S:
            pairs.append((own, other))
            own, other = own + 1, other + 1
        elif first[own] < second[other]:
            own += 1
        else:
            other += 1
    return np.array(pairs, np.intp).reshape(-1, 2)


def _knots(first: Array, second: Array) -> Iterator[tuple[Array, Array]]:
    """Indices of spans that hang together by overlaps: an hour falls apart into many knots."""
    spans = np.concatenate([first, second])
    if not len(first) or not len(second):
        return
    order = np.argsort(spans[:, 0], kind="stable")
    reached = np.maximum.accumulate(spans[order, 1])
    new = np.concatenate([[True], spans[order[1:], 0] >= reached[:-1]])
    for knot in np.split(order, np.flatnonzero(new)[1:]):
        own, other = knot[knot < len(first)], knot[knot >= len(first)] - len(first)
        if len(own) and len(other):
            yield own, other
