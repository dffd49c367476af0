"""Mean of some animals, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST = 3
"""Animals from which on an interval is told: of two it would be wider than any figure."""
LEVEL = 0.95
RULE = (
    "bars are means with their 95 % confidence interval by Student’s t over animals, "
    f"from {LEAST} animals on, cut where the axis ends"
)


@dataclass(frozen=True)
class Spread:
    """Several animals in a few numbers.

    Parameters
    ----------
    count
        How many animals.
    mean, deviation
        Mean, and standard deviation (n - 1); NaN where there are too few.
    low, high
        95 % confidence interval of the mean by Student's t; NaN where there are too few.

    Examples
    --------
    >>> found = Spread.of([1.0, 2.0, 3.0])
    >>> found.mean, round(found.low, 2), round(found.high, 2)
    (2.0, -0.48, 4.48)
    """

    count: int
    mean: float
    deviation: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of these values, one for each animal."""
        from scipy.special import stdtrit

        count = len(values)
        mean = float(np.mean(values)) if count else math.nan
        deviation = float(np.std(values, ddof=1)) if count > 1 else math.nan
        if count < LEAST:
            return cls(count, mean, deviation, math.nan, math.nan)
        half = float(stdtrit(count - 1, (1 + LEVEL) / 2)) * deviation / math.sqrt(count)
        return cls(count, mean, deviation, mean - half, mean + half)
