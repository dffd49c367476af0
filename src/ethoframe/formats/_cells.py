"""The cells of tables that other programs write, as text: separated values and workbooks."""

from __future__ import annotations

import csv
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

from ethoframe.data import Refusal

Rows = list[tuple[str, ...]]
"""Lines of cells without spaces around them; the first is line 1, empty lines are kept."""

TEXTS = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")
SEPARATORS = ";\t,"
LOOKED_AT = 64
"""Lines among which the heading of a table is looked for."""

_QUOTED = re.compile(r'(?<![^,;\t\r\n])"(?:[^"]|"")*+(?:"|\Z)')
"""A cell in quotes, in which signs and new lines separate nothing."""


def tables(path: Path, most: int | None = None) -> Iterator[Rows]:
    """Each table of a file: the only one of a text, or one of each sheet.

    Parameters
    ----------
    path
        Of the file.
    most
        How many lines of each; all where that is None.

    Raises
    ------
    Refusal
        When it is no table.
    """
    if path.suffix.lower() in WORKBOOKS:
        yield from _sheets(path, most)
        return
    lines = _decoded(path).splitlines(keepends=True)
    text = "".join(lines[:most])
    separator = _separator("".join(lines[: min(most or LOOKED_AT, LOOKED_AT)]))
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        yield [tuple(cell.strip() for cell in row) for row in reader]
    except csv.Error as error:
        remedy = "save it again as CSV UTF-8"
        raise Refusal(path, f"it is not a table ({error})", remedy) from None


def seconds(where: str, cell: str) -> float:
    """The number of seconds that a cell tells, as ``75.5`` or ``0:01:15.5``.

    Raises
    ------
    Refusal
        When it tells none.

    Examples
    --------
    >>> seconds("line 2", "75.5"), seconds("line 2", "0:01:15.5"), seconds("line 2", "-0:30")
    (75.5, 75.5, -30.0)
    """
    sign, digits = (-1.0, cell[1:]) if cell.startswith("-") else (1.0, cell)
    try:
        total = 0.0
        for part in digits.split(":"):
            total = 60 * total + float(part)
    except ValueError:
        total = float("nan")
    if not abs(total) < float("inf"):
        raise Refusal(where, f"{cell!r} is no time", "correct it, as 75.5 or 0:01:15.5")
    return sign * total


def told(heading: Sequence[str], row: Sequence[str]) -> Mapping[str, str]:
    """The cells of a row by the names of their columns; those that it lacks are empty."""
    return {name: row[at] if at < len(row) else "" for at, name in enumerate(heading)}


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what Excel on Windows writes


def _separator(text: str) -> str:
    """The one by which most lines have the same number of cells, two or more.

    Of two that do it equally well a comma is the less likely: it may be that of decimals.
    """
    lines = [line for line in re.split(r"[\r\n]+", _QUOTED.sub("quoted", text)) if line.strip()]

    def alike(separator: str) -> tuple[int, bool, int]:
        counts = [line.count(separator) for line in lines[:LOOKED_AT]]
        most = max(Counter(filter(None, counts)).values(), default=0)
        return most, separator != ",", sum(counts)

    return max(SEPARATORS, key=alike)


def _sheets(path: Path, most: int | None) -> Iterator[Rows]:
    import openpyxl  # type: ignore[import-untyped]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like, which are not data
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  it raises whatever its parsers raise
        reason = f"it is not an Excel workbook ({type(error).__name__})"
        raise Refusal(path, reason, "save it again as .xlsx or .csv") from None
    try:
        for sheet in book.worksheets:
            yield [
                tuple(map(_shown, row)) for row in sheet.iter_rows(max_row=most, values_only=True)
            ]
    finally:
        book.close()


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}"  # the digits that Excel keeps: 3.0 is "3"
    return "" if cell is None else str(cell).strip()
