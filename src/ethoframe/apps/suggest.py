"""``ethoframe suggest MODEL FILES... --out DIR``: which frames to label next."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.options import FILE
from ethoframe.apps.progress import Progress
from ethoframe.apps.said import asking, labels_at

if TYPE_CHECKING:
    from ethoframe.contract import Learned
    from ethoframe.data import Labels
    from ethoframe.report.model.looked import Looked

HELP = """Look through films with a fitted model, and choose frames that are worth labelling next.

Chosen are frames that the model is unsure of, or in which something jumps, and that are unlike each
other, and unlike those that --labels names. Their pictures lie in DIR/labeled-data, for keypoints
as a DeepLabCut project with what the model is sure of as a beginning; suggest.html shows them,
suggestions.csv lists them.
"""


@click.command("suggest", help=HELP, short_help="Which frames to label next, by a fitted model.")
@click.argument("model", type=FILE, metavar="MODEL")
@click.argument("paths", type=FILE, nargs=-1, required=True, metavar="FILES...")
@click.option(
    "--labels",
    type=FILE,
    metavar="PATH",
    help="What is labelled already: none of it is chosen again, nor what is near or like it.",
)
@click.option("--out", "-o", type=FILE, required=True, metavar="DIR", help="A new folder.")
@click.option(
    "--count", type=click.IntRange(1, 2000), default=20, show_default=True, help="How many."
)
@click.option(
    "--every",
    type=click.IntRange(1),
    metavar="K",
    help="Look at each K-th frame; left out, at about 300 of each film.",
)
@click.option(
    "--apart",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="No two frames of a film are nearer.",
)
@click.option("--author", metavar="NAME", help="Who will label them: the project is theirs.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(
    model: Path, paths: tuple[Path, ...], out: Path, count: int, as_json: bool, **options: Any
) -> None:
    """Look, choose, write."""
    from ethoframe.nets.model import opened
    from ethoframe.report.model import tolabel
    from ethoframe.report.wording import counted
    from ethoframe.run.fitting import fitted

    found = opened(model)
    method = fitted(found.method, model)
    labels = _labels(method, options)
    films = _looked(method, paths, options["every"] or 0)
    some = tolabel.chosen(films, count, options["apart"], labels)
    says = tolabel.write(out, found, films, some, options["author"])
    page = os.fspath(out / tolabel.PAGE)
    if as_json:
        told = {
            "page": page,
            "written": says,
            "frames": [
                {
                    "film": each.film.recording.name, "frame": each.number, "file": each.file,
                    "doubt": round(each.why.doubt, 4), "novelty": round(each.why.novelty, 4),
                }
                for each in some
            ],
        }  # fmt: skip
        click.echo(json.dumps(told, indent=1))
        return
    if len(some) < count:
        click.echo(f"{count} frames were asked for, and {len(some)} are far enough apart", err=True)
    click.echo(f"{counted(len(some), 'frame')} of {counted(len(films), 'recording')} → {page}")
    click.echo(f"  {out / tolabel.FOLDER}: {says}")
    click.echo("  Check every point and add what is missing before you fit by them.")


# Whose labels they are is asked as well: of those that are to be, as there is one project.
command.params += [each for each in asking() if "--author" not in each.opts]


def _labels(method: Learned, options: Mapping[str, Any]) -> Labels:
    """What is labelled already, of the kind that the method learns."""
    from ethoframe.data import Labels
    from ethoframe.run.teachable import learned

    if options["labels"] is None:
        return Labels(())
    return labels_at(options["labels"], options, learned(method)[0])


def _looked(method: Learned, paths: tuple[Path, ...], every: int) -> list[Looked]:
    from ethoframe import formats
    from ethoframe.report.model.looked import looked

    progress = Progress(len(paths))
    films = []
    try:
        for path in paths:
            recording = formats.read(path)

            def tell(task: str, done: int, total: int, name: str = recording.name) -> None:
                progress(name, task, done, total)

            films.append(looked(method, recording, every, tell))
            progress.finished(recording.name)
    finally:
        progress.wipe()
    return films
