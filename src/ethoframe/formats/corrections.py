"""What people corrected, as they write it: ``corrections.csv``.

::

    recording,arena,start,stop,what,keypoint,x_px,y_px,author,note
    m1/cam1.mp4,,0:00,0:12.5,ignore,,,,AB,hand in the picture
    m2/cam1.mp4,left,61.2,61.2,point,centroid,212,148,AB,
    m2/cam1.mp4,left,2:10,2:14,swap ends,,,,AB,

One line for each correction, of as many recordings as there are. Times are seconds or m:ss on the
recording's clock; a stop left out means the one frame at the start, ``end`` means to the end. What
a point is called, and where it is in px of the whole picture, is as in the tables of tracks.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ethoframe.data import Correction, Corrections, Refusal
from ethoframe.data.corrections import WHATS, What

SUFFIXES = (".csv", ".tsv")

COLUMNS = (
    "recording",
    "arena",
    "start",
    "stop",
    "what",
    "keypoint",
    "x_px",
    "y_px",
    "author",
    "note",
)
NEEDED = ("recording", "start", "what")
TIME = "write seconds (72.5) or minutes and seconds (1:12.5)"


@dataclass(frozen=True)
class Line:
    """One line of the file.

    Parameters
    ----------
    line
        Its number, as a spreadsheet counts (the heading is line 1).
    recording, arena
        As written; no arena where the recording has one only.
    correction
        What it says.
    """

    line: int
    recording: str
    arena: str
    correction: Correction


@dataclass(frozen=True)
class Book:
    """All corrections of an experiment, in the order of their lines.

    Parameters
    ----------
    name
        Of the file.
    lines
        One for each correction.

    Examples
    --------
    >>> line = Line(2, "m1/cam1.mp4", "", Correction(start_s=1.0, stop_s=2.0, what="ignore"))
    >>> book = Book("corrections.csv", (line,))
    >>> len(book.of("m1/cam1.mp4")), len(book.of("m2/cam1.mp4"))
    (1, 0)
    """

    name: str
    lines: tuple[Line, ...] = ()

    def of(self, recording: str, arena: str = "") -> Corrections:
        """The corrections of one animal's tracks.

        Parameters
        ----------
        recording
            As it is called in the tables; in the file its suffix may be left out.
        arena
            Which arena of it; empty where there is one only.
        """
        told = (line for line in self.lines if _is_about(line, recording, arena))
        return Corrections(tuple(line.correction for line in told))

    def unmatched(self, parts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """One sentence for each line that corrects none of these recordings and arenas."""
        known = list(parts)
        return tuple(
            f"{self.name} line {line.line}: {_missed(line, known)}"
            for line in self.lines
            if not any(_is_about(line, *part) for part in known)
        )


def read(path: Path) -> Book:
    """The corrections in a table of text with commas, semicolons or tabs.

    Columns are found by name, in any order; further ones are left alone, and so are empty lines.

    Raises
    ------
    Refusal
        When the file cannot be read, a column is missing, or a line says what cannot be.
    """
    text = _text(path)
    heading = next(iter(text.splitlines()), "")
    separator = max(",;\t", key=heading.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns = [name.strip().lower() for name in next(table, [])]
    _check_columns(path, columns)
    lines = []
    before = table.line_num
    for cells in table:
        # A note may go over several lines of text: a record has the number of its first.
        number, before = before + 1, table.line_num
        if any(cell.strip() for cell in cells):
            lines.append(_line(path, number, _cells(path, number, columns, cells)))
    return Book(path.name, tuple(lines))


def write_template(path: Path) -> None:
    """A file with the heading only, to be filled in.

    Raises
    ------
    Refusal
        When there is such a file.
    """
    try:
        with path.open("x", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(COLUMNS)
    except FileExistsError:
        raise Refusal(path, "is there already", "add lines to it, or name another file") from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    except UnicodeDecodeError:
        raise Refusal(path, "is not text in UTF-8", "save it as CSV (UTF-8)") from None


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        needed = f"its first line needs {', '.join(NEEDED)}; it may have {', '.join(COLUMNS)}"
        raise Refusal(path, f"has no column {', '.join(missing)}", needed)
    twice = [name for name in COLUMNS if columns.count(name) > 1]
    if twice:
        raise Refusal(path, f"has the column {twice[0]} twice", "leave one of them")


def _cells(
    path: Path, number: int, columns: Sequence[str], cells: Sequence[str]
) -> Mapping[str, str]:
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise _refused(path, number, "has more cells than the heading", "put quotes round commas")
    # A line may end early: what is left out at its end is empty.
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    return {name: cell.strip() for name, cell in zip(columns, padded, strict=False)}


def _line(path: Path, number: int, cells: Mapping[str, str]) -> Line:
    recording = cells["recording"]
    if not recording:
        raise _refused(path, number, "names no recording", "write it as in the tables")
    what = _what(path, number, cells["what"])
    nowhere = ("", math.nan, math.nan)
    keypoint, x_px, y_px = _point(path, number, cells) if what == "point" else nowhere
    start_s, stop_s = _span(path, number, cells)
    correction = Correction(
        start_s=start_s,
        stop_s=stop_s,
        what=what,
        keypoint=keypoint,
        x_px=x_px,
        y_px=y_px,
        author=cells.get("author", ""),
        note=cells.get("note", ""),
    )
    return Line(number, recording, cells.get("arena", ""), correction)


def _what(path: Path, number: int, written: str) -> What:
    plain = " ".join(written.lower().replace("_", " ").replace("-", " ").split())
    for what in WHATS:
        if plain == what:
            return what
    raise _refused(path, number, f"what {written!r} is not known", f"use {', '.join(WHATS)}")


def _span(path: Path, number: int, cells: Mapping[str, str]) -> tuple[float, float]:
    start_s = _seconds(path, number, "start", cells["start"])
    written = cells.get("stop", "")
    if not written:
        return start_s, start_s
    stop_s = math.inf if written.lower() == "end" else _seconds(path, number, "stop", written)
    if stop_s < start_s:
        raise _refused(path, number, f"stops at {written} before it starts", "swap start and stop")
    return start_s, stop_s


def _point(path: Path, number: int, cells: Mapping[str, str]) -> tuple[str, float, float]:
    keypoint = cells.get("keypoint", "")
    if not keypoint:
        raise _refused(path, number, "names no keypoint", "write centroid, head_end or tail_end")
    x_px, y_px = (_number(cells.get(name, "")) for name in ("x_px", "y_px"))
    if not (math.isfinite(x_px) and math.isfinite(y_px)):
        reason = "a point needs a number in x_px and in y_px"
        raise _refused(path, number, reason, "write its place in px of the whole picture")
    return keypoint, x_px, y_px


def _seconds(path: Path, number: int, column: str, written: str) -> float:
    """Seconds from ``72.5``, ``1:12.5`` or ``0:01:12.5``."""
    parts = [_number(part) for part in written.split(":")]
    smaller = all(part < 60 for part in parts[1:])
    if len(parts) > 3 or not smaller or not all(0 <= part < math.inf for part in parts):
        raise _refused(path, number, f"{column} {written!r} is no time", TIME)
    return sum(part * float(60**place) for place, part in enumerate(reversed(parts)))


def _number(written: str) -> float:
    """A number, NaN where there is none; some spreadsheets write a decimal comma."""
    try:
        return float(written.replace(",", "."))
    except ValueError:
        return math.nan


def _refused(path: Path, number: int, reason: str, remedy: str) -> Refusal:
    return Refusal(f"{path} line {number}", reason, remedy)


def _is_about(line: Line, recording: str, arena: str) -> bool:
    if not _same_recording(line.recording, recording):
        return False
    # A hand over the picture or a light that goes out concern every arena.
    everywhere = not line.arena and line.correction.what == "ignore"
    return line.arena == arena or everywhere


def _same_recording(written: str, recording: str) -> bool:
    written, recording = (name.replace("\\", "/") for name in (written, recording))
    stem, dot, suffix = recording.rpartition(".")
    return written in ((recording, stem) if dot and "/" not in suffix else (recording,))


def _missed(line: Line, parts: Sequence[tuple[str, str]]) -> str:
    arenas = [arena for name, arena in parts if _same_recording(line.recording, name)]
    if not arenas:
        return f"no recording is called {line.recording}"
    named = [arena for arena in arenas if arena]
    if not named:
        return f"{line.recording} has one arena only; leave its arena empty"
    listed = ", ".join(named)
    if not line.arena:
        return f"{line.recording} has several arenas ({listed}); name one"
    return f"{line.recording} has no arena {line.arena}; it has {listed}"
