"""What labelled series teach: all of them, or all but a part that is asked instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.behave._deciding import balanced
from ethoframe.methods.behave._features import groups
from ethoframe.methods.behave._stretches import Look, Series, Stretches, Usual
from ethoframe.nets.lesson import Fold
from ethoframe.score.split import Split

Mirror = tuple[Array, Array]


@dataclass(frozen=True)
class Lessons:
    """Series of everybody who was watched, and how they are taught.

    Parameters
    ----------
    series
        All of them, with the classes that people told.
    look
        How they were looked at.
    classes
        How many there are.
    mirror
        What a mirror makes of numbers; None where behaviours do not stay the same in one.
    apart
        Moments of which one is seen by what is settled at once: those nearer share nearly all
        numbers.
    """

    series: Sequence[Series]
    look: Look
    classes: int
    mirror: Mirror | None
    apart: int

    def taught(self, codes: Sequence[Array]) -> tuple[Stretches, Stretches]:
        """What teaches step by step, and what settles at once, by classes ``(t,)`` of each."""
        own = [replace(each, codes=code) for each, code in zip(self.series, codes, strict=True)]
        known = np.concatenate([code[code >= 0] for code in codes]).astype(int)
        weights = balanced(known, self.classes)
        usual = Usual.of([each.rows[each.codes >= 0] for each in own])
        thinned = [replace(each, codes=_every(each.codes, self.apart)) for each in own]
        return (
            Stretches(own, usual, weights, self.mirror),
            Stretches(thinned, usual, weights, self.mirror, both=True),
        )

    def fold(self, split: Split) -> tuple[Fold, Stretches]:
        """The rest, which teaches, and one part that is asked; and that part alone.

        What is of a class that the rest does not hold is not asked: nothing could tell it.
        """
        train, apart = (self._side(index) for index in (split.train, split.validation))
        every, familiar = self.taught(train)
        present = np.unique(np.concatenate([code[code >= 0] for code in train]))
        kept = [np.where(np.isin(code, present), code, -1) for code in apart]
        asked = Stretches(
            [replace(each, codes=code) for each, code in zip(self.series, kept, strict=True)],
            every.usual,
            every.weights,
        )
        without = {
            name: replace(asked, lost=columns)
            for name, columns in groups(self.look.names(), len(self.look.spans_s)).items()
        }
        return Fold(every, asked, familiar, without), asked

    def _side(self, index: Array) -> list[Array]:
        """The classes of one side of a split alone, of each series."""
        lengths = [int((each.codes >= 0).sum()) for each in self.series]
        chosen = np.zeros(sum(lengths), bool)
        chosen[index] = True
        found, first = [], 0
        for each, length in zip(self.series, lengths, strict=True):
            own = np.full(len(each.codes), -1)
            known = np.flatnonzero(each.codes >= 0)[chosen[first : first + length]]
            own[known] = each.codes[known]
            found.append(own)
            first += length
        return found


def _every(codes: Array, apart: int) -> Array:
    """The classes of moments so far apart; of the others nothing is said (-1)."""
    kept = np.arange(len(codes)) % apart == 0
    thinned: Array = np.where(kept, codes, -1)
    return thinned
