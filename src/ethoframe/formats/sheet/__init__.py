"""The animal sheet of an experiment: Excel workbook, or table with comma, semicolon or tab.

::

    video      arena   subject   group    sex   start   stop    weight (g)
    m1.mp4     left    1         saline   f     0:12    10:12   21.5
    m1.mp4     right   2         drug     m     0:12    10:12   24.0

Columns are found by name, in any order: ``video, arena, subject, group, sex, litter, cage, session,
start, stop``. Only ``video`` must be there, further columns are carried through. Several files of
one recording stand in one cell, in order: ``a.mp4 + b.mp4``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ethoframe.data import Refusal, Row, Sheet
from ethoframe.data.sheet import TEXTS, Problem, contradictions, refusal
from ethoframe.formats.sheet.grid import cells
from ethoframe.formats.sheet.headings import TIMES, Headings
from ethoframe.formats.sheet.times import seconds

SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt")
"""How the names of animal sheets end."""

_PLUS = re.compile(r"\s\+\s|\n")
"""Between the files of one recording; a plus without spaces may be in a file's name."""


def read(path: Path | str) -> Sheet:
    r"""The animal sheet in a file; empty rows are passed over.

    Words of a column that differ by capitals and blanks only are one, and its notes say so. Times
    are seconds, m:ss or h:mm:ss. A cell of a spreadsheet counts as it is shown: 12:30 is 12
    minutes and 30 seconds, though a spreadsheet holds hours.

    Parameters
    ----------
    path
        ``.xlsx`` (its first sheet, or the one called animals), ``.csv``, ``.tsv``.

    Raises
    ------
    Refusal
        When it cannot be read, has no column ``video``, two columns or rows for the same thing, a
        time that is none, or a start that is not before its stop; all that is wrong is told at
        once.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "animals.csv"
    >>> _ = path.write_text("Video;Mouse;Start\na.mp4;1;0:12\n", encoding="utf-8")
    >>> row = read(path).rows[0]
    >>> row.line, row.video, row.subject, row.start_s
    (2, ('a.mp4',), '1', 12.0)
    """
    path = Path(path)
    grid = cells(path)
    first = next((number for number, row in enumerate(grid) if any(row)), None)
    if first is None:
        raise Refusal(path, "the sheet is empty", "give it a row of headings: video, subject, ...")
    try:
        headings = Headings.of(_used(grid, first))
    except ValueError as error:
        reason, _, remedy = str(error).partition("; ")
        remedy = f"name one column video ({remedy})" if "called video" in reason else remedy
        raise Refusal(path, reason, remedy or "correct its first row") from None
    rows, problems = _rows(grid, first, headings)
    problems += contradictions(rows)
    if problems:
        raise refusal(path, problems)
    if not rows:
        raise Refusal(path, "it has headings and no rows", "write one row for each animal")
    return Sheet(path.name, tuple(rows), headings.names).spelled()


def _used(grid: Sequence[Sequence[str]], first: int) -> list[str]:
    """The headings, with one for each column that has cells and none."""
    used = {i for row in grid[first:] for i, cell in enumerate(row) if cell}
    padded = [*grid[first], *[""] * max(used)]
    return [
        cell or (f"column {i + 1}" if i in used else "")
        for i, cell in enumerate(padded[: max(used) + 1])
    ]


def _rows(
    grid: Sequence[Sequence[str]], first: int, headings: Headings
) -> tuple[list[Row], list[Problem]]:
    rows, problems = [], []
    for line, written in enumerate(grid[first + 1 :], first + 2):
        if not any(written):
            continue
        try:
            rows.append(_row(line, written, headings))
        except ValueError as error:
            reason, _, remedy = str(error).partition("; ")
            problems.append(Problem(line, reason, remedy))
    return rows, problems


def _row(line: int, written: Sequence[str], headings: Headings) -> Row:
    def cell(at: int | None) -> str:
        return written[at] if at is not None and at < len(written) else ""

    texts = {name: cell(headings.known.get(name)) for name in ("video", *TEXTS, *TIMES)}
    video = tuple(file.strip() for file in _PLUS.split(texts["video"]) if file.strip())
    if not video:
        raise ValueError("it names no video; write the file into the column video")
    times = dict(_times(texts, headings))
    start, stop = times.get("start"), times.get("stop")
    if start is not None and stop is not None and start >= stop:
        said = f"start {texts['start']} is not before stop {texts['stop']}"
        raise ValueError(f"{said}; write times as seconds, m:ss or h:mm:ss")
    return Row(
        line=line,
        video=video,
        start_s=start,
        stop_s=stop,
        others={name: cell(at) for name, at in headings.others.items()},
        **{name: texts[name] for name in TEXTS},
    )


def _times(texts: dict[str, str], headings: Headings) -> Iterator[tuple[str, float]]:
    for name in TIMES:
        if not texts[name]:
            continue
        try:
            yield name, seconds(texts[name], headings.unit_s.get(name, 1.0))
        except ValueError:
            remedy = "write it as seconds, m:ss or h:mm:ss"
            raise ValueError(f"the {name} {texts[name]!r} is not a time; {remedy}") from None
