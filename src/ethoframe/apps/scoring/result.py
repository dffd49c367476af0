"""What was scored, how, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ethoframe.data.strict import strict

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
        As what it was scored: masks, instances, counts, landmarks, raters, points, classes ...
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
    brief
        Scores that people are told of each group but ``all``, in one table without intervals; all
        scores and their intervals when empty.
    more
        What scripts are told besides, by name.
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
    brief: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """All of it, ready for JSON: what is no number is null."""
        scores = {
            group: {name: strict(asdict(told)) for name, told in each.items()}
            for group, each in self.scores.items()
        }
        return {
            "as": self.kind,
            "why": self.why,
            "resampled by": self.unit,
            "scores": scores.pop("all", {}),
            "by label": scores,
            "units": dict(self.units),
            "rows": [strict(row) for row in self.rows],
            "unanswered": list(self.unanswered),
            "without truth": list(self.unasked),
            "failed": dict(self.failed),
            "notes": list(self.notes),
            **self.more,
        }

    def lines(self) -> Iterator[str]:
        """A table for people: one score a line, without those of `DETAILS`."""
        yield f"scored as {self.kind}: {self.why}"
        shown = {
            group: {name: told for name, told in each.items() if self._is_shown(name, told)}
            for group, each in self.scores.items()
            if group == "all" or not self.brief
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
        yield from self._groups()
        yield ""
        if one:
            yield f"one {self.unit}: no interval"
        else:
            several = f"{self.unit}{'es' if self.unit.endswith('ch') else 's'}"
            yield f"n: {several}, which are drawn again for the interval (bootstrap)"
            if any(told.n == 1 for told in every):
                yield f"of one {self.unit} there is no interval"
        yield from self.notes

    def _is_shown(self, name: str, told: Estimate) -> bool:
        return name not in DETAILS and not (self.brief and told.n == 0)

    def _groups(self) -> Iterator[str]:
        """A line for each group but ``all``, with the scores that are told of it in brief."""
        groups = {name: each for name, each in self.scores.items() if name != "all"}
        if not self.brief or not groups:
            return
        names = [name for name in self.brief if any(name in each for each in groups.values())]
        wide = max(len(group) for group in groups)
        yield ""
        yield " " * wide + "".join(f"  {self._called(name):>12}" for name in names)
        for group, each in groups.items():
            cells = (_number(each[name].value) if name in each else "–" for name in names)
            yield f"{group:<{wide}}" + "".join(f"  {cell:>12}" for cell in cells)

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
