"""``ethoframe score``: how right an answer is."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.lengths import PixelSize, Rate
from ethoframe.apps.moments import Moment
from ethoframe.apps.options import asked_of_format, reading
from ethoframe.data import Classes, Refusal, Values

if TYPE_CHECKING:
    from ethoframe.apps.scoring.judging import Asked
    from ethoframe.apps.scoring.result import Result
    from ethoframe.apps.scoring.watched import Watching

KINDS = (
    "masks", "instances", "counts", "landmarks", "raters", "points", "classes", "values",
    "episodes",
)  # fmt: skip

MM = {"nm": 1e-6, "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "mm": 1.0}

TOLD = 5
"""Names that a line of them holds."""

HELP = """Score an answer against the truth, each score with its n and its interval.

ANSWER and TRUTH are files or folders: label images (0 is background), results of a run
(NAME/labels.tif, NAME/measures.csv), folders with one mask for each object (NAME/masks/*.png),
PASCAL VOC boxes, tables of counts or landmarks; of keypoints points.csv, tracks.parquet, what a
DeepLabCut network wrote, and labels of any format, which may be those of a second person; tables
of classes or numbers of frames; episodes of any format, the truth of one file or of several.
What is compared as what is decided by what is there, and told; --as decides otherwise. A truth
without an answer counts as missed.

`ethoframe score episodes/agreement FILES...` asks how far the people agree who saw the same
recordings, and who of them disagrees with all others.
"""


class Spacing(click.ParamType):
    """Distance between pixels, one for all axes or one for each as x, y and z.

    Examples
    --------
    >>> Spacing().convert("500nm", None, None), Spacing().convert("1x1x2.5mm", None, None)
    ((0.0005,), (2.5, 1.0, 1.0))
    """

    name = "LENGTH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Millimetres in the order of the axes, last first."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"\s*([\d.x×\s]+?)\s*(nm|um|µm|μm|mm)\s*", str(value))
        try:
            numbers = [float(part) for part in re.split("[x×]", found[1])] if found else []
        except ValueError:
            numbers = []
        if found is None or not 1 <= len(numbers) <= 3 or min(numbers) <= 0:
            self.fail(f"{value!r} is no pixel size; write 0.5um, or 0.5x0.5x2um", param, ctx)
        return tuple(number * MM[found[2]] for number in reversed(numbers))


class Pair(click.ParamType):
    """Two names.

    Examples
    --------
    >>> Pair().convert("snout, tailbase", None, None)
    ('snout', 'tailbase')
    """

    name = "NAME,NAME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Both, without the spaces around them."""
        if isinstance(value, tuple):
            return value
        names = [name.strip() for name in str(value).split(",")]
        if len(names) != 2 or not all(names):
            self.fail(f"{value!r} are not two names; write them as snout,tailbase", param, ctx)
        return names[0], names[1]


@click.command("score", help=HELP, short_help="Score an answer against the truth.")
@click.argument("answer", type=click.Path(path_type=Path))
@click.argument(
    "truths", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="TRUTH..."
)
@click.option("--as", "kind", type=click.Choice(KINDS), default=None, help="What to compare as.")
@click.option(
    "--spacing",
    "spacing_mm",
    type=Spacing(),
    default=(),
    help="Pixel size, as 0.5um or 0.5x0.5x2um (x, y, z); as the files say when left out.",
)
@click.option("--scale", type=PixelSize(), help="The same as 0.65um/px or 2.3px/mm.")
@click.option("--body", type=Pair(), help="Keypoints an animal's length apart: gives body lengths.")
@click.option(
    "--sure",
    type=click.FloatRange(0, 1),
    default=0.6,
    show_default=True,
    help="Confidence from which a keypoint counts as predicted.",
)
@click.option("--union", is_flag=True, help="Whatever has a label is one mask.")
@click.option(
    "--quantity", default="count", show_default=True, help="Which measure of tables is compared."
)
@click.option(
    "--only", multiple=True, metavar="NAME", help="Count only boxes of this name; may be repeated."
)
@click.option(
    "--by",
    type=click.Choice(["picture", "folder"]),
    default="picture",
    show_default=True,
    help="What is drawn again for intervals; folder where pictures of a folder are alike.",
)
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="NAME",
    help="Of episodes: count only those called so; may be repeated.",
)
@click.option(
    "--clock",
    type=Rate(),
    metavar="RATE",
    help="Of episodes: count frames, as 25fps; left out, seconds, which is exact.",
)
@click.option(
    "--bin",
    "bin_s",
    type=Moment(),
    metavar="SECONDS",
    help="Of episodes: compare the percent of time in bins of this length as well.",
)
@click.option(
    "--cues",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of episodes: compare the percent of time in each cue of a table as well.",
)
@click.option(
    "--tolerance",
    "within_s",
    type=Moment(),
    metavar="SECONDS",
    help="Of events without length: how far apart two of them are one; 0.5 s if left out.",
)
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Of episodes/agreement: write agreement.html there, with a picture of all raters.",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts, with a row for each picture.")
def command(answer: Path, truths: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Score."""
    from ethoframe.apps.scoring import agreed
    from ethoframe.apps.scoring.watched import Watching
    from ethoframe.score.episodes import WITHIN_S

    cues, bin_s = options["cues"], options["bin_s"] or 0.0
    within_s = WITHIN_S if options["within_s"] is None else options["within_s"]
    watching = Watching(options["labels"], options["clock"], bin_s, cues, within_s)
    if answer.as_posix() == agreed.NAME and not answer.exists():
        found = agreed.agreed(truths, watching)
        result = found.result
        if options["out"]:
            from ethoframe.report.agreement.page import write_agreement

            write_agreement(options["out"], found.panels, found.of, found.confusion, result.notes)
    else:
        result = _scored(answer, truths, _asked(options), watching)
    _warn(result)
    if as_json:
        click.echo(json.dumps(result.plain(), indent=1, allow_nan=False))
    else:
        click.echo("\n".join(result.lines()))
    sys.exit(3 if result.failed else 0)


def _asked(options: dict[str, Any]) -> Asked:
    """What is asked of pictures, points and tables."""
    from ethoframe.apps.scoring.judging import Asked

    return Asked(
        options["kind"] or "",
        options["spacing_mm"] or (options["scale"] or ())[::-1],
        options["quantity"],
        options["only"],
        options["by"] == "folder",
        options["union"],
        asked_of_format(options),
        options["body"] or (),
        options["sure"],
    )


def _scored(answer: Path, truths: tuple[Path, ...], asked: Asked, watching: Watching) -> Result:
    """The answer beside the truth, as what the user says or the files tell."""
    from ethoframe.apps.scoring import episodes, placed

    if asked.kind == "episodes" or (not asked.kind and episodes.both_hold(answer, truths)):
        return episodes.scored(answer, truths, watching)
    truth, *others = truths
    if others:
        raise Refusal(others[0], "only episodes have several truths", "name one truth")
    if asked.kind == "points" or (not asked.kind and placed.both_hold(answer, truth)):
        from ethoframe.apps.scoring.points import points

        return points(placed.placed_at(answer), placed.placed_at(truth), asked)
    from ethoframe.apps.scoring import told

    kind = asked.kind or told.kind_of(answer, truth)
    if kind in ("classes", "values"):
        noun = Classes if kind == "classes" else Values
        judge = told.classes if kind == "classes" else told.values
        return judge(told.told_at(answer, noun), told.told_at(truth, noun), asked)
    from ethoframe.apps.scoring.found import found_at
    from ethoframe.apps.scoring.judging import judged

    return judged(found_at(answer), found_at(truth), asked)


def _warn(result: Result) -> None:
    """What has no answer, or no truth, or could not be scored, on standard error."""
    for name, reason in result.failed.items():
        click.echo(f"ethoframe: {name}: {reason}", err=True)
    told = (
        (result.unanswered, "without an answer, counted as missed"),
        (result.unasked, "answered without a truth, left out"),
    )
    for names, what in told:
        if names:
            listed = ", ".join(names[:TOLD]) + (" ..." if len(names) > TOLD else "")
            click.echo(f"{len(names)} {what}: {listed}", err=True)


command.params[2:2] = reading()
