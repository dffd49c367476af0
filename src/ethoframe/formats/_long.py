"""Tracks as a long table: one row for each frame, individual and keypoint."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked

if TYPE_CHECKING:
    import pyarrow as pa

PIECE = 4096
"""Frames that are turned into rows at a time."""

PLACES = ("x_px", "y_px", "x_mm", "y_mm")

TRACK_COLUMNS = (
    "frame",
    "time_s",
    "individual",
    "keypoint",
    *PLACES,
    "confidence",
)

NEEDED = ("frame", "keypoint")

ALONE = "animal"
"""Whom rows are of that name nobody."""

UNITS = ("mm", "px")
"""In which positions are told; the first of them that is known counts."""

TOLD = b"ethoframe"
"""Where a Parquet file keeps what its columns do not tell."""

REMEDY = "name tracks.parquet as ethoframe wrote it"

COLUMNS = "it takes columns frame, keypoint, x_px, y_px (or x_mm, y_mm)"
"""What a table of one's own needs."""


def writing(path: Path, tracks: Tracks, floor: Tracks | None) -> None:
    """The table, Parquet or CSV by the path's suffix, as `table.write_tracks` says.

    Raises
    ------
    Refusal
        When the tracks are in body lengths.
    """
    if tracks.unit not in UNITS:
        reason = f"tracks in {tracks.unit} have no table"
        raise Refusal(path, reason, "write them in px or mm: an arena has sides_mm, or --scale")
    on_floor = floor if floor is not None and floor.unit == "mm" else None
    pictured: Tracks | None = tracks
    if tracks.unit == "mm":
        on_floor, pictured = tracks, None
    # Piece by piece: the columns of days of tracks at once would be the peak of memory of a run.
    slices = (slice(i, i + PIECE) for i in range(0, max(1, len(tracks)), PIECE))
    tables = (
        _rows(tracks.take(p), pictured and pictured.take(p), on_floor and on_floor.take(p))
        for p in slices
    )
    first = next(tables)
    schema = first.schema.with_metadata({TOLD: json.dumps(_said(tracks, on_floor)).encode()})
    with _writer(path, schema) as writer:
        for table in _chained(first, tables):
            writer.write_table(table.cast(schema))


def _chained(first: pa.Table, rest: Iterable[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest


def _said(tracks: Tracks, floor: Tracks | None) -> dict[str, Any]:
    """What columns do not tell of tracks, ready for JSON."""
    said: dict[str, Any] = {"bridged_s": tracks.bridged_s, "smoothed_s": tracks.smoothed_s}
    said |= {"unit": tracks.unit, "features": list(tracks.features)}
    return said | ({"px_per_mm": floor.px_per_unit} if floor is not None else {})


def _writer(path: Path, schema: pa.Schema) -> Any:
    if path.suffix == ".csv":
        import pyarrow.csv

        return pyarrow.csv.CSVWriter(path, schema)
    import pyarrow.parquet

    # Places hardly ever repeat: a dictionary of them costs three times the time, and room.
    repeated = [name for name in schema.names if name not in PLACES]
    return pyarrow.parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=repeated)


def _rows(tracks: Tracks, pictured: Tracks | None, floor: Tracks | None) -> pa.Table:
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
        places(pictured, 0),
        places(pictured, 1),
        places(floor, 0),
        places(floor, 1),
        column(tracks.confidence),
    ]
    told = {name: _column(np.repeat(held, keypoints)) for name, held in tracks.features.items()}
    return pa.Table.from_arrays([*columns, *told.values()], names=[*TRACK_COLUMNS, *told])


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


def holds(path: Path) -> bool:
    """Whether a table is one of tracks, by the names of its columns."""
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        try:
            return _tells({*pq.read_schema(path).names})
        except (OSError, ValueError):
            return True  # what is wrong with it is told when it is read
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return _tells({*file.readline().strip().replace('"', "").split(",")})


def _tells(names: set[str]) -> bool:
    return {"frame", "keypoint"} <= names and bool(names & {f"x_{unit}" for unit in UNITS})


def reading(path: Path, unit: str | None, rate: float | None = None) -> Tracks:
    """The tracks in a table, as `table.read_tracks` says.

    Raises
    ------
    Refusal
        When the table is not as a run writes it, two rows are of one thing, or it tells no
        positions in the unit, or no times and no rate is said.
    """
    import pyarrow as pa

    rows = read_columns(path)
    if "individual" not in rows.column_names:
        names = pa.repeat(pa.scalar(ALONE), rows.num_rows)
        rows = rows.append_column("individual", names)
    tracks = _tracks(path, rows, unit, rate)
    # Else what the table took is kept for the next one, beside all that is measured meanwhile.
    pa.default_memory_pool().release_unused()
    return tracks


def _tracks(path: Path, rows: pa.Table, unit: str | None, rate: float | None) -> Tracks:
    said = json.loads((rows.schema.metadata or {}).get(TOLD, b"{}"))
    for name in ("individual", "keypoint"):
        if rows[name].null_count:
            raise Refusal(path, f"a row is of no {name}", REMEDY)
    individuals, keypoints = (_in_order(rows[name]) for name in ("individual", "keypoint"))
    individuals, keypoints = individuals or ("animal",), keypoints or ("centroid",)
    numbers, first, cells = _cells(path, rows, keypoints, individuals)
    shape = len(numbers), len(keypoints), len(individuals)
    timed = "time_s" in rows.column_names
    times_s = _numbers(rows, "time_s")[first] if timed else clocked(path, numbers, rate, None)

    def cube(name: str) -> Array:
        found = np.full(shape, np.nan)
        found.ravel()[cells] = _numbers(rows, name)
        return found

    known = _known(rows)
    unit = unit or said.get("unit") if not known else unit or known[0]
    if known and unit not in known:
        raise Refusal(path, f"it tells no positions in {unit}", f"it tells them in {known[0]}")
    position = np.stack([cube(f"x_{unit}"), cube(f"y_{unit}")], axis=1)
    seen: Array = np.all(np.isfinite(position), axis=1).astype(np.float64)
    judged = "confidence" in rows.column_names
    return Tracks(
        position,
        np.nan_to_num(cube("confidence")) if judged else seen,
        numbers.astype(np.int64),
        times_s,
        keypoints,
        individuals,
        unit or "px",
        {name: cube(name)[:, 0] for name in said.get("features", ())},
        _px_per_unit(rows, unit, said),
        said.get("bridged_s", 0.0),
        said.get("smoothed_s", 0.0),
    )


def _cells(
    path: Path, rows: pa.Table, keypoints: Sequence[str], individuals: Sequence[str]
) -> tuple[Array, Array, Array]:
    """Numbers of frames, the first row of each, and the place of each row in a cube of all."""
    frames = _numbers(rows, "frame")
    k, i = _codes(rows["keypoint"], keypoints), _codes(rows["individual"], individuals)
    sizes = len(keypoints), len(individuals)
    each = sizes[0] * sizes[1]
    usual = np.tile(np.arange(each), len(frames) // each)
    if np.array_equal(i * len(keypoints) + k, usual):  # as it is written: nothing is to be sorted
        numbers = frames[::each]
        whole = np.array_equal(frames, np.repeat(numbers, each))
        if whole and (np.diff(numbers) > 0).all():
            at = np.repeat(np.arange(len(numbers)), each)
            cells = np.ravel_multi_index((at, k, i), (len(numbers), *sizes))
            return numbers, np.arange(0, len(frames), each), cells
    numbers, first, at = np.unique(frames, return_index=True, return_inverse=True)
    if np.isnan(numbers).any():
        raise Refusal(path, "a row is of no frame", REMEDY)
    cells = np.ravel_multi_index((at, k, i), (len(numbers), *sizes))
    if len(np.unique(cells)) < len(cells):
        raise Refusal(path, "two rows are of one keypoint in one frame", "leave the right one")
    return numbers, first, cells


def read_columns(path: Path, wanted: Sequence[str] = ()) -> pa.Table:
    """The columns of a table of tracks; those wanted, or all.

    Raises
    ------
    Refusal
        When it cannot be read, or is no such table.
    """
    import pyarrow as pa

    try:
        rows = _of_text(path) if path.suffix.lower() == ".csv" else _of_parquet(path, wanted)
    except (pa.ArrowException, OSError, KeyError) as error:
        told = str(error).split("\n")[0]
        raise _refused(path, told) from None
    missing = [name for name in wanted or NEEDED if name not in rows.column_names]
    if missing or not (wanted or _tells({*rows.column_names})):
        raise _refused(path, f"it has no column {', '.join(missing) or 'x_px'}")
    halves = [f"y_{unit}" for unit in UNITS if f"x_{unit}" in rows.column_names]
    lacking = [name for name in halves if name not in rows.column_names]
    if lacking and not wanted:
        raise _refused(path, f"it has no column {', '.join(lacking)}")
    return rows


def _refused(path: Path, told: str) -> Refusal:
    remedy = COLUMNS if path.suffix.lower() == ".csv" else "analyse its recording anew"
    return Refusal(path, f"is no table of tracks ({told})", remedy)


def _of_parquet(path: Path, wanted: Sequence[str]) -> pa.Table:
    import pyarrow.parquet as pq

    # Not by `read_table`, which imports pandas where it finds it, as `pyarrow.array` does.
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        return file.read(columns=[name for name in wanted or names if name in names])


def _of_text(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv

    types: Mapping[str, Any] = {
        **dict.fromkeys(TRACK_COLUMNS, pa.float64()),
        **dict.fromkeys(("individual", "keypoint"), pa.string()),
    }
    told = pyarrow.csv.ConvertOptions(column_types=types)
    return pyarrow.csv.read_csv(path, convert_options=told)


def _numbers(rows: pa.Table, name: str) -> Array:
    """A column as real numbers, NaN where it is empty or missing."""
    if name not in rows.column_names:
        return np.full(rows.num_rows, np.nan)
    import pyarrow as pa

    column = rows[name].cast(pa.float64()).combine_chunks()
    known, values = _held(column, np.float64)
    return values if known is None else np.where(known, values, np.nan)


def _held(column: pa.Array, dtype: Any) -> tuple[Array | None, Array]:
    """Whether each row is known, None where all are, and the numbers as they lie in memory."""
    # Not by `to_numpy`, which imports pandas where it finds it.
    part = slice(column.offset, column.offset + len(column))
    known, held = column.buffers() if len(column) else (None, b"")
    values: Array = np.frombuffer(held, dtype)[part]
    if known is None or not column.null_count:
        return None, values
    bits = np.unpackbits(np.frombuffer(known, np.uint8), bitorder="little")
    return bits[part].astype(bool), values


def _known(rows: pa.Table) -> list[str]:
    """The units in which any position is told."""
    named = [unit for unit in UNITS if f"x_{unit}" in rows.column_names]
    return [unit for unit in named if rows[f"x_{unit}"].null_count < rows.num_rows]


def _px_per_unit(rows: pa.Table, unit: str | None, said: Mapping[str, Any]) -> float:
    """Pixels in one unit: as was written, or else as both columns spread."""
    if unit == "mm" and "px_per_mm" in said:
        return float(said["px_per_mm"])
    if unit != "mm" or _known(rows) != [*UNITS]:
        return 1.0
    mm, px = (float(np.nanstd(_numbers(rows, f"x_{each}"))) for each in UNITS)
    return px / mm if mm > 0 else 1.0


def _in_order(column: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name) for name in column.combine_chunks().unique().to_pylist()))


def _codes(column: Any, names: Sequence[str]) -> Array:
    """Which of the names each row has."""
    import pyarrow as pa

    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    coded = coded.unify_dictionaries().combine_chunks()
    place = {name: at for at, name in enumerate(names)}
    turned = np.array([place[str(word)] for word in coded.dictionary.to_pylist()], np.int64)
    _, held = _held(coded.indices.cast(pa.int64()), np.int64)
    codes: Array = turned[held] if len(turned) else held
    return codes
