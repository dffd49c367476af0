"""Bouts of behaviour in plain tables: a row each, with a start and a stop.

Columns are known by what they are called, whatever their case, spaces and signs:

==========  ================================================================
start       start, from, begin, onset; also start time, start_s, start frame
stop        stop, to, end, offset, finish; or else duration, length
label       behaviour, behavior, type, label, event, code, action
recording   ID, recording, video, observation, media, file
author      rater, author, observer, scorer, coder, experimenter, annotator
individual  individual, subject, animal, mouse, rat
==========  ================================================================

A heading may tell the unit of times: s, ms, min or frames, at its end or in brackets. Frames count
from 0, and a bout ends before the frame of its stop. Where no heading tells it, numbers with
decimals are seconds, and so are whole ones, unless a rate is given: then they are frames. A warning
tells what was taken for what.

Rows that mark the start or the end of scoring, such as ``Start_End``, are no behaviour. They are
kept as they are, under their own label, and the support is not taken from them unless that is asked
for: raters press such keys late, or more than twice, and some press them once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Literal

from ethoframe.data import Observations, Refusal
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.formats._cells import Rows, seconds, tables, told
from ethoframe.formats._observing import LONGEST_S, Bout, Gathered, Sitting, listed

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")

NAMES: Mapping[str, tuple[str, ...]] = {
    "start": ("start", "from", "begin", "onset", "starttime", "begintime", "onsettime", "tstart"),
    "stop": ("stop", "to", "end", "offset", "finish", "stoptime", "endtime", "offsettime", "tstop"),
    "lasts": ("duration", "length"),
    "label": ("behaviour", "behavior", "type", "label", "event", "code", "action"),
    "recording": (
        "id",
        "recording",
        "video",
        "videoid",
        "observation",
        "media",
        "file",
        "filename",
    ),
    "author": ("rater", "author", "observer", "scorer", "coder", "experimenter", "annotator"),
    "individual": ("individual", "subject", "animal", "mouse", "rat"),
}
"""What each column may be called, without spaces and signs; the first that is there counts."""

UNITS: Mapping[str, tuple[str, ...]] = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "ms": ("ms", "msec", "millisecond", "milliseconds"),
    "min": ("min", "mins", "minute", "minutes"),
    "frame": ("frame", "frames", "f", "fr", "framenumber"),
}
MARKER = re.compile(r"start[ _/-]*(end|stop)")
UNKNOWN = ("", "na", "nan", "n/a")
IN_S = {"s": 1.0, "ms": 1e-3, "min": 60.0}
TIMES = ("start", "stop", "lasts")

LOOKED_AT = 8
"""Lines by which it is told whether a file is such a table."""


@dataclass(frozen=True)
class Columns:
    """Where things stand in a table.

    Parameters
    ----------
    at
        The heading of each column that is known, by what it is.
    units
        Of the columns of times, where their headings tell it.
    """

    at: Mapping[str, str]
    units: Mapping[str, str]

    @property
    def enough(self) -> bool:
        """Whether bouts can be made of them."""
        return {"start", "label"} <= self.at.keys() and bool({"stop", "lasts"} & self.at.keys())


def observed_in(path: Path) -> bool:
    """Whether it is a table with a start, a stop and a label in each row."""
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        return False
    try:
        rows = next(tables(path, LOOKED_AT), [])
    except (Refusal, OSError):
        return False
    heading = next((row for row in rows if any(row)), ())
    names = {name.casefold() for name in heading}
    # Such are exports of BORIS, which knows more than these columns.
    return columns(heading).enough and not {"observation id", "behavior"} <= names


def read(
    path: Path, *, rate: float | None = None, markers: Literal["keep", "support"] = "keep"
) -> Observations:
    r"""What each author saw in each recording.

    Parameters
    ----------
    path
        Of the table: separated by commas, semicolons or tabs, or a workbook.
    rate
        Frames per second, where times are numbers of frames.
    markers
        What rows like ``Start_End`` are: ``"keep"`` them as bouts, or take the ``"support"`` from
        the start of the first to the stop of the last, of authors who have two at least.

    Returns
    -------
    Observations
        A recording without a name of its own is called as the file. Nobody says what was looked at:
        an author is taken to have looked from 0 s to the last end in the recording by anybody,
        which a warning tells. Rows that lack a start, a stop or a label make no bout, and a warning
        names them; a table without rows holds nothing.

    Raises
    ------
    Refusal
        When a cell is no time, or one of no session; when a bout stops before it starts, or frames
        have no clock.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "raters.csv"
    >>> _ = path.write_text("Experimenter;from;to;type;ID\nAB;1.5;2;rear;m1\nCD;4;9.5;rear;m1\n")
    >>> seen = read(path)
    >>> seen.authors, [each.episodes.support_s.tolist() for each in seen]
    (('AB', 'CD'), [[[0.0, 9.5]], [[0.0, 9.5]]])
    """
    gathered = Gathered()
    lacking = [each for rows in tables(path) for each in _take(path, rows, rate, gathered)]
    for what in dict.fromkeys(what for what, _ in lacking):
        line = f"in {path.name} {what} is missing, and no bout is made, in line "
        gathered.warnings.append(line + listed([at for each, at in lacking if each == what]))
    if markers == "support":
        _mark(gathered)
    return gathered.observations()


def _take(
    path: Path, rows: Rows, rate: float | None, gathered: Gathered
) -> Iterator[tuple[str, str]]:
    """Gathers the bouts of a table, and gives what lines that make none lack, and their numbers."""
    begins = next((at for at, row in enumerate(rows) if any(row)), len(rows))
    heading = rows[begins] if rows[begins:] else ()
    known = columns(heading)
    if not known.enough:
        return
    lines = [
        (f"{path} line {line}", told(heading, row))
        for line, row in enumerate(rows[begins + 1 :], begins + 2)
        if any(row)
    ]
    unit, says = _unit(path, known, lines, rate)
    gathered.warnings += says
    for where, cells in lines:
        name, author = _recording(path, known, cells), _cell(known, cells, "author")
        sitting = Sitting(name, author, told="recording" in known.at)
        bout = _bout(where, known, cells, unit, rate)
        whole = bout is not None and bool(bout.label)
        gathered.add(sitting, [bout] if bout and whole else [])
        if not whole:
            lacks = "a label" if bout else "a start or a stop"
            yield lacks, where.rpartition(" ")[2]


def _mark(gathered: Gathered) -> None:
    """Takes the support from the markers of each sitting, and them from its bouts."""
    for sitting, bouts in gathered.bouts.items():
        marks = [bout for bout in bouts if MARKER.fullmatch(bout.label.casefold())]
        if len(marks) >= 2:
            ends = min(bout.start_s for bout in marks), max(bout.stop_s for bout in marks)
            gathered.looked_s[sitting] = [ends]
        bouts[:] = [bout for bout in bouts if bout not in marks]


def columns(heading: Sequence[str]) -> Columns:
    """What the columns of a table are, by their headings.

    Examples
    --------
    >>> columns(["Start (frame)", "Stop (frame)", "Behaviour"]).units
    {'start': 'frame', 'stop': 'frame'}
    >>> columns(["file", "ID"]).at
    {'recording': 'ID'}
    """
    plain = {name: re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip() for name in heading if name}
    at, units = {}, {}
    for what, words in NAMES.items():
        for name, unit in _called(plain, words, what):
            at[what] = name
            if unit:
                units[what] = unit
            break
    return Columns(at, units)


def _called(plain: Mapping[str, str], words: Sequence[str], what: str) -> Iterator[tuple[str, str]]:
    """Headings that are called by these words, in the order of the words, and their units."""
    for word in words:
        for name, text in plain.items():
            front, _, last = text.rpartition(" ")
            if text.replace(" ", "") == word:
                yield name, ""
            elif what in TIMES and front.replace(" ", "") == word:
                yield from ((name, unit) for unit, ends in UNITS.items() if last in ends)


def _unit(
    path: Path,
    known: Columns,
    lines: Sequence[tuple[str, Mapping[str, str]]],
    rate: float | None,
) -> tuple[str, tuple[str, ...]]:
    """The unit of the times of a table, and what is taken for granted of it."""
    units = {*known.units.values()}
    if len(units) > 1:
        reason = f"its times are in {' and '.join(sorted(units))}"
        raise Refusal(path, reason, "write all of them in one unit")
    cells = [_cell(known, each, what) for _, each in lines for what in TIMES]
    whole = all(cell.lstrip("-").isdigit() for cell in cells if cell.casefold() not in UNKNOWN)
    counted = whole and bool(lines) and not units
    unit = units.pop() if units else ("frame" if counted and rate is not None else "s")
    if unit == "frame" and rate is None:
        raise Refusal(path, "its times are frames", "say their rate, as --clock 30fps")
    line = f"no heading of {path.name} tells a unit: whole numbers are "
    so = "frames" if unit == "frame" else "seconds; if they count frames, say --clock 30fps"
    return unit, (line + so,) if counted else ()


def _bout(
    where: str, known: Columns, cells: Mapping[str, str], unit: str, rate: float | None
) -> Bout | None:
    factor = 1 / rate if unit == "frame" and rate else IN_S.get(unit, 1.0)
    start, stop, lasts = (_time(where, _cell(known, cells, what)) for what in TIMES)
    if start is not None and stop is None and lasts is not None:
        stop = start + lasts
    if start is None or stop is None:
        return None
    if not start <= stop:
        reason = f"it is from {start:g} to {stop:g}"
        raise Refusal(where, reason, "fill in start and stop, in this order")
    if max(abs(start), abs(stop)) * factor > LONGEST_S:
        reason = f"it is from {start:g} to {stop:g}, which is longer than any session"
        raise Refusal(where, reason, "correct its start and stop")
    who = _cell(known, cells, "individual") or INDIVIDUAL
    return Bout(_cell(known, cells, "label"), start * factor, stop * factor, who)


def _time(where: str, cell: str) -> float | None:
    # A comma for a point is no danger where columns are separated otherwise.
    return None if cell.casefold() in UNKNOWN else seconds(where, cell.replace(",", "."))


def _cell(known: Columns, cells: Mapping[str, str], what: str) -> str:
    return cells[known.at[what]] if what in known.at else ""


def _recording(path: Path, known: Columns, cells: Mapping[str, str]) -> str:
    """Without folder and ending, where it is told by a file."""
    name = _cell(known, cells, "recording")
    if not name:
        return path.stem
    film = PureWindowsPath(name)
    return film.stem if re.fullmatch(r"\.[A-Za-z][A-Za-z0-9]{1,4}", film.suffix) else film.name
