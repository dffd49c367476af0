"""How many of so many, with an interval that knows which of them belong together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95


@dataclass(frozen=True)
class Proportion:
    """So many of so many.

    Parameters
    ----------
    count, of
        How many were so, of how many.
    clusters
        How many recordings (or animals) these come from.
    low, high
        Interval of the share; NaN when nothing was counted.
    level
        How sure the interval is.

    Examples
    --------
    >>> Proportion(9, 10).value
    0.9
    """

    count: int
    of: int
    clusters: int = 0
    low: float = float("nan")
    high: float = float("nan")
    level: float = LEVEL

    @property
    def value(self) -> float:
        """The share from 0 to 1; NaN of nothing."""
        return self.count / self.of if self.of else float("nan")


def proportion(flags: Sequence[bool], clusters: Sequence[str], level: float = LEVEL) -> Proportion:
    """The share of true flags, with Wilson's interval.

    What comes from one recording is alike, so that ten clips of one tell less than one of each of
    ten. With several recordings the interval is that of as many independent clips as tell as much:
    their number over the design effect, which is the variance of the share between recordings over
    that of independent draws (never taken for less than one), and further reduced because it is
    estimated from few recordings. Where all flags are alike there is no variance to estimate, and
    each clip counts in full but for that last reduction.

    Parameters
    ----------
    flags
        Whether each was so.
    clusters
        Which recording (or animal) each comes from.
    level
        How sure the interval shall be.

    References
    ----------
    Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212. Design effect of a ratio: Rao & Scott,
    Biometrics 48 (1992), 577-585. Degrees of freedom: Korn & Graubard, Survey Methodology 24
    (1998), 193-201.

    Examples
    --------
    >>> one = proportion([True] * 19 + [False], ["a"] * 20)
    >>> f"{one.value:.2f}, {one.low:.3f} to {one.high:.3f}"
    '0.95, 0.764 to 0.991'
    >>> proportion([True] * 10 + [False] * 10, ["a", "b"] * 10).of
    20
    """
    count, of = sum(map(bool, flags)), len(flags)
    groups = len(set(clusters))
    if not of:
        return Proportion(0, 0, 0, level=level)
    told = _telling(np.array(flags, float), np.array(clusters), level) if groups > 1 else float(of)
    return Proportion(count, of, groups, *wilson(count / of, told, level), level)


def wilson(share: float, number: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval of a share of `number` independent draws, which need not be whole.

    Examples
    --------
    >>> low, high = wilson(1.0, 10)
    >>> round(low, 4), high
    (0.7225, 1.0)
    """
    z2 = _normal(level) ** 2
    middle = (share + z2 / (2 * number)) / (1 + z2 / number)
    spread = share * (1 - share) / number + z2 / (4 * number**2)
    half = math.sqrt(z2 * spread) / (1 + z2 / number)
    return (
        0.0 if share == 0 else max(0.0, middle - half),
        1.0 if share == 1 else min(1.0, middle + half),
    )


def _telling(flags: np.ndarray, clusters: np.ndarray, level: float) -> float:
    """How many independent draws tell as much."""
    names, whose = np.unique(clusters, return_inverse=True)
    sizes = np.bincount(whose).astype(float)
    hits = np.bincount(whose, flags)
    of, groups = float(sizes.sum()), len(names)
    share = hits.sum() / of
    between = groups / (groups - 1) * float(((hits - share * sizes) ** 2).sum()) / of**2
    alone = share * (1 - share) / of
    effect = max(1.0, between / alone) if alone > 0 else 1.0
    # Few recordings say little of how recordings differ: Student's quantile instead of the normal.
    rather = (_normal(level) / _student(level, groups - 1)) ** 2
    # However alike clips of a recording are, the recordings are draws of their own.
    return max(float(groups), of / effect * rather)


def _normal(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def _student(level: float, freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2))
