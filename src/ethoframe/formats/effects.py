"""Differences between groups as a table: ``effects.csv``, a row for each measure and level."""

from __future__ import annotations

import csv
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from ethoframe.data import Effect, Effects, Refusal

SUFFIXES = (".csv",)

REMEDY = "name an effects.csv that ethoframe wrote"


def write_effects(path: Path, effects: Effects) -> None:
    """One row per effect as CSV, numbers in full, NaN left empty; `Effect` names the columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(Effect.columns())
        for row in effects.rows:
            writer.writerow(["" if value != value else value for value in astuple(row)])


def read_effects(path: Path) -> Effects:
    """The rows that `write_effects` wrote; the family and the warnings are not in the table.

    Raises
    ------
    Refusal
        When a column is missing or a number is none.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "effects.csv"
    >>> write_effects(path, Effects())
    >>> len(read_effects(path))
    0
    """
    with path.open(newline="", encoding="utf-8") as file:
        lines = csv.DictReader(file)
        missing = set(Effect.columns()) - set(lines.fieldnames or ())
        if missing:
            raise Refusal(path, f"has no column {', '.join(sorted(missing))}", REMEDY)
        rows = [_row(f"{path} line {lines.line_num}", line) for line in lines]
    return Effects(tuple(rows))


def _row(where: str, line: dict[str, Any]) -> Effect:
    read: dict[str, Any] = {}
    for each in fields(Effect):
        written = line.get(each.name) or ""
        try:
            read[each.name] = _READ[str(each.type)](written)
        except (KeyError, ValueError):
            raise Refusal(where, f"{each.name} {written!r} is no {each.type}", REMEDY) from None
    return Effect(**read)


_READ: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": lambda written: float(written or "nan"),
    "bool": lambda written: {"True": True, "False": False}[written],
}
