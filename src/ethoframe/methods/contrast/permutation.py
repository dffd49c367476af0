"""Had chance alone dealt out the treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ethoframe.contract import In, Kind, parameter
from ethoframe.data import Noun
from ethoframe.data.noun import Array
from ethoframe.methods.contrast._contrast import Contrast, Found, precision_of, small_study
from ethoframe.methods.contrast._deals import deals
from ethoframe.methods.contrast._difference import TIE, Design, studentised
from ethoframe.methods.contrast._sample import Sample
from ethoframe.methods.contrast._standard import SURE

TELLING = 0.01
"""A least p above that is told with the answer."""


@dataclass(frozen=True)
class Permutation(Contrast):
    """Differences between groups, by a studentised permutation test on the means of units.

    The levels are dealt out to the units in every other way there is, or in *dealt* ways by chance
    where there are more than 5000; p is the share of ways whose difference, in its own standard
    errors, is at least as far from 0 as the one that was seen. Because of these standard errors the
    test also holds, nearly, where the groups vary by different amounts. The interval holds every
    difference that the test does not reject. Where *blocks* are named, levels are dealt out within
    them; where each unit has both levels, within units.

    Of four units against four there are 70 ways, and p cannot be below 2/70; of three against three
    it cannot be below 0.1, nothing is ever significant, and the interval has no end. Units without
    a value are left out. No measures give no effects; a measure that is the same in all units, or
    of which a level has fewer than two units, has an effect without p.

    References
    ----------
    Janssen, Stat. Probab. Lett. 36 (1997), 9-21. Chung & Romano, Ann. Stat. 41 (2013), 484-507.
    Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010), 39 (p by chance is never 0).
    """

    dealt: int = parameter(
        9999, says="deals by chance, where all would be too many", low=199, high=1_000_000
    )
    seed: int = parameter(1, says="what chance begins with", low=0)

    takes: ClassVar[Mapping[str, In]] = {
        "measures": In(Kind.MEASURES, per="study"),
        "sheet": In(Kind.SHEET, per="study"),
    }
    gives: ClassVar[Kind] = Kind.EFFECTS
    version: ClassVar[str] = "2"

    def tested(self, sample: Sample) -> Found:
        """The test, with its interval."""
        spread = float(np.std(sample.values))
        # Of ordinary size, so that sums of squares lose no digits.
        values = (sample.values - sample.values.mean()) / spread
        dealing, whole = deals(sample.design, self.dealt, self.seed)
        inversion = Inversion.of(sample.design, values, dealing, whole=whole)
        low, high = inversion.interval()
        told = sample.design.told(values)
        # A test that tries all ways can only reject whole ways: the level it attains is lower.
        least = np.floor((1 - SURE) * len(dealing)) / len(dealing) if whole else 1 - SURE
        ways = f"all {len(dealing)}" if whole else f"{len(dealing)} random"
        words = f"studentised permutation test over {ways} deals; interval by inverting it"
        if whole and inversion.least > TELLING:
            words += f"; p cannot be below {inversion.least:.2g} with so few units"
        return Found(
            float(told.difference) * spread,
            low * spread,
            high * spread,
            float(inversion.p(np.zeros(1))[0]),
            float("nan"),
            float(told.spread) * spread,
            precision_of(sample, float(least)),
            words,
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Twelve mice of two groups."""
        return small_study()


@dataclass(frozen=True)
class Inversion:
    """The test of every difference that might be there, at little more cost than of one.

    Taking a difference off the treated changes what each deal finds along a straight line, and its
    variance along a parabola: both are found once.

    Parameters
    ----------
    difference, slope
        What each deal finds ``(deal,)``: ``difference - slope * off`` once `off` is taken off.
    square, cross, bend
        Its variance: ``square - 2 * cross * off + bend * off ** 2``.
    own, error
        What was seen, and its standard error, which nothing that is taken off changes.
    whole
        Whether these are all deals.
    """

    difference: Array
    slope: Array
    square: Array
    cross: Array
    bend: Array
    own: float
    error: float
    whole: bool

    @classmethod
    def of(cls, design: Design, values: Array, dealing: Array, *, whole: bool) -> Inversion:
        """Of these values, with these deals."""
        level = design.treated.astype(np.float64)
        both = np.stack([values, level, values + level, values - level])
        difference, variance = design.under(both, dealing)
        cross = (variance[2] - variance[3]) / 4
        told = design.told(values)
        ends = float(told.difference), float(told.error)
        found, slope = difference[:2]
        return cls(found, slope, variance[0], cross, variance[1], *ends, whole)

    def p(self, off: Array) -> Array:
        """How often chance alone is as far from each of these differences ``(k,)``."""
        off = off[:, None]
        variance = self.square - 2 * self.cross * off + self.bend * off**2
        floor = TIE * (self.square + self.bend * off**2)
        variance = np.where(variance > floor, variance, 0.0)
        gone = self.difference - self.slope * off
        gone = np.where(np.abs(gone) > TIE * (1 + np.abs(off)), gone, 0.0)
        chance = np.abs(studentised(gone, variance))
        seen = np.abs(studentised(self.own - off, np.full(off.shape, self.error**2)))
        count = (chance >= seen * (1 - TIE)).sum(axis=1)
        deals = len(self.slope)
        return np.asarray(count / deals if self.whole else (count + 1) / (deals + 1))

    @property
    def least(self) -> float:
        """The least p there can be."""
        same = np.isclose(np.abs(self.slope), 1.0, rtol=0, atol=1e-9).sum()
        return float(same / len(self.slope)) if self.whole else 1 / (len(self.slope) + 1)

    def interval(self) -> tuple[float, float]:
        """The differences that are not rejected, from the least to the greatest."""
        if self.error <= 0:
            return self.own, self.own
        return self._end(-1.0), self._end(1.0)

    def _end(self, side: float) -> float:
        ways = side * self.error
        steps = np.concatenate([[0.0], np.geomspace(0.05, 1e4, 60)])
        kept = np.flatnonzero(self.p(self.own + ways * steps) > 1 - SURE)
        last = int(kept.max(initial=0))
        if last == len(steps) - 1:
            return side * np.inf
        low, high = steps[last], steps[last + 1]
        for _ in range(40):
            middle = (low + high) / 2
            inside = self.p(np.array([self.own + ways * middle]))[0] > 1 - SURE
            low, high = (middle, high) if inside else (low, middle)
        return float(self.own + ways * low)
