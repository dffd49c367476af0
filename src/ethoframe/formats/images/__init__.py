"""Stills: one picture, or a folder of pictures in natural order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ethoframe.data import Recording, Refusal
from ethoframe.formats._picture import TIFFS
from ethoframe.formats._stills import RATE_PER_S, natural, recorded
from ethoframe.formats.images.write import write

__all__ = ["SIGNATURES", "SUFFIXES", "read", "write"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
"""How the names of stills end."""

SIGNATURES = ((0, b"\x89PNG\r\n"), (0, b"\xff\xd8\xff"), (0, b"BM"))
"""How the content of stills begins."""

WRITES = True

NO_CLOCK = (
    "stills carry no clock: their times, {:g} pictures a second, are assumed; "
    "say it, as --clock 30fps"
)


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
    >>> import cv2, tempfile, numpy as np
    >>> folder = Path(tempfile.mkdtemp())
    >>> for number in (10, 9):
    ...     _ = cv2.imwrite(str(folder / f"img{number}.png"), np.full((4, 6), number, np.uint8))
    >>> read(folder, rate=10).frames([0, 1]).pixels[:, 0, 0, 0]
    array([ 9, 10], dtype=uint8)
    """
    path = Path(path)
    paths = _stills(path) if path.is_dir() else [path]
    found = recorded(paths, name or path.name, rate=rate, labels=labels)
    unsaid = len(paths) > 1 and rate is None
    return replace(found, warnings=(NO_CLOCK.format(RATE_PER_S),)) if unsaid else found


def _stills(folder: Path) -> list[Path]:
    """The pictures in a folder, in natural order; hidden files are left out."""
    found = [each for each in folder.iterdir() if each.suffix.lower() in (*SUFFIXES, *TIFFS)]
    found = [each for each in found if each.is_file() and not each.name.startswith(".")]
    if not found:
        kinds = " ".join((*SUFFIXES, *TIFFS))
        raise Refusal(folder, f"the folder holds no picture ({kinds})", "name a file in it")
    return sorted(found, key=natural)
