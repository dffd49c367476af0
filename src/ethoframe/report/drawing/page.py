"""The still of a recording on a page to draw on; what is drawn leaves it as ``arena.toml``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.data import Arena, Frames, Zone
from ethoframe.data.noun import Array
from ethoframe.report.figures.pixels import data_uri, levels, shown
from ethoframe.report.offline import offline
from ethoframe.report.wording import plain

SCRIPTS = ("shapes.js", "toml.js", "state.js", "view.js", "hands.js", "panel.js")


@dataclass(frozen=True, eq=False)
class Drawing:
    """What the page begins with.

    Parameters
    ----------
    name
        Of the recording, as people call it.
    background
        The empty scene: its first channel is shown.
    arenas
        Already known, in px of the picture; they can be changed on the page.
    sides_mm
        Lengths of the floor's sides, proposed for arenas without; 0 where they are not known.
    command
        What to type with the finished file.
    """

    name: str
    background: Frames
    arenas: tuple[Arena, ...] = ()
    sides_mm: tuple[float, float] = (0.0, 0.0)
    command: str = ""


def drawing_page(drawing: Drawing) -> str:
    """The page as HTML, to be drawn on in a browser, with no network.

    Corners are in px of the whole picture, pixel (0, 0) being the middle of the top-left pixel.
    """
    level = drawing.background.plane(0)
    height, width = level.shape
    given = {
        "name": plain(drawing.name),
        "size": [width, height],
        "command": plain(drawing.command),
        "sides": _lengths(drawing.sides_mm),
        "drawing": {
            "arenas": [_plain(arena, drawing) for arena in drawing.arenas],
            "rest": [f"lens = {arena.lens.term!r}" for arena in drawing.arenas[:1] if arena.lens],
        },
        "picture": data_uri(shown(level, *levels(level)), "png"),
    }
    digest = hashlib.sha256(json.dumps(given).encode()).hexdigest()
    given["id"] = digest[:12]
    return offline(__package__, "drawing", f"{drawing.name} – arena", SCRIPTS, given)


def _plain(arena: Arena, drawing: Drawing) -> dict[str, Any]:
    """An arena as the page keeps it."""
    sides = arena.sides_mm or drawing.sides_mm
    points = _round(arena.outline) if arena.shape == "circle" else _points(arena.outline)
    return {
        "name": plain(arena.name),
        "shape": arena.shape,
        "points": points,
        "sides": _lengths(sides),
        "zones": [_zone(zone) for zone in arena.zones],
        "rest": [] if arena.walls is None else [f"walls_px = {_points(arena.walls)}"],
    }


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "name": plain(zone.name),
        "shape": "rectangle" if len(zone.outline) == 4 else "polygon",
        "points": _points(zone.outline),
        "parts_px": [_points(outline) for outline in zone.parts],
        "holes_px": [_points(outline) for outline in zone.holes],
    }


def _points(outline: Array) -> list[list[float]]:
    points: list[list[float]] = np.round(outline, 2).tolist()
    return points


def _round(outline: Array) -> list[list[float]]:
    """The middle and a point of the rim, from points round the rim."""
    middle = (outline.max(axis=0) + outline.min(axis=0)) / 2
    radius = float(np.ptp(outline, axis=0).mean() / 2)
    return _points(np.stack([middle, middle + np.array([radius, 0.0])]))


def _lengths(sides_mm: tuple[float, float]) -> list[float | None]:
    """Both sides; one alone is that of a square."""
    first, other = sides_mm
    return [float(side) if side > 0 else None for side in (first, other or first)]
