"""What all nouns share: equality by content, and a fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Noun:
    """A frozen dataclass of arrays and plain values, compared by what it holds.

    Two nouns are equal when their canonical forms are: same type, same fields, NaN equal to NaN.
    A noun with more than one way to hold the same thing overrides `canonical`.
    """

    def canonical(self) -> Mapping[str, Any]:
        """Fields by name, in the one form that equality and the fingerprint look at."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def fingerprint(self) -> str:
        """Hex SHA-256 of the type and the canonical form: the address of this value."""
        known: str | None = self.__dict__.get("_fingerprint")
        if known is None:
            digest = hashlib.sha256(type(self).__name__.encode())
            _feed(digest, self.canonical())
            known = digest.hexdigest()
            # What is frozen is hashed once.
            object.__setattr__(self, "_fingerprint", known)
        return known

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Noun):
            return NotImplemented
        mine, theirs = self.__dict__.get("_fingerprint"), other.__dict__.get("_fingerprint")
        if mine is not None and theirs is not None:
            return bool(mine == theirs)
        return self is other or _same(self.canonical(), other.canonical())

    def __hash__(self) -> int:
        return int(self.fingerprint()[:15], 16)


class Timed(Noun):
    """A noun with one entry per frame along its first axis: `numbers` and `times_s` say which.

    Subclasses name the fields that run along time in `along_time`.
    """

    numbers: Array
    times_s: Array
    along_time: tuple[str, ...] = ("numbers", "times_s")

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, index: Any) -> Self:
        """The entries at `index` (a slice, mask or integer array along time)."""
        return self._rebuilt({n: _picked(getattr(self, n), index) for n in self.along_time})

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Parts in time order as one; every field that does not run along time is the first's.

        Raises
        ------
        ValueError
            When there are no parts: an empty answer has no axes to speak of.
        """
        if not parts:
            raise ValueError("nothing to join")
        if len(parts) == 1:
            return parts[0]
        first = parts[0]
        return first._rebuilt(
            {n: _chained([getattr(p, n) for p in parts]) for n in first.along_time}
        )

    def _rebuilt(self, changed: Mapping[str, Any]) -> Self:
        kept = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return type(self)(**{**kept, **changed})


def frozen(array: Any, dtype: Any = None) -> Array:
    """The array as a read-only view, so that no method can change what another will read."""
    view = np.asarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view


def _picked(value: Any, index: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _picked(item, index) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(value[i] for i in np.arange(len(value))[index])
    return value[index]


def _chained(values: list[Any]) -> Any:
    first = values[0]
    if isinstance(first, Mapping):
        return {key: _chained([v[key] for v in values]) for key in first}
    if isinstance(first, tuple):
        return tuple(item for v in values for item in v)
    return np.concatenate(values)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and a.keys() == b.keys() and all(_same(a[k], b[k]) for k in a)
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and _same_array(a, b)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b) or bool(a != a and b != b)


def _same_array(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, Mapping):
        digest.update(f"{{{len(value)}}}".encode())
        for key in sorted(value):
            digest.update(f"<{key}>".encode())
            _feed(digest, value[key])
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(_plain_array(value).tobytes())
    elif isinstance(value, tuple):
        digest.update(f"({len(value)})".encode())
        for item in value:
            _feed(digest, item)
    elif isinstance(value, Noun):
        digest.update(value.fingerprint().encode())
    else:
        digest.update(f"{_plain(value)!r};".encode())


# What is equal must be fed alike: 1 and 1.0, 0.0 and -0.0, and every NaN.


def _plain_array(array: Array) -> Array:
    if array.dtype.kind != "f":
        return np.ascontiguousarray(array)
    return np.where(np.isnan(array), np.nan, array + 0.0).astype(array.dtype)


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, str):
        return str(value)
    if not isinstance(value, int | float):
        return value
    near = float(value) + 0.0
    return near if near == value or near != near else value
