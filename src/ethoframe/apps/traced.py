"""What files of tracks and of episodes are, for ``ethoframe FILE``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.options import typed_again
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import Tracks
    from ethoframe.run.inputs import Reading

Told = tuple[dict[str, Any], str]
"""For scripts, and in words."""


def of_tracks(path: Path, options: Mapping[str, Any]) -> Told | None:
    """What tracks at a path are; None where there are none.

    Raises
    ------
    Refusal
        When their file is damaged.
    """
    from ethoframe.formats._finding import tracks_format
    from ethoframe.report import traced
    from ethoframe.run.inputs import Reading

    try:
        program = tracks_format(path).name
    except Refusal:
        return None
    known = Reading(options["scale"], options["clock"], plane=options["plane"])
    tracks, clocked = _read(path, known)
    found = known.of_tracks(path.name, tracks)
    for line in known.told(path):
        click.echo(f"ethoframe: {path}: {line}", err=True)
    told = traced.describe_tracks(found, path, program, clocked=clocked)
    told["next"] = " ".join([told["next"], *typed_again(options)])
    return told, traced.as_text(told)


def _read(path: Path, known: Reading) -> tuple[Tracks, bool]:
    """The tracks, and whether their times mean anything."""
    from ethoframe.formats._clock import UNSAID

    try:
        return known.table(path), True
    except Refusal as refusal:
        if refusal.reason != UNSAID:
            raise
        return known.table(path, rate=1.0), False


def of_episodes(path: Path, options: Mapping[str, Any]) -> Told | None:
    """What episodes at a path are; None where there are none.

    Raises
    ------
    Refusal
        When their file is damaged.
    """
    from ethoframe.formats import read_observations
    from ethoframe.formats._finding import observing_format
    from ethoframe.report import traced

    try:
        program = observing_format(path).name
    except Refusal:
        return None
    seen = read_observations(path, rate=options["clock"])
    told = traced.describe_episodes(seen, path, program)
    return told, traced.as_text(told)
