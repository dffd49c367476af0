"""Recordings to NIfTI, some planes at a time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Recording, Refusal
from ethoframe.formats._lengths import steady
from ethoframe.formats._writing import Tell, complete, pieces, refuse_empty
from ethoframe.formats.nifti.place import LPS

HELD = {"uint8", "int16", "int32", "float32", "complex64", "float64", "int8", "uint16", "uint32",
        "int64", "uint64", "complex128"}  # fmt: skip
"""Types of values that NIfTI knows."""

NOTE = b"ethoframe "
"""How the text beside the header begins that keeps what NIfTI has no place for."""

COMMENT = 6
"""NIfTI's code of a header extension that holds text."""

MM_AND_S, MM = 2 + 8, 2
"""NIfTI's codes of units: mm and seconds, mm alone."""

LONGEST = 32767
"""Axis of NIfTI-1; longer ones need NIfTI-2."""

LEVEL = 4
"""Of compression: most of what can be gained, in a third of the time."""

COLOURS = {("red", "green", "blue"): "RGB", ("red", "green", "blue", "alpha"): "RGBA"}


def write(
    path: Path, recording: Recording, *, tell: Tell | None = None, labels: bool = False
) -> tuple[str, ...]:
    """The recording as NIfTI, compressed where the name ends in ``.gz``.

    Values, distances, place and even times are kept as every program reads them; names of channels,
    uneven times and the depth in bits in a text beside the header. A file that is there is
    replaced.

    Parameters
    ----------
    path
        Where to.
    recording
        What is written; it is read some planes at a time, once for each channel.
    tell
        Is told how many planes are done, of how many.
    labels
        Whether the values are labels, which makes no difference here.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When it has no pixels, or values of a type that NIfTI does not know.
    """
    refuse_empty(path, recording)
    if recording.dtype.name not in HELD:
        reason = f"NIfTI holds no values of type {recording.dtype}"
        raise Refusal(path, reason, "write .tif or .zarr instead")
    header, notes = _header(recording)
    with complete(path) as partial, _file(partial) as file:
        header.write_to(file)
        file.write(b"\x00" * (int(header["vox_offset"]) - file.tell()))
        _write_values(file, recording, tell)
    return notes


@contextmanager
def _file(path: Path) -> Iterator[IO[bytes]]:
    if not path.name.lower().endswith(".gz"):
        with path.open("wb") as plain:
            yield plain
        return
    # Without a time in it, what is the same is the same file.
    with (
        path.open("wb") as plain,
        gzip.GzipFile("", "wb", LEVEL, plain, mtime=0) as packed,
    ):
        yield cast(IO[bytes], packed)


def _write_values(file: IO[bytes], recording: Recording, tell: Tell | None) -> None:
    little = recording.dtype.newbyteorder("<")
    if _coloured(recording):
        for piece in pieces(recording, tell):
            file.write(np.ascontiguousarray(piece.pixels, little).tobytes())
        return
    count = len(recording.channels)
    for channel in range(count):
        for piece in pieces(recording, _part(tell, channel, count)):
            file.write(np.ascontiguousarray(piece.pixels[..., channel], little).tobytes())


def _part(tell: Tell | None, channel: int, count: int) -> Tell | None:
    if tell is None:
        return None
    whole = tell
    return lambda done, total: whole(done + channel * total, total * count)


def _coloured(recording: Recording) -> bool:
    return recording.dtype == np.uint8 and recording.channels in COLOURS


def _header(recording: Recording) -> tuple[Any, tuple[str, ...]]:
    nibabel = needs("images", "nibabel")
    shape = _shape(recording)
    kind = nibabel.Nifti2Header if max(shape) > LONGEST else nibabel.Nifti1Header
    header, notes = kind(endianness="<"), tuple[str, ...]()
    if _coloured(recording):
        word = COLOURS[recording.channels]
        header.set_data_dtype(word)
    else:
        header.set_data_dtype(recording.dtype)
    header.set_data_shape(shape)
    header["scl_slope"], header["scl_inter"] = np.nan, np.nan
    _measure(header, recording, shape)
    note = _note(recording)
    step = steady(recording.times_s)
    if _timed(recording) and len(recording) > 1:
        header["pixdim"][4] = step or np.median(np.diff(recording.times_s))
        header["toffset"] = recording.times_s[0]
        if step is None:
            note["times_s"] = recording.times_s.tolist()
            notes = ("uneven times are kept in a text that other programs do not read",)
    elif _timed(recording) and recording.times_s[0] != 0:
        note["times_s"] = recording.times_s.tolist()
    if note:
        text = NOTE + json.dumps(note).encode()
        header.extensions.append(nibabel.nifti1.Nifti1Extension(COMMENT, text))
    return header, notes


def _shape(recording: Recording) -> tuple[int, ...]:
    """Along x, y and on, no longer than needed."""
    space = tuple(reversed(recording.size))
    channels = 1 if _coloured(recording) else len(recording.channels)
    if len(recording) == 1 and channels == 1:
        return space
    whole = (*space, 1)[:3]
    return (*whole, len(recording)) if channels == 1 else (*whole, len(recording), channels)


def _measure(header: Any, recording: Recording, shape: tuple[int, ...]) -> None:
    """Distances, units and the place."""
    timed = _timed(recording) and len(recording) > 1
    known = recording.spacing_mm is not None
    header["xyzt_units"] = (MM if known else 0) + (MM_AND_S - MM if timed else 0)
    steps = list(reversed(recording.spacing_mm)) if recording.spacing_mm else []
    header["pixdim"][1 : 1 + len(shape)] = 1
    header["pixdim"][1 : 1 + len(steps)] = steps
    if recording.affine is None:
        return
    header["xyzt_units"] = int(header["xyzt_units"]) | MM
    ras, facts = LPS @ recording.affine, recording.facts
    code = facts.get("sform code") or facts.get("qform code") or 1
    header.set_sform(ras, code)
    axes = ras[:3, :3] / np.sqrt((ras[:3, :3] ** 2).sum(axis=0))
    if np.allclose(axes.T @ axes, np.eye(3), atol=1e-5):
        header.set_qform(ras, facts.get("qform code") or code)


def _timed(recording: Recording) -> bool:
    return recording.facts.get("rate") != "assumed"


def _note(recording: Recording) -> dict[str, Any]:
    """What NIfTI has no place for."""
    note: dict[str, Any] = {}
    plain = ("luma",) if len(recording.channels) == 1 else ()
    if recording.channels != plain and not _coloured(recording):
        note["channels"] = list(recording.channels)
    if recording.bit_depth != 8 * recording.dtype.itemsize:
        note["bit_depth"] = recording.bit_depth
    if len(recording.size) == 3 and recording.size[0] == 1:
        note["volume"] = True
    return note
