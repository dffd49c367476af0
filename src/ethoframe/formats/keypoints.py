"""Keypoints of still pictures as a table, ``points.csv``.

::

    file,keypoint,x_px,y_px,confidence,visible
    m4s1/img0003.png,snout,279.1,212.4,0.97,1

A column *individual* follows *file* where pictures show several. The place of a keypoint that is
not visible is a guess, or left empty.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._writing import complete

SUFFIXES = (".csv",)

COLUMNS = ("file", "keypoint", "x_px", "y_px", "confidence", "visible")
NEEDED = COLUMNS[:4]
WHO = "individual"

AGAIN = "write it as ethoframe does: " + ",".join(COLUMNS)


def knows(path: Path) -> bool:
    """Whether a file is such a table, by its heading.

    Examples
    --------
    >>> knows(Path("tracks.parquet"))
    False
    """
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        return False
    return {*NEEDED} <= {*_heading_of(path)}


def write(path: Path, stills: Mapping[str, Tracks], sure: float) -> None:
    """One row for each keypoint of each picture.

    Parameters
    ----------
    path
        Of a CSV file; one that is there is replaced.
    stills
        Keypoints of pictures, by how the file of each is called; of one frame each.
    sure
        Confidence from which a keypoint is visible.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "points.csv"
    >>> write(path, {"a.png": Tracks.of(np.array([[5.0, 9.25]]), np.zeros(1), "nose")}, 0.5)
    >>> print(path.read_text().strip())
    file,keypoint,x_px,y_px,confidence,visible
    a.png,nose,5.0,9.25,1.0,1
    """
    several = any(len(tracks.individuals) > 1 for tracks in stills.values())
    with complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_heading(several))
        for name, tracks in stills.items():
            for who, row in _rows(tracks, sure):
                table.writerow([name, *([who] if several else []), *row])


def join(path: Path, parts: Iterable[Path]) -> None:
    """The tables of many pictures as one, without ever holding them all.

    Parameters
    ----------
    path
        Of the table to be.
    parts
        Tables that `write` wrote.
    """
    listed = list(parts)
    several = any(WHO in _heading_of(part) for part in listed)
    wanted = _heading(several)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(wanted)
        for part in listed:
            heading, rows = _open(part)
            for _, cells in rows:
                told = dict(zip(heading, cells, strict=False))
                table.writerow([told.get(name, "") for name in wanted])


def read(path: Path) -> dict[str, Tracks]:
    r"""The keypoints of each picture, by its file, as tracks of one frame.

    Every picture has all keypoints that the table names, NaN where it says nothing of one. Without
    a column *confidence* whatever has a place is sure.

    Raises
    ------
    Refusal
        When it is no such table, a cell is no number, or one keypoint of a picture has two rows.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "points.csv"
    >>> _ = path.write_text("file,keypoint,x_px,y_px\na.png,nose,5,9\n")
    >>> read(path)["a.png"].at("nose")
    array([[5., 9.]])
    """
    heading, rows = _open(path)
    if missing := [name for name in NEEDED if name not in heading]:
        raise Refusal(path, f"it has no column {', '.join(missing)}", AGAIN)
    said: dict[tuple[str, str, str], tuple[float, float, float]] = {}
    for line, cells in rows:
        told = dict(zip(heading, cells, strict=False))
        about = told["file"].replace("\\", "/"), told.get(WHO, ""), told["keypoint"]
        if about in said:
            reason = f"line {line} is of {about[2]} in {about[0]} again"
            raise Refusal(path, reason, "leave the right one")
        x, y = (_number(path, line, told, name) for name in ("x_px", "y_px"))
        sure = _number(path, line, told, "confidence") if "confidence" in heading else 1.0
        said[about] = x, y, sure if np.isfinite(x + y + sure) else 0.0
    return _tracks(said)


def _tracks(said: Mapping[tuple[str, str, str], tuple[float, float, float]]) -> dict[str, Tracks]:
    files, individuals, keypoints = (
        tuple(dict.fromkeys(about[k] for about in said)) for k in range(3)
    )
    found = {}
    blank = (np.nan, np.nan, 0.0)
    for file in files:
        cube = np.array(
            [[said.get((file, who, name), blank) for who in individuals] for name in keypoints]
        )
        places: Array = np.moveaxis(cube[..., :2], 2, 0)[None]
        called = individuals if individuals != ("",) else ("animal",)
        sure = cube[None, ..., 2]
        found[file] = Tracks(places, sure, np.arange(1), np.zeros(1), keypoints, called)
    return found


def _heading_of(path: Path) -> list[str]:
    """The first line of a table; nothing of what is none."""
    with suppress(OSError, UnicodeDecodeError, csv.Error), path.open(encoding="utf-8-sig") as file:
        return [name.strip() for name in next(csv.reader(file), [])]
    return []


def _heading(several: bool) -> list[str]:
    return [COLUMNS[0], *([WHO] if several else []), *COLUMNS[1:]]


def _rows(tracks: Tracks, sure: float) -> Iterator[tuple[str, list[object]]]:
    for i, who in enumerate(tracks.individuals):
        for k, keypoint in enumerate(tracks.keypoints):
            place = tracks.position[0, :, k, i]
            confidence = float(tracks.confidence[0, k, i])
            there = bool(np.isfinite(place).all())
            cells = place.tolist() if there else ["", ""]
            yield who, [keypoint, *cells, confidence, int(there and confidence >= sure)]


def _open(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The heading, and every other line with its number."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = csv.reader(file)
            heading = [name.strip() for name in next(lines, [])]
            rows = [(lines.line_num, cells) for cells in lines if any(c.strip() for c in cells)]
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    except (UnicodeDecodeError, csv.Error):
        raise Refusal(path, "is no table of text in UTF-8", AGAIN) from None
    return heading, rows


def _number(path: Path, line: int, told: Mapping[str, str], name: str) -> float:
    written = told.get(name, "").strip()
    try:
        return float(written or "nan")
    except ValueError:
        raise Refusal(path, f"line {line}: {name} {written!r} is no number", AGAIN) from None
