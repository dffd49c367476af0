"""Tracks and measures as tables: Parquet and CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.data import Classes, Measure, Measures, Refusal, Tracks, Values
from ethoframe.data.noun import Array

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".parquet", ".csv")

PIECE = 4096
"""Frames that are turned into rows at a time."""

TRACK_COLUMNS = (
    "frame",
    "time_s",
    "individual",
    "keypoint",
    "x_px",
    "y_px",
    "x_mm",
    "y_mm",
    "confidence",
)


def write_tracks(path: Path, tracks: Tracks, floor: Tracks | None = None) -> None:
    """One row per frame, individual and keypoint; Parquet or CSV by the path's suffix.

    Parameters
    ----------
    path
        Ends in ``.parquet`` or ``.csv``.
    tracks
        Positions in px.
    floor
        The same positions on the floor; the columns in mm stay empty unless its unit is mm.
    """
    on_floor = floor if floor is not None and floor.unit == "mm" else None
    # Piece by piece: the columns of days of tracks at once would be the peak of memory of a run.
    pieces = (slice(i, i + PIECE) for i in range(0, max(1, len(tracks)), PIECE))
    tables = (_long(tracks.take(p), on_floor and on_floor.take(p)) for p in pieces)
    first = next(tables)
    with _writer(path, first.schema) as writer:
        for table in chain([first], tables):
            writer.write_table(table)


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


def _writer(path: Path, schema: pa.Schema) -> Any:
    if path.suffix == ".csv":
        import pyarrow.csv

        return pyarrow.csv.CSVWriter(path, schema)
    import pyarrow.parquet

    return pyarrow.parquet.ParquetWriter(path, schema, compression="zstd")


def tracks_in(path: Path) -> bool:
    """Whether it is a table of tracks as a run writes it."""
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        return False
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        try:
            return {"frame", "keypoint", "x_px"} <= {*pq.read_schema(path).names}
        except (OSError, ValueError):
            return True  # what is wrong with it is told when it is read
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return {"frame", "keypoint", "x_px"} <= {*file.readline().strip().split(",")}


def read_tracks(path: Path) -> Tracks:
    """The tracks that a run wrote, in px.

    Raises
    ------
    Refusal
        When the table is not as a run writes it.
    """
    names = ["frame", "time_s", "individual", "keypoint", "x_px", "y_px", "confidence"]
    table = _read(path, names)
    individuals, keypoints = (_in_order(table[name]) for name in ("individual", "keypoint"))
    shape = (-1, len(individuals) or 1, len(keypoints) or 1)

    def column(name: str) -> Array:
        values = table[name].to_numpy().astype(np.float64)
        placed: Array = values.reshape(shape).transpose(0, 2, 1)
        return placed

    each = shape[1] * shape[2]
    return Tracks(
        np.stack([column("x_px"), column("y_px")], axis=1),
        np.nan_to_num(column("confidence")),
        table["frame"].to_numpy()[::each],
        table["time_s"].to_numpy()[::each],
        keypoints or ("centroid",),
        individuals or ("animal",),
    )


def read_times_s(path: Path) -> Array:
    """Seconds ``(t,)`` of the frames that a table of tracks has, rising.

    Raises
    ------
    Refusal
        When the table is not as a run writes it.
    """
    times_s: Array = np.unique(_read(path, ["time_s"])["time_s"].to_numpy())
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
                writer.writerow(["" if value != value else value for value in astuple(row)])


def read_measures(path: Path) -> Measures:
    """The measures that `write_measures` wrote.

    Files from before there were events have no column *during*: theirs are of the session.

    Raises
    ------
    Refusal
        When a column is missing or a number is none.
    """
    numbers = ("value", "low", "high", "bin_start_s", "bin_stop_s")
    with path.open(newline="", encoding="utf-8") as file:
        lines = csv.DictReader(file)
        missing = set(Measure.columns()) - {"during"} - set(lines.fieldnames or ())
        if missing:
            raise Refusal(
                path, f"has no column {', '.join(sorted(missing))}", "name a measures.csv"
            )
        rows = []
        for line in lines:
            read: dict[str, Any] = {name: line.get(name) or "" for name in Measure.columns()}
            where = f"{path} line {lines.line_num}"
            read |= {name: _number(where, name, read[name]) for name in numbers}
            rows.append(Measure(**read))
    return Measures(tuple(rows))


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


def _long(tracks: Tracks, floor: Tracks | None) -> pa.Table:
    """Rows run over frames, then individuals, then keypoints."""
    import pyarrow as pa

    count, _, keypoints, individuals = tracks.position.shape
    each = keypoints * individuals

    def column(values: Array) -> pa.Array:
        return _column(values.transpose(0, 2, 1).reshape(-1))

    def names(labels: tuple[str, ...], index: Array) -> pa.Array:
        codes = _column(np.tile(index, count).astype(np.int32))
        return pa.DictionaryArray.from_arrays(codes, _text(labels))

    def places(of: Tracks | None, axis: int) -> pa.Array:
        if of is None:
            return pa.nulls(count * each, pa.float64())
        return column(of.position[:, axis])

    columns = [
        _column(np.repeat(tracks.numbers, each)),
        _column(np.repeat(tracks.times_s, each)),
        names(tracks.individuals, np.repeat(np.arange(individuals), keypoints)),
        names(tracks.keypoints, np.tile(np.arange(keypoints), individuals)),
        places(tracks, 0),
        places(tracks, 1),
        places(floor, 0),
        places(floor, 1),
        column(tracks.confidence),
    ]
    return pa.Table.from_arrays(columns, names=list(TRACK_COLUMNS))


def _column(values: Array) -> pa.Array:
    """The numbers ``(n,)`` as they lie in memory, NaN as empty."""
    # Not by `pyarrow.array`, which imports pandas where it finds it: a second, and 50 MB.
    import pyarrow as pa

    values = np.ascontiguousarray(values)
    known = np.packbits(~np.isnan(values), bitorder="little")
    buffers = [pa.py_buffer(known), pa.py_buffer(values)]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), buffers)


def _text(labels: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    words = [label.encode() for label in labels]
    ends = np.cumsum([0, *map(len, words)]).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(words), pa.py_buffer(ends), pa.py_buffer(b"".join(words))
    )


def _read(path: Path, columns: list[str]) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path, columns=columns)
    except (pa.ArrowException, OSError, KeyError) as error:
        told = str(error).split("\n")[0]
        raise Refusal(
            path, f"is no table of tracks ({told})", "analyse its recording anew"
        ) from None


def _in_order(column: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name) for name in column.combine_chunks().unique().to_pylist()))
