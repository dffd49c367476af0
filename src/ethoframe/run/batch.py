"""Many recordings, one after the other or several at once; a failure never stops the rest."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ethoframe import formats
from ethoframe.contract import Recipe
from ethoframe.data import Measures, Noun, Recording, Refusal
from ethoframe.formats import table
from ethoframe.run.analysis import Analysis, Told
from ethoframe.run.cautions import cautions
from ethoframe.run.journal import Journal
from ethoframe.run.outputs import measures_in, moved_into, write_tables
from ethoframe.run.provenance import provenance

JOURNAL = "journal.sqlite"
FAILURES = "failures.csv"
MEASURES = "measures.csv"


@dataclass(frozen=True)
class Finding:
    """One analysed recording, as it is shown to people.

    Parameters
    ----------
    recording, answers, measures
        What was analysed and what came out.
    provenance
        How, ready for JSON.
    warnings
        What a reader has to know first.
    """

    recording: Recording
    answers: Mapping[str, Noun]
    measures: Measures
    provenance: Mapping[str, Any]
    warnings: tuple[str, ...]


Show = Callable[[Path, Finding], None]
"""Writes pages, pictures or clips of a finding into a folder."""


@dataclass(frozen=True)
class Order:
    """What to do with each recording.

    Parameters
    ----------
    recipe
        How to analyse it.
    out
        Where results go: one folder per recording, and tables over all of them.
    given
        Answers that the user gave.
    show
        Further files: each is called with a folder and the finding.
    csv
        Whether tracks are written as CSV as well.
    command
        The command line, for the provenance.
    """

    recipe: Recipe
    out: Path
    given: Mapping[str, Noun] = field(default_factory=dict)
    show: tuple[Show, ...] = ()
    csv: bool = False
    command: str = ""


@dataclass(frozen=True)
class Outcome:
    """How it went with one recording.

    Parameters
    ----------
    name
        The recording, as in the tables.
    folder
        Where its results are.
    status
        ``"done"``, ``"unchanged"`` (finished by an earlier run), ``"failed"`` or ``"broken"`` (a fault
        of ethoframe's own).
    reason, remedy
        Why it failed, and what to do.
    warnings
        What to know before trusting the results.
    seconds
        Where the time went.
    frames
        How many were analysed.
    """

    name: str
    folder: Path
    status: str
    reason: str = ""
    remedy: str = ""
    warnings: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    frames: int = 0


def named(paths: Sequence[Path]) -> dict[str, Path]:
    """Recordings by the name they have in tables: the path below the folder that was given.

    Raises
    ------
    Refusal
        When two results would lie in the same folder, or a folder holds no recording.
    """
    found: dict[str, Path] = {}
    folders: dict[str, str] = {}
    for path in paths:
        inside = _inside(path)
        if path.is_dir() and not inside:
            raise Refusal(path, "there is no recording in this folder", "name a folder with videos")
        for name, file in inside:
            folder = str(Path(name).with_suffix(""))
            if folder in folders and found[folders[folder]].resolve() != file.resolve():
                other = found[folders[folder]]
                reason = f"its results would lie where those of {other} go"
                raise Refusal(file, reason, "rename one of them or run them apart with --out")
            folders[folder] = name
            found[name] = file
    return found


def run_batch(
    recordings: Mapping[str, Path], order: Order, *, jobs: int = 1, told: Told | None = None
) -> Iterator[Outcome]:
    """Analyses every recording, and ends with the tables over all of them.

    Parameters
    ----------
    recordings
        Files by name, as `named` gives them.
    order
        What to do with each.
    jobs
        How many recordings at once, each in a process of its own.
    told
        Called with the progress within a recording; only when `jobs` is 1.
    """
    outcomes = []
    for outcome in _outcomes(recordings, order, jobs, told):
        outcomes.append(outcome)
        yield outcome
    _write_overview(order.out, outcomes)


def _outcomes(
    recordings: Mapping[str, Path], order: Order, jobs: int, told: Told | None
) -> Iterator[Outcome]:
    if jobs == 1 or len(recordings) < 2:
        for name, path in recordings.items():
            yield run_one(name, path, order, told)
        return
    # Spawned, not forked: a fork of a process with threads may never come back.
    with ProcessPoolExecutor(min(jobs, len(recordings)), get_context("spawn")) as pool:
        waiting = [pool.submit(run_one, name, path, order) for name, path in recordings.items()]
        for future in waiting:
            yield future.result()


def run_one(name: str, path: Path, order: Order, told: Told | None = None) -> Outcome:
    """Analyses one recording, and says how it went; whatever goes wrong is told in the outcome."""
    folder = order.out / Path(name).with_suffix("")
    try:
        return _analysed(name, path, folder, order, told)
    except Refusal as refusal:
        where = "" if refusal.where in (name, str(path)) else f"{refusal.where}: "
        return Outcome(name, folder, "failed", where + refusal.reason, refusal.remedy)
    except Exception as error:  # noqa: BLE001  one broken recording must not end the batch
        where = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        remedy = "please report this line to the authors, with the file if you may"
        return Outcome(name, folder, "broken", reason, remedy)


def _analysed(name: str, path: Path, folder: Path, order: Order, told: Told | None) -> Outcome:
    recording = formats.read(path, name=name)
    signed = provenance(recording, order.recipe, order.given, order.command)
    journal = Journal(order.out / JOURNAL)
    wanted = _files(order)
    files = journal.finished_files(name, signed["key"])
    if (
        files is not None
        and set(wanted) <= set(files)
        and all((folder / f).exists() for f in files)
    ):
        return Outcome(name, folder, "unchanged", warnings=recording.warnings)
    journal.begin(name, signed["key"])
    analysis = Analysis(recording, order.recipe, order.given, journal, told)
    try:
        answers = analysis.answers()
    except Refusal:
        journal.abandon(name)
        raise
    warnings = (*recording.warnings, *cautions(recording, answers))
    measures = measures_in(answers).of(recording=name)
    finding = Finding(
        recording, answers, measures, {**signed, "warnings": list(warnings)}, warnings
    )
    with analysis.profile.spent("write"), moved_into(folder) as part:
        write_tables(part, answers, measures, finding.provenance, csv=order.csv)
        for show in order.show:
            with analysis.profile.spent("report"):
                show(part, finding)
        written = sorted(p.name for p in part.iterdir())
    journal.finish(name, written)
    return Outcome(
        name,
        folder,
        "done",
        warnings=warnings,
        seconds=analysis.profile.total(),
        frames=len(recording),
    )


def _files(order: Order) -> list[str]:
    """Files that only some orders ask for, by what writes them."""
    shown = [name for show in order.show for name in getattr(show, "writes", ())]
    return [*shown, *(["tracks.csv"] if order.csv else [])]


def _inside(path: Path) -> list[tuple[str, Path]]:
    if path.is_dir():
        return [(p.relative_to(path).as_posix(), p) for p in formats.recordings_in(path)]
    return [(path.name, path)]


def _write_overview(out: Path, outcomes: Sequence[Outcome]) -> None:
    """``measures.csv`` over all recordings, and the table of what failed."""
    finished = [o for o in outcomes if o.status in ("done", "unchanged")]
    failed = [o for o in outcomes if o not in finished]
    with moved_into(out) as part:
        if finished:
            every = [table.read_measures(o.folder / MEASURES) for o in finished]
            table.write_measures(part / MEASURES, Measures.joined(every))
        if failed:
            rows = [(o.name, o.reason, o.remedy) for o in failed]
            table.write_rows(part / FAILURES, ("recording", "reason", "remedy"), rows)
    if not failed:
        (out / FAILURES).unlink(missing_ok=True)
