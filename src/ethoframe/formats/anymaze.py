"""ANY-maze: the test data of one test, exported as CSV.

::

    Time,Centre position X,Centre position Y,Head position X,Head position Y,In centre
    0:00:00.000,,,,,0
    0:00:00.560,96,87,101,80,0
    0:00:00.670,97,85,103,79,0

It lists what happened: a row comes when a position, or anything else that was chosen, changes.
Origin is the top left pixel of the picture, y points down. Whether positions are in pixels or in
millimetres was chosen as well, and is not told.

References
----------
ANY-maze help, "The Test data report settings" and "Exporting test data".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._cells import seconds, tables

SUFFIXES = (".csv", ".txt")

UNKNOWN = ("", "-", "#n/a", "n/a", "na", "nan")
"""What a cell says where a position is not known."""

MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
"""Millimetres in what a heading may say its numbers are in."""

LATE = 1.5
"""Rows further apart than so many usual steps have samples between them that did not differ."""

HEAD = 8192
"""Bytes of a file in which its heading is looked for."""

REMEDY = "export the test data from ANY-maze again, with the position of the animal"

_UNIT = r"\s*(?:\(\s*(?P<unit>[a-z]+)\s*\))?"
_PLACE = re.compile(
    rf"(?:animal'?s?\s+)?(?P<what>.*?)\s*\bposition\s*[-:(]?\s*(?P<axis>[xy])\)?{_UNIT}"
    rf"|(?P<axis2>[xy])\s+(?P<what2>cent(?:re|er)|head|tail){_UNIT.replace('unit', 'unit2')}",
    re.IGNORECASE,
)
_TIME = re.compile(r"times?\s*(?:\(\s*(s|sec|seconds|ms)\s*\))?", re.IGNORECASE)


def tracks_in(path: Path) -> bool:
    """Whether the first line of a file tells times, and x and y of a position."""
    if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
        return False
    with path.open("rb") as file:
        head = file.read(HEAD).replace(b"\x00", b"")
    first = head.lstrip(b"\xff\xfe\xef\xbb\xbf").decode("utf-8", errors="replace").split("\n")[0]
    return any(
        _time(names) is not None and bool(_places(names))
        for separator in ",;\t"
        for names in csv.reader([first.strip()], delimiter=separator)
    )


def read_tracks(path: Path, *, unit: str | None = None) -> Tracks:
    r"""The track of one test.

    Where rows are further apart than usual nothing changed between them: samples are put there,
    at the usual step, in which everything is as it was in the row before. So an animal that keeps
    still is seen to keep still.

    Parameters
    ----------
    path
        Of the export.
    unit
        ``"px"`` or ``"mm"``: in which the export is. Left out, as the headings say, or else px.

    Returns
    -------
    Tracks
        Keypoints are called as the columns (``centre``, ``head``, ``tail``). Times are as written:
        since the start of the test, or by the wall clock. Numbers count samples. Confidence is 1,
        or 0 where no position is told. Of rows of one time the last counts.

    Raises
    ------
    Refusal
        When there are no columns of time and positions, a cell is no number, or times go back.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "Test 1.csv"
    >>> text = "Time,Centre position X,Centre position Y\n0:00:00.0,,\n0:00:00.1,96,87\n"
    >>> _ = path.write_text(text + "0:00:00.2,97,85\n0:00:00.4,99,85\n")
    >>> tracks = read_tracks(path)
    >>> tracks.at("centre")[1:].tolist(), tracks.times_s.tolist()
    ([[96.0, 87.0], [97.0, 85.0], [97.0, 85.0], [99.0, 85.0]], [0.0, 0.1, 0.2, 0.3, 0.4])
    """
    path = Path(path)
    names, *rows = next(tables(path)) or [()]
    time, places = _time(names), _places(names)
    if time is None or not places:
        raise Refusal(path, "it has no columns of time and positions", REMEDY)
    body = [(line, row) for line, row in enumerate(rows, 2) if any(row)]
    times_s = np.array([_seconds(path, line, row, time, names[time]) for line, row in body])
    if (np.diff(times_s) < 0).any():
        raise Refusal(path, "its times go back", REMEDY)
    own, factor = _unit(path, names, places, unit)
    found = np.stack([_column(path, body, at) for pair in places.values() for at in pair], axis=1)
    last = np.append(np.diff(times_s) > 0, True)[: len(times_s)]
    times_s, found = _held(times_s[last], found[last] * factor)
    position = np.moveaxis(found.reshape(len(times_s), len(places), 2), 1, 2)[..., None]
    seen: Array = np.all(np.isfinite(position), axis=1)
    return Tracks(
        np.where(seen[:, None], position, np.nan),
        seen.astype(np.float64),
        np.arange(len(times_s)),
        times_s,
        tuple(places),
        unit=own,
    )


def _time(names: Sequence[str]) -> int | None:
    return next((at for at, name in enumerate(names) if _TIME.fullmatch(name.strip())), None)


def _places(names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The columns of x and y of each keypoint."""
    found: dict[str, dict[str, int]] = {}
    for at, name in enumerate(names):
        if told := _PLACE.fullmatch(name.strip()):
            what = (told["what"] or told["what2"] or "centre").strip().lower()
            axis = (told["axis"] or told["axis2"]).lower()
            found.setdefault(what, {}).setdefault(axis, at)
    return {what: (pair["x"], pair["y"]) for what, pair in found.items() if len(pair) == 2}


def _unit(
    path: Path, names: Sequence[str], places: dict[str, tuple[int, int]], asked: str | None
) -> tuple[str, float]:
    """In which unit places are given back, and how many of it one of the file is."""
    called = [_PLACE.fullmatch(names[at].strip()) for pair in places.values() for at in pair]
    told = {(each["unit"] or each["unit2"] or "").lower() for each in called if each}
    if len(told) > 1:
        raise Refusal(path, f"its positions are in {' and '.join(sorted(told))}", REMEDY)
    word = next(iter(told), "")
    if word in MM:
        return "mm", MM[word]
    if word not in ("", "px", "pixels"):
        raise Refusal(path, f"its positions are in {word}", REMEDY)
    return asked or "px", 1.0


def _seconds(path: Path, line: int, row: Sequence[str], at: int, name: str) -> float:
    told = _TIME.fullmatch(name.strip())
    factor = 1e-3 if told and (told[1] or "").lower() == "ms" else 1.0
    return factor * seconds(f"{path} line {line}", row[at].replace(",", "."))


def _column(path: Path, body: Sequence[tuple[int, tuple[str, ...]]], at: int) -> Array:
    found = np.full(len(body), np.nan)
    for row, (line, cells) in enumerate(body):
        cell = cells[at] if at < len(cells) else ""
        if cell.lower() in UNKNOWN:
            continue
        try:
            found[row] = float(cell.replace(",", "."))
        except ValueError:
            reason = f"{cell!r} is no number"
            raise Refusal(f"{path} line {line}", reason, REMEDY) from None
    return found


def _held(times_s: Array, found: Array) -> tuple[Array, Array]:
    """Rows, and between those that are far apart samples like the one before."""
    if len(times_s) < 2:
        return times_s, found
    steps = np.diff(times_s)
    usual = float(np.median(steps))
    more = np.where(steps > LATE * usual, np.round(steps / usual).astype(np.int64), 1)
    counts = np.append(more, 1)
    row = np.repeat(np.arange(len(times_s)), counts)
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = within / counts[row]
    filled = np.append(steps, 0.0)[row] * share + times_s[row]
    return np.round(filled, 6), found[row]
