"""Label maps, counts and landmarks from what was found."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ethoframe.apps.scoring.found import BOXES, COUNTS, LABELS, OBJECTS, Found, columns
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import LabelMap

NAMES = ("recording", "image", "picture", "name", "file", "id")
"""What the column of a table may be called that says which picture a row is about."""


@dataclass(frozen=True)
class Counted:
    """A count, and its interval where it has one."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


def labels_at(path: Path, options: Mapping[str, Any] | None = None) -> LabelMap:
    """The label map in a file, or in a folder with one mask for each object.

    Parameters
    ----------
    path
        Of the file or folder.
    options
        What is known of files besides, of which each format takes what it asks for.

    Raises
    ------
    Refusal
        When it cannot be read.
    """
    from ethoframe import formats
    from ethoframe.formats import instances

    if path.is_dir() and instances.holds(path):
        return instances.read(path)
    known = formats.asks(path) if options else ()
    own = {option: value for option, value in (options or {}).items() if option in known}
    return formats.read_labels(path, **own)


def alike(
    found: Mapping[Path, LabelMap], options: Mapping[str, Any]
) -> tuple[dict[Path, LabelMap], tuple[str, ...]]:
    """The label maps of one picture, and what to know of them.

    Where one is a volume, another's pages that nothing explains are its planes if they are as many,
    unless the user says what pages are.

    Parameters
    ----------
    found
        By the path of each.
    options
        What the user says of files.
    """
    planes = {each.size[0] for each in found.values() if len(each.size) == 3 and len(each) == 1}
    told, notes = dict(found), []
    for path, each in found.items():
        several = len(each.size) == 2 and len(each) in planes
        if several and "pages" not in options and _unexplained(path):
            told[path] = labels_at(path, {**options, "pages": "z"})
            notes.append(
                f"nothing tells what the {len(each)} pages of {path.name} are: they are read as "
                "planes, as many as the other has; --pages t reads them as frames"
            )
    return told, tuple(notes)


def _unexplained(path: Path) -> bool:
    from ethoframe import formats
    from ethoframe.formats.tiff import ASSUMED

    return path.is_file() and formats.read(path).facts.get("pages") == ASSUMED


def spaced(path: Path, found: LabelMap, spacing_mm: Sequence[float]) -> LabelMap:
    """The label map with pixels of this size; as it is where none is given.

    Raises
    ------
    Refusal
        When there are not as many spacings as axes.
    """
    if not spacing_mm:
        return found
    axes = len(found.size)
    spacing = tuple(spacing_mm) * axes if len(spacing_mm) == 1 else tuple(spacing_mm)
    if len(spacing) != axes:
        reason = f"its pictures have {axes} axes, and {len(spacing)} lengths are given"
        raise Refusal(path, reason, "give --spacing one length, or one for each axis: x, y, z")
    return replace(found, spacing_mm=spacing)


def counts_in(
    found: Found, quantity: str, only: Sequence[str], options: Mapping[str, Any] | None = None
) -> dict[str, Counted]:
    """How many objects each picture has, from tables, boxes or labels, whichever are there.

    Parameters
    ----------
    found
        What is at a path.
    quantity
        Of a table of measures.
    only
        Names of the boxes that count; all when empty.
    options
        What is known of files besides.

    Raises
    ------
    Refusal
        When a table lacks the quantity, or no box has one of the names.
    """
    kind = found.has(COUNTS, BOXES, OBJECTS, LABELS)
    paths = found.kinds.get(kind, {})
    if kind == COUNTS:
        told: dict[str, Counted] = {}
        for name, path in paths.items():
            told |= _of_table(path, name, quantity)
        return told
    if kind == BOXES:
        return _of_boxes(found.path, paths, only)
    return {name: Counted(_objects(labels_at(path, options))) for name, path in paths.items()}


def _objects(labels: LabelMap) -> float:
    """Objects in a label map, each of its labels once, whatever frames it is in."""
    from ethoframe.score.masks import labels_in

    return float(len(labels_in(labels)))


def _of_boxes(where: Path, paths: Mapping[str, Path], only: Sequence[str]) -> dict[str, Counted]:
    from ethoframe.formats import voc

    drawn = {name: voc.read(path) for name, path in paths.items()}
    known = sorted({name for boxes in drawn.values() for name in boxes.names})
    for name in only:
        if name not in known:
            reason = f"no box is called {name!r}"
            raise Refusal(where, reason, f"use one of {', '.join(known)}")
    return {name: Counted(float(boxes.count(*only))) for name, boxes in drawn.items()}


def _of_table(path: Path, name: str, quantity: str) -> dict[str, Counted]:
    """Of a table of measures, or of somebody's own with a column *count*."""
    if "quantity" not in columns(path):
        return _of_own_table(path, name)
    from ethoframe.data import Measures
    from ethoframe.formats.table import read_measures

    rows = read_measures(path).rows
    if quantity not in {row.quantity for row in rows}:
        known = ", ".join(dict.fromkeys(row.quantity for row in rows)) or "nothing"
        raise Refusal(path, f"has no {quantity!r}", f"name with --quantity one of: {known}")
    several = {row.recording for row in rows}
    told = {}
    for recording in sorted(several):
        mine = Measures(tuple(row for row in rows if row.recording == recording))
        if quantity in {row.quantity for row in mine.rows}:
            row = mine.row(quantity)
            called = _without_suffix(recording) if len(several) > 1 else name
            told[called] = Counted(row.value, row.low, row.high)
    return told


def _of_own_table(path: Path, name: str) -> dict[str, Counted]:
    told = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = csv.DictReader(file)
        heading = {each.strip().lower(): each for each in lines.fieldnames or ()}
        about = next((heading[each] for each in NAMES if each in heading), None)
        for line in lines:
            written = line[heading["count"]] or ""
            try:
                count = float(written)
            except ValueError:
                reason = f"line {lines.line_num}: {written!r} is no count"
                raise Refusal(path, reason, "write a number") from None
            told[_without_suffix(line[about] or "") if about else name] = Counted(count)
    return told


def _without_suffix(name: str) -> str:
    path = Path(name.replace("\\", "/"))
    return (path.parent / path.stem).as_posix() if path.suffix else path.as_posix()
