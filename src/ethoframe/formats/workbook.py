"""Tables as an Excel workbook, one sheet each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUFFIXES = (".xlsx",)

Value = str | float | None
"""What a cell may hold; NaN is an empty cell."""

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,14})?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_000
"""Characters that a cell is cut to; Excel holds 32 767."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    heading
        What stands above it.
    width
        In characters.
    style
        How numbers are shown: a number format of spreadsheets, such as ``0.00``.
    wrapped
        Whether long text runs over several lines.
    """

    heading: str
    width: float = 14.0
    style: str = "General"
    wrapped: bool = False


@dataclass(frozen=True)
class Table:
    """One sheet.

    Parameters
    ----------
    name
        Of the sheet, at most 31 characters.
    columns
        From left to right.
    rows
        Cells in the order of the columns; taken one at a time.
    fixed
        How many columns stay in sight when the others are scrolled.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    fixed: int = 0


def write(path: Path, tables: Sequence[Table]) -> None:
    """Write the tables; headings stay in sight and can be filtered by.

    Texts that are numbers become numbers, so that nobody has to convert a column of them. Text that
    begins with an equals sign stays text.

    Parameters
    ----------
    path
        Ends in ``.xlsx``.
    tables
        One sheet for each, in this order.
    """
    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    book = openpyxl.Workbook(write_only=True)
    styles = {"bold": Font(bold=True), "wrapped": Alignment(wrap_text=True, vertical="top")}
    for table in tables:
        sheet = book.create_sheet(_clean(table.name)[:31])
        sheet.freeze_panes = f"{get_column_letter(table.fixed + 1)}2"
        for number, column in enumerate(table.columns, 1):
            sheet.column_dimensions[get_column_letter(number)].width = column.width
        sheet.append(list(_headings(sheet, table, styles)))
        count = 1
        for row in table.rows:
            count += 1
            sheet.append(list(_cells(sheet, table, row, styles)))
        if table.columns:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{count}"
    book.save(path)


def _headings(sheet: Any, table: Table, styles: dict[str, Any]) -> Iterator[Any]:
    for column in table.columns:
        cell = _cell(sheet, column.heading)
        cell.font, cell.alignment = styles["bold"], styles["wrapped"]
        yield cell


def _cells(sheet: Any, table: Table, row: Sequence[Value], styles: dict[str, Any]) -> Iterator[Any]:
    for column, value in zip(table.columns, row, strict=True):
        cell = _cell(sheet, _number(value))
        if cell is not None:
            if column.style != "General" and cell.data_type == "n":
                cell.number_format = column.style
            if column.wrapped:
                cell.alignment = styles["wrapped"]
        yield cell


def _number(value: Value) -> Value:
    """Text that is a plain number as one; 007 and 1e5 stay names."""
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _cell(sheet: Any, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]

    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, _clean(value)[:LONGEST])
        cell.data_type = "s"  # and no formula, whatever it begins with
        return cell
    return WriteOnlyCell(sheet, int(value) if float(value).is_integer() else value)


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
