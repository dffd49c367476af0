"""What was said of one picture, as a noun: keypoints, masks or boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from ethoframe.data import LabelMap, Patch, Points, Recording, Refusal, Skeleton, Tracks
from ethoframe.data.labels import ABSENT, HIDDEN, VISIBLE
from ethoframe.data.noun import Array
from ethoframe.formats._headed import LABEL_NAMES
from ethoframe.formats._placed import OFF_PX
from ethoframe.formats.coco.document import Annotation, Document, Entry
from ethoframe.formats.coco.outlines import filled
from ethoframe.formats.coco.rle import mask, unpacked

STATES = np.array([ABSENT, HIDDEN, VISIBLE])
"""What the third number of a keypoint means."""

NOTES = {
    "off": "{} keypoints lie outside of their pictures: they count as absent",
    "crowd": "{} regions are marked as crowds: they are left out, as no objects",
    "empty": "{} masks hold no pixel that is free: they are left out",
    "none": "{} annotations say nothing of this kind: they are left out",
    "out": "{} boxes reach beyond their pictures",
}


class Said(Protocol):
    """How one kind of thing is read."""

    @property
    def skeleton(self) -> Skeleton | None:
        """Of keypoints; None for other kinds."""
        ...

    def of(self, entry: Entry, recording: Recording) -> tuple[Any, Recording]:
        """What is said of a picture, and its recording, which may have new facts."""
        ...

    def warnings(self) -> tuple[str, ...]:
        """What was left out so far, one line each."""
        ...


@dataclass(frozen=True)
class _Told:
    """What all kinds share: the document, and what was left out."""

    document: Document
    skeleton: Skeleton | None = None
    noted: Counter[str] = field(default_factory=Counter)

    def warnings(self) -> tuple[str, ...]:
        """What was left out so far, one line each."""
        return tuple(text.format(self.noted[key]) for key, text in NOTES.items() if self.noted[key])

    def held(self, entry: Entry, key: str) -> Iterator[Annotation]:
        """The annotations of a picture that are single objects and have what is asked for."""
        for each in entry.annotations:
            if each.get("iscrowd"):
                self.noted["crowd"] += 1
            elif not each.get(key):
                self.noted["none"] += 1
            else:
                yield each

    def name(self, annotation: Annotation) -> str:
        return self.document.categories[annotation["category_id"]].name


@dataclass(frozen=True)
class Keypoints(_Told):
    """Keypoints as tracks of one frame, with an individual for each annotation.

    Parameters
    ----------
    document, skeleton, noted
        The file, its keypoints, and what was left out.
    individuals
        Names of the animals.
    named
        Whether annotations tell which animal they are of, or their order does.
    """

    individuals: tuple[str, ...] = ("animal",)
    named: bool = False

    def of(self, entry: Entry, recording: Recording) -> tuple[Tracks, Recording]:
        """The animals in a picture."""
        names = self.skeleton.keypoints if self.skeleton else ()
        table = np.zeros((3, len(names), len(self.individuals)))
        seen: set[int] = set()
        for place, each in enumerate(self.held(entry, "keypoints")):
            who = self.individuals.index(each["individual"]) if self.named else place
            if who in seen:
                reason = f"is the second of {self.individuals[who]} in {entry.file}"
                raise self.document.refusal(each, reason)
            seen.add(who)
            table[:, :, who] = self._numbers(each, len(names), recording.size)
        state = table[2].astype(int)
        position = np.where(state > 0, table[:2], np.nan)
        shown = recording.times_s[:1]
        return (
            Tracks(
                position[None], STATES[state][None], np.arange(1), shown, names, self.individuals
            ),
            recording,
        )

    def _numbers(self, annotation: Annotation, count: int, size: tuple[int, ...]) -> Array:
        """Coordinates and state ``(3, keypoint)``."""
        numbers = _floats(annotation["keypoints"])
        if numbers is None or len(numbers) != 3 * count:
            raise self.document.refusal(
                annotation, f"has not 3 numbers for each of {count} keypoints"
            )
        table = numbers.reshape(count, 3).T
        if not np.isin(table[2], (0, 1, 2)).all():
            raise self.document.refusal(annotation, "has a keypoint that is neither 0, 1 nor 2")
        beyond = 0.5 + OFF_PX
        last = np.array([[size[1]], [size[0]]]) - 1 + beyond
        off = (table[2] > 0) & ~((table[:2] >= -beyond) & (table[:2] <= last)).all(axis=0)
        self.noted["off"] += int(off.sum())
        return np.where(off, 0.0, table)


@dataclass(frozen=True)
class Masks(_Told):
    """Masks as a label map of one frame."""

    def of(self, entry: Entry, recording: Recording) -> tuple[LabelMap, Recording]:
        """The objects in a picture."""
        size = recording.picture
        labels = np.zeros(size, np.uint32)
        names: dict[int, str] = {}
        for each in self.held(entry, "segmentation"):
            patch = self._patch(each, size)
            free = (patch.labels > 0) & (labels[patch.slices] == 0)
            if free.any():
                names[len(names) + 1] = self.name(each)
                labels[patch.slices][free] = len(names)
            else:
                self.noted["empty"] += 1
        kept = labels.astype(np.uint16) if len(names) <= np.iinfo(np.uint16).max else labels
        shown = recording.times_s[:1]
        return LabelMap((Patch(kept).trimmed(),), np.arange(1), shown, size, names), recording

    def _patch(self, annotation: Annotation, size: tuple[int, int]) -> Patch:
        drawn = annotation["segmentation"]
        if isinstance(drawn, list):
            rings = [_floats(each) for each in drawn]
            if any(ring is None or len(ring) < 6 or len(ring) % 2 for ring in rings):
                raise self.document.refusal(annotation, "has an outline without three corners")
            return filled([ring.reshape(-1, 2) for ring in rings if ring is not None], size)
        try:
            counts = drawn["counts"]
            if tuple(drawn["size"]) != size:
                raise ValueError(f"its mask is of {drawn['size']} pixels, its picture of {[*size]}")
            inside = mask(unpacked(counts) if isinstance(counts, str) else counts, size)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            reason = f"has no mask that can be read ({error})"
            raise self.document.refusal(annotation, reason) from None
        return Patch(inside.astype(np.uint8)).trimmed()


@dataclass(frozen=True)
class Boxes(_Told):
    """Boxes as points in their middle."""

    def of(self, entry: Entry, recording: Recording) -> tuple[Points, Recording]:
        """The boxes in a picture; its recording tells what their labels mean."""
        names = {place: each.name for place, each in enumerate(self._ordered, 1)}
        numbers = {each.number: place for place, each in enumerate(self._ordered, 1)}
        drawn = [*self.held(entry, "bbox")]
        sides = np.array([self._sides(each) for each in drawn]).reshape(-1, 4)
        label = np.array([numbers[each["category_id"]] for each in drawn], np.int64)
        first, lengths = sides[:, :2], sides[:, 2:]
        beyond = (first < -0.5) | (first + lengths > np.array(recording.picture[::-1]) + 0.5)
        self.noted["out"] += int(beyond.any(axis=1).sum())
        features = {"width_px": (lengths[:, 0],), "height_px": (lengths[:, 1],), "label": (label,)}
        middle = first + lengths / 2 - 0.5
        told = replace(recording, facts={**recording.facts, LABEL_NAMES: names})
        return Points((middle,), features, np.arange(1), recording.times_s[:1]), told

    @property
    def _ordered(self) -> list[Any]:
        return [*self.document.categories.values()]

    def _sides(self, annotation: Annotation) -> Array:
        sides = _floats(annotation["bbox"])
        if sides is None or len(sides) != 4 or np.any(sides[2:] < 0):
            raise self.document.refusal(annotation, "has no box of x, y, width and height")
        return sides


def keypoints(document: Document) -> Keypoints:
    """How keypoints are read; all categories that have some must have the same.

    Raises
    ------
    Refusal
        When they have not, there are none, or an individual has no name.
    """
    drawn = [each for each in document.annotations if each.get("keypoints")]
    used = {each["category_id"] for each in drawn} or set(document.categories)
    found = [document.categories[n] for n in document.categories if n in used]
    found = [each for each in found if each.keypoints or drawn]
    if len({each.keypoints for each in found}) > 1:
        names = ", ".join(each.name for each in found)
        reason = f"its categories {names} have different keypoints"
        raise Refusal(document.path, reason, "name those that count: only=NAME")
    if not found or not found[0].keypoints:
        reason = "no category has names of keypoints"
        raise Refusal(document.path, reason, 'add "keypoints" to the category')
    skeleton = Skeleton.of(found[0].keypoints, found[0].edges)
    named = bool(drawn or document.individuals) and all(
        isinstance(each.get("individual"), str) for each in drawn
    )
    individuals = _individuals(document, named=named)
    return Keypoints(document, skeleton, individuals=individuals, named=named)


def masks(document: Document) -> Masks:
    """How masks are read."""
    return Masks(document)


def boxes(document: Document) -> Boxes:
    """How boxes are read."""
    return Boxes(document)


def _individuals(document: Document, *, named: bool) -> tuple[str, ...]:
    if named:
        found = [each["individual"] for each in document.annotations if each.get("keypoints")]
        return tuple(dict.fromkeys([*document.individuals, *found]))
    counts = [
        sum(bool(each.get("keypoints")) for each in entry.annotations) for entry in document.entries
    ]
    most = max(counts, default=0)
    if most <= 1:
        return ("animal",)
    return tuple(f"animal{number}" for number in range(1, most + 1))


def _floats(numbers: Any) -> Array | None:
    """The numbers of a list ``(n,)``; None where it is none, or one of them is not finite."""
    try:
        found = np.asarray(numbers, np.float64)
    except (TypeError, ValueError):
        return None
    return found if found.ndim == 1 and np.isfinite(found).all() else None
