"""Tracks in another format, for ``ethoframe write``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ethoframe.apps.options import FILE
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import Tracks
    from ethoframe.run.inputs import Reading

DLTDV = "dltdv"

WRITERS: Mapping[str, tuple[str, ...]] = {
    "table": (".parquet", ".csv"),
    "dlc": (".h5", ".csv"),
    "movement": (".nc",),
    DLTDV: (".csv",),
}
"""How the names of files end in which tracks are written, by format; the first that fits counts."""


@dataclass(frozen=True)
class Cameras:
    """What DLTdv asks for besides.

    Parameters
    ----------
    others
        Tracks of the cameras after the first.
    heights
        Of the pictures in px, of each camera, or one for all.
    """

    others: tuple[Path, ...] = ()
    heights: tuple[int, ...] = ()


def of_cameras() -> list[click.Parameter]:
    """The options that give `Cameras`."""
    return [
        click.Option(
            ["--with", "others"], type=FILE, multiple=True, metavar="FILE",
            help="Tracks of the next camera, for DLTdv; again for each.",
        ),
        click.Option(
            ["--height", "heights"], type=click.IntRange(1), multiple=True, metavar="PX",
            help="Height of the pictures, for DLTdv: once, or once for each camera.",
        ),
    ]  # fmt: skip


def tell_tracks(
    source: Path,
    out: Path,
    program: str | None,
    known: Reading,
    cameras: Cameras,
    *,
    as_json: bool,
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
    cameras
        What DLTdv asks for besides.
    as_json
        Whether it is told to a script.

    Raises
    ------
    Refusal
        When they cannot be read, or the format has no such names or cannot hold them.
    """
    form = _format(out, program)
    if form != DLTDV and (cameras.others or cameras.heights):
        raise Refusal(out, "--with and --height are for DLTdv", f"say --as {DLTDV}, or leave them")
    tracks = _read(source, known, form)
    if form == DLTDV:
        notes, frames = _of_cameras(source, tracks, out, known, cameras)
    else:
        notes, frames = written(tracks, out, form), len(tracks)
    for line in notes:
        click.echo(f"ethoframe: {out}: {line}", err=True)
    points = _points(tracks) if form == DLTDV else []
    told = {
        "read": os.fspath(source),
        "written": os.fspath(out),
        "format": form,
        "frames": frames,
        "keypoints": list(tracks.keypoints),
        "individuals": list(tracks.individuals),
        "unit": tracks.unit,
        "not_kept": list(notes),
    }
    if as_json:
        click.echo(json.dumps(told | ({"points": points} if points else {}), indent=1))
        return
    names = ", ".join(tracks.keypoints)
    click.echo(f"{os.fspath(out)} holds {frames} frames of {names} in {tracks.unit} ({form})")
    for line in points:
        click.echo(line)


def _read(path: Path, known: Reading, form: str) -> Tracks:
    from ethoframe import formats

    unit = "px" if form in ("dlc", DLTDV) or known.spacing_mm else None
    # DLTdv counts frames, so that it asks nobody for a clock.
    rate = known.rate or (1.0 if form == DLTDV else None)
    return known.of_tracks(path.name, formats.read_tracks(path, rate=rate, unit=unit))


def _of_cameras(
    source: Path, tracks: Tracks, out: Path, known: Reading, cameras: Cameras
) -> tuple[tuple[str, ...], int]:
    """Writes what several cameras saw: what could not be kept, one line each, and its frames."""
    from ethoframe.formats import dltdv

    if not cameras.heights:
        reason = "DLTdv counts from the lower left, and tracks do not tell how high the picture is"
        raise Refusal(source, reason, "say it in px, as --height 1024")
    seen = {os.fspath(source): tracks}
    for path in cameras.others:
        if path.resolve() == out.resolve():
            raise Refusal(out, "it is what is read", "give the new file another name")
        if os.fspath(path) in seen:
            raise Refusal(path, "it is named twice", "name the tracks of each camera once")
        seen[os.fspath(path)] = _read(path, known, DLTDV)
    notes = dltdv.write_tracks(seen, out, cameras.heights)
    return notes, dltdv.frames(seen.values())


def _points(tracks: Tracks) -> list[str]:
    """Which point is which, one line each."""
    from ethoframe.formats import dltdv

    several = len(tracks.individuals) > 1
    return [
        f"pt{number} is {name}{f' of {who}' if several else ''}"
        for number, (who, name) in enumerate(dltdv.points(tracks), start=1)
    ]


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
