"""NIfTI: volumes with their place in the patient, alone or in time, ``.nii`` and ``.nii.gz``."""

from __future__ import annotations

import json
import logging
import math
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Recording, Refusal, identity_of
from ethoframe.data.noun import Array
from ethoframe.formats._grid import Axes, GridSource
from ethoframe.formats._lengths import clocked
from ethoframe.formats._levels import Scale, ScaledArray
from ethoframe.formats.nifti.place import Place, placed
from ethoframe.formats.nifti.write import NOTE, write

__all__ = ["SUFFIXES", "WRITES", "read", "write"]

SUFFIXES = (".nii", ".nii.gz")
"""How the names of NIfTI files end."""

WRITES = True
"""Recordings are written in this format too."""

TIMES_S = {8: 1.0, 16: 1e-3, 24: 1e-6}
"""Seconds in each unit of time, by NIfTI's codes."""

COLOURS = {128: ("red", "green", "blue"), 2304: ("red", "green", "blue", "alpha")}
"""Colours in each voxel, by NIfTI's codes of types."""

COMMENT = 6
"""NIfTI's code of a header extension that holds text."""

GZIP_COUNTS_TO = 2**32
"""From here on the end of a gzip file counts its bytes from 0 again."""

GZIP = 31
"""What zlib calls the wrapping of gzip, with the largest window."""

PIECE_BYTES = 1 << 16
"""Bytes that are unpacked at a time where they are only counted."""

DAMAGED = "the file is cut or damaged"


@dataclass(frozen=True)
class NiftiArray:
    """Opens the voxels of a NIfTI file.

    Parameters
    ----------
    path
        Absolute path of the file.
    shape
        In the file's order, which runs fastest along the first axis.
    stored
        Type of the stored values, with its order of bytes.
    offset
        Of the first value in the file.
    scale
        What stored values stand for.
    """

    path: str
    shape: tuple[int, ...]
    stored: np.dtype[Any]
    offset: int
    scale: Scale

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        """The array, open."""
        proxies = needs("images", "nibabel.arrayproxy")
        dtype = self.scale.dtype(self.stored)
        try:
            if self.path.lower().endswith(".gz"):
                spec = (self.shape, self.stored, self.offset)
                array = proxies.ArrayProxy(self.path, spec, mmap=False, keep_file_open=True)
            else:
                array = np.memmap(self.path, self.stored, "r", self.offset, self.shape, "F")
            yield array if self.scale.plain else ScaledArray(array, self.scale, dtype)
        except (EOFError, OSError, ValueError, zlib.error) as error:
            if isinstance(error, Refusal):
                raise
            raise _cut(self.path, str(error)) from None


def read(path: Path, *, name: str | None = None, rate: float | None = None) -> Recording:
    """The recording in a NIfTI file.

    Each frame is a volume ``(z, y, x, c)``, with z along the third axis of the file, y along the
    second and x along the first: nothing is turned. What has two axes, or no more than one plane
    and no place in the patient, is a picture. Whole numbers stay whole, also behind a slope and
    intercept that are.

    The place is that of the sform if it is set, or else of the qform, turned from RAS to LPS.

    Parameters
    ----------
    path
        The file.
    name
        How the recording is called; the file's name when left out.
    rate
        Volumes per second; as the file tells when left out, or else one, with a warning.

    Raises
    ------
    Refusal
        When it is no NIfTI file, is cut, or its affine is singular.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "brain.nii.gz"
    >>> _ = write(path, Recording.of(np.ones((1, 3, 4, 5, 1), np.int16)))
    >>> recording = read(path)
    >>> recording.size, recording.dtype
    ((3, 4, 5), dtype('int16'))
    """
    path = Path(path)
    identity, heard = identity_of(path), Heard()
    image = _image(path, heard)
    header = image.header
    note, shape = _note(header), _shape(path, header)
    place, warnings = placed(path, header)
    opener, axes = _array(path, image, shape, place, volume=bool(note.get("volume")))
    _refuse_cut(path, opener)
    dtype = opener.scale.dtype(opener.stored)
    stored = _times(header, note, axes.length("t"))
    times, said, unclocked = clocked(axes.length("t"), stored, rate)
    return Recording(
        name or path.name,
        GridSource(opener, axes),
        times,
        axes.size,
        dtype,
        identity,
        channels=_channels(header, note, axes),
        bit_depth=int(note.get("bit_depth", 8 * dtype.itemsize)),
        keyframes=np.arange(len(times)),
        spacing_mm=place.spacing(volume=axes.volume),
        affine=place.affine if axes.volume else None,
        facts={**_facts(path, header, opener, place), "frames found": len(times), "rate": said},
        warnings=warnings + tuple(dict.fromkeys(heard.lines)) + unclocked,
    )


def _facts(path: Path, header: Any, opener: NiftiArray, place: Place) -> dict[str, Any]:
    return {
        "container": "NIfTI-2" if header["sizeof_hdr"] == 540 else "NIfTI-1",
        "codec": "gzip" if path.name.lower().endswith(".gz") else "none",
        "place": place.told,
        "sform code": int(header["sform_code"]),
        "qform code": int(header["qform_code"]),
        "slope": opener.scale.slope,
        "intercept": opener.scale.intercept,
        "size in bytes": path.stat().st_size,
    }


class Heard(logging.Handler):
    """What nibabel puts right in a header."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a line."""
        self.lines.append(f"its header is odd: {record.getMessage()}")


def _image(path: Path, heard: Heard) -> Any:
    """The file, its header read."""
    nibabel = needs("images", "nibabel")
    log = nibabel.imageglobals.logger
    try:
        with nibabel.imageglobals.LoggingOutputSuppressor():
            log.addHandler(heard)
            image = nibabel.load(path)
    except (nibabel.filebasedimages.ImageFileError, nibabel.spatialimages.HeaderDataError) as error:
        reason = f"this is not a NIfTI file that can be read ({error})".replace(str(path), "it")
        raise Refusal(path, reason, "check that it was copied whole and not just renamed") from None
    except (EOFError, OSError, ValueError, OverflowError, zlib.error) as error:
        raise _cut(path, str(error)) from None
    finally:
        log.removeHandler(heard)
    if not isinstance(image, nibabel.Nifti1Image):
        kind = type(image).__name__
        raise Refusal(path, f"this is no NIfTI file, but {kind}", "convert it to .nii.gz")
    return image


def _shape(path: Path, header: Any) -> tuple[int, ...]:
    """Along x, y, z, t and the channels."""
    shape = tuple(int(length) for length in header.get_data_shape())
    if len(shape) < 2 or min(shape) < 1 or any(length > 1 for length in shape[5:]):
        reason = f"its axes of {shape} are not those of pictures or volumes"
        raise Refusal(path, reason, "save it with axes x, y, z, time and channel")
    return (*shape, *[1] * 5)[:5]


def _array(
    path: Path, image: Any, shape: tuple[int, ...], place: Place, *, volume: bool
) -> tuple[NiftiArray, Axes]:
    header = image.header
    stored, code = header.get_data_dtype(), int(header["datatype"])
    declared = int(header["dim"][0])
    # A third axis of one plane is there for the fourth's sake, unless the header ends with it.
    volume |= shape[2] > 1 or declared == 3 or (place.affine is not None and declared > 2)
    names = "xyztc"
    if code in COLOURS:
        names, shape = "s" + names, (len(COLOURS[code]), *shape)
        stored = np.dtype(np.uint8)
    slope, intercept = float(image.dataobj.slope), float(image.dataobj.inter)
    scale = Scale() if code in COLOURS else Scale(slope, intercept)
    opener = NiftiArray(str(path.absolute()), shape, stored, int(image.dataobj.offset), scale)
    return opener, Axes(names, shape, volume)


def _refuse_cut(path: Path, opener: NiftiArray) -> None:
    """Refuses a file that holds fewer bytes than its header promises."""
    wanted = opener.offset + math.prod(opener.shape) * opener.stored.itemsize
    if not path.name.lower().endswith(".gz"):
        held, told = path.stat().st_size, ""
    elif _trailer(path) == wanted % GZIP_COUNTS_TO:
        return
    else:  # cut; or packed in several pieces, or more follows: only reading it tells
        held, told = _unpacked(path, wanted)
    if held < wanted or told:
        raise _cut(path, told or f"{held} bytes of {wanted}")


def _trailer(path: Path) -> int:
    """How many bytes a gzip file says at its end to hold, as far as it counts."""
    with path.open("rb") as file:
        file.seek(-4, os.SEEK_END)
        return int.from_bytes(file.read(4), "little")


def _unpacked(path: Path, wanted: int) -> tuple[int, str]:
    """Bytes that a gzip file does hold, as far as they are wanted, and what is wrong with it."""
    held, begun = 0, False
    unpacker = zlib.decompressobj(GZIP)
    try:
        with path.open("rb") as file:
            data = file.read(PIECE_BYTES)
            while data:
                held, begun = held + len(unpacker.decompress(data)), True
                data = file.read(PIECE_BYTES)
                if unpacker.eof:
                    if held >= wanted:  # what follows is nobody's business
                        return held, ""
                    data = unpacker.unused_data.lstrip(b"\x00") + data
                    unpacker, begun = zlib.decompressobj(GZIP), False
    except zlib.error as error:
        return held, str(error)
    return held, "its end is missing" if begun else ""


def _cut(path: Path | str, told: str) -> Refusal:
    return Refusal(path, f"{DAMAGED} ({told})", "copy it again from where it was made")


def _note(header: Any) -> dict[str, Any]:
    """What we once wrote beside the header."""
    for each in header.extensions:
        text = each.get_content() if each.get_code() == COMMENT else b""
        text = text if isinstance(text, bytes) else str(text).encode()
        if text.startswith(NOTE):
            found: dict[str, Any] = json.loads(text[len(NOTE) :].rstrip(b"\x00 "))
            return found
    return {}


def _times(header: Any, note: dict[str, Any], count: int) -> Array | None:
    """Seconds of each volume; None where they are not told."""
    if len(note.get("times_s", ())) == count:
        return np.array(note["times_s"], np.float64)
    step, unit = float(str(header["pixdim"][4])), int(header["xyzt_units"]) & 0x38
    if unit not in TIMES_S or not 0 < step < np.inf:
        return None
    begin = float(str(header["toffset"]))
    return (begin + np.arange(count) * step) * TIMES_S[unit]


def _channels(header: Any, note: dict[str, Any], axes: Axes) -> tuple[str, ...]:
    named = tuple(note.get("channels", ()))
    if len(named) == axes.channels:
        return named
    colours = COLOURS.get(int(header["datatype"]), ())
    if len(colours) == axes.channels:
        return colours
    return ("luma",) if axes.channels == 1 else tuple(f"c{n}" for n in range(axes.channels))
