"""The values of one picture, exactly as stored, and what its first bytes tell."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array

TIFFS = (".tif", ".tiff")
"""How the names of stills of one page end that a folder may hold as well."""

LOG = cv2.utils.logging

AS_STORED = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR
"""Depth and colours as they are, turned as the camera's tag asks, without transparency."""

GRAY, PALETTE, GRAY_ALPHA = 0, 3, 4
"""How PNG files call gray levels, numbers of colours, and gray levels that let light through."""

RGB = ("red", "green", "blue")
CHANNELS = {1: ("luma",), 2: ("luma", "alpha"), 3: RGB, 4: (*RGB, "alpha")}
"""Names of channels, by how many there are."""

PNG = b"\x89PNG\r\n"


def decoded(path: Path, *, labels: bool = False) -> tuple[Array, int] | None:
    """Values ``(y, x, c)``, red first, alpha last, and their bits; None where they are damaged."""
    if path.suffix.lower() in TIFFS:
        return _page(path)
    data = np.fromfile(path, np.uint8)  # by cv2.imread, names beyond ASCII fail on Windows
    png = data[:6].tobytes() == PNG and len(data) > 25
    kind = int(data[25]) if png else -1
    if labels and kind == PALETTE:
        return _numbers(path)
    veiled = png or (data[:2].tobytes() == b"BM" and len(data) > 28 and data[28] == 32)
    image = _unpacked(data, cv2.IMREAD_UNCHANGED if veiled else AS_STORED)
    if image is None:
        return None
    bits = 8 * image.itemsize
    if image.ndim == 2:
        image = image[:, :, None]
        if kind == GRAY and data[24] < 8:
            bits = int(data[24])
            image = image // (255 // (2**bits - 1))  # levels were spread over eight bits
    elif kind in (GRAY, GRAY_ALPHA):
        image = image[..., [0, 3]]  # gray came thrice
    else:
        image = image[..., [2, 1, 0, 3][: image.shape[2]]]
    return image, bits


def _unpacked(data: Array, flags: int) -> Array | None:
    level = LOG.getLogLevel()
    LOG.setLogLevel(LOG.LOG_LEVEL_SILENT)  # a picture that is left out is told of by us
    try:
        return cv2.imdecode(data, flags) if len(data) else None
    except cv2.error:
        return None
    finally:
        LOG.setLogLevel(level)


def _numbers(path: Path) -> tuple[Array, int] | None:
    """Numbers of colours in a palette, which OpenCV does not give."""
    try:
        with needs("images", "PIL.Image").open(path) as image:
            return np.asarray(image)[:, :, None], 8
    except (OSError, SyntaxError):
        return None


def _page(path: Path) -> tuple[Array, int] | None:
    """The one page of a TIFF file."""
    tifffile = needs("images", "tifffile")
    try:
        with tifffile.TiffFile(path) as file:
            if len(file.pages) > 1:
                reason = f"it holds {len(file.pages)} pages, not one picture"
                raise Refusal(path, reason, "name the file itself, without its folder")
            image = np.asarray(file.pages[0].asarray())
            if file.pages[0].axes == "SYX":
                image = np.moveaxis(image, 0, -1)
    except (tifffile.TiffFileError, ValueError, IndexError, KeyError, OSError) as error:
        if isinstance(error, Refusal):
            raise
        return None
    image = image.view(np.uint8) if image.dtype == bool else image
    image = image.astype(image.dtype.newbyteorder("="), copy=False)
    image = image[:, :, None] if image.ndim == 2 else image
    return (image, 8 * image.itemsize) if image.shape[2] <= len(CHANNELS) else None


def opaque(path: Path, image: Array) -> bool:
    """Whether a picture has an alpha that hides nothing; in BMP files 0 all over means that too."""
    if image.shape[2] not in (2, 4) or image.dtype.kind != "u":
        return False
    alpha = image[..., -1]
    unused = path.suffix.lower() == ".bmp" and not alpha.any()
    return bool(unused or (alpha == np.iinfo(image.dtype).max).all())


def intact(path: Path, *, labels: bool) -> tuple[Array, int]:
    """As `decoded`, of a picture that must not be damaged.

    Raises
    ------
    Refusal
        When it cannot be decoded.
    """
    found = decoded(path, labels=labels)
    if found is None:
        raise damaged(path)
    return found


def size_of(path: Path) -> tuple[int, int]:
    """Height and width of a picture; of a PNG file as its first bytes tell them.

    Raises
    ------
    Refusal
        When it cannot be decoded.
    """
    with path.open("rb") as file:
        head = file.read(24)
    if head.startswith(PNG) and len(head) == 24:
        return int.from_bytes(head[20:24]), int.from_bytes(head[16:20])
    found, _ = intact(path, labels=False)
    return found.shape[0], found.shape[1]


def sides_told(path: Path) -> set[int] | None:
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


def damaged(path: Path) -> Refusal:
    """What is said of a picture that cannot be decoded."""
    return Refusal(path, "this picture cannot be decoded", "copy it again, or save it as PNG")
