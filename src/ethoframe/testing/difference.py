"""What differs between two answers, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ethoframe.data import Measure, Measures, Noun
from ethoframe.data.noun import Array

# Sums over other batches round otherwise; of the largest number in the array.
ROUNDING = {"float64": 1e-9, "float32": 1e-5, "float16": 1e-2}


def differences(expected: Any, got: Any, where: str = "") -> Iterator[str]:
    """One line for each part of two nouns, or memories, that differs.

    Floats may differ by rounding; NaN equals NaN.

    Examples
    --------
    >>> next(differences({"area": np.array([1, 2, 3])}, {"area": np.array([1, 2, 4])}))
    'area: 1 of 3 differ, the first at (2,): 4 instead of 3'
    """
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        yield from _between_arrays(expected, got, where)
    elif _both((int, float), expected, got) and isinstance(expected + got, float):
        yield from _between_arrays(np.array(float(expected)), np.array(float(got)), where)
    elif type(expected) is not type(got) and not _both(Mapping, expected, got):
        yield f"{where or 'the answer'}: {_brief(got)} instead of {_brief(expected)}"
    elif isinstance(expected, Measures):
        yield from differences(expected.rows, got.rows, "rows")
    elif isinstance(expected, Noun):
        yield from differences(expected.canonical(), got.canonical(), where)
    elif isinstance(expected, Measure):
        yield from differences(vars(expected), vars(got), f"{where} ({expected.quantity})")
    elif isinstance(expected, Mapping):
        yield from _between_mappings(expected, got, where)
    elif isinstance(expected, tuple | list):
        yield from _between_sequences(expected, got, where)
    elif expected != got:
        yield f"{where}: {_brief(got)} instead of {_brief(expected)}"


def _between_mappings(a: Mapping[Any, Any], b: Mapping[Any, Any], where: str) -> Iterator[str]:
    if a.keys() != b.keys():
        yield f"{where}: has {sorted(map(str, b))} instead of {sorted(map(str, a))}"
        return
    for key in a:
        yield from differences(a[key], b[key], f"{where}.{key}" if where else str(key))


def _between_sequences(a: Any, b: Any, where: str) -> Iterator[str]:
    if len(a) != len(b):
        yield f"{where}: {len(b)} instead of {len(a)}"
        return
    for index, (x, y) in enumerate(zip(a, b, strict=True)):
        yield from differences(x, y, f"{where}[{index}]")


def _between_arrays(a: Array, b: Array, where: str) -> Iterator[str]:
    if a.shape != b.shape or a.dtype != b.dtype:
        yield f"{where}: {_brief(b)} instead of {_brief(a)}"
        return
    apart = np.asarray(~_alike(a, b))
    if apart.any():
        at = tuple(int(i) for i in np.argwhere(apart)[0])
        told = f"{b[at]} instead of {a[at]}"
        count = f"{apart.sum()} of {apart.size} differ, the first at {at}: " if at else ""
        yield f"{where}: {count}{told}"


def _alike(a: Array, b: Array) -> Array:
    if a.dtype.kind not in "fc":
        return np.asarray(a == b)
    largest = np.abs(a[np.isfinite(a)]).max(initial=0.0)
    near = ROUNDING.get(a.dtype.name, 1e-9) * float(largest) + 1e-12
    return np.asarray(np.isclose(a, b, rtol=0, atol=near, equal_nan=True))


def _both(kind: Any, a: Any, b: Any) -> bool:
    return isinstance(a, kind) and isinstance(b, kind)


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype.name} {value.shape}"
    return type(value).__name__ if isinstance(value, Noun) else repr(value)[:80]
