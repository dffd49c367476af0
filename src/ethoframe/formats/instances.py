"""Objects that people drew one by one: a folder with one mask for each, as in DSB-2018.

::

    <picture>/masks/*.png      one file for each object: 0 outside, anything else inside
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ethoframe.data import LabelMap, Patch, Refusal
from ethoframe.data.noun import Array

FOLDER = "masks"
"""What the folder of masks is called."""

SUFFIX = ".png"


def holds(folder: Path) -> bool:
    """Whether a folder is laid out so: it holds a folder of masks."""
    inside = folder / FOLDER
    return inside.is_dir() and next(_files(inside), None) is not None


def read(path: Path) -> LabelMap:
    """The objects of one picture as a label map of one frame: 1, 2 ... in the order of file names.

    A pixel that two masks claim is that of the first. A mask without any pixel is no object, so a
    picture without objects has one empty mask.

    Parameters
    ----------
    path
        The picture's folder, or the folder of masks in it.

    Raises
    ------
    Refusal
        When there is no mask, one cannot be decoded, or they are not all of one size.

    References
    ----------
    Caicedo et al., Nature Methods 16 (2019), 1247-1253.
    """
    path = Path(path)
    folder = path / FOLDER if (path / FOLDER).is_dir() else path
    labels: Array | None = None
    count = 0
    for file in sorted(_files(folder)):
        inside = _mask(file)
        if labels is None:
            labels = np.zeros(inside.shape, np.uint16)
        if inside.shape != labels.shape:
            sides = (" × ".join(map(str, each.shape)) for each in (inside, labels))
            reason = "it is of {} pixels, and the masks before it of {}".format(*sides)
            raise Refusal(file, reason, "put the masks of each picture in a folder of their own")
        free = inside & (labels == 0)
        if free.any():
            count += 1
            labels[free] = _fits(folder, count)
    if labels is None:
        raise Refusal(folder, f"the folder holds no mask ({SUFFIX})", "name another")
    return LabelMap((Patch(labels),), np.array([0]), np.array([0.0]), labels.shape)


def _fits(folder: Path, count: int) -> int:
    if count > np.iinfo(np.uint16).max:
        reason = f"the folder holds more than {count - 1} objects"
        raise Refusal(folder, reason, "write them as a label image of 32 bits")
    return count


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix.lower() == SUFFIX and not path.name.startswith("."):
            yield path


def _mask(file: Path) -> Array:
    data = np.fromfile(file, np.uint8)  # by cv2.imread, names beyond ASCII fail on Windows
    image = cv2.imdecode(data, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR) if len(data) else None
    if image is None:
        raise Refusal(file, "this mask cannot be decoded", "copy it again, or save it as PNG")
    inside = np.asarray(image) != 0
    return np.asarray(inside.any(axis=2)) if inside.ndim == 3 else inside
