"""Times of pulses as an outside computer wrote them down: ``ttl.csv``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ethoframe.data import Episodes, Refusal
from ethoframe.formats.timestamps.columns import Lines, Row, seconds, unit_of

STARTS = (
    "on", "ontime", "onset", "onsettime", "start", "starttime", "rise", "rising", "pulse",
    "pulses", "pulsetime", "ttl", "ttltime", "time", "timestamp", "timestamps", "times", "t", "",
)  # fmt: skip
"""What a column of beginnings is called, without its unit; the last stands for a unit alone."""

STATES = ("state", "value", "level", "signal", "edge", "polarity")
"""What a column is called that tells beginnings from ends."""

BEGUN = ("1", "on", "high", "true", "rise", "rising", "up")
OVER = ("0", "-1", "off", "low", "false", "fall", "falling", "down")


def read_pulses(path: Path | str, *, unit: str = "", column: str = "") -> Episodes:
    r"""When pulses began: episodes called *pulse* without length.

    The column with the times is found by its name (on, onset, start, time, timestamp ...); a file
    of one column needs no headings. Where a column called state, value, level or edge says which
    lines are beginnings and which ends, ends are passed over.

    Parameters
    ----------
    path
        A table with comma, semicolon or tab between its columns.
    unit
        ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``; when left out as the heading says, or seconds.
    column
        What the column with the times is called; found by its name when left out.

    Raises
    ------
    Refusal
        When it cannot be read, has no column of times, or a time is missing, no time, or not after
        the one before; with its line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ttl.csv"
    >>> _ = path.write_text("time_ms,state\n100,1\n150,0\n900,1\n", encoding="utf-8")
    >>> read_pulses(path).start_s.tolist()
    [0.1, 0.9]
    """
    path = Path(path)
    lines = Lines.of(path)
    rows: Iterator[Row] = lines.rows
    if lines.headings:
        at = lines.column(STARTS, column)
        if at is None:
            reason = f"none of its columns is one of times: {', '.join(lines.headings)}"
            raise Refusal(path, reason, "call it time_s, or name the column that is meant")
        unit, state = unit_of(path, lines.headings[at], unit), lines.column(STATES)
        rows = rows if state is None else _begun(path, rows, state)
    else:
        at, rows = lines.unheaded()
        unit = unit_of(path, "", unit)
    times_s = seconds(path, rows, at, unit)
    if len(times_s) == 0:
        raise Refusal(path, "it holds no pulse", "name the file with the pulses of the lamp")
    return Episodes.of("pulse", np.stack([times_s, times_s], axis=1), times_s[[[0, -1]]])


def _begun(path: Path, rows: Iterator[Row], state: int) -> Iterator[Row]:
    """The rows that are beginnings."""
    for line, cells in rows:
        said = _plain(cells, state)
        if said in BEGUN:
            yield line, cells
        elif said not in OVER:
            reason = f"{said!r} is neither the beginning nor the end of a pulse"
            raise Refusal(f"{path} line {line}", reason, "write 1 and 0, or on and off")


def _plain(cells: list[str], state: int) -> str:
    said = cells[state].lower() if state < len(cells) else ""
    return said.removesuffix(".0")
