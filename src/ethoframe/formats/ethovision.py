"""EthoVision XT: raw data of a trial, exported as text or as an Excel workbook.

::

    "Number of header lines:";"38"
    "Trial name";"Trial     1"
    "Arena name";"Arena 1"
    "Subject name";"Subject 1"
    ...
    "Trial time";"Recording time";"X center";"Y center";"X nose";"Y nose";...
    "s";"s";"cm";"cm";"cm";"cm";...
    0.000;0.000;-3.76;0.92;-4.1;1.3;...

Its text is UTF-16, or ANSI, with any separator, and holds one track. A workbook holds every track
of a trial, a sheet for each. Where something was not found stands a sign that was chosen, mostly a
dash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._cells import WORKBOOKS, Rows, tables

SUFFIXES = (".xlsx", ".txt", ".csv")

BEGINS = "Number of header lines"

TIMES = ("Trial time", "Recording time")
"""Columns of seconds; the first that is there counts."""

MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4, "ft": 304.8}
"""Millimetres in what its units may be."""

PICTURE = ("px", "pixel", "pixels", "")
"""Units of a trial that was not calibrated."""

WHO = ("Subject", "Arena")
"""What a heading names, before ``name``."""

LONGEST_SIGN = 4
"""Signs that the mark of a missing sample has at most."""

HEAD = 256
"""Bytes of a text by which it is known."""

REMEDY = "export raw data from EthoVision again, with track and dependent variables"

_PLACE = re.compile(r"([XY])[ _](\S.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """One track: of one subject in one arena.

    Parameters
    ----------
    said
        What its heading says, in the words of the program.
    times_s
        Seconds ``(t,)``, rising.
    places
        Of each keypoint, ``(t, 2)``.
    unit
        Of the places.
    """

    said: Mapping[str, str]
    times_s: Array
    places: Mapping[str, Array]
    unit: str


def tracks_in(path: Path) -> bool:
    """Whether a file begins as EthoVision's raw data do."""
    if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
        return False
    if path.suffix.lower() in WORKBOOKS:
        return _is_book(path)
    with path.open("rb") as file:
        head = file.read(HEAD).replace(b"\x00", b"")
    return head.lstrip(b'\xff\xfe\xef\xbb\xbf" ').startswith(BEGINS.encode())


def read_tracks(path: Path) -> Tracks:
    r"""The tracks of a trial: of the subject of a text, or of each sheet of a workbook.

    Parameters
    ----------
    path
        Of the export.

    Returns
    -------
    Tracks
        In mm where the trial was calibrated, else in px. EthoVision's y points up and its origin
        is the middle of the picture, unless they were changed in its arena settings; here y points
        down, so that its sign is turned, and left stays left. Keypoints are called as the columns
        (``center``, ``nose``, ``tail``), individuals by subject, by arena, or by both: what tells
        them apart. Times are those of the trial; numbers count samples from the start of the trial.
        Confidence is 1, or 0 where nothing was found.

    Raises
    ------
    Refusal
        When columns of time or places are missing, a cell is no number, times do not rise, units
        are not known, or sheets have different units.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "Raw data-Trial 1.txt"
    >>> head = '"Number of header lines:";"4";\n"Subject name";"m1";\n'
    >>> head += '"Trial time";"X center";"Y center";\n"s";"cm";"cm";\n'
    >>> _ = path.write_text(head + '0.00;1.5;2;\n0.04;"-";"-";\n', encoding="utf-16")
    >>> tracks = read_tracks(path)
    >>> tracks.at("center").tolist(), tracks.individuals
    ([[15.0, -20.0], [nan, nan]], ('m1',))
    """
    path = Path(path)
    sheets = []
    for rows in tables(path):
        if rows and rows[0] and rows[0][0].startswith(BEGINS):
            sheets.append(_sheet(path, rows))
    if not sheets:
        raise Refusal(path, f"it does not begin with {BEGINS!r}", REMEDY)
    units = sorted({sheet.unit for sheet in sheets})
    if len(units) > 1:
        raise Refusal(path, f"its sheets are in {' and '.join(units)}", REMEDY)
    return _joined(path, sheets)


def _is_book(path: Path) -> bool:
    try:
        first = next(tables(path, 1), [])
    except (Refusal, OSError):
        return False
    return bool(first and first[0]) and first[0][0].startswith(BEGINS)


def _sheet(path: Path, rows: Rows) -> Sheet:
    count = _count(path, rows)
    at = next((at for at, row in enumerate(rows[:count]) if {*TIMES} & {*row}), None)
    if at is None:
        raise Refusal(path, f"it has no column {TIMES[0]}", REMEDY)
    names, units = rows[at], rows[at + 1] if at + 1 < count else ()
    said = {row[0].rstrip(":"): row[1] for row in rows[:at] if len(row) > 1 and row[0]}
    body = [(line, row) for line, row in enumerate(rows[count:], count + 1) if any(row)]
    time = next(names.index(name) for name in TIMES if name in names)
    times_s = _column(path, body, time)
    if not (np.isfinite(times_s).all() and (np.diff(times_s) > 0).all()):
        raise Refusal(path, f"{names[time]} does not rise from row to row", REMEDY)
    columns = _places(path, names)
    told = {
        units[at].lower() if at < len(units) else "" for pair in columns.values() for at in pair
    }
    unit, factor = _unit(path, told)
    places = {}
    for name, (x, y) in columns.items():
        xy = np.stack([_column(path, body, x), -_column(path, body, y)], axis=1) * factor
        seen: Array = np.all(np.isfinite(xy), axis=1)
        places[name] = np.where(seen[:, None], xy, np.nan)
    return Sheet(said, times_s, places, unit)


def _count(path: Path, rows: Rows) -> int:
    """How many lines are heading."""
    try:
        return int(float(rows[0][1]))
    except (IndexError, ValueError):
        raise Refusal(path, "it does not tell how many lines its heading has", REMEDY) from None


def _places(path: Path, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The columns of x and y of each keypoint."""
    found: dict[str, dict[str, int]] = {}
    for at, name in enumerate(names):
        if told := _PLACE.fullmatch(name):
            found.setdefault(told[2].lower(), {}).setdefault(told[1].upper(), at)
    whole = {name: (pair["X"], pair["Y"]) for name, pair in found.items() if len(pair) == 2}
    if not whole:
        raise Refusal(path, "it has no columns of places, such as X center", REMEDY)
    return whole


def _unit(path: Path, told: set[str]) -> tuple[str, float]:
    if told <= {*PICTURE}:
        return "px", 1.0
    if len(told) == 1 and (name := next(iter(told))) in MM:
        return "mm", MM[name]
    raise Refusal(path, f"its places are in {', '.join(sorted(told))}", REMEDY)


def _column(path: Path, body: Sequence[tuple[int, tuple[str, ...]]], at: int) -> Array:
    """Numbers ``(t,)``; NaN where the cell is empty or holds the sign of a missing sample."""
    found = np.full(len(body), np.nan)
    for row, (line, cells) in enumerate(body):
        cell = cells[at] if at < len(cells) else ""
        try:
            found[row] = float(cell.replace(",", "."))
        except ValueError:
            if len(cell) > LONGEST_SIGN:
                where = f"{path} line {line}"
                raise Refusal(where, f"{cell!r} is no number", REMEDY) from None
    found[~np.isfinite(found)] = np.nan
    return found


def _joined(path: Path, sheets: Sequence[Sheet]) -> Tracks:
    """All subjects on one clock, NaN where one has no sample."""
    times_s = np.unique(np.round(np.concatenate([sheet.times_s for sheet in sheets]), 6))
    keypoints = tuple(dict.fromkeys(name for sheet in sheets for name in sheet.places))
    position = np.full((len(times_s), 2, len(keypoints), len(sheets)), np.nan)
    for i, sheet in enumerate(sheets):
        rows = np.searchsorted(times_s, np.round(sheet.times_s, 6))
        for name, xy in sheet.places.items():
            position[rows, :, keypoints.index(name), i] = xy
    seen: Array = np.all(np.isfinite(position), axis=1).astype(np.float64)
    names = _individuals(path, sheets)
    return Tracks(position, seen, _numbers(times_s), times_s, keypoints, names, unit=sheets[0].unit)


def _individuals(path: Path, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """What tells the subjects apart: their own names, or those of their arenas, or both."""
    subject, arena = ([sheet.said.get(f"{what} name", "") for sheet in sheets] for what in WHO)
    both = [" ".join(filter(None, pair)) for pair in zip(arena, subject, strict=True)]
    for names in (subject, arena, both):
        if all(names) and len(set(names)) == len(names):
            return tuple(names)
    if len(sheets) == 1:
        return ("animal",)
    raise Refusal(path, "two sheets are of one subject in one arena", REMEDY)


def _numbers(times_s: Array) -> Array:
    """Samples counted from the start of the trial; in a row where they are not steady."""
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    counted = np.round(times_s / step).astype(np.int64) if step > 0 else np.arange(len(times_s))
    rising = len(np.unique(counted)) == len(counted)
    return counted if rising else np.arange(len(times_s))
