"""Tracks in another format, for ``ethoframe write``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.options import FILE
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import Tracks
    from ethoframe.formats.dltdv import Origin
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
    origin
        From which corner places count; None where nobody said it.
    camera
        Which one is taken out of a table of DLTdv.
    """

    others: tuple[Path, ...] = ()
    heights: tuple[int, ...] = ()
    origin: Origin | None = None
    camera: int | None = None

    def known(self) -> dict[str, Any]:
        """What reading a table of DLTdv asks for."""
        told = {"camera": self.camera, "origin": self.origin, "height": next(iter(self.heights), 0)}
        return {name: value for name, value in told.items() if value}

    def refuse_misplaced(self, source: Path, out: Path, form: str) -> None:
        """Refuses what is said of DLTdv where neither file is of it, or the wrong one.

        Raises
        ------
        Refusal
            Of the first such option.
        """
        from ethoframe.formats import asks_of_tracks

        reads = "camera" in asks_of_tracks(source)
        writes = form == DLTDV
        told = {
            "--with": (self.others, writes),
            "--camera": (self.camera, reads),
            "--height": (self.heights, writes or reads),
            "--origin": (self.origin, writes or reads),
        }
        for option, (given, fits) in told.items():
            if given and not fits:
                where, way = (source, "read") if option == "--camera" else (out, "written")
                remedy = f"leave {option} out, or say --as {DLTDV}"
                raise Refusal(where, f"{option} is of tables of DLTdv that are {way}", remedy)


def of_cameras() -> list[click.Parameter]:
    """The options that give `Cameras`."""
    return [
        click.Option(
            ["--with", "others"], type=FILE, multiple=True, metavar="FILE",
            help="Tracks of the next camera, for DLTdv; again for each.",
        ),
        click.Option(
            ["--origin"], type=click.Choice(["lower", "upper"]),
            help="Corner from which places of DLTdv count: lower (left) up to version 7 and of "
            "Argus, as when left out, or upper of DLTdv8.",
        ),
        click.Option(
            ["--height", "heights"], type=click.IntRange(1), multiple=True, metavar="PX",
            help="Height of the pictures, where places count from the lower left: once, or once "
            "for each camera.",
        ),
        click.Option(
            ["--camera"], type=click.IntRange(1), metavar="N",
            help="Which camera to take out of an xypts.csv of DLTdv.",
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
    cameras.refuse_misplaced(source, out, form)
    tracks = _read(source, known, form, cameras)
    if form == DLTDV:
        notes, frames = _of_cameras(source, tracks, out, known, cameras)
    else:
        notes, frames = written(tracks, out, form), len(tracks)
    for line in known.told(source):
        click.echo(f"ethoframe: {source}: {line}", err=True)
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


def _read(path: Path, known: Reading, form: str, cameras: Cameras) -> Tracks:
    known = replace(known, in_px=form in ("dlc", DLTDV))
    # DLTdv counts frames, so that it asks nobody for a clock.
    rate = known.rate or (1.0 if form == DLTDV else None)
    return known.of_tracks(path.name, known.table(path, rate=rate, **cameras.known()))


def _of_cameras(
    source: Path, tracks: Tracks, out: Path, known: Reading, cameras: Cameras
) -> tuple[tuple[str, ...], int]:
    """Writes what several cameras saw: what could not be kept, one line each, and its frames."""
    from ethoframe.formats import dltdv

    seen = {os.fspath(source): tracks}
    for path in cameras.others:
        if path.resolve() == out.resolve():
            raise Refusal(out, "it is what is read", "give the new file another name")
        if os.fspath(path) in seen:
            raise Refusal(path, "it is named twice", "name the tracks of each camera once")
        seen[os.fspath(path)] = _read(path, known, DLTDV, cameras)
    origin = cameras.origin or "lower"
    notes = dltdv.write_tracks(seen, out, cameras.heights, origin=origin)
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
