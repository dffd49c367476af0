"""What a fitted model is: for scripts as plain values, for people as a few lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ethoframe.nets.model import Model
from ethoframe.nets.network import TEMPORAL
from ethoframe.report import motifs
from ethoframe.report.wording import number, plain, quoted

PAGE = "report.html"
"""The page of a model, in its folder, where one was written."""

UNITS = ("px", "mm", "bl", "s")
"""How the names of figures end that have one."""

TOLD = 5
"""Names that a line of them holds."""


def describe(model: Model, folder: Path) -> dict[str, Any]:
    """What a model says of itself, as plain values; what its card does not tell is left empty.

    Parameters
    ----------
    model
        Of which it is told.
    folder
        Where it lies, as the user calls it.
    """
    card = model.card
    split = _split(card.get("split"))
    return {
        "model": os.fspath(folder),
        "method": model.method,
        "labels": card.get("labels", {}),
        "bouts": dict(card.get("bouts", {})),
        "taught": _counts(card.get("moments"), split),
        "split": card.get("split_says", split.get("says", "")),
        "figures": dict(model.figures),
        "training": dict(card.get("taught", {})),
        **{name: card[name] for name in ("stability", "motifs") if name in card},
        "network": dict(card["network"]),
        "weights_from": str(card.get("weights_from", "")),
        "hash": model.hash,
        "page": _page(folder),
        "next": _next(model.method, folder),
    }


def as_text(description: Mapping[str, Any]) -> str:
    """The same in aligned lines for people, ending with what to type next."""
    lines = [(label, text) for label, text in _lines(description) if text]
    width = max(len(label) for label, _ in lines)
    told = [f"  {label:{width}}  {plain(text)}" for label, text in lines]
    return "\n".join([f"{description['method']}, taught", *told])


def _lines(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    labels, training, network = told["labels"], told["training"], told["network"]
    yield "labels", _labels(labels)
    yield "bouts", ", ".join(f"{count} of {name}" for name, count in told["bouts"].items())
    yield "kept apart", str(told["split"])
    kept = told["taught"]["validation"]
    figures = ", ".join(_figure(k, v) for k, v in told["figures"].items())
    yield "figures", f"{figures} (of {kept} frames kept apart)" if figures and kept else figures
    if "stability" in told:
        yield from motifs.lines(told)
    if training:
        minutes = float(training.get("seconds", 0.0)) / 60
        yield "training", f"{_taken(training)} in {number(minutes)} min on {_where(training)}"
    yield "network", _network(network, told["weights_from"])
    yield "model", str(told["model"])
    yield "page", str(told["page"])
    for warning in labels.get("warnings", ()):
        yield "warning", str(warning)
    yield "next", str(told["next"])


def _labels(labels: Mapping[str, Any]) -> str:
    if not labels:
        return ""
    films = list(labels.get("films", ()))
    named = ", ".join(films[:TOLD]) + (" ..." if len(films) > TOLD else "")
    by = ", ".join(labels.get("authors", ()))
    counted = f"{labels['count']} frames of {len(films)} recording{'s' * (len(films) != 1)}"
    return f"{counted} ({named})" + (f", by {by}" if by else "")


def _figure(name: str, value: float) -> str:
    """A figure with its unit after it.

    Examples
    --------
    >>> _figure("mean_px", 2.7), _figure("accuracy", 0.9)
    ('mean 2.7 px', 'accuracy 0.9')
    """
    stem, _, unit = name.rpartition("_")
    if unit in UNITS:
        return f"{stem.replace('_', ' ')} {number(value)} {unit}"
    return f"{name.replace('_', ' ')} {number(value)}"


def _split(told: Any) -> dict[str, Any]:
    """The split as the card keeps it: JSON, or what was in it."""
    try:
        found = json.loads(told) if isinstance(told, str) else dict(told or {})
    except json.JSONDecodeError:
        found = {}
    return {"train": (), "validation": (), "dropped": (), **found}


def _network(network: Mapping[str, Any], begun: str) -> str:
    """What it is, how large, and what its weights were first."""
    if network["encoder"] == TEMPORAL:
        heads = " or ".join(head["kind"] for head in network["heads"])
        return f"{heads}, of {network['channels']} numbers at each moment"
    sides = " × ".join(str(side) for side in reversed(network["size"]))
    known = begun and not begun.startswith("none")
    began = f"began with the weights of {begun}" if known else "began anew"
    return f"{network['encoder']} at {sides} px, which {began}"


def _taken(training: Mapping[str, Any]) -> str:
    steps, folds = training.get("steps"), int(training.get("folds", 0))
    once = f"{steps} steps" if steps or not folds else "settled at once"
    return f"{once}, {folds + 1} times over," if folds else once


def _where(training: Mapping[str, Any]) -> str:
    threads = training.get("threads")
    on_processor = threads and training.get("device") == "cpu"
    used = f" with {threads} thread{'s' * (threads != 1)}" if on_processor else ""
    return f"{training.get('device')}{used}"


def _counts(moments: Any, split: Mapping[str, Any]) -> dict[str, int]:
    """How many frames taught it, and how many told how right it is; or both."""
    if moments:
        return {"train": int(moments["taught"]), "validation": int(moments["apart"]), "dropped": 0}
    return {key: len(split[key]) for key in ("train", "validation", "dropped")}


def _page(folder: Path) -> str:
    return os.fspath(folder / PAGE) if (folder / PAGE).is_file() else ""


def _next(method: str, folder: Path) -> str:
    return f"ethoframe apply {method} FILES --weights {quoted(os.fspath(folder))} --out results"
