"""Tables that BORIS exports: tabular events, and aggregated events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ethoframe.data import Refusal
from ethoframe.formats._cells import TEXTS, WORKBOOKS, Rows, seconds, tables, told
from ethoframe.formats._observing import Bout, listed
from ethoframe.formats.boris.events import (
    OBSERVERS,
    OF_RECORDING,
    POINT,
    START,
    STOP,
    TURN,
    Event,
    Observation,
    individual,
    labelled,
    said,
)

SUFFIXES = (*TEXTS, *WORKBOOKS)

ID, BEHAVIOUR = "observation id", "behavior"
TIME, BEGIN, END = "time", "start (s)", "stop (s)"
KINDS = ("behavior type", "status")
LENGTHS = ("media duration (s)", "total length")
MEDIA = ("media file name", "media file path", "media file")
SOURCE = "source"
PLAYER = re.compile(r"player #1:(.*?)(?:\|player #\d+:.*)?", re.IGNORECASE | re.DOTALL)
"""The first player's files in a source, as newer versions tell them in every row."""

TIMELESS = "no time"
"""What is noted of a row of pictures that have no times."""

LIMITS = ("observation interval start", "observation interval stop")
VARIABLE = "independent variable '"
"""How newer versions begin the heading of an independent variable, up to its name."""

LOOKED_AT = 128
"""Lines among which the heading is looked for: independent variables may stand before it."""


@dataclass
class Sheet:
    """A table with its heading found.

    Parameters
    ----------
    before
        What stands above the heading, in older exports of one observation.
    rows
        Number of each line and its cells.
    aggregated
        Whether a row is a bout, and no event.
    """

    before: Mapping[str, str]
    rows: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    aggregated: bool = False


def exported_in(path: Path) -> bool:
    """Whether a file is a table that BORIS exported."""
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        return False
    try:
        return any(_heading(rows) is not None for rows in tables(path, LOOKED_AT))
    except (Refusal, OSError):
        return False


def observations(path: Path) -> list[Observation]:
    """Every observation of an export.

    Raises
    ------
    Refusal
        When a cell is not as BORIS writes it.
    """
    found: dict[str, Observation] = {}
    for rows in tables(path):
        sheet = _sheet(rows)
        if sheet is None:
            continue
        if not sheet.rows and sheet.before:  # nothing was seen: that is an answer too
            name = sheet.before.get(ID, "")
            found.setdefault(name, Observation(name, _players(sheet.before)))
        for line, cells in sheet.rows:
            name = cells.get(ID) or sheet.before.get(ID, "")
            where = f"{path} line {line}"
            if name not in found:
                found[name] = _begun(where, name, {**sheet.before, **cells})
            _take(where, found[name], cells, aggregated=sheet.aggregated)
    return [*map(_closed, found.values())]


def _sheet(rows: Rows) -> Sheet | None:
    at = _heading(rows)
    if at is None:
        return None
    names = [_plain(cell) for cell in rows[at]]
    before = {_plain(row[0]): row[1] for row in rows[:at] if len(row) > 1 and row[0]}
    held = [(line, told(names, row)) for line, row in enumerate(rows[at + 1 :], at + 2) if any(row)]
    return Sheet(before, held, TIME not in names)


def _heading(rows: Rows) -> int | None:
    """Which line names the columns."""
    for at, row in enumerate(rows[:LOOKED_AT]):
        names = {_plain(cell) for cell in row}
        whole = ID in names or any(row[:1] and _plain(row[0]) == ID for row in rows[:at])
        if BEHAVIOUR in names and whole and (TIME in names or {BEGIN, END} <= names):
            return at
    return None


def _plain(cell: str) -> str:
    """A heading in lower case; of an independent variable, its name."""
    name = cell.strip().casefold()
    return name[len(VARIABLE) : -1] if name.startswith(VARIABLE) else name


def _begun(where: str, name: str, cells: Mapping[str, str]) -> Observation:
    observer = next((said(cells[word]) for word in OBSERVERS if said(cells.get(word))), "")
    offset = said(cells.get("time offset (s)"))
    return Observation(
        name,
        _players(cells),
        observer,
        said(cells.get(OF_RECORDING)),
        _time_s(where, offset) if offset else 0.0,
        _looked_s(where, cells),
    )


def _players(cells: Mapping[str, str]) -> tuple[str, ...]:
    """The file of the first player, as older exports tell it above the heading."""
    return tuple(filter(None, [said(cells.get("player #1"))]))


def _time_s(where: str, cell: str) -> float:
    """Of a time, whose decimals may follow a comma: Excel writes it so in many languages."""
    decimal = cell.count(",") == 1 and "." not in cell
    return seconds(where, cell.replace(",", ".") if decimal else cell)


def _looked_s(where: str, cells: Mapping[str, str]) -> tuple[float, float] | None:
    start, stop = (said(cells.get(name)) for name in LIMITS)
    if start and stop and _time_s(where, start) < _time_s(where, stop):
        return _time_s(where, start), _time_s(where, stop)
    length = next((said(cells[name]) for name in LENGTHS if said(cells.get(name))), "")
    # Players show the same time: the longest counts. The files of one follow on one another.
    whole_s = max(_lasts_s(where, player) for player in length.split("|"))
    return (0.0, whole_s) if whole_s > 0 else None


def _lasts_s(where: str, player: str) -> float:
    """How long the files of a player last together; 0 where that of one is not told."""
    lengths = [said(each) for each in player.split(";")]
    return sum(_time_s(where, each) for each in lengths) if all(lengths) else 0.0


def _files(cells: Mapping[str, str]) -> list[str]:
    """Those of the first player: all of them where a source tells them, else that of the row."""
    source = PLAYER.fullmatch(cells.get(SOURCE, ""))
    file = said(source[1]) if source else ""
    file = file or next((said(cells[name]) for name in MEDIA if said(cells.get(name))), "")
    return [each.strip() for each in file.split(";")] if file and file != "LIVE" else []


def _take(where: str, into: Observation, cells: Mapping[str, str], *, aggregated: bool) -> None:
    """An event, or a bout, of one line."""
    into.media = tuple(dict.fromkeys([*into.media, *_files(cells)]))
    modifiers = _modifiers(cells)
    comments = [cell for name, cell in cells.items() if name.startswith("comment") and said(cell)]
    if comments:
        into.warnings.append("comment")
    kind = next((cells[name].upper() for name in KINDS if name in cells), TURN)
    subject, behaviour = cells.get("subject", ""), cells[BEHAVIOUR]
    if aggregated:
        _take_bout(where, into, cells, individual(subject), labelled(behaviour, modifiers))
        return
    if not said(cells[TIME]):
        into.warnings.append(TIMELESS)
        return
    if kind not in (START, STOP, POINT, TURN):
        reason = f"{kind!r} is no type of an event"
        raise Refusal(where, reason, "export it anew: START, STOP or POINT")
    time_s = _time_s(where, cells[TIME])
    into.events.append(Event(time_s, behaviour, subject, modifiers, kind))


def _take_bout(
    where: str, into: Observation, cells: Mapping[str, str], who: str, label: str
) -> None:
    start, stop = said(cells[BEGIN]), said(cells[END])
    if not start or not stop:  # BORIS writes so a state that was never stopped, or started
        told_s = start or stop or "an unknown time"
        into.warnings.append(f"the {'start' if start else 'stop'} of {label} at {told_s} s")
        return
    start_s, stop_s = _time_s(where, start), _time_s(where, stop)
    if stop_s < start_s:
        reason = f"it is from {start} to {stop}"
        raise Refusal(where, reason, "fill in start and stop, in this order")
    into.bouts.append(Bout(label, start_s, stop_s, who))


def _modifiers(cells: Mapping[str, str]) -> tuple[str, ...]:
    """From one column, or one for each set."""
    parts: Iterator[Sequence[str]] = (
        cell.split("|") for name, cell in cells.items() if name.startswith("modifier")
    )
    return tuple(filter(None, (said(each) for part in parts for each in part)))


def _closed(found: Observation) -> Observation:
    """With its warnings in words."""
    comments = found.warnings.count("comment")
    timeless = found.warnings.count(TIMELESS)
    alone = [line for line in found.warnings if line not in ("comment", TIMELESS)]
    found.warnings = []
    if comments:
        found.warnings.append(f"comments of {comments} rows of {found.name} are not kept")
    if timeless:
        found.warnings.append(f"{timeless} events of {found.name} have no time, and are left out")
    if alone:
        found.warnings.append(unpaired(found.name, alone))
    return found


def unpaired(name: str, alone: Sequence[str]) -> str:
    """What is said of starts and stops without a partner."""
    count = f"{len(alone)} events have" if len(alone) > 1 else "an event has"
    return f"in {name} {count} no partner, and no bout is made of: {listed(alone)}"
