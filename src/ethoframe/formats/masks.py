"""Pictures and their masks: label images, or one file for each object.

::

    images/a.png   masks/a.png (or labels/a.tif, masks/a_mask.png)      label images
    a/images/a.png   a/masks/*.png                                      one file for each object
    a.png   a_mask.png (or a_masks.tif, a_label.png, a_labels.tif)      side by side

Of the second there may be a folder for each picture, as in DSB-2018. A label image holds one whole
number for each pixel, 0 outside of objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ethoframe.data import Labelled, LabelMap, Labels, Recording, Refusal
from ethoframe.formats import instances, labels
from ethoframe.formats._finding import stored
from ethoframe.formats._headed import Missing, absent, pictures_in, undecoded
from ethoframe.formats._listing import stem
from ethoframe.formats._placed import listed

FOLDER_MARKS = ("*/", "*_mask.*", "*_masks.*", "*_label.*", "*_labels.*")

PICTURES, DRAWN = "images", ("masks", "labels")
"""Folders of pictures, and of what was drawn on them."""

WORDS = re.compile(r"_(?:cp_)?(?:masks?|labels?)$", re.IGNORECASE)
"""What the name of a mask may have at its end that the name of its picture has not."""


@dataclass(frozen=True)
class Pair:
    """A picture and what was drawn on it.

    Parameters
    ----------
    picture
        Its file.
    drawn
        A label image, or a folder with a mask for each object.
    """

    picture: Path
    drawn: Path


@dataclass(frozen=True)
class Layout:
    """What a folder holds.

    Parameters
    ----------
    pairs
        Pictures with their masks.
    bare, stray
        Pictures without a mask, and masks without a picture.
    """

    pairs: tuple[Pair, ...] = ()
    bare: tuple[Path, ...] = ()
    stray: tuple[Path, ...] = ()


def knows(path: Path) -> bool:
    """Whether a folder holds pictures and masks that belong to them, or folders of both."""
    if not path.is_dir():
        return False
    return _drawn_in(path) is not None or any(each.pairs for each in _laid_out(path))


def read(path: Path, *, missing: Missing = "refuse") -> Labels:
    """The masks in a folder, each as a `LabelMap` of the recording that its picture is.

    Numbers are as in the label image; of one file for each object, 1, 2 ... in the order of their
    names. Pictures without a mask are left out, and `warnings` tells of them. A film is called as
    its picture is; where each object has a file, as the picture's folder.

    Parameters
    ----------
    path
        The folder.
    missing
        What to do about masks of pictures that are not there: ``"refuse"``, or ``"skip"`` them,
        with a warning.

    Raises
    ------
    Refusal
        When nothing in it belongs together, a picture is missing or has two masks, or a mask cannot
        be read, is not of its picture's size, or holds no labels.

    Examples
    --------
    >>> import cv2, tempfile, numpy as np
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name, value in (("a.png", 90), ("a_mask.png", 1)):
    ...     _ = cv2.imwrite(str(folder / name), np.full((4, 6), value, np.uint8))
    >>> read(folder).parts[0].said.size
    (4, 6)
    """
    path = Path(path)
    found = [*_laid_out(path)]
    pairs = [pair for each in found for pair in each.pairs]
    if not pairs:
        reason = "the folder holds no picture with a mask"
        remedy = "put them into images/ and masks/, with the same names"
        raise Refusal(path, reason, remedy)
    stray = [f"the picture of {file.name}" for each in found for file in each.stray]
    notes = absent(path, stray, len(pairs), missing, "put their pictures there")
    notes += _unlabelled([file.name for each in found for file in each.bare])
    return Labels(tuple(_labelled(path, pair) for pair in pairs), None, notes)


def _labelled(path: Path, pair: Pair) -> Labelled:
    name = pair.picture.relative_to(path).as_posix()
    recording = undecoded(pair.picture, name)
    if pair.drawn.is_dir():
        said = instances.read(pair.drawn)
        film = name.split("/")[0] if "/" in name else stem(name)
        film = path.name if film == PICTURES else film
    else:
        said = labels.found_in(pair.drawn, stored(pair.drawn))
        film = "/".join(part for part in stem(name).split("/") if part != PICTURES)
    _refuse_unlike(pair.drawn, said, recording)
    said = replace(
        said,
        times_s=recording.times_s[said.numbers],
        spacing_mm=said.spacing_mm or recording.spacing_mm,
    )
    files = (name,) if len(said) == 1 else ()
    return Labelled(recording, said, files, film=film)


def _refuse_unlike(drawn: Path, said: LabelMap, recording: Recording) -> None:
    ends = [int(n) for n in said.numbers[-1:]]
    if said.size != recording.size or any(end >= len(recording) for end in ends):
        sides = (
            " × ".join(map(str, (each, *size)))
            for each, size in ((len(said), said.size), (len(recording), recording.size))
        )
        reason = "it is of {} pixels, and its picture of {}".format(*sides)
        raise Refusal(drawn, reason, "draw the mask on the whole picture")


def _laid_out(path: Path) -> Iterator[Layout]:
    """What a folder and those in it hold, in the first of the ways in which it holds anything."""
    if (own := _drawn_in(path)) is not None:
        yield _apart(path / PICTURES, own)
        return
    nested = False
    for each in sorted(path.iterdir()):
        if each.is_dir() and (own := _drawn_in(each)) is not None:
            nested = True
            yield _apart(each / PICTURES, own)
    if not nested:
        files = pictures_in(path)
        drawn = [each for each in files if WORDS.search(stem(each.name))]
        yield _matched([each for each in files if each not in drawn], drawn)


def _drawn_in(folder: Path) -> Path | None:
    """The folder of masks beside one of pictures."""
    if not (folder / PICTURES).is_dir():
        return None
    return next((folder / each for each in DRAWN if (folder / each).is_dir()), None)


def _apart(images: Path, masks: Path) -> Layout:
    pictures, drawn = pictures_in(images), pictures_in(masks)
    found = _matched(pictures, drawn)
    if not found.pairs and len(pictures) == 1 and drawn:
        return Layout((Pair(pictures[0], masks),))
    return found


def _matched(pictures: list[Path], drawn: list[Path]) -> Layout:
    """Pictures and label images by their names."""
    named = {stem(each.name): each for each in pictures}
    pairs: dict[Path, Pair] = {}
    stray = []
    for mask in drawn:
        name = stem(mask.name)
        picture = named.get(name) or named.get(WORDS.sub("", name))
        if picture is None:
            stray.append(mask)
            continue
        if picture in pairs:
            reason = f"{picture.name} has another mask, {pairs[picture].drawn.name}"
            raise Refusal(mask, reason, "take one of them away")
        pairs[picture] = Pair(picture, mask)
    bare = tuple(each for each in pictures if each not in pairs)
    return Layout(tuple(sorted(pairs.values(), key=_order)), bare, tuple(stray))


def _order(pair: Pair) -> Path:
    return pair.picture


def _unlabelled(names: Sequence[str]) -> tuple[str, ...]:
    """Of pictures that nothing is said of, one line or none."""
    counted = f"{len(names)} pictures have" if len(names) > 1 else "a picture has"
    told = f"{counted} no mask ({listed(names)}): nothing is said of them"
    return (told,) if names else ()
