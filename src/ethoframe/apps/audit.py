"""``ethoframe audit``: look at random moments, and learn how often the tracking is right."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.progress import Progress
from ethoframe.apps.typed import Typed

if TYPE_CHECKING:
    from ethoframe.report.audit.answers import Answers
    from ethoframe.score.detection import Detection
    from ethoframe.score.proportion import Proportion

FOLDER = "audit"
"""Of the page and its key, in the folder of the results."""

RIGHT = "of the clips with a mark have it on the animal all through"
MISSED = "of the clips with an animal have no mark"

HELP = """Write a page of short clips, drawn at random from all results in DIR, to judge by y and n.

Nobody who looks at it can tell which recording or group a clip is from. The answers that the page
gives, named with --answers, become precision and miss rate with 95 % intervals.
"""


@click.command(
    "audit", help=HELP, short_help="Judge random clips; how often is the tracking right?"
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--clips",
    type=click.IntRange(1, 500),
    default=60,
    show_default=True,
    help="How many.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.2, 10),
    default=2.0,
    show_default=True,
    help="How long each clip is.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Draws other clips.")
@click.option(
    "--videos",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the recordings are, if not where they were analysed.",
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="audit.csv of the page.",
)
@click.option("--unblind", is_flag=True, help="Tell the groups apart; needs --sheet.")
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The animal sheet, for groups.",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(folder: Path, answers: Path | None, unblind: bool, **options: Any) -> None:
    """Draw clips, or count what was said of them."""
    if unblind and not (answers and options["sheet"]):
        raise click.UsageError("--unblind needs --answers, and --sheet that says the groups")
    if answers:
        _count(folder, answers, options["sheet"] if unblind else None, options["as_json"])
    else:
        _draw(folder, options)


def _draw(folder: Path, options: dict[str, Any]) -> None:
    from ethoframe.report.audit.page import PAGE, Audit, write_audit
    from ethoframe.report.audit.results import results_in

    results = results_in(folder)
    words = Typed(("audit", os.fspath(folder), "--answers", "audit.csv"))(folder)
    audit = Audit(results, options["clips"], options["seconds"], options["seed"], words)
    progress = Progress(1)
    where = folder / FOLDER
    try:
        count = write_audit(
            where,
            audit,
            options["videos"],
            lambda n, of: progress("audit", f"clip {n} of {of}", 0, 0),
        )
    finally:
        progress.wipe()
    page = os.fspath(where / PAGE)
    if options["as_json"]:
        click.echo(json.dumps({"page": page, "clips": count, "results": len(results)}, indent=1))
        return
    if count < options["clips"]:
        click.echo(f"{options['clips']} clips were asked for, and {count} fit", err=True)
    of = "one animal" if len(results) == 1 else f"{len(results)} animals"
    click.echo(f"{count} clips of {of} → {page}")
    click.echo(f"Open it in a browser, answer, download audit.csv. Then:\n  {words}")


def _count(folder: Path, path: Path, sheet_path: Path | None, as_json: bool) -> None:
    from ethoframe.report.audit.answers import judged
    from ethoframe.score.detection import by_group, detection

    sheet = None
    if sheet_path:
        from ethoframe.formats import sheet as sheets

        sheet = sheets.read(sheet_path)
    answers = judged(path, folder / FOLDER, sheet)
    overall, groups = detection(answers.judged), by_group(answers.judged)
    if as_json:
        click.echo(json.dumps(_plain(answers, overall, groups), indent=1))
        return
    for line in _lines("", overall):
        click.echo(line)
    for group, found in groups.items():
        for line in _lines(group, found):
            click.echo(line)
    if sheet and not groups:
        click.echo(f"{sheet.name} says no groups", err=True)
    for number, what in ((answers.unsure, "could not be told"), (answers.open, "have no answer")):
        if number:
            click.echo(f"{number} clips {what}, and are left out", err=True)


def _lines(group: str, found: Detection) -> list[str]:
    head = [group] if group else []
    indent = "  " if group else ""
    return [
        *head,
        f"{indent}right   {_told(found.precision)} {RIGHT}",
        f"{indent}missed  {_told(found.missed)} {MISSED}",
    ]


def _told(share: Proportion) -> str:
    if not share.of:
        return "–: no clip says how many"
    interval = f"{100 * share.low:.1f} to {100 * share.high:.1f}"
    return f"{100 * share.value:.1f} % ({interval}; {share.count} of {share.of})"


def _plain(answers: Answers, overall: Detection, groups: dict[str, Detection]) -> dict[str, Any]:
    return {
        "overall": _plain_detection(overall),
        "groups": {group: _plain_detection(found) for group, found in groups.items()},
        "unsure": answers.unsure,
        "open": answers.open,
    }


def _plain_detection(found: Detection) -> dict[str, Any]:
    shares = {"precision": (found.precision, RIGHT), "missed": (found.missed, MISSED)}
    return {
        name: {
            "value": _finite(share.value), "low": _finite(share.low), "high": _finite(share.high),
            "count": share.count, "of": share.of, "recordings": share.clusters,
            "level": share.level, "definition": f"share {says}",
        }
        for name, (share, says) in shares.items()
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
