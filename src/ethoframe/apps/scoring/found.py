"""What lies at a path that can be scored, by what it is and what it is called."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ethoframe.data import Refusal

LABELS, OBJECTS, BOXES, COUNTS, LANDMARKS = "labels", "objects", "boxes", "counts", "landmarks"

WORDS: Mapping[str, str] = {
    LABELS: "label images",
    OBJECTS: "folders with one mask for each object",
    BOXES: "PASCAL VOC boxes",
    COUNTS: "tables of measures",
    LANDMARKS: "tables of landmarks",
}
"""What each kind is called for people."""

IMAGES = (".png", ".bmp", ".tif", ".tiff", ".nii", ".nii.gz", ".zarr", ".dcm")
"""How the names of label images end: formats that keep whole numbers as they are."""

RESULTS = {"measures.csv": COUNTS, "landmarks.csv": LANDMARKS}
"""Tables that a run writes into the folder of a picture, and that can be scored."""

DETAILS = ("objects.csv", "classes.csv", "points.csv", "values.csv")
"""Tables that a run writes beside them."""

MARKS = (".csv", ".tsv", ".pts")
"""How the names of tables of landmarks end."""


@dataclass(frozen=True)
class Found:
    """Everything at one path.

    Parameters
    ----------
    path
        As the user named it.
    kinds
        For each kind that is there, paths by name: where in the folder, without suffix.
    alone
        Whether it is one file, which then needs no name.
    """

    path: Path
    kinds: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    alone: bool = False

    def has(self, *kinds: str) -> str:
        """The first of these kinds that is there; empty where none is."""
        return next((kind for kind in kinds if self.kinds.get(kind)), "")

    def described(self) -> str:
        """What is there, for people."""
        told = [f"{len(paths)} {WORDS[kind]}" for kind, paths in self.kinds.items() if paths]
        return " and ".join(told) or "nothing that can be scored"


def found_at(path: Path) -> Found:
    """What is at a path.

    In a folder that holds results of a run, ``NAME/labels.tif`` (or ``.png``, ``.nii.gz``,
    ``.zarr``), ``NAME/measures.csv`` and ``NAME/landmarks.csv`` are found by NAME; otherwise label
    images, masks of single objects (``NAME/masks/*.png``), boxes and tables, by their own names.

    Raises
    ------
    Refusal
        When there is nothing, or nothing that can be scored.
    """
    if not path.exists():
        raise Refusal(path, "there is no such file or folder", "check its name")
    if path.is_dir() and not _is_one(path):
        entries = list(_in_folder(path))
        written = any(entry[3] for entry in entries)
        kinds: dict[str, dict[str, Path]] = {}
        for kind, name, file, result in entries:
            # Beside what a run wrote, other pictures and tables are reports and details.
            if result or not (written and kind in (LABELS, COUNTS, LANDMARKS)):
                kinds.setdefault(kind, {})[name] = file
        if kinds.get(OBJECTS):
            kinds.pop(LABELS, None)  # the pictures that the masks belong to
        if len(kinds.get(COUNTS, {})) > 1:
            kinds[COUNTS].pop("measures", None)  # what a run joined of those in its folders
        found = Found(path, kinds)
    else:
        kind = _kind(path)
        found = Found(path, {kind: {_stem(path.name): path}} if kind else {}, alone=True)
    if not any(found.kinds.values()):
        known = ", ".join(WORDS.values())
        raise Refusal(path, "there is nothing in it that can be scored", f"name one of: {known}")
    return found


def _is_one(folder: Path) -> bool:
    from ethoframe.formats import instances

    return _suffix(folder.name) == ".zarr" or instances.holds(folder)


def _in_folder(top: Path) -> Iterator[tuple[str, str, Path, bool]]:
    """Kind, name, path, and whether a run wrote it, of everything below a folder."""
    for folder, inside, files in os.walk(top):
        here = Path(folder)
        at = here.relative_to(top)
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        for name in [each for each in inside if _is_one(here / each)]:
            inside.remove(name)
            yield from _one(here / name, at)
        for name in sorted(files):
            if not name.startswith("."):
                yield from _one(here / name, at)


def _one(path: Path, at: Path) -> Iterator[tuple[str, str, Path, bool]]:
    kind = _kind(path)
    result = path.name in RESULTS or (kind == LABELS and _stem(path.name) == LABELS)
    name = at if result and at.name else at / _stem(path.name)
    if kind:
        yield kind, name.as_posix(), path, result


def _kind(path: Path) -> str:
    """What a file is, or a folder that is one thing; empty for what cannot be scored."""
    suffix = _suffix(path.name)
    if suffix in IMAGES:
        return LABELS
    if path.is_dir():
        return OBJECTS
    if suffix == ".xml":
        return BOXES
    if path.name in DETAILS or suffix not in MARKS:
        return ""
    return LANDMARKS if suffix == ".pts" else RESULTS.get(path.name) or _kind_of_table(path)


def _kind_of_table(path: Path) -> str:
    """By its heading: what a run wrote, or somebody's own table."""
    heading = columns(path)
    if {"quantity", "value"} <= heading or "count" in heading:
        return COUNTS
    return LANDMARKS if {"x", "y"} <= heading or {"x_px", "y_px"} <= heading else ""


def columns(path: Path) -> set[str]:
    """Names in the heading of a table, in lower case."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return {name.strip().lower() for name in next(csv.reader(file), [])}
    except (OSError, UnicodeDecodeError, csv.Error):
        return set()


def _suffix(name: str) -> str:
    lower = name.lower()
    return ".nii.gz" if lower.endswith(".nii.gz") else os.path.splitext(lower)[1]  # noqa: PTH122


def _stem(name: str) -> str:
    """A name without its suffix, of which ``.nii.gz`` and ``.ome.tif`` are one."""
    stem = name[: len(name) - len(_suffix(name))]
    return stem[:-4] if stem.lower().endswith(".ome") else stem
