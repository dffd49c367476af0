"""What was asked for on the command line, as an order."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe import recipes
from ethoframe.apps.roles import remembered
from ethoframe.contract import Recipe, otherwise
from ethoframe.data import Arenas, Sheet

if TYPE_CHECKING:
    from ethoframe.run.entries import Entry
    from ethoframe.run.inputs import Reading
    from ethoframe.run.order import Notes, Order, Show

CORRECTIONS = "corrections.csv"
"""In the folder of the results: honoured whenever it is there."""


def configured(recipe: Recipe, options: Mapping[str, Any]) -> Recipe:
    """The recipe with what ``--side``, ``--from``, ``--for``, ``--weights`` and ``--set`` say.

    Raises
    ------
    Refusal
        When there is no such step or parameter, or it cannot have that value.
    """
    settings = dict(_setting(text) for text in options["settings"])
    steps = {step.name for step in recipe.steps}
    if options["side"]:
        if "arena" not in steps:
            raise click.UsageError(f"{recipe.name} has no arena that --side could be of")
        first, second = options["side"]
        settings = {"arena.side_mm": first, "arena.other_side_mm": second, **settings}
    asked = {"trial.from_s": options["from_s"], "trial.lasts_s": options["lasts_s"]}
    trial = {path: value for path, value in asked.items() if value is not None}
    if trial and "trial" not in steps:
        raise click.UsageError(f"{recipe.name} has no trial that --from and --for could be of")
    weights = {f"{step}.weights": str(path) for step, path in _models(recipe, options)}
    recipe = recipe.configured({**trial, **weights, **settings})
    own = {} if options["alone"] else recipe.otherwise
    others = dict(each for text in options["others"] for each in _others(text))
    recipe = replace(recipe, otherwise={**own, **others})
    otherwise.check(replace(recipe, otherwise=others))
    return recipe


def _models(recipe: Recipe, options: Mapping[str, Any]) -> list[tuple[str, Path]]:
    """The fitted model of each step that needs one, as ``--weights`` names it."""
    taught = recipes.taught(recipe.name)
    given = options.get("weights")
    if not taught or (given is None and any(".weights" in each for each in options["settings"])):
        return []
    if given is None:
        step = recipe.step(taught[0])
        raise click.UsageError(
            f"{recipe.name} needs a fitted model: --weights MODEL, "
            f"as ethoframe fit {step.method.name()} gives it"
        )
    return [(step, given) for step in taught]


def arenas(options: Mapping[str, Any]) -> Arenas | None:
    """The arenas that the user drew."""
    if not options["arena"]:
        return None
    if options["side"]:
        raise click.UsageError(
            "--side and --arena both give the scale; write sides_mm into the arena file"
        )
    from ethoframe.formats import arena

    return arena.read_all(options["arena"])


def sheet(options: Mapping[str, Any]) -> Sheet | None:
    """The animal sheet."""
    column = options.get("factor", "")
    if not options["sheet"]:
        if column:
            raise click.UsageError(f"--factor {column} is a column of the animal sheet: --sheet")
        return None
    from ethoframe.formats import sheet as sheet_file

    found = sheet_file.read(options["sheet"])
    for line in found.notes:
        click.echo(f"{found.name}: {line}", err=True)
    if column and not any(row.cell(column) for row in found.rows):
        raise click.UsageError(f"--factor {column}: the animal sheet says nothing in that column")
    return found


def factor(options: Mapping[str, Any]) -> str:
    """The column of the sheet that is compared: as asked, as frozen, or else the group."""
    from ethoframe.run.frozen import factor_in

    return options["factor"] or factor_in(options["out"])


def notes(recipe: Recipe, options: Mapping[str, Any]) -> dict[str, Notes]:
    """What the user noted of the recordings: events, corrections."""
    found: dict[str, Notes] = {}
    if options["events"]:
        _refuse_unused(recipe, "events")
        from ethoframe.formats.sheet import events

        found["events"] = events.read(options["events"])
    beside: Path = options["out"] / CORRECTIONS
    if "corrections" in recipe.takes and beside.exists():
        from ethoframe.formats import corrections

        found["corrections"] = corrections.read(beside)
    return found


def reading(options: Mapping[str, Any]) -> Reading:
    """What the user knows of files of tracks that they do not say."""
    from ethoframe.run.inputs import Reading

    roles = remembered(options["out"], options.get("roles"))
    clock, listed = options.get("clock"), options.get("timestamps")
    if clock is not None and listed is not None:
        raise click.UsageError("--clock and --timestamps both say when frames were: leave one out")
    times = clock if isinstance(clock, Path) else listed
    rate = None if isinstance(clock, Path) else clock
    who = tuple(options.get("individuals", ()))
    scale, plane = options.get("scale"), options.get("plane")
    return Reading(scale, rate, roles=roles, times=times, individuals=who, plane=plane)


OF_TRACKS = ("scale", "clock", "roles", "individuals", "plane")
OF_FILMS = ("overlay", "check", "join", "side")


def refuse_misplaced(options: Mapping[str, Any], *, tracks: bool) -> None:
    """Refuses what only films know of tracks, and the other way round.

    Raises
    ------
    click.UsageError
        Of the first such option.
    """
    wrong = OF_FILMS if tracks else OF_TRACKS
    for name in wrong:
        if options.get(name):
            given, other = ("tracks", "a film") if tracks else ("a film", "tracks")
            advice = "; write sides_mm into the arena file, or give --scale"
            option = name.replace("individuals", "individual")
            told = f"--{option} is of {other}, and this is {given}"
            raise click.UsageError(told + advice if name == "side" else told)


def unmatched(order: Order, recordings: Sequence[Entry]) -> list[str]:
    """What is noted of recordings or arenas that are not there, where it is known what there is."""
    drawn = order.arenas.names if order.arenas else ("",)
    if order.count > 1 and order.arenas is None:
        return []  # how its arenas are called is seen in the picture
    parts = [
        (entry.name, name)
        for entry in recordings
        for name in (tuple(row.arena for row in entry.rows) or drawn)
    ]
    return [line for notes in order.notes.values() for line in notes.unmatched(parts)]


def shows(options: Mapping[str, Any]) -> tuple[Show, ...]:
    """What is written beside the tables of each recording."""
    from ethoframe.apps.shows import MOMENTS, OVERLAY, PAGE

    asked = ((PAGE, options["report"]), (MOMENTS, options["report"]), (OVERLAY, options["overlay"]))
    return tuple(show for show, wanted in asked if wanted)


def _refuse_unused(recipe: Recipe, name: str) -> None:
    if name not in recipe.takes:
        raise click.UsageError(f"{recipe.name} has no use for {name}")


def _others(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each value of ``--otherwise`` as a definition with a name."""
    path, _, values = text.partition("=")
    if not values or "." not in path:
        reason = f"{text!r} is not STEP.PARAMETER=VALUE,..."
        raise click.BadParameter(reason, param_hint="--otherwise")
    try:
        each = tomllib.loads(f"values = [{values}]")["values"]
    except tomllib.TOMLDecodeError:
        each = [_setting(f"{path}={word}")[1] for word in values.split(",")]
    for value in each:
        yield f"{path.strip()} = {_worded(value)}", {path.strip(): value}


def _worded(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_worded, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _setting(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals or "." not in path:
        raise click.BadParameter(f"{text!r} is not STEP.PARAMETER=VALUE", param_hint="--set")
    try:
        return path.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()  # words need no quotes
