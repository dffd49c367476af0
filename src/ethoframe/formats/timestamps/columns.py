"""Columns of times in a text file, whatever it calls them."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array

SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "μs", "usec", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("ns", "nsec", "nanosecond", "nanoseconds"), 1e-9),
}
"""Seconds in each unit, as people write it."""

SEPARATORS = "\t;,"

Row = tuple[int, list[str]]
"""A line of the file, counted from 1, and its cells."""


@dataclass(frozen=True)
class Heading:
    """What a column is called: ``Time Stamp (ms)`` is a timestamp in ms.

    Parameters
    ----------
    word
        In lower case without unit, spaces, dots and dashes.
    unit
        Of its numbers; empty when it says none.

    Examples
    --------
    >>> Heading.of("Time Stamp (ms)"), Heading.of("ms")
    (Heading(word='timestamp', unit='ms'), Heading(word='', unit='ms'))
    """

    word: str
    unit: str

    @classmethod
    def of(cls, text: str) -> Heading:
        """The heading that is written so."""
        *words, last = re.findall(r"[^\W_]+", text.lower()) or [""]
        if last in SECONDS:
            return cls("".join(words), last)
        return cls("".join([*words, last]), "")


@dataclass(frozen=True)
class Lines:
    """The lines of a text file with columns.

    Parameters
    ----------
    path
        Of the file.
    headings
        What each column is called; empty when the first line holds numbers already.
    rows
        All further lines that are not empty, in order; they can be gone through once.
    """

    path: Path
    headings: tuple[str, ...]
    rows: Iterator[Row]

    @classmethod
    def of(cls, path: Path) -> Lines:
        """The lines of the file at `path`.

        Raises
        ------
        Refusal
            When it cannot be read or holds nothing.
        """
        rows = _rows(path)
        first = next(rows, None)
        if first is None:
            raise Refusal(path, "it holds no times", "name the file that the camera wrote")
        if any(_is_time(cell) for cell in first[1]):
            return cls(path, (), chain([first], rows))
        return cls(path, tuple(first[1]), rows)

    def column(self, words: Sequence[str], named: str = "") -> int | None:
        """Which column is meant: the one `named`, or one called by one of `words`, or by a unit.

        None when there is none; the earliest of the words that is there counts.

        Raises
        ------
        Refusal
            When there is no column of this name, or several are called by the same word.
        """
        if named:
            if named not in self.headings:
                listed = ", ".join(self.headings) or "none: the file has no headings"
                raise Refusal(self.path, f"there is no column {named!r}", f"it has {listed}")
            return self.headings.index(named)
        called = [Heading.of(text) for text in self.headings]
        for word in words:
            found = [i for i, heading in enumerate(called) if heading.word == word]
            if word == "" and not (found and called[found[0]].unit):
                continue
            if len(found) > 1:
                both = " and ".join(self.headings[i] for i in found)
                raise Refusal(self.path, f"{both} may both be meant", "name the column that is")
            if found:
                return found[0]
        return None

    def unheaded(self) -> tuple[int, Iterator[Row]]:
        """Which column holds times where none has a heading, and the rows.

        Raises
        ------
        Refusal
            When there are several, and it is not just frame numbers that stand before the times.
        """
        first = list(islice(self.rows, 2))
        rows = chain(first, self.rows)
        width = max(len(cells) for _, cells in first)
        if width == 1:
            return 0, rows
        counted = [cells[0] for _, cells in first]
        if width == 2 and all(map(str.isdecimal, counted)):
            numbers = [int(cell) for cell in counted]
            if np.all(np.diff(numbers) == 1):
                return 1, rows
        reason = f"it has {width} columns without headings"
        raise Refusal(self.path, reason, "call the column with the times time_s in a first line")


def seconds(path: Path, rows: Iterator[Row], column: int, unit: str) -> Array:
    """The times in a column, in seconds; dates with times count from the first of them.

    Raises
    ------
    Refusal
        With the line of the first that is missing, no time, or not after the one before.
    """
    found, dated, before = array("d"), None, -np.inf
    for line, cells in rows:
        cell = cells[column] if column < len(cells) else ""
        try:
            value: float | datetime = _number(cell) * SECONDS[unit]
        except ValueError:
            value = _date(cell, f"{path} line {line}")
        if isinstance(value, datetime) != (dated is not None) and found:
            where = f"{path} line {line}"
            raise Refusal(where, f"{cell!r} is written unlike the times before", "correct it")
        if isinstance(value, datetime):
            dated = dated or value
            value = (value - dated).total_seconds()
        if not before < value:
            where = f"{path} line {line}"
            raise Refusal(where, f"{cell!r} is not after the time before", "sort or correct it")
        found.append(value)
        before = value
    return np.array(found, np.float64)


def unit_of(path: Path, heading: str, unit: str = "") -> str:
    """The unit that was asked for, or that a heading says, or seconds.

    Raises
    ------
    Refusal
        When the unit is not known.
    """
    if unit and unit not in SECONDS:
        raise Refusal(path, f"{unit!r} is no unit of time", "use s, ms, us or ns")
    return unit or Heading.of(heading).unit or "s"


def _rows(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            lines = ((n, text) for n, text in enumerate(file, 1) if text.strip("\r\n\t ;,"))
            told = ((n, text.strip()) for n, text in lines if not text.startswith("#"))
            first = next(told, None)
            if first is None:
                return
            separator = next((mark for mark in SEPARATORS if mark in first[1]), ",")
            for line, text in chain([first], told):
                yield line, [cell.strip().strip('"') for cell in text.split(separator)]
    except FileNotFoundError:
        raise Refusal(path, "there is no such file", "check its name and folder") from None
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
        raise Refusal(path, reason, "check its name, and close it in other programs") from None


def _number(cell: str) -> float:
    # Where a comma parts no columns, it is that of a decimal.
    number = float(cell.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(cell)
    return number


def _date(cell: str, where: str) -> datetime:
    try:
        date = datetime.fromisoformat(cell)
    except ValueError:
        reason = f"{cell!r} is no time" if cell else "the time is missing"
        raise Refusal(where, reason, "write numbers, or dates as 2024-05-01T12:00:00.033") from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _is_time(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        try:
            datetime.fromisoformat(cell)
        except ValueError:
            return False
    return True
