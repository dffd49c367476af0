"""Many recordings, one after the other or several at once; a failure never stops the rest."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from ethoframe.data import Refusal
from ethoframe.run.entries import Entry
from ethoframe.run.journal import Journal
from ethoframe.run.names import JOURNAL
from ethoframe.run.one import analysed
from ethoframe.run.order import Asked, Outcome
from ethoframe.run.outputs import write_overview
from ethoframe.run.told import Told
from ethoframe.run.writing import Unwritten, check_writable

Work = Callable[[Entry, Any, Told | None], Outcome]
"""What is done with each recording, as asked; a function of a module, to be sent to a process."""

Watch = Callable[[str, str, int, int], None]
"""What a batch tells of its progress: which recording, then as `told.Told`."""


def run_batch(
    entries: Sequence[Entry],
    order: Asked,
    work: Work = analysed,
    *,
    jobs: int = 1,
    watch: Watch | None = None,
    others: Sequence[Outcome] = (),
) -> Iterator[Outcome]:
    """Works on every recording, and ends with the tables over all of them.

    Parameters
    ----------
    entries
        As `entries.entries` gives them.
    order
        What to do with each.
    work
        Does it.
    jobs
        How many recordings at once, each in a process of its own; outcomes come as they are ready.
    watch
        Called with the progress of each recording.
    others
        What earlier commands left, which tables over everything take in as well.

    Raises
    ------
    Refusal
        Before any work when nothing can be written in the output folder.
    """
    journal = Journal(order.out / JOURNAL)
    check_writable(order.out)
    journal.check()
    outcomes: dict[str, Outcome] = {}
    for outcome in _outcomes(entries, order, work, jobs, watch):
        outcomes[outcome.name] = outcome
        yield outcome
    with suppress(Unwritten, OSError):  # another run may have it open
        journal.tidy()
    write_overview(order.out, [*others, *(outcomes[entry.name] for entry in entries)])


def _outcomes(
    entries: Sequence[Entry], order: Asked, work: Work, jobs: int, watch: Watch | None
) -> Iterator[Outcome]:
    if jobs > 1 and len(entries) > 1:
        from ethoframe.run.local import at_once

        yield from at_once(entries, order, jobs, watch, work)
        return
    for entry in entries:
        yield run_one(entry, order, work, watch)


def run_one(
    entry: Entry, order: Asked, work: Work = analysed, watch: Watch | None = None
) -> Outcome:
    """Works on one recording, and says how it went; whatever goes wrong is told in the outcome."""
    told = partial(watch, entry.name) if watch else None
    failed = partial(Outcome, entry.name, order.folder(entry.name))
    try:
        return work(entry, order, told)
    except Refusal as no:
        path = entry.files[0]
        itself = no.where in (entry.name, str(path), str(path.absolute()))
        reason = no.reason if itself else f"{no.where}: {no.reason}"
        return failed("failed", reason, no.remedy)
    except OSError as error:
        reason = f"{error.filename or entry.files[0]}: {error.strerror or error}"
        remedy = "check the disk or network share, then run the same command again"
        return failed("failed", reason, remedy)
    except Exception as error:  # noqa: BLE001  one broken recording must not end the batch
        remedy = "please report this line to the authors, with the file if you may"
        return failed("broken", fault(error), remedy)


def fault(error: BaseException) -> str:
    """An error of our own in one line, with the place it comes from."""
    told = " ".join(f"{type(error).__name__}: {error}".split())
    places = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(places[-1].filename).name}:{places[-1].lineno})" if places else ""
    return told + where
