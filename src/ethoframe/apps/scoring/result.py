"""What was scored, how, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ethoframe.score.bootstrap import Estimate

DETAILS = frozenset(f"ap_{percent}" for percent in range(55, 100, 5) if percent != 75)
"""Scores that are told to scripts only: the average precision at each of many thresholds."""


@dataclass(frozen=True)
class Result:
    """The scores of an answer.

    Parameters
    ----------
    kind
        As what it was scored: masks, instances, counts, landmarks or raters.
    why
        Why as that, and by which rule, in a sentence.
    unit
        What is drawn again for the intervals.
    scores
        Of each group (a label, or ``all``), each score with its interval.
    rows
        Scores of each picture.
    units
        Of the scores that have one.
    unanswered, unasked
        Names of truths without an answer, and of answers without a truth.
    failed
        Why, for each name that could not be scored.
    notes
        What else is to be known, one line each.
    """

    kind: str
    why: str
    scores: Mapping[str, Mapping[str, Estimate]]
    rows: Sequence[Mapping[str, Any]]
    unit: str = "picture"
    units: Mapping[str, str] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """All of it, ready for JSON: what is no number is null."""
        scores = {
            group: {name: _plain(asdict(told)) for name, told in each.items()}
            for group, each in self.scores.items()
        }
        return {
            "as": self.kind,
            "why": self.why,
            "resampled by": self.unit,
            "scores": scores.pop("all", {}),
            "by label": scores,
            "units": dict(self.units),
            "rows": [_plain(row) for row in self.rows],
            "unanswered": list(self.unanswered),
            "without truth": list(self.unasked),
            "failed": dict(self.failed),
            "notes": list(self.notes),
        }

    def lines(self) -> Iterator[str]:
        """A table for people: one score a line, without those of `DETAILS`."""
        yield f"scored as {self.kind}: {self.why}"
        shown = {
            group: {name: told for name, told in each.items() if name not in DETAILS}
            for group, each in self.scores.items()
        }
        every = [told for each in shown.values() for told in each.values()]
        one = all(told.n < 2 for told in every)
        width = max(
            (len(self._called(name)) for each in shown.values() for name in each), default=5
        )
        for group, each in shown.items():
            yield ""
            heading = "" if len(shown) == 1 else group
            yield f"{heading:<{width}}  {'value':>9}" + (
                "" if one else _interval("95 % interval", "n")
            )
            for name, told in each.items():
                span = "" if one else _interval(_span(told), told.n)
                yield f"{self._called(name):<{width}}  {_number(told.value):>9}{span}"
        yield ""
        if one:
            yield f"one {self.unit}: no interval"
        else:
            yield f"n: {self.unit}s, which are drawn again for the interval (bootstrap)"
            if any(told.n == 1 for told in every):
                yield f"of one {self.unit} there is no interval"
        yield from self.notes

    def _called(self, name: str) -> str:
        unit = self.units.get(name, "")
        return name.replace("_", " ") + (f" ({unit})" if unit else "")


def _interval(span: str, n: int | str) -> str:
    return f"  {span:>21}  {n:>5}"


def _span(told: Estimate) -> str:
    return f"{_number(told.low)} to {_number(told.high)}" if math.isfinite(told.low) else "–"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.item() if hasattr(value, "item") else value
