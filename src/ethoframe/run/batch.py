"""Many recordings, one after the other or several at once; a failure never stops the rest."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.run.analysis import Analysis
from ethoframe.run.cautions import cautions
from ethoframe.run.journal import Journal, Run
from ethoframe.run.order import Finding, Order, Outcome
from ethoframe.run.outputs import measures_in, warnings_in, write_overview, write_tables
from ethoframe.run.provenance import provenance
from ethoframe.run.told import Told, Watched
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


def run_one(name: str, path: Path, order: Order, watch: Watch | None = None) -> Outcome:
    """Analyses one recording, and says how it went; whatever goes wrong is told in the outcome."""
    told = partial(watch, name) if watch else None
    try:
        return _analysed(name, path, order, told)
    except Refusal as no:
        itself = no.where in (name, str(path), str(path.absolute()))
        reason = no.reason if itself else f"{no.where}: {no.reason}"
        return Outcome(name, order.folder(name), "failed", reason, no.remedy)
    except OSError as error:
        reason = f"{error.filename or path}: {error.strerror or error}"
        remedy = "check the disk or network share, then run the same command again"
        return Outcome(name, order.folder(name), "failed", reason, remedy)
    except Exception as error:  # noqa: BLE001  one broken recording must not end the batch
        remedy = "please report this line to the authors, with the file if you may"
        return Outcome(name, order.folder(name), "broken", fault(error), remedy)


def fault(error: BaseException) -> str:
    """An error of our own in one line, with the place it comes from."""
    told = " ".join(f"{type(error).__name__}: {error}".split())
    places = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(places[-1].filename).name}:{places[-1].lineno})" if places else ""
    return told + where


def _analysed(name: str, path: Path, order: Order, told: Told | None) -> Outcome:
    recording = formats.read(path, name=name)
    command = order.command(path) if order.command else ""
    signed = provenance(recording, order.recipe, order.given, command)
    journal, folder = Journal(order.out / JOURNAL), order.folder(name)
    files = journal.finished(name, signed["key"])
    if files is not None and order.extras <= files and all((folder / f).exists() for f in files):
        return Outcome(
            name, folder, "unchanged", warnings=warnings_in(folder), frames=len(recording)
        )
    run = journal.begin(name, signed["key"])
    analysis = Analysis(recording, order.recipe, order.given, run, told)
    try:
        warnings = _carried_out(analysis, order, signed, run)
    except Unwritten:
        raise  # nothing is wrong with the recording: its marks are for the next run
    except Refusal:
        with suppress(Unwritten):
            run.abandon()
        raise
    return Outcome(
        name,
        folder,
        "done",
        warnings=warnings,
        seconds=analysis.profile.total(),
        frames=len(recording),
        resumed=analysis.resumed,
    )


def _carried_out(
    analysis: Analysis, order: Order, signed: Mapping[str, Any], run: Run
) -> tuple[str, ...]:
    """Runs the analysis and writes what it found; what to know before trusting it."""
    recording, profile = analysis.recording, analysis.profile
    answers = analysis.answers()
    warnings = (*recording.warnings, *cautions(recording, answers))
    measures = measures_in(answers).of(recording=recording.name)
    signed = {**signed, "warnings": list(warnings)}
    finding = Finding(recording, answers, measures, signed, warnings)
    with moved_into(order.folder(recording.name), run.stale) as part:
        with profile.spent("write"):
            write_tables(part, finding, order)
        for show in order.show:
            watched = Watched.of(recording, f"writing {show.file}", analysis.told)
            with profile.spent("report"):
                show.write(part / show.file, replace(finding, recording=watched))
        written = sorted(path.name for path in part.iterdir())
    run.finish(written)
    return warnings
