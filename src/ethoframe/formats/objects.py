"""Points as tables: blobs and objects of each frame, ``points.csv``."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np

from ethoframe.data import Points, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._writing import complete

SUFFIXES = (".csv",)

FRAME, TIME = "frame", "time_s"
UNITS = ("px", "mm")
WHOLE = re.compile(r"[+-]?\d{1,18}")  # any of them is an int64


def write_points(path: Path, points: Points) -> None:
    """One row per point: frame, seconds, x, y(, z) with the unit in their names, then features.

    A frame without points has no row. Features of whole numbers are written without a point.

    Parameters
    ----------
    path
        Of a CSV file; one that is there is replaced.
    points
        What is written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "points.csv"
    >>> write_points(path, Points((np.array([[3.0, 4.5]]),), {"radius_px": (np.array([2.0]),)},
    ...                           np.arange(1), np.zeros(1)))
    >>> print(path.read_text().strip())
    frame,time_s,x_px,y_px,radius_px
    0,0.0,3.0,4.5,2.0
    """
    places = [f"{axis}_{points.unit}" for axis in "xyz"[: points.axes]]
    with complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([FRAME, TIME, *places, *points.features])
        for index, (number, time_s) in enumerate(zip(points.numbers, points.times_s, strict=True)):
            columns = [column[index] for column in points.features.values()]
            for row, place in enumerate(points.coordinates[index]):
                features = [column[row].item() for column in columns]
                table.writerow([int(number), float(time_s), *place.tolist(), *features])


def read_points(path: Path) -> Points:
    """The points that `write_points` wrote; frames without points are not known to it.

    Features that are written without a point throughout are int64, as labels are; others float64.

    Raises
    ------
    Refusal
        When it is not such a table.
    """
    rows = _rows(path)
    heading = rows[0]
    for unit in UNITS:
        places = [name for name in (f"{axis}_{unit}" for axis in "xyz") if name in heading]
        if len(places) >= 2:
            break
    else:
        raise Refusal(path, "it has no columns x_px and y_px", "write it with ethoframe")
    values = _numbers(path, rows[1:], len(heading))
    columns = dict(zip(heading, values.T, strict=True))
    frames = columns.get(FRAME, np.zeros(len(values))).astype(np.int64)
    times = columns.get(TIME, frames.astype(np.float64))
    columns |= _whole(rows[1:], heading)
    numbers, firsts = np.unique(frames, return_index=True)
    parts = [frames == number for number in numbers]
    where = np.stack([columns[name] for name in places], axis=1).astype(np.float64)
    features = [name for name in heading if name not in (FRAME, TIME, *places)]
    return Points(
        tuple(where[part] for part in parts),
        {name: tuple(columns[name][part] for part in parts) for name in features},
        numbers,
        times[firsts],
        unit,
    )


def _rows(path: Path) -> list[list[str]]:
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    except UnicodeDecodeError:
        raise Refusal(path, "is not text in UTF-8", "save it as CSV (UTF-8)") from None
    if not rows:
        raise Refusal(path, "the file is empty", "write it with ethoframe")
    return [rows[0], *(row for row in rows[1:] if any(cell.strip() for cell in row))]


def _whole(rows: list[list[str]], heading: list[str]) -> dict[str, Array]:
    """The columns that hold whole numbers only, int64."""
    found = {}
    for name, cells in zip(heading, zip(*rows, strict=False), strict=False):
        if all(WHOLE.fullmatch(cell.strip()) for cell in cells):
            found[name] = np.array([int(cell) for cell in cells], np.int64)
    return found


def _numbers(path: Path, rows: list[list[str]], count: int) -> Array:
    values = np.full((len(rows), count), np.nan)
    for number, row in enumerate(rows):
        try:
            values[number, : len(row)] = [float(cell) if cell.strip() else np.nan for cell in row]
        except ValueError:
            reason = f"row {number + 2} is not {count} numbers"
            raise Refusal(path, reason, "correct that row") from None
    return values
