"""Memory and nouns as bytes, without pickle: a zip of arrays and a JSON tree."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from ethoframe import data
from ethoframe.data import Noun

# Only these are ever built from bytes; a recording's pixels stay where they are.
NOUNS: Mapping[str, type[Noun]] = {
    cls.__name__: cls
    for cls in (
        data.Arena, data.Arenas, data.Classes, data.Clock, data.Corrections, data.Displacement,
        data.Effects, data.Episodes, data.Frames, data.LabelMap, data.Lens, data.Measures,
        data.Observations, data.Observed, data.Patch, data.Points, data.Roles, data.Sheet,
        data.Skeleton, data.Tracks, data.Transform, data.Transforms, data.Values, data.Verdict,
        data.Warp, data.Zone,
    )
}  # fmt: skip

# What some nouns are lists of.
ROWS: Mapping[str, type] = {
    cls.__name__: cls for cls in (data.Check, data.Correction, data.Effect, data.Measure, data.Row)
}


def pack(value: Any) -> bytes:
    """Plain memory (`contract.MEMORY_TYPES`, nested) as bytes.

    Raises
    ------
    TypeError
        When something in it is not plain.

    Examples
    --------
    >>> unpack(pack({"last": np.zeros(2), "lost": 3}))["lost"]
    3
    """
    arrays: list[np.ndarray[Any, Any]] = []
    tree = _planted(value, arrays)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("tree.json", json.dumps(tree))
        for i, array in enumerate(arrays):
            with archive.open(f"{i}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return packed.getvalue()


def unpack(packed: bytes) -> Any:
    """What `pack` was given: equal to it, and of the same types."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        tree = json.loads(archive.read("tree.json"))
        arrays = [
            np.lib.format.read_array(io.BytesIO(archive.read(f"{i}.npy")), allow_pickle=False)
            for i in range(len(archive.namelist()) - 1)
        ]
    return _grown(tree, arrays)


def _planted(value: Any, arrays: list[Any]) -> Any:
    """The value as a JSON tree in which everything but plain scalars is marked by what it was."""
    match value:
        case np.ndarray() | np.generic() if value.dtype.hasobject or np.ma.isMaskedArray(value):
            raise TypeError(f"an array of {value.dtype} is not plain memory: give it a plain dtype")
        case np.generic():  # before float, which numpy's double is one of
            arrays.append(value)
            return {"scalar": len(arrays) - 1}
        case np.ndarray():
            arrays.append(value)
            return {"array": len(arrays) - 1, "shape": list(value.shape)}
        case None | bool() | str() | int() | float():
            return value
        case data.Check() | data.Correction() | data.Measure() | data.Row():
            return {"row": type(value).__name__, "held": _planted(vars(value), arrays)}
        case Noun() if NOUNS.get(type(value).__name__) is type(value):
            held = {f.name: getattr(value, f.name) for f in fields(value)}  # type: ignore[arg-type]
            return {"noun": type(value).__name__, "fields": _planted(held, arrays)}
        case Mapping():
            return {"pairs": [[_planted(k, arrays), _planted(v, arrays)] for k, v in value.items()]}
        case tuple():
            return {"tuple": [_planted(item, arrays) for item in value]}
        case list():
            return [_planted(item, arrays) for item in value]
    raise TypeError(f"{type(value).__name__} is not plain memory: see contract.MEMORY_TYPES")


def _grown(tree: Any, arrays: list[Any]) -> Any:
    match tree:
        case {"scalar": index}:
            return arrays[index][0]
        case {"array": index, "shape": shape}:
            return arrays[index].reshape(shape)
        case {"row": name, "held": held}:
            return ROWS[name](**_grown(held, arrays))
        case {"noun": name, "fields": held}:
            return NOUNS[name](**_grown(held, arrays))
        case {"pairs": pairs}:
            return {_grown(k, arrays): _grown(v, arrays) for k, v in pairs}
        case {"tuple": items}:
            return tuple(_grown(item, arrays) for item in items)
        case list():
            return [_grown(item, arrays) for item in tree]
    return tree
