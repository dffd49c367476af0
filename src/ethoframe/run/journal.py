"""How far each recording has come, kept so that a killed run goes on where it was.

One SQLite file in the output folder. A mark is one transaction: position, memories, and the rows
that are new since the last one; either all of it is there after a kill, or none. The file is for
resuming only: it may be deleted at any time, and finished recordings are then done again.

No write-ahead log: results are often written to a network share, where SQLite cannot keep one.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from ethoframe.data import Refusal
from ethoframe.run.marks import PassMarks
from ethoframe.run.writing import Unwritten

WAIT_S = 60.0
"""How long another process may keep the file busy."""

LAYOUT = 2
"""Of the tables; what another layout holds is forgotten."""

_TABLES = """
CREATE TABLE runs (
    recording TEXT PRIMARY KEY, key TEXT, owner TEXT, finished REAL, files TEXT, stale TEXT);
CREATE TABLE answers (
    recording TEXT, pass TEXT, step TEXT, part INTEGER, packed BLOB,
    PRIMARY KEY (recording, pass, step, part));
CREATE TABLE marks (
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
        """One transaction; all of it or nothing.

        Raises
        ------
        Unwritten
            When the disk is full, the file may not be written, or is kept busy.
        Refusal
            When the file is damaged.
        """
        try:
            connection = sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None)
            with closing(connection), connection as db:
                db.execute("PRAGMA auto_vacuum=FULL")  # what a run needed is given back at its end
                db.execute("BEGIN IMMEDIATE")
                _lay_out(db)
                yield db
        except sqlite3.Error as error:
            raise _refused(self.path, error) from None

    def check(self) -> None:
        """Refuses a journal that is there and cannot be used."""
        if self.path.exists():
            with self.writing():
                pass

    def finished(self, recording: str, key: str) -> frozenset[str] | None:
        """Files of a finished run with the same key, or None."""
        if not self.path.exists():
            return None
        query = "SELECT files FROM runs WHERE recording=? AND key=? AND finished IS NOT NULL"
        with self.writing() as db:
            row = db.execute(query, (recording, key)).fetchone()
        return frozenset(json.loads(row[0])) if row else None

    def begin(self, recording: str, key: str) -> Run:
        """Starts a run, or goes on with the one of the same key."""
        run = Run(self, recording)
        with self.writing() as db:
            row = db.execute(
                "SELECT key, files, stale FROM runs WHERE recording=?", (recording,)
            ).fetchone()
            before, files, stale = row or (key, "[]", "[]")
            if before != key:
                _forget_marks(db, recording)
                files, stale = "[]", json.dumps(sorted({*json.loads(files), *json.loads(stale)}))
            row = (recording, key, run.owner, None, files, stale)
            db.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)", row)
        run.stale = frozenset(json.loads(stale))
        return run

    def tidy(self) -> None:
        """Removes the file if it holds nothing."""
        if not self.path.exists():
            return
        if self.path.stat().st_size:
            with self.writing() as db:
                if db.execute("SELECT COUNT(*) FROM runs").fetchone()[0]:
                    return
        self.path.unlink(missing_ok=True)


class Run:
    """One recording's run; whoever began last owns it, and an earlier one stops at its next mark.

    Attributes
    ----------
    stale
        Files that finished runs with another key left in the recording's folder.
    """

    def __init__(self, journal: Journal, recording: str) -> None:
        self.journal = journal
        self.recording = recording
        self.owner = uuid4().hex
        self.stale: frozenset[str] = frozenset()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction of the run.

        Raises
        ------
        Refusal
            When another run took this one's place.
        """
        with self.journal.writing() as db:
            if not self._owned(db):
                reason = "another run of it was started on the same folder"
                raise Refusal(self.recording, reason, "let that one finish")
            yield db

    def marks(self, name: str) -> PassMarks:
        """The marks of one of the run's passes."""
        return PassMarks(self.writing, self.recording, name)

    def finish(self, files: list[str]) -> None:
        """The results are written; what only a resume needs is dropped."""
        with self.writing() as db:
            _forget_marks(db, self.recording)
            query = "SELECT files FROM runs WHERE recording=?"
            before = json.loads(db.execute(query, (self.recording,)).fetchone()[0])
            db.execute(
                "UPDATE runs SET finished=?, files=?, stale='[]' WHERE recording=?",
                (time.time(), json.dumps(sorted({*before, *files})), self.recording),
            )

    def abandon(self) -> None:
        """Forgets a recording that cannot be analysed, but for the files of earlier runs."""
        with self.journal.writing() as db:
            if self._owned(db):
                _forget_marks(db, self.recording)
                db.execute("UPDATE runs SET key='' WHERE recording=?", (self.recording,))
                empty = "DELETE FROM runs WHERE recording=? AND files='[]' AND stale='[]'"
                db.execute(empty, (self.recording,))

    def _owned(self, db: sqlite3.Connection) -> bool:
        query = "SELECT 1 FROM runs WHERE recording=? AND owner=?"
        return db.execute(query, (self.recording, self.owner)).fetchone() is not None


def _lay_out(db: sqlite3.Connection) -> None:
    if db.execute("PRAGMA user_version").fetchone()[0] == LAYOUT:
        return
    for table in ("runs", "answers", "marks"):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES.strip().rstrip(";").split(";"):
        db.execute(statement)
    db.execute(f"PRAGMA user_version={LAYOUT}")


def _forget_marks(db: sqlite3.Connection, recording: str) -> None:
    for table in ("answers", "marks"):
        db.execute(f"DELETE FROM {table} WHERE recording=?", (recording,))


def _refused(path: Path, error: sqlite3.Error) -> Refusal:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            remedy = "delete it and run the same command again: what was finished is done again"
            return Refusal(path, f"the journal is damaged ({error})", remedy)
        case sqlite3.SQLITE_FULL:
            return Unwritten.of_full_disk(path)
        case sqlite3.SQLITE_BUSY:
            return Unwritten(path, "another run keeps the journal busy", "wait until it is done")
    reason = f"the journal cannot be written ({error})"
    return Unwritten(path, reason, "name a folder you may write with --out")
