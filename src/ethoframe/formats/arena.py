"""Arenas as a person writes them: ``arena.toml``.

One arena::

    picture_px = [640, 480]            # width and height of the video it was drawn on
    shape = "rectangle"                # or "circle", "polygon"
    corners_px = [[20, 52], [616, 60], [606, 462], [22, 466]]   # from the top left, clockwise
    sides_mm = [400, 300]              # top, left

    # a circle has instead
    #   centre_px = [320, 240]
    #   radius_px = 200
    #   diameter_mm = 500

    [zones.centre]                     # left out, the standard zones are laid
    corners_px = [[170, 155], [470, 155], [470, 360], [170, 360]]

    [zones.object]                     # a circle
    centre_px = [120, 130]
    radius_px = 25

Several in one picture are as many tables, read row by row::

    picture_px = [640, 480]
    lens = -0.08                       # one radial term (data.Lens), for all; needs picture_px

    [[arenas]]
    name = "left"
    corners_px = [[20, 52], [300, 60], [296, 330], [22, 336]]
    walls_px = [[8, 40], [312, 48], [308, 342], [10, 348]]      # the walls' upper rim, if drawn

    [arenas.zones.nest]
    corners_px = [[30, 60], [90, 60], [90, 120], [30, 120]]

    [[arenas]]
    name = "right"
    corners_px = [[340, 52], [616, 60], [606, 330], [342, 336]]

Where tracks are in mm and nobody knows the picture, an arena in their plane has ``_mm`` in place of
``_px`` throughout (``corners_mm``, ``centre_mm``, ``radius_mm``, ``parts_mm``, ``holes_mm``).

Corners, zones and walls are where they are seen in the picture. A side is straight on the floor:
through a lens that bends it, only its corners lie where they were drawn.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Arena, Arenas, Refusal, Zone
from ethoframe.data.lens import LENS_MOST, Lens
from ethoframe.data.noun import Array

SUFFIXES = (".toml",)
RIM_POINTS = 120
OF_PICTURE = {"picture_px", "lens"}
OF_ARENA = {
    "shape",
    "corners_px",
    "sides_mm",
    "centre_px",
    "radius_px",
    "diameter_mm",
    "walls_px",
    "zones",
    "name",
}
NOT_IN_NAMES = set('<>:"/\\|?*')  # results of each arena have a folder of its name


def read(path: Path) -> Arena:
    """The one arena written in a TOML file.

    Raises
    ------
    Refusal
        When the file cannot be read, a word is unknown, a shape is none, or there are several.
    """
    first, *others = read_all(path)
    if others:
        raise Refusal(path, f"holds {1 + len(others)} arenas", "name a file with one arena")
    return first


def read_all(path: Path) -> Arenas:
    """All arenas written in a TOML file, in its order; one without a name is called *arena*.

    Raises
    ------
    Refusal
        When the file cannot be read, a word is unknown, or a shape is none.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Refusal(
            path, f"cannot be read ({error.strerror})", "check its name and folder"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(path, f"is not TOML ({error})", "correct that line") from None
    try:
        return Arenas(tuple(_arenas(path, written)))
    except (ValueError, TypeError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal(path, str(error), "correct the arena") from None


def write(path: Path, arena: Arena) -> None:
    """The arena as a TOML file that `read` gives back."""
    _write(path, [*_picture_lines(arena), *_lines(arena)])


def write_all(path: Path, arenas: Arenas) -> None:
    """The arenas as a TOML file that `read_all` gives back; the lens is that of the first."""
    if len(arenas) == 1 and arenas.names == ("arena",):
        write(path, arenas["arena"])
        return
    first, *_ = arenas
    lines = _picture_lines(first)
    for arena in arenas:
        own = [f"name = {_text(arena.name)}", *_lines(arena, "arenas.zones")]
        lines += ["", "[[arenas]]", *own]
    _write(path, lines)


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines).lstrip() + "\n", encoding="utf-8", newline="\n")


def _picture_lines(arena: Arena) -> list[str]:
    """What all arenas of a picture share."""
    size = arena.picture
    if size is None and arena.lens:
        x, y = arena.lens.middle
        size = round(2 * y + 1), round(2 * x + 1)
    lines = [] if size is None else [f"picture_px = [{size[1]}, {size[0]}]"]
    return [*lines, f"lens = {arena.lens.term!r}"] if arena.lens else lines


def _lines(arena: Arena, zones: str = "zones") -> list[str]:
    unit = arena.unit
    lines = [f'shape = "{arena.shape}"', f"corners_{unit} = {_points(arena.outline)}"]
    if arena.shape == "circle":
        (x, y), radius = _round(arena.outline)
        lines[1:] = [f"centre_{unit} = [{x:.3f}, {y:.3f}]", f"radius_{unit} = {radius:.3f}"]
        if arena.sides_mm:
            lines.append(f"diameter_mm = {arena.sides_mm[0]:.10g}")
    elif arena.sides_mm:
        lines.append(f"sides_mm = [{arena.sides_mm[0]:.10g}, {arena.sides_mm[1]:.10g}]")
    if arena.walls is not None:
        lines.append(f"walls_px = {_points(arena.walls)}")
    for zone in arena.zones:
        corners = f"corners_{unit} = {_points(zone.outline)}"
        lines += ["", f"[{zones}.{_text(zone.name)}]", corners]
        for word, outlines in (("parts", zone.parts), ("holes", zone.holes)):
            if outlines:
                lines.append(f"{word}_{unit} = [{', '.join(_points(o) for o in outlines)}]")
    return lines


def _arenas(path: Path, written: Mapping[str, Any]) -> Iterable[Arena]:
    tables = written.get("arenas")
    if tables is None:
        _check_words(path, _in_px(written)[0], OF_PICTURE | OF_ARENA)
        tables = [{k: word for k, word in written.items() if k not in OF_PICTURE}]
    elif not isinstance(tables, list) or not all(isinstance(t, Mapping) for t in tables):
        raise Refusal(path, "arenas must be tables", "write each as [[arenas]]")
    else:
        _check_words(path, written, OF_PICTURE | {"arenas"})
    size = _size(path, written.get("picture_px"))
    lens = _lens(path, written.get("lens", 0.0), size)
    for number, table in enumerate(tables, start=1):
        name = table.get("name", "arena" if len(tables) == 1 else str(number))
        where = str(path) if len(tables) == 1 else f"{path}, arena {name!r}"
        table, unit = _in_px(table)
        _check_words(where, table, OF_ARENA)
        if not isinstance(name, str) or not name.strip() or NOT_IN_NAMES & set(name):
            raise Refusal(where, "has a name that no folder can have", "use letters and digits")
        bare = Arena("polygon", _NOWHERE, name=name, lens=lens, picture=size, unit=unit)
        yield _arena(where, table, bare)


def _in_px(table: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The table with the words of one in px, and the unit that it is in."""
    words = {f"{word}_mm": f"{word}_px" for word in ("corners", "centre", "radius")}
    parts = {**words, **{f"{word}_mm": f"{word}_px" for word in ("parts", "holes")}}
    unit = "mm" if words.keys() & table.keys() else "px"
    if unit == "px":
        return dict(table), unit
    renamed = {words.get(word, word): held for word, held in table.items()}
    zones = renamed.get("zones")
    if isinstance(zones, Mapping) and all(isinstance(zone, Mapping) for zone in zones.values()):
        renamed["zones"] = {
            name: {parts.get(word, word): held for word, held in zone.items()}
            for name, zone in zones.items()
        }
    return renamed, unit


_NOWHERE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def _check_words(where: object, written: Mapping[str, Any], known: set[str]) -> None:
    unknown = written.keys() - known
    if unknown:
        listed = ", ".join(sorted(known))
        raise Refusal(
            where, f"has the unknown word {sorted(unknown)[0]!r}", f"it may have: {listed}"
        )


def _size(path: Path, written: Any) -> tuple[int, int] | None:
    if written is None:
        return None
    whole = isinstance(written, list) and all(type(n) is int and n > 0 for n in written)
    if not whole or len(written) != 2:
        raise Refusal(path, "picture_px needs two whole numbers", "write it as [width, height]")
    return written[1], written[0]


def _lens(path: Path, term: Any, size: tuple[int, int] | None) -> Lens | None:
    if isinstance(term, bool) or not isinstance(term, int | float) or abs(term) > LENS_MOST:
        raise Refusal(
            path, f"lens = {term!r} is no lens term", f"use -{LENS_MOST:g} to {LENS_MOST:g}"
        )
    if not term:
        return None
    if size is None:
        raise Refusal(path, "a lens needs the picture's size", "write picture_px = [width, height]")
    return Lens.of_picture(float(term), size)


def _arena(where: str, written: Mapping[str, Any], bare: Arena) -> Arena:
    shape = written.get("shape", "rectangle")
    if shape not in ("rectangle", "circle", "polygon"):
        raise Refusal(where, f"shape {shape!r} is not known", "use rectangle, circle or polygon")
    sides = written.get("sides_mm")
    if shape == "circle":
        outline = _rim(where, written)
        diameter = written.get("diameter_mm")
        sides = [diameter, diameter] if diameter else None
    else:
        outline = _corners(where, "corners_px", written.get("corners_px"))
    if sides is not None and len(sides) != 2:
        raise Refusal(where, "sides_mm needs two lengths", "write sides_mm = [top, left]")
    zones = tuple(_zone(where, *zone) for zone in _zones(where, written.get("zones", {})))
    scale = (float(sides[0]), float(sides[1])) if sides else None
    walls = _corners(where, "walls_px", written["walls_px"]) if "walls_px" in written else None
    try:
        return replace(bare, shape=shape, outline=outline, sides_mm=scale, zones=zones, walls=walls)
    except ValueError as error:
        raise Refusal(where, str(error), "correct the arena") from None


def _zones(where: str, written: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if isinstance(written, Mapping) and all(isinstance(w, Mapping) for w in written.values()):
        return written.items()
    raise Refusal(where, "zones must be tables", "write each as [zones.NAME]")


def _zone(where: str, name: str, words: Mapping[str, Any]) -> Zone:
    word = f"zones.{name}.corners_px"
    parts, holes = (
        tuple(_corners(where, word, outline) for outline in words.get(key, ()))
        for key in ("parts_px", "holes_px")
    )
    if "centre_px" in words:
        outline = _rim(f"{where}, zone {name!r}", words)
    else:
        outline = _corners(where, word, words.get("corners_px"))
    return Zone(name, outline, "given with the arena", parts, holes)


def _corners(where: str, word: str, corners: Any) -> Array:
    points = np.array(corners if corners is not None else [], np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3 or not np.isfinite(points).all():
        raise Refusal(
            where, f"{word} needs three corners or more", "write it as [[x, y], [x, y], ...]"
        )
    return points


def _rim(where: str, written: Mapping[str, Any]) -> Array:
    centre, radius = written.get("centre_px"), written.get("radius_px")
    if not isinstance(centre, list) or len(centre) != 2 or not isinstance(radius, int | float):
        raise Refusal(where, "a circle needs centre_px and radius_px", "write centre_px = [x, y]")
    if radius <= 0:
        raise Refusal(where, "radius_px must be more than nothing", "correct radius_px")
    angle = np.linspace(0, 2 * np.pi, RIM_POINTS, endpoint=False)
    rim: Array = np.array(centre) + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return rim


def _round(outline: Array) -> tuple[Array, float]:
    centre = (outline.max(axis=0) + outline.min(axis=0)) / 2
    return centre, float(np.ptp(outline, axis=0).mean() / 2)


def _text(words: str) -> str:
    """A TOML string: JSON's, whose escapes TOML has as well."""
    return json.dumps(words, ensure_ascii=False)


def _points(outline: Array) -> str:
    return "[" + ", ".join(f"[{x:.3f}, {y:.3f}]" for x, y in outline) + "]"
