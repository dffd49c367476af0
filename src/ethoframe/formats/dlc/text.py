"""DeepLabCut tables as CSV."""

from __future__ import annotations

import csv
from itertools import islice
from os import SEEK_END
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.formats.dlc.grid import LEVELS, NAME, Grid, Words

REMEDY = "correct that line, or write the table anew with DeepLabCut"


def read_text(path: Path) -> Grid:
    """The table in a CSV file: three or four lines of heading, and paths in one or three columns.

    Raises
    ------
    Refusal
        When it is no such table, a line has too few or too many cells, a cell is no number, or the
        last one is cut off.
    """
    _refuse_cut_off(path)
    if quick := _of_numbers(path):
        return quick
    lines = _lines(path)
    heading = _heading(path, lines)
    coords = lines[heading - 1]
    first = 1 + sum(1 for _ in _blank(coords[1:]))
    words = [
        tuple(cells) for cells in zip(*(line[first:] for line in lines[:heading]), strict=True)
    ]
    body = [(at, line) for at, line in enumerate(lines[heading:], heading + 1) if any(line)]
    for at, line in body:
        if len(line) != len(coords):
            reason = f"line {at} has {len(line)} cells, and the heading {len(coords)}"
            raise Refusal(path, reason, REMEDY)
    values = np.array([_numbers(path, at, line[first:]) for at, line in body], np.float64)
    rows = [tuple(line[:first]) for _, line in body]
    return Grid.headed(path, words, rows, values.reshape(len(body), len(words)))


def _of_numbers(path: Path) -> Grid | None:
    """The table where a film's frames are numbered and every cell is a number; else None.

    An hour of eight keypoints takes seconds cell by cell, and a tenth of that so.
    """
    import pyarrow as pa
    import pyarrow.csv

    lines = _lines(path, max(LEVELS))
    heading = _heading(path, lines)
    width = len(lines[heading - 1])
    names = [str(at) for at in range(width)]
    empty = {"null_values": ["", "nan", "NaN"], "quoted_strings_can_be_null": False}
    convert = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.float64()), strings_can_be_null=False, **empty
    )
    read = pyarrow.csv.ReadOptions(skip_rows=heading, column_names=names)
    try:
        table = pyarrow.csv.read_csv(path, read_options=read, convert_options=convert)
    except pa.ArrowException:
        return None  # what is odd is found, and told, by reading it cell by cell
    values = np.stack([table[name].to_numpy() for name in names], axis=1)
    frames = values[:, 0]
    if not (np.isfinite(frames).all() and np.array_equal(frames, np.round(frames))):
        return None
    words = [tuple(line[at] for line in lines[:heading]) for at in range(1, width)]
    rows: list[Words] = [(str(number),) for number in frames.astype(np.int64).tolist()]
    return Grid.headed(path, words, rows, values[:, 1:])


def _refuse_cut_off(path: Path) -> None:
    """Tells of a file that ends within its last number: it has its cells, and one is wrong.

    A last line without a line break may be whole, so it must also end in fewer characters than any
    other line does.
    """
    if _ended(path):
        return
    lines = _lines(path)
    heading = _heading(path, lines)
    *others, last = [line for line in lines[heading:] if any(line)] or [[]]
    if len(last) != len(lines[heading - 1]) or not others:
        return  # that it lacks cells is told of it as of any line
    if len(last[-1]) < min(len(line[-1]) for line in others):
        reason = f"line {len(lines)} is cut off: it ends in {last[-1]!r}, and without a line break"
        raise Refusal(path, reason, "delete that line, or copy the table again")


def _ended(path: Path) -> bool:
    """Whether the last line has its line break."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, SEEK_END) - 1))
            return file.read() in (b"\n", b"\r", b"")
    except OSError as error:
        raise Refusal(path, f"cannot be read ({error.strerror})", "check its name") from None


def _lines(path: Path, most: int | None = None) -> list[list[str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [*islice(csv.reader(file), most)]
    except OSError as error:
        raise Refusal(path, f"cannot be read ({error.strerror})", "check its name") from None
    except (UnicodeDecodeError, csv.Error):
        raise Refusal(path, "is not a table as text in UTF-8", "save it as CSV (UTF-8)") from None


def _heading(path: Path, lines: list[list[str]]) -> int:
    """How many lines the heading has: up to that of x and y."""
    for count, words in LEVELS.items():
        told = [line[0] for line in lines[:count] if line]
        if told == list(words) and len({len(line) for line in lines[:count]}) == 1:
            return count
    reason = "its heading is not that of a DeepLabCut table: scorer, bodyparts, coords"
    raise Refusal(path, reason, "name a table that DeepLabCut wrote")


def _blank(cells: list[str]) -> list[str]:
    """The empty ones that the cells begin with: of paths in three pieces two have no heading."""
    count = next((at for at, cell in enumerate(cells) if cell.strip()), len(cells))
    return cells[:count]


def _numbers(path: Path, line: int, cells: list[str]) -> list[float]:
    try:
        return [float(cell or "nan") for cell in cells]
    except ValueError as error:
        reason = f"line {line}: {str(error).rpartition(': ')[2]} is no number"
        raise Refusal(path, reason, REMEDY) from None


def write_text(path: Path, grid: Grid) -> None:
    """The table as CSV; numbers in full, and nothing where there is none."""
    several = grid.individuals != (NAME,)
    blank = [""] * (len(grid.rows[0]) - 1 if grid.rows else 0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["scorer", *blank, *[grid.scorer] * len(grid.columns)])
        if several:
            writer.writerow(["individuals", *blank, *(each.individual for each in grid.columns)])
        writer.writerow(["bodyparts", *blank, *(each.keypoint for each in grid.columns)])
        writer.writerow(["coords", *blank, *(each.coord for each in grid.columns)])
        for row, values in zip(grid.rows, grid.values.tolist(), strict=True):
            writer.writerow([*row, *("" if value != value else value for value in values)])


def same(one: Array, other: Array) -> bool:
    """Whether two tables of numbers are alike, but for what a file of text rounds."""
    return one.shape == other.shape and bool(np.allclose(one, other, 1e-9, 1e-6, equal_nan=True))
