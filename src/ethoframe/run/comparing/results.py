"""The scores of a comparison as tables and as JSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import ethoframe
from ethoframe.data.strict import strict
from ethoframe.run.comparing.outcome import Capacity, Comparison, Course, Standing
from ethoframe.run.comparing.sentences import human, more_labels, overtaking, variance, verdict
from ethoframe.run.provenance import software
from ethoframe.score.bootstrap import Estimate

SCORES, FRAMES, COMPARISON = "scores.csv", "frames.csv", "comparison.json"


def write_results(folder: Path, found: Comparison) -> None:
    """Writes ``scores.csv``, a row for each frame in ``frames.csv``, and ``comparison.json``.

    Parameters
    ----------
    folder
        That exists.
    found
        What came of the comparison.
    """
    _table(folder / SCORES, list(_scores(found)))
    _table(folder / FRAMES, list(_frames(found)))
    text = json.dumps(plain(found), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / COMPARISON).write_text(text + "\n", encoding="utf-8", newline="\n")


def plain(found: Comparison) -> dict[str, Any]:
    """All of it, ready for JSON: what is no number is null."""
    ask = found.plan.ask
    told = {
        "verdict": verdict(found),
        "human": human(found),
        "compared as": ask.by.kind,
        "metric": asdict(found.metric),
        "units": {"count": len(found.units), "says": found.units.says},
        "split": found.plan.says,
        "frames": len(found.rows),
        "methods": {each.name: _standing(each) for each in found.standings},
        "differences": [asdict(each) for each in found.differences],
        "people": {name: asdict(each) for name, each in found.human.items()},
        "curves": {each.name: _course(found, each) for each in found.courses},
        "capacity": {each.name: _capacity(each) for each in found.capacities},
        "hardware": found.hardware,
        "labels": {"count": len(ask.labels), "fingerprint": found.plan.fingerprint},
        "warnings": list(found.warnings),
        "command": ask.command,
        "software": {"ethoframe": ethoframe.__version__, **software()},
    }
    cleaned: dict[str, Any] = strict(told)
    return cleaned


def _standing(each: Standing) -> dict[str, Any]:
    one = each.contestant
    return {
        "method": one.method.name(),
        "version": one.method.version,
        "parameters": one.method.parameters(),
        "training": one.training.parameters() if one.training else None,
        "sort": one.sort,
        "model": str(one.model.folder) if one.model else None,
        "scores": {name: asdict(score) for name, score in each.scores.items()},
        "on what was taught": asdict(each.taught),
        "fits": [asdict(spent) for spent in each.spent],
        "frames_per_s": each.frames_per_s,
        "seen": each.seen,
    }


def _course(found: Comparison, course: Course) -> dict[str, Any]:
    curve = course.curve
    return {
        "labels": [int(size) for size in curve.sizes],
        "errors": [asdict(each) for each in curve.errors],
        "on what was taught": [asdict(each) for each in course.taught],
        "law": asdict(curve.law) if curve.law else None,
        "doubled": asdict(curve.doubled),
        "gain": asdict(curve.gain),
        "more": curve.more,
        "overtakes": {name: asdict(each) for name, each in curve.overtakes.items()},
        "choices": curve.repeats,
        "says": [*overtaking(found, course), more_labels(found, course), variance(course)],
    }


def _capacity(each: Capacity) -> dict[str, Any]:
    return {
        "parameter": each.parameter,
        "values": list(each.values),
        "errors": [asdict(error) for error in each.errors],
        "on what was taught": [asdict(error) for error in each.taught],
    }


def _scores(found: Comparison) -> Iterator[Mapping[str, Any]]:
    units = {metric.name: metric.unit for metric in found.plan.ask.by.metrics}
    rows = [(each.name, each.contestant.sort, each.scores) for each in found.standings]
    if found.human:
        rows.append(("between people", "people", found.human))
    for name, sort, scores in rows:
        for metric, score in scores.items():
            yield _row(name, sort, metric, units.get(metric, ""), score)


def _row(name: str, sort: str, metric: str, unit: str, score: Estimate) -> Mapping[str, Any]:
    told = {"value": score.value, "low": score.low, "high": score.high}
    numbers = {key: value if math.isfinite(value) else "" for key, value in told.items()}
    return {"method": name, "sort": sort, "metric": metric, **numbers, "n": score.n, "unit": unit}


def _frames(found: Comparison) -> Iterator[Mapping[str, Any]]:
    listed, by = list(found.plan.ask.labels.rows()), found.plan.ask.by
    for place, row in enumerate(found.rows):
        part, index = listed[row]
        about = {
            "film": part.film,
            "frame": int(found.plan.ask.labels.origin[row]),
            "file": part.files[index] if part.files else "",
        }
        for each in found.standings:
            for metric in by.metrics:
                values = each.answers.values[metric.name][place]
                parts = by.parts if len(by.parts) == len(values) else ("frame",) * len(values)
                for of, value in zip(parts, values, strict=True):
                    number = float(value) if math.isfinite(value) else ""
                    told = {"metric": metric.name, "of": of, "value": number}
                    yield {**about, "method": each.name, **told}


def _table(path: Path, rows: list[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["method"])
        writer.writeheader()
        writer.writerows(rows)
