"""Answers as rows that people read: values of a still, facts of a map, the way of a camera."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ethoframe.contract import Method
from ethoframe.contract.units import suffix
from ethoframe.data import Measure, Measures, Transform, Transforms, Values, Warp

Numbers = dict[str, tuple[float, str]]
"""Value and unit by name."""

LOW, HIGH = "_low", "_high"
"""How the names of the ends of a value's interval end."""


def rows_of(answer: Values | Transform | Warp, method: Method) -> Measures:
    """One row for each number, with the interval where the answer has its ends as well.

    Parameters
    ----------
    answer
        Values of frames or of a whole recording, or a map whose facts are numbers.
    method
        That made it: it is the definition.
    """
    definition, rows = defined(method), []
    for (start_s, stop_s), numbers in _bins(answer):
        rows += [
            Measure(
                quantity=name,
                value=value,
                unit=unit,
                low=numbers.get(_end(name, unit, LOW), (np.nan, ""))[0],
                high=numbers.get(_end(name, unit, HIGH), (np.nan, ""))[0],
                bin_start_s=start_s,
                bin_stop_s=stop_s,
                individual="",
                definition=definition,
            )
            for name, (value, unit) in numbers.items()
            if not _stem(name, unit).endswith((LOW, HIGH))
        ]
    return Measures(tuple(rows))


def _bins(answer: Values | Transform | Warp) -> Iterator[tuple[tuple[float, float], Numbers]]:
    """The numbers of each frame with the time it stands for; of what has no time, without."""
    if not isinstance(answer, Values):
        yield (np.nan, np.nan), _of_facts(answer)
        return
    starts_s = answer.times_s if len(answer) > 1 else np.full(len(answer), np.nan)
    last_s = starts_s[-1] + np.median(np.diff(starts_s)) if len(answer) > 1 else np.nan
    stops_s = np.append(starts_s[1:], last_s)
    for index, span_s in enumerate(zip(starts_s.tolist(), stops_s.tolist(), strict=False)):
        yield span_s, _of_values(answer, index)


def _stem(name: str, unit: str) -> str:
    """The name without its unit."""
    return name.removesuffix(f"_{suffix(unit)}") if suffix(unit) else name


def _end(name: str, unit: str, which: str) -> str:
    """How an end of the interval of a number is called: the unit stays last."""
    stem = _stem(name, unit)
    return f"{stem}{which}{name.removeprefix(stem)}"


def defined(method: Method) -> str:
    """A method in one sentence: what it does, and its parameters."""
    summary = (type(method).__doc__ or "").split("\n")[0].rstrip(".")
    given = {name: value for name, value in method.parameters().items() if value != ""}
    told = ", ".join(f"{name} {value}" for name, value in given.items())
    return f"{method.name()}: {summary}" + (f" ({told})" if told else "")


def motion(answer: Transforms) -> Values:
    """How far each frame was moved, turned and stretched, and how alike it was before and after."""
    axes = answer.matrices.shape[1] - 1
    linear = answer.matrices[:, :axes, :axes]
    shifts = [answer.matrices[:, axis, axes] for axis in range(axes)]
    turned = np.degrees(np.arctan2(linear[:, 1, 0], linear[:, 0, 0]))
    stretched = 100 * np.abs(np.linalg.det(linear)) ** (1 / axes)
    columns: dict[str, tuple[Any, str]] = {
        **{f"shift {axis}": (s, answer.unit) for axis, s in zip("xyz", shifts, strict=False)},
        "rotation": (turned, "deg"),
        "scale": (stretched, "%"),
        "similarity before": (answer.similarity_before, "1"),
        "similarity after": (answer.similarity_after, "1"),
    }
    units = tuple(unit for _, unit in columns.values())
    array = np.stack([column for column, _ in columns.values()], axis=1)
    return Values(array, tuple(columns), units, answer.numbers, answer.times_s)


def _of_values(values: Values, index: int) -> Numbers:
    named = zip(values.names, values.table[index].tolist(), values.units, strict=True)
    return {name: (value, unit) for name, value, unit in named}


def _of_facts(answer: Transform | Warp) -> Numbers:
    return {
        name.replace("_", " "): (float(value), "1")
        for name, value in answer.facts.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
