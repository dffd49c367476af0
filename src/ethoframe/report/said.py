"""What labels are: for scripts as plain values, for people as a few lines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Classes, LabelMap, Labels, Tracks, Values
from ethoframe.report.wording import plain, quoted
from ethoframe.run.teachable import WORDS, learners

TOLD, LONGEST = 12, 24
"""Names that a line of them holds, and signs of a name."""

FIRST = ("segment/instances", "segment/unet")
"""Of several methods that one kind of labels teaches, those that are named first."""


def describe(labels: Labels, path: Path) -> dict[str, Any]:
    """What was said, of what, by whom, ready for JSON.

    Parameters
    ----------
    labels
        What a file or folder holds.
    path
        Where it is.
    """
    kind = labels.gives
    films = list(dict.fromkeys(part.film for part in labels.parts))
    sizes = sorted({part.recording.size for part in labels.parts})
    methods = sorted(learners(kind), key=lambda name: FIRST.index(name) if name in FIRST else 9)
    return {
        "labels": os.fspath(path),
        "kind": WORDS[kind],
        "count": len(labels),
        "recordings": films,
        "authors": sorted({part.author for part in labels.parts} - {""}),
        "subjects": sorted({part.subject for part in labels.parts} - {""}),
        "sizes": [list(size) for size in sizes],
        "said": _said(labels),
        "warnings": list(labels.warnings),
        "methods": methods,
        "next": _next(methods, path),
    }


def as_text(description: Mapping[str, Any]) -> str:
    """The same in aligned lines for people, ending with what to type next."""
    lines = [(label, text) for label, text in _lines(description) if text]
    width = max(len(label) for label, _ in lines)
    told = [f"  {label:{width}}  {plain(text)}" for label, text in lines]
    return "\n".join([plain(description["labels"]), *told])


def _said(labels: Labels) -> dict[str, int]:
    """How often each thing was said: keypoints placed, classes named, numbers given, objects."""
    counted: dict[str, int] = {}
    for part in labels.parts:
        for name, count in _of(part.said):
            counted[name] = counted.get(name, 0) + count
    return counted


def _of(said: Any) -> Iterator[tuple[str, int]]:
    match said:
        case Tracks():
            placed = np.isfinite(said.position).all(axis=1).sum(axis=(0, 2))
            yield from zip(said.keypoints, placed.tolist(), strict=True)
        case Classes():
            yield from ((name, said.best.count(name)) for name in said.names)
        case Values():
            known = np.isfinite(said.table).sum(axis=0)
            yield from zip(said.names, known.tolist(), strict=True)
        case LabelMap() if said.names:
            yield from ((name, 0) for name in said.names.values())


def _lines(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "labels", told["kind"]
    films = told["recordings"]
    yield "frames", f"{told['count']}, of {len(films)} recording{'s' * (len(films) != 1)}"
    yield "recordings", _listed(films)
    yield "said by", _listed(told["authors"])
    yield "subjects", _listed(told["subjects"])
    sides = [" × ".join(str(side) for side in reversed(size)) for size in told["sizes"]]
    yield "pictures", f"{_listed(sides)} px" if sides else ""
    yield "said", _listed([f"{name} {count or ''}".strip() for name, count in told["said"].items()])
    for warning in told["warnings"]:
        yield "warning", warning
    yield "taught", _listed(told["methods"])
    yield "next", told["next"]


def _listed(names: list[str]) -> str:
    told = ", ".join(plain(name, LONGEST) for name in names[:TOLD])
    return told + (" ..." if len(names) > TOLD else "")


def _next(methods: list[str], path: Path) -> str:
    if not methods:
        return "ethoframe score ANSWER " + quoted(os.fspath(path))
    return quoted("ethoframe", "fit", methods[0], "--labels", os.fspath(path)) + " --out MODEL"
