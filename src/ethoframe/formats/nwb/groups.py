"""Typed groups of an NWB file, read as the HDF5 that it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array

LOOKED_IN = ("intervals", "processing", "acquisition", "analysis", "scratch")
"""Where in a file data are kept."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file, for reading.

    Raises
    ------
    Refusal
        When h5py is not installed, or the file is damaged or not as NWB has it.
    """
    h5py = needs("nwb", "h5py")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, KeyError, ValueError, RuntimeError, TypeError) as error:
        reason = f"it is no NWB file that can be read ({str(error).splitlines()[0]})"
        raise Refusal(path, reason, "write it again, or validate it with nwbinspector") from None


def typed(group: Any, kind: str) -> Iterator[tuple[str, Any]]:
    """Name and group of everything of a type, in the order of names."""
    for name in group:
        node = group.get(name)
        if not hasattr(node, "keys"):
            continue
        if kind_of(node) == kind:
            yield name, node
        yield from typed(node, kind)


def everywhere(file: Any, kind: str) -> Iterator[tuple[str, Any]]:
    """As `typed`, where a file keeps data."""
    for name in LOOKED_IN:
        if name in file:
            yield from typed(file[name], kind)


def kind_of(node: Any) -> str:
    """The type that a group or dataset declares."""
    return text(node.attrs.get("neurodata_type", ""))


def text(value: Any) -> str:
    """A text, however HDF5 keeps it."""
    if isinstance(value, np.ndarray):
        value = value.flat[0] if value.size else ""
    return value.decode() if isinstance(value, bytes) else str(value)


def texts(dataset: Any) -> list[str]:
    """A column of texts."""
    return [text(each) for each in dataset[()]]


def numbers(dataset: Any) -> Array:
    """A column of numbers."""
    return np.asarray(dataset[()], np.float64)


def session(file: Any, path: Path) -> str:
    """What the recording is called: the session's id, or the name of the file."""
    told = file.get("general/session_id")
    return text(told[()]) if told is not None else path.stem
