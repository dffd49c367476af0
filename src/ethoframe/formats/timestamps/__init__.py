"""Times of frames as the computer of a camera wrote them down: ``cam.csv``.

::

    frame,time_s
    0,12.0031
    1,12.0365

One line for each frame. The column with the times is found by its name (time, timestamp, time_s,
Time Stamp (ms) ...); a file of one column needs no headings. Numbers are seconds unless the heading
names ms, us or ns; dates with times count from the first of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Clock, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats.timestamps.columns import Lines, seconds, unit_of
from ethoframe.formats.timestamps.pulses import read_pulses

__all__ = ["SUFFIXES", "clocked", "read", "read_pulses", "write"]

SUFFIXES = (".csv", ".tsv", ".txt", ".dat")
"""How the names of files with times end."""

WORDS = (
    "time", "timestamp", "timestamps", "times", "t", "frametime", "frametimestamp", "cameratime",
    "systime", "datetime", "",
)  # fmt: skip
"""What a column of times is called, without its unit; the last stands for a unit alone."""

UNLIKE = 10
"""A clock that runs so many times faster or slower than the container's is told of as odd."""


def read(path: Path | str, *, unit: str = "", column: str = "") -> Array:
    r"""Seconds ``(t,)`` of each frame, strictly rising.

    Parameters
    ----------
    path
        A table with comma, semicolon or tab between its columns; lines that begin with ``#`` are
        passed over.
    unit
        ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``; when left out as the heading says, or seconds.
    column
        What the column is called; found by its name when left out.

    Raises
    ------
    Refusal
        When it cannot be read, has no column of times, or a time is missing, no time, or not after
        the one before; with its line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cam.csv"
    >>> _ = path.write_text("frame,time_ms\n0,100\n1,133.5\n", encoding="utf-8")
    >>> read(path).tolist()
    [0.1, 0.1335]
    """
    path = Path(path)
    lines = Lines.of(path)
    rows: Iterator[Any] = lines.rows
    if not lines.headings:
        if column:
            raise Refusal(path, f"there is no column {column!r}", "it has no headings at all")
        at, rows = lines.unheaded()
        return seconds(path, rows, at, unit_of(path, "", unit))
    found = lines.column(WORDS, column)
    if found is None:
        reason = f"none of its columns is one of times: {', '.join(lines.headings)}"
        raise Refusal(path, reason, "call it time_s, or name the column that is meant")
    return seconds(path, rows, found, unit_of(path, lines.headings[found], unit))


def write(path: Path, times_s: Array) -> None:
    """One line per frame: its number and its time in seconds, as `read` takes it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("frame", "time_s"))
        writer.writerows((number, f"{time:.9f}") for number, time in enumerate(times_s.tolist()))


def clocked(recording: Recording, times_s: Array, path: Path | str) -> Recording:
    """The recording with these times in place of the container's.

    Nothing is trimmed or filled: there must be one time for each frame. `facts` keeps the ends of
    the container's clock and how far the two are apart once their first frames are laid on each
    other; a line in `warnings` tells of it where it is more than half a frame.

    Parameters
    ----------
    recording
        Whose clock is replaced.
    times_s
        Seconds ``(t,)`` of each frame, strictly rising.
    path
        Where they come from, for what is said of them.

    Raises
    ------
    Refusal
        When there are more or fewer times than frames, or they do not rise.

    Examples
    --------
    >>> recording = Recording.of(np.zeros((3, 4, 6, 1), np.uint8), 10.0)
    >>> told = clocked(recording, np.array([5.0, 5.1, 5.25]), "cam.csv")
    >>> told.times_s.tolist(), round(told.facts["clocks differ by_ms"], 6)
    ([5.0, 5.1, 5.25], 50.0)
    """
    path, own, given = Path(path), recording.times_s, np.asarray(times_s, np.float64)
    if len(given) != len(own):
        raise _miscounted(path, len(given), recording)
    if not (np.isfinite(given).all() and np.all(np.diff(given) > 0)):
        raise Refusal(path, "its times do not rise from frame to frame", "sort or correct them")
    told = _compared(own, given)
    before = (
        {"container first_s": float(own[0]), "container last_s": float(own[-1])} if told else {}
    )
    facts = {**recording.facts, "times from": path.name, **before, **told}
    line = _told(path.name, given, told)
    return replace(recording, times_s=given, facts=facts, warnings=(*recording.warnings, *line))


def _miscounted(path: Path, count: int, recording: Recording) -> Refusal:
    frames = len(recording)
    reason = f"it has {count} times, and {recording.name} {frames} frames"
    if count > frames:
        return Refusal(
            path,
            reason,
            f"most often {count - frames} frames were dropped on the way to the file, and nothing "
            "tells which: take them out of the list by the camera's frame counter, or leave "
            "--timestamps out",
        )
    return Refusal(
        path,
        reason,
        f"{frames - count} frames have no time: check that the list is whole and belongs to this "
        "video",
    )


def _compared(own: Array, given: Array) -> dict[str, float]:
    """How far the two clocks are apart, and how much faster the given one runs."""
    if len(own) < 2:
        return {}
    apart = (given - given[0]) - (own - own[0])
    # The slope of a straight line through all frames: one odd frame at either end moves it little.
    since = own - own.mean()
    drift = float(since @ (given - own) / (since @ since))
    return {"clocks differ by_ms": 1e3 * float(np.abs(apart).max()), "clock drift_ppm": 1e6 * drift}


def _told(name: str, given: Array, told: dict[str, float]) -> tuple[str, ...]:
    if not told:
        return ()
    apart_ms, ratio = told["clocks differ by_ms"], 1 + 1e-6 * told["clock drift_ppm"]
    if not 1 / UNLIKE < ratio < UNLIKE:
        return (
            f"by {name} it lasts {ratio:.4g} times as long as by its container: {name} is used; "
            "if its times are in another unit than seconds, name it",
        )
    if apart_ms <= 500 * Clock.of(given).median_step_s:
        return ()
    return (
        f"its container's clock and {name} differ by up to {apart_ms:.1f} ms "
        f"({told['clock drift_ppm']:+.0f} ppm): {name} is used",
    )
