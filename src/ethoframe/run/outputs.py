"""What a run leaves behind: tables for each recording, and tables over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ethoframe.data import (
    Arena,
    Episodes,
    Measures,
    Noun,
    Observations,
    Observed,
    Tracks,
    Transform,
)
from ethoframe.formats import arena as arena_file
from ethoframe.formats import episodes, keypoints, table
from ethoframe.run.order import Finding, Outcome, Part
from ethoframe.run.placed import POINTS
from ethoframe.run.steadied import as_filmed
from ethoframe.run.writing import Unwritten, moved_into

MEASURES = "measures.csv"
OTHERWISE = "otherwise.csv"
EPISODES = "episodes.csv"
FAILURES = "failures.csv"
TRIAL = "trial"


def measures_in(answers: Mapping[str, Noun]) -> Measures:
    """All measures among the answers, in the order of the recipe; times count from the trial."""
    rows = Measures.joined([noun for noun in answers.values() if isinstance(noun, Measures)]).rows
    start_s = trial_start_s(answers)
    return Measures(
        tuple(
            replace(row, bin_start_s=row.bin_start_s - start_s, bin_stop_s=row.bin_stop_s - start_s)
            for row in rows
        )
    )


def trial_start_s(answers: Mapping[str, Noun]) -> float:
    """When the trial starts, on the recording's clock; 0 where nothing says so."""
    trial = answers.get(TRIAL)
    starts = trial.spans(TRIAL)[:, 0] if isinstance(trial, Episodes) else np.zeros(0)
    return float(starts[0]) if len(starts) else 0.0


def write_tables(
    folder: Path, finding: Finding, to_picture: Transform | None = None, *, csv: bool = False
) -> None:
    """``tracks.parquet`` (and ``.csv``), ``measures.csv``, ``episodes.csv``, ``arena.toml``.

    What was measured by other definitions lies in ``otherwise.csv``, where there are any.

    Parameters
    ----------
    folder
        Where to.
    finding
        What was found, in px of the part of the picture that was looked at.
    to_picture
        From those to px of the whole picture, in which everything is written; None where they are
        the same.
    csv
        Whether tracks are written as CSV as well.
    """
    # Without the standard zones, which would stay where they are when somebody moves a corner.
    tracks, floor, arena = (finding.answers.get(n) for n in ("tracks", "floor_tracks", "outline"))
    if isinstance(tracks, Tracks):
        on_floor = floor if isinstance(floor, Tracks) else None
        for suffix in (".parquet", ".csv") if csv else (".parquet",):
            shown = as_filmed(tracks, finding.answers.get("camera"))
            shown = shown.mapped(to_picture) if to_picture else shown
            table.write_tracks(folder / f"tracks{suffix}", shown, on_floor)
    if isinstance(arena, Arena):
        there = arena.mapped(to_picture) if to_picture else arena
        arena_file.write(folder / "arena.toml", there)
    table.write_measures(folder / MEASURES, finding.measures)
    if finding.otherwise.measures:
        table.write_otherwise(folder / OTHERWISE, [finding.otherwise.measures])
    _write_episodes(folder, finding)


def _write_episodes(folder: Path, finding: Finding) -> None:
    """Every episode of every answer, each by whose it is, with the frames of the recording."""
    film = finding.recording
    seen = {name: each for name, each in finding.answers.items() if isinstance(each, Episodes)}
    by = Counter(each.author for each in seen.values())
    found = tuple(
        Observed(film.name, each if by[each.author] < 2 else _named(name, each))
        for name, each in seen.items()
    )
    if found:
        times = np.arange(len(film)), film.times_s
        episodes.write_all(folder / EPISODES, Observations(found), times=times)


def _named(output: str, seen: Episodes) -> Episodes:
    """By one method of several outputs: else a reader of the table takes them for the same."""
    return replace(seen, author=f"{seen.author} ({output.replace('_', ' ')})".strip())


def write_overview(out: Path, outcomes: Sequence[Outcome]) -> None:
    """``measures.csv`` over all recordings, and ``failures.csv`` of what failed and why.

    ``otherwise.csv`` has what was measured by other definitions, where there are any. Of stills
    whose keypoints were placed, ``points.csv`` over all of them as well.

    Raises
    ------
    Unwritten
        When they cannot be written, and nothing failed: then the failures were told already.
    """
    failed = [outcome for outcome in outcomes if not outcome.finished]
    parts = [part for outcome in outcomes for part in outcome.parts]
    finished = [part for part in parts if (part.folder / MEASURES).exists()]
    other = [part for part in finished if (part.folder / OTHERWISE).exists()]
    placed = [path for each in parts if keypoints.knows(path := each.folder / POINTS)]
    try:
        with moved_into(out, (OTHERWISE,) if failed else (OTHERWISE, FAILURES)) as part:
            if finished:
                table.write_joined(part / MEASURES, _join(finished))
            if other:
                table.write_otherwise(part / OTHERWISE, _join_otherwise(other))
            if placed:
                keypoints.join(part / POINTS, placed)
            if failed:
                rows = [(o.name, o.reason, o.remedy) for o in failed]
                table.write_rows(part / FAILURES, ("recording", "reason", "remedy"), rows)
    except Unwritten:
        if not failed:
            raise


def _join(parts: Sequence[Part]) -> Iterator[Measures]:
    """The measures of one part after the other; subjects are those of the sheet."""
    for part in parts:
        measures = table.read_measures(part.folder / MEASURES)
        yield measures.of(subject=part.row.subject) if part.row else measures


def _join_otherwise(parts: Sequence[Part]) -> Iterator[Mapping[str, Measures]]:
    """The same of measures by other definitions."""
    for part in parts:
        found = table.read_otherwise(part.folder / OTHERWISE)
        whose = {"subject": part.row.subject} if part.row else {}
        yield {name: measures.of(**whose) for name, measures in found.items()}
