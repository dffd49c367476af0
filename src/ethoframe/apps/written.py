"""Tracks in another format, for ``ethoframe write``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import Tracks
    from ethoframe.run.inputs import Reading

WRITERS: Mapping[str, tuple[str, ...]] = {
    "table": (".parquet", ".csv"),
    "dlc": (".h5", ".csv"),
    "movement": (".nc",),
}
"""How the names of files end in which tracks are written, by format; the first that fits counts."""


def tell_tracks(
    source: Path, out: Path, program: str | None, known: Reading, *, as_json: bool
) -> None:
    """Writes the tracks, and says what was written and what could not be kept.

    Parameters
    ----------
    source
        Where they are.
    out
        Of the new file.
    program
        The format; by the end of the name where that is None.
    known
        What a user knows of them.
    as_json
        Whether it is told to a script.

    Raises
    ------
    Refusal
        When they cannot be read, or the format has no such names or cannot hold them.
    """
    from ethoframe import formats

    form = _format(out, program)
    unit = "px" if form == "dlc" or known.spacing_mm else None
    found = formats.read_tracks(source, rate=known.rate, unit=unit)
    tracks = known.of_tracks(source.name, found)
    notes = written(tracks, out, form)
    for line in notes:
        click.echo(f"ethoframe: {out}: {line}", err=True)
    told = {
        "read": os.fspath(source),
        "written": os.fspath(out),
        "format": form,
        "frames": len(tracks),
        "keypoints": list(tracks.keypoints),
        "individuals": list(tracks.individuals),
        "unit": tracks.unit,
        "not_kept": list(notes),
    }
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    names = ", ".join(tracks.keypoints)
    click.echo(f"{os.fspath(out)} holds {len(tracks)} frames of {names} in {tracks.unit} ({form})")


def written(tracks: Tracks, out: Path, form: str) -> tuple[str, ...]:
    """Writes tracks in one of the formats; what could not be kept, one line each."""
    from ethoframe.formats import dlc, movement, table
    from ethoframe.formats._writing import complete

    if form == "dlc":
        return dlc.write_tracks(tracks, out)
    if form == "movement":
        return movement.write_tracks(tracks, out)
    with complete(out) as partial:
        table.write_tracks(partial, tracks)
    text = out.suffix.lower() == ".csv" and tracks.features
    return (f"features come back from .parquet only: {', '.join(tracks.features)}",) if text else ()


def _format(out: Path, program: str | None) -> str:
    end = out.suffix.lower()
    able = [name for name, ends in WRITERS.items() if end in ends and program in (None, name)]
    if able:
        return able[0]
    ends = WRITERS[program] if program else [end for each in WRITERS.values() for end in each]
    reason = "its name tells no format in which tracks are written"
    raise Refusal(out, reason, f"let it end in one of these: {' '.join(dict.fromkeys(ends))}")
