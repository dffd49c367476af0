"""Episodes from the intervals of an NWB file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Episodes, Observations, Observed, Refusal
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.formats._observing import listed, unsaid
from ethoframe.formats.nwb.groups import everywhere, numbers, opened, session, texts, typed

LABELS = ("label", "behavior", "behaviour", "state")
WHO = ("individual", "subject", "animal")
BY = ("author", "observer", "rater", "scorer")
SURE = ("score", "confidence", "probability")
NO_BEHAVIOUR = ("trials", "epochs", "invalid_times")
"""Tables whose names say something else than a behaviour."""

SUPPORT = "episodes_support"
"""The table of what was looked at."""


@dataclass(frozen=True)
class Row:
    """An interval of a table."""

    label: str
    start_s: float
    stop_s: float
    individual: str
    author: str
    score: float


def held_in(path: Path) -> bool:
    """Whether a file has intervals that tell of a behaviour."""
    try:
        with opened(path) as file:
            return any(True for _ in _tables(file))
    except Refusal:
        return True  # what is wrong with it is told when it is read


def read(path: Path) -> Observations:
    """As `formats.nwb.read_observations` says."""
    with opened(path) as file:
        rows = [row for name, table in _tables(file) for row in _rows(name, table, LABELS)]
        looked = [
            row
            for name, table in everywhere(file, "DynamicTable")
            if name == SUPPORT
            for row in _rows(name, table, ())
        ]
        recording = session(file, path)
    wrong = next((row for row in (*rows, *looked) if not row.start_s <= row.stop_s), None)
    if wrong is not None:
        reason = f"{wrong.label} is from {wrong.start_s:g} to {wrong.stop_s:g} s"
        raise Refusal(path, reason, "correct start_time and stop_time")
    authors = dict.fromkeys([row.author for row in (*rows, *looked)])
    end_s = max((row.stop_s for row in rows), default=0.0)
    parts, silent = [], []
    for author in authors:
        own = [row for row in looked if row.author == author]
        if not own:
            silent.append(f"{recording} by {author}" if author else recording)
        seen = sorted((row for row in rows if row.author == author), key=lambda row: row.start_s)
        guessed = () if own else ("support",)
        parts.append(Observed(recording, _episodes(seen, own, author, end_s), guessed))
    return Observations(tuple(parts), unsaid(silent) if listed(silent) else ())


def _tables(file: Any) -> Iterator[tuple[str, Any]]:
    for name, table in everywhere(file, "TimeIntervals"):
        if name not in NO_BEHAVIOUR or any(word in table for word in LABELS):
            yield name, table
    if "intervals" in file:  # of files from before the type was declared there
        known = {name for name, _ in typed(file["intervals"], "TimeIntervals")}
        for name, table in file["intervals"].items():
            if name not in known and any(word in table for word in LABELS):
                yield name, table


def _rows(name: str, table: Any, labels: tuple[str, ...]) -> list[Row]:
    start, stop = numbers(table["start_time"]), numbers(table["stop_time"])
    count = len(start)
    sure = next((numbers(table[word]) for word in SURE if word in table), np.ones(count))
    columns = [
        next((texts(table[word]) for word in words if word in table), [default] * count)
        for words, default in ((labels, name), (WHO, INDIVIDUAL if labels else ""), (BY, ""))
    ]
    return [
        Row(label, float(begin), float(end), who, by, float(score))
        for begin, end, score, label, who, by in zip(start, stop, sure, *columns, strict=True)
    ]


def _episodes(seen: list[Row], looked: list[Row], author: str, end_s: float) -> Episodes:
    support = [(row.start_s, row.stop_s) for row in looked] or [(0.0, end_s)]
    return Episodes(
        tuple(row.label for row in seen),
        np.array([row.start_s for row in seen]),
        np.array([row.stop_s for row in seen]),
        np.array(support),
        tuple(row.individual or INDIVIDUAL for row in seen),
        tuple(row.individual for row in looked),
        author,
        np.array([row.score for row in seen]),
    )
