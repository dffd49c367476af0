"""Recordings to OME-TIFF, plane by plane."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._lengths import steady
from ethoframe.formats._writing import Tell, complete, pieces, refuse_empty
from ethoframe.formats.tiff.told import ORIENTATION

HELD = {"int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64",
        "complex64", "complex128"}  # fmt: skip
"""Types of values that OME-TIFF knows."""

CLASSIC_BYTES = 3.9e9
"""Larger files need the offsets of BigTIFF."""

COLOURS = (("red", "green", "blue"), ("red", "green", "blue", "alpha"))


def write(
    path: Path, recording: Recording, *, tell: Tell | None = None, labels: bool = False
) -> tuple[str, ...]:
    """The recording as OME-TIFF, which other programs open as plain TIFF as well.

    Values, distances between pixels, times, names of channels and, as an annotation, where a volume
    lies, come back when it is read. A file that is there is replaced.

    Parameters
    ----------
    path
        Where to.
    recording
        What is written; it is read some planes at a time.
    tell
        Is told how many planes are done, of how many.
    labels
        Whether the values are labels, which are compressed.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When it has no pixels, or values of a type that OME-TIFF does not know.
    """
    tifffile = needs("images", "tifffile")
    refuse_empty(path, recording)
    if recording.dtype.name not in HELD:
        reason = f"OME-TIFF holds no values of type {recording.dtype}"
        raise Refusal(path, reason, "write .nii.gz or .zarr instead")
    colours = recording.channels in COLOURS and recording.dtype.name in ("uint8", "uint16")
    shape, axes = _shape(recording, colours=colours)
    large = int(np.prod(shape)) * recording.dtype.itemsize > CLASSIC_BYTES
    with (
        complete(path) as partial,
        tifffile.TiffWriter(partial, bigtiff=large, ome=True) as file,
    ):
        file.write(
            _planes(recording, tell, colours=colours),
            shape=shape,
            dtype=recording.dtype.newbyteorder("="),
            photometric="rgb" if colours else "minisblack",
            extrasamples=["unassalpha"] if colours and len(recording.channels) == 4 else None,
            compression="zlib" if labels else None,
            metadata={"axes": axes, **_described(recording, colours=colours)},
        )
    return ()


def _shape(recording: Recording, *, colours: bool) -> tuple[tuple[int, ...], str]:
    *planes, height, width = recording.size
    count = len(recording.channels)
    shape = (len(recording), *(planes or [1]))
    if colours:
        return (*shape, height, width, count), "TZYXS"
    return (*shape, count, height, width), "TZCYX"


def _planes(recording: Recording, tell: Tell | None, *, colours: bool) -> Iterator[Array]:
    for piece in pieces(recording, tell):
        for plane in piece.pixels:
            if colours:
                yield np.ascontiguousarray(plane)
            else:
                yield from (np.ascontiguousarray(plane[..., c]) for c in range(plane.shape[-1]))


def _described(recording: Recording, *, colours: bool) -> dict[str, Any]:
    """What is known of the recording, by OME's words."""
    said: dict[str, Any] = {"Name": recording.name}
    if recording.spacing_mm is not None:
        for axis, size in zip("XYZ", reversed(recording.spacing_mm), strict=False):
            said |= {f"PhysicalSize{axis}": size, f"PhysicalSize{axis}Unit": "mm"}
    if not colours:
        said["Channel"] = {"Name": list(recording.channels)}
    if recording.dtype.kind in "iu" and recording.bit_depth < 8 * recording.dtype.itemsize:
        said["SignificantBits"] = recording.bit_depth
    if annotation := _annotation(recording):
        said["MapAnnotation"] = {"Namespace": ORIENTATION, **annotation}
    return said | _times(recording, colours=colours)


def _annotation(recording: Recording) -> dict[str, str]:
    """What OME has no word for."""
    said = {}
    if len(recording.size) == 3:
        said["volume"] = "true"
    if recording.affine is not None:
        said["affine_lps_mm"] = json.dumps(recording.affine.tolist())
    return said


def _times(recording: Recording, *, colours: bool) -> dict[str, Any]:
    """Of steady frames their step, of others the time of each plane; none that is assumed."""
    times = recording.times_s
    if recording.facts.get("rate") == "assumed" or not np.any(times):
        return {}
    step = steady(times)
    if step is not None and times[0] == 0:
        return {"TimeIncrement": step, "TimeIncrementUnit": "s"}
    planes = recording.size[0] if len(recording.size) == 3 else 1
    each = planes if colours else planes * len(recording.channels)
    deltas = np.repeat(times, each).tolist()
    return {"Plane": {"DeltaT": deltas, "DeltaTUnit": ["s"] * len(deltas)}}
