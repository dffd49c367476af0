"""Work on a recording that is not done twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ethoframe.data import Refusal
from ethoframe.run.entries import Entry
from ethoframe.run.journal import Journal, Run
from ethoframe.run.names import JOURNAL
from ethoframe.run.order import Outcome, Part, Status
from ethoframe.run.parts import complete, parts_in
from ethoframe.run.writing import Unwritten

SEE = "see its report.html"
"""What to do about a result that is not to be trusted."""


class Wanted(Protocol):
    """What is asked, as far as it must be known here."""

    @property
    def out(self) -> Path:
        """Where results go."""
        ...

    @property
    def extras(self) -> frozenset[str]:
        """Files that are wanted besides."""
        ...

    def folder(self, name: str) -> Path:
        """Where the results of the recording called `name` go."""
        ...


def once(
    entry: Entry, asked: Wanted, key: str, work: Callable[[Run], Outcome], frames: int = 0
) -> Outcome:
    """What an earlier run with the same key left, or else what the work gives.

    Parameters
    ----------
    entry
        The recording.
    asked
        Where its results go, and which are wanted.
    key
        Of everything that decides them.
    work
        Carries it out.
    frames
        How many it has.

    Raises
    ------
    Refusal
        When the recording will not do, or nothing can be written.
    """
    journal, folder = Journal(asked.out / JOURNAL), asked.folder(entry.name)
    files = journal.finished(entry.name, key)
    if files is not None and complete(folder, files, asked.extras):
        return found(entry.name, folder, parts_in(folder, files, entry), frames=frames)
    run = journal.begin(entry.name, key)
    try:
        return work(run)
    except Unwritten:
        raise  # nothing is wrong with the recording: its marks are for the next run
    except Refusal:
        with suppress(Unwritten):
            run.abandon()
        raise


def found(name: str, folder: Path, parts: tuple[Part, ...], frames: int = 0) -> Outcome:
    """The outcome of results that an earlier run left; one that failed then has still failed."""
    reason = next((part.failed for part in parts if part.failed), "")
    status: Status = "failed" if reason else "unchanged"
    return Outcome(
        name,
        folder,
        status,
        reason,
        SEE if reason else "",
        warnings=tuple(told(part, line) for part in parts for line in part.warnings),
        frames=frames,
        parts=parts,
    )


def told(part: Part, line: str) -> str:
    """A warning with the arena it is about, where there are several."""
    apart = part.arena and part.arena in part.folder.parts
    return f"{part.arena}: {line.removeprefix(f'{part.arena}: ')}" if apart else line
