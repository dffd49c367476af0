"""Whether an analysis can be trusted, and what that is said by."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ethoframe.data.noun import Noun

Word = Literal["good", "look", "failed"]

_GRAVITY: tuple[Word, ...] = ("good", "look", "failed")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that is looked for.

    Parameters
    ----------
    name
        What is suspected: ``"animal lost"``.
    value, unit
        What was found; no unit where 0 and 1 stand for no and yes.
    look, fail
        From which value on a person should look, and from which the analysis failed; infinite for
        a check that can never say so. Where `fail` lies below `look`, less is worse.
    moments_s
        When it is worst, on the recording's clock; empty where no moment is worse than others.
    says
        What the value is, in words that go on from it: ``"of the frames are without the animal"``.
    """

    name: str
    value: float
    unit: str
    look: float
    fail: float = math.inf
    moments_s: tuple[float, ...] = ()
    says: str = ""

    @property
    def word(self) -> Word:
        """What this check alone says; a value that could not be had (NaN) says nothing."""
        value, look, fail = self.value, self.look, self.fail
        if fail < look:
            value, look, fail = -value, -look, -fail
        return "failed" if value >= fail else "look" if value >= look else "good"


@dataclass(frozen=True, eq=False)
class Verdict(Noun):
    """What the gravest of several checks says.

    Examples
    --------
    >>> lost = Check(name="animal lost", value=4.0, unit="%", look=1.0, fail=10.0)
    >>> Verdict((lost,)).word, Verdict(()).word
    ('look', 'good')
    """

    checks: tuple[Check, ...] = ()

    def canonical(self) -> dict[str, object]:
        """Every check as plain values."""
        return {"checks": tuple(tuple(vars(check).items()) for check in self.checks)}

    @property
    def word(self) -> Word:
        """``"good"``, ``"look"`` or ``"failed"``."""
        return gravest(check.word for check in self.checks)

    @property
    def reasons(self) -> tuple[Check, ...]:
        """The checks that do not say *good*, the gravest first."""
        told = [check for check in self.checks if check.word != "good"]
        return tuple(sorted(told, key=lambda check: -_GRAVITY.index(check.word)))


def gravest(words: Iterable[Word]) -> Word:
    """The worst of several words; *good* of none."""
    return max(words, key=_GRAVITY.index, default="good")
