"""What a reader must know before trusting the answers, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from ethoframe.data import Arena, Episodes, Noun, Recording, Tracks, Values
from ethoframe.run.traced import filmed

OFTEN_LOST = 0.1
"""Share of the frames without the animal from which on it is told of."""
SURE = 0.6
"""Confidence from which on a network is sure of a place: DeepLabCut's usual cut."""


def cautions(recording: Recording, answers: Mapping[str, Noun]) -> tuple[str, ...]:
    """Lines about the answers of a recipe, the gravest first.

    Examples
    --------
    >>> from ethoframe.testing.specimens import film
    >>> moved = Values.whole(shift=(4.0, "px"), moved=(12.0, "s"))
    >>> len(cautions(film(), {"camera": moved}))
    1
    """
    arenas = [noun for noun in answers.values() if isinstance(noun, Arena)]
    found = [
        *_of_trial(answers.get("trial")),
        *_of_tracks(recording, answers.get("tracks"), answers.get("trial")),
        *_of_camera(answers.values()),
        *(line for n in answers.values() if isinstance(n, Episodes) for line in n.cautions),
        *(line for a in arenas for line in _of_arena(recording, a, answers.get("floor_tracks"))),
    ]
    return tuple(dict.fromkeys(found))


def _of_trial(trial: Noun | None) -> Iterator[str]:
    if isinstance(trial, Episodes) and len(trial) and not np.all(trial.confidence):
        yield (
            "the animal was never alone in the arena for long enough: the trial is taken for the "
            "whole recording; say when it starts with --from"
        )


def _of_tracks(recording: Recording, tracks: Noun | None, trial: Noun | None) -> Iterator[str]:
    if not isinstance(tracks, Tracks):
        return
    asked = np.ones(len(recording), bool)
    if isinstance(trial, Episodes):
        asked = trial.covers("trial", recording.times_s)
    missing, lost = int(asked.sum()) - len(tracks), int(np.count_nonzero(~tracks.seen))
    if missing > 0:
        why = "could not be decoded" if filmed(recording) else "have no row in the tracks"
        yield f"{missing} of {int(asked.sum())} frames {why} and are missing"
    if lost > OFTEN_LOST * len(tracks):
        yield f"the animal has no place in {lost} of {len(tracks)} frames"


def _of_camera(answers: Iterable[Noun]) -> Iterator[str]:
    for noun in answers:
        if isinstance(noun, Values) and "shift" in noun.names and np.isfinite(noun["moved"]):
            yield (
                f"the camera moved by {noun['shift']:.1f} px at about {noun['moved']:.0f} s: "
                "pictures after it were moved back"
            )


def _of_arena(recording: Recording, arena: Arena, floor: Noun | None) -> Iterator[str]:
    if arena.source == "explored":
        yield (
            "no floor was found in the picture: the extent of the animal's path stands in for it; "
            "draw it and give it with --arena"
        )
    if arena.sides_mm is None and arena.unit == "px":
        in_px = isinstance(floor, Tracks) and floor.unit == "px"
        unit = "pixels of the picture" if in_px else "body lengths (bl)"
        option = "--side" if filmed(recording) else "--scale"
        yield f"no scale: lengths are in {unit}; give {option} for millimetres"
        return
    if arena.source == "detected" and arena.sides_mm and _taken_from_picture(arena):
        yield (
            f"the floor was taken for {arena.sides_mm[0]:.0f} × {arena.sides_mm[1]:.0f} mm, as it "
            "looks in the picture; give both sides if you know them, as --side 60x40cm"
        )


def _taken_from_picture(arena: Arena) -> bool:
    """Whether one side was given and the other follows from the picture, as their ratio tells."""
    if arena.shape != "rectangle" or arena.sides_mm is None:
        return False
    corners = arena.lens.straightened(arena.outline) if arena.lens else arena.outline
    edges = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    in_picture = (edges[0] + edges[2]) / (edges[1] + edges[3])
    across, down = arena.sides_mm
    return across != down and bool(np.isclose(across / down, in_picture, rtol=1e-9))
