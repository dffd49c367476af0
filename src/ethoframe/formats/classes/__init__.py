"""Tables of what people saw: classes or values of frames, or episodes.

::

    file,frame,label,author       m1/cam1.mp4,120,grooming,AB
    file,area_mm2,weight (g)      stills/a.png,31.5,20.2
    file,start_s,stop_s,label     m1/cam1.mp4,12.5,14,rearing
                                  m1/cam1.mp4,0,300,support

Files are relative to the table. The frame may be left out for files of one picture. ``author``
tells raters apart; ``subject``, ``film`` and ``origin`` (the number in the film that a still was
taken from) may be told, and ``individual`` of episodes. Episodes that are called *support* are
the spans that were looked at: nothing is known of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ethoframe.data import Labelled, Labels, Recording, Refusal
from ethoframe.formats._headed import Missing, absent, undecoded
from ethoframe.formats._placed import listed
from ethoframe.formats.classes.rows import FILE, KNOWN, Row, beginning, table
from ethoframe.formats.classes.said import (
    SUPPORT,
    classes,
    episodes,
    quantities,
    unsupported,
    values,
)
from ethoframe.formats.classes.write import write

__all__ = ["SUFFIXES", "knows", "read", "write"]

SUFFIXES = (".csv",)

NEEDED = "it needs the columns file, label; or file, start_s, stop_s, label; or file and a number"

Told = Callable[[Recording, list[Row]], list[Labelled]]
"""From what one author said of a recording to labels."""


def knows(path: Path) -> bool:
    """Whether a table has a column of files, and what else it has may be said of these.

    Where nothing is called label or value, and no column has a unit in its name, those that have no
    meaning here must hold numbers: tables of other programs have a column of files as well.
    """
    names, first = beginning(path)
    if FILE not in names or "keypoint" in names or len(names) < 2:
        return False
    found = quantities(names, first)
    units = any(each.unit or each.column == "value" for each in found)
    foreign = {*names} - {*KNOWN} - {each.column for each in found}
    return "label" in names or units or not foreign


def read(
    path: Path, *, recordings: Path | str | None = None, missing: Missing = "refuse"
) -> Labels:
    r"""What the lines of a table say, file by file and author by author.

    With a column ``label`` they are `Classes`, whose names are all that occur, in order; an empty
    one says nothing. With ``start_s`` and ``stop_s`` too they are `Episodes`. With other columns of
    numbers they are `Values`, the unit at the end of the name (``area_mm2``) or in brackets; an
    empty cell is NaN. Lines that say the same of one frame count once.

    Parameters
    ----------
    path
        The table.
    recordings
        The folder that its files are relative to; its own when left out.
    missing
        What to do about lines of files that are not there: ``"refuse"``, or ``"skip"`` them, with a
        warning.

    Raises
    ------
    Refusal
        When it is no such table, a file is missing or cannot be read, a frame is not in its file, a
        number is none, or two lines contradict each other.

    Examples
    --------
    >>> import cv2, tempfile, numpy as np
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("a.png", "b.png"):
    ...     _ = cv2.imwrite(str(folder / name), np.zeros((4, 6), np.uint8))
    >>> _ = (folder / "labels.csv").write_text("file,label\na.png,sharp\nb.png,blurred\n")
    >>> [part.said.best for part in read(folder / "labels.csv").parts]
    [('sharp',), ('blurred',)]
    """
    path = Path(path)
    names, rows = table(path)
    told, unused = _told(path, names, rows)
    folder = path.parent if recordings is None else Path(recordings)
    files = [*dict.fromkeys(row[FILE] for row in rows)]
    gone = [file for file in files if not (folder / file).exists()]
    remedy = "name the folder they are in: recordings=FOLDER"
    notes = [*absent(path, gone, len(files) - len(gone), missing, remedy)]
    if unused:
        notes.append(f"nothing is made of the column {', '.join(unused)}")
    parts: list[Labelled] = []
    for file in files:
        if file not in gone:
            recording = undecoded(folder / file, file)
            for own in _by_author(row for row in rows if row[FILE] == file).values():
                parts += told(recording, own)
    if told is episodes and (bare := unsupported(rows)):
        counted = f"{len(bare)} files have" if len(bare) > 1 else "a file has"
        unlimited = f"no {SUPPORT} ({listed(bare)}): all of each counts as looked at"
        notes.append(f"{counted} {unlimited}")
    return Labels(tuple(parts), None, tuple(notes))


def _told(path: Path, names: Sequence[str], rows: list[Row]) -> tuple[Told, list[str]]:
    """How the lines of a table are read, and columns of which nothing is made."""
    others = [name for name in names if name not in KNOWN]
    for row in rows:
        if not row[FILE]:
            raise row.refusal("it names no file", "fill in the column file")
    if FILE in names and "label" in names:
        timed = {"start_s", "stop_s"} & {*names}
        if len(timed) == 1:
            raise Refusal(path, f"it has {timed.pop()} and not the other end", NEEDED)
        if timed:
            return episodes, others
        known = sorted({row["label"] for row in rows} - {""})
        return lambda recording, own: classes(recording, own, known), others
    columns = quantities(names, rows)
    if FILE not in names or not columns:
        raise Refusal(path, "it says nothing of files", NEEDED)
    used = {column.column for column in columns}
    unused = [name for name in others if name not in used]
    return lambda recording, own: values(recording, own, columns), unused


def _by_author(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["author"], []).append(row)
    return found
