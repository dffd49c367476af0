"""Who is what: each measure of an animal with its row of the animal sheet."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePosixPath
from typing import NamedTuple

from ethoframe.data import Measure, Measures, Refusal, Row, Sheet

MOST = 10
"""Levels of which every pair is compared: more are hardly groups."""
_NUMBERED = re.compile(r"(.+) \d+")

Pair = tuple[str, str]
"""A level, and what it is compared with."""


class Quantity(NamedTuple):
    """Which measure, as `Measure` has it."""

    quantity: str
    unit: str
    during: str


@dataclass(frozen=True)
class Seen:
    """One number of one animal in one recording.

    Parameters
    ----------
    animal
        Its name; that of its recording and arena where the sheet names nobody.
    row
        What the sheet says of it there.
    value
        The number; never NaN.
    """

    animal: str
    row: Row
    value: float


@dataclass(frozen=True)
class Table:
    """Every measure of every animal, over the longest time it was measured for.

    Parameters
    ----------
    seen
        By measure, in the order of the measures.
    missing
        How many recordings of the sheet have no number for a measure.
    strangers
        Recordings that no row of the sheet is about.
    """

    seen: Mapping[Quantity, tuple[Seen, ...]]
    missing: Mapping[Quantity, int]
    strangers: tuple[str, ...]

    @classmethod
    def of(cls, measures: Measures, sheet: Sheet) -> Table:
        """The measures of a whole trial, or of all events of a name, with their rows."""
        found: dict[Quantity, list[Seen]] = {}
        missing: dict[Quantity, int] = {}
        known: dict[tuple[str, str, str, str], Row | None] = {}
        for measure in _longest(measures):
            whose = measure.recording, measure.arena, measure.individual, measure.subject
            row = known[whose] if whose in known else known.setdefault(whose, _row(measure, sheet))
            if row is None:
                continue
            key = Quantity(measure.quantity, measure.unit, measure.during)
            each = found.setdefault(key, [])
            if math.isfinite(measure.value):
                name = row.subject or " ".join(filter(None, (measure.recording, measure.arena)))
                each.append(Seen(name, row, measure.value))
            else:
                missing[key] = missing.get(key, 0) + 1
        strangers = dict.fromkeys(whose[0] for whose, row in known.items() if row is None)
        seen = {key: tuple(each) for key, each in found.items()}
        return cls(seen, missing, tuple(strangers))


def pairs(sheet: Sheet, factor: str, control: str, where: str) -> tuple[Pair, ...]:
    """What is compared with what, in the order of the sheet.

    Each level with the control; where none is named, each with every level that stands before it.

    Raises
    ------
    Refusal
        When the sheet has no such column, no such level, fewer than two, or more than ten and no
        control is named.
    """
    found = [level for level in dict.fromkeys(row.cell(factor) for row in sheet.rows) if level]
    if len(found) < 2:
        has = f"has one level only, {found[0]}" if found else "says nothing in that column"
        if factor not in sheet.columns and sheet.columns:
            has = f"has no such column, but {', '.join(sheet.columns)}"
        reason = f"{factor} cannot be compared: the animal sheet {has}"
        raise Refusal(where, reason, "name a column with two levels or more: --factor COLUMN")
    if not control and len(found) > MOST:
        reason = f"{factor} has {len(found)} levels: {', '.join(found[:MOST])} …"
        raise Refusal(where, reason, f"say which is the control, as --control {found[0]}")
    if control and control not in found:
        reason = f"{factor} has no level {control!r}, but {', '.join(found)}"
        raise Refusal(where, reason, f"name one of these, as --control {found[0]}")
    if control:
        return tuple((level, control) for level in found if level != control)
    return tuple((level, before) for before, level in combinations(found, 2))


def _longest(measures: Measures) -> Iterator[Measure]:
    """Of each measure of an animal the row over the longest time; single events are passed over."""
    longest: dict[tuple[str, ...], Measure] = {}
    events = {row.during for row in measures.rows}
    for row in measures.rows:
        numbered = _NUMBERED.fullmatch(row.during)
        if numbered and numbered[1] in events:
            continue
        key = (
            row.recording, row.arena, row.individual, row.subject,
            row.quantity, row.unit, row.during,
        )  # fmt: skip
        if key not in longest or _lasting(row) > _lasting(longest[key]):
            longest[key] = row
    yield from longest.values()


def _lasting(row: Measure) -> float:
    lasting = row.bin_stop_s - row.bin_start_s
    return lasting if math.isfinite(lasting) else 0.0


def _row(measure: Measure, sheet: Sheet) -> Row | None:
    """The row about the animal of a measure; None where there is none, or no single one."""
    rows = [row for row in sheet.rows if _about(row, measure)]
    if not rows and measure.subject:
        rows = [row for row in sheet.rows if row.subject == measure.subject]
    return rows[0] if len(rows) == 1 else None


def _about(row: Row, measure: Measure) -> bool:
    if row.arena.casefold() != measure.arena.casefold():
        return False
    if measure.subject and row.subject and measure.subject != row.subject:
        return False
    named = row.others.get("individual", "")
    if named and named != measure.individual:
        return False
    return bool(row.video) and _same_file(measure.recording, row.video[0])


def _same_file(name: str, cell: str) -> bool:
    """Whether one path ends in the other, suffixes left out."""
    both: Sequence[tuple[str, ...]] = [
        PurePosixPath(path.replace("\\", "/").casefold()).with_suffix("").parts
        for path in (name, cell)
        if path
    ]
    short = min(map(len, both)) if len(both) == 2 else 0
    return short > 0 and both[0][-short:] == both[1][-short:]
