"""``ethoframe demo``: the main job on a video whose truth is known."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ethoframe.apps import outcomes
from ethoframe.apps.compared import compared, lines
from ethoframe.apps.progress import Progress
from ethoframe.apps.typed import Typed

if TYPE_CHECKING:
    from ethoframe.data.noun import Array
    from ethoframe.testing.scenes import Scene

SECONDS = 30.0
VIDEO = "open_field.mp4"


@click.command("demo")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), default=Path("ethoframe-demo"),
    show_default=True, metavar="FOLDER", help="Folder for the video and the results.",
)  # fmt: skip
def command(out: Path) -> None:
    """Render a video of an open field, analyse it, and print measured beside true."""
    from ethoframe.run.writing import check_writable
    from ethoframe.testing.scenes import SCENES

    check_writable(out)
    scene, path = replace(SCENES["open_field"], duration_s=SECONDS), out / VIDEO
    click.echo(f"Rendering {SECONDS:g} s of a mouse whose every step is known → {path}")
    _render(scene, path)
    folder = _analysed(scene, path, out)
    click.echo()
    for line in lines(compared(scene, folder)):
        click.echo(f"  {line}")
    click.echo(f"\nOpen {folder / 'report.html'} in a browser. Your own video:")
    click.echo("  ethoframe open-field mouse.mp4 --side 40cm")


def _render(scene: Scene, path: Path) -> None:
    from ethoframe.formats import video

    progress = Progress()

    def images() -> Iterator[Array]:
        for number in range(len(scene)):
            progress(path.name, "rendering", number, len(scene))
            yield scene.image(number)

    video.write(path, images(), rate=scene.rate)
    progress.wipe()


def _analysed(scene: Scene, path: Path, out: Path) -> Path:
    """Where the results are, made by the very command that is printed."""
    from ethoframe import recipes
    from ethoframe.apps.shows import MOMENTS, PAGE
    from ethoframe.run.batch import run_batch
    from ethoframe.run.entries import Entry
    from ethoframe.run.order import Order

    side = ("--side", f"{scene.side_mm / 10:g}cm")
    typed = Typed(("open-field", os.fspath(path), *side, "--out", os.fspath(out)))
    recipe = recipes.load("open-field").configured({"arena.side_mm": scene.side_mm})
    order = Order(recipe, out, show=(PAGE, MOMENTS), command=typed)
    click.echo(f"\n$ {typed(path)}")
    progress = Progress()
    (outcome,) = run_batch([Entry(path.name, (path,))], order, watch=progress)
    progress.finished(outcome.name)
    outcomes.tell(outcome, PAGE.file)
    if not outcome.finished:
        sys.exit(outcomes.status([outcome]))
    return outcome.folder
