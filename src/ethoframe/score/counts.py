"""How well objects were counted, picture by picture: error, bias, limits of agreement, concordance.

Works on any two numbers of the same thing, be they counts, areas or what two people measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import Estimate, estimate, mean

NORMAL = 1.959963984540054
"""Standard deviations either way that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class CountScore:
    """The count of one picture beside the true one.

    Parameters
    ----------
    answer, truth
        How many; of a picture without an answer, 0.
    name
        Of the picture.
    answered
        Whether there was an answer.
    low, high
        Interval of the answer; NaN where it has none.

    Examples
    --------
    >>> CountScore(45, 50).relative_error
    0.1
    """

    answer: float
    truth: float
    name: str = ""
    answered: bool = True
    low: float = float("nan")
    high: float = float("nan")

    @property
    def within(self) -> float:
        """1 where the interval holds the truth, and 0 where not; NaN where there is none."""
        if math.isnan(self.low) or math.isnan(self.high):
            return 0.0 if not self.answered else float("nan")
        return float(self.low <= self.truth <= self.high)

    @property
    def error(self) -> float:
        """Answer less truth."""
        return self.answer - self.truth

    @property
    def relative_error(self) -> float:
        """Size of the error over the truth; 0 where both are 0, and infinite where only truth is.

        So a picture without any object is never a way to hide an error.
        """
        if self.truth == 0:
            return 0.0 if self.answer == 0 else float("inf")
        return abs(self.error) / abs(self.truth)


def summary(rows: Sequence[CountScore], whose: Sequence[str]) -> dict[str, Estimate]:
    """Each score of counts with its interval; `whose` says which pictures are drawn together.

    ``mean_absolute_error`` and ``bias`` are means over pictures, in objects. ``relative_error`` is
    the mean over the pictures that truly hold an object; ``relative_error_pooled`` is the sum of
    all errors' sizes over the sum of all true counts, in which pictures without objects count too.
    ``limit_low`` and ``limit_high`` are Bland and Altman's limits of agreement: 95 % of the errors
    of further pictures lie between them if errors are normal. ``concordance`` is Lin's: 1 where
    every count is right, less for scatter and for bias. ``within_interval``, where answers have
    intervals, is the share of the pictures whose true count lies in its own.

    Parameters
    ----------
    rows
        One per picture.
    whose
        The unit that each belongs to.

    References
    ----------
    Bland & Altman, Lancet 327 (1986), 307-310. Lin, Biometrics 45 (1989), 255-268.

    Examples
    --------
    >>> rows = [CountScore(a, t) for a, t in ((9, 10), (22, 20), (31, 30), (40, 40))]
    >>> told = summary(rows, ["a", "b", "c", "d"])
    >>> told["mean_absolute_error"].value, told["bias"].value
    (1.0, 0.5)
    """
    table = np.array([(row.answer, row.truth) for row in rows], np.float64).reshape(-1, 2)
    told = {name: estimate(table, score, whose=whose) for name, score in SCORES.items()}
    within = [row.within for row in rows]
    if any(row.answered and not math.isnan(row.within) for row in rows):
        told["within_interval"] = estimate(within, mean, whose=whose)
    return told


def limits_of_agreement(table: Array) -> tuple[float, float]:
    """Mean error less and plus 1.96 standard deviations; NaN for fewer than two rows.

    Parameters
    ----------
    table
        Answer and truth ``(n, 2)``.

    Examples
    --------
    >>> low, high = limits_of_agreement(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    >>> round(low, 2), round(high, 2)
    (-2.77, 2.77)
    """
    error = table[:, 0] - table[:, 1]
    if len(error) < 2:
        return float("nan"), float("nan")
    middle, half = float(error.mean()), NORMAL * float(error.std(ddof=1))
    return middle - half, middle + half


def concordance(table: Array) -> float:
    """Lin's coefficient, with moments over n; NaN for fewer than two rows, or where none differ.

    Parameters
    ----------
    table
        Answer and truth ``(n, 2)``.

    Examples
    --------
    >>> round(concordance(np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])), 3)
    0.571
    """
    if len(table) < 2:
        return float("nan")
    (a, t), spread = table.T, table.var(axis=0).sum() + (table[:, 0] - table[:, 1]).mean() ** 2
    if spread == 0:
        return float("nan")
    return float(2 * np.mean((a - a.mean()) * (t - t.mean())) / spread)


def _error(table: Array) -> Array:
    error: Array = table[:, 0] - table[:, 1]
    return error


def _relative(table: Array) -> float:
    held = table[table[:, 1] != 0]
    return float(np.mean(np.abs(_error(held) / held[:, 1]))) if len(held) else float("nan")


def _pooled(table: Array) -> float:
    total = float(np.abs(table[:, 1]).sum())
    return float(np.abs(_error(table)).sum()) / total if total else float("nan")


SCORES: Mapping[str, Callable[[Array], float]] = {
    "mean_absolute_error": lambda table: float(np.abs(_error(table)).mean()),
    "relative_error": _relative,
    "relative_error_pooled": _pooled,
    "bias": lambda table: float(_error(table).mean()),
    "limit_low": lambda table: limits_of_agreement(table)[0],
    "limit_high": lambda table: limits_of_agreement(table)[1],
    "concordance": concordance,
}
"""Statistics of a table of answers and truths ``(n, 2)``, in the order they are told."""
