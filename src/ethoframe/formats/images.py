"""Stills: one picture, or a folder of pictures in natural order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ethoframe.data import Recording, Refusal, identity_of
from ethoframe.data.noun import Array

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
"""How the names of stills end."""

SIGNATURES = (
    (0, b"\x89PNG\r\n"), (0, b"\xff\xd8\xff"), (0, b"BM"), (0, b"II*\x00"), (0, b"MM\x00*"),
)  # fmt: skip
"""How the content of stills begins."""

RATE_PER_S = 1.0
"""Stills have no clock; this is assumed."""

LOG = cv2.utils.logging

AS_STORED = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR
"""Depth and colours as they are, turned as the camera's tag asks, without transparency."""

SAMPLED = 16
"""Files of a folder whose content is looked at to tell the folder from others."""

NO_CLOCK = "stills carry no clock: their times, {:g} pictures a second, are assumed; give the rate"


@dataclass(frozen=True)
class ImageSource:
    """Pixels of stills, read one at a time.

    Parameters
    ----------
    paths
        Absolute path of each picture, in order.
    shape, dtype
        Axes ``(y, x)`` or ``(y, x, 3)`` and type of the values that all of them have.
    """

    paths: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each picture ``(y, x, c)`` with its number; one that cannot be decoded is left out.

        Raises
        ------
        Refusal
            When a picture is gone, or differs from the first in size, depth or channels.
        """
        for number in numbers:
            path = Path(self.paths[number])
            image = _decoded(path)
            if image is None:
                continue
            if (image.shape, image.dtype) != (self.shape, self.dtype):
                raise _unlike(path, Path(self.paths[0]))
            yield number, _channels_last(image)


def read(path: Path, *, name: str | None = None, rate: float | None = None) -> Recording:
    """The recording in a picture, or in a folder of pictures in natural order (img2 before img10).

    Values are exactly as stored: 8 or 16 bits, gray (channel ``luma``) or ``red``, ``green``,
    ``blue``. Opening decodes the first picture only; of the others it looks
    at the size that PNG and BMP files tell in their first bytes.

    Parameters
    ----------
    path
        A PNG, JPEG, BMP or plain one-page TIFF file, or a folder that holds such.
    name
        How the recording is called; the name of the file or folder when left out.
    rate
        Pictures per second; one is assumed, with a warning, when it is left out.

    Raises
    ------
    Refusal
        When there is no picture, one cannot be read or has values of another type, or the pictures
        are not all of one size.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for number in (10, 9):
    ...     _ = cv2.imwrite(str(folder / f"img{number}.png"), np.full((4, 6), number, np.uint8))
    >>> read(folder, rate=10).frames([0, 1]).pixels[:, 0, 0, 0]
    array([ 9, 10], dtype=uint8)
    """
    path = Path(path)
    paths = _stills(path) if path.is_dir() else [path]
    identity = _identity(paths)
    first = _first(paths[0])
    _check_sizes(paths)
    count, assumed = len(paths), rate is None
    warnings = (NO_CLOCK.format(RATE_PER_S),) if count > 1 and assumed else ()
    places = tuple(str(each.absolute()) for each in paths)
    return Recording(
        name or path.name,
        ImageSource(places, first.shape, first.dtype),
        np.arange(count) / (rate or RATE_PER_S),
        first.shape[:2],
        first.dtype,
        identity,
        channels=("luma",) if first.ndim == 2 else ("red", "green", "blue"),
        bit_depth=8 * first.dtype.itemsize,
        keyframes=np.arange(count),
        facts={
            "container": "stills" if path.is_dir() else "still",
            "codec": paths[0].suffix.lower().lstrip("."),
            "size in bytes": sum(each.stat().st_size for each in paths),
            "frames found": count,
            "rate": "assumed" if assumed else "given",
        },
        warnings=warnings + _transparency(paths[0]),
    )


def _stills(folder: Path) -> list[Path]:
    """The pictures in a folder, in natural order; hidden files are left out."""
    found = [each for each in folder.iterdir() if each.suffix.lower() in SUFFIXES]
    found = [each for each in found if each.is_file() and not each.name.startswith(".")]
    if not found:
        kinds = " ".join(SUFFIXES)
        raise Refusal(folder, f"the folder holds no picture ({kinds})", "name a file in it")
    return sorted(found, key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Order in which numbers inside of names count as numbers."""
    parts = re.findall(r"([0-9]+)|([^0-9]+)", path.name.lower())
    return [(int(digits or -1), text) for digits, text in parts] + [(-1, path.name)]


def _first(path: Path) -> Array:
    """The picture whose size, depth and channels all have to have."""
    image = _decoded(path)
    if image is None:
        raise Refusal(path, "this picture cannot be decoded", "copy it again, or save it as PNG")
    if image.dtype not in (np.uint8, np.uint16):
        reason = f"its values are of type {image.dtype}, not 8 or 16 bits without sign"
        raise Refusal(path, reason, "save it with 8 or 16 bits")
    if path.suffix.lower() in (".tif", ".tiff") and (pages := cv2.imcount(str(path))) > 1:
        raise Refusal(path, f"it holds {pages} pages, not one picture", "save each page as a file")
    return image


def _decoded(path: Path) -> Array | None:
    """Values ``(y, x)`` or ``(y, x, 3)``, blue first; None when they cannot be decoded."""
    data = np.fromfile(path, np.uint8)  # by cv2.imread, names beyond ASCII fail on Windows
    level = LOG.getLogLevel()
    LOG.setLogLevel(LOG.LOG_LEVEL_SILENT)  # a picture that is left out is told of by us
    try:
        return cv2.imdecode(data, AS_STORED) if len(data) else None
    finally:
        LOG.setLogLevel(level)


def _channels_last(image: Array) -> Array:
    return image[:, :, None] if image.ndim == 2 else image[:, :, ::-1]


def _transparency(path: Path) -> tuple[str, ...]:
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim < 3 or image.shape[2] < 4:
        return ()
    opaque = np.all(image[..., 3] == 2 ** (8 * image.itemsize) - 1)
    return () if opaque else ("transparency is left out",)


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
    return None


def _unlike(path: Path, first: Path) -> Refusal:
    return Refusal(
        path,
        f"it differs from {first.name} in size, depth or channels",
        "put pictures of each kind in a folder of their own",
    )
