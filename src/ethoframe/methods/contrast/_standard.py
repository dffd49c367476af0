"""Differences in standard deviations, power, and what an interval says of an effect of interest."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ethoframe.data import Refusal

SURE = 0.95
DIFFERENT = "there is a difference"
"""How what is said of an interval without 0 begins."""
FOUND = 0.8
"""How often a study should find the smallest effect of interest."""
SURELY = 6.0
"""Effects of so many times what is just significant are never missed."""
MOST = 2000
"""Units in a group beyond which nobody plans a study."""

_SMALLEST = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(.*?)\s*")


@dataclass(frozen=True)
class Precision:
    """How much a study of this design can know.

    Parameters
    ----------
    weight
        The difference's variance is that of a unit over this; half the units of a group where two
        groups are equal.
    freedom
        Degrees of freedom of the standard deviation.
    units
        In a group, on average.
    blocked
        Whether each further unit brings a block of its own, as pairs do.
    level
        Significance that the test can attain.
    """

    weight: float
    freedom: float
    units: float
    blocked: bool = False
    level: float = 1 - SURE

    def power(self, effect: float) -> float:
        """How often an effect of so many standard deviations is found.

        Examples
        --------
        >>> round(Precision(weight=10.0, freedom=38, units=20).power(0.9), 2)
        0.79
        """
        return _power(effect, self.weight, self.freedom, self.level)

    def needed(self, effect: float) -> float:
        """Units in each group with which the effect is found in 8 of 10 studies; NaN beyond 2000.

        Examples
        --------
        >>> Precision(weight=10.0, freedom=38, units=20).needed(0.8)
        26.0
        """
        if not (effect > 0 and self.weight > 0):
            return float("nan")
        per = self.weight / self.units
        for units in range(2, MOST):
            spare = self._spare(units)
            if spare >= 1 and _power(effect, per * units, spare, 1 - SURE) >= FOUND:
                return float(units)
        return float("nan")

    def _spare(self, units: int) -> float:
        if not self.blocked:
            return 2 * units - 2
        return (self.freedom + 1) * units / self.units - 1


def _power(effect: float, weight: float, freedom: float, level: float) -> float:
    from scipy.special import nctdtr, stdtrit

    if not (effect > 0 and weight > 0 and freedom > 0 and level > 0):
        return float("nan")
    shift, limit = effect * float(np.sqrt(weight)), float(stdtrit(freedom, 1 - level / 2))
    missed = float(nctdtr(freedom, shift, limit))
    if shift > SURELY * limit or not np.isfinite(missed):
        return float(shift > limit)
    return 1 - missed + float(np.nan_to_num(nctdtr(freedom, shift, -limit)))


def hedges(
    difference: float, spread: float, weight: float, freedom: float
) -> tuple[float, float, float]:
    """The difference in standard deviations, without the bias of few units, and its interval.

    The interval turns the noncentral t distribution round; it is exact for normal values that vary
    alike in both levels.

    References
    ----------
    Hedges, J. Educ. Stat. 6 (1981), 107-128. Cumming & Finch, Educ. Psychol. Meas. 61 (2001),
    532-574.

    Examples
    --------
    >>> g, low, high = hedges(1.0, 1.0, 5.0, 18)
    >>> round(g, 2), round(low, 2), round(high, 2)
    (0.96, 0.05, 1.84)
    """
    from scipy.special import gammaln

    if not (spread > 0 and weight > 0 and freedom > 0 and np.isfinite(difference)):
        return (float("nan"),) * 3
    small = float(
        np.exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2)
    ) if freedom > 1 else float("nan")  # fmt: skip
    statistic = difference / spread * np.sqrt(weight)
    ends = [_noncentral(statistic, freedom, share) for share in ((1 + SURE) / 2, (1 - SURE) / 2)]
    low, high = (end / np.sqrt(weight) * small for end in ends)
    return difference / spread * small, float(low), float(high)


def _noncentral(statistic: float, freedom: float, share: float) -> float:
    """The shift with which a noncentral t lies below the statistic so often."""
    from scipy.optimize import brentq
    from scipy.special import nctdtr

    if statistic < 0:
        return -_noncentral(-statistic, freedom, 1 - share)

    def above(shift: float) -> float:
        return float(nctdtr(freedom, shift, statistic)) - share

    # From the statistic outwards: far from it the distribution is not computed.
    side = 1.0 if above(statistic) > 0 else -1.0
    near = far = statistic
    while np.isfinite(above(far)) and above(far) * side > 0:
        near, far = far, far + side * max(0.5, 0.2 * abs(statistic))
    if not np.isfinite(above(far)):
        return float("nan")
    return near if near == far else float(brentq(above, near, far))


@dataclass(frozen=True)
class Interest:
    """The smallest effect that would matter.

    Parameters
    ----------
    amount
        How much; NaN where none was named.
    unit
        Of what; empty for standard deviations.

    Examples
    --------
    >>> Interest.read("0.8", ""), Interest.read("50 mm", "")
    (Interest(amount=0.8, unit=''), Interest(amount=50.0, unit='mm'))
    """

    amount: float
    unit: str

    @classmethod
    def read(cls, text: str, where: str) -> Interest:
        """From ``"0.8"`` or ``"0.8 SD"``, or ``"50 mm"``.

        Raises
        ------
        Refusal
            When it is no number above 0.
        """
        if not text.strip():
            return cls(float("nan"), "")
        found = _SMALLEST.fullmatch(text)
        if found is None or not float(found[1]):
            remedy = "say it in standard deviations, as 0.8, or in the measure's unit, as 50mm"
            raise Refusal(where, f"the smallest effect cannot be {text!r}", remedy)
        unit = "" if found[2].casefold() == "sd" else found[2]
        return cls(float(found[1]), unit)

    def deviations(self, unit: str, spread: float) -> float:
        """In standard deviations, for a measure of a unit; NaN where it is not about that."""
        if not self.unit:
            return self.amount
        return self.amount / spread if self.unit == unit and spread > 0 else float("nan")

    def verdict(self, low: float, high: float, smallest: float) -> str:
        """What an interval around no difference says, in words."""
        if not np.isfinite([low, high]).any():
            return "open: there are too few units to exclude anything"
        none = low <= 0 <= high
        if not np.isfinite(smallest):
            return "no difference is among what the data allow" if none else DIFFERENT
        if -smallest < low and high < smallest:
            found = "any difference is smaller than the smallest of interest"
            return found if none else f"{DIFFERENT}; {found}"
        if none:
            return "open: the data allow both no difference and one of interest"
        if low >= smallest or high <= -smallest:
            return f"{DIFFERENT}, of interest"
        return f"{DIFFERENT}; whether it is of interest is open"


def false_discovery(p: np.ndarray) -> np.ndarray:
    """For each test, the share of false findings if all tests at least as clear are called found.

    Tests without a p (NaN) do not count.

    References
    ----------
    Benjamini & Hochberg, J. R. Stat. Soc. B 57 (1995), 289-300.

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    found = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(-p[known], kind="stable")]
    ranks = np.arange(len(order), 0, -1)
    found[order] = np.minimum(1.0, np.minimum.accumulate(p[order] * len(order) / ranks))
    return found
