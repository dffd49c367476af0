"""The lines of a table that people wrote, and what of it is a number."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ethoframe.data import Refusal

FILE = "file"
SEPARATORS = ",;\t"
LOOKED_AT = 4096
"""Bytes by which it is told whether a file is such a table."""


@dataclass(frozen=True)
class Row:
    """One line.

    Parameters
    ----------
    path
        Of the table.
    line
        Its number, as a spreadsheet counts (the heading is line 1).
    cells
        What it says, by the names of the columns.
    comma
        Whether numbers may have a comma for a point.
    """

    path: Path
    line: int
    cells: Mapping[str, str]
    comma: bool = False

    def __getitem__(self, column: str) -> str:
        """What stands in a column; nothing where there is none."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float:
        """The number in a column; NaN where it is empty.

        Raises
        ------
        Refusal
            When it is none, or without end.
        """
        written = self[column].replace(",", ".") if self.comma else self[column]
        try:
            found = float(written or "nan")
        except ValueError:
            found = math.inf
        if math.isinf(found):
            reason = f"{column} {self[column]!r} is no number"
            raise self.refusal(reason, "correct it, or leave it empty where nobody knows")
        return found

    def whole(self, column: str) -> int | None:
        """The whole number, from 0 on, in a column; None where it is empty.

        Raises
        ------
        Refusal
            When it is another number, or none.
        """
        if not self[column]:
            return None
        found = self.number(column)
        if found != found or found < 0 or found != int(found):
            raise self.refusal(f"{column} {self[column]!r} is no number from 0 on", "correct it")
        return int(found)

    def refusal(self, reason: str, remedy: str) -> Refusal:
        """What is wrong with this line."""
        return Refusal(f"{self.path} line {self.line}", reason, remedy)


def beginning(path: Path) -> tuple[tuple[str, ...], list[Row]]:
    """The names of the columns and the first lines, as far as they can be read; else nothing."""
    try:
        with path.open("rb") as file:
            content = file.read(LOOKED_AT)
        whole = content.rpartition(b"\n")[0] if len(content) == LOOKED_AT else content
        lines = _decoded(path, whole).splitlines()
        separator = _separator(lines[0])
        heading, *first = csv.reader(lines, delimiter=separator)
    except (OSError, Refusal, IndexError, ValueError, csv.Error):
        return (), []
    names = _named(heading)
    told = [dict(zip(names, map(str.strip, cells), strict=False)) for cells in first]
    return names, [Row(path, n, cells, separator == ";") for n, cells in enumerate(told, 2)]


def table(path: Path) -> tuple[tuple[str, ...], list[Row]]:
    """The names of the columns, and every line that says something.

    Names that have a meaning here are in lower case; commas, semicolons or tabs separate cells.

    Raises
    ------
    Refusal
        When the file cannot be read, is no table, or a line has more cells than the heading.
    """
    try:
        text = _decoded(path, path.read_bytes())
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    separator = _separator(text.split("\n", 1)[0])
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    rows = []
    try:
        names = _named(next(reader, []))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found = dict(zip(names, map(str.strip, cells), strict=False))
                found[FILE] = found.get(FILE, "").replace("\\", "/")  # as Windows writes it
                rows.append(Row(path, reader.line_num, found, separator == ";"))
                _refuse_more(rows[-1], cells, names)
    except csv.Error as error:
        raise Refusal(path, f"it is no table ({error})", "save it again as CSV") from None
    if len(set(names)) < len(names) or "" in names:
        raise Refusal(path, "a column has no name, or two have one", "name each column")
    return names, rows


def _refuse_more(row: Row, cells: list[str], names: tuple[str, ...]) -> None:
    # A comma that belongs to a cell would move all the cells after it.
    if any(cell.strip() for cell in cells[len(names) :]):
        reason = f"has {len(cells)} cells, and the heading {len(names)}"
        raise row.refusal(reason, 'put quotes around a cell with a separator in it, as "a, b"')


def _decoded(path: Path, content: bytes) -> str:
    if b"\x00" in content:
        raise Refusal(path, "it is no table of text", "save it as CSV (UTF-8)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what Excel on Windows writes


def _separator(first: str) -> str:
    """The one by which the heading has a column of files, or else most columns."""
    cut = {each: _named(next(csv.reader([first], delimiter=each), [])) for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: (FILE in cut[each], len(cut[each])))


def _named(cells: list[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(name.lower() if name.lower() in KNOWN else name for name in names)


KNOWN = (
    FILE,
    "frame",
    "label",
    "value",
    "start_s",
    "stop_s",
    "author",
    "subject",
    "film",
    "origin",
    "individual",
    "keypoint",
    "note",
)
"""Columns that have a meaning of their own."""
