"""``ethoframe read``: what a file is."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ethoframe.apps import question
from ethoframe.apps.options import asked_of_format, plane, reading, typed_again, untold
from ethoframe.data import Refusal
from ethoframe.data.strict import strict

if TYPE_CHECKING:
    from ethoframe.data import Recording


@click.command("read")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--join",
    is_flag=True,
    help="The pictures of a folder are frames of one recording, in the order of names.",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(path: Path, as_json: bool, **options: Any) -> None:
    """Say what recordings, labels, tracks, episodes or a fitted model are, and what to type next.

    With --sql, PATH is a folder of results, and the question is asked of all tables in it:
    measures, sessions (the measures over whole sessions), otherwise, episodes, bouts (episodes of
    behaviour: neither support nor trial), tracks, values, effects.
    """
    if options["sql"]:
        told = {"as_json": as_json, "as_csv": options["as_csv"]}
        question.ask(path, options["sql"], options["sheet"], **told)
        return
    known = None if options["join"] else _known(path, options)
    if known is not None:
        about, text = known
        click.echo(json.dumps(strict(about), indent=1) if as_json else text)
        return
    inside = [path] if options["join"] or not path.is_dir() else _inside(path)
    if inside == [path]:
        one = _described(path, options)
        click.echo(json.dumps(one, indent=1) if as_json else _as_text(one))
        return
    found = [described for each in inside if (described := _told(each, options))]
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        click.echo("\n\n".join(_as_text(each) for each in found))
        _tell_of_joining(path, inside)
    sys.exit(0 if len(found) == len(inside) else 3)


command.params[2:2] = [*question.OPTIONS, *reading(), *untold(), plane()]


def _known(path: Path, options: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    """What is at a path that is no recording, and in words; None where there is none."""
    from ethoframe.apps.traced import of_episodes, of_tracks
    from ethoframe.formats._finding import refuse_unknown_table

    found = _of_model(path) or _of_labels(path)
    found = found or of_tracks(path, options) or of_episodes(path, options)
    if found is None:
        refuse_unknown_table(path)
    return found


def _of_model(path: Path) -> tuple[dict[str, Any], str] | None:
    """What a fitted model is, and in words; None where there is none.

    Pages of results have a card too, which is of another kind.
    """
    from ethoframe.nets.model import CARD, NETWORK, WEIGHTS, opened

    folder = path.parent if path.name == CARD else path
    files = [(folder / name).is_file() for name in (CARD, NETWORK, WEIGHTS)]
    if not (files[0] and any(files[1:])):
        return None
    from ethoframe.report import fitted

    described = fitted.describe(opened(folder), folder)
    return described, fitted.as_text(described)


def _of_labels(path: Path) -> tuple[dict[str, Any], str] | None:
    """What people said at a path, and in words; None where nobody, or a network, said it."""
    from ethoframe.apps.scoring.placed import of_network
    from ethoframe.formats import is_tracks, read_annotations
    from ethoframe.formats._finding import labels_format

    if not path.exists() or (path.is_file() and of_network(path) is not None):
        return None
    try:
        labels_format(path)
    except Refusal:
        return None
    from ethoframe.report import said

    try:
        found = read_annotations(path)
    except Refusal:
        if is_tracks(path):  # such as a SLEAP file in which nobody corrected anything
            return None
        raise
    described = said.describe(found, path)
    return described, said.as_text(described)


def _inside(folder: Path) -> list[Path]:
    """What a method would be applied to: what runs wrote is left out where there is more."""
    from ethoframe.formats import recordings_in
    from ethoframe.run.names import PROVENANCE

    found = recordings_in(folder, stills=True)
    own = [each for each in found if not (each.parent / PROVENANCE).exists()]
    return own or found or [folder]


def _described(path: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    from ethoframe.contract import Kind
    from ethoframe.report.description import describe
    from ethoframe.report.wording import quoted
    from ethoframe.run.inputs import Reading, noun_in

    known = Reading(options["scale"], options["clock"], options=asked_of_format(options))
    # Called by its path, so that what to type next can be pasted.
    found = cast("Recording", noun_in(path, Kind.RECORDING, known, os.fspath(path)))
    told = describe(found)
    if told["next"].startswith("ethoframe apply"):
        again = [*typed_again(options), *["--join"] * (options["join"] and path.is_dir())]
        told["next"] = " ".join(filter(None, (told["next"], quoted(*again) if again else "")))
    return told


def _told(path: Path, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """The description of one of many; one that will not do is told, and never stops the rest."""
    try:
        return _described(path, options)
    except Refusal as refusal:
        click.echo(f"ethoframe: {refusal}", err=True)
        return None


def _tell_of_joining(folder: Path, inside: list[Path]) -> None:
    """That pictures side by side may be meant as one recording."""
    from ethoframe.formats._picture import TIFFS
    from ethoframe.formats.images import SUFFIXES

    stills = [each for each in inside if each.suffix.lower() in (*SUFFIXES, *TIFFS)]
    if len(stills) > 1 and {each.parent for each in inside} == {folder}:
        click.echo("\n--join takes them as one recording, in the order of their names")


def _as_text(description: dict[str, Any]) -> str:
    from ethoframe.report.description import as_text

    return as_text(description)
