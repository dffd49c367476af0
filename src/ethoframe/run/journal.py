"""How far each recording has come, kept so that a killed run goes on where it was.

One SQLite file in the output folder. A mark is one transaction: position, memories, and the rows
that are new since the last one; either all of it is there after a kill, or none.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ethoframe.data import Noun, Refusal
from ethoframe.run.packing import pack, unpack
from ethoframe.run.flow import State

MARK_EVERY_S = 2.0

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    recording TEXT PRIMARY KEY, key TEXT NOT NULL, finished REAL, files TEXT);
CREATE TABLE IF NOT EXISTS answers (
    recording TEXT, pass TEXT, step TEXT, part INTEGER, packed BLOB,
    PRIMARY KEY (recording, pass, step, part));
CREATE TABLE IF NOT EXISTS marks (
    recording TEXT, pass TEXT, position INTEGER, memories BLOB, finished INTEGER,
    PRIMARY KEY (recording, pass));
"""


class Journal:
    """The journal of an output folder.

    Parameters
    ----------
    path
        The SQLite file; made when the first recording begins.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; all of it or nothing."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=60)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.executescript(_TABLES)
                with connection:
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise Refusal(self.path, f"the journal cannot be written ({error})", _REMEDY) from None

    def finished_files(self, recording: str, key: str) -> list[str] | None:
        """Files of a finished run with the same key, or None."""
        if not self.path.exists():
            return None
        query = "SELECT files FROM runs WHERE recording=? AND key=? AND finished IS NOT NULL"
        with self.writing() as db:
            row = db.execute(query, (recording, key)).fetchone()
        return row[0].split("\n") if row else None

    def begin(self, recording: str, key: str) -> None:
        """Starts a run, or goes on with the one of the same key."""
        with self.writing() as db:
            row = db.execute("SELECT key FROM runs WHERE recording=?", (recording,)).fetchone()
            if row and row[0] != key:
                _forget(db, recording)
            db.execute(
                "INSERT INTO runs (recording, key) VALUES (?, ?) "
                "ON CONFLICT (recording) DO UPDATE SET finished=NULL, files=NULL",
                (recording, key),
            )

    def finish(self, recording: str, files: list[str]) -> None:
        """The tables are written; what only a resume needs is dropped."""
        with self.writing() as db:
            for table in ("answers", "marks"):
                db.execute(f"DELETE FROM {table} WHERE recording=?", (recording,))  # noqa: S608
            db.execute(
                "UPDATE runs SET finished=?, files=? WHERE recording=?",
                (time.time(), "\n".join(files), recording),
            )

    def abandon(self, recording: str) -> None:
        """Forgets a recording that cannot be analysed, and the journal with it if it holds no other."""
        with self.writing() as db:
            _forget(db, recording)
            left = db.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
        if left == 0:
            for path in self.path.parent.glob(f"{self.path.name}*"):
                path.unlink(missing_ok=True)

    def marks(self, recording: str, name: str) -> PassMarks:
        """The marks of one pass over a recording."""
        return PassMarks(self, recording, name)


class PassMarks:
    """Marks of one pass, as `run.stream` leaves and finds them."""

    def __init__(self, journal: Journal, recording: str, name: str) -> None:
        self.journal = journal
        self.of = (recording, name)
        self._kept: dict[str, int] = {}
        self._last = time.monotonic()

    def answers(self) -> dict[str, Noun] | None:
        """The answers of the pass if it was finished before."""
        with self.journal.writing() as db:
            query = "SELECT finished FROM marks WHERE recording=? AND pass=?"
            row = db.execute(query, self.of).fetchone()
            if not row or not row[0]:
                return None
            return {step: parts[0] for step, parts in self._parts(db).items()}

    def resume(self) -> State:
        """The state of the last mark."""
        with self.journal.writing() as db:
            query = "SELECT position, memories FROM marks WHERE recording=? AND pass=?"
            row = db.execute(query, self.of).fetchone()
            if not row:
                return State()
            answers = self._parts(db)
        self._kept = {step: len(parts) for step, parts in answers.items()}
        return State(row[0], unpack(row[1]), answers)

    def mark(self, state: State) -> None:
        """Keeps the state if the last mark is long enough ago."""
        if time.monotonic() - self._last < MARK_EVERY_S:
            return
        fresh = [
            (step, i, part)
            for step, parts in state.answers.items()
            for i, part in enumerate(parts)
            if i >= self._kept.get(step, 0)
        ]
        with self.journal.writing() as db:
            self._write(db, fresh)
            values = (*self.of, state.position, pack(state.memories), 0)
            db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)", values)
        self._kept = {step: len(parts) for step, parts in state.answers.items()}
        self._last = time.monotonic()

    def finished(self, answers: Mapping[str, Noun]) -> None:
        """Whole answers take the place of their parts."""
        with self.journal.writing() as db:
            db.execute("DELETE FROM answers WHERE recording=? AND pass=?", self.of)
            self._write(db, [(step, 0, answer) for step, answer in answers.items()])
            values = (*self.of, 0, pack({}), 1)
            db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)", values)

    def _write(self, db: sqlite3.Connection, rows: list[tuple[str, int, Noun]]) -> None:
        packed = [(*self.of, step, i, pack(part)) for step, i, part in rows]
        db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", packed)

    def _parts(self, db: sqlite3.Connection) -> dict[str, list[Any]]:
        query = "SELECT step, packed FROM answers WHERE recording=? AND pass=? ORDER BY step, part"
        parts: dict[str, list[Any]] = {}
        for step, packed in db.execute(query, self.of):
            parts.setdefault(step, []).append(unpack(packed))
        return parts


_REMEDY = "free some space or name another folder with --out, then run the same command again"


def _forget(db: sqlite3.Connection, recording: str) -> None:
    for table in ("runs", "answers", "marks"):
        db.execute(f"DELETE FROM {table} WHERE recording=?", (recording,))  # noqa: S608
