"""An arena as a person writes it: ``arena.toml``.

::

    shape = "rectangle"                # or "circle", "polygon"
    corners_px = [[20, 52], [616, 60], [606, 462], [22, 466]]   # from the top left, clockwise
    sides_mm = [400, 300]              # top, left

    # a circle has instead
    #   centre_px = [320, 240]
    #   radius_px = 200
    #   diameter_mm = 500

    [zones.centre]                     # left out, the standard zones are laid
    corners_px = [[170, 155], [470, 155], [470, 360], [170, 360]]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Arena, Refusal, Zone
from ethoframe.data.noun import Array

SUFFIXES = (".toml",)
RIM_POINTS = 120
KNOWN = {
    "shape",
    "corners_px",
    "sides_mm",
    "centre_px",
    "radius_px",
    "diameter_mm",
    "zones",
    "name",
}


def read(path: Path) -> Arena:
    """The arena written in a TOML file.

    Raises
    ------
    Refusal
        When the file cannot be read, a word is unknown, or a shape is none.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(
            path, f"cannot be read ({error.strerror})", "check its name and folder"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(path, f"is not TOML ({error})", "correct that line") from None
    unknown = written.keys() - KNOWN
    if unknown:
        listed = ", ".join(sorted(KNOWN))
        raise Refusal(
            path, f"has the unknown word {sorted(unknown)[0]!r}", f"it may have: {listed}"
        )
    try:
        return _arena(path, written)
    except (ValueError, TypeError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(path, str(error), "correct the arena") from None


def write(path: Path, arena: Arena) -> None:
    """The arena as a TOML file that `read` gives back."""
    lines = [f'shape = "{arena.shape}"', f"corners_px = {_points(arena.outline)}"]
    if arena.shape == "circle":
        centre, radius = _round(arena.outline)
        lines[1:] = [f"centre_px = [{centre[0]:.3f}, {centre[1]:.3f}]", f"radius_px = {radius:.3f}"]
        if arena.sides_mm:
            lines.append(f"diameter_mm = {arena.sides_mm[0]:g}")
    elif arena.sides_mm:
        lines.append(f"sides_mm = [{arena.sides_mm[0]:g}, {arena.sides_mm[1]:g}]")
    for zone in arena.zones:
        lines += ["", f'[zones."{zone.name}"]', f"corners_px = {_points(zone.outline)}"]
        for word, outlines in (("parts_px", zone.parts), ("holes_px", zone.holes)):
            if outlines:
                lines.append(f"{word} = [{', '.join(_points(o) for o in outlines)}]")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _arena(path: Path, written: Mapping[str, Any]) -> Arena:
    shape = written.get("shape", "rectangle")
    if shape not in ("rectangle", "circle", "polygon"):
        raise Refusal(path, f"shape {shape!r} is not known", "use rectangle, circle or polygon")
    sides = written.get("sides_mm")
    if shape == "circle":
        outline = _rim(path, written)
        diameter = written.get("diameter_mm")
        sides = [diameter, diameter] if diameter else None
    else:
        outline = _corners(path, "corners_px", written.get("corners_px"))
    if sides is not None and len(sides) != 2:
        raise Refusal(path, "sides_mm needs two lengths", "write sides_mm = [top, left]")
    zones = tuple(_zone(path, *zone) for zone in _zones(path, written.get("zones", {})))
    scale = (float(sides[0]), float(sides[1])) if sides else None
    return Arena(shape, outline, scale, zones, name=written.get("name", "arena"))


def _zones(path: Path, written: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if isinstance(written, Mapping) and all(isinstance(w, Mapping) for w in written.values()):
        return written.items()
    raise Refusal(path, "zones must be tables", "write each as [zones.NAME]")


def _zone(path: Path, name: str, words: Mapping[str, Any]) -> Zone:
    where = f"zones.{name}.corners_px"
    parts, holes = (
        tuple(_corners(path, where, outline) for outline in words.get(word, ()))
        for word in ("parts_px", "holes_px")
    )
    outline = _corners(path, where, words.get("corners_px"))
    return Zone(name, outline, f"given in {path.name}", parts, holes)


def _corners(path: Path, word: str, corners: Any) -> Array:
    points = np.array(corners if corners is not None else [], np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3 or not np.isfinite(points).all():
        raise Refusal(
            path, f"{word} needs three corners or more", "write it as [[x, y], [x, y], ...]"
        )
    return points


def _rim(path: Path, written: Mapping[str, Any]) -> Array:
    centre, radius = written.get("centre_px"), written.get("radius_px")
    if not isinstance(centre, list) or len(centre) != 2 or not isinstance(radius, int | float):
        raise Refusal(path, "a circle needs centre_px and radius_px", "write centre_px = [x, y]")
    if radius <= 0:
        raise Refusal(path, "radius_px must be more than nothing", "correct radius_px")
    angle = np.linspace(0, 2 * np.pi, RIM_POINTS, endpoint=False)
    rim: Array = np.array(centre) + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return rim


def _round(outline: Array) -> tuple[Array, float]:
    centre = (outline.max(axis=0) + outline.min(axis=0)) / 2
    return centre, float(np.ptp(outline, axis=0).mean() / 2)


def _points(outline: Array) -> str:
    return "[" + ", ".join(f"[{x:.3f}, {y:.3f}]" for x, y in outline) + "]"
