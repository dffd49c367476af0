"""``ethoframe read STUDY --sql "..."``: a question over all tables of a study."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.data.strict import strict

if TYPE_CHECKING:
    from ethoframe.run.query import Answer

SHOWN = 100
"""Rows that are told to people; a script gets all of them."""

OPTIONS: list[click.Parameter] = [
    click.Option(
        ["--sql"], metavar="SELECT",
        help="Ask the tables of results in a folder: measures, episodes, tracks, values, effects.",
    ),
    click.Option(
        ["--sheet"], type=click.Path(path_type=Path), metavar="FILE",
        help="Animal sheet, which --sql then finds as the table animals (it tells groups).",
    ),
    click.Option(["--csv", "as_csv"], is_flag=True, help="Answer --sql as CSV, with every row."),
]  # fmt: skip


def ask(study: Path, sql: str, sheet: Path | None, *, as_json: bool, as_csv: bool) -> None:
    """Answers on standard output."""
    from ethoframe.formats import sheet as sheet_file
    from ethoframe.run.query import asked

    answer = asked(study, sql, sheet_file.read(sheet) if sheet else None)
    if as_json:
        click.echo(json.dumps(strict(answer.plain()), indent=1, default=str))
    elif as_csv:
        click.echo(_csv(answer), nl=False)
    else:
        click.echo("\n".join(lines(answer)))


def lines(answer: Answer) -> list[str]:
    r"""The answer as a table for people, numbers on the right.

    Examples
    --------
    >>> from ethoframe.run.query import Answer
    >>> print("\n".join(lines(Answer(("who", "n"), (("a", 12), ("bcd", None))))))
    who   n
    a    12
    bcd   -
    """
    shown = answer.rows[:SHOWN]
    cells = [answer.columns, *(tuple(map(_told, row)) for row in shown)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [any(isinstance(row[at], int | float) for row in shown) for at in range(len(widths))]
    told = [
        "  ".join(
            cell.rjust(width) if on_right else cell.ljust(width)
            for cell, width, on_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]
    left = len(answer.rows) - len(shown)
    return [*told, f"... and {left} more rows: --csv gives them all"] if left else told


def _told(cell: Any) -> str:
    if cell is None:
        return "-"
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def _csv(answer: Answer) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(answer.columns)
    table.writerows(answer.rows)
    return text.getvalue()
