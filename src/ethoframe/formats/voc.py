"""Boxes that people drew, as PASCAL VOC writes them: one XML file for each picture.

::

    Annotations/a.xml      the boxes of a picture
    JPEGImages/a.jpg       the picture; or in ``images``, or beside its XML file
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ethoframe.data import Labelled, Labels, Points, Refusal
from ethoframe.formats._headed import LABEL_NAMES, Missing, absent, pictures_in, still
from ethoframe.formats._listing import stem
from ethoframe.formats._placed import listed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SUFFIXES = (".xml",)

FOLDER_MARKS = ("annotations/", "*.xml")

DRAWN, PICTURES = "Annotations", ("JPEGImages", "images", ".")
"""Folders of boxes, and of the pictures they were drawn in."""

LOOKED_AT = 1024
"""Bytes of a file in which its root is looked for."""

SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class Box:
    """One object in a picture.

    Parameters
    ----------
    name
        What it is.
    left_px, top_px, right_px, bottom_px
        Its sides as written; VOC counts pixels from 1, and the last one is inside.
    difficult
        Whether whoever drew it was not sure.
    """

    name: str
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float
    difficult: bool = False


@dataclass(frozen=True)
class Boxes:
    """All boxes of one picture.

    Parameters
    ----------
    picture
        File name of the picture, as written; empty where it is not.
    size
        Height and width ``(y, x)`` in pixels; None where they are not written.
    boxes
        In the order of the file.

    Examples
    --------
    >>> drawn = Boxes("a.jpg", (480, 640), (Box("cell", 1, 1, 9, 9), Box("dust", 20, 5, 22, 7)))
    >>> drawn.count(), drawn.count("cell")
    (2, 1)
    """

    picture: str
    size: tuple[int, int] | None
    boxes: tuple[Box, ...]

    def count(self, *names: str) -> int:
        """How many boxes have one of these names; all of them where none is given."""
        return sum(1 for box in self.boxes if not names or box.name in names)

    @property
    def names(self) -> dict[str, int]:
        """How many boxes each name has, in the order of the names."""
        return dict(sorted(Counter(box.name for box in self.boxes).items()))


def read(path: Path) -> Boxes:
    """The boxes in a PASCAL VOC file; a file without objects has none.

    Raises
    ------
    Refusal
        When the file cannot be read, is no annotation, or a box lacks a side or its name.

    References
    ----------
    Everingham et al., Int. J. Computer Vision 88 (2010), 303-338.
    """
    from xml.etree import ElementTree as ET

    path = Path(path)
    try:
        root = ET.fromstring(path.read_bytes())
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    except ET.ParseError as error:
        raise Refusal(path, f"is no XML ({error})", "export the boxes again") from None
    if root.tag != "annotation":
        reason = f"is no PASCAL VOC annotation, but <{root.tag}>"
        raise Refusal(path, reason, "export the boxes as PASCAL VOC")
    boxes = tuple(_box(path, each, k) for k, each in enumerate(root.iter("object"), 1))
    return Boxes(root.findtext("filename", "").strip(), _size(root), boxes)


def knows(path: Path) -> bool:
    """Whether a file begins as these do, or a folder holds such files."""
    for file in _files(path)[:1]:
        with file.open("rb") as opened:
            return b"<annotation" in opened.read(LOOKED_AT)
    return False


def read_annotations(
    path: Path,
    *,
    images: Path | str | None = None,
    only: Sequence[str] = (),
    missing: Missing = "refuse",
) -> Labels:
    """The boxes in a folder of VOC files, each picture a recording of one frame.

    They are `Points` in the middle of each box, counted from 0 as everything is here, with
    ``width_px``, ``height_px`` and ``label``, whose names are in the recording's facts as *label
    names*. A picture without boxes is one where nothing was found; one without a file is not
    labelled, of which `warnings` tells.

    Parameters
    ----------
    path
        The folder, or one XML file.
    images
        The folder of the pictures; ``JPEGImages`` or ``images`` beside the files' folder, or
        theirs, when left out.
    only
        Names of the boxes that count; all of them when empty.
    missing
        What to do about boxes of pictures that are not there: ``"refuse"``, or ``"skip"`` them,
        with a warning.

    Raises
    ------
    Refusal
        When a file is no annotation, contradicts its picture's size or itself, a picture is
        missing, or no box has one of the names.
    """
    path = Path(path)
    drawn = {file: read(file) for file in _files(path)}
    if not drawn:
        raise Refusal(path, "the folder holds no PASCAL VOC file", "name another")
    names = sorted({box.name for boxes in drawn.values() for box in boxes.boxes})
    for name in only:
        if name not in names:
            reason = f"no box is called {name!r}"
            raise Refusal(path, reason, f"use one of {', '.join(names)}")
    labels = {name: number for number, name in enumerate(only or names, 1)}
    places = _pictures(path, images)
    placed = {f: places.get(b.picture) or places.get(stem(f.name)) for f, b in drawn.items()}
    gone = [drawn[file].picture or file.name for file, place in placed.items() if place is None]
    found, remedy = len(placed) - len(gone), "name the folder of the pictures: images=FOLDER"
    notes = [*absent(path, gone, found, missing, remedy)]
    parts = [_labelled(f, drawn[f], place, labels) for f, place in placed.items() if place]
    notes += _unlabelled(path, places, parts)
    unsure = sum(box.difficult for f in drawn if placed[f] for box in drawn[f].boxes)
    if unsure:
        notes.append(f"{unsure} boxes are marked as difficult: they count as others")
    return Labels(tuple(parts), None, tuple(notes))


def _files(path: Path) -> list[Path]:
    """The XML files at a path."""
    if not path.is_dir():
        return [path]
    folder = path / DRAWN if (path / DRAWN).is_dir() else path
    return sorted(each for each in folder.glob("*.xml") if not each.name.startswith("."))


def _pictures(path: Path, images: Path | str | None) -> dict[str, Path]:
    """Where pictures are, by their names and by those without endings."""
    root = path if path.is_dir() else path.parent
    root = root.parent if root.name == DRAWN else root
    folders = [root / each for each in PICTURES] if images is None else [Path(images)]
    if images is None and not path.is_dir():
        folders.append(path.parent)
    found: dict[str, Path] = {}
    for folder in folders:
        for each in pictures_in(folder) if folder.is_dir() else ():
            for name in (each.name, stem(each.name)):
                found.setdefault(name, each)
    return found


def _labelled(file: Path, boxes: Boxes, place: Path, labels: Mapping[str, int]) -> Labelled:
    recording = still(place, place.name)
    if boxes.size not in (None, recording.size):
        sizes = (" × ".join(map(str, each or ())) for each in (recording.size, boxes.size))
        reason = "{} is of {} pixels, and {} are written".format(recording.name, *sizes)
        raise Refusal(file, reason, "put the picture there that was labelled")
    kept = [box for box in boxes.boxes if box.name in labels]
    sides = np.array([[b.left_px, b.top_px, b.right_px, b.bottom_px] for b in kept]).reshape(-1, 4)
    first, last = sides[:, :2] - 1, sides[:, 2:] - 1
    lengths = last - first + 1
    if not (lengths > 0).all():
        box = kept[int(np.flatnonzero(~(lengths > 0).all(axis=1))[0])]
        reason = f"a box of {box.name} ends before it begins ({box.left_px:g}, {box.top_px:g})"
        raise Refusal(file, reason, "correct that box")
    features = {
        "width_px": (lengths[:, 0],),
        "height_px": (lengths[:, 1],),
        "label": (np.array([labels[box.name] for box in kept], np.int64),),
    }
    named = {number: name for name, number in labels.items()}
    told = replace(recording, facts={**recording.facts, LABEL_NAMES: named})
    said = Points(((first + last) / 2,), features, np.arange(1), recording.times_s[:1])
    return Labelled(told, said, (place.name,), film=stem(place.name))


def _unlabelled(path: Path, places: Mapping[str, Path], parts: list[Labelled]) -> list[str]:
    """Of pictures that nothing is said of, one line or none."""
    if not path.is_dir():
        return []
    used = {part.recording.name for part in parts}
    bare = sorted({place.name for place in places.values()} - used)
    counted = f"{len(bare)} pictures have" if len(bare) > 1 else "a picture has"
    told = f"{counted} no file of boxes ({listed(bare)}): nothing is said of them"
    return [told] if bare else []


def _box(path: Path, element: Element, number: int) -> Box:
    name = element.findtext("name", "").strip()
    if not name:
        raise Refusal(path, f"object {number} has no name", "export the boxes again")
    try:
        sides = [float(element.findtext(f"bndbox/{side}", "")) for side in SIDES]
    except ValueError:
        reason = f"object {number} ({name}) lacks one of {', '.join(SIDES)}"
        raise Refusal(path, reason, "export the boxes again") from None
    unsure = element.findtext("difficult", "0").strip() == "1"
    return Box(name, sides[0], sides[1], sides[2], sides[3], unsure)


def _size(root: Element) -> tuple[int, int] | None:
    try:
        height, width = (int(root.findtext(f"size/{side}", "")) for side in ("height", "width"))
    except ValueError:
        return None
    return height, width
