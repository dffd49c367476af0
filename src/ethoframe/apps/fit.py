"""``ethoframe fit METHOD --labels PATH --out MODEL``: a method taught by labels."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

import ethoframe
from ethoframe.apps import declared
from ethoframe.apps.listed import Methods, short
from ethoframe.apps.options import FILE, of_tracks
from ethoframe.apps.progress import Progress
from ethoframe.apps.said import asking, labels_at
from ethoframe.apps.typed import WORDS
from ethoframe.contract import Kind, Learned, Method, Training, catalog
from ethoframe.contract.catalog import Card
from ethoframe.data import Refusal
from ethoframe.data.strict import strict

if TYPE_CHECKING:
    from ethoframe.data import Labels
    from ethoframe.nets.finder import Rates
    from ethoframe.run.fitting import Fit

TRAINING = "training_"
"""How the names of options begin that say how a method is taught."""

TAUGHT = ("teaching", "sweeping rates")
"""Tasks that are counted in steps; others are in frames."""

INTERRUPTED = 130


class _Taught(Methods):
    """Every learned method is a command below ``fit``."""

    def cards(self) -> Sequence[Card]:
        """Those that labels teach."""
        return [card for card in catalog.cards() if card.learned]

    def command_for(self, method_class: type[Method]) -> click.Command:
        """The command of a method."""
        return _command_for(cast("type[Learned]", method_class))

    def absent(self, name: str) -> str:
        """Of a method whose rules are written, that nothing teaches it."""
        if name in {card.name for card in catalog.cards()}:
            return f"the rules of {name} are written, not learned; use ethoframe apply {name}"
        return super().absent(name)


@click.group(
    "fit",
    cls=_Taught,
    subcommand_metavar="METHOD --labels PATH --out MODEL",
    context_settings={"max_content_width": 100},
    epilog="ethoframe fit METHOD --help tells what can be chosen.",
)
def command() -> None:
    """Teach a method by labels: its model is a folder that apply takes."""


def _command_for(method_class: type[Learned]) -> click.Command:
    from ethoframe.run.teachable import unsaid

    def run(**options: Any) -> None:
        words = click.get_current_context().meta.get(WORDS, ())
        _run(method_class, options, words)

    fixed = [each for each in fields(method_class) if each.metadata["fixed"] == "fit"]
    taken = {each.name for each in fixed}
    training = [each for each in fields(Training) if each.name not in taken]
    listed = [
        *(_tracked(unsaid(method_class)) if tracked(method_class) else _places()),
        *declared.options(training, TRAINING),
        *declared.options(fixed),
        *(_asking_of_tracks() if tracked(method_class) else asking()),
        *_ways(),
    ]
    says = short(method_class)
    return click.Command(
        method_class.name(), params=listed, callback=run, help=says, short_help=says
    )


def _places() -> list[click.Parameter]:
    return [
        click.Option(
            ["--labels"], type=FILE, metavar="PATH", required=True,
            help="What people said: a DeepLabCut project, .slp, COCO .json, masks, or a table.",
        ),
        click.Option(
            ["--out", "-o"], type=FILE, metavar="MODEL", required=True,
            help="Folder of the model to be; a fit that was stopped goes on there.",
        ),
    ]  # fmt: skip


def tracked(method_class: type[Learned]) -> bool:
    """Whether a method is taught by tracks, and not by pixels."""
    first = next(iter(method_class.takes.values()))
    return first.kind is Kind.TRACKS


def _tracked(alone: bool) -> list[click.Parameter]:
    """What people saw, and the tracks of it; of what tracks alone teach, these."""
    if alone:
        says = "Tracks, or a folder of them; may be repeated."
        typed = {"type": FILE, "metavar": "PATH", "required": True, "multiple": True}
        return [click.Option(["--labels"], help=says, **typed), _places()[1]]  # type: ignore[arg-type]
    return [
        click.Option(
            ["--labels"], type=FILE, metavar="PATH", required=True, multiple=True,
            help="What people saw: episodes.csv, a BORIS project or export; may be repeated.",
        ),
        click.Option(
            ["--tracks"], type=FILE, metavar="PATH", required=True, multiple=True,
            help="Tracks of a recording, called as it is; may be repeated.",
        ),
        _places()[1],
    ]  # fmt: skip


def _asking_of_tracks() -> list[click.Parameter]:
    """What files of tracks and episodes do not say themselves."""
    return [
        click.Option(
            ["--author", "labels_author"], default="", metavar="NAME",
            help="Whose episodes, where several people's are there.",
        ),
        click.Option(
            ["--only", "labels_only"], multiple=True, metavar="LABEL",
            help="Teach only this behaviour; may be repeated.",
        ),
        *of_tracks(),
    ]  # fmt: skip


def _ways() -> list[click.Parameter]:
    return [
        click.Option(
            ["--find-lr", "find"], is_flag=True,
            help="Only find how fast to learn (a minute or two): says which --rate to use.",
        ),
        click.Option(
            ["--report/--no-report"], default=True, show_default=True,
            help="Write report.html, the page of the model, into its folder.",
        ),
        click.Option(
            ["--json", "as_json"], is_flag=True, help="Say how it went as JSON, for scripts.",
        ),
    ]  # fmt: skip


def _run(method_class: type[Learned], options: Mapping[str, Any], words: Sequence[str]) -> None:
    from ethoframe.report.wording import quoted
    from ethoframe.run.teachable import check_labels
    from ethoframe.run.writing import check_writable

    method = method_class().with_parameters(declared.given(options))
    training = Training(**declared.given(options, TRAINING))
    labels, where = _labels(method, options)
    check_labels(method, labels, where)
    for warning in labels.warnings:
        click.echo(f"{where}: {warning}", err=True)
    check_writable(options["out"])
    command, work = quoted("ethoframe", *words), _find if options["find"] else _fit
    progress = _Steps(method.name())
    try:
        with _warned():
            done = work(method, labels, training, options, (progress, command))
    except KeyboardInterrupt:
        progress.wipe()
        click.echo(f"ethoframe: {progress.stopped(options['out'])}", err=True)
        sys.exit(INTERRUPTED)
    finally:
        progress.wipe()
    done()


def _labels(method: Learned, options: Mapping[str, Any]) -> tuple[Labels, Path]:
    """What people said, beside tracks where these teach, and where it lies."""
    from ethoframe.run.teachable import learned, unsaid

    if not tracked(type(method)):
        wanted = learned(method)
        path: Path = options["labels"]
        return labels_at(path, options, wanted[0] if wanted else None), path
    from ethoframe.apps.asked import reading
    from ethoframe.run.followed import followed
    from ethoframe.run.unlabelled import alone

    if unsaid(type(method)):
        return alone(options["labels"], reading(options)), options["labels"][0]
    about = {"author": options["labels_author"], "only": options["labels_only"]}
    found = followed(options["labels"], options["tracks"], reading(options), **about)
    return found, options["labels"][0]


@contextmanager
def _warned() -> Iterator[None]:
    """What a network's beginning gives reason to warn of, in a line; no library's other worries."""
    own = Path(ethoframe.__file__).parent

    def tell(message: Warning | str, category: type[Warning], filename: str, *_: Any) -> None:
        if own in Path(filename).parents:
            click.echo(f"ethoframe: {message}", err=True)

    with warnings.catch_warnings():
        warnings.showwarning = tell  # type: ignore[assignment]
        yield


class _Steps(Progress):
    """How far a training is, and how far it was when it was stopped."""

    def __init__(self, name: str) -> None:
        super().__init__(unit="steps")
        self.name = name
        self.done = self.total = 0

    def __call__(self, task: str, done: int, total: int) -> None:  # type: ignore[override]
        """Takes note of how far it is."""
        taught = task in TAUGHT
        if taught and total:
            self.done, self.total = done, total
        self.unit = "steps" if taught else "frames"
        super().__call__(self.name, task, done, total)

    def stopped(self, out: Path) -> str:
        """What to say when the user stopped it."""
        if not self.total:
            return "stopped before the first step; the same command begins again"
        told = f"stopped at step {self.done} of {self.total}"
        return f"{told}; the same command goes on from the last checkpoint in {out}"


Watched = tuple[_Steps, str]
"""Who is told how far it is, and the command that was typed."""


def _fit(
    method: Learned,
    labels: Labels,
    training: Training,
    options: Mapping[str, Any],
    watched: Watched,
) -> Callable[[], None]:
    """Teaches it, and writes the page of the model; what is to be said of it."""
    from ethoframe.report.fitted import PAGE
    from ethoframe.run.fitting import fit
    from ethoframe.run.teachable import unsaid

    out, (progress, command) = options["out"], watched
    done = fit(method, labels, out, training, tell=progress, command=command)
    wanted = options["report"] and not unsaid(type(method))
    if wanted and not (done.unchanged and (out / PAGE).is_file()):
        from ethoframe.report.model import write

        try:
            write(out, labels, tell=progress)
        except Refusal as refusal:  # the model is there all the same
            progress.wipe()
            click.echo(f"ethoframe: no page of the model: {refusal}", err=True)
    return partial(_tell, done, out, as_json=options["as_json"])


def _find(
    method: Learned,
    labels: Labels,
    training: Training,
    options: Mapping[str, Any],
    watched: Watched,
) -> Callable[[], None]:
    """How fast to learn; nothing is kept of what was learned. What is to be said of it."""
    from ethoframe.contract.extras import needs

    for library in ("torch", "timm"):
        needs("learn", library)
    from ethoframe.nets.finder import find_rate

    lesson = method.lesson(labels, training)
    if not lesson.stepwise:
        reason = "nothing is learned step by step: it is settled at once"
        raise Refusal(method.name(), reason, "leave --find-lr out, or ask for --model network")
    found = find_rate(lesson, training, watched[0])
    return partial(_tell_rate, found, options, watched[1])


def _tell_rate(found: Rates, options: Mapping[str, Any], command: str) -> None:
    """The rate, its curve, and the command that trains with it."""
    from ethoframe.run.fitting import WORK

    folder = options["out"] / WORK
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "find-lr.csv"
    found.table(table)
    rate = float(f"{found.suggested:.2g}")
    again = command.replace(" --find-lr", "") + f" --rate {rate:g}"
    if options["as_json"]:
        told = {"rate": rate, "steepest": found.steepest, "table": str(table), "next": again}
        click.echo(json.dumps(told, indent=1))
        return
    click.echo("loss (smoothed) by learning rate; | is what is suggested\n")
    click.echo(found.curve())
    click.echo(f"\n  rate   {rate:g}, a tenth of where the loss was least")
    click.echo(f"         it fell fastest at {found.steepest:.2g}; every step is in {table}")
    click.echo(f"  next   {again}")


def _tell(done: Fit, folder: Path, *, as_json: bool) -> None:
    from ethoframe.report.fitted import as_text, describe

    told = describe(done.model, folder)
    if as_json:
        click.echo(json.dumps(strict({**told, "unchanged": done.unchanged}), indent=1))
        return
    if done.unchanged:
        click.echo("fitted before by the same labels, nothing changed\n")
    click.echo(as_text(told))
