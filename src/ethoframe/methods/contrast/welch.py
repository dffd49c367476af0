"""Means of two groups that may vary by different amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ethoframe.contract import In, Kind
from ethoframe.data import Noun
from ethoframe.methods.contrast._contrast import Contrast, Found, precision_of, small_study
from ethoframe.methods.contrast._sample import Sample
from ethoframe.methods.contrast._standard import SURE


@dataclass(frozen=True)
class Welch(Contrast):
    """Differences between groups, by Welch's t test on the means of units.

    Groups may vary by different amounts. Where each unit has both levels it is the paired t test;
    where *blocks* are named, levels are compared within them, with the variance that makes no
    assumption of equal spread (HC2) and Bell and McCaffrey's degrees of freedom, of which Welch's
    and the paired test are the special cases. Of skewed values and few units it finds too little,
    and its interval may miss: the permutation test, or *effect* ratio, is better there.

    Units without a value are left out. No measures give no effects; a measure that is the same in
    all units, or of which a level has fewer than two units, has an effect without p.

    References
    ----------
    Welch, Biometrika 34 (1947), 28-35. Bell & McCaffrey, Surv. Methodol. 28 (2002), 169-181. Imbens
    & Kolesár, Rev. Econ. Stat. 98 (2016), 701-712.
    """

    takes: ClassVar[Mapping[str, In]] = {
        "measures": In(Kind.MEASURES, per="study"),
        "sheet": In(Kind.SHEET, per="study"),
    }
    gives: ClassVar[Kind] = Kind.EFFECTS
    version: ClassVar[str] = "2"

    def tested(self, sample: Sample) -> Found:
        """The test, with its interval."""
        from scipy.special import stdtr, stdtrit

        told = sample.design.told(sample.values)
        freedom = float(sample.design.freedom(sample.values))
        error, difference = float(told.error), float(told.difference)
        half = float(stdtrit(freedom, (1 + SURE) / 2)) * error
        statistic = abs(float(told.statistic))
        p = 2 * float(stdtr(freedom, -statistic)) if np.isfinite(statistic) else 0.0
        name = "paired t test" if sample.paired else "Welch’s t test"
        if not sample.paired and len(np.unique(sample.design.block)) > 1:
            name = "t test within blocks (HC2 variance, Bell and McCaffrey’s degrees of freedom)"
        words = f"{name}, {freedom:.1f} degrees of freedom"
        ends = difference - half, difference + half
        return Found(difference, *ends, p, freedom, float(told.spread), precision_of(sample), words)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Twelve mice of two groups."""
        return small_study()
