"""A number of many images or recordings, with an interval from drawing them again.

What is drawn is what was sampled: an image, a recording or a subject, with all that belongs to it.
Never a pixel, a frame or an object: those of one image are alike, and would make any score look
surer than it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

LEVEL = 0.95
DRAWS = 2000
SEED = 20160704


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Parameters
    ----------
    value
        Of all rows; NaN of none.
    low, high
        Interval of the value; NaN where fewer than two units were sampled.
    n
        How many units (images, recordings, subjects) were sampled.
    level
        How sure the interval is.

    Examples
    --------
    >>> f"{Estimate(0.8, 0.75, 0.85, 12)}"
    '0.800 (0.750 to 0.850, n = 12)'
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")
    n: int = 0
    level: float = LEVEL

    def __str__(self) -> str:
        """For people."""
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}, n = {self.n})"


def mean(rows: Array) -> float:
    """The mean of those that are not NaN; NaN of none."""
    known = rows[~np.isnan(rows)]
    return float(known.mean()) if known.size else float("nan")


def median(rows: Array) -> float:
    """The median of those that are not NaN; NaN of none."""
    known = rows[~np.isnan(rows)]
    return float(np.median(known)) if known.size else float("nan")


def share(rows: Array) -> float:
    """The sum of the first column over that of the second; NaN over nothing.

    Examples
    --------
    >>> share(np.array([[1, 2], [3, 4]]))
    0.6666666666666666
    """
    over = float(rows[:, 1].sum())
    return float(rows[:, 0].sum()) / over if over else float("nan")


def estimate(
    rows: Array | Sequence[float],
    statistic: Callable[[Array], float] = mean,
    *,
    whose: Sequence[str] | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """A statistic of the rows, with its bias-corrected and accelerated bootstrap interval.

    Units are drawn with replacement, as many as there are, each with all its rows. The bootstrap is
    too sure of few units: so the interval reaches as far as Student's would beside the normal one
    (n units with n - 1 degrees of freedom). The same rows give the same interval.

    Parameters
    ----------
    rows
        One per image ``(n,)``, or several numbers each ``(n, quantity)``.
    statistic
        Of rows; NaN where it has no value. Such draws are left out.
    whose
        The unit (recording, subject) that each row belongs to; each is its own when left out.
    level
        How sure the interval shall be.
    draws, seed
        How often units are drawn, and what chance begins with.

    Raises
    ------
    ValueError
        When there is not one unit for each row.

    References
    ----------
    Efron, J. Am. Stat. Assoc. 82 (1987), 171-185 (bias and acceleration). Hesterberg, The American
    Statistician 69 (2015), 371-386 (expansion for few units). Field & Welsh, J. R. Stat. Soc. B 69
    (2007), 369-390 (drawing clusters).

    Examples
    --------
    >>> told = estimate([0.7, 0.8, 0.8, 0.9, 0.6, 0.8])
    >>> f"{told.value:.3f}, {told.low:.2f} to {told.high:.2f}, of {told.n}"
    '0.767, 0.63 to 0.85, of 6'
    """
    table = np.asarray(rows, np.float64)
    units = _units(len(table), whose)
    value = statistic(table) if len(table) else float("nan")
    if len(units) < 2 or not np.isfinite(value):
        return Estimate(value, n=len(units), level=level)
    chance = np.random.default_rng(seed)
    drawn = chance.integers(len(units), size=(draws, len(units)))
    found = np.array([statistic(table[_rows(units, draw)]) for draw in drawn])
    found = np.sort(found[~np.isnan(found)])
    every = np.arange(len(units))
    without = np.array([statistic(table[_rows(units, every[every != k])]) for k in every])
    if not len(found):
        return Estimate(value, n=len(units), level=level)
    low, high = _bca(found, value, without, level)
    return Estimate(value, low, high, len(units), level)


def _units(count: int, whose: Sequence[str] | None) -> Array | list[Array]:
    """The rows of each unit: one number each where every unit has one row, which is quicker."""
    if whose is None or len(set(whose)) == len(whose) == count:
        return np.arange(count)
    if len(whose) != count:
        raise ValueError(f"{count} rows need one unit each, and {len(whose)} are named")
    names, index = np.unique(np.asarray(whose, str), return_inverse=True)
    return [np.flatnonzero(index == k) for k in range(len(names))]


def _rows(units: Array | list[Array], drawn: Array) -> Array:
    rows: Array = (
        units[drawn]
        if isinstance(units, np.ndarray)
        else (np.concatenate([units[k] for k in drawn]))
    )
    return rows


def _bca(found: Array, value: float, without: Array, level: float) -> tuple[float, float]:
    """Low and high end, from draws in rising order and the value without each unit."""
    from scipy.special import ndtr, ndtri, stdtrit

    n = len(without)
    below = np.mean(found < value) + np.mean(found == value) / 2
    # Of few draws all may lie on one side, which would send the interval to infinity.
    bias = ndtri(np.clip(below, 0.5 / len(found), 1 - 0.5 / len(found)))
    away = np.nanmean(without) - without if np.isfinite(without).any() else np.zeros(n)
    away = away[np.isfinite(away)]
    away = away / max(np.abs(away).max(initial=0.0), np.finfo(float).tiny)
    spread = float((away**2).sum())
    acceleration = float((away**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    wide = np.sqrt(n / (n - 1)) * stdtrit(n - 1, 0.5 + level / 2)
    ends = bias + np.array([-wide, wide])
    squeezed = 1 - acceleration * ends
    # Beyond its pole the correction turns back on itself; there the farthest draw is the end.
    places = np.where(squeezed > 0, ndtr(bias + ends / np.maximum(squeezed, 1e-9)), ends > 0)
    # Of draws themselves, never between two: an infinite one stays infinite.
    low, high = np.quantile(found, places, method="inverted_cdf")
    return float(min(low, value)), float(max(high, value))
