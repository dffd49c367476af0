"""How well the sure answers are the right ones, whatever level one would call them from."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array


def precision_recall(sure: Array, positive: Array) -> tuple[Array, Array, Array]:
    """Precision and recall of calling all that are at least as sure, from the surest on.

    Parameters
    ----------
    sure
        Of each ``(n,)``; those that are as sure as each other are called together.
    positive
        Whether each is so ``(n,)``.

    Returns
    -------
    tuple
        Precision, recall and level ``(levels,)``, levels falling; recall is NaN where nothing is
        positive.

    Examples
    --------
    >>> p, r, at = precision_recall(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]))
    >>> p.round(2).tolist(), r.tolist(), at.tolist()
    ([1.0, 0.5, 0.67], [0.5, 0.5, 1.0], [0.9, 0.8, 0.1])
    """
    positive = np.asarray(positive, np.float64)
    levels, at = np.unique(-np.asarray(sure, np.float64), return_inverse=True)
    found = np.cumsum(np.bincount(at, positive, len(levels)))
    called = np.cumsum(np.bincount(at, minlength=len(levels)))
    total = float(positive.sum())
    recall = found / total if total else np.full(len(levels), np.nan)
    return found / np.maximum(called, 1), recall, -levels


def average_precision(sure: Array, positive: Array) -> float:
    """Mean precision over the positives, at the level at which each is found; NaN of none.

    Parameters
    ----------
    sure, positive
        As of `precision_recall`.

    References
    ----------
    Davis & Goadrich, ICML 2006, 233-240 (why steps are not joined by lines).

    Examples
    --------
    >>> round(average_precision(np.array([0.9, 0.8, 0.1]), np.array([True, False, True])), 3)
    0.833
    """
    precision, recall, _ = precision_recall(sure, positive)
    if not len(recall) or not np.isfinite(recall[-1]):
        return float("nan")
    return float((np.diff(recall, prepend=0.0) * precision).sum())
