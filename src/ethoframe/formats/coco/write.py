"""Labels as a COCO file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ethoframe.data import Labelled, LabelMap, Labels, Points, Refusal, Skeleton, Tracks
from ethoframe.data.labels import HIDDEN, VISIBLE
from ethoframe.data.noun import Array
from ethoframe.formats._headed import LABEL_NAMES, place_of
from ethoframe.formats._listing import stem
from ethoframe.formats._writing import complete
from ethoframe.formats.coco.outlines import traced
from ethoframe.formats.coco.rle import packed, runs

OBJECT, ANIMAL = "object", "animal"
"""What things are called that have no name."""

PICTURES = "images"
"""The folder beside the file for frames that have no file of their own."""

Fields = dict[str, Any]
Outline = Literal["rle", "polygons"]


@dataclass
class _Book:
    """What is written, as it grows."""

    path: Path
    masks: Outline
    images: list[Fields] = field(default_factory=list)
    annotations: list[Fields] = field(default_factory=list)
    categories: dict[str, Fields] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def category(self, name: str) -> int:
        """The number of the category of this name."""
        entry = self.categories.setdefault(name, {"id": len(self.categories) + 1, "name": name})
        number: int = entry["id"]
        return number

    def add(self, category: str, fields: Fields) -> None:
        """One more annotation of the last picture."""
        numbers = {
            "id": len(self.annotations) + 1,
            "image_id": len(self.images),
            "category_id": self.category(category),
        }
        self.annotations.append({**numbers, "iscrowd": 0, **fields})


def write(labels: Labels, path: Path | str, *, masks: Outline = "rle") -> tuple[str, ...]:
    """Keypoints, masks or boxes as one COCO file, each labelled frame a picture.

    Files of pictures stay where they are, and are named by their way from this file. Frames that
    have no file of their own, as those of videos, are written as PNG into ``images`` beside it.

    Parameters
    ----------
    labels
        `Tracks` in px, a `LabelMap` of objects in pictures, or `Points` with ``width_px`` and
        ``height_px``.
    path
        Of the file; one that is there is replaced.
    masks
        As lengths of runs, or as outlines along the edges of pixels; objects with holes are always
        runs.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When labels are of another kind, or a frame cannot be decoded or written.

    Examples
    --------
    >>> import tempfile
    >>> from ethoframe.data import Recording
    >>> film = Recording.of(np.zeros((1, 4, 6, 1), np.uint8))
    >>> said = LabelMap.of(np.array([[[0, 1, 1, 0, 0, 0]] * 4]), names={1: "cell"})
    >>> path = Path(tempfile.mkdtemp()) / "cells.json"
    >>> write(Labels((Labelled(film, said),)), path, masks="polygons")
    ()
    >>> json.loads(path.read_text())["annotations"][0]["segmentation"]
    [[1, 0, 3, 0, 3, 4, 1, 4]]
    """
    path = Path(path)
    what, add = _adds(path, labels)
    if masks not in ("rle", "polygons"):
        raise Refusal(path, f"masks cannot be written as {masks!r}", "say rle or polygons")
    book = _Book(path, masks)
    for part, index in labels.rows():
        book.images.append(_picture(path, len(book.images) + 1, part, index))
        add(book, part, index)
    info: Fields = {"description": "written by ethoframe", "what": what}
    if labels.skeleton is not None:
        book.category(ANIMAL)
        book.categories[ANIMAL] |= _skeleton(labels.skeleton)
        info["individuals"] = _individuals(labels)
    held = {"info": info, "images": book.images, "annotations": book.annotations}
    held["categories"] = [*book.categories.values()]
    with complete(path) as partial:
        partial.write_text(json.dumps(held), encoding="utf-8")
    return tuple(book.notes)


def _adds(path: Path, labels: Labels) -> tuple[str, Callable[[_Book, Labelled, int], None]]:
    """What is written, and how."""
    if not labels.parts:
        return ("keypoints" if labels.skeleton else "boxes"), _add_boxes
    if labels.gives is Tracks:
        return "keypoints", _add_keypoints
    if labels.gives is LabelMap:
        return "masks", _add_masks
    if labels.gives is Points:
        return "boxes", _add_boxes
    name = labels.gives.__name__
    raise Refusal(path, f"COCO holds keypoints, masks and boxes, not {name}", "write .csv instead")


def _picture(path: Path, number: int, part: Labelled, index: int) -> Fields:
    height, width = part.recording.picture
    place = place_of(part, index) or _saved(path, part, index)
    told: Fields = {
        "id": number,
        "file_name": Path(os.path.relpath(place.absolute(), path.absolute().parent)).as_posix(),
        "width": width,
        "height": height,
        "film": part.film,
        "origin": int(part.origin[index]),
    }
    return told | {key: said for key in ("subject", "author") if (said := getattr(part, key))}


def _saved(path: Path, part: Labelled, index: int) -> Path:
    """The frame as a file of its own."""
    from ethoframe.formats._stills import write_png

    number = int(part.said.numbers[index])  # type: ignore[union-attr]
    called = re.sub(r"\W+", "_", stem(part.recording.name)).strip("_")
    name = f"{called}_{part.recording.identity[:8]}_{number:06d}.png"
    place = path.parent / PICTURES / name
    with complete(place) as partial:
        write_png(partial, part.recording, number)
    return place


def _skeleton(skeleton: Skeleton) -> Fields:
    order = {name: number for number, name in enumerate(skeleton.keypoints, 1)}
    edges = [[order[a], order[b]] for a, b in skeleton.edges]
    return {"keypoints": [*skeleton.keypoints], "skeleton": edges}


def _individuals(labels: Labels) -> list[str]:
    said = [part.said.individuals for part in labels.parts if isinstance(part.said, Tracks)]
    return [*dict.fromkeys(name for names in said for name in names)]


def _add_keypoints(book: _Book, part: Labelled, index: int) -> None:
    tracks = part.said
    assert isinstance(tracks, Tracks)
    if tracks.unit != "px":
        reason = f"keypoints in {tracks.unit} are not places in a picture"
        raise Refusal(part.recording.name, reason, "write those in px")
    for who, individual in enumerate(tracks.individuals):
        place, sure = tracks.position[index, :, :, who], tracks.confidence[index, :, who]
        known = np.isfinite(place).all(axis=0)
        if not known.any():
            continue
        if not np.isin(sure[known], (HIDDEN, VISIBLE)).all():
            book.notes["how sure keypoints are is not kept: they are visible"] = None
        state = np.where(known, np.where(sure == HIDDEN, 1, 2), 0)
        numbers = np.where(known, place, 0.0)
        low, high = place[:, known].min(axis=1), place[:, known].max(axis=1)
        fields = {
            "individual": individual,
            "keypoints": [
                number
                for (x, y), v in zip(numbers.T.tolist(), state.tolist(), strict=True)
                for number in (x, y, v)
            ],
            "num_keypoints": int(known.sum()),
            **_box(low[0], low[1], high[0], high[1]),
        }
        book.add(ANIMAL, fields)


def _add_masks(book: _Book, part: Labelled, index: int) -> None:
    found = part.said
    assert isinstance(found, LabelMap)
    if len(found.size) != 2:
        raise Refusal(part.recording.name, "COCO holds no volumes", "write .tif or .zarr instead")
    patch = found.patches[index].trimmed()
    whole = np.zeros(found.size, bool)
    labels = [int(each) for each in np.unique(patch.labels) if each]
    if labels != [*range(1, len(labels) + 1)]:
        book.notes["the numbers of labels are not kept: they are counted from 1"] = None
    for label in labels:
        whole[patch.slices] = patch.labels == label
        rows, columns = np.nonzero(whole)
        fields = {
            "segmentation": _segmentation(whole, book.masks),
            "area": len(rows),
            "bbox": _box(columns.min(), rows.min(), columns.max(), rows.max())["bbox"],
        }
        book.add(found.names.get(label, OBJECT), fields)
        whole[patch.slices] = False


def _segmentation(whole: Array, masks: Outline) -> Any:
    if masks == "polygons":
        rings, holes = traced(whole)
        if not holes:
            return [[side for corner in ring for side in corner] for ring in rings]
    return {"size": [*whole.shape], "counts": packed(runs(whole))}


def _add_boxes(book: _Book, part: Labelled, index: int) -> None:
    points = part.said
    assert isinstance(points, Points)
    if (
        points.axes != 2
        or points.unit != "px"
        or not {"width_px", "height_px"} <= {*points.features}
    ):
        reason = "its points have no width_px and height_px"
        raise Refusal(part.recording.name, reason, "write them as .csv")
    names = part.recording.facts.get(LABEL_NAMES, {})
    for number in sorted(names):
        book.category(names[number])
    for name, x, y, width, height in _rows(points, index, names):
        box = [x + 0.5 - width / 2, y + 0.5 - height / 2, width, height]
        book.add(name, {"bbox": box, "area": width * height})


def _rows(
    points: Points, index: int, names: dict[int, str]
) -> Iterator[tuple[str, float, float, float, float]]:
    count = len(points.coordinates[index])
    label = points.features["label"][index] if "label" in points.features else np.ones(count)
    width, height = (points.features[key][index].tolist() for key in ("width_px", "height_px"))
    for row, (x, y) in enumerate(points.coordinates[index].tolist()):
        yield names.get(int(label[row]), OBJECT), x, y, width[row], height[row]


def _box(left: float, top: float, right: float, bottom: float) -> Fields:
    """The box around pixels, or places, between these, their edges included."""
    sides = [float(left), float(top), float(right - left + 1), float(bottom - top + 1)]
    return {"bbox": sides, "area": sides[2] * sides[3]}
