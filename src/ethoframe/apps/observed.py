"""Episodes in another format, and NWB, for ``ethoframe write``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.options import FILE
from ethoframe.data import Observations, Refusal

if TYPE_CHECKING:
    from ethoframe.formats.boris.write import Film
    from ethoframe.run.inputs import Reading

EPISODES, BORIS, NWB = "episodes", "boris", "nwb"
PROJECT, SESSION = ".boris", ".nwb"
ABLE: Mapping[str, tuple[str, ...]] = {
    PROJECT: (BORIS,),
    SESSION: (NWB,),
    ".csv": (EPISODES, BORIS),
    ".tsv": (BORIS,),
}
"""The formats of files by how their names end; the first is meant where none is named."""

HELP = """Episodes are written as episodes, and NWB holds both.

\b
  .boris           a project of BORIS
  .csv             a table of ours, or of BORIS (--as boris)
  .tsv             a table of BORIS
  .nwb             NWB: tracks by ndx-pose, episodes as intervals
"""


class Start(click.ParamType):
    """A moment with its time zone, as ``2024-05-31T09:30+02:00``."""

    name = "MOMENT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment."""
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date; write it like 2024-05-31T09:30+02:00", param, ctx)


def options() -> list[click.Parameter]:
    """What the formats of episodes ask for besides."""
    return [
        click.Option(
            ["--video", "videos"], type=FILE, multiple=True, metavar="FILE",
            help="Video of the recording, for BORIS and NWB; again for each.",
        ),
        click.Option(["--recording"], metavar="NAME", help="Of several, the one for NWB."),
        click.Option(
            ["--episodes"], type=FILE, metavar="FILE",
            help="Episodes to put beside tracks, for NWB."
        ),
        click.Option(["--start"], type=Start(), help="When the session began, with time zone."),
        click.Option(["--subject"], default="", metavar="ID", help="Of the animal, for NWB."),
        click.Option(["--species"], default="", metavar="NAME", help="As 'Mus musculus', for NWB."),
        click.Option(["--sex"], type=click.Choice([*"MFOU"]), help="For NWB."),
        click.Option(["--age"], default="", metavar="AGE", help="As P90D for 90 days, for NWB."),
    ]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is to be read, and where it goes.

    Parameters
    ----------
    source, out
        Files.
    program
        Whose format; by the end of the name where that is None.
    known
        What a user knows of the source.
    options
        As `options` lists them.
    """

    source: Path
    out: Path
    program: str | None
    known: Reading
    options: Mapping[str, Any]

    @property
    def form(self) -> str:
        """The format to be written."""
        able = ABLE.get(self.out.suffix.lower(), ())
        if not able or self.program not in (None, *able):
            reason = f"its name tells no format of {self.program or 'episodes'}"
            raise Refusal(self.out, reason, "let it end in .boris, .csv, .tsv or .nwb")
        return self.program or able[0]


def meant(source: Path, out: Path, program: str | None) -> bool:
    """Whether episodes, or NWB, are to be written."""
    from ethoframe import formats
    from ethoframe.formats._finding import observing_format

    if out.suffix.lower() in (SESSION, PROJECT) or program in (EPISODES, BORIS, NWB):
        return True
    if program is not None or formats.is_tracks(source):
        return False
    try:
        observing_format(source)
    except Refusal:
        return False
    return True


def tell(asked: Asked, *, as_json: bool) -> None:
    """Writes it, and says what was written, and what could not be kept.

    Raises
    ------
    Refusal
        When it cannot be read, or the format cannot hold it.
    """
    form = asked.form
    told, warnings, notes = _nwb(asked) if form == NWB else _episodes(asked, form)
    for line in warnings:
        click.echo(f"ethoframe: {asked.source}: {line}", err=True)
    for line in notes:
        click.echo(f"ethoframe: {asked.out}: {line}", err=True)
    if as_json:
        files = {"read": os.fspath(asked.source), "written": os.fspath(asked.out), "format": form}
        lists = {"warnings": list(warnings), "not_kept": list(notes)}
        click.echo(json.dumps({**files, **told, **lists}, indent=1))
        return
    counted = ", ".join(f"{count} {what}" for what, count in told.items())
    click.echo(f"{os.fspath(asked.out)} holds {counted} ({form})")


Outcome = tuple[dict[str, int], tuple[str, ...], tuple[str, ...]]
"""What was written, by its number; warnings of what was read; and what could not be kept."""


def _episodes(asked: Asked, form: str) -> Outcome:
    from ethoframe import formats
    from ethoframe.formats import boris, episodes

    rate = asked.known.rate
    seen = formats.read_observations(asked.source, rate=rate)
    notes: tuple[str, ...] = ()
    if form == EPISODES:
        episodes.write_all(asked.out, seen, rate)
    elif asked.out.suffix.lower() == PROJECT:
        notes = boris.write_project(asked.out, seen, _films(asked, seen))
    else:
        notes = boris.write_table(asked.out, seen, _films(asked, seen))
    return _counted(seen), seen.warnings, notes


def _counted(seen: Observations) -> dict[str, int]:
    count = sum(len(each.episodes) for each in seen)
    return {"episodes": count, "recordings": len(seen.recordings), "authors": len(seen.authors)}


def _films(asked: Asked, seen: Observations) -> dict[str, Film]:
    """Videos by the recordings that they are of: by their names, or one of one."""
    import numpy as np

    from ethoframe import formats
    from ethoframe.formats.boris.write import Film

    videos = asked.options["videos"]
    films = {}
    for video in videos:
        alone = len(videos) == len(seen.recordings) == 1
        name = seen.recordings[0] if alone else video.stem
        if name not in seen.recordings:
            listed = ", ".join(seen.recordings[:5])
            raise Refusal(video, "there are no episodes of it", f"name a video of one of: {listed}")
        recording = formats.read(video)
        step_s = float(np.median(np.diff(recording.times_s)))
        lasts_s = round(float(recording.times_s[-1]) + step_s, 3)
        films[name] = Film(os.fspath(video.absolute()), lasts_s, round(1 / step_s, 3))
    return films


def _nwb(asked: Asked) -> Outcome:
    from ethoframe import formats
    from ethoframe.formats import nwb

    options, source = asked.options, asked.source
    tracks, seen = None, Observations()
    if formats.is_tracks(source):
        tracks = asked.known.of_tracks(source.name, asked.known.table(source))
    episodes = options["episodes"] or (None if tracks is not None else source)
    if episodes is not None:
        seen = formats.read_observations(episodes, rate=asked.known.rate)
    recording = _recording(episodes or source, seen, options["recording"] or "") or source.stem
    video = next((os.fspath(each) for each in options["videos"]), "")
    content = nwb.Content(recording, tracks, seen.of(recording), video=video)
    told = {name: options[name] for name in ("start", "subject", "species", "sex", "age")}
    told = {name: value or (None if name == "start" else "") for name, value in told.items()}
    notes = nwb.write(asked.out, content, nwb.Session(**told))
    frames = {} if tracks is None else {"frames": len(tracks)}
    count = sum(map(len, content.episodes))
    return {**frames, "episodes": count}, seen.warnings, notes


def _recording(path: Path, seen: Observations, name: str) -> str:
    """The one recording that is meant; nothing where there are no episodes."""
    if not seen.recordings or name in seen.recordings:
        return name
    if len(seen.recordings) == 1 and not name:
        return seen.recordings[0]
    listed = ", ".join(seen.recordings[:5])
    reason = f"it tells of {len(seen.recordings)} recordings, and NWB holds one"
    raise Refusal(path, reason, f"name one of them with --recording: {listed}")
