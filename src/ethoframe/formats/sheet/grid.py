"""The cells of a table as text: comma, semicolon and tab separated files, and Excel workbooks."""

from __future__ import annotations

import csv
import re
import warnings
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from ethoframe.data import Refusal

Grid = list[tuple[str, ...]]
"""Rows of cells as a person reads them; the first is line 1, empty lines are kept."""

NAMED = ("animals", "animal", "subjects", "mice", "rats", "animal sheet")
"""What the sheet of a workbook may be called that is meant, where it is not the first."""
SEPARATORS = ";\t,"
WORKBOOKS = (".xlsx", ".xlsm")
OTHERS = (".xls", ".ods", ".numbers")
AGAIN = "save it again as .xlsx or .csv"


def cells(path: Path) -> Grid:
    """Every line of the table.

    Raises
    ------
    Refusal
        When the file is not there, may not be read, or is no table.
    """
    suffix = path.suffix.lower()
    if suffix in OTHERS:
        raise Refusal(path, f"{suffix} files are not read", AGAIN)
    try:
        return _workbook(path) if suffix in WORKBOOKS else _separated(path)
    except FileNotFoundError:
        raise Refusal(path, "there is no such file", "check its name and folder") from None
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
        raise Refusal(path, reason, "close it in other programs, or copy it") from None


def _separated(path: Path) -> Grid:
    text = _decoded(path)
    separator = _separator(text)
    lines = StringIO(text, newline="")
    if text.lower().startswith("sep="):  # Excel's own hint on the first line
        lines.readline()
    try:
        rows = [
            tuple(cell.strip() for cell in row) for row in csv.reader(lines, delimiter=separator)
        ]
    except csv.Error as error:
        raise Refusal(path, f"it is not a table ({error})", AGAIN) from None
    heading = next((row for row in rows if any(row)), ())
    for line, row in enumerate(rows, 1):
        # A comma that belongs to a cell would move all the cells after it.
        if any(row[len(heading) :]):
            reason = f"has {len(row)} cells, and the first row {len(heading)}"
            remedy = 'put quotes around a cell with a separator in it, as "a, b"'
            raise Refusal(f"{path} line {line}", reason, remedy)
    return rows


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise Refusal(path, "it is not a table of text", AGAIN)
    for encoding in ("utf-8-sig", "cp1252"):  # the second is what Excel on Windows writes
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(path, "its letters cannot be read", "save it again as CSV UTF-8")


def _separator(text: str) -> str:
    """The one that Excel names, or that gives most cells in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) > 4:
        return first[4]
    return max(SEPARATORS, key=lambda each: len(next(csv.reader([first], delimiter=each), [])))


def _workbook(path: Path) -> Grid:
    chosen = _chosen(path, results=True)
    rows = [[_shown(cell) for cell in row] for row in chosen.iter_rows()]
    if any(cell == "" for row in rows for cell in row):
        _refuse_uncomputed(path, chosen)
    for merged in chosen.merged_cells.ranges:  # one cell over several rows is meant for each
        for row in rows[merged.min_row - 1 : merged.max_row]:
            for column in range(merged.min_col - 1, merged.max_col):
                row[column] = rows[merged.min_row - 1][merged.min_col - 1]
    return [tuple(row) for row in rows]


def _chosen(path: Path, *, results: bool) -> Any:
    """The sheet that is meant, with the results of formulas or with the formulas."""
    import openpyxl  # type: ignore[import-untyped]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drop-down lists and the like, which are not data
            book = openpyxl.load_workbook(path, data_only=results)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  it raises whatever its parsers raise
        reason = f"it is not an Excel workbook ({type(error).__name__})"
        raise Refusal(path, reason, AGAIN) from None
    seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not seen:
        raise Refusal(path, "it has no sheet with cells", AGAIN)
    by_name = {sheet.title.strip().casefold(): sheet for sheet in reversed(seen)}
    return next((by_name[name] for name in NAMED if name in by_name), seen[0])


def _refuse_uncomputed(path: Path, results: Any) -> None:
    """Refuses formulas that no spreadsheet has computed yet: their cells would pass for empty."""
    for formulas, cells in zip(
        _chosen(path, results=False).iter_rows(), results.iter_rows(), strict=True
    ):
        for formula, cell in zip(formulas, cells, strict=True):
            # One whose result is an empty text says that it is a text.
            if formula.data_type == "f" and cell.value is None and cell.data_type == "n":
                reason = f"the cell {cell.coordinate} holds a formula without a result"
                raise Refusal(path, reason, "open it in a spreadsheet and save it")


def _shown(cell: Any) -> str:
    """A cell as the spreadsheet shows it."""
    match cell.value:
        case None:
            return ""
        case bool(value):
            return str(value).upper()
        case float(value):
            return f"{value:.15g}"  # the digits that Excel keeps: 3.0 is "3"
        case datetime() as value:
            whole = value.time() == time()
            return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
        case date() as value:
            return value.isoformat()
        case time() as value:
            at = timedelta(
                hours=value.hour,
                minutes=value.minute,
                seconds=value.second,
                microseconds=value.microsecond,
            )
            return _time(at, cell.number_format)
        case timedelta() as value:
            return _time(value, cell.number_format)
        case value:
            return str(value).strip()


def _time(value: timedelta, style: str) -> str:
    """With seconds as h:mm:ss; a cell that shows two numbers is read as the two it shows.

    Whoever types 12:30 for minutes and seconds gets a cell that holds hours, and still shows 12:30.
    """
    millis = round(value / timedelta(milliseconds=1))
    seconds, milli = divmod(millis, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    if "s" not in re.sub(r"\[\$.*?\]|\".*?\"", "", style.lower()):
        return f"{hours}:{minute:02d}"
    return f"{hours}:{minute:02d}:{second:02d}" + (f".{milli:03d}" if milli else "")
