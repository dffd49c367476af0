"""Which recordings are meant by the paths that a user names, and how each is called."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from ethoframe import formats
from ethoframe.data import Refusal

PROVENANCE = "provenance.json"
"""A folder that holds this was written by a run: what else is in it is no recording."""

JOURNAL = "journal.sqlite"
"""In the folder of all results: what is done, and how far the rest is."""

_BARRED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def unfit(name: str) -> str:
    """Why a folder cannot have this name on every system, in words; empty when it can.

    Examples
    --------
    >>> unfit("top left"), unfit("left?"), unfit("NUL"), unfit("a.")
    ('', "holds the sign '?'", 'is a name that Windows keeps', 'ends in a point or space')
    """
    if barred := _BARRED.search(name):
        return f"holds the sign {barred.group()!r}"
    if name != name.rstrip(". ") or not name:
        return "ends in a point or space"
    if name.startswith((".", " ")):
        return "begins with a point or space"
    if _RESERVED.fullmatch(name):
        return "is a name that Windows keeps"
    return ""


def filmed(name: str) -> str:
    """What a film may be called whose tracks have this name, without its ending.

    Examples
    --------
    >>> filmed("m1DLC_resnet50_boxMay1shuffle1_100_filtered.h5"), filmed("m1.predictions.slp")
    ('m1', 'm1')
    >>> filmed("labels.v001.000_m1.analysis.h5"), filmed("day.1.csv")
    ('m1', 'day.1')
    """
    own = re.sub(r"\.(predictions|analysis)$", "", PurePosixPath(name).stem)
    return re.sub(r"(DLC|DeepCut)_.*|^.*\.\d{3}_", "", own)


def named(
    paths: Sequence[Path], inside: Callable[[Path], list[Path]] = formats.recordings_in
) -> dict[str, Path]:
    """Recordings by the name they have in tables: the path below the folder that was given.

    Names are written with slashes on every system. Clips that an earlier run wrote are left out.

    Parameters
    ----------
    paths
        Files, and folders with files in them.
    inside
        Which files a folder stands for, sorted; itself, where it is a recording.

    Raises
    ------
    Refusal
        When two results would lie in the same folder, or a folder holds no recording or may not be
        read.
    """
    found: dict[str, Path] = {}
    taken: dict[str, Path] = {}
    for path in paths:
        for name, file in _inside(path, inside):
            # Some file systems do not tell A from a.
            folder = formats.stem(name).casefold()
            other = taken.setdefault(folder, file)
            if other.resolve() != file.resolve():
                reason = f"its results would lie where those of {other} go"
                remedy = "rename one, or name each in a command of its own with another --out"
                raise Refusal(file, reason, remedy)
            found[name] = file
    return found


def _inside(path: Path, inside: Callable[[Path], list[Path]]) -> list[tuple[str, Path]]:
    try:
        if not path.is_dir():
            return [(path.name, path)]
        _refuse_unreadable(path)
        found = inside(path)
        written = [f for f in found if f != path and (f.parent / PROVENANCE).exists()]
        files = [f for f in found if f not in written]
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
        raise Refusal(error.filename or path, reason, "ask its owner for permission") from None
    if not files:
        raise Refusal(path, "there is no recording in this folder", "name a folder with some")
    if files == [path]:  # which may have been named as `.`
        return [(path.resolve().name, path)]
    # A Mac may take an accented letter apart, which would be another name in a sheet.
    return [(normalize("NFC", file.relative_to(path).as_posix()), file) for file in files]


def _refuse_unreadable(folder: Path) -> None:
    """Raises the error of a folder below that may not be read, which globbing passes over."""

    def refuse(error: OSError) -> None:
        raise error

    for _ in os.walk(folder, onerror=refuse):
        pass
