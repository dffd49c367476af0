"""Boxes that people drew, as PASCAL VOC writes them: one XML file for each picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ethoframe.data import Refusal

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SUFFIXES = (".xml",)

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
