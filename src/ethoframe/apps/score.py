"""``ethoframe score``: how right an answer is."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.options import asked_of_format, reading

if TYPE_CHECKING:
    from ethoframe.apps.scoring.result import Result

KINDS = ("masks", "instances", "counts", "landmarks", "raters")

MM = {"nm": 1e-6, "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "mm": 1.0}

TOLD = 5
"""Names that a line of them holds."""

HELP = """Score an answer against the truth, each score with its n and its interval.

ANSWER and TRUTH are files or folders: label images (0 is background), results of a run
(NAME/labels.tif, NAME/measures.csv), folders with one mask for each object (NAME/masks/*.png),
PASCAL VOC boxes, tables of counts or landmarks. What is compared as what is decided by what is
there, and told; --as decides otherwise. A truth without an answer counts as missed.
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


@click.command("score", help=HELP, short_help="Score an answer against the truth.")
@click.argument("answer", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(path_type=Path))
@click.option("--as", "kind", type=click.Choice(KINDS), default=None, help="What to compare as.")
@click.option(
    "--spacing",
    "spacing_mm",
    type=Spacing(),
    default=(),
    help="Pixel size, as 0.5um or 0.5x0.5x2um (x, y, z); as the files say when left out.",
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
@click.option("--json", "as_json", is_flag=True, help="For scripts, with a row for each picture.")
def command(answer: Path, truth: Path, as_json: bool, **options: Any) -> None:
    """Score."""
    from ethoframe.apps.scoring.found import found_at
    from ethoframe.apps.scoring.judging import Asked, judged

    asked = Asked(
        options["kind"] or "",
        options["spacing_mm"],
        options["quantity"],
        options["only"],
        options["by"] == "folder",
        options["union"],
        asked_of_format(options),
    )
    result = judged(found_at(answer), found_at(truth), asked)
    _warn(result)
    if as_json:
        click.echo(json.dumps(result.plain(), indent=1, allow_nan=False))
    else:
        click.echo("\n".join(result.lines()))
    sys.exit(3 if result.failed else 0)


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
