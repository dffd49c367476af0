"""Intraclass correlations: whether numbers of several raters tell the recordings apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import LEVEL, Estimate


@dataclass(frozen=True)
class Icc:
    """How far one rater's number can stand for the recording.

    Parameters
    ----------
    agreement
        ICC(2,1), two-way random, absolute agreement: raters are some of many, and one who always
        sees more than the others counts against it.
    consistency
        ICC(3,1), two-way mixed, consistency: these very raters, whose level is theirs to have.
    recordings, raters
        The table's rows and columns.
    reason
        Why there is none, where there is none.
    """

    agreement: Estimate
    consistency: Estimate
    recordings: int
    raters: int
    reason: str = ""


def icc(table: Array, level: float = LEVEL) -> Icc:
    """Intraclass correlations of single numbers, with their F intervals.

    Parameters
    ----------
    table
        Numbers ``(recordings, raters)``, complete: rows that hold NaN are left out.
    level
        How sure the intervals are.

    Returns
    -------
    Icc
        NaN, with the reason, for fewer than two recordings or raters, or where nothing differs.

    References
    ----------
    Shrout & Fleiss, Psychol. Bull. 86 (1979), 420-428. McGraw & Wong, Psychol. Methods 1 (1996),
    30-46 (intervals).

    Examples
    --------
    >>> judged = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8]]
    >>> judged += [[7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> told = icc(np.array(judged, float))
    >>> print(f"{told.agreement.value:.2f}, {told.consistency.value:.2f}")
    0.29, 0.71
    """
    table = np.asarray(table, np.float64)
    table = table[~np.isnan(table).any(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2:
        return _none(n, k, "it needs two recordings that two raters saw")
    rows, columns, rest = _mean_squares(table)
    # What decimals leave over is nothing.
    tiny = 1e-12 * max(float((table**2).mean()), np.finfo(float).tiny)
    if max(rows, columns, rest) <= tiny:
        return _none(n, k, "all numbers are the same")
    below = rows + (k - 1) * rest + k * (columns - rest) / n
    agreed = (rows - rest) / below if below > tiny else float("nan")
    left = rows + (k - 1) * rest
    alike = (rows - rest) / left if left > tiny else float("nan")
    low, high = _agreement_ends((rows, columns, rest), agreed, (n, k), level)
    one, two = _consistency_ends((rows, rest), (n, k), level)
    return Icc(
        Estimate(agreed, low, high, n, level), Estimate(alike, one, two, n, level), n, k
    )  # fmt: skip


def _none(n: int, k: int, reason: str) -> Icc:
    nothing = Estimate(float("nan"), n=n)
    return Icc(nothing, nothing, n, k, reason)


def _mean_squares(table: Array) -> tuple[float, float, float]:
    """Between recordings, between raters, and what is left."""
    n, k = table.shape
    middle = table.mean()
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    left = table - rows[:, None] - columns + middle
    return (
        float(k * ((rows - middle) ** 2).sum() / (n - 1)),
        float(n * ((columns - middle) ** 2).sum() / (k - 1)),
        float((left**2).sum() / ((n - 1) * (k - 1))),
    )


def _agreement_ends(
    squares: tuple[float, float, float], agreed: float, size: tuple[int, int], level: float
) -> tuple[float, float]:
    from scipy.special import fdtri

    (rows, columns, rest), (n, k) = squares, size
    if not np.isfinite(agreed) or agreed >= 1:
        return agreed, agreed
    a = k * agreed / (n * (1 - agreed))
    b = 1 + k * agreed * (n - 1) / (n * (1 - agreed))
    spread = (a * columns) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1))
    if spread <= 0:
        return float("nan"), float("nan")
    freedom = (a * columns + b * rest) ** 2 / spread
    other = k * columns + (k * n - k - n) * rest
    down = float(fdtri(n - 1, freedom, 0.5 + level / 2))
    up = float(fdtri(freedom, n - 1, 0.5 + level / 2))
    low = n * (rows - down * rest) / (down * other + n * rows)
    high = n * (up * rows - rest) / (other + n * up * rows)
    return float(low), float(high)


def _consistency_ends(
    squares: tuple[float, float], size: tuple[int, int], level: float
) -> tuple[float, float]:
    from scipy.special import fdtri

    (rows, rest), (n, k) = squares, size
    if rest <= 0:
        return 1.0, 1.0
    ratio, one, two = rows / rest, n - 1, (n - 1) * (k - 1)
    down = ratio / float(fdtri(one, two, 0.5 + level / 2))
    up = ratio * float(fdtri(two, one, 0.5 + level / 2))
    return (down - 1) / (down + k - 1), (up - 1) / (up + k - 1)
