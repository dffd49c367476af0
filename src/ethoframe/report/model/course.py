"""How training went: loss, rate and error, step by step."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data.noun import Array
from ethoframe.report.model.judged import brief
from ethoframe.report.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.picture.pairs import named
from ethoframe.report.wording import escaped
from ethoframe.run.fitting import WORK

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION)
LOSS = "loss_"
KNOWN = ("step", "seconds")


def history(folder: Path) -> dict[str, Array]:
    """Columns of the table that training wrote in a model's folder; none where there is none."""
    needs("learn", "torch")
    from ethoframe.nets.training import METRICS

    path = folder / WORK / METRICS
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0]) if rows else []
    return {name: np.array([_float(row[name]) for row in rows]) for name in names}


def course_section(folder: Path, card: Mapping[str, Any]) -> str:
    """Charts of the course of training."""
    told = history(folder)
    if not told:
        return ""
    steps = told["step"]
    losses = {k.removeprefix(LOSS): v for k, v in told.items() if k.startswith(LOSS)}
    errors = {k: v for k, v in told.items() if k not in KNOWN and not k.startswith(LOSS)}
    charts = [_chart("loss", steps, losses), _errors(steps, errors), _rate(card)]
    minutes = brief(float(told["seconds"][-1]) / 60)
    words = (
        f"{int(steps[-1])} steps in {minutes} min; the loss of the batch before each "
        "point, the error of the averaged weights on what was kept apart."
    )
    if not errors:
        words += " Nothing was kept apart, so no error is known."
    return f'<div class="charts">{"".join(charts)}</div><p class="rule">{escaped(words)}</p>'


def advice(folder: Path) -> list[str]:
    """What the course of training advises, in sentences."""
    told = history(folder)
    errors = [v for k, v in told.items() if k not in KNOWN and not k.startswith(LOSS)]
    if not errors or len(errors[0]) < 6:
        return []
    error = errors[0]
    known = error[np.isfinite(error)]
    if len(known) < 6:
        return []
    before, last = float(known[-len(known) // 3 - 1]), float(known[-1])
    if last < 0.95 * before and int(np.argmin(known)) == len(known) - 1:
        return [
            f"The error was still falling when training ended ({brief(before)} to {brief(last)} "
            "in its last third): give it more --minutes."
        ]
    if last > 1.1 * float(known.min()):
        return [
            f"The error rose again after {brief(float(known.min()))}: longer training would not "
            "help. The best weights were kept."
        ]
    return []


def _errors(steps: Array, errors: Mapping[str, Array]) -> str:
    """The errors that share the unit of the first, which is the one that training made small."""
    if not errors:
        return ""
    first = next(iter(errors))
    symbol = named(first).partition(" (")[2]
    alike = {k: v for k, v in errors.items() if symbol and named(k).endswith(f" ({symbol}")}
    chosen = alike or {first: errors[first]}
    some = dict(list(chosen.items())[: len(COLOURS)])
    return _chart(named(first), steps, {named(k).split(" (")[0]: v for k, v in some.items()})


def _rate(card: Mapping[str, Any]) -> str:
    from ethoframe.nets.schedule import OneCycle

    taught = card.get("taught", {})
    if not taught.get("steps") or not taught.get("rate"):
        return ""
    cycle = OneCycle(float(taught["rate"]), int(taught["steps"]))
    steps = np.unique(np.linspace(0, cycle.steps - 1, 200).round().astype(int))
    rates = np.array([cycle.at(int(step)) for step in steps])
    return _chart("learning rate (thousandths)", steps, {"": 1000 * rates})


def _chart(title: str, steps: Array, lines: Mapping[str, Array]) -> str:
    every = np.concatenate([*lines.values(), np.zeros(0)])
    if not np.isfinite(every).any():
        return ""
    last = float(steps[-1]) if len(steps) else 1.0
    chart = Chart(
        Scale(0.0, max(last, 1.0), "step", whole=True), Scale.over(every, title, zero=True)
    )
    for colour, values in zip(COLOURS, lines.values(), strict=False):
        chart.line(steps, values, colour)
    keys = "".join(
        f'<span class="key-line" style="--c:{colour}">{escaped(name)}</span>'
        for colour, name in zip(COLOURS, lines, strict=False)
        if name
    )
    key = f'<p class="legend">{keys}</p>' if keys else ""
    return f'<figure class="chart-box">{chart.svg(title)}{key}</figure>'


def _float(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan
