"""A COCO file as it is written: checked so far that the rest can rely on it."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ethoframe.data import Refusal

LOOKED_AT = 65536
"""Bytes of a file in which COCO's words are looked for."""

WORDS = (b'"images"', b'"annotations"', b'"categories"', b'"licenses"')
AGAIN = "export it again as COCO"

KINDS = {"keypoints": "keypoints", "masks": "segmentation"}
"""What an annotation calls each kind of thing; boxes are what is left."""

Annotation = Mapping[str, Any]


@dataclass(frozen=True)
class Category:
    """What something may be.

    Parameters
    ----------
    number, name
        Of it.
    keypoints, edges
        Names of its keypoints, and pairs of them that a line joins.
    """

    number: int
    name: str
    keypoints: tuple[str, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Entry:
    """A picture and what was said of it.

    Parameters
    ----------
    file
        As written.
    size
        Height and width ``(y, x)``; None where they are not written.
    annotations
        In the order of the file.
    film, origin, subject, author
        Where they are known: the film it was taken from, its number in it, and so on.
    """

    file: str
    size: tuple[int, int] | None
    annotations: list[Annotation] = field(default_factory=list)
    film: str = ""
    origin: int | None = None
    subject: str = ""
    author: str = ""


@dataclass(frozen=True)
class Document:
    """The whole file.

    Parameters
    ----------
    path
        Of it.
    entries
        Pictures, in the order of the file.
    categories
        Those that count, by their numbers.
    individuals
        Names of animals, where the file lists them.
    what
        Kind of thing that is said, where the file tells it.
    """

    path: Path
    entries: tuple[Entry, ...]
    categories: Mapping[int, Category]
    individuals: tuple[str, ...] = ()
    what: str = ""

    @property
    def annotations(self) -> list[Annotation]:
        """All annotations, picture by picture."""
        return [each for entry in self.entries for each in entry.annotations]

    @property
    def held(self) -> str:
        """The kind of thing that is said: as told, or the most particular one."""
        if self.what in (*KINDS, "boxes"):
            return self.what
        for what, key in KINDS.items():
            if any(each.get(key) for each in self.annotations):
                return what
        if not self.annotations and any(each.keypoints for each in self.categories.values()):
            return "keypoints"
        return "boxes"

    def refusal(self, annotation: Annotation, reason: str) -> Refusal:
        """What is wrong with an annotation, by its number."""
        return Refusal(self.path, f"annotation {annotation.get('id', '?')} {reason}", AGAIN)


def begins(path: Path) -> bool:
    """Whether a file begins as JSON with COCO's words."""
    try:
        with path.open("rb") as file:
            head = file.read(LOOKED_AT)
    except OSError:
        return False
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and any(word in head for word in WORDS)


def parsed(path: Path, only: Sequence[str] = ()) -> Document:
    """The file at a path; of categories and their annotations, those of these names only.

    Raises
    ------
    Refusal
        When it cannot be read, is no COCO file, or an annotation is of a picture or a category that
        it does not have.
    """
    held = _loaded(path)
    categories = {each.number: each for each in _categories(path, held)}
    entries = _entries(path, held)
    called = {each.name for each in categories.values()}
    for name in only:
        if name not in called:
            reason = f"it has no category {name!r}"
            raise Refusal(path, reason, f"use one of {', '.join(sorted(called))}")
    counted = {n: each for n, each in categories.items() if not only or each.name in only}
    for annotation in held.get("annotations", []):
        where = annotation.get("image_id"), annotation.get("category_id")
        known: tuple[Container[Any], ...] = (entries, categories)
        for number, among, what in zip(where, known, ("picture", "category"), strict=True):
            if not _hashable(number) or number not in among:
                reason = f"annotation {annotation.get('id', '?')} is of {what} {number}"
                raise Refusal(path, f"{reason}, which is not there", AGAIN)
        if where[1] in counted:
            entries[where[0]].annotations.append(annotation)
    info = held["info"] if isinstance(held.get("info"), dict) else {}
    named = tuple(map(str, info.get("individuals") or ()))
    return Document(path, tuple(entries.values()), counted, named, str(info.get("what", "")))


def _hashable(number: Any) -> bool:
    return isinstance(number, int | str)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_bytes())
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    except (ValueError, RecursionError) as error:
        raise Refusal(path, f"is no JSON ({error})", AGAIN) from None
    lists = ("images", "annotations", "categories")
    if not isinstance(held, dict) or "images" not in held:
        raise Refusal(path, 'is no COCO file: it has no list of "images"', AGAIN)
    for key in lists:
        each = held.get(key, [])
        if not isinstance(each, list) or not all(isinstance(one, dict) for one in each):
            raise Refusal(path, f'its "{key}" are no list of objects', AGAIN)
    return held


def _categories(path: Path, held: dict[str, Any]) -> list[Category]:
    found = []
    for each in held.get("categories", []):
        try:
            names = tuple(map(str, each.get("keypoints") or ()))
            edges = [(int(a) - 1, int(b) - 1) for a, b in each.get("skeleton") or ()]
            if not all(0 <= end < len(names) for edge in edges for end in edge):
                raise IndexError
            pairs = tuple((names[a], names[b]) for a, b in edges)
            found.append(Category(each["id"], str(each["name"]), names, pairs))
        except (KeyError, TypeError, ValueError, IndexError):
            called = each.get("name", each.get("id", "?"))
            reason = f"category {called} lacks its id or name, or joins keypoints it does not have"
            raise Refusal(path, reason, AGAIN) from None
        if len(set(names)) < len(names):
            raise Refusal(path, f"category {found[-1].name} has a keypoint twice", AGAIN)
    return found


def _entries(path: Path, held: dict[str, Any]) -> dict[Any, Entry]:
    videos = held.get("videos", [])
    films = {each.get("id"): str(each.get("name", "")) for each in videos if isinstance(each, dict)}
    entries: dict[Any, Entry] = {}
    for each in held["images"]:
        number, file = each.get("id"), each.get("file_name")
        if not _hashable(number) or not isinstance(file, str) or not file:
            raise Refusal(path, f"picture {number} lacks its id or file_name", AGAIN)
        if number in entries:
            raise Refusal(path, f"two pictures have the id {number}", AGAIN)
        film = each.get("film") or films.get(each.get("video_id"), "")
        origin = each.get("origin", each.get("frame_id"))
        entries[number] = Entry(
            file,
            _size(each),
            film=str(film),
            origin=origin if isinstance(origin, int) else None,
            subject=str(each.get("subject") or ""),
            author=str(each.get("author") or ""),
        )
    return entries


def _size(image: Annotation) -> tuple[int, int] | None:
    height, width = image.get("height"), image.get("width")
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None
