"""Landmarks: places that people marked in one image, as CSV or as BIRL's ``.pts``."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np

from ethoframe.data import Points, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._writing import complete

SUFFIXES = (".csv", ".tsv", ".pts")

NAMES = {
    "x": ("x", "x_px", "x_mm", "xm", "axis-2", "pos_x", "column"),
    "y": ("y", "y_px", "y_mm", "ym", "axis-1", "pos_y", "row"),
    "z": ("z", "z_px", "z_mm", "slice", "axis-0", "pos_z"),
}
"""What columns are called, in small letters: by us, BIRL, ImageJ's tables and napari."""

CENTRED = (
    "write columns x, y (and z for volumes) in pixels, the centre of the first pixel being 0, 0"
)


def read(path: Path) -> Points:
    r"""The landmarks in a file, in its order, as the points of one frame.

    A CSV file has columns called x and y, and z for volumes, in any order and among others; by
    names such as ``x_mm`` they are in mm. Commas, semicolons or tabs part them. Without a heading,
    two columns are x and y, three are x, y and z. A ``.pts`` file has a line ``point``, a line with
    their number, and a line for each.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    Refusal
        When it cannot be read, has no such columns, or a line that holds no numbers.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "marks.csv"
    >>> _ = path.write_text(",X,Y\n1,59,72\n2,122,108\n")
    >>> read(path).places().tolist()
    [[59.0, 72.0], [122.0, 108.0]]
    """
    path = Path(path)
    lines = [line for line in _text(path).splitlines() if line.strip()]
    if not lines:
        raise Refusal(path, "the file is empty", CENTRED)
    if path.suffix.lower() == ".pts" or lines[0].strip().lower() in ("point", "index"):
        return _points(_pts(path, lines), "px")
    separator = max(",;\t", key=lines[0].count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    if all(_is_number(cell) for cell in rows[0]) and len(rows[0]) in (2, 3):
        return _points(_table(path, rows, list(range(len(rows[0]))), 1), "px")
    heading = [_plain(cell) for cell in rows[0]]
    places = [_place(heading, axis) for axis in "xyz"]
    if places[0] is None or places[1] is None:
        raise Refusal(path, f"it has no columns x and y, but {', '.join(rows[0])}", CENTRED)
    columns = [place for place in places if place is not None]
    unit = "mm" if heading[columns[0]].endswith("_mm") else "px"
    return _points(_table(path, rows[1:], columns, 2), unit)


def write(path: Path, points: Points) -> None:
    """The points of one frame as ``landmarks.csv``: columns x, y(, z) with the unit in their names.

    Parameters
    ----------
    path
        Of a CSV file; one that is there is replaced.
    points
        Of one frame; of several, all are written one after another.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "landmarks.csv"
    >>> write(path, Points((np.array([[3.0, 4.5]]),), {}, np.arange(1), np.zeros(1)))
    >>> print(path.read_text().strip())
    x_px,y_px
    3.0,4.5
    """
    with complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([f"{axis}_{points.unit}" for axis in "xyz"[: points.axes]])
        table.writerows(points.places().tolist())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    except UnicodeDecodeError:
        raise Refusal(path, "is not text in UTF-8", "save it as CSV (UTF-8)") from None


def _points(places: Array, unit: str) -> Points:
    return Points((places,), {}, np.arange(1), np.zeros(1), unit)


def _pts(path: Path, lines: list[str]) -> Array:
    """BIRL's text: a word, how many there are, and then their places."""
    rows = [line.split() for line in lines[1:]]
    count = int(rows[0][0]) if rows and len(rows[0]) == 1 and rows[0][0].isdigit() else None
    rows = rows if count is None else rows[1:]
    if count is not None and count != len(rows):
        reason = f"it says it holds {count} points, and holds {len(rows)}"
        raise Refusal(path, reason, "copy it again, it may be cut")
    wide = len(rows[0]) if rows else 2
    if wide not in (2, 3):
        raise Refusal(path, f"its points have {wide} numbers", CENTRED)
    return _table(path, rows, list(range(wide)), 2 if count is None else 3)


def _table(path: Path, rows: list[list[str]], columns: list[int], first: int) -> Array:
    places = np.empty((len(rows), len(columns)))
    for number, row in enumerate(rows):
        for at, column in enumerate(columns):
            cell = row[column] if column < len(row) else ""
            # An empty cell, or NA, is a landmark that was not found here.
            if cell.lower() in ("", "na", "nan"):
                places[number, at] = np.nan
            elif _is_number(cell):
                places[number, at] = float(cell.replace(",", "."))
            else:
                reason = f"line {number + first} holds {cell!r}, which is no number"
                raise Refusal(path, reason, CENTRED)
    return places


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _plain(cell: str) -> str:
    """A heading in small letters, without brackets: ``X (px)`` is ``x_px``."""
    return re.sub(r"[\s_]+", "_", re.sub(r"[()\[\]\"']", " ", cell).strip().lower())


def _place(heading: list[str], axis: str) -> int | None:
    for name in NAMES[axis]:
        if name in heading:
            return heading.index(name)
    return None
