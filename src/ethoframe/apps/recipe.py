"""``ethoframe open-field`` and every other recipe as a command."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ethoframe import recipes
from ethoframe.apps import asked, outcomes
from ethoframe.apps.options import individuals, inputs, of_tracks, results, ways, weights
from ethoframe.apps.progress import Progress
from ethoframe.apps.typed import WORDS, Typed
from ethoframe.contract import Recipe, Step

if TYPE_CHECKING:
    from ethoframe.data import Sheet
    from ethoframe.run.entries import Entry
    from ethoframe.run.order import Order, Outcome


def command_for(name: str) -> click.Command:
    """The recipe called `name` as a command; the recipe itself is loaded when the command runs."""

    def run(paths: tuple[Path, ...], **options: Any) -> None:
        words = click.get_current_context().meta.get(WORDS, ())
        _run(name, paths, options, Typed(words, _files(paths, words)))

    listing = click.Option(
        ["--steps"], is_flag=True, is_eager=True, expose_value=False,
        callback=lambda context, param, value: _list_steps(name, context) if value else None,
        help="List the steps and their parameters, and stop.",
    )  # fmt: skip
    heading = recipes.told(name)
    films, tracks = recipes.takes(name)
    called = "|".join(word for word, has in (("VIDEO", films), ("TRACKS", tracks)) if has)
    learned = [weights()] if recipes.taught(name) else []
    return click.Command(
        name,
        params=[
            *inputs(lambda typed: _parameters(name, typed), called),
            *([*of_tracks(files=True), individuals()] if tracks else []),
            *learned,
            *results(),
            *ways(),
            listing,
        ],
        callback=run,
        help=f"{heading}.\n\n{called} is a file, or a folder with files in it.",
        short_help=heading,
    )


def _files(paths: tuple[Path, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that name a recording each."""
    files = {path for path in paths if not path.is_dir()}
    return tuple(word for word in words if Path(word) in files)


def _run(name: str, paths: tuple[Path, ...], options: Mapping[str, Any], typed: Typed) -> None:
    recipe = _begun(name, paths, options)
    recipe, drawn = asked.configured(recipe, options), asked.arenas(options)
    animals, notes = asked.sheet(options), asked.notes(recipe, options)
    # Only now, when what was typed makes sense, is what computes loaded.
    from ethoframe.run.entries import entries, joined
    from ethoframe.run.order import Order

    order = Order(
        recipe,
        options["out"],
        drawn,
        options["count"] or 0,
        notes,
        options["lights"],
        options["timestamps"] if recipe.film else None,
        asked.shows(options),
        csv=options["csv"],
        command=typed,
        reading=asked.reading(options),
    )
    say = partial(click.echo, err=True)
    recordings = entries(paths, animals, tracks=not recipe.film, say=say)
    if options["join"]:
        if animals is not None:
            raise click.UsageError("with --sheet, write the files of a recording as a.mp4 + b.mp4")
        recordings = joined(recordings)
    for line in asked.unmatched(order, recordings):  # one video of many may be done again alone
        click.echo(f"left out: {line}", err=True)
    if options["check"]:
        from ethoframe.apps.check import check

        sys.exit(check(recordings, order))
    found = _analysed(recordings, order, options)
    _tell_all(found, order, animals, options)
    sys.exit(outcomes.status(found))


def _begun(name: str, paths: tuple[Path, ...], options: Mapping[str, Any]) -> Recipe:
    """The recipe as it begins: with films, or with tracks."""
    from ethoframe.run import entries

    films, tracks = recipes.takes(name)
    say = partial(click.echo, err=True)
    given = tracks and (not films or entries.of_tracks(paths, say))
    asked.refuse_misplaced(options, tracks=given)
    return recipes.load(name, from_tracks=given)


def _analysed(
    recordings: Sequence[Entry], order: Order, options: Mapping[str, Any]
) -> list[Outcome]:
    """How it went with each, told as they become ready; in the order of the recordings."""
    from ethoframe.run.batch import run_batch

    progress = Progress(len(recordings))
    found: list[Outcome] = []
    names = [entry.name for entry in recordings]
    try:
        for outcome in run_batch(recordings, order, jobs=options["jobs"], watch=progress):
            progress.finished(outcome.name)
            found.append(outcome)
            _tell(outcome, options)
    finally:
        progress.wipe()
        found.sort(key=lambda outcome: names.index(outcome.name))
        if options["as_json"] and found:
            click.echo(outcomes.as_json(found))
    return found


def _tell(outcome: Outcome, options: Mapping[str, Any]) -> None:
    if options["as_json"]:
        outcomes.warn(outcome)
        return
    outcomes.tell(outcome, "report.html" if options["report"] else "measures.csv")
    if options["profile"] and outcome.status == "done":
        click.echo(f"  {outcomes.parts(outcome)}")


def _tell_all(
    found: Sequence[Outcome], order: Order, animals: Sheet | None, options: Mapping[str, Any]
) -> None:
    """Tables and pages over all animals, where there are several or a sheet says who they are."""
    outcomes.tell_failures(found)
    parts = [part for outcome in found for part in outcome.parts]
    if len(parts) < 2 and animals is None:
        return
    from ethoframe.apps import shows

    blind = {"unblind": options["unblind"], "factor": asked.factor(options)}
    made = {"one row per animal": shows.write_summary(order.out, found, animals, **blind)}
    if options["report"]:
        made["every recording, the doubtful first"] = shows.write_index(order.out, found, **blind)
    if options["report"] and animals is not None:
        click.echo(f"drawing figures of {len(parts)} animals", err=True)
        made["figures of all animals"] = shows.write_study(order.out, found, animals, **blind)
    if not options["as_json"]:
        outcomes.tell_verdicts(parts)
        for what, path in made.items():
            click.echo(f"{what} → {path}")


def _list_steps(name: str, context: click.Context) -> None:
    recipe = recipes.load(name)
    steps = recipe.steps
    for step in steps:
        _list_step(step)
    if all(recipes.takes(name)):
        known = {(step.name, step.method.name()) for step in steps}
        traced = recipes.load(name, from_tracks=True).steps
        click.echo("\nwhere tracks are given, in place of those or besides:")
        for step in traced:
            if (step.name, step.method.name()) not in known:
                _list_step(step)
    if recipe.otherwise:
        click.echo("\nother definitions, by which all that depends on them is measured as well:")
    for called, settings in recipe.otherwise.items():
        told = ", ".join(f"{path} = {value}" for path, value in settings.items())
        click.echo(f"  {called}: {told}")
    context.exit()


def _list_step(step: Step) -> None:
    click.secho(f"{step.name}  ({step.method.name()})", bold=True)
    for f in fields(step.method):
        value, unit = getattr(step.method, f.name), f.metadata["unit"]
        shown = f"{value} {unit}" if unit not in ("", "1") else f"{value}"
        click.echo(f"  {step.name}.{f.name} = {shown}  {f.metadata['says']}")


def _parameters(name: str, incomplete: str) -> list[CompletionItem]:
    """What ``--set`` may begin with."""
    steps = recipes.load(name).steps
    paths = (f"{step.name}.{f.name}=" for step in steps for f in fields(step.method))
    return [CompletionItem(path) for path in paths if path.startswith(incomplete)]
