"""``ethoframe demo``: the main job on a video whose truth is known."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ethoframe.data import Measures
    from ethoframe.testing.scenes import Scene

SECONDS = 30.0


@click.command("demo")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), default=Path("ethoframe-demo"), show_default=True,
    help="Folder for the video and the results.",
)  # fmt: skip
def command(out: Path) -> None:
    """Render a video of an open field, analyse it, and print measured beside true."""
    from ethoframe import recipes
    from ethoframe.apps.progress import Progress
    from ethoframe.apps.shows import page
    from ethoframe.formats import table, video
    from ethoframe.run.batch import Order, run_one
    from ethoframe.testing.scenes import SCENES

    scene = replace(SCENES["open_field"], duration_s=SECONDS)
    path = out / "open_field.mp4"
    out.mkdir(parents=True, exist_ok=True)
    click.echo(f"rendering {SECONDS:g} s of an animal in an arena → {path}")
    video.write(path, scene.images(), rate=scene.rate)
    recipe = recipes.load("open-field").configured({"arena.side_mm": scene.side_mm})
    typed = [
        "ethoframe",
        "open-field",
        str(path),
        "--side",
        f"{scene.side_mm / 10:g}cm",
        "--out",
        str(out),
    ]
    order = Order(recipe, out, show=(page,), command=shlex.join(typed))
    click.echo(f"$ {order.command}")
    progress = Progress(path.name)
    outcome = run_one(path.name, path, order, progress)
    progress.done()
    if outcome.status not in ("done", "unchanged"):
        click.echo(f"ethoframe: {outcome.name}: {outcome.reason}; {outcome.remedy}", err=True)
        sys.exit(1)
    _compare(scene, table.read_measures(outcome.folder / "measures.csv"))
    click.echo(f"\nopen {outcome.folder / 'report.html'} in a browser")


def _compare(scene: Scene, measures: Measures) -> None:
    """Measured beside true, as a small table."""
    centre = scene.seconds_in_centre()
    session = len(scene) / scene.rate
    rows = [
        ("distance", measures.value("distance"), scene.distance_mm(), "mm"),
        ("mean speed", measures.value("mean speed"), scene.distance_mm() / session, "mm/s"),
        ("time in centre", measures.value("time in centre"), centre, "s"),
        ("frames lost", measures.value("frames lost"), 0.0, "frames"),
    ]
    click.echo(f"\n{'':<16}{'measured':>12}{'true':>12}")
    for name, measured, true, unit in rows:
        click.echo(f"{name:<16}{measured:>12.1f}{true:>12.1f}  {unit}")
