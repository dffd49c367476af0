"""``ethoframe apply METHOD FILES...``: one method on many files."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps import outcomes
from ethoframe.apps.options import FILE, asked_of_format, reading, untold
from ethoframe.apps.progress import Progress
from ethoframe.apps.typed import WORDS, Typed
from ethoframe.contract import In, Kind, Method, catalog

if TYPE_CHECKING:
    from ethoframe.run.application import Application
    from ethoframe.run.entries import Entry
    from ethoframe.run.order import Outcome

ROOMS = (
    "enhance", "summarise", "register", "detect", "segment", "track", "clean", "behave", "measure",
    "regress", "classify",
)  # fmt: skip
"""Tasks in the order of an analysis; those of other packages follow."""

LIKE = 0.6
"""How alike two names are, from 0 to 1, of which one may have been meant by the other."""

UNBOUNDED = 1e9
"""A parameter of this size or more is no bound at all."""

FILES: Mapping[Kind, str] = {
    Kind.RECORDING: "a picture, volume or recording",
    Kind.IMAGE: "a picture or volume",
    Kind.LABELMAP: "labels (.tif, .zarr, .png ...)",
    Kind.POINTS: "a points.csv, or a table with columns x and y",
    Kind.VALUES: "a values.csv",
    Kind.TRACKS: "a tracks.parquet or tracks.csv",
    Kind.MEASURES: "a measures.csv",
    Kind.ARENA: "an arena.toml",
    Kind.ARENAS: "an arena.toml",
    Kind.TRANSFORM: "the transform.json of a registration",
    Kind.TRANSFORMS: "the transforms.json of register/motion",
    Kind.DISPLACEMENT: "the transform.json of a registration",
}
"""In which file a further input lies."""

SAME_AS = {"fixed": "--to"}
"""What some inputs are called besides, because it reads better."""


class Methods(click.Group):
    """Every method is a command below ``apply``, made when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """By the rooms' names."""
        return [card.name for card in catalog.cards()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The method called so."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return _command_for(catalog.find(cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Of a method that is not there the nearest is told."""
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-"):
            near = get_close_matches(args[0], names, 1, LIKE)
            hint = f"did you mean {near[0]}?" if near else "ethoframe methods lists all"
            ctx.fail(f"there is no method {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What each does, without importing any."""
        rooms: dict[str, list[tuple[str, str]]] = {room: [] for room in ROOMS}
        for card in catalog.cards():
            rooms.setdefault(card.name.split("/")[0], []).append((card.name, card.summary))
        for room, listed in rooms.items():
            if listed:
                with formatter.section(room.capitalize()):
                    formatter.write_dl(listed)


@click.group(
    "apply",
    cls=Methods,
    subcommand_metavar="METHOD FILES...",
    context_settings={"max_content_width": 100},
    epilog="ethoframe apply METHOD --help tells the parameters of a method.",
)
def command() -> None:
    """Apply one method to files: pictures, stacks, volumes, videos, tables."""


def _command_for(method_class: type[Method]) -> click.Command:
    main, *rest = method_class.takes
    side = {name: method_class.takes[name] for name in rest}
    summary = (method_class.__doc__ or "").split("\n")[0]

    def run(paths: tuple[Path, ...], **options: Any) -> None:
        words = click.get_current_context().meta.get(WORDS, ())
        _run(method_class, paths, options, Typed(words, _files(paths, words)))

    listed = [*_inputs(main, side), *_parameters(method_class), *_ways(method_class)]
    short = summary.replace("`", "").replace("*", "")
    return click.Command(
        method_class.name(), params=listed, callback=run, help=short, short_help=short
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
    return click.Option([*called, f"side_{name}"], help=_sentence(told), **about)


def _parameters(method_class: type[Method]) -> list[click.Parameter]:
    return [_option(each) for each in fields(method_class)]


def _option(declared: Field[Any]) -> click.Option:
    """A parameter as an option: its unit is in its name, its meaning in the help."""
    rules, default = declared.metadata, declared.default
    name = declared.name.replace("_", "-")
    about: dict[str, Any] = {"help": f"{_sentence(rules['says'])}", "show_default": True}
    if default is MISSING:
        default = None
    elif isinstance(default, float) and abs(default) >= UNBOUNDED:
        about = {"help": f"{about['help']}  [default: none]", "show_default": False}
    if isinstance(default, bool):
        return click.Option(
            [f"--{name}/--no-{name}", f"set_{declared.name}"], default=default, **about
        )
    if rules["choices"]:
        about["type"] = click.Choice(rules["choices"])
    elif isinstance(default, int | float):
        whole = isinstance(default, int) and "float" not in str(declared.type)
        about["type"] = int if whole else float
        about["metavar"] = rules["unit"] if rules["unit"] not in ("", "1") else "NUMBER"
    elif not isinstance(default, str):
        about |= {"type": _Written(), "metavar": "VALUE"}
    return click.Option([f"--{name}", f"set_{declared.name}"], default=default, **about)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}".rstrip(".") + "."


class _Written(click.ParamType):
    """A list or number as TOML has it."""

    name = "VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        """What the text says; a word that needs no quotes as it is."""
        if not isinstance(value, str):
            return value
        try:
            return tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            return value


def _ways(method_class: type[Method]) -> list[click.Parameter]:
    listed: list[click.Parameter] = [
        *reading(),
        *untold(),
        click.Option(["--planes"], is_flag=True, help="Each plane of a volume is a frame."),
        click.Option(
            ["--join"], is_flag=True,
            help="The pictures of a folder are frames of one recording, in the order of names.",
        ),
        click.Option(
            ["--out", "-o"], type=FILE, default=Path("ethoframe-out"), show_default=True,
            metavar="FOLDER", help="Folder for the results.",
        ),
        click.Option(
            ["--report/--no-report"], default=True, show_default=True, help="Write report.html.",
        ),
        click.Option(
            ["--jobs", "-j"], type=click.IntRange(1, 60), default=1, show_default=True,
            help="Files at once.",
        ),
        click.Option(
            ["--json", "as_json"], is_flag=True, help="Say how it went as JSON, for scripts.",
        ),
    ]  # fmt: skip
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


def _run(
    method_class: type[Method], paths: tuple[Path, ...], options: Mapping[str, Any], typed: Typed
) -> None:
    settings = {k.removeprefix("set_"): v for k, v in options.items() if k.startswith("set_")}
    method = method_class().with_parameters(settings)
    # Only now, when what was typed makes sense, is what computes loaded.
    from ethoframe.run.files import files

    asked = _application(method, options, typed)
    found = files(paths, asked.kind, join=options["join"])
    from ethoframe.run.earlier import earlier

    others = earlier(asked, found)
    results = _applied(found, others, asked, options)
    if options["report"] and len(others) + len(results) > 1:
        from ethoframe.apps.shows import write_album

        path = write_album(asked.out, [*others, *results])
        if not options["as_json"]:
            click.echo(f"every file on one page → {path}")
    outcomes.tell_failures(results)
    sys.exit(outcomes.status(results))


def _application(method: Method, options: Mapping[str, Any], typed: Typed) -> Application:
    from ethoframe.apps.shows import picture_page
    from ethoframe.run.application import Application
    from ethoframe.run.inputs import Reading, noun_in

    known = Reading(options["scale"], options["clock"], options["planes"], asked_of_format(options))
    named = {k.removeprefix("side_"): v for k, v in options.items() if k.startswith("side_")}
    side = {
        key: noun_in(path, method.takes[key].kind, known)
        for key, path in named.items()
        if path is not None
    }
    return Application(
        method,
        options["out"],
        side,
        known,
        options.get("landmarks"),
        options.get("fixed_landmarks"),
        (picture_page(method),) if options["report"] else (),
        typed,
    )


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


def _took(outcome: Outcome) -> str:
    if outcome.status == "unchanged":
        return "finished before, nothing changed"
    return f"{outcome.seconds['whole']:.2f} s"
