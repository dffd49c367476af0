"""Where in a recording each animal is: all of the picture, or an arena of several."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from ethoframe.contract import Recipe, catalog
from ethoframe.contract.fan import fanned, own
from ethoframe.contract.recipe import TRACKS
from ethoframe.data import (
    Arena,
    Arenas,
    Corrections,
    Episodes,
    Noun,
    Recording,
    Refusal,
    Row,
    Tracks,
    Transform,
    Window,
)
from ethoframe.formats.sheet.events import phases
from ethoframe.run.apply import apply
from ethoframe.run.entries import Entry
from ethoframe.run.individuals import apart
from ethoframe.run.order import Order
from ethoframe.run.traced import beside, filmed, traced_in

SLACK = 0.1
"""An arena may reach beyond the picture by this share of its longer side: walls are often cut."""


@dataclass(frozen=True)
class Place:
    """One animal's place in a recording.

    Parameters
    ----------
    arena
        What it is called in tables; empty where nobody named it.
    window
        The part of the picture that holds it; None for all of it.
    row
        Of the animal sheet.
    given
        What is known of it, by the recipe's names, in px of the window.
    settings
        Parameters of the recipe that hold for it alone.
    individual
        Who it is, as tracks call it; empty of films.
    one_of_several
        Whether the recording has other places as well.
    told
        What to know of it before any work, a line each.
    """

    arena: str = ""
    window: Window | None = None
    row: Row | None = None
    given: Mapping[str, Noun] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    individual: str = ""
    one_of_several: bool = False
    told: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """What its steps, answers and results are filed under; empty for all of the picture."""
        return self.arena if self.one_of_several else ""

    def seen_in(self, recording: Recording) -> Recording:
        """The recording cut to the place."""
        return recording.cropped(self.window) if self.window else recording

    @property
    def to_picture(self) -> Transform | None:
        """From px of the window to px of the picture; None where they are the same."""
        return Transform.moving(self.window.left, self.window.top) if self.window else None


def places(recording: Recording, entry: Entry, order: Order) -> tuple[Place, ...]:
    """The places in a recording, by the sheet, by the arenas that were drawn, or by its picture.

    Raises
    ------
    Refusal
        When arenas are asked for that are not there, or lie outside the picture.
    """
    if not filmed(recording):
        return _of_tracks(recording, entry, order)
    drawn = _drawn(recording, order)
    many = _arenas(recording, entry, order, drawn)
    if many is None:
        row = entry.rows[0] if entry.rows else None
        name = row.arena if row else ""
        known = {} if drawn is None else {order.recipe.for_each: drawn.arenas[0]}
        noted = _noted(recording, order, name)
        return (Place(name, None, row, {**known, **noted}, _settings(row)),)
    rows = {row.arena: row for row in entry.rows}
    called = _called(tuple(rows) or many.names, many.names, entry.name)
    windows = many.windows(recording.picture)
    found = []
    for name, there in called.items():
        window, row = windows[there], rows.get(name)
        noted = _noted(recording, order, name)
        given = _given(noted, many[there], window, order)
        settings = {**_lens_in(window, order, recording.picture), **_settings(row)}
        found.append(Place(name, window, row, given, settings, one_of_several=True))
    return tuple(found)


def _of_tracks(recording: Recording, entry: Entry, order: Order) -> tuple[Place, ...]:
    """The places of tracks: an arena each, or an animal each where several share one."""
    tracks, reading = traced_in(recording)[TRACKS], order.reading
    assert isinstance(tracks, Tracks)
    drawn = order.arenas and Arenas(
        tuple(beside(tracks, arena, reading, recording.name) for arena in order.arenas)
    )
    animals = apart(tracks, drawn, recording.name)
    meant = {name.casefold() for name in reading.individuals}
    own = [row for row in entry.rows if row.arena.casefold() in meant]
    rows = {row.arena: row for row in own or entry.rows}
    _refuse_more(recording, max(order.count, len(rows)), drawn, len(animals))
    several = "" not in animals
    names = tuple(animals) if several else ("",)
    if several and rows and drawn is not None and len(drawn) > 1:
        called = _called(tuple(rows), drawn.names, recording.name)
    elif several and rows:
        called = _individuals(tuple(rows), names, recording.name)
    else:
        called = {name or next(iter(rows), ""): name for name in names}
    found = []
    for name, home in called.items():
        given, row, who = _noted(recording, order, name), rows.get(name), ""
        if drawn is not None:
            floor = drawn[home] if len(drawn) > 1 else drawn.arenas[0]
            given[order.recipe.for_each] = floor
        if home in animals:
            given[TRACKS], who = animals[home], animals[home].individuals[0]
        found.append(Place(name, None, row, given, _settings(row), who, several))
    told = _left(drawn, called.values()) if several else ()
    return (replace(found[0], told=told), *found[1:])


def _individuals(rows: Sequence[str], names: Sequence[str], recording: str) -> dict[str, str]:
    """For each row of the sheet the individual that it means, which has no place in a line."""
    there = {name.casefold(): name for name in names}
    for row in rows:
        if row.casefold() not in there:
            said = f"has a row of {row}" if row else "does not say of which its row is"
            reason = f"its tracks are of {' and '.join(names)}, and the sheet {said}"
            remedy = "write their names under arena, a row for each, or name one with --individual"
            raise Refusal(recording, reason, remedy)
    return {row: there[row.casefold()] for row in rows}


def _refuse_more(recording: Recording, asked: int, drawn: Arenas | None, animals: int) -> None:
    """Refuses to look for more animals than there are arenas, or tracks."""
    if asked > max(animals, 1 if drawn is None else len(drawn)):
        reason = f"{asked} animals are asked for, and its tracks are of {animals}"
        remedy = "draw every arena, correct the sheet, or name the tracks of all of them"
        raise Refusal(recording.name, reason, remedy)


def _left(drawn: Arenas | None, used: Collection[str]) -> tuple[str, ...]:
    """A line about arenas that nothing is told of."""
    left = [n for n in drawn.names if n not in used] if drawn is not None and len(drawn) > 1 else []
    return (f"nothing is told of the arenas without tracks: {', '.join(left)}",) if left else ()


def spread(recipe: Recipe, places: Sequence[Place]) -> tuple[Recipe, dict[str, Noun]]:
    """The recipe for all places at once, and everything that is given for it."""
    parts = {place.part: place.window for place in places if place.one_of_several}
    whole = fanned(recipe, parts) if parts else recipe
    settings = {own(p.part, path): v for p in places for path, v in p.settings.items()}
    given = {own(p.part, name): noun for p in places for name, noun in p.given.items()}
    return whole.configured(settings), given


def asked(entry: Entry, order: Order) -> dict[str, Any]:
    """What decides the places and is known before a pixel is read, ready for JSON."""
    noted = [order.noted(entry.name, name) for name in {"", *(row.arena for row in entry.rows)}]
    return {
        "arenas": order.arenas.fingerprint() if order.arenas else order.count or entry.arenas,
        "animals": [[row.arena, row.start_s, row.stop_s] for row in entry.rows],
        "lit": order.lit,
        **({"reading": order.reading.asked()} if order.reading.asked() else {}),
        "noted": sorted(noun.fingerprint() for each in noted for noun in each.values()),
    }


def _drawn(recording: Recording, order: Order) -> Arenas | None:
    """The arenas that the user drew, as they lie in this recording's picture."""
    if order.arenas is None:
        return None
    try:
        drawn = order.arenas.drawn_on(recording.picture)
    except ValueError as error:
        remedy = "draw it on a still of this recording: ethoframe arena VIDEO"
        raise Refusal(recording.name, str(error), remedy) from None
    _refuse_outside(drawn, recording)
    return drawn


def _arenas(
    recording: Recording, entry: Entry, order: Order, drawn: Arenas | None
) -> Arenas | None:
    """The arenas of the picture; None where there is one."""
    count = order.count or max(entry.arenas, len(entry.rows))
    if drawn is not None:
        if len(drawn) == count == 1:
            return None
        if count > len(drawn):
            reason = f"{count} arenas are asked for, and {len(drawn)} drawn"
            raise Refusal(recording.name, reason, "draw every arena: ethoframe arena VIDEO")
        return drawn
    if count == 1:
        return None
    background = apply(catalog.find("summarise/background")(), recording=recording)
    detect = catalog.find("detect/arenas")().with_parameters({"count": count})
    found: Arenas = apply(detect, background=background)
    return found


def _noted(recording: Recording, order: Order, arena: str) -> dict[str, Noun]:
    """What the user noted of an arena; light and dark are events as well."""
    noted = order.noted(recording.name, arena)
    if not order.lit:
        return noted
    written = recording.facts.get("creation_time")
    if not written or len(recording) == 0:
        reason = "the file does not say when it was recorded, so nobody knows when it was light"
        raise Refusal(recording.name, reason, "write the light and dark spans into --events")
    # Files tell universal time; lamps are switched by the clock on the wall.
    began = datetime.fromisoformat(str(written)).astimezone()
    light = phases(order.lit, began, float(recording.times_s[-1]))
    events = noted.get("events")
    both = [events, light] if isinstance(events, Episodes) else [light]
    return {**noted, "events": Episodes.merged(both)}


def _given(
    noted: Mapping[str, Noun], arena: Arena, window: Window, order: Order
) -> dict[str, Noun]:
    """What the user drew and noted of an arena, in px of its window."""
    here = Transform.moving(-window.left, -window.top)
    given = {k: n.mapped(here) if isinstance(n, Corrections) else n for k, n in noted.items()}
    return given if order.arenas is None else {**given, order.recipe.for_each: arena.mapped(here)}


def _lens_in(window: Window, order: Order, size: tuple[int, int]) -> dict[str, float]:
    """Middle and reach of the lens, in px of the window, where it is to be fitted."""
    step = order.recipe.for_each
    methods = {each.name: each.method for each in order.recipe.steps}
    if not getattr(methods.get(step), "lens", False):
        return {}
    y, x = size
    return {
        f"{step}.lens_x_px": (x - 1) / 2 - window.left,
        f"{step}.lens_y_px": (y - 1) / 2 - window.top,
        f"{step}.lens_radius_px": float(np.hypot(x, y)) / 2,
    }


def _settings(row: Row | None) -> dict[str, Any]:
    """The trial as the sheet has it."""
    if row is None or (row.start_s is None and row.stop_s is None):
        return {}
    settings: dict[str, Any] = {"trial.from_s": row.start_s or 0.0}
    if row.stop_s is not None:
        settings["trial.lasts_s"] = row.stop_s - (row.start_s or 0.0)
    return settings


def _called(names: Sequence[str], arenas: Sequence[str], recording: str) -> dict[str, str]:
    """For each name of the sheet the arena that it means: by its own name, or by its place in line.

    Numbers and letters count the arenas in the order they are read: row by row.
    """
    there = {name.casefold(): name for name in arenas}
    in_line = {str(i + 1): name for i, name in enumerate(arenas)}
    in_line |= {chr(ord("a") + i): name for i, name in enumerate(arenas)}
    found = {}
    for name in names:
        word = name.casefold().strip()
        meant = there.get(word) or in_line.get(word.removeprefix("arena").strip(" _-0"))
        if meant is None:
            listed = ", ".join(arenas)
            remedy = f"call it one of {listed}, or 1 to {len(arenas)} row by row"
            raise Refusal(recording, f"the sheet's arena {name!r} is not there", remedy)
        found[name] = meant
    if len(set(found.values())) < len(found):
        reason = f"two of the sheet's arenas ({', '.join(names)}) mean the same one"
        raise Refusal(recording, reason, "name each arena once")
    return found


def _refuse_outside(arenas: Arenas, recording: Recording) -> None:
    y, x = recording.size
    slack = SLACK * max(x, y)
    for arena in arenas:
        low, high = arena.outline.min(axis=0), arena.outline.max(axis=0)
        if low.min() < -slack or high[0] > x + slack or high[1] > y + slack:
            reason = f"the arena reaches outside the picture ({x} × {y} px)"
            raise Refusal(recording.name, reason, "draw it on a still of this recording")
