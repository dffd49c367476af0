"""Tracks and measures as tables: Parquet and CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Classes, Measure, Measures, Refusal, Tracks, Values
from ethoframe.data.noun import Array
from ethoframe.formats import _long

SUFFIXES = (".parquet", ".csv")

OTHERWISE = "otherwise"
"""The column that names the definition by which something was measured."""


def write_tracks(path: Path, tracks: Tracks, floor: Tracks | None = None) -> None:
    """One row per frame, individual and keypoint; Parquet or CSV by the path's suffix.

    Columns are ``frame, time_s, individual, keypoint, x_px, y_px, x_mm, y_mm, confidence`` and the
    features, which each keypoint of an individual repeats. Those in a unit that is not known stay
    empty. Parquet keeps what else is known of the tracks.

    Parameters
    ----------
    path
        Ends in ``.parquet`` or ``.csv``.
    tracks
        Positions in px, or in mm.
    floor
        Those in px on the floor; not looked at unless its unit is mm.

    Raises
    ------
    Refusal
        When the tracks are in body lengths.
    """
    _long.writing(path, tracks, floor)


def write_values(path: Path, values: Values) -> None:
    """One row per frame as CSV: its number, its time, and each quantity with its unit."""
    names = [f"{n} ({u})" if u else n for n, u in zip(values.names, values.units, strict=True)]
    rows = zip(values.numbers.tolist(), values.times_s.tolist(), values.table.tolist(), strict=True)
    written = ((number, *map(_written, (time_s, *row))) for number, time_s, row in rows)
    write_rows(path, ("frame", "time_s", *names), written)


def write_classes(path: Path, classes: Classes, file: str) -> None:
    """One row per frame as CSV: its file, number, time, likeliest class, and probabilities of all.

    A frame of which nothing is known has an empty class and empty probabilities.

    Parameters
    ----------
    path
        Of the table.
    classes
        Of frames.
    file
        What the recording is called.
    """
    rows = zip(
        classes.numbers.tolist(),
        classes.times_s.tolist(),
        classes.best,
        classes.table.tolist(),
        strict=True,
    )
    written = (
        (file, number, _written(time_s), word, *map(_written, shares))
        for number, time_s, word, shares in rows
    )
    named = [f"p_{name}" for name in classes.names]
    write_rows(path, ("file", "frame", "time_s", "class", *named), written)


def read_values(path: Path) -> Values:
    """The values that `write_values` wrote.

    Raises
    ------
    Refusal
        When the table is not as it writes it.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        heading, *rows = [*csv.reader(file)] or [[]]
    if heading[:2] != ["frame", "time_s"] or any(len(row) != len(heading) for row in rows):
        remedy = "name a values.csv that a method wrote"
        raise Refusal(path, "it is no table of values with frame and time_s", remedy)
    named = [_QUANTITY.fullmatch(name) for name in heading[2:]]
    try:
        numbers = np.array([[float(cell or "nan") for cell in row] for row in rows], np.float64)
    except ValueError as error:
        raise Refusal(path, str(error), "leave a cell without a number empty") from None
    table = numbers.reshape(len(rows), len(heading))
    units = tuple(found[2] or "" for found in named if found)
    names = tuple(found[1] for found in named if found)
    return Values(table[:, 2:], names, units, table[:, 0].astype(np.int64), table[:, 1])


_QUANTITY = re.compile(r"(.*?)(?: \(([^()]*)\))?")


def _written(value: float) -> float | str:
    """A number in full; NaN as nothing."""
    return "" if np.isnan(value) else value


def tracks_in(path: Path) -> bool:
    """Whether it is a table of tracks as a run writes it."""
    return path.is_file() and path.suffix.lower() in SUFFIXES and _long.holds(path)


def read_tracks(path: Path, *, unit: str | None = None, rate: float | None = None) -> Tracks:
    """The tracks that a run wrote, or a table with these columns.

    Parameters
    ----------
    path
        Of Parquet or CSV. Rows may come in any order; what has no row was not seen.
    unit
        ``"px"`` or ``"mm"``. Left out, those in mm count where there are any, as the run measured
        them.
    rate
        Frames per second, for a table without ``time_s``. One without ``individual`` is of one.

    Returns
    -------
    Tracks
        Equal to those that were written, where they come from Parquet; CSV brings no features.

    Raises
    ------
    Refusal
        When the table is not as a run writes it, two rows are of one thing, or it tells no
        positions in the unit, or no times and no rate is said.

    Examples
    --------
    >>> import tempfile
    >>> tracks = Tracks.of(np.array([[5.0, 9.0]]), np.zeros(1), "nose")
    >>> path = Path(tempfile.mkdtemp()) / "tracks.parquet"
    >>> write_tracks(path, tracks)
    >>> read_tracks(path) == tracks
    True
    """
    return _long.reading(path, unit, rate)


def read_times_s(path: Path) -> Array:
    """Seconds ``(t,)`` of the frames that a table of tracks has, rising.

    Raises
    ------
    Refusal
        When the table is not as a run writes it.
    """
    times_s: Array = np.unique(_long.read_columns(path, ["time_s"])["time_s"].to_numpy())
    return times_s


def write_measures(path: Path, measures: Measures) -> None:
    """One row per measure as CSV, numbers in full, NaN left empty; `Measure` names the columns."""
    write_joined(path, [measures])


def write_joined(path: Path, parts: Iterable[Measures]) -> None:
    """The measures of many recordings as one table, without ever holding them all."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(Measure.columns())
        for part in parts:
            for row in part.rows:
                writer.writerow(_cells(row))


def write_otherwise(path: Path, parts: Iterable[Mapping[str, Measures]]) -> None:
    """Measures by other definitions as `write_joined` has them.

    The name of the definition stands in a column before the others, called *otherwise*.

    Parameters
    ----------
    path
        Of the table.
    parts
        Of many recordings, one after the other: measures by the name of the definition.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow((OTHERWISE, *Measure.columns()))
        for part in parts:
            for name, measures in part.items():
                for row in measures.rows:
                    writer.writerow([name, *_cells(row)])


_IN_ORDER = attrgetter(*Measure.columns())


def _cells(row: Measure) -> list[object]:
    """What a measure says, column by column; NaN as nothing."""
    return ["" if value != value else value for value in _IN_ORDER(row)]


def read_otherwise(path: Path) -> dict[str, Measures]:
    r"""The measures that `write_otherwise` wrote, by the name of the definition.

    Raises
    ------
    Refusal
        When a column is missing or a number is none.

    Examples
    --------
    >>> import tempfile
    >>> row = Measure(quantity="bouts", value=3.0, unit="1", definition="longer than 1 s",
    ...               bin_start_s=0.0, bin_stop_s=60.0)
    >>> path = Path(tempfile.mkdtemp()) / "otherwise.csv"
    >>> write_otherwise(path, [{"least 1 s": Measures((row,))}])
    >>> read_otherwise(path)["least 1 s"].value("bouts")
    3.0
    """
    found: dict[str, list[Measure]] = {}
    for name, row in _measures_in(path, (OTHERWISE,)):
        found.setdefault(name, []).append(row)
    return {name: Measures(tuple(rows)) for name, rows in found.items()}


def read_measures(path: Path) -> Measures:
    """The measures that `write_measures` wrote.

    Files from before there were events have no column *during*: theirs are of the session.

    Raises
    ------
    Refusal
        When a column is missing or a number is none.
    """
    return Measures(tuple(row for _, row in _measures_in(path)))


def _measures_in(path: Path, besides: tuple[str, ...] = ()) -> Iterator[tuple[str, Measure]]:
    """Each measure, and what the column *otherwise* says of it; nothing where there is none."""
    numbers = ("value", "low", "high", "bin_start_s", "bin_stop_s")
    with path.open(newline="", encoding="utf-8") as file:
        lines = csv.DictReader(file)
        columns = Measure.columns()
        missing = {*besides, *columns} - {"during"} - set(lines.fieldnames or ())
        if missing:
            named = f"name {'an otherwise.csv' if besides else 'a measures.csv'}"
            raise Refusal(path, f"has no column {', '.join(sorted(missing))}", named)
        for line in lines:
            read: dict[str, Any] = {name: line.get(name) or "" for name in columns}
            where = f"{path} line {lines.line_num}"
            read |= {name: _number(where, name, read[name]) for name in numbers}
            yield line.get(OTHERWISE) or "", Measure(**read)


def _number(where: str, name: str, written: str) -> float:
    try:
        return float(written or "nan")
    except ValueError:
        reason = f"{name} {written!r} is no number"
        raise Refusal(where, reason, "use the file as ethoframe wrote it") from None


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A plain table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
