"""How fast a number changes with time, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

NONE = float("nan")
FEWEST = 3
"""Frames from which a slope has an interval."""


@dataclass(frozen=True)
class Slope:
    """A rate of change with its 95 % interval; NaN where it cannot be had."""

    value: float = NONE
    low: float = NONE
    high: float = NONE

    def times(self, factor: float) -> Slope:
        """The same in another unit."""
        return Slope(self.value * factor, self.low * factor, self.high * factor)


def slope(times_s: Array, numbers: Array) -> Slope:
    """Of the straight line of least squares through numbers ``(n,)``, per second.

    Numbers of frames that follow each other are alike: the interval is that of as many independent
    ones as tell as much, n (1 - r) / (1 + r) where r is the correlation of neighbouring residuals
    (never below 0). NaN numbers are left out. Two frames give a slope without an interval.

    References
    ----------
    Santer et al., J. Geophysical Research 105 (2000), 7337-7356.

    Examples
    --------
    >>> found = slope(np.arange(5.0), np.array([0.0, 2.0, 4.0, 6.0, 8.0]))
    >>> found.value, found.low
    (2.0, 2.0)
    """
    known = np.isfinite(numbers)
    t, y = times_s[known], numbers[known]
    if len(t) < 2 or t[0] == t[-1]:
        return Slope()
    t = t - t.mean()
    spread = float(t @ t)
    rate = float(t @ y) / spread
    if len(t) < FEWEST:
        return Slope(rate)
    left = y - y.mean() - rate * t
    rest = float(left @ left)
    alike = max(0.0, float(left[1:] @ left[:-1]) / rest) if rest > 0 else 0.0
    told = max(FEWEST, len(t) * (1 - alike) / (1 + alike))
    half = _student(told - 2) * np.sqrt(rest / (told - 2) / spread)
    return Slope(rate, rate - float(half), rate + float(half))


def _student(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))
