"""What frames are told to be beside what people said: classes, or numbers."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.apps.scoring.found import columns
from ethoframe.apps.scoring.matching import by_path
from ethoframe.apps.scoring.placed import PROVENANCE
from ethoframe.apps.scoring.result import Result
from ethoframe.data import Classes, Refusal, Values

if TYPE_CHECKING:
    from ethoframe.apps.scoring.judging import Asked
    from ethoframe.data.noun import Array
    from ethoframe.score.bootstrap import Estimate

TABLES = {"classes.csv": Classes, "values.csv": Values}
"""How a run calls its tables of frames, and what is in them."""

SHARE = "p_"
"""How the names of columns begin that hold the probability of a class."""

OF_CLASSES = "the most probable class of each frame beside the one that people said"
OF_VALUES = "answer less truth, frame by frame; one that is not answered is left out, and told"


@dataclass(frozen=True)
class Told:
    """Classes or numbers of the frames of recordings.

    Parameters
    ----------
    path
        As the user named it.
    of
        By the file of each recording: what its frames are told to be.
    whose
        The film or subject of each, where that is known.
    """

    path: Path
    of: Mapping[str, Any]
    whose: Mapping[str, str]


@dataclass(frozen=True)
class Frame:
    """One frame in two tables: its name, film and number, and its row in either."""

    name: str
    whose: str
    number: int
    true: tuple[str, int]
    own: tuple[str, int] | None


def kind_of(answer: Path, truth: Path) -> str:
    """As which of both what is at two paths may be scored; empty for neither, by headings alone."""
    from ethoframe.formats import classes

    if truth.suffix.lower() != ".csv" or not classes.knows(truth):
        return ""
    said = columns(truth)
    if {"label"} <= said and "start_s" not in said and _holds(answer, "classes.csv"):
        return "classes"
    plain = not {"label", "quantity", "count"} & said
    return "values" if plain and _holds(answer, "values.csv") else ""


def _holds(answer: Path, name: str) -> bool:
    from ethoframe.formats import classes

    if answer.is_dir():
        return next(answer.rglob(name), None) is not None
    said = name == "classes.csv" and classes.knows(answer) and "label" in columns(answer)
    return said or _is_of_run(answer, TABLES[name])


def _is_of_run(file: Path, kind: type[Classes] | type[Values]) -> bool:
    """Whether a table is what a run writes, and not what people said."""
    heading = columns(file) if file.suffix.lower() == ".csv" else set()
    if kind is Values:
        return {"frame", "time_s"} <= heading and "file" not in heading
    told = "class" in heading or any(name.startswith(SHARE) for name in heading)
    return told and bool({"file", "frame"} & heading)


def told_at(path: Path, kind: type[Classes] | type[Values]) -> Told:
    """What the frames of recordings are told to be: by a run, or by people.

    Raises
    ------
    Refusal
        When nothing is told of any.
    """
    if not path.exists():
        raise Refusal(path, "there is no such file or folder", "check its name")
    name = next(each for each, held in TABLES.items() if held is kind)
    files = [path / name] if (path / name).is_file() else sorted(path.rglob(name))
    if path.is_file():
        files = [path] if _is_of_run(path, kind) else []
    found: dict[str, Any] = {}
    for file in files:
        found |= dict(_of_run(file, path, kind))
    return Told(path, found, {}) if found else _of_people(path, kind)


def _of_run(
    file: Path, top: Path, kind: type[Classes] | type[Values]
) -> Iterator[tuple[str, Classes | Values]]:
    if kind is Values:
        from ethoframe.formats import table

        yield _called(file, top), table.read_values(file)
        return
    with file.open(newline="", encoding="utf-8-sig") as opened:
        lines = [dict(line) for line in csv.DictReader(opened)]
    names = [name for name in (lines[0] if lines else ()) if name.startswith(SHARE)]
    several: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        several.setdefault(line.get("file") or _called(file, top), []).append(line)
    for called, own in several.items():
        yield called, _classes(file, own, names)


def _classes(file: Path, lines: Sequence[Mapping[str, str]], columns_: Sequence[str]) -> Classes:
    numbers = np.array([int(line.get("frame") or 0) for line in lines], np.int64)
    try:
        shares = {
            name.removeprefix(SHARE): [float(line[name] or "nan") for line in lines]
            for name in columns_
        }
    except ValueError as error:
        raise Refusal(file, str(error), "name a classes.csv that a method wrote") from None
    if shares:
        table = np.array([*shares.values()], np.float64).T
        return Classes(table, tuple(shares), numbers, numbers.astype(np.float64))
    words = [line.get("class") or "" for line in lines]
    return Classes.said(words, sorted({*words} - {""}), numbers)


def _called(file: Path, top: Path) -> str:
    """The file that a run's table is of."""
    signed = file.parent / PROVENANCE
    if signed.is_file():
        told: Mapping[str, Any] = json.loads(signed.read_text(encoding="utf-8"))
        if name := told.get("file", {}).get("name"):
            return str(name)
    return file.parent.relative_to(top).as_posix() if file != top else file.parent.name


def _of_people(path: Path, kind: type[Classes] | type[Values]) -> Told:
    from ethoframe import formats
    from ethoframe.run.teachable import WORDS

    found: dict[str, Any] = {}
    whose: dict[str, str] = {}
    for part in formats.read_annotations(path).parts:
        if not isinstance(part.said, kind):
            reason = f"it holds {WORDS[type(part.said)]}, and no {WORDS[kind]}"
            raise Refusal(path, reason, f"name a table of {WORDS[kind]}")
        name = part.recording.name
        if name in found:
            reason = f"several people said something of {name}"
            raise Refusal(path, reason, "keep the lines of one author")
        found[name], whose[name] = part.said, part.subject or part.film
    if not found:
        raise Refusal(path, "nothing is said in it", "say something of some frames")
    return Told(path, found, whose)


def _frames(answer: Told, truth: Told) -> list[Frame]:
    """Every frame of the truth, with what is told of it."""
    mine, theirs = list(answer.of), list(truth.of)
    pairs = by_path(mine, theirs, answer.path)
    if not pairs and len(mine) == len(theirs) == 1:
        pairs = {0: 0}
    if not pairs:
        reason = f"nothing in it is of {theirs[0]}, or another file in {truth.path}"
        raise Refusal(answer.path, reason, "call files as the truth calls them")
    found = []
    for index, name in enumerate(theirs):
        own = mine[pairs[index]] if index in pairs else None
        rows = {int(n): row for row, n in enumerate(answer.of[own].numbers)} if own else {}
        several = len(truth.of[name]) > 1
        for row, number in enumerate(truth.of[name].numbers.tolist()):
            at = (own, rows[number]) if own and number in rows else None
            called = f"{name} frame {number}" if several else name
            found.append(Frame(called, truth.whose.get(name, name), number, (name, row), at))
    return found


def classes(answer: Told, truth: Told, asked: Asked) -> Result:
    """How often classes are right, and how far probabilities can be believed."""
    from ethoframe.score.classes import class_score
    from ethoframe.score.together import together

    frames = [each for each in _frames(answer, truth) if _said(truth, each)]
    names = list(dict.fromkeys(name for each in truth.of.values() for name in each.names))
    known = [*names, *_others(answer, names)]
    truths = np.array([known.index(_said(truth, each)) for each in frames])
    table = np.stack([_row(answer, each, known) for each in frames])
    whose, numbers = [each.whose for each in frames], np.array([each.number for each in frames])
    told = class_score(table, truths, whose, numbers)
    scores: dict[str, Estimate] = {
        "accuracy": told.accuracy, "auroc": told.auroc, "ece": told.top.expected_error,
        "brier": told.brier, "log_loss": told.log_loss,
    }  # fmt: skip
    units = together(whose, numbers)
    best = np.where(np.isnan(table).any(axis=1), -1, np.nan_to_num(table).argmax(axis=1))
    each = {name: _of_class(k, best, truths, units) for k, name in enumerate(names)}
    rows = [
        {
            "name": frame.name,
            "truth": known[true],
            "answer": known[own] if own >= 0 else None,
            "probability": float(line[own]) if own >= 0 else None,
        }
        for frame, true, own, line in zip(frames, truths, best, table, strict=True)
    ]
    missing = tuple(frame.name for frame in frames if frame.own is None)
    notes = (f"{len(frames)} frames of {len(names)} classes", told.top.says)
    return Result(
        "classes", OF_CLASSES, {"all": scores, **each}, rows, _unit(whose),
        unanswered=missing, notes=notes, brief=("recall", "precision"),
    )  # fmt: skip


def _of_class(k: int, best: Array, truths: Array, units: Any) -> dict[str, Estimate]:
    both = (best == k) & (truths == k)
    return {
        "recall": units.of_sums(np.stack([both, truths == k], axis=1)),
        "precision": units.of_sums(np.stack([both, best == k], axis=1)),
    }


def _said(truth: Told, frame: Frame) -> str:
    name, row = frame.true
    return str(truth.of[name].best[row])


def _others(answer: Told, names: Sequence[str]) -> list[str]:
    """Classes that are answered and that nobody said."""
    told = dict.fromkeys(name for each in answer.of.values() for name in each.names)
    return [name for name in told if name not in names]


def _row(answer: Told, frame: Frame, known: Sequence[str]) -> Array:
    """Probabilities of a frame, of all classes; NaN where nothing is told of it."""
    row = np.zeros(len(known))
    if frame.own is None:
        return row * np.nan
    held = answer.of[frame.own[0]]
    for k, name in enumerate(held.names):
        row[known.index(name)] = held.table[frame.own[1], k]
    return row


def values(answer: Told, truth: Told, asked: Asked) -> Result:
    """How far numbers are from those that people gave, quantity by quantity."""
    from ethoframe.score import counts

    frames = _frames(answer, truth)
    scores: dict[str, Mapping[str, Estimate]] = {}
    rows: list[dict[str, Any]] = []
    for quantity in dict.fromkeys(name for each in truth.of.values() for name in each.names):
        told = [score for each in frames if (score := _compared(answer, truth, each, quantity))]
        if not told:
            reason = f"it tells no {quantity} of any frame"
            raise Refusal(answer.path, reason, f"call the column {quantity}")
        whose = {each.name: each.whose for each in frames}
        scores[quantity] = counts.summary(told, [whose[each.name] for each in told])
        rows += [
            {"name": each.name, "quantity": quantity, "answer": each.answer, "truth": each.truth,
             "low": each.low, "high": each.high, "error": each.error}
            for each in told
        ]  # fmt: skip
    if len(scores) == 1:
        scores = {"all": next(iter(scores.values()))}
    missing = tuple(each.name for each in frames if each.own is None)
    notes = (f"{len(rows)} numbers in {len(frames)} frames compared",)
    unit = _unit([each.whose for each in frames])
    return Result("values", OF_VALUES, scores, rows, unit, unanswered=missing, notes=notes)


def _compared(answer: Told, truth: Told, frame: Frame, quantity: str) -> Any:
    """One number beside the true one; None where either is not known."""
    from ethoframe.score.counts import CountScore

    true = _number(truth.of[frame.true[0]], frame.true[1], quantity)
    if frame.own is None or not np.isfinite(true):
        return None
    held, row = answer.of[frame.own[0]], frame.own[1]
    own, low, high = (_number(held, row, quantity, end) for end in ("", "_low", "_high"))
    return CountScore(own, true, frame.name, True, low, high) if np.isfinite(own) else None


def _number(held: Values, row: int, quantity: str, end: str = "") -> float:
    """A number by its name, whose unit may be its end; NaN where there is none."""
    from ethoframe.contract.units import suffix

    for k, (name, unit) in enumerate(zip(held.names, held.units, strict=True)):
        stem = name.removesuffix(f"_{suffix(unit)}") if suffix(unit) else name
        if quantity in (name, stem) and not end:
            return float(held.table[row, k])
        plain = quantity.removesuffix(f"_{suffix(unit)}") if suffix(unit) else quantity
        if end and stem == f"{plain}{end}":
            return float(held.table[row, k])
    return float("nan")


def _unit(whose: Sequence[str]) -> str:
    return "recording" if len(set(whose)) > 1 else "stretch"
