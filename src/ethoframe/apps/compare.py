"""``ethoframe compare METHOD METHOD... --labels L``: rules and networks on one's own labels."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps import declared
from ethoframe.apps.options import FILE
from ethoframe.apps.progress import Progress, clock
from ethoframe.apps.said import asking, labels_at
from ethoframe.apps.typed import WORDS
from ethoframe.contract import Training, catalog

if TYPE_CHECKING:
    from ethoframe.run.comparing.contestant import Contestant
    from ethoframe.run.comparing.outcome import Comparison
    from ethoframe.run.comparing.plan import Plan

TRAINING = "training_"
"""How the names of options begin that say how methods are taught."""

OFFERED = ("minutes", "steps", "device", "threads", "pretrained")
"""Ways of teaching that hold for all methods; others are set for each by ``--set``."""

MINUTES = 5.0
"""Of each fit, where nothing else is asked for."""

KINDS = ("objects", "masks", "counts")

INTERRUPTED = 130

HELP = """Compare methods on your own labels: the same splits, the same frames, the same score.

A METHOD is one of `ethoframe methods` (segment/watershed), a folder that `ethoframe fit` wrote, or
either under a name of its own (fine=segment/watershed), so that it can be there twice. A method
that learns is taught here, by a part of the labels; a rule is applied as it is; a model that was
fitted before must not have seen these labels. All of them answer the frames that were kept back.
"""


def command_options() -> list[click.Parameter]:
    """What can be asked for."""
    budget = [each for each in fields(Training) if each.name in OFFERED]
    taught = declared.options(budget, TRAINING)
    for option in taught:
        if option.name == f"{TRAINING}minutes":
            option.default = MINUTES
            option.help = "Time of each fit; turned into steps once for each method."
    return [
        click.Argument(["methods"], nargs=-1, required=True, metavar="METHOD..."),
        click.Option(
            ["--labels"], type=FILE, metavar="PATH", required=True,
            help="What people said: a DeepLabCut project, .slp, COCO .json, masks, or a table.",
        ),
        click.Option(
            ["--out", "-o"], type=FILE, metavar="FOLDER", required=True,
            help="Folder of the comparison; one that was stopped goes on there.",
        ),
        click.Option(
            ["--set", "settings"], multiple=True, metavar="NAME.PARAMETER=VALUE",
            help="Set a parameter of a method, or of its training; may be repeated.",
        ),
        click.Option(
            ["--as", "kind"], type=click.Choice(KINDS),
            help="Compare as this, where labels could be any.",
        ),
        click.Option(
            ["--folds"], type=click.IntRange(1, 50), default=1, show_default=True,
            help="Part the labels so often: every frame is then kept back once.",
        ),
        click.Option(
            ["--test", "share"], type=click.FloatRange(0.01, 0.9), default=0.25, show_default=True,
            help="Share of the labels that is kept back, where there are no folds.",
        ),
        click.Option(
            ["--split"], type=click.Choice(["auto", "recording", "subject", "blocks", "random"]),
            default="auto", show_default=True, help="What is kept back whole.",
        ),
        click.Option(
            ["--seed"], type=int, default=0, show_default=True, help="What chance begins with.",
        ),
        *taught,
        click.Option(
            ["--curve"], is_flag=True,
            help="Also teach by 5, 10, 20 ... labels: how many are needed, and would more help?",
        ),
        click.Option(
            ["--choices", "repeats"], type=click.IntRange(1, 20), default=1, show_default=True,
            help="How many choices of these few labels.",
        ),
        click.Option(
            ["--capacity"], metavar="PARAMETER=VALUE,VALUE...",
            help="Also teach with other values of a parameter, as width=16,32,64 or encoder=a,b.",
        ),
        *asking(),
        click.Option(
            ["--report/--no-report"], default=True, show_default=True, help="Write report.html.",
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Tell it as JSON, for scripts."),
    ]  # fmt: skip


def run(methods: tuple[str, ...], **options: Any) -> None:
    """Compare."""
    from ethoframe.report.wording import quoted
    from ethoframe.run.comparing.compare import compared
    from ethoframe.run.comparing.sentences import cost

    words = click.get_current_context().meta.get(WORDS, ())
    planned = _planned(methods, options, quoted("ethoframe", *words))
    for warning in _before(planned):
        click.echo(warning, err=True)
    click.echo(cost(planned), err=True)
    progress = _Fits(len(planned.jobs))
    try:
        found = compared(planned, progress)
        page = _page(found, progress) if options["report"] else None
    except KeyboardInterrupt:
        progress.wipe()
        told = "stopped; the same command goes on, with what is done kept"
        click.echo(f"ethoframe: {told} in {options['out']}", err=True)
        sys.exit(INTERRUPTED)
    finally:
        progress.wipe()
    _tell(found, page, as_json=options["as_json"])


def _page(found: Comparison, progress: _Fits) -> Path:
    from ethoframe.report.comparison.page import PAGE, write_page

    progress(progress.count, "report", "drawing", 0, 0)
    path = found.plan.ask.out / PAGE
    write_page(path, found)
    return path


def _planned(methods: Sequence[str], options: Mapping[str, Any], command: str) -> Plan:
    from ethoframe.run.comparing.measured import check_measurable, yardstick
    from ethoframe.run.comparing.plan import Ask, plan
    from ethoframe.run.teachable import check_labels

    given = {**declared.given(options, TRAINING), "seed": options["seed"]}
    if options["split"] != "random":  # what a fit keeps apart itself is parted likewise
        given["split"] = options["split"]
    contestants = _contestants(methods, options["settings"], Training(**given))
    labels, where = labels_at(options["labels"], options), options["labels"]
    by = yardstick(labels, where, options["kind"] or "")
    for each in contestants:
        check_measurable(each.method, each.name, by)
        if each.training is not None:
            check_labels(each.learner, labels, where)
    capacity = _capacity(options["capacity"], contestants)
    taught = any(each.training is not None for each in contestants)
    if not taught and options["curve"]:
        raise click.UsageError("--curve needs a method that is taught here")
    if len(contestants) < 2 and not (options["curve"] or capacity):
        raise click.UsageError("name two methods at least, or ask for --curve")
    ask = Ask(
        contestants,
        labels,
        by,
        options["out"],
        capacity=capacity,
        command=command,
        **{key: options[key] for key in ("folds", "share", "split", "seed", "curve", "repeats")},
    )
    return plan(ask, where)


def _contestants(
    methods: Sequence[str], settings: Sequence[str], training: Training
) -> tuple[Contestant, ...]:
    from ethoframe.run.comparing.contestant import contestant

    called: dict[str, str] = {}
    for word in methods:
        name, given, what = word.partition("=")
        if not given:
            what, name = word, Path(word).name if Path(word).is_dir() else word
        if name in called:
            raise click.UsageError(f"{name} is there twice: call one of them otherwise, b={what}")
        called[name] = what
    own: dict[str, dict[str, Any]] = {name: {} for name in called}
    for text in settings:
        path, equals, value = text.partition("=")
        name, dot, parameter = path.rpartition(".")
        if not (equals and dot):
            raise click.UsageError(f"--set {text}: write it as NAME.PARAMETER=VALUE")
        if name not in own:
            known = ", ".join(own)
            raise click.UsageError(f"--set {text}: nothing is called {name!r}; there is {known}")
        own[name][parameter.replace("-", "_")] = _value(value)
    for what in called.values():
        _check_known(what)
    return tuple(contestant(name, what, own[name], training) for name, what in called.items())


def _check_known(what: str) -> None:
    names = [card.name for card in catalog.cards()]
    if what in names or Path(what).is_dir():
        return
    near = get_close_matches(what, names, 1)
    hint = f"did you mean {near[0]}?" if near else "ethoframe methods lists all"
    raise click.UsageError(f"there is no method or model {what!r}; {hint}")


def _capacity(
    text: str | None, contestants: Sequence[Contestant]
) -> tuple[str, tuple[Any, ...]] | None:
    if not text:
        return None
    name, equals, values = text.partition("=")
    several = tuple(_value(each) for each in values.split(",") if each)
    if not equals or len(several) < 2:
        raise click.UsageError("write --capacity as PARAMETER=VALUE,VALUE")
    name = name.replace("-", "_")
    taught = [each for each in contestants if each.training is not None]
    if not taught:
        raise click.UsageError("--capacity needs a method that is taught here")
    for each in taught:
        for value in several:
            each.changed(name, value)
    return name, several


def _value(text: str) -> Any:
    """A value as TOML has it; a word that needs no quotes as it is."""
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _before(planned: Plan) -> list[str]:
    """What has to be known before hours are spent."""
    labels = planned.ask.labels
    seen = [each.seen(planned.films, planned.fingerprint) for each in planned.ask.contestants]
    warned = [f"WARNING: {each}" for each in seen if each]
    return [*warned, *labels.warnings, f"labels: {planned.says}"]


def _tell(found: Comparison, page: Path | None, *, as_json: bool) -> None:
    from ethoframe.run.comparing.results import plain

    if as_json:
        click.echo(json.dumps(plain(found), indent=1, ensure_ascii=False, allow_nan=False))
        return
    from ethoframe.apps.standings import lines

    click.echo("\n".join(lines(found)))
    click.echo(f"\n  scores  {found.plan.ask.out / 'scores.csv'}")
    if page is not None:
        click.echo(f"  page    {page}")


class _Fits(Progress):
    """Which fit it is, how far that is, and how long all of them still take.

    Parameters
    ----------
    count
        How many fits there are.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count, unit="steps")
        self.began = time.monotonic()
        self.first: int | None = None
        self.fit = (0, "")

    def __call__(  # type: ignore[override]
        self, index: int, name: str, task: str, done: int, total: int
    ) -> None:
        """Takes note of how far it is."""
        if self.first is None and task == "teaching":
            self.first, self.began = index, time.monotonic()
        if (index, name) != self.fit:
            self._running.clear()
            self.fit = index, name
        self.unit = "steps" if task == "teaching" else "frames"
        super().__call__(name, task, done, total)

    def line(self, now: float) -> str:
        """What is shown at a time of the monotonic clock."""
        index, name = self.fit
        told = "; ".join(task.told(now) for task in self._running.values())
        where = f"fit {index + 1} of {self.count}, " if index < self.count else ""
        whole = ""
        if self.first is not None and index > self.first and index < self.count:
            each = (now - self.began) / (index - self.first)
            whole = f"; about {clock(each * (self.count - index))} left in all"
        return f"{where}{name}: {told}{whole}"


command = click.Command(
    "compare",
    params=command_options(),
    callback=run,
    help=HELP,
    short_help="Compare methods on your own labels.",
    context_settings={"max_content_width": 100},
)
