"""What one author said of one recording, as labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.contract.units import suffix, unit_in
from ethoframe.data import Classes, Episodes, Labelled, Recording, Values
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.data.labels import Said
from ethoframe.data.noun import Array
from ethoframe.formats._listing import stem
from ethoframe.formats.classes.rows import FILE, KNOWN, Row

SUPPORT = "support"
"""The label of spans that were looked at."""

"""Who did it, where nobody says."""

BRACKETS = re.compile(r"(.+?)\s*\(([^()]*)\)")


@dataclass(frozen=True)
class Quantity:
    """A column of numbers.

    Parameters
    ----------
    column
        As it is called in the table.
    name, unit
        What it is, and in which unit; a unit in brackets may be any.
    """

    column: str
    name: str
    unit: str

    @classmethod
    def of(cls, column: str) -> Quantity:
        """What the name of a column says.

        Examples
        --------
        >>> Quantity.of("speed_mm_per_s"), Quantity.of("weight (g)").unit
        (Quantity(column='speed_mm_per_s', name='speed', unit='mm/s'), 'g')
        """
        if found := BRACKETS.fullmatch(column):
            return cls(column, found[1], found[2])
        unit = unit_in(column)
        name = column.removesuffix(f"_{suffix(unit)}") if unit else column
        return cls(column, name, unit)


def quantities(names: Sequence[str], rows: Sequence[Row]) -> list[Quantity]:
    """The columns of numbers: those called so, and others that hold nothing else.

    Where two would have one name (``area_mm2``, ``area_px2``), they keep their whole names.
    """
    columns = [name for name in names if name == "value" or name not in KNOWN]
    found = [
        each
        for each in map(Quantity.of, columns)
        if each.name != each.column or each.column == "value" or _numeric(rows, each.column)
    ]
    called = [each.name for each in found]
    return [
        replace(each, name=each.column) if called.count(each.name) > 1 else each for each in found
    ]


def classes(recording: Recording, rows: list[Row], names: Sequence[str]) -> list[Labelled]:
    """The class of each frame that has a line."""
    numbers, found = _frames(recording, rows, ["label"])
    words = [row["label"] for row in found]
    said = Classes.said(words, names, numbers, recording.times_s[numbers])
    return [_labelled(recording, found, said)]


def values(recording: Recording, rows: list[Row], columns: Sequence[Quantity]) -> list[Labelled]:
    """The numbers of each frame that has a line."""
    numbers, found = _frames(recording, rows, [each.column for each in columns])
    cells = [[row.number(each.column) for each in columns] for row in found]
    said = Values(
        np.array(cells, np.float64).reshape(len(found), len(columns)),
        tuple(each.name for each in columns),
        tuple(each.unit for each in columns),
        numbers,
        recording.times_s[numbers],
    )
    return [_labelled(recording, found, said)]


def episodes(recording: Recording, rows: list[Row]) -> list[Labelled]:
    """The episodes of all individuals; support that names nobody is that of all."""
    spans = {
        (*_span(recording, row), row["label"], row["individual"] or INDIVIDUAL): None
        for row in rows
        if not _supports(row)
    }
    looked = {(*_span(recording, row), row["individual"]) for row in rows if _supports(row)}
    looked = looked or {(*_whole(recording), "")}
    start, stop, words, who = zip(*sorted(spans), strict=True) if spans else ((),) * 4
    begun, ended, watched = zip(*sorted(looked), strict=True)
    said = Episodes(
        tuple(words),
        np.array(start),
        np.array(stop),
        np.stack([begun, ended], axis=1),
        tuple(who),
        tuple(watched),
        rows[0]["author"],
    )
    return [_labelled(recording, rows, said)]


def unsupported(rows: Sequence[Row]) -> list[str]:
    """Files of which some author does not say what was looked at."""
    authors = dict.fromkeys((row[FILE], row["author"]) for row in rows)
    told = {(row[FILE], row["author"]) for row in rows if _supports(row)}
    return [*dict.fromkeys(file for file, author in authors if (file, author) not in told)]


def _labelled(recording: Recording, rows: Sequence[Row], said: Said) -> Labelled:
    film, subject = (_one(rows, column) for column in ("film", "subject"))
    origin = np.zeros(0, np.int64)
    if not isinstance(said, Episodes):
        origin = _origin(said.numbers, rows)
    alone = len(recording) == 1 and not isinstance(said, Episodes)
    files = (recording.name,) if alone else ()
    author = rows[0]["author"]
    return Labelled(recording, said, files, origin, film or stem(recording.name), subject, author)


def _one(rows: Sequence[Row], column: str) -> str:
    """What all lines say in a column; those that say nothing do not count."""
    told = ""
    for row in rows:
        if row[column] and told and row[column] != told:
            reason = f"{row[FILE]} is of {column} {row[column]!r}, and of {told!r} in a line before"
            raise row.refusal(reason, "correct one of them")
        told = row[column] or told
    return told


def _origin(numbers: Array, rows: Sequence[Row]) -> Array:
    told = [row.whole("origin") for row in rows]
    known = [int(number) if own is None else own for own, number in zip(told, numbers, strict=True)]
    return np.array(known, np.int64)


def _frames(
    recording: Recording, rows: list[Row], columns: Sequence[str]
) -> tuple[Array, list[Row]]:
    """Numbers of frames, rising, and one line for each.

    Raises
    ------
    Refusal
        When a line is of no frame, or two contradict each other.
    """
    found: dict[int, Row] = {}
    for row in rows:
        number = _number(recording, row)
        before = found.get(number)
        found[number] = row if before is None else _both(before, row, [*columns, "origin"])
    numbers = sorted(found)
    return np.array(numbers, np.int64), [found[number] for number in numbers]


def _number(recording: Recording, row: Row) -> int:
    number = row.whole("frame")
    if number is None:
        if len(recording) != 1:
            reason = f"it names no frame, and {row[FILE]} has {len(recording)}"
            raise row.refusal(reason, "fill in the column frame, counted from 0")
        return 0
    if number >= len(recording):
        reason = f"{row[FILE]} has no frame {number}, but {len(recording)} of them"
        raise row.refusal(reason, "count frames from 0")
    return number


def _both(before: Row, row: Row, columns: Sequence[str]) -> Row:
    """What two lines of one frame say together."""
    for column in columns:
        told, again = before[column], row[column]
        if told and again and told != again:
            reason = f"{column} is {again!r}, and {told!r} in line {before.line} of the same frame"
            raise row.refusal(reason, "take one of them out, or tell their authors apart")
    known = {column: before[column] or row[column] for column in columns}
    return replace(before, cells={**before.cells, **known})


def _supports(row: Row) -> bool:
    return row["label"].lower() == SUPPORT


def _span(recording: Recording, row: Row) -> tuple[float, float]:
    start, stop = row.number("start_s"), row.number("stop_s")
    if not start <= stop:  # NaN is none either
        reason = f"it is from {row['start_s'] or 'nowhere'} to {row['stop_s'] or 'nowhere'}"
        raise row.refusal(reason, "fill in start_s and stop_s, in this order")
    if not row["label"]:
        raise row.refusal("its episode has no label", "fill in the column label")
    ends = _whole(recording)[1]
    if start > ends:
        reason = f"it starts at {start:g} s, and {row[FILE]} ends at {ends:g} s"
        raise row.refusal(reason, "check its times, and that its file is the right one")
    return start, stop


def _whole(recording: Recording) -> tuple[float, float]:
    """From the first frame to the end of the last."""
    times_s = recording.times_s
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    return float(times_s[0]), float(times_s[-1]) + step


def _numeric(rows: Sequence[Row], column: str) -> bool:
    """Whether a column holds numbers, and nothing else."""
    written = [row[column].replace(",", ".") for row in rows if row[column]]
    try:
        return bool([float(each) for each in written])
    except ValueError:
        return False
