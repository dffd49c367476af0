"""One picture as a recording of one frame, not decoded where its first bytes tell what it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from ethoframe.data import Labelled, Recording, Refusal, identity_of
from ethoframe.formats._finding import opened
from ethoframe.formats._listing import formats
from ethoframe.formats._placed import listed

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
PNG_CHANNELS = {0: 1, 2: 3}
"""How many channels PNG files without transparency have, by their type of colour."""

BASELINE = (0xC0, 0xC1, 0xC2)
"""Segments that tell the size of a JPEG file as most are."""

ALONE = (0x01, *range(0xD0, 0xD9))
"""Segments of JPEG files without a length."""

LABEL_NAMES = "label names"
"""The fact of a recording that tells what the labels of its boxes mean."""

Missing = Literal["refuse", "skip"]

Told = tuple[tuple[int, int, int], int]
"""Axes y, x, c and bits of each value."""


def still(path: Path, name: str) -> Recording:
    """The recording in a file of one picture.

    Parameters
    ----------
    path
        Of any format that is read.
    name
        How the recording is called.

    Raises
    ------
    Refusal
        When it cannot be read, or is no picture but several, or a volume.
    """
    recording = undecoded(path, name)
    if len(recording) != 1 or len(recording.size) != 2:
        held = f"{len(recording)} frames" if len(recording) != 1 else "a volume"
        raise Refusal(path, f"it holds {held}, not one picture", "save each picture as a file")
    return recording


def undecoded(path: Path, name: str) -> Recording:
    """The recording in a file.

    PNG files without transparency and JPEG files without a camera's tags are not decoded: their
    first bytes tell size, depth and channels. Others are opened as their format does it.

    Parameters
    ----------
    path
        Of any format that is read.
    name
        How the recording is called.

    Raises
    ------
    Refusal
        When it cannot be read.
    """
    from ethoframe.formats._stills import RATE_PER_S, ImageSource, Kind

    identity = identity_of(path)
    found = told(path)
    if found is None:
        return opened(path, name=name)
    shape, bits = found
    dtype = np.dtype(np.uint16 if bits > 8 else np.uint8)
    return Recording(
        name,
        ImageSource((str(path.absolute()),), Kind(shape, dtype, bits)),
        np.arange(1) / RATE_PER_S,
        shape[:2],
        dtype,
        identity,
        channels=("luma",) if shape[2] == 1 else ("red", "green", "blue"),
        bit_depth=bits,
        keyframes=np.arange(1),
        facts={
            "container": "still",
            "codec": path.suffix.lower().lstrip("."),
            "size in bytes": path.stat().st_size,
            "frames found": 1,
            "rate": "assumed",
        },
    )


def told(path: Path) -> Told | None:
    """Axes and bits of a picture by its first bytes; None where they do not tell all of it."""
    with path.open("rb") as file:
        head = file.read(8)
        if head == PNG:
            return _of_png(file)
        if head.startswith(JPEG):
            file.seek(2)
            return _of_jpeg(file)
    return None


def pictures_in(folder: Path) -> list[Path]:
    """The files in a folder that are recordings by their names, sorted; hidden ones left out."""
    ends = {end for each in formats() if each.gives == Recording.__name__ for end in each.suffixes}
    known = tuple(ends)
    found = (each for each in folder.iterdir() if each.name.lower().endswith(known))
    return sorted(each for each in found if each.is_file() and not each.name.startswith("."))


def place_of(part: Labelled, index: int) -> Path | None:
    """The file of the picture that something is said of; None where it has none of its own."""
    places = getattr(part.recording.source, "paths", None)
    if not isinstance(places, tuple) or not hasattr(part.said, "numbers"):
        return None
    return Path(places[int(part.said.numbers[index])])


def absent(
    path: Path, names: Sequence[str], found: int, missing: Missing, remedy: str
) -> tuple[str, ...]:
    """What is said of files that are named and not there: one line, or none.

    Parameters
    ----------
    path
        Of the labels.
    names
        Of files that are not there.
    found
        How many are.
    missing
        What to do about it: ``"refuse"``, or ``"skip"`` what is said of them.
    remedy
        What helps.

    Raises
    ------
    Refusal
        When one is missing, unless it is to be skipped; or all are.
    """
    if missing not in ("refuse", "skip"):
        raise Refusal(path, f"missing={missing!r} says nothing", "say refuse or skip")
    if not names:
        return ()
    counted = f"{len(names)} files that it names are" if len(names) > 1 else "a file it names is"
    reason = f"{counted} not there ({listed(names)})"
    if missing == "refuse" or not found:
        leave = ", or leave such labels out: missing=skip" if found else ""
        raise Refusal(path, reason, remedy + leave)
    return (f"{reason}; what is said of such files is left out",)


def _of_png(file: BinaryIO) -> Told | None:
    """Of the chunks before the pixels; one of transparency or a camera's tags decides elsewhere."""
    shape: Told | None = None
    while len(head := file.read(8)) == 8:
        length, kind = int.from_bytes(head[:4]), head[4:]
        if kind == b"IHDR" and length == 13:
            body = file.read(length).ljust(length, b"\0")
            width, height = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
            if body[9] not in PNG_CHANNELS or not width or not height:
                return None
            shape = (height, width, PNG_CHANNELS[body[9]]), body[8]
        elif kind == b"IDAT":
            return shape
        elif kind in (b"tRNS", b"eXIf"):
            return None
        else:
            file.seek(length, 1)
        file.seek(4, 1)
    return None


def _of_jpeg(file: BinaryIO) -> Told | None:
    while len(head := file.read(2)) == 2 and head[0] == 0xFF:
        kind = head[1]
        if kind == 0xFF:  # a byte that only fills up
            file.seek(-1, 1)
        elif kind not in ALONE:
            body = file.read(max(0, int.from_bytes(file.read(2)) - 2))
            if kind in BASELINE:
                return _of_frame(body)
            if kind == 0xE1 and body.startswith(b"Exif"):
                return None  # it may turn the picture
    return None


def _of_frame(body: bytes) -> Told | None:
    if len(body) < 6 or body[0] != 8 or body[5] not in (1, 3):
        return None
    height, width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
    return ((height, width, body[5]), 8) if height and width else None
