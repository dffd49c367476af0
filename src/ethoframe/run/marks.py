"""Marks of one pass: what of it is done, and what must be known to go on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from ethoframe.data import Noun
from ethoframe.run.flow import State
from ethoframe.run.packing import pack, unpack

MARK_EVERY_S = 2.0
"""So much work a kill may cost, and not much more."""

SHARE = 1 / 20
"""Of the time that writing marks may take, where memory is large or the disk slow."""

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]


class PassMarks:
    """Marks of one pass over a recording, as `run.stream` leaves and finds them.

    Parameters
    ----------
    writing
        Begins a transaction.
    recording, name
        Of what, and which pass.
    """

    def __init__(self, writing: Transaction, recording: str, name: str) -> None:
        self._writing = writing
        self._of = (recording, name)
        self._kept: dict[str, int] = {}
        self._due = time.monotonic() + MARK_EVERY_S

    def answers(self) -> dict[str, Noun] | None:
        """The answers of the pass if it was finished before."""
        with self._writing() as db:
            query = "SELECT finished FROM marks WHERE recording=? AND pass=?"
            row = db.execute(query, self._of).fetchone()
            if not row or not row[0]:
                return None
            return {step: parts[0] for step, parts in self._parts(db).items()}

    def resume(self) -> State:
        """The state of the last mark."""
        with self._writing() as db:
            query = "SELECT position, memories FROM marks WHERE recording=? AND pass=?"
            row = db.execute(query, self._of).fetchone()
            if not row:
                return State()
            answers = self._parts(db)
        self._kept = {step: len(parts) for step, parts in answers.items()}
        return State(row[0], unpack(row[1]), answers)

    def mark(self, state: State) -> None:
        """Keeps the state if it is time to."""
        began = time.monotonic()
        if began < self._due:
            return
        state.join(self._kept)
        fresh = [
            (step, i, part)
            for step, parts in state.answers.items()
            for i, part in enumerate(parts)
            if i >= self._kept.get(step, 0)
        ]
        rows, memories = self._packed(fresh), pack(state.memories)
        with self._writing() as db:
            _write(db, rows, (*self._of, state.position, memories, 0))
        self._kept = {step: len(parts) for step, parts in state.answers.items()}
        now = time.monotonic()
        self._due = now + max(MARK_EVERY_S, (now - began) / SHARE)

    def finished(self, answers: Mapping[str, Noun]) -> None:
        """Whole answers take the place of their parts."""
        rows = self._packed([(step, 0, answer) for step, answer in answers.items()])
        with self._writing() as db:
            db.execute("DELETE FROM answers WHERE recording=? AND pass=?", self._of)
            _write(db, rows, (*self._of, 0, pack({}), 1))

    def _packed(self, parts: list[tuple[str, int, Noun]]) -> list[Row]:
        # Before a transaction begins: runs of other recordings may be waiting for it to end.
        return [(*self._of, step, i, pack(part)) for step, i, part in parts]

    def _parts(self, db: sqlite3.Connection) -> dict[str, list[Any]]:
        query = "SELECT step, packed FROM answers WHERE recording=? AND pass=? ORDER BY step, part"
        parts: dict[str, list[Any]] = {}
        for step, packed in db.execute(query, self._of):
            parts.setdefault(step, []).append(unpack(packed))
        return parts


Row = tuple[str, str, str, int, bytes]


def _write(db: sqlite3.Connection, rows: list[Row], mark: tuple[str, str, int, bytes, int]) -> None:
    db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", rows)
    db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)", mark)
