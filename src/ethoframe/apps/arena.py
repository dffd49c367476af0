"""``ethoframe arena``: draw the floor and its zones on the picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ethoframe.apps.lengths import Sides
from ethoframe.apps.typed import Typed
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.data import Arena, Frames, Window

TOML = "arena.toml"

HELP = f"""Write a page on which you draw the arena and its zones.

Open it in any browser; it needs no network. What you draw is saved from there as {TOML}, which
--arena {TOML} takes for every video that was filmed alike.
"""


@click.command("arena", help=HELP, short_help="Write a page on which you draw arenas and zones.")
@click.argument("path", type=click.Path(path_type=Path), metavar="VIDEO")
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    default=Path("arena.html"),
    show_default=True,
    metavar="FILE",
    help="The page.",
)
@click.option(
    "--arenas",
    "count",
    type=click.IntRange(1),
    metavar="N",
    help="How many arenas the picture shows; as many as are found when left out.",
)
@click.option(
    "--side",
    type=Sides(),
    help="Length of the floor's side (or diameter), as 40cm or 60x40cm.",
)
@click.option(
    "--arena",
    "drawn",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"An {TOML} to go on from.",
)
def command(
    path: Path, out: Path, count: int | None, side: tuple[float, float] | None, drawn: Path | None
) -> None:
    """Draw."""
    from ethoframe import formats
    from ethoframe.contract import catalog
    from ethoframe.report.drawing.page import Drawing, drawing_page
    from ethoframe.run import apply
    from ethoframe.run.writing import moved_into

    recording = formats.read(path)
    arenas = _read(drawn, recording.picture) if drawn else None
    background = apply(catalog.find("summarise/background")(), recording=recording)
    if arenas is None:
        arenas = _found(background, count or 0)
    words = Typed(("open-field", os.fspath(path), "--arena", TOML))(path)
    page = drawing_page(Drawing(path.name, background, arenas, side or (0.0, 0.0), words))
    with moved_into(out.parent) as part:
        (part / out.name).write_text(page, encoding="utf-8", newline="\n")
    click.echo(f"Open {os.fspath(out)} in a browser, draw, and download {TOML}. Then:\n  {words}")


def _read(path: Path, size: tuple[int, int]) -> tuple[Arena, ...]:
    """What was drawn before, for a picture ``(y, x)``."""
    from ethoframe.formats import arena

    try:
        return arena.read_all(path).drawn_on(size).arenas
    except ValueError as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(path, str(error), "draw anew, without --arena") from None


def _found(background: Frames, count: int) -> tuple[Arena, ...]:
    """Arenas that the empty scene shows; none where they cannot be told: then they are drawn."""
    from ethoframe.contract import catalog
    from ethoframe.data import Arenas
    from ethoframe.run import apply

    method: Any = catalog.find("detect/arenas")
    try:
        found: Arenas = apply(method(count=count), background=background)
    except Refusal as refusal:
        click.echo(f"{refusal.reason}: draw the arenas yourself", err=True)
        return ()
    seen = [arena for arena in found if arena.source == "detected"]
    windows = found.windows(background.picture)
    return tuple(_looked_at_closely(background, arena, windows[arena.name]) for arena in seen)


def _looked_at_closely(background: Frames, arena: Arena, window: Window) -> Arena:
    """The arena as the analysis will find it in its own window; as it was where it is not found."""
    from dataclasses import replace

    import numpy as np

    from ethoframe.contract import catalog
    from ethoframe.data import Tracks, Transform
    from ethoframe.run import apply

    here = Transform.moving(-window.left, -window.top)
    rows, columns = window.slices
    part = replace(background, pixels=background.pixels[:, rows, columns])
    # Nobody has walked there yet: a walk along most of the floor stands in.
    walk = arena.mapped(here).shrunk(0.8)
    tracks = Tracks.of(walk, np.arange(len(walk), dtype=float))
    method = catalog.find("detect/arena")().with_parameters({"shape": arena.shape})
    found: Arena = apply(method, background=part, tracks=tracks)
    if found.source != "detected":
        return arena
    outline = found.mapped(here.inverse()).outline
    return replace(arena, outline=outline)
