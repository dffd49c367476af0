"""``ethoframe open-field`` and every other recipe as a command."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe import recipes
from ethoframe.apps.lengths import Sides
from ethoframe.apps.progress import Progress
from ethoframe.contract import Recipe

if TYPE_CHECKING:
    from ethoframe.run.batch import Outcome


def command_for(name: str) -> click.Command:
    """The recipe called `name` as a command; the recipe itself is loaded when the command runs."""
    title, summary = recipes.heading(name)
    params: list[click.Parameter] = [
        click.Argument(["paths"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="VIDEO..."),
        click.Option(
            ["--out", "-o"], type=click.Path(path_type=Path), default=Path("ethoframe-out"),
            show_default=True, help="Folder for the results.",
        ),
        click.Option(
            ["--side"], type=Sides(),
            help="Length of the floor's side (or diameter), as 40cm or 60x40cm: gives millimetres.",
        ),
        click.Option(
            ["--arena"], type=click.Path(path_type=Path), help="arena.toml: floor, scale, zones, as you say.",
        ),
        click.Option(
            ["--set", "settings"], multiple=True, metavar="STEP.PARAMETER=VALUE",
            help="Set a parameter of a step; `--steps` lists them.",
        ),
        click.Option(["--overlay"], is_flag=True, help="Write a video with the tracks drawn in."),
        click.Option(["--report/--no-report"], default=True, show_default=True, help="Write report.html."),
        click.Option(["--csv"], is_flag=True, help="Write tracks.csv beside tracks.parquet."),
        click.Option(
            ["--jobs", "-j"], type=click.IntRange(1), default=1, show_default=True,
            help="Recordings at once; each keeps about two processor cores busy.",
        ),
        click.Option(["--profile"], is_flag=True, help="Say where the time went."),
        click.Option(["--json", "as_json"], is_flag=True, help="Say how it went as JSON, for scripts."),
        click.Option(
            ["--steps"], is_flag=True, is_eager=True, expose_value=False,
            callback=lambda ctx, param, value: _list_steps(recipes.load(name), ctx) if value else None,
            help="List the steps and their parameters, and stop.",
        ),
    ]  # fmt: skip
    text = f"{title}: {summary}.\n\nVIDEO is a file, or a folder with files in it."

    def run(paths: tuple[Path, ...], **options: Any) -> None:
        _run(recipes.load(name), paths, options)

    return click.Command(
        name, params=params, callback=run, help=text, short_help=f"{title}: {summary}"
    )


def _run(recipe: Recipe, paths: tuple[Path, ...], options: Mapping[str, Any]) -> None:
    from ethoframe.run.batch import Order, named, run_batch

    order = Order(
        _configured(recipe, options), options["out"], _given(recipe, options), _shows(options),
        csv=options["csv"], command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    )  # fmt: skip
    recordings = named(paths)
    outcomes = []
    progress = Progress(next(iter(recordings)))
    for outcome in run_batch(recordings, order, jobs=options["jobs"], told=progress):
        progress.done()
        progress.name = next((n for n in list(recordings)[len(outcomes) + 1 :]), "")
        outcomes.append(outcome)
        if not options["as_json"]:
            _tell(outcome, options)
    if options["as_json"]:
        click.echo(json.dumps([_plain(outcome) for outcome in outcomes], indent=1))
    else:
        _tell_failures(outcomes)
    states = {outcome.status for outcome in outcomes}
    sys.exit(1 if "broken" in states else 3 if "failed" in states else 0)


def _configured(recipe: Recipe, options: Mapping[str, Any]) -> Recipe:
    settings = dict(_setting(text) for text in options["settings"])
    if options["side"]:
        if not any(step.name == "arena" for step in recipe.steps):
            raise click.UsageError(f"{recipe.name} has no arena that --side could be of")
        first, second = options["side"]
        settings = {"arena.side_mm": first, "arena.other_side_mm": second, **settings}
    return recipe.configured(settings)


def _setting(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals or "." not in path:
        raise click.BadParameter(f"{text!r} is not STEP.PARAMETER=VALUE", param_hint="--set")
    try:
        return path.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()


def _given(recipe: Recipe, options: Mapping[str, Any]) -> dict[str, Any]:
    if not options["arena"]:
        return {}
    if options["side"]:
        raise click.UsageError(
            "--side and --arena both give the scale; write sides_mm into the arena file"
        )
    from ethoframe.formats import arena

    return {"arena": arena.read(options["arena"])}


def _shows(options: Mapping[str, Any]) -> tuple[Any, ...]:
    from ethoframe.apps.shows import overlay, page

    return (*([page] if options["report"] else []), *([overlay] if options["overlay"] else []))


def _tell(outcome: Outcome, options: Mapping[str, Any]) -> None:
    if outcome.status in ("failed", "broken"):
        click.echo(f"ethoframe: {outcome.name}: {outcome.reason}; {outcome.remedy}", err=True)
        return
    for warning in outcome.warnings:
        click.echo(f"{outcome.name}: {warning}", err=True)
    seconds = outcome.seconds.get("whole")
    took = (
        f"{outcome.frames} frames in {seconds:.1f} s"
        if seconds
        else "finished before, nothing changed"
    )
    shown = outcome.folder / ("report.html" if options["report"] else "measures.csv")
    click.echo(f"{outcome.name}: {took} → {os.fspath(shown)}")
    if options["profile"] and seconds:
        parts = (f"{part} {spent:.2f} s" for part, spent in outcome.seconds.items())
        click.echo("  " + ", ".join(parts))


def _tell_failures(outcomes: Iterable[Outcome]) -> None:
    listed = list(outcomes)
    failed = [o for o in listed if o.status in ("failed", "broken")]
    if failed and len(listed) > 1:
        click.echo(f"\n{len(failed)} of {len(listed)} recordings failed:", err=True)
        width = max(len(o.name) for o in failed)
        for outcome in failed:
            click.echo(f"  {outcome.name:<{width}}  {outcome.reason}", err=True)


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {**vars(outcome), "folder": os.fspath(outcome.folder), "seconds": dict(outcome.seconds)}


def _list_steps(recipe: Recipe, ctx: click.Context) -> None:
    from dataclasses import fields

    for step in recipe.steps:
        click.secho(f"{step.name}  ({step.method.name()})", bold=True)
        for f in fields(step.method):
            value = getattr(step.method, f.name)
            unit = f" {f.metadata['unit']}" if f.metadata["unit"] not in ("", "1") else ""
            click.echo(f"  {step.name}.{f.name} = {value}{unit}  {f.metadata['says']}")
    ctx.exit()
