"""Stills: one picture, or a folder of pictures in natural order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Recording, Refusal, identity_of
from ethoframe.data.noun import Array
from ethoframe.formats.images.decoding import CHANNELS, TIFFS, decoded, opaque
from ethoframe.formats.images.write import write

__all__ = ["SIGNATURES", "SUFFIXES", "read", "write"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
"""How the names of stills end."""

SIGNATURES = ((0, b"\x89PNG\r\n"), (0, b"\xff\xd8\xff"), (0, b"BM"))
"""How the content of stills begins."""

WRITES = True

RATE_PER_S = 1.0
"""Stills have no clock; this is assumed."""

SAMPLED = 16
"""Files of a folder whose content is looked at to tell the folder from others."""

NO_CLOCK = (
    "stills carry no clock: their times, {:g} pictures a second, are assumed; "
    "say it, as --clock 30fps"
)


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
    """

    paths: tuple[str, ...]
    kind: Kind
    palette: bool = False

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each picture ``(y, x, c)`` with its number; one that cannot be decoded is left out.

        Raises
        ------
        Refusal
            When a picture is gone, or differs from the first in size, depth or channels.
        """
        for number in numbers:
            path = Path(self.paths[number])
            found = decoded(path, labels=self.palette)
            if found is None:
                continue
            image, bits = found
            # Of pictures that hide nothing, it is left out that they could.
            if image.shape[2] == self.kind.shape[2] + 1 and opaque(path, image):
                image = image[..., :-1]
            if Kind(image.shape, image.dtype, bits) != self.kind:
                raise _unlike(path, Path(self.paths[0]))
            yield number, image


def read(
    path: Path, *, name: str | None = None, rate: float | None = None, labels: bool = False
) -> Recording:
    """The recording in a picture, or in a folder of pictures in natural order (img2 before img10).

    Values are exactly as stored: of 1 to 16 bits, gray (channel ``luma``) or ``red``, ``green``,
    ``blue``, with ``alpha`` where some pixel of the first picture is not opaque. Opening decodes
    the first picture only; of the others it looks at the size that they tell in their first bytes,
    but for TIFF.

    Parameters
    ----------
    path
        A PNG, JPEG or BMP file, or a folder that holds such, or TIFF files of one page.
    name
        How the recording is called; the name of the file or folder when left out.
    rate
        Pictures per second; one is assumed, with a warning, when it is left out.
    labels
        Whether of PNG files with a palette the numbers are read, and not the colours: labels are
        kept so.

    Raises
    ------
    Refusal
        When there is no picture, one cannot be read or has values of another type, or the pictures
        are not all of one size.

    Examples
    --------
    >>> import cv2, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for number in (10, 9):
    ...     _ = cv2.imwrite(str(folder / f"img{number}.png"), np.full((4, 6), number, np.uint8))
    >>> read(folder, rate=10).frames([0, 1]).pixels[:, 0, 0, 0]
    array([ 9, 10], dtype=uint8)
    """
    path = Path(path)
    paths = _stills(path) if path.is_dir() else [path]
    identity = _identity(paths)
    first, bits = _first(paths[0], labels=labels)
    _check_sizes(paths)
    count, clear = len(paths), opaque(paths[0], first)
    shown = first[..., :-1] if clear else first
    places = tuple(str(each.absolute()) for each in paths)
    return Recording(
        name or path.name,
        ImageSource(places, Kind(shown.shape, shown.dtype, bits), labels),
        np.arange(count) / (rate or RATE_PER_S),
        shown.shape[:2],
        shown.dtype,
        identity,
        channels=CHANNELS[shown.shape[2]],
        bit_depth=bits,
        keyframes=np.arange(count),
        facts=_facts(path, paths, assumed=rate is None, clear=clear),
        warnings=(NO_CLOCK.format(RATE_PER_S),) if count > 1 and rate is None else (),
    )


def _facts(path: Path, paths: list[Path], *, assumed: bool, clear: bool) -> dict[str, Any]:
    facts = {
        "container": "stills" if path.is_dir() else "still",
        "codec": paths[0].suffix.lower().lstrip("."),
        "size in bytes": sum(each.stat().st_size for each in paths),
        "frames found": len(paths),
        "rate": "assumed" if assumed else "given",
    }
    return facts | ({"transparency": "none: every pixel is opaque"} if clear else {})


def _stills(folder: Path) -> list[Path]:
    """The pictures in a folder, in natural order; hidden files are left out."""
    found = [each for each in folder.iterdir() if each.suffix.lower() in (*SUFFIXES, *TIFFS)]
    found = [each for each in found if each.is_file() and not each.name.startswith(".")]
    if not found:
        kinds = " ".join((*SUFFIXES, *TIFFS))
        raise Refusal(folder, f"the folder holds no picture ({kinds})", "name a file in it")
    return sorted(found, key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Order in which numbers inside of names count as numbers."""
    parts = re.findall(r"([0-9]+)|([^0-9]+)", path.name.lower())
    return [(int(digits or -1), text) for digits, text in parts] + [(-1, path.name)]


def _first(path: Path, *, labels: bool) -> tuple[Array, int]:
    """The picture whose size, depth and channels all have to have, and its bits."""
    found = decoded(path, labels=labels)
    if found is None:
        raise Refusal(path, "this picture cannot be decoded", "copy it again, or save it as PNG")
    return found


def _identity(paths: list[Path]) -> str:
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


def _check_sizes(paths: list[Path]) -> None:
    """Look at the size that files tell in their first bytes, so that a stray one shows at once."""
    first = _sides(paths[0])
    for path in paths[1:]:
        if None not in (first, sides := _sides(path)) and sides != first:
            raise _unlike(path, paths[0])


def _sides(path: Path) -> set[int] | None:
    """Height and width, in no order for a tag may turn the picture; None where that takes more."""
    with path.open("rb") as file:
        head = file.read(26)
    if head.startswith(b"\x89PNG"):
        return {int.from_bytes(head[16:20]), int.from_bytes(head[20:24])}
    if head.startswith(b"BM"):
        sides = (int.from_bytes(head[at : at + 4], "little", signed=True) for at in (18, 22))
        return {abs(side) for side in sides}
    return _jpeg_sides(path) if head.startswith(b"\xff\xd8\xff") else None


def _jpeg_sides(path: Path) -> set[int] | None:
    """Height and width by the first segment that tells them."""
    with path.open("rb") as file:
        file.seek(2)
        while len(head := file.read(4)) == 4 and head[0] == 0xFF:
            if 0xC0 <= head[1] <= 0xCF and head[1] not in (0xC4, 0xC8, 0xCC):
                frame = file.read(5)
                return {int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])}
            file.seek(int.from_bytes(head[2:]) - 2, 1)
    return None


def _unlike(path: Path, first: Path) -> Refusal:
    return Refusal(
        path,
        f"it differs from {first.name} in size, depth or channels",
        "put pictures of each kind in a folder of their own",
    )
