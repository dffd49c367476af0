"""What programs for several cameras write: tables of numbers, and places in space."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array

SPACE = ("x", "y", "z")


def flat(path: Path, position: Array, plane: str, space: Sequence[str] = SPACE) -> Array:
    """Positions ``(time, 2, ...)`` in a plane, NaN where one of the two is missing.

    Parameters
    ----------
    path
        Of the file, for what is said of it.
    position
        Positions ``(time, space, ...)``.
    plane
        Which two axes are kept, in this order, as ``"xz"``; what is out of it is lost. Empty where
        nobody said it.
    space
        What the axes are called.

    Raises
    ------
    Refusal
        When the plane is not told, or has other axes.

    Examples
    --------
    >>> flat(Path("a.csv"), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, np.nan]]), "xz").tolist()
    [[1.0, 3.0], [nan, nan]]
    """
    if not plane:
        reason = f"it has {len(space)} dimensions, and tracks have two"
        raise Refusal(path, reason, "say which are kept, as --plane xy")
    if len(plane) != 2 or len(set(plane)) != 2 or not set(plane) <= {*space}:
        raise Refusal(path, f"its space has no plane {plane!r}", f"it has {', '.join(space)}")
    kept = position[:, [space.index(axis) for axis in plane]]
    seen = np.all(np.isfinite(kept), axis=1, keepdims=True)
    return np.asarray(np.where(seen, kept, np.nan))


def heading(path: Path) -> list[str]:
    """Names of the columns of a table; none where it is empty or no text."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader([file.readline()]), [])


def numbers(path: Path, remedy: str) -> tuple[list[str], Array]:
    """Names of the columns and the numbers in them ``(row, column)``; NaN where a cell is empty.

    Parameters
    ----------
    path
        Of the table, as text with commas.
    remedy
        What to do where it is none.

    Raises
    ------
    Refusal
        When it is no text, a row has other cells than the heading, or a cell is no number.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names, *rows = [*csv.reader(file)] or [[]]
    except (UnicodeDecodeError, csv.Error):
        raise Refusal(path, "is not a table as text in UTF-8", remedy) from None
    values = np.full((len(rows), len(names)), np.nan)
    for line, row in enumerate(rows, 2):
        if len(row) != len(names):
            reason = f"line {line} has {len(row)} cells, and the heading {len(names)}"
            raise Refusal(path, reason, remedy)
        try:
            values[line - 2] = [float(cell or "nan") for cell in row]
        except ValueError as error:
            reason = f"line {line}: {str(error).rpartition(': ')[2]} is no number"
            raise Refusal(path, reason, remedy) from None
    return names, values
