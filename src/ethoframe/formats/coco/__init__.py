"""COCO: keypoints, masks and boxes of many pictures in one JSON file.

::

    {"images": [{"id": 1, "file_name": "a.png", "width": 640, "height": 480}],
     "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "keypoints": [12, 30, 2, ...],
                      "segmentation": ..., "bbox": [x, y, width, height]}],
     "categories": [{"id": 1, "name": "mouse", "keypoints": ["snout", ...],
                     "skeleton": [[1, 2]]}]}

Outlines and boxes are measured from the corner of the first pixel, keypoints from its centre, as
everything is here: a box's middle is moved by half a pixel. Besides what COCO defines, pictures may
have a ``film``, an ``origin`` (their number in it), a ``subject`` and an ``author``, and
annotations an ``individual``; what is written has them.

References
----------
Lin et al., ECCV 2014, 740-755; https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from ethoframe.data import Labelled, Labels, Refusal
from ethoframe.formats._headed import Missing, absent, still
from ethoframe.formats._listing import stem
from ethoframe.formats._placed import unsaid
from ethoframe.formats.coco.document import Document, Entry, begins, parsed
from ethoframe.formats.coco.said import Said, boxes, keypoints, masks
from ethoframe.formats.coco.write import write

__all__ = ["FOLDER_MARKS", "SUFFIXES", "knows", "read", "write"]

SUFFIXES = (".json",)

FOLDER_MARKS = ("*.coco.json", "annotations.json", "*_keypoints.json")

What = Literal["keypoints", "masks", "boxes"]
WHATS: Mapping[str, Callable[[Document], Said]] = {
    "keypoints": keypoints,
    "masks": masks,
    "boxes": boxes,
}


def knows(path: Path) -> bool:
    """Whether a file begins as COCO does, or a folder holds one such file."""
    return len(_files(path)) == 1


def read(
    path: Path,
    *,
    images: Path | str | None = None,
    what: What | None = None,
    only: Sequence[str] = (),
    missing: Missing = "refuse",
) -> Labels:
    """What people said in a COCO file, each picture a recording of one frame.

    Keypoints are `Tracks`: not labelled is absent, labelled but not visible is hidden. Masks are
    a `LabelMap`, 1, 2 ... in the order of the file, and a pixel that two claim is that of the
    first; outlines hold the pixels whose centres they surround. Boxes are `Points` with
    ``width_px``, ``height_px`` and ``label``, whose names are in the recording's facts as *label
    names*. Regions that are marked as crowds are no objects. Keypoints off their picture count as
    absent. Of all that is left out, `warnings` tells.

    Parameters
    ----------
    path
        The file, or a folder with one in it.
    images
        The folder of the pictures; beside the file, or in ``images`` there, when left out.
    what
        Which of them is meant; keypoints where there are some, else masks, else boxes, when left
        out.
    only
        Names of the categories that count; all of them when empty.
    missing
        What to do about labels of pictures that are not there: ``"refuse"``, or ``"skip"`` them,
        with a warning.

    Raises
    ------
    Refusal
        When it is no COCO file or contradicts itself, a picture is missing, one has another size
        than the file says, or categories have keypoints of different names.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mice.json"
    >>> _ = path.write_text('{"images": [], "annotations": [], "categories": []}')
    >>> len(read(path))
    0
    """
    path = _one(Path(path))
    document = parsed(path, only)
    if what is not None and what not in WHATS:
        raise Refusal(path, f"there is no {what!r} in COCO", f"name one of {', '.join(WHATS)}")
    said = WHATS[what or document.held](document)
    folder = path.parent if images is None else Path(images)
    placed = [(entry, _place(folder, entry.file)) for entry in document.entries]
    gone = [entry.file for entry, place in placed if place is None]
    notes = absent(path, gone, len(placed) - len(gone), missing, "name their folder: images=FOLDER")
    parts = tuple(_labelled(path, entry, place, said) for entry, place in placed if place)
    notes += said.warnings()
    if said.skeleton is not None:
        notes += (*unsaid(parts, said.skeleton.keypoints),)
    return Labels(parts, said.skeleton, notes)


def _labelled(path: Path, entry: Entry, place: Path, said: Said) -> Labelled:
    recording = still(place, entry.file)
    if entry.size not in (None, recording.size):
        sizes = (" × ".join(map(str, each or ())) for each in (recording.size, entry.size))
        reason = "{} is of {} pixels, and {} are written".format(entry.file, *sizes)
        raise Refusal(path, reason, "name the pictures that were labelled: images=FOLDER")
    noun, recording = said.of(entry, recording)
    origin = np.array([] if entry.origin is None else [entry.origin], np.int64)
    film = entry.film or stem(entry.file)
    return Labelled(recording, noun, (entry.file,), origin, film, entry.subject, entry.author)


def _place(folder: Path, name: str) -> Path | None:
    """Where a picture is: in the folder, or in one that exporters put beside."""
    tried = (folder / name, folder / "images" / name, folder.parent / name)
    return next(
        (each for each in (*tried, folder.parent / "images" / name) if each.is_file()), None
    )


def _files(path: Path) -> list[Path]:
    """The COCO files at a path."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    return [each for each in files if begins(each)]


def _one(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = _files(path)
    if len(found) != 1:
        counted = f"{len(found)} COCO files" if found else "no COCO file"
        raise Refusal(path, f"the folder holds {counted}", "name the file")
    return found[0]
