"""How an error falls with the number of labels: how many more would pay, and when a rule is beaten.

An error of n labels is taken to be a + b·n^(-c): what no label mends, and what more of them do.
Everything has an interval, and where that is too wide to say anything, nothing is said.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import LEVEL, SEED, Estimate

DRAWS = 1000

FALLS = np.geomspace(0.1, 2.0, 39)
"""Exponents that are tried: slower looks like no fall at all, faster than any that was seen."""

LEAST_SIZES = 4
"""Numbers of labels without which nothing tells how well three unknowns explain them."""

WORTH = 0.05
"""A gain of less than this share of the error is not worth labelling as much again."""

FAR = 10.0
"""Beyond so many times the labels that there are, nothing is foretold."""


@dataclass(frozen=True)
class Power:
    """An error of n labels, a + b·n^(-c).

    Parameters
    ----------
    floor, scale, fall
        a, b and c; neither of the first two is below 0.

    Examples
    --------
    >>> law = Power(1.0, 8.0, 1.0)
    >>> law.at(4.0), law.reaching(2.0), law.reaching(0.5)
    (3.0, 8.0, inf)
    """

    floor: float
    scale: float
    fall: float

    def at(self, n: float) -> float:
        """The error with so many labels."""
        return float(self.floor + self.scale * n**-self.fall)

    def reaching(self, error: float) -> float:
        """How many labels it takes to be as good; infinite where no number does."""
        return float(_reaching(np.array([[self.floor, self.scale, self.fall]]), np.array([error])))


@dataclass(frozen=True)
class LearningCurve:
    """Errors of a method taught by ever more labels.

    Parameters
    ----------
    sizes
        Numbers of labels ``(k,)``, rising.
    errors
        With each, over all pictures that were kept back.
    law
        What they follow; None of fewer than `LEAST_SIZES` numbers.
    doubled
        Error that the law foretells of twice as many labels.
    gain
        By how much that is less than the law's error of all labels.
    overtakes
        By name of another answer to the same pictures: from how many labels on this one errs less.
        Infinite where it never does; a number below the first of `sizes` is not to be taken
        literally.
    repeats
        Choices of labels that each number was tried with. With one, intervals do not hold the
        chance of that choice.
    """

    sizes: Array
    errors: tuple[Estimate, ...]
    law: Power | None = None
    doubled: Estimate = field(default_factory=lambda: Estimate(float("nan")))
    gain: Estimate = field(default_factory=lambda: Estimate(float("nan")))
    overtakes: Mapping[str, Estimate] = field(default_factory=dict)
    repeats: int = 1

    @property
    def more(self) -> str:
        """Whether as many labels again pay: ``"pays"``, ``"hardly"`` or ``"unknown"``."""
        if self.law is None or not np.isfinite(self.gain.low):
            return "unknown"
        worth = WORTH * self.errors[-1].value
        if self.gain.low > worth:
            return "pays"
        return "hardly" if self.gain.high < worth else "unknown"


def label_counts(most: int, first: int = 5) -> tuple[int, ...]:
    """Numbers of labels to try: doubled from the first on, and all of them at the end.

    The last but one is left out where it is nearly all.

    Examples
    --------
    >>> label_counts(90), label_counts(42), label_counts(4)
    ((5, 10, 20, 40, 90), (5, 10, 20, 42), (4,))
    """
    sizes, n = [], first
    while 1.5 * n <= most:
        sizes.append(n)
        n *= 2
    return (*sizes, most)


def label_order(
    units: Sequence[Hashable], seed: int = 0, classes: Sequence[Hashable] | None = None
) -> Array:
    """An order of labelled frames, of which the first n are the choice of n: so choices are nested.

    As a careful person labels: one frame of each recording (and class) in turn, by chance in all
    else, so that a few labels are spread as widely as can be.

    Parameters
    ----------
    units
        Recording or subject of each frame ``(n,)``.
    seed
        What chance begins with.
    classes
        Of each frame; they come in turn as well.

    Examples
    --------
    >>> order = label_order(["a", "a", "a", "b", "b", "c"], seed=1)
    >>> sorted(order.tolist()), sorted("aaabbc"[k] for k in order[:3])
    ([0, 1, 2, 3, 4, 5], ['a', 'b', 'c'])
    """
    chance = np.random.default_rng(seed)
    shuffled = chance.permutation(len(units))
    kinds = ["" for _ in units] if classes is None else [str(each) for each in classes]
    turns: dict[tuple[str, str], int] = {}
    rank = np.zeros(len(units), np.intp)
    for row in shuffled:
        key = kinds[row], str(units[row])
        rank[row] = turns[key] = turns.get(key, -1) + 1
    by_unit = sorted(shuffled.tolist(), key=lambda row: rank[row])
    if classes is None:
        return np.array(by_unit, np.intp)
    of_kind: dict[str, int] = {}
    turn = {}
    for row in by_unit:
        turn[row] = of_kind[kinds[row]] = of_kind.get(kinds[row], -1) + 1
    return np.array(sorted(by_unit, key=lambda row: turn[row]), np.intp)


def learning_curve(
    sizes: Sequence[int],
    sums: Array,
    others: Mapping[str, Array] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> LearningCurve:
    """What errors say of the number of labels.

    Pictures are drawn again, the same ones for all numbers of labels and for the others, and the
    choices of labels where there are several; so what makes a picture hard cancels in differences.
    What no law explains, as a lucky choice of labels does, is chance too: each draw of the errors
    is moved by as much, with the heavy tails that so few residuals deserve.

    Parameters
    ----------
    sizes
        Numbers of labels ``(k,)``, rising.
    sums
        Sum of errors and how many they are, ``(k, repeat, unit, 2)``: a repeat is a choice of
        labels, a unit an image, recording or subject that was kept back.
    others
        By name, the same of answers that do not depend on labels ``(unit, 2)``.
    draws, seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        When shapes do not belong together.

    References
    ----------
    Hestness et al., arXiv:1712.00409, and Rosenfeld et al., ICLR 2020 (errors fall as a power of
    the number of labels, to a floor). Efron & Tibshirani, An Introduction to the Bootstrap (1993).
    Hesterberg, The American Statistician 69 (2015), 371-386 (wider for few units).

    Examples
    --------
    >>> n = np.array([5, 10, 20, 40, 160])
    >>> each = (1 + 8 / n)[:, None, None] * np.linspace(0.8, 1.2, 9)
    >>> told = learning_curve(n, np.stack([each, np.ones_like(each)], axis=-1),
    ...                       {"rule": np.stack([np.full(9, 1.5), np.ones(9)], axis=-1)})
    >>> round(told.law.floor, 2), round(told.overtakes["rule"].value), told.more
    (0.99, 16, 'hardly')
    """
    table, n = np.asarray(sums, np.float64), np.asarray(sizes, np.float64)
    if table.ndim != 4 or table.shape[0] != len(n) or table.shape[3] != 2:
        raise ValueError(f"sums (size, repeat, unit, 2) of {len(n)} sizes, not {table.shape}")
    others = {name: np.asarray(each, np.float64) for name, each in (others or {}).items()}
    weigh = _Weights.drawn(table.shape[1], table.shape[2], draws, seed)
    errors = weigh.curves(table)
    whole, found = errors[0], errors[1:]
    told = tuple(weigh.estimate(v, found[:, k]) for k, v in enumerate(whole))
    if len(n) < LEAST_SIZES or not np.isfinite(whole).all():
        return LearningCurve(np.asarray(sizes), told, repeats=table.shape[1])
    rules = {name: weigh.of_units(each) for name, each in others.items()}
    return _foretold(np.asarray(sizes), errors, told, rules, weigh)


def _foretold(
    sizes: Array,
    errors: Array,
    told: tuple[Estimate, ...],
    rules: Mapping[str, Array],
    weigh: _Weights,
) -> LearningCurve:
    """The curve with its law, from errors of all draws ``(1 + draws, k)`` and those of rules."""
    n, whole = sizes.astype(np.float64), errors[0]
    weights = 1 / np.maximum(whole, WORTH * whole.max(initial=1e-12)) ** 2
    laws = fitted_powers(n, _scattered(n, errors, weights, weigh.seed), weights)
    at = [laws[:, 0] + laws[:, 1] * (k * n[-1]) ** -laws[:, 2] for k in (1.0, 2.0)]
    return LearningCurve(
        sizes,
        told,
        Power(*(float(each) for each in laws[0])),
        weigh.of(at[1]),
        weigh.of(at[0] - at[1]),
        {name: weigh.of(_reaching(laws, rule)) for name, rule in rules.items()},
        weigh.repeats.shape[1],
    )


def _scattered(n: Array, errors: Array, weights: Array, seed: int) -> Array:
    """Errors of all draws ``(1 + draws, k)``, moved by what the law of the first leaves over."""
    a, b, c = fitted_powers(n, errors[:1], weights)[0]
    spare = len(n) - 3
    left = float((weights * (errors[0] - a - b * n**-c) ** 2).sum()) / spare
    chance = np.random.default_rng([seed, 1])
    size = np.sqrt(left * spare / chance.chisquare(spare, (len(errors) - 1, 1)))
    moved = chance.normal(size=errors[1:].shape) * size / np.sqrt(weights)
    return np.concatenate([errors[:1], np.maximum(errors[1:] + moved, 0.0)])


def fitted_powers(n: Array, errors: Array, weights: Array) -> Array:
    """The a, b and c of each row of errors ``(rows, 3)``, by weighted least squares, none below 0.

    Of each exponent of `FALLS` the best a and b are had in closed form; the best exponent is kept.

    Parameters
    ----------
    n
        Numbers of labels ``(k,)``.
    errors
        Of each ``(rows, k)``; a row with NaN has NaN.
    weights
        Of each number of labels ``(k,)``.
    """
    best = np.full((len(errors), 3), np.nan)
    least = np.full(len(errors), np.inf)
    whole = weights.sum()
    for fall in FALLS:
        x = n**-fall
        mx, mxx = (weights * x).sum() / whole, (weights * x * x).sum() / whole
        my, mxy = errors @ weights / whole, errors @ (weights * x) / whole
        b = np.maximum((mxy - mx * my) / max(mxx - mx * mx, 1e-300), 0.0)
        a = my - b * mx
        b = np.where(a < 0, np.maximum(mxy / mxx, 0.0), b)
        a = np.maximum(a, 0.0)
        off = ((errors - a[:, None] - b[:, None] * x) ** 2) @ weights
        better = off < least
        least = np.where(better, off, least)
        best[better] = np.stack([a, b, np.full(len(a), fall)], axis=1)[better]
    return best


def _reaching(laws: Array, error: Array) -> Array:
    """How many labels each law ``(rows, 3)`` takes to reach an error ``(rows,)``."""
    a, b, c = laws.T
    over = error - a
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        n = np.where(over > 0, (b / np.maximum(over, 1e-300)) ** (1 / c), np.inf)
    found: Array = np.where(np.isnan(laws).any(axis=1) | np.isnan(error), np.nan, n).squeeze()
    return found


@dataclass(frozen=True)
class _Weights:
    """How often units and repeats are in each draw; the first draw is of each of them once."""

    repeats: Array
    units: Array
    seed: int

    @classmethod
    def drawn(cls, repeats: int, units: int, draws: int, seed: int) -> _Weights:
        chance = np.random.default_rng(seed)
        told = []
        for count in (repeats, units):
            often = chance.multinomial(count, np.full(count, 1 / count), draws)
            told.append(np.concatenate([np.ones((1, count)), often]))
        return cls(told[0], told[1], seed)

    def curves(self, sums: Array) -> Array:
        """The error with each number of labels, of every draw ``(1 + draws, k)``."""
        drawn = np.einsum("krui,du,dr->dki", sums, self.units, self.repeats, optimize=True)
        return _over(drawn)

    def of_units(self, sums: Array) -> Array:
        """The error of an answer that depends on no labels, of every draw ``(1 + draws,)``."""
        return _over(self.units @ sums)

    def of(self, values: Array) -> Estimate:
        """A number of all draws, of which the first is of everything."""
        return self.estimate(float(values[0]), values[1:])

    def estimate(self, value: float, found: Array) -> Estimate:
        """A value with its interval, as wide as so few units deserve."""
        from scipy.special import ndtr, stdtrit

        count = self.units.shape[1]
        found = found[~np.isnan(found)]
        if count < 2 or not len(found) or np.isnan(value):
            return Estimate(value, n=count)
        wide = sqrt(count / (count - 1)) * stdtrit(count - 1, 0.5 + LEVEL / 2)
        places = [ndtr(-wide), ndtr(wide)]
        # Of draws themselves, never between two: an infinite one stays infinite.
        low, high = np.quantile(found, places, method="inverted_cdf")
        return Estimate(value, float(min(low, value)), float(max(high, value)), count)


def _over(sums: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        told: Array = sums[..., 0] / sums[..., 1]
    return np.where(sums[..., 1] > 0, told, np.nan)
