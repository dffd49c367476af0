"""``ethoframe apply METHOD FILES...``: one method on many files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps import declared, effects, outcomes
from ethoframe.apps.declared import sentence
from ethoframe.apps.listed import Methods, short
from ethoframe.apps.options import (
    FILE,
    asked_of_format,
    individuals,
    plane,
    reading,
    roles,
    untold,
)
from ethoframe.apps.progress import Progress
from ethoframe.apps.roles import remembered
from ethoframe.apps.typed import WORDS, Typed
from ethoframe.contract import In, Kind, Learned, Method
from ethoframe.data import Arena, Noun

if TYPE_CHECKING:
    from ethoframe.run.application import Application
    from ethoframe.run.entries import Entry
    from ethoframe.run.order import Outcome

FILES: Mapping[Kind, str] = {
    Kind.RECORDING: "a picture, volume or recording",
    Kind.IMAGE: "a picture or volume",
    Kind.LABELMAP: "labels (.tif, .zarr, .png ...)",
    Kind.POINTS: "a points.csv, or a table with columns x and y",
    Kind.VALUES: "a values.csv",
    Kind.TRACKS: "tracks of a run or of another program (.parquet, .csv, .h5, .slp ...)",
    Kind.EPISODES: "an episodes.csv, or episodes of another program",
    Kind.MEASURES: "a measures.csv",
    Kind.SHEET: "the animal sheet (.xlsx, .csv)",
    Kind.ARENA: "an arena.toml",
    Kind.ARENAS: "an arena.toml",
    Kind.TRANSFORM: "the transform.json of a registration",
    Kind.TRANSFORMS: "the transforms.json of register/motion",
    Kind.DISPLACEMENT: "the transform.json of a registration",
}
"""In which file a further input lies."""

PIXELS = frozenset({Kind.RECORDING, Kind.IMAGE, Kind.LABELMAP})

WEIGHTS = "Folder of the fitted model, as ethoframe fit writes it."

SAME_AS = {"fixed": "--to"}
"""What some inputs are called besides, because it reads better."""


class _Applied(Methods):
    """Every method is a command below ``apply``."""

    def command_for(self, method_class: type[Method]) -> click.Command:
        """The command of a method."""
        return _command_for(method_class)


@click.group(
    "apply",
    cls=_Applied,
    subcommand_metavar="METHOD FILES...",
    context_settings={"max_content_width": 100},
    epilog="ethoframe apply METHOD --help tells the parameters of a method.",
)
def command() -> None:
    """Apply one method to files: pictures, stacks, volumes, videos, tables."""


def _command_for(method_class: type[Method]) -> click.Command:
    main, *rest = method_class.takes
    side = {name: method_class.takes[name] for name in rest}

    def run(paths: tuple[Path, ...], **options: Any) -> None:
        words = click.get_current_context().meta.get(WORDS, ())
        _run(method_class, paths, options, Typed(words, _files(paths, words)))

    listed = [*_inputs(main, side), *_parameters(method_class), *_ways(method_class)]
    says = short(method_class)
    return click.Command(
        method_class.name(), params=listed, callback=run, help=says, short_help=says
    )


def _files(paths: tuple[Path, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    files = {path for path in paths if not path.is_dir()}
    return tuple(word for word in words if Path(word) in files)


def _inputs(main: str, side: Mapping[str, In]) -> list[click.Parameter]:
    metavar = f"{main.upper()}..."
    files = click.Argument(["paths"], nargs=-1, required=True, type=FILE, metavar=metavar)
    return [files, *(_side(name, need) for name, need in side.items())]


def _side(name: str, need: In) -> click.Option:
    """A further input as an option that takes a file."""
    told = FILES.get(need.kind, f"{need.kind} in a file")
    told += " (optional)" if need.optional else ""
    called = [f"--{name.replace('_', '-')}", *([SAME_AS[name]] if name in SAME_AS else [])]
    about: dict[str, Any] = {"type": FILE, "metavar": "FILE", "required": not need.optional}
    return click.Option([*called, f"side_{name}"], help=sentence(told), **about)


def _parameters(method_class: type[Method]) -> list[click.Parameter]:
    """Its parameters; those of a learned method that were decided when it was fitted are not."""
    free = [each for each in fields(method_class) if not each.metadata["fixed"]]
    if not issubclass(method_class, Learned):
        return declared.options(free)
    about: dict[str, Any] = {"type": FILE, "metavar": "MODEL", "help": WEIGHTS}
    own = [each for each in free if each.name != "weights"]
    return [click.Option(["--weights"], **about), *declared.options(own)]


def _ways(method_class: type[Method]) -> list[click.Parameter]:
    listed: list[click.Parameter] = [
        *_of_inputs({need.kind for need in method_class.takes.values()}),
        click.Option(
            ["--out", "-o"], type=FILE, default=Path("ethoframe-out"), show_default=True,
            metavar="FOLDER", help="Folder for the results.",
        ),
        *_report(method_class.gives),
        click.Option(
            ["--jobs", "-j"], type=click.IntRange(1, 60), default=1, show_default=True,
            help="Files at once.",
        ),
        click.Option(
            ["--json", "as_json"], is_flag=True, help="Say how it went as JSON, for scripts.",
        ),
    ]  # fmt: skip
    first = next(iter(method_class.takes.values()))
    if (first.kind, method_class.gives) == (Kind.RECORDING, Kind.TRACKS):
        listed.append(
            click.Option(
                ["--video"], is_flag=True,
                help="Write labelled.mp4: every frame with its keypoints drawn in.",
            )
        )  # fmt: skip
    if method_class.gives is Kind.TRANSFORM or "transform" in method_class.takes:
        listed += [
            click.Option(
                ["--landmarks"], type=FILE, metavar="CSV",
                help="Places in the moving picture (x, y in its pixels), to be carried over.",
            ),
            click.Option(
                ["--fixed-landmarks"], type=FILE, metavar="CSV",
                help="Where they lie in the fixed picture: the error of each is told.",
            ),
        ]  # fmt: skip
    return listed


def _report(gives: Kind) -> list[click.Parameter]:
    """Whether a page is written; differences between groups are told on that of the study."""
    if gives is Kind.EFFECTS:
        return []
    return [
        click.Option(
            ["--report/--no-report"], default=True, show_default=True, help="Write report.html.",
        )
    ]  # fmt: skip


def _of_inputs(kinds: set[Kind]) -> list[click.Parameter]:
    """What may be said of files of these kinds, because they do not say it themselves."""
    listed: list[click.Parameter] = []
    if kinds & PIXELS:
        listed += [
            *reading(),
            click.Option(["--planes"], is_flag=True, help="Each plane of a volume is a frame."),
            click.Option(
                ["--join"], is_flag=True,
                help="The pictures of a folder are frames of one recording, in order of names.",
            ),
        ]  # fmt: skip
    if kinds & {*PIXELS, Kind.TRACKS, Kind.EPISODES}:
        listed += untold(files=True)
    if Kind.TRACKS in kinds:
        listed += [roles(), individuals(), plane()]
    return listed


def _run(
    method_class: type[Method], paths: tuple[Path, ...], options: Mapping[str, Any], typed: Typed
) -> None:
    method = _method(method_class, options)
    # Only now, when what was typed makes sense, is what computes loaded.
    from ethoframe.run.files import files

    asked = _application(method, options, typed)
    found = files(
        paths,
        asked.kind,
        join=options.get("join", False),
        say=partial(click.echo, err=True),
        rate=asked.reading.rate,
    )
    from ethoframe.run.earlier import earlier

    others = earlier(asked, found)
    results = _applied(found, others, asked, options)
    if options.get("report") and len(others) + len(results) > 1:
        from ethoframe.apps.shows import write_album

        path = write_album(asked.out, [*others, *results])
        if not options["as_json"]:
            click.echo(f"every file on one page → {path}")
    outcomes.tell_failures(results)
    sys.exit(outcomes.status(results))


def _method(method_class: type[Method], options: Mapping[str, Any]) -> Method:
    """The method with the parameters that were typed; a learned one with those of its model."""
    if not issubclass(method_class, Learned):
        return method_class().with_parameters(declared.given(options))
    name, model = method_class.name(), options["weights"]
    if model is None:
        fit = f"ethoframe fit {name} --labels LABELS --out MODEL"
        raise click.UsageError(f"--weights is missing: the folder of a model that `{fit}` made")
    from ethoframe.run.fitting import fitted

    return fitted(name, model, declared.typed(options))


def _application(method: Method, options: Mapping[str, Any], typed: Typed) -> Application:
    from ethoframe.apps.shows import labelled_video, picture_page
    from ethoframe.run.application import Application
    from ethoframe.run.inputs import Reading, noun_in

    clock = options.get("clock")
    rate, times = (None, clock) if isinstance(clock, Path) else (clock, None)
    planes = options.get("planes", False)
    told = options.get("scale"), rate, planes, asked_of_format(options)
    takes_tracks = "roles" in options
    roles = remembered(options["out"], options["roles"]) if takes_tracks else None
    who = tuple(options.get("individuals", ()))
    known = Reading(*told, roles, times, who, plane=options.get("plane"))
    named = {k.removeprefix("side_"): v for k, v in options.items() if k.startswith("side_")}
    side = {
        key: noun_in(path, method.takes[key].kind, known)
        for key, path in named.items()
        if path is not None
    }
    if takes_tracks and known.spacing_mm:
        side = {key: _by_scale(noun) for key, noun in side.items()}
    show = [picture_page(method)] if options.get("report") else []
    show += [labelled_video(method)] if options.get("video") else []
    return Application(
        method,
        options["out"],
        side,
        known,
        options.get("landmarks"),
        options.get("fixed_landmarks"),
        tuple(show),
        typed,
    )


def _by_scale(noun: Noun) -> Noun:
    """An arena without the lengths of its sides: beside a scale that is said they do not count."""
    if not isinstance(noun, Arena) or noun.sides_mm is None:
        return noun
    click.echo("--scale counts, and not the sides that the arena tells", err=True)
    return replace(noun, sides_mm=None)


def _applied(
    found: Sequence[Entry],
    others: Sequence[Outcome],
    asked: Application,
    options: Mapping[str, Any],
) -> list[Outcome]:
    """How it went with each, told as they become ready; in the order of the files."""
    from ethoframe.run.applied import applied
    from ethoframe.run.batch import run_batch

    progress, results = Progress(len(found)), []
    order = {entry.name: index for index, entry in enumerate(found)}
    tell: Callable[[Outcome], None] = _warn if options["as_json"] else _tell
    try:
        ways = {"jobs": options["jobs"], "watch": progress, "others": others}
        for outcome in run_batch(found, asked, applied, **ways):
            progress.finished(outcome.name)
            results.append(outcome)
            tell(outcome)
    finally:
        progress.wipe()
        results.sort(key=lambda outcome: order[outcome.name])
        if options["as_json"] and results:
            click.echo(outcomes.as_json(results))
    return results


def _warn(outcome: Outcome) -> None:
    outcomes.warn(outcome)


def _tell(outcome: Outcome) -> None:
    outcomes.warn(outcome)
    if outcome.finished:
        click.echo(f"{outcome.name}: {_took(outcome)} → {outcome.folder}")
        if (path := outcome.folder / effects.FILE).exists():
            click.echo(effects.told(path))


def _took(outcome: Outcome) -> str:
    if outcome.status == "unchanged":
        return "finished before, nothing changed"
    return f"{outcome.seconds['whole']:.2f} s"
