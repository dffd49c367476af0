"""Pictures in order as a recording; frames as pictures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import cv2
import numpy as np

from ethoframe.data import Recording, Refusal, identity_of
from ethoframe.data.noun import Array
from ethoframe.formats._picture import CHANNELS, damaged, decoded, intact, opaque, sides_told

RATE_PER_S = 1.0
"""Stills have no clock; this is assumed."""

SAMPLED = 16
"""Files of a folder whose content is looked at to tell the folder from others."""


@dataclass(frozen=True)
class Kind:
    """What all pictures of a folder must have in common.

    Parameters
    ----------
    shape, dtype
        Axes ``(y, x, c)`` and type of the values.
    bits
        That carry information in each value.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bits: int


@dataclass(frozen=True)
class ImageSource:
    """Pixels of stills, read one at a time.

    Parameters
    ----------
    paths
        Absolute path of each picture, in order.
    kind
        What all of them are.
    palette
        Whether numbers of a palette are read, and not its colours.
    whole
        Whether a picture that cannot be decoded is refused, and not left out.
    """

    paths: tuple[str, ...]
    kind: Kind
    palette: bool = False
    whole: bool = False

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each picture ``(y, x, c)`` with its number; one that cannot be decoded is left out.

        Raises
        ------
        Refusal
            When a picture is gone, or differs from the first in size, depth or channels; or
            cannot be decoded, if none may be left out.
        """
        for number in numbers:
            path = Path(self.paths[number])
            found = decoded(path, labels=self.palette)
            if found is None:
                if self.whole:
                    raise damaged(path)
                continue
            image, bits = found
            # Of pictures that hide nothing, it is left out that they could.
            if image.shape[2] == self.kind.shape[2] + 1 and opaque(path, image):
                image = image[..., :-1]
            if Kind(image.shape, image.dtype, bits) != self.kind:
                raise _unlike(path, Path(self.paths[0]))
            yield number, image


def recorded(
    paths: Sequence[Path],
    name: str,
    *,
    rate: float | None = None,
    labels: bool = False,
    whole: bool = False,
) -> Recording:
    """The pictures at these paths, in this order, as a recording.

    Parameters
    ----------
    paths
        Of one picture each; at least one. The first is decoded, of the others the first bytes are
        looked at.
    name
        How the recording is called.
    rate
        Pictures per second; `RATE_PER_S` when left out, which ``facts`` calls assumed.
    labels
        Whether of PNG files with a palette the numbers are read, and not the colours.
    whole
        Whether a picture that cannot be decoded is refused once it is wanted, and not left out.

    Raises
    ------
    Refusal
        When the first cannot be read, or one tells another size than it.
    """
    identity = _identity(paths)  # first of all, for it says best what a file is that is none
    first, bits = intact(paths[0], labels=labels)
    _check_sizes(paths)
    count, clear = len(paths), opaque(paths[0], first)
    shown = first[..., :-1] if clear else first
    places = tuple(str(each.absolute()) for each in paths)
    return Recording(
        name,
        ImageSource(places, Kind(shown.shape, shown.dtype, bits), labels, whole),
        np.arange(count) / (rate or RATE_PER_S),
        shown.shape[:2],
        shown.dtype,
        identity,
        channels=CHANNELS[shown.shape[2]],
        bit_depth=bits,
        keyframes=np.arange(count),
        facts=_facts(paths, assumed=rate is None, clear=clear),
    )


def natural(path: PurePath) -> list[tuple[int, str]]:
    """Order in which numbers inside of names count as numbers."""
    parts = re.findall(r"([0-9]+)|([^0-9]+)", path.name.lower())
    return [(int(digits or -1), text) for digits, text in parts] + [(-1, path.name)]


def write_png(path: Path, recording: Recording, number: int) -> None:
    """A frame as PNG; where the frame is such a file already, byte by byte.

    Raises
    ------
    Refusal
        When the frame cannot be decoded, or is not what a PNG file holds.
    """
    places = getattr(recording.source, "paths", None)
    if isinstance(recording.source, ImageSource) and places:
        place = Path(places[number])
        if place.suffix.lower() == ".png":
            path.write_bytes(place.read_bytes())
            return
    pixels = recording.frames([number]).pixels
    if not len(pixels):
        reason = f"frame {number} cannot be decoded"
        raise Refusal(recording.name, reason, "copy it again from where it was recorded")
    image = pixels[0]
    if image.ndim != 3 or image.shape[2] == 2 or image.dtype not in (np.uint8, np.uint16):
        reason = f"a PNG file holds no frame of {image.dtype} with axes {image.shape}"
        raise Refusal(recording.name, reason, "convert the recording to 8 or 16 bits first")
    if image.shape[2] >= 3:
        image = image[..., [2, 1, 0, 3][: image.shape[2]]]
    path.write_bytes(cv2.imencode(".png", np.ascontiguousarray(image))[1].tobytes())


def _facts(paths: Sequence[Path], *, assumed: bool, clear: bool) -> dict[str, Any]:
    facts = {
        "container": "stills" if len(paths) > 1 else "still",
        "codec": paths[0].suffix.lower().lstrip("."),
        "size in bytes": sum(each.stat().st_size for each in paths),
        "frames found": len(paths),
        "rate": "assumed" if assumed else "given",
    }
    return facts | ({"transparency": "none: every pixel is opaque"} if clear else {})


def _identity(paths: Sequence[Path]) -> str:
    """Of the one file, or of every name, size and time of change and the content of some."""
    if len(paths) == 1:
        return identity_of(paths[0])
    digest = hashlib.sha256()
    for path in paths:
        state = path.stat()
        digest.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    for path in paths[:: -(-len(paths) // SAMPLED)]:
        digest.update(identity_of(path).encode())
    return digest.hexdigest()


def _check_sizes(paths: Sequence[Path]) -> None:
    """Look at the size that files tell in their first bytes, so that a stray one shows at once."""
    first = sides_told(paths[0])
    for path in paths[1:]:
        if None not in (first, sides := sides_told(path)) and sides != first:
            raise _unlike(path, paths[0])


def _unlike(path: Path, first: Path) -> Refusal:
    return Refusal(
        path,
        f"it differs from {first.name} in size, depth or channels",
        "put pictures of each kind in a folder of their own",
    )
