"""Tracks of several animals, each by itself: by the arena that it is in, or by its own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ethoframe.data import Arenas, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.run.names import unfit

SCENE = "single"
"""What DeepLabCut calls keypoints that a picture has once, beside those of several animals."""

CLEAR = 0.9
"""Share of an animal's places in arenas that must lie in one of them, to say that it is there."""

NAMED = "name those that are meant with --individual"


def apart(tracks: Tracks, arenas: Arenas | None, where: str) -> dict[str, Tracks]:
    """The tracks of each animal, by its arena where there are several, or else by its own name.

    Parameters
    ----------
    tracks
        Of all of them. Individuals that have no place are none; keypoints of the scene, which no
        animal has itself, are given to each.
    arenas
        In the plane of the tracks; None where nobody drew any.
    where
        What the tracks are called.

    Returns
    -------
    dict
        Tracks of one individual each; where there is one animal and no choice of arenas, they have
        no name. An arena that no animal is in is left out.

    Raises
    ------
    Refusal
        When it is not clear in which arena an animal is, it is in none, two are in one, or its name
        cannot be that of a folder.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]])
    >>> from ethoframe.data import Arena
    >>> both = Arenas((Arena("rectangle", square, name="left"),
    ...                Arena("rectangle", square + [20, 0], name="right")))
    >>> tracks = Tracks.of(np.array([[24.0, 4.0], [25.0, 4.0]]), np.array([0.0, 0.1]))
    >>> list(apart(tracks, both, "m.csv")), list(apart(tracks, None, "m.csv"))
    (['right'], [''])
    """
    found = _animals(tracks)
    if arenas is None or len(arenas) == 1:
        if arenas is not None:
            _refuse_elsewhere(found, arenas, where)
        if len(found) == 1:
            return {"": found[0]}
        _refuse_unfit(found, where)
        return {each.individuals[0]: each for each in found}
    homes: dict[str, Tracks] = {}
    for each in found:
        home = _home(each, arenas, where)
        if (other := homes.setdefault(home, each)) is not each:
            names = f"{other.individuals[0]} and {each.individuals[0]}"
            reason = f"arena {home} holds two individuals, {names}"
            raise Refusal(where, reason, f"one animal is in each arena: {NAMED}")
    return {name: homes[name] for name in arenas.names if name in homes}


def _animals(tracks: Tracks) -> list[Tracks]:
    """The tracks of each individual with a place; of the first where none has any."""
    if len(tracks.individuals) == 1:
        return [tracks]
    scene = tracks.alone(SCENE) if SCENE in tracks.individuals else None
    each = [tracks.alone(name) for name in tracks.individuals if name != SCENE]
    seen = [one for one in each if len(_places(one))] or each[:1]
    return seen if scene is None else [_in_scene(one, scene) for one in seen]


def _in_scene(tracks: Tracks, scene: Tracks) -> Tracks:
    """An animal's tracks with the keypoints that only the scene has, such as corners."""
    bare: Array = np.logical_not(np.any(np.isfinite(tracks.position), axis=(0, 1, 3)))
    return replace(
        tracks,
        position=np.where(bare[None, None, :, None], scene.position, tracks.position),
        confidence=np.where(bare[None, :, None], scene.confidence, tracks.confidence),
    )


def _places(tracks: Tracks) -> Array:
    """Where the only individual was ``(n, 2)``: the middle of what was seen of it."""
    seen: Array = np.all(np.isfinite(tracks.position[..., 0]), axis=1)
    some: Array = np.any(seen, axis=1)
    points = np.where(seen[some][:, None], tracks.position[some, :, :, 0], 0.0).sum(axis=2)
    middle: Array = points / seen[some].sum(axis=1)[:, None]
    return middle


def _home(tracks: Tracks, arenas: Arenas, where: str) -> str:
    """The arena that the only individual is in."""
    points, who = _places(tracks), tracks.individuals[0]
    counts = np.array([np.count_nonzero(arena.depth(points) >= 0) for arena in arenas])
    if not counts.any():
        reason = f"{who} is never in one of the arenas {', '.join(arenas.names)}"
        remedy = f"draw them on a still of this recording, or {NAMED}"
        raise Refusal(where, reason, remedy)
    first, second = np.argsort(-counts, kind="stable")[:2]
    if counts[first] < CLEAR * counts.sum():
        shares = [
            f"in {arenas.names[at]} for {counts[at] / counts.sum():.0%}" for at in (first, second)
        ]
        reason = f"{who} is {' and '.join(shares)} of its places"
        remedy = "correct who is who, or give the tracks of each arena, and its own --arena"
        raise Refusal(where, reason, remedy)
    return arenas.names[int(first)]


def _refuse_elsewhere(found: Sequence[Tracks], arenas: Arenas, where: str) -> None:
    """Refuses an arena that no animal is ever near: it was drawn on another picture."""
    points = np.concatenate([_places(each) for each in found])
    low, high = arenas.arenas[0].outline.min(axis=0), arenas.arenas[0].outline.max(axis=0)
    if len(points) and not np.any(np.all((points >= low) & (points <= high), axis=1)):
        went, lies = _from_to(points.min(axis=0), points.max(axis=0)), _from_to(low, high)
        both = f"it was at {went} {found[0].unit}, and that is at {lies}"
        reason = f"the animal is never in the arena: {both}"
        raise Refusal(where, reason, "draw it on a still of this recording, or correct --scale")


def _from_to(low: Array, high: Array) -> str:
    return " × ".join(f"{a:.0f}–{b:.0f}" for a, b in zip(low, high, strict=True))


def _refuse_unfit(found: Sequence[Tracks], where: str) -> None:
    """Refuses names that folders cannot have, or cannot have beside each other."""
    taken: dict[str, str] = {}
    for each in found:
        name = each.individuals[0]
        if reason := unfit(name):
            told = f"the name of the individual {name!r} {reason}"
            raise Refusal(where, told, "call it by letters and digits")
        if (other := taken.setdefault(name.casefold(), name)) != name:
            reason = f"some systems do not tell the individuals {other} and {name} apart"
            raise Refusal(where, reason, "rename one of them")
