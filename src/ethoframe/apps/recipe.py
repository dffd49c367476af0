"""``ethoframe open-field`` and every other recipe as a command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from ethoframe import recipes
from ethoframe.apps import asked, outcomes
from ethoframe.apps.lengths import Sides
from ethoframe.apps.progress import Progress
from ethoframe.apps.typed import WORDS, Typed
from ethoframe.contract import Recipe


def command_for(name: str) -> click.Command:
    """The recipe called `name` as a command; the recipe itself is loaded when the command runs."""
    title, summary = recipes.heading(name)

    def run(paths: tuple[Path, ...], **options: Any) -> None:
        words = click.get_current_context().meta.get(WORDS, ())
        _run(recipes.load(name), paths, options, Typed(words, _files(paths, words)))

    heading = f"{title} – {summary}"
    return click.Command(
        name,
        params=[*_inputs(name), *_results(), *_ways(name)],
        callback=run,
        help=f"{heading}.\n\nVIDEO is a file, or a folder with files in it.",
        short_help=heading,
    )


def _inputs(name: str) -> list[click.Parameter]:
    """What is analysed, and what the user knows of it."""
    path = click.Path(path_type=Path)
    return [
        click.Argument(["paths"], nargs=-1, required=True, type=path, metavar="VIDEO..."),
        click.Option(
            ["--side"], type=Sides(),
            help="Length of the floor's side (or diameter), as 40cm or 60x40cm: gives millimetres.",
        ),
        click.Option(
            ["--arena"], type=path, metavar="FILE",
            help="arena.toml: floor, scale, zones, as you say.",
        ),
        click.Option(
            ["--set", "settings"], multiple=True, metavar="STEP.PARAMETER=VALUE",
            help="Set a parameter of a step; --steps lists them.",
            shell_complete=lambda context, param, incomplete: _parameters(name, incomplete),
        ),
    ]  # fmt: skip


def _results() -> list[click.Parameter]:
    """Where results go, and which."""
    return [
        click.Option(
            ["--out", "-o"], type=click.Path(path_type=Path), default=Path("ethoframe-out"),
            show_default=True, metavar="FOLDER", help="Folder for the results.",
        ),
        click.Option(
            ["--report/--no-report"], default=True, show_default=True, help="Write report.html.",
        ),
        click.Option(["--overlay"], is_flag=True, help="Write a video with the tracks drawn in."),
        click.Option(["--csv"], is_flag=True, help="Write tracks.csv beside tracks.parquet."),
    ]  # fmt: skip


def _ways(name: str) -> list[click.Parameter]:
    """How it is done, and told."""
    return [
        click.Option(
            ["--jobs", "-j"], type=click.IntRange(1), default=1, show_default=True,
            help="Recordings at once; each keeps about two processor cores busy.",
        ),
        click.Option(["--profile"], is_flag=True, help="Say where the time went."),
        click.Option(
            ["--json", "as_json"], is_flag=True, help="Say how it went as JSON, for scripts.",
        ),
        click.Option(
            ["--steps"], is_flag=True, is_eager=True, expose_value=False,
            callback=lambda context, param, value: _list_steps(name, context) if value else None,
            help="List the steps and their parameters, and stop.",
        ),
    ]  # fmt: skip


def _files(paths: tuple[Path, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that name a recording each."""
    files = {path for path in paths if not path.is_dir()}
    return tuple(word for word in words if Path(word) in files)


def _run(recipe: Recipe, paths: tuple[Path, ...], options: Mapping[str, Any], typed: Typed) -> None:
    recipe, given = asked.configured(recipe, options), asked.given(options)
    # Only now, when what was typed makes sense, is what computes loaded.
    from ethoframe.run.batch import run_batch
    from ethoframe.run.names import named
    from ethoframe.run.order import Order, Outcome

    shows = asked.shows(options)
    order = Order(recipe, options["out"], given, shows, csv=options["csv"], command=typed)
    recordings = named(paths)
    progress = Progress(len(recordings))
    found: list[Outcome] = []
    try:
        for outcome in run_batch(recordings, order, jobs=options["jobs"], watch=progress):
            progress.finished(outcome.name)
            found.append(outcome)
            _tell(outcome, options)
    finally:
        progress.wipe()
        if options["as_json"] and found:
            places = list(recordings)
            click.echo(outcomes.as_json(sorted(found, key=lambda o: places.index(o.name))))
    outcomes.tell_failures(found)
    sys.exit(outcomes.status(found))


def _tell(outcome: Any, options: Mapping[str, Any]) -> None:
    if options["as_json"]:
        outcomes.warn(outcome)
        return
    outcomes.tell(outcome, "report.html" if options["report"] else "measures.csv")
    if options["profile"] and outcome.status == "done":
        click.echo(f"  {outcomes.parts(outcome)}")


def _list_steps(name: str, context: click.Context) -> None:
    for step in recipes.load(name).steps:
        click.secho(f"{step.name}  ({step.method.name()})", bold=True)
        for f in fields(step.method):
            value, unit = getattr(step.method, f.name), f.metadata["unit"]
            shown = f"{value} {unit}" if unit not in ("", "1") else f"{value}"
            click.echo(f"  {step.name}.{f.name} = {shown}  {f.metadata['says']}")
    context.exit()


def _parameters(name: str, incomplete: str) -> list[CompletionItem]:
    """What ``--set`` may begin with."""
    steps = recipes.load(name).steps
    paths = (f"{step.name}.{f.name}=" for step in steps for f in fields(step.method))
    return [CompletionItem(path) for path in paths if path.startswith(incomplete)]
