"""Many recordings, one after the other or several at once; a failure never stops the rest."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ethoframe import formats
from ethoframe.data import Noun, Recording, Refusal
from ethoframe.run.analysis import Analysis, Told
from ethoframe.run.cautions import cautions
from ethoframe.run.journal import Journal, Run
from ethoframe.run.order import Finding, Order, Outcome
from ethoframe.run.outputs import measures_in, warnings_in, write_overview, write_tables
from ethoframe.run.provenance import provenance
from ethoframe.run.told import Watched
from ethoframe.run.writing import Unwritten, check_writable, moved_into

JOURNAL = "journal.sqlite"

Watch = Callable[[str, str, int, int], None]
"""What a batch tells of its progress: which recording, then as `analysis.Told`."""


def run_batch(
    recordings: Mapping[str, Path], order: Order, *, jobs: int = 1, watch: Watch | None = None
) -> Iterator[Outcome]:
    """Analyses every recording, and ends with the tables over all of them.

    Parameters
    ----------
    recordings
        Files by name, as `names.named` gives them.
    order
        What to do with each.
    jobs
        How many recordings at once, each in a process of its own; outcomes come as they are ready.
    watch
        Called with the progress of each recording.

    Raises
    ------
    Refusal
        Before any work when nothing can be written in the output folder.
    """
    journal = Journal(order.out / JOURNAL)
    check_writable(order.out)
    journal.check()
    outcomes: dict[str, Outcome] = {}
    for outcome in _outcomes(recordings, order, jobs, watch):
        outcomes[outcome.name] = outcome
        yield outcome
    with suppress(Unwritten):
        journal.tidy()
    write_overview(order, [outcomes[name] for name in recordings])


def _outcomes(
    recordings: Mapping[str, Path], order: Order, jobs: int, watch: Watch | None
) -> Iterator[Outcome]:
    if jobs > 1 and len(recordings) > 1:
        from ethoframe.run.local import at_once

        yield from at_once(recordings, order, jobs, watch)
        return
    for name, path in recordings.items():
        yield run_one(name, path, order, watch)
