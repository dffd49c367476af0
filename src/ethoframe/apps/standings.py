"""What came of a comparison, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ethoframe.run.comparing.sentences import (
    human,
    more_labels,
    overtaking,
    told,
    variance,
    verdict,
)
from ethoframe.run.comparing.yardstick import Metric

if TYPE_CHECKING:
    from ethoframe.run.comparing.outcome import Comparison


def lines(found: Comparison) -> Iterator[str]:
    """The verdict, a table, and what curves say."""
    yield verdict(found)
    if people := human(found):
        yield people
    yield ""
    yield from _table(found)
    yield ""
    yield f"n: {len(found.rows)} frames; {found.units.says}"
    yield f"labels: {found.plan.says}"
    for course in found.courses:
        yield ""
        yield from overtaking(found, course)
        yield more_labels(found, course)
        if line := variance(course):
            yield line
    for each in found.capacities:
        pairs = zip(each.values, each.errors, strict=True)
        scored = ", ".join(f"{value}: {told(error, Metric('error'))}" for value, error in pairs)
        yield f"{each.name}, error by {each.parameter}: {scored}"
    if found.warnings:
        yield ""
        yield from (f"  warning  {each}" for each in found.warnings)


def _table(found: Comparison) -> Iterator[str]:
    by = found.plan.ask.by
    metrics = {metric.name: metric for metric in by.metrics}
    names = list(dict.fromkeys(name for each in found.standings for name in each.scores))
    rows = [["", *names, "frames/s", "fit"]]
    for each in found.standings:
        scores = [
            told(each.scores[name], metrics.get(name, Metric(name))) if name in each.scores else ""
            for name in names
        ]
        spent = [fit.seconds for fit in each.spent]
        fit = f"{sum(spent) / len(spent):.0f} s" if spent else each.contestant.sort
        rows.append([each.name, *scores, f"{each.frames_per_s:.3g}", fit])
    if found.human:
        people = [
            told(found.human[name], metrics[name]) if name in found.human else "" for name in names
        ]
        rows.append(["between people", *people, "", ""])
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(
            f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)
        ).rstrip()
