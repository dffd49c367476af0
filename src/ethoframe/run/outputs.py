"""What a run leaves behind, written beside and moved into place, so nothing is ever half there."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ethoframe.data import Measures, Noun, Refusal, Tracks
from ethoframe.formats import table

FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def moved_into(folder: Path) -> Iterator[Path]:
    """A folder to write into, whose files move to `folder` when everything in it was written.

    Raises
    ------
    Refusal
        When the disk is full or the folder may not be written; nothing is left behind then.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _refused(folder, error) from None
    try:
        yield part
        folder.mkdir(exist_ok=True)
        for path in sorted(part.iterdir()):
            os.replace(path, folder / path.name)
    except OSError as error:
        raise _refused(folder, error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def measures_in(answers: Mapping[str, Noun]) -> Measures:
    """All measures among the answers, in the order of the recipe."""
    return Measures.joined([noun for noun in answers.values() if isinstance(noun, Measures)])


def write_tables(
    folder: Path,
    answers: Mapping[str, Noun],
    measures: Measures,
    provenance: Mapping[str, Any],
    *,
    csv: bool,
) -> None:
    """``tracks.parquet`` (and ``.csv``), ``measures.csv`` and ``provenance.json``."""
    tracks, floor = answers.get("tracks"), answers.get("floor_tracks")
    if isinstance(tracks, Tracks):
        on_floor = floor if isinstance(floor, Tracks) else None
        for suffix in (".parquet", ".csv") if csv else (".parquet",):
            table.write_tracks(folder / f"tracks{suffix}", tracks, on_floor)
    table.write_measures(folder / "measures.csv", measures)
    text = json.dumps(provenance, indent=1, default=str)
    (folder / "provenance.json").write_text(text + "\n", encoding="utf-8")


def _refused(folder: Path, error: OSError) -> Refusal:
    if error.errno in FULL:
        return Refusal(
            folder, "the disk is full", "free some space, then run the same command again"
        )
    reason = f"cannot be written ({error.strerror or error})"
    return Refusal(folder, reason, "name a folder you may write with --out")
