"""Many measures, the one that separates two levels best first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, parameter
from ethoframe.data import Effect, Effects, Noun
from ethoframe.data.noun import Array
from ethoframe.methods.contrast._comparison import FEW, Comparison, Read
from ethoframe.methods.contrast._contrast import counted, small_study
from ethoframe.methods.contrast._deals import orders, turns
from ethoframe.methods.contrast._difference import Design
from ethoframe.methods.contrast._held_out import Apart
from ethoframe.methods.contrast._parting import Parting
from ethoframe.methods.contrast._sample import Joint, jointly
from ethoframe.methods.contrast._standard import SURE

CHOSEN = "whichever measure is best on other {}s"
"""What is told of choosing itself: no measure, but what becomes of one that is chosen."""
BEYOND = "separates better than the best under permuted labels"
WITHIN = "the best under permuted labels separates as well"
BEYOND_CHOICE = "what is chosen holds on others"
WITHIN_CHOICE = "what is chosen may be chance"


@dataclass(frozen=True)
class Ranking(Comparison):
    """Measures ranked by how well they separate two levels, in units that were kept apart.

    The units are parted in two, half of each level, in every way or in *parts* ways by chance;
    litters stay whole. On one part it is settled which level is higher, and which measure is the
    best; separation is what the other part then shows: the share of pairs of units of both levels
    that lie that way round, 0.5 where a measure tells nothing. Measures stand in the order of the
    same held-out difference in standard errors, of values whose outliers are pulled in: of few
    units the shares of many measures are equal.

    The best of many measures always separates well. So all of this, the choice of the best
    included, is done again with the levels dealt out in *dealt* other ways: p is the share of deals
    whose best measure does as well, and holds for all measures together. Where a small level varies
    more than a large one, deals make too little of chance; so the same is asked with the levels as
    they are and the values turned round their mean, in as many ways, and the larger p counts; not
    within blocks, where there are deals alone. q is that of false discoveries among the measures'
    own p. The last row tells what becomes of a measure that is chosen: the best of one part, on the
    other; its p is by deals alone.

    Units without a value are left out of that measure. No measures give no effects; a measure that
    is the same in all units, or of which a level has fewer than two, has an effect without p. There
    is no interval: one that a measure was chosen by would be too narrow.

    References
    ----------
    Westfall & Young, Resampling-based multiple testing, Wiley (1993). Vargha & Delaney, J. Educ.
    Behav. Stat. 25 (2000), 101-132 (share of pairs). Ambroise & McLachlan, PNAS 99 (2002),
    6562-6566 (choosing is part of what is held out). Wu, Ann. Stat. 14 (1986), 1261-1295 (values
    turned, where levels vary by different amounts).
    """

    parts: int = parameter(
        100, says="ways to part the units, where all would be more", low=10, high=1000
    )
    dealt: int = parameter(
        999, says="deals by chance, where all would be more", low=199, high=100_000
    )
    seed: int = parameter(1, says="what chance begins with", low=0)

    takes: ClassVar[Mapping[str, In]] = {
        "measures": In(Kind.MEASURES, per="study"),
        "sheet": In(Kind.SHEET, per="study"),
    }
    gives: ClassVar[Kind] = Kind.EFFECTS
    version: ClassVar[str] = "3"

    def outline(self, **specs: Spec) -> Spec:
        """Effects."""
        return Spec(Kind.EFFECTS)

    def apply(self, **inputs: Any) -> Effects:
        """An effect for each measure and level, the best of each level first."""
        read = self.read(inputs["measures"], inputs["sheet"])
        if read is None:
            return Effects()
        ranked = [self._ranked(read, level, control) for level, control in read.pairs]
        # q is of the measures' own p, and p is then that of the best of all of them.
        known = counted([row for each in ranked for row in each.rows], len(ranked), ())
        told, rows = iter(known.rows), []
        for each in ranked:
            among = np.minimum(1.0, each.among * len(ranked))
            rows += [replace(next(told), p=float(p)) for p in among]
            rows += each.chosen
        warnings = (*read.warnings, *(line for each in ranked for line in each.lines))
        return Effects(tuple(rows), known.family, warnings)

    def _ranked(self, read: Read, level: str, control: str) -> Ranked:
        keys, asked = list(read.seen), self.asked()
        joint = jointly([read.seen[key] for key in keys], level, control, asked)
        design = joint.sample.design
        reasons = [_untold(design, values) for values in joint.values]
        rows = [
            replace(self._row(joint, values, level, control), definition=reason, **key._asdict())
            for key, values, reason in zip(keys, joint.values, reasons, strict=True)
        ]
        tested = [k for k, reason in enumerate(reasons) if not reason]
        untold = [row for row in rows if row.definition]
        if not tested:
            return Ranked(untold, np.full(len(untold), np.nan))
        parting = Parting.of(design, joint.kin, self.parts, self.seed)
        every = parting.whole or not parting.moving
        dealing = orders(design, self.dealt, self.seed, every=every)
        turning = turns(design, self.dealt, self.seed)
        apart = Apart.of(design, joint.values[tested], parting, dealing, turning)
        words = f"{len(parting.masks)} ways to part the {self.unit}s, {len(dealing)} deals"
        words += f", {len(turning)} turns round the mean" * bool(len(turning))
        told = [self._told(rows[tested[k]], apart, k, words) for k in apart.order]
        among = np.append(apart.among[apart.order], np.full(len(untold), np.nan))
        whole = self._row(joint, np.zeros(joint.values.shape[1]), level, control)
        chosen = self._chosen(whole, apart, words)
        named = f"{level} against {control}" if len(read.pairs) > 1 else ""
        lines = tuple(self._lines(apart, named))
        return Ranked([*told, *untold], among, (chosen,), lines)

    def _row(self, joint: Joint, values: Array, level: str, control: str) -> Effect:
        """What is known of a measure before it is compared."""
        present, treated = np.isfinite(values), joint.sample.design.treated
        both = [values[present & treated], values[present & ~treated]]
        mean, mean_control = (float(each.mean()) if len(each) else np.nan for each in both)
        animals = [int(joint.animals[present & side].sum()) for side in (treated, ~treated)]
        return Effect(
            quantity="", unit="1", factor=self.factor, level=level, control=control,
            n=len(both[0]), n_control=len(both[1]), animals=animals[0], animals_control=animals[1],
            mean=mean, mean_control=mean_control, effect_unit="1", test=self.name(),
            unit_of_analysis=self.unit, definition="",
        )  # fmt: skip

    def _told(self, row: Effect, apart: Apart, k: int, words: str) -> Effect:
        own, among = float(apart.own[k]), float(apart.among[k])
        definition = (
            f"share of pairs of {self.unit}s of both levels that lie the way round that was "
            f"settled on other {self.unit}s, 0.5 being nothing; {words}; p: against the best of "
            f"{len(apart.own)} measures under permuted labels (its own p {own:.2g}); the best "
            f"measure on {apart.best[k]:.0%} of the parts"
        )
        verdict = BEYOND if among <= 1 - SURE else WITHIN
        effect = float(apart.separation[k])
        return replace(row, effect=effect, p=own, verdict=verdict, definition=definition)

    def _chosen(self, row: Effect, apart: Apart, words: str) -> Effect:
        """What becomes of a measure that was chosen."""
        definition = (
            f"the best of {len(apart.own)} measures on one part of the {self.unit}s, and the share "
            f"of pairs of the others that lie the way round that it settled, 0.5 being nothing; "
            f"{words}; p: against the same under permuted labels"
        )
        return replace(
            row, quantity=CHOSEN.format(self.unit), mean=np.nan, mean_control=np.nan,
            effect=float(apart.chosen[0]), p=apart.choice, definition=definition,
            verdict=BEYOND_CHOICE if apart.choice <= 1 - SURE else WITHIN_CHOICE,
        )  # fmt: skip

    def _lines(self, apart: Apart, named: str) -> Iterator[str]:
        """The ranking against permuted labels, in words."""
        best, begin = apart.first, f"{named}: " if named else ""
        many = f"{len(apart.own)} measure{'s' * (len(apart.own) != 1)}"
        often = float(np.quantile(best[1:], SURE)) if len(best) > 1 else np.nan
        yield (
            f"{begin}of {many} the best separates in {best[0]:.2f} of the pairs of {self.unit}s "
            f"kept apart; under permuted labels the best does in {np.median(best[1:]):.2f}, and "
            f"once in 20 times in {often:.2f} or more"
        )
        yield (
            f"{begin}a measure chosen on one part of the {self.unit}s separates the others in "
            f"{apart.chosen[0]:.2f} of the pairs, where 0.5 is nothing (p {apart.choice:.2g})"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Twelve mice of two groups."""
        return small_study()


@dataclass(frozen=True)
class Ranked:
    """The measures of one level.

    Parameters
    ----------
    rows
        The best first, with their own p; those that could not be compared are the last.
    among
        P of each among all ``(row,)``; NaN of the last.
    chosen
        What becomes of a measure that is chosen.
    lines
        The ranking against permuted labels, in words.
    """

    rows: Sequence[Effect]
    among: Array
    chosen: tuple[Effect, ...] = ()
    lines: tuple[str, ...] = ()


def _untold(design: Design, values: Array) -> str:
    """Why a measure cannot be compared; empty where it can."""
    present = np.isfinite(values)
    some = Design(design.treated[present], design.block[present])
    inside = some.informative() if present.any() else np.zeros(0, bool)
    levels = some.treated[inside]
    if min(levels.sum(), (~levels).sum()) < FEW or some.spare < 1:
        return "not tested: each level needs two units or more"
    return "not tested: it is the same in all units" if np.ptp(values[present]) == 0 else ""
