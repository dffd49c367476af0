"""DeepLabCut tables as HDF5, in the two layouts of pandas, without pandas.

A *fixed* frame keeps its headings as levels and codes, and its numbers as one array for each type:
so DeepLabCut writes labels. A *table* keeps one record for each row, and its headings in
attributes: so it writes what networks say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.formats.dlc.grid import LEVELS, NAME, Grid, Words
from ethoframe.formats.dlc.literals import literal

KEY = "df_with_missing"
"""What DeepLabCut calls its table in the file."""

REMEDY = "name a table that DeepLabCut wrote, or its CSV"


def read_hdf(path: Path) -> Grid:
    """The table in an HDF5 file.

    Raises
    ------
    Refusal
        When h5py is not installed, or the file is damaged or holds no such table.
    """
    h5py = needs("learn", "h5py")
    try:
        with h5py.File(path, "r") as file:
            group = _frame(path, file)
            laid = _table if "table" in group else _fixed
            columns, rows, values = laid(group)
    except (OSError, KeyError, ValueError, TypeError, IndexError) as error:
        if isinstance(error, Refusal):
            raise
        if "truncated" in str(error):
            raise Refusal(path, "the file is cut short", "copy it again, or name its CSV") from None
        raise Refusal(path, f"is no table of pandas ({error})", REMEDY) from None
    return Grid.headed(path, columns, rows, values)


def foreign(path: Path) -> bool:
    """Whether an HDF5 file is another program's: it opens, and no table of pandas is in it."""
    try:
        with needs("learn", "h5py").File(path, "r") as file:
            return not any("pandas_type" in node.attrs for node in file.values())
    except (Refusal, OSError, KeyError, RuntimeError):
        return False  # what is wrong with it is told when it is read


def _frame(path: Path, file: Any) -> Any:
    frames = [name for name in file if _word(file[name].attrs.get("pandas_type", "")) != ""]
    if KEY not in frames and len(frames) != 1:
        reason = f"it holds {len(frames) or 'no'} tables of pandas, and none called {KEY}"
        raise Refusal(path, reason, REMEDY)
    return file[KEY if KEY in frames else frames[0]]


def _word(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _words(values: Any) -> list[str]:
    """Text as text, and whole numbers as text."""
    if values.dtype.kind not in "SUiu":
        raise ValueError(f"an index of type {values.dtype}")
    return [_word(each) for each in values.tolist()]


def _fixed(group: Any) -> tuple[list[Words], list[Words], Array]:
    columns, rows = _axis(group, "axis0"), _axis(group, "axis1")
    place = {words: at for at, words in enumerate(columns)}
    values = np.full((len(rows), len(columns)), np.nan)
    for block in range(int(group.attrs["nblocks"])):
        stored = group[f"block{block}_values"]
        if stored.dtype.kind not in "fiub":
            raise ValueError(f"values of type {stored.dtype}")
        if len(rows):
            turned = stored[...] if stored.attrs.get("transposed") else stored[...].T
            values[:, [place[words] for words in _axis(group, f"block{block}_items")]] = turned
    return columns, rows, values


def _axis(group: Any, name: str) -> list[Words]:
    """The words of each entry of an axis: one, or one of each level."""
    if _word(group.attrs[f"{name}_variety"]) != "multi":
        return [(word,) for word in _words(group[name][...])]
    levels = []
    for level in range(int(group.attrs[f"{name}_nlevels"])):
        words = _words(group[f"{name}_level{level}"][...])
        levels.append([words[code] if code >= 0 else "" for code in group[f"{name}_label{level}"]])
    return list(zip(*levels, strict=True))


def _table(group: Any) -> tuple[list[Words], list[Words], Array]:
    stored = group["table"]
    ((_, names),) = literal(_bytes(group.attrs["non_index_axes"]))
    columns = [tuple(map(str, words)) for words in names]
    place = {words: at for at, words in enumerate(columns)}
    records = stored[...]
    values = np.full((len(records), len(columns)), np.nan)
    for field in records.dtype.names[1:]:
        own = literal(_bytes(stored.attrs[f"{field}_kind"]))
        at = [place[tuple(map(str, words))] for words in own]
        values[:, at] = records[field].reshape(len(records), len(at))
    return columns, [(word,) for word in _words(records["index"])], values


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def write_hdf(path: Path, grid: Grid) -> None:
    """The table as pandas lays out a fixed frame, so that DeepLabCut opens it.

    Raises
    ------
    Refusal
        When h5py is not installed.
    """
    several = grid.individuals != (NAME,)
    words = [(grid.scorer, *(each if several else each[1:])) for each in grid.columns]
    names = LEVELS[4 if several else 3]
    with needs("learn", "h5py").File(path, "w") as file:
        _mark(file, "GROUP", {"PYTABLES_FORMAT_VERSION": "2.1"})
        group = file.create_group(KEY)
        kind = {"pandas_type": "frame", "encoding": "UTF-8", "errors": "strict"}
        _mark(group, "GROUP", {**kind, "ndim": np.int64(2), "nblocks": np.int64(1)})
        for axis in ("axis0", "block0_items"):
            _write_levels(group, axis, words, names)
        _write_rows(group, grid)
        _write_array(group, "block0_values", grid.values, {})


def _write_rows(group: Any, grid: Grid) -> None:
    """The paths of pictures in three pieces, or the numbers of a film's frames."""
    if grid.rows and len(grid.rows[0]) > 1:
        _write_levels(group, "axis1", list(grid.rows), (UNNAMED,) * len(grid.rows[0]))
        return
    _mark(group, "GROUP", {"axis1_variety": "regular"})
    numbers = np.array([int(number) for (number,) in grid.rows], np.int64)
    _write_array(group, "axis1", numbers, {"kind": "integer", "name": UNNAMED})


UNNAMED = np.bytes_(b"N.")
"""How PyTables writes that something has no name."""


def _write_levels(group: Any, axis: str, entries: list[Words], names: Sequence[Any]) -> None:
    """An axis as the sorted words of each level, and for each entry which of them it has."""
    _mark(group, "GROUP", {f"{axis}_variety": "multi", f"{axis}_nlevels": np.int64(len(names))})
    for level, name in enumerate(names):
        words, codes = np.unique([entry[level] for entry in entries], return_inverse=True)
        encoded = np.array([word.encode("utf-8") for word in words.tolist()])
        _write_array(group, f"{axis}_level{level}", encoded, {"kind": "string", "name": name})
        _write_array(group, f"{axis}_label{level}", codes.astype(np.int64), {})


def _write_array(group: Any, name: str, values: Array, told: Mapping[str, Any]) -> None:
    kept = group.create_dataset(name, data=values)
    _mark(kept, "ARRAY", {"transposed": np.uint8(1), "FLAVOR": "numpy", **told})


def _mark(node: Any, kind: str, told: Mapping[str, Any]) -> None:
    """Attributes by which PyTables knows a node, and others."""
    h5py = needs("learn", "h5py")
    own = {"CLASS": kind, "VERSION": {"GROUP": "1.0", "ARRAY": "2.4"}[kind], "TITLE": ""}
    for name, value in {**own, **told}.items():
        if isinstance(value, str):  # of a fixed length, and said to be UTF-8: else it is not read
            encoded = value.encode("utf-8")
            kind_of_text = h5py.string_dtype("utf-8", max(1, len(encoded)))
            node.attrs.create(name, encoded, dtype=kind_of_text)
        else:
            node.attrs[name] = value
