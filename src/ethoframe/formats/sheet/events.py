"""What happened when: tones, lights and other events of a session, as a table.

::

    recording   arena   start   stop    label
    m1.mp4              3:00    3:30    tone
    m1.mp4              3:29    3:30    shock
                        0:00    3:00    baseline

Columns are found by name, in any order: ``start``, ``stop``, ``label``, and ``recording``,
``arena``. Times are seconds, m:ss or h:mm:ss on the recording's clock. A row without a stop is a
moment; one without a recording or an arena holds for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import numpy as np

from ethoframe.data import Episodes, Refusal
from ethoframe.formats.sheet.grid import cells
from ethoframe.formats.sheet.times import seconds

SYNONYMS = {
    "start": ("start", "start s", "start (s)", "onset", "begin", "from", "time"),
    "stop": ("stop", "stop s", "stop (s)", "offset", "end", "to"),
    "label": ("label", "event", "name", "cue", "type"),
    "recording": ("recording", "video", "file"),
    "arena": ("arena", "box", "chamber"),
}
"""What each column may be called."""

EVER = np.array([[0.0, np.inf]])
"""Whoever wrote the table knows of the whole recording."""

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
DAY_S = 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Event:
    """One row.

    Parameters
    ----------
    line
        Of the table, as a spreadsheet numbers it.
    label
        What happened.
    start_s, stop_s
        On the recording's clock; equal for a moment.
    recording, arena
        Which; empty for all.
    """

    line: int
    label: str
    start_s: float
    stop_s: float
    recording: str = ""
    arena: str = ""


@dataclass(frozen=True)
class Events:
    """The rows of a table of events, in their order.

    Parameters
    ----------
    path
        Where they were read.
    rows
        One for each event.
    """

    path: Path
    rows: tuple[Event, ...]

    def of(self, recording: str, arena: str = "") -> Episodes | None:
        """What happened in one arena of a recording, in order of time; None where nothing did.

        Parameters
        ----------
        recording
            As it is called in the tables; in the file its suffix may be left out.
        arena
            Its name; empty where the recording has one arena only.
        """
        chosen = [row for row in self.rows if _meant(row, recording, arena)]
        if not chosen:
            return None
        chosen.sort(key=lambda row: row.start_s)
        start, stop = (np.array([getattr(row, n) for row in chosen]) for n in ("start_s", "stop_s"))
        labels = tuple(row.label for row in chosen)
        words = f"as {self.path.name} says"
        return Episodes(labels, start, stop, EVER, author=self.path.name, definition=words)

    def unmatched(self, parts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """One sentence for each row that is about none of these recordings and arenas."""
        known = list(parts)
        return tuple(
            f"{self.path.name} line {row.line}: {_missed(row, known)}"
            for row in self.rows
            if not any(_meant(row, *part) for part in known)
        )


def read(path: Path | str) -> Events:
    r"""The events in a table (.csv, .tsv, .xlsx).

    Raises
    ------
    Refusal
        When it cannot be read, a column is missing or there twice, a time is none, a row has no
        label, or stops before it starts; with the line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "events.csv"
    >>> _ = path.write_text("start,stop,label\n3:00,3:30,tone\n4:10,,click\n", encoding="utf-8")
    >>> tones = read(path).of("m1.mp4")
    >>> tones.labels, tones.start_s.tolist(), tones.stop_s.tolist()
    (('tone', 'click'), [180.0, 250.0], [210.0, 250.0])
    """
    path = Path(path)
    grid = cells(path)
    first = next((number for number, row in enumerate(grid) if any(row)), None)
    if first is None:
        raise Refusal(path, "the table is empty", "give it a first row: start, stop, label")
    columns = _columns(path, grid[first])
    rows = [
        _event(path, line, {name: row[at] for name, at in columns.items() if at < len(row)})
        for line, row in enumerate(grid[first + 1 :], first + 2)
        if any(row)
    ]
    if not rows:
        raise Refusal(path, "has no events", "write one row for each event, or leave the file out")
    return Events(path, tuple(rows))


def phases(lit: str, began: datetime, duration_s: float) -> Episodes:
    """When the room was light and when dark, while a recording ran.

    Parameters
    ----------
    lit
        When the lights are on every day, as ``"07:00-19:00"``; over midnight as ``"19:00-07:00"``.
    began
        The clock on the wall when the recording's clock was at 0. Clocks are taken not to be set in
        between.
    duration_s
        How long the recording is.

    Raises
    ------
    Refusal
        When `lit` is not written so, or starts when it stops.

    Examples
    --------
    >>> spans = phases("07:00-19:00", datetime(2026, 3, 2, 18, 30), 3600.0)
    >>> list(zip(spans.labels, spans.start_s.tolist(), spans.stop_s.tolist()))
    [('light', 0.0, 1800.0), ('dark', 1800.0, 3600.0)]
    """
    found = _SPAN.fullmatch(lit.strip())
    hours = [int(number) for number in found.groups()] if found else [99]
    if max(hours[::2]) > 24 or max(hours[1::2], default=0) > 59:
        raise Refusal(lit, "is not a span of the day", "write when it is light, as 07:00-19:00")
    on, off = (3600.0 * h + 60.0 * m for h, m in (hours[:2], hours[2:]))
    if (on - off) % DAY_S == 0:
        raise Refusal(lit, "starts when it stops", "leave it out where the light never changes")
    midnight = began.replace(hour=0, minute=0, second=0, microsecond=0)
    at_0 = (began - midnight).total_seconds()
    days = np.arange(-1, int((at_0 + duration_s) // DAY_S) + 2) * DAY_S - at_0
    light = days + on
    dark = light + (off - on) % DAY_S
    starts = np.stack([light, dark], axis=1).ravel()
    stops = np.append(starts[1:], starts[-1])
    labels = np.tile(np.array(["light", "dark"], object), len(days))
    cut = np.clip(starts, 0.0, duration_s), np.clip(stops, 0.0, duration_s)
    seen = cut[1] > cut[0]
    support = np.array([[0.0, duration_s]])
    words = f"light from {lit.strip()} every day"
    return Episodes(tuple(labels[seen]), cut[0][seen], cut[1][seen], support, definition=words)


def _columns(path: Path, heading: Sequence[str]) -> dict[str, int]:
    """Where each column is that the table has."""
    words = [" ".join(cell.lower().replace("_", " ").split()) for cell in heading]
    found: dict[str, int] = {}
    for name, called in SYNONYMS.items():
        at = [i for i, word in enumerate(words) if word in called]
        if len(at) > 1:
            twice = " and ".join(heading[i] for i in at)
            raise Refusal(path, f"the columns {twice} could each be the {name}", "leave one out")
        if at:
            found[name] = at[0]
    for name in ("start", "label"):
        if name not in found:
            listed = ", ".join(cell for cell in heading if cell)
            remedy = f"its first row says {listed}; name one column {name}"
            raise Refusal(path, f"has no column {name}", remedy)
    return found


def _event(path: Path, line: int, told: dict[str, str]) -> Event:
    where = f"{path} line {line}"
    if not told["label"]:
        raise Refusal(where, "has no label", "say what happened, or take the row out")
    times = {}
    for name in ("start", "stop"):
        written = told.get(name, "") or (told["start"] if name == "stop" else "")
        try:
            times[f"{name}_s"] = seconds(written)
        except ValueError:
            reason = f"{written!r} is no {name}" if written else f"has no {name}"
            raise Refusal(where, reason, "write it as seconds, m:ss or h:mm:ss") from None
    if times["stop_s"] < times["start_s"]:
        reason = f"stops at {told['stop']}, before it starts at {told['start']}"
        raise Refusal(where, reason, "correct one of the two")
    recording, arena = told.get("recording", ""), told.get("arena", "")
    return Event(line=line, label=told["label"], recording=recording, arena=arena, **times)


def _meant(row: Event, recording: str, arena: str) -> bool:
    return row.arena in ("", arena) and (not row.recording or _same(row.recording, recording))


def _same(written: str, name: str) -> bool:
    """Whether a recording is meant, with or without its suffix, with either slash."""
    one, other = (PurePosixPath(text.replace("\\", "/")) for text in (written, name))
    return one in (other, other.with_suffix(""))


def _missed(row: Event, parts: Sequence[tuple[str, str]]) -> str:
    arenas = [arena for name, arena in parts if not row.recording or _same(row.recording, name)]
    if not arenas:
        return f"no recording is called {row.recording}"
    listed = ", ".join(sorted({arena for arena in arenas if arena})) or "one arena only"
    return f"{row.recording or 'no recording'} has no arena {row.arena}; it has {listed}"
