"""How alike two ways of putting the same moments into kinds are, whatever the kinds are called."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array


def adjusted_rand(first: Array, second: Array) -> float:
    """The adjusted Rand index: 1 for the same kinds, 0 on average for kinds dealt by chance.

    Parameters
    ----------
    first, second
        Kind of each moment, as whole numbers ``(n,)``.

    Returns
    -------
    float
        1 where both put all in one kind; NaN of nothing.

    References
    ----------
    Hubert & Arabie, Journal of Classification 2 (1985), 193-218.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2]))
    1.0
    >>> round(adjusted_rand(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])), 2)
    -0.5
    """
    count = len(first)
    if len(second) != count:
        raise ValueError("both are of the same moments")
    if not count:
        return float("nan")
    rows, columns = (np.unique(each, return_inverse=True)[1].ravel() for each in (first, second))
    wide = int(columns.max()) + 1
    table = np.bincount(rows * wide + columns, minlength=(int(rows.max()) + 1) * wide)
    table = table.reshape(-1, wide)
    both = _pairs(table).sum()
    one, other = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    whole = float(_pairs(np.array(count)))
    by_chance = one * other / whole if whole else 0.0
    most = (one + other) / 2
    return float((both - by_chance) / (most - by_chance)) if most != by_chance else 1.0


def _pairs(count: Array) -> Array:
    held = np.asarray(count, np.float64)
    pairs: Array = held * (held - 1) / 2
    return pairs
