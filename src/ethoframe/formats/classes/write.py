"""Classes, values or episodes as a table."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ethoframe.contract.units import suffix
from ethoframe.data import Classes, Episodes, Labelled, Labels, Refusal, Values
from ethoframe.formats._headed import place_of
from ethoframe.formats._listing import stem
from ethoframe.formats._writing import complete
from ethoframe.formats.classes.rows import FILE, KNOWN
from ethoframe.formats.classes.said import SUPPORT, Quantity

Line = dict[str, object]

LIKELIEST = "how probable classes are is not kept, only which is the most probable"
SURE = "how sure episodes are, and how they were told, is not kept"


def write(labels: Labels, path: Path | str) -> tuple[str, ...]:
    """Classes, values or episodes as a table that `read` takes; files by their way from it.

    Parameters
    ----------
    labels
        `Classes`, `Values` or `Episodes` of recordings in files.
    path
        Of a CSV file; one that is there is replaced.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When labels are of another kind.

    Examples
    --------
    >>> import tempfile
    >>> from ethoframe.data import Recording
    >>> film = Recording.of(np.zeros((9, 4, 6, 1), np.uint8), name="m1.mp4")
    >>> said = Classes.said(["rear", "groom"], ["groom", "rear"], np.array([2, 7]))
    >>> path = Path(tempfile.mkdtemp()) / "labels.csv"
    >>> write(Labels((Labelled(film, said),)), path)
    ()
    >>> path.read_text().splitlines()
    ['file,frame,label', 'm1.mp4,2,rear', 'm1.mp4,7,groom']
    """
    path = Path(path)
    notes: dict[str, None] = {}
    lines = [line for part in labels.parts for line in _lines(path, part, notes)]
    columns = [*dict.fromkeys(name for line in lines for name in line)]
    order = [name for name in (FILE, "frame", "start_s", "stop_s", "label") if name in columns]
    heading = [*order, *(name for name in columns if name not in order)] or [FILE, "label"]
    with complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, heading, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(lines)
    return tuple(notes)


def _lines(path: Path, part: Labelled, notes: dict[str, None]) -> Iterator[Line]:
    said = part.said
    if isinstance(said, Episodes):
        if np.any(said.confidence != 1) or said.definition:
            notes[SURE] = None
        yield from _of_episodes(path, part, said)
    elif isinstance(said, Classes):
        if not np.isin(said.table[np.isfinite(said.table)], (0.0, 1.0)).all():
            notes[LIKELIEST] = None
        for index, word in enumerate(said.best):
            yield _line(path, part, index, {"label": word})
    elif isinstance(said, Values):
        columns = [_column(said, place) for place in range(len(said.names))]
        for index, row in enumerate(said.table.tolist()):
            cells = ["" if value != value else value for value in row]
            yield _line(path, part, index, dict(zip(columns, cells, strict=True)))
    else:
        reason = f"such a table holds classes, values and episodes, not {type(said).__name__}"
        raise Refusal(path, reason, "write .json (COCO) instead")


def _of_episodes(path: Path, part: Labelled, said: Episodes) -> Iterator[Line]:
    looked = zip(said.support_s.tolist(), said.watched, strict=True)
    spans = [
        *((SUPPORT, *span, who) for span, who in looked),
        *zip(
            said.labels, said.start_s.tolist(), said.stop_s.tolist(), said.individuals, strict=True
        ),
    ]
    source = part.recording.source
    place = getattr(source, "path", None) or next(iter(getattr(source, "paths", ())), None)
    file = _file(path, Path(place), part) if place else part.recording.name
    about = _about(part, file)
    for label, start, stop, who in spans:
        span = {FILE: file, "start_s": start, "stop_s": stop, "label": label}
        yield {**span, "individual": who, **about}


def _line(path: Path, part: Labelled, index: int, said: Line) -> Line:
    """What is said of a frame: its file, and its number in it where that has several."""
    place, frame = place_of(part, index), {}
    if place is None:
        place = getattr(part.recording.source, "path", None)
        number = int(part.said.numbers[index])  # type: ignore[union-attr]
        frame = {"frame": number} if len(part.recording) > 1 else {}
    file = _relative(path, Path(place)) if place else part.recording.name
    return {FILE: file, **frame, **said, **_about(part, file, index)}


def _file(path: Path, place: Path, part: Labelled) -> str:
    """The file, or the folder of pictures, of a recording."""
    several = len(getattr(part.recording.source, "paths", ())) > 1
    return _relative(path, place.parent if several else place)


def _relative(path: Path, place: Path) -> str:
    return Path(os.path.relpath(place.absolute(), path.absolute().parent)).as_posix()


def _about(part: Labelled, file: str, index: int | None = None) -> Line:
    """Who said it of whom, as far as that is told."""
    told: Line = {key: said for key in ("author", "subject") if (said := getattr(part, key))}
    if part.film not in (file, stem(file)):
        told["film"] = part.film
    if index is not None and not isinstance(part.said, Episodes):
        own = 0 if place_of(part, index) is not None else int(part.said.numbers[index])
        if (origin := int(part.origin[index])) != own:
            told["origin"] = origin
    return told


def _column(said: Values, place: int) -> str:
    """The name of a column that `Quantity` tells name and unit of."""
    name, unit = said.names[place], said.units[place]
    column = f"{name}_{suffix(unit)}" if suffix(unit) else name
    found = Quantity.of(column)
    # A column that is empty throughout is taken for numbers by its name only.
    clear = suffix(unit) or np.isfinite(said.table[:, place]).any() or name == "value"
    taken = column.lower() in KNOWN and column != "value"
    alike = (found.name, found.unit) == (name, unit)
    return column if clear and alike and not taken else f"{name} ({unit})"
