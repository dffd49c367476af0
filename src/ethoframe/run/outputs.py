"""What a run leaves behind: tables for each recording, and tables over all of them."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ethoframe.data import Arena, Measures, Noun, Tracks
from ethoframe.formats import arena as arena_file
from ethoframe.formats import table
from ethoframe.run.order import Finding, Order, Outcome
from ethoframe.run.writing import Unwritten, moved_into

MEASURES = "measures.csv"
FAILURES = "failures.csv"
PROVENANCE = "provenance.json"


def measures_in(answers: Mapping[str, Noun]) -> Measures:
    """All measures among the answers, in the order of the recipe."""
    return Measures.joined([noun for noun in answers.values() if isinstance(noun, Measures)])


def write_tables(folder: Path, finding: Finding, order: Order) -> None:
    """``tracks.parquet`` (and ``.csv``), ``measures.csv``, ``provenance.json``, what was given."""
    tracks, floor = (finding.answers.get(name) for name in ("tracks", "floor_tracks"))
    if isinstance(tracks, Tracks):
        on_floor = floor if isinstance(floor, Tracks) else None
        for suffix in (".parquet", ".csv") if order.csv else (".parquet",):
            table.write_tracks(folder / f"tracks{suffix}", tracks, on_floor)
    table.write_measures(folder / MEASURES, finding.measures)
    for name, noun in order.given.items():
        if isinstance(noun, Arena):
            arena_file.write(folder / f"{name}.toml", noun)
    text = json.dumps(_plain(finding.provenance), indent=1, allow_nan=False)
    (folder / PROVENANCE).write_text(text + "\n", encoding="utf-8")


def warnings_in(folder: Path) -> tuple[str, ...]:
    """What an earlier run warned of, as its provenance keeps it."""
    return tuple(json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["warnings"])


def write_overview(order: Order, outcomes: Sequence[Outcome]) -> None:
    """``measures.csv`` over all recordings, and ``failures.csv`` of what failed and why.

    Raises
    ------
    Unwritten
        When they cannot be written, and nothing failed: then the failures were told already.
    """
    failed = [outcome for outcome in outcomes if not outcome.finished]
    finished = [outcome.folder / MEASURES for outcome in outcomes if outcome.finished]
    try:
        with moved_into(order.out, () if failed else (FAILURES,)) as part:
            if finished:
                _join(part / MEASURES, finished)
            if failed:
                rows = [(o.name, o.reason, o.remedy) for o in failed]
                table.write_rows(part / FAILURES, ("recording", "reason", "remedy"), rows)
    except Unwritten:
        if not failed:
            raise


def _join(path: Path, tables: Sequence[Path]) -> None:
    """Tables with the same columns as one, without ever holding them all."""
    with path.open("wb") as whole:
        for number, each in enumerate(tables):
            with each.open("rb") as rows:
                header = rows.readline()
                whole.write(b"" if number else header)
                shutil.copyfileobj(rows, whole)


def _plain(value: Any) -> Any:
    """As JSON has it, which knows no NaN and no infinity."""
    match value:
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case float() if not math.isfinite(value):
            return None
    return value
