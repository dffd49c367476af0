"""DICOM: a picture, a series of slices in a folder, or a file of many frames.

Slices are put in order by where they lie, never by their names or numbers. Nothing that tells who
the patient is goes further than the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Recording
from ethoframe.formats._lengths import clocked
from ethoframe.formats.dicom.files import Plane, found, identity_of_all
from ethoframe.formats.dicom.pixels import DicomSource, level_types
from ethoframe.formats.dicom.stack import Stack, stacked
from ethoframe.formats.dicom.write import write

__all__ = ["FOLDER_MARKS", "SIGNATURES", "SUFFIXES", "read", "write"]

SUFFIXES = (".dcm", ".dicom", ".ima")
"""How the names of DICOM files end, where they have an end."""

SIGNATURES = ((128, b"DICM"),)
"""Where and how the content of DICOM files tells what it is."""

FOLDER_MARKS = ("*.dcm", "*.dicom", "*.ima")
"""Names of files that tell a folder to be of this format."""

CHANNELS = {1: ("luma",), 3: ("red", "green", "blue"), 4: ("red", "green", "blue", "alpha")}
"""Names of channels, by how many there are."""

WRITES = True
"""Recordings are written in this format too."""


def read(
    path: Path,
    *,
    name: str | None = None,
    rate: float | None = None,
    series: str | int | None = None,
) -> Recording:
    """The recording in a DICOM file, or in a folder that holds a series.

    Slices at several places are one volume ``(z, y, x, c)``; z runs along the normal of the slices,
    rows × columns. Several slices at each place are as many volumes in time. One slice is a
    picture. The rescale of values is applied, and whole numbers stay whole where it is of whole
    numbers; `bit_depth` is that of the stored values then.

    Parameters
    ----------
    path
        A file, or the folder of a series.
    name
        How the recording is called; the name of the file or folder when left out.
    rate
        Frames per second; as the files tell when left out, or else one, with a warning.
    series
        Which of several series in the folder: its number, or its UID.

    Raises
    ------
    Refusal
        When there is no picture, or several series and none is named; when a slice is missing, lies
        twice at a place, or slices are not evenly spaced or not alike; when a file is cut, or needs
        a codec that is not there.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "slice.dcm"
    >>> _ = write(path, Recording.of(np.full((1, 4, 6, 1), 700, np.uint16)))
    >>> recording = read(path)
    >>> recording.size, int(recording.frames([0]).pixels.max())
    ((4, 6), 700)
    """
    planes, warnings = found(Path(path), series)
    stack = stacked(Path(path), planes)
    first, (stored, dtype) = planes[0], level_types(planes)
    times, said, unclocked = clocked(len(stack.frames), stack.times_s, rate)
    return Recording(
        name or Path(path).name,
        DicomSource(stack.frames, first.size, first.samples, dtype, volume=stack.volume),
        times,
        stack.size,
        dtype,
        identity_of_all(planes),
        channels=CHANNELS[first.samples],
        bit_depth=first.bits if dtype.kind in "iu" else 8 * dtype.itemsize,
        keyframes=np.arange(len(times)),
        spacing_mm=stack.spacing_mm,
        affine=stack.affine,
        facts={**_facts(planes, stack, stored), "rate": said},
        warnings=warnings + stack.warnings + unclocked,
    )


def _facts(planes: list[Plane], stack: Stack, stored: np.dtype[Any]) -> dict[str, Any]:
    first = planes[0]
    facts: dict[str, Any] = {
        "container": "DICOM",
        "codec": first.syntax,
        "modality": first.modality,
        "photometric": first.photometric,
        "stored as": str(stored),
        "slope": first.scale.slope,
        "intercept": first.scale.intercept,
        "files": len({plane.path for plane in planes}),
        "frames found": len(planes),
    }
    if first.thickness_mm:
        facts["slice thickness_mm"] = first.thickness_mm
    if first.padding is not None:
        facts["padding level"] = first.padding
    if not stack.volume and first.position is not None:
        facts["position_mm"] = list(first.position)
        facts["orientation"] = list(first.orientation)
    return facts
