"""Animals of litters, or recordings of animals, each counted as what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ethoframe.contract import In, Kind
from ethoframe.data import Noun
from ethoframe.data.noun import Array
from ethoframe.methods.contrast._contrast import Contrast, Found, small_study
from ethoframe.methods.contrast._intercepts import Parts, fitted
from ethoframe.methods.contrast._sample import Sample
from ethoframe.methods.contrast._standard import SURE, Precision


@dataclass(frozen=True)
class Mixed(Contrast):
    """Differences between groups, by a mixed model with a random intercept for each unit.

    With *unit* litter or cage each animal is a value, and animals of one litter are alike; with
    *unit* animal each recording is a value. What is named as *blocks* is a fixed effect. Units of
    different sizes weigh as much as they tell, and levels may differ between units or within them.
    The model is found by restricted maximum likelihood, standard error and degrees of freedom by
    Kenward and Roger (never fewer than units less fixed effects). Where units are equally large and
    each has one level, that is the t test of unit means. Programs that print a Wald z take for
    known what is found from a few litters: their p is too small.

    Units without a value are left out. No measures give no effects; a measure that is the same in
    all units, or of which a level has fewer than two units, has an effect without p.

    References
    ----------
    Laird & Ware, Biometrics 38 (1982), 963-974. Kenward & Roger, Biometrics 53 (1997), 983-997.
    Lazic & Essioux, BMC Neurosci. 14 (2013), 37 (litters).
    """

    inside: ClassVar[bool] = False

    takes: ClassVar[Mapping[str, In]] = {
        "measures": In(Kind.MEASURES, per="study"),
        "sheet": In(Kind.SHEET, per="study"),
    }
    gives: ClassVar[Kind] = Kind.EFFECTS
    version: ClassVar[str] = "2"

    def tested(self, sample: Sample) -> Found:
        """The level's fixed effect, with its interval."""
        from scipy.special import stdtr, stdtrit

        parts = parts_of(sample)
        scale = float(np.std(parts.values)) or 1.0
        parts = Parts((parts.values - parts.values.mean()) / scale, parts.fixed, parts.unit)
        fit = fitted(parts)
        half = float(stdtrit(fit.freedom, (1 + SURE) / 2)) * fit.error * scale
        p = 2 * float(stdtr(fit.freedom, -abs(fit.estimate) / fit.error))
        spread = float(np.sqrt(fit.between + fit.within))
        difference = fit.estimate * scale
        units = len(np.unique(parts.unit)) / (1 if sample.both else 2)
        precision = Precision((spread / fit.error) ** 2, fit.freedom, units, blocked=True)
        words = (
            f"mixed model, random intercept for each {self.unit}, restricted maximum likelihood, "
            f"{fit.freedom:.1f} degrees of freedom by Kenward and Roger; of the variance, "
            f"{max(fit.between, 0.0) / (fit.between + fit.within):.0%} is between {self.unit}s"
        )
        ends = difference - half, difference + half
        return Found(difference, *ends, p, fit.freedom, spread * scale, precision, words)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Twelve mice of two groups."""
        return small_study()


def parts_of(sample: Sample) -> Parts:
    """The sample as the model takes it: a constant, the level, and the blocks but one."""
    values, row = sample.parts
    design = sample.design
    blocks: Array = (design.block[:, None] == np.unique(design.block)[1:]).astype(np.float64)
    columns = [np.ones(len(design.block)), design.treated.astype(np.float64), *blocks.T]
    return Parts(values, np.stack(columns, axis=1)[row], sample.unit[row])
