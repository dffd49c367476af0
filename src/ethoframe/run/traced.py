"""Tracks of any origin in place of a film: what stands for it, and a recipe carried out on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.contract import Recipe
from ethoframe.contract.recipe import TRACKS
from ethoframe.data import Arena, Noun, Recording, Refusal, Tracks, Transform
from ethoframe.data.noun import Array
from ethoframe.run.apply import apply
from ethoframe.run.inputs import Reading


@dataclass(frozen=True, eq=False)
class Unfilmed:
    """The source of a recording of which there are tracks and no pictures.

    Parameters
    ----------
    tracks
        As they were read.
    """

    tracks: Tracks

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """No frame has a picture."""
        del numbers
        return iter(())


def stand_in(tracks: Tracks, name: str) -> Recording:
    """A recording on the clock of the tracks, as large as where they went, without pictures.

    Frames are numbered as in the tracks; one that has no row there has a time all the same, between
    those of its neighbours.

    Raises
    ------
    Refusal
        When the tracks have no clock, or no frame.
    """
    if len(tracks) == 0:
        raise Refusal(name, "its tracks have no frames", "name another file")
    if not (np.isfinite(tracks.times_s).all() and np.all(np.diff(tracks.times_s) > 0)):
        raise Refusal(name, "its tracks have no clock", "say the rate, as --clock 30fps")
    every = np.arange(int(tracks.numbers[-1]) + 1)
    times_s = np.interp(every, tracks.numbers, tracks.times_s)
    early = every < tracks.numbers[0]
    step = tracks.step_s if len(tracks) > 1 else 1.0
    times_s[early] = tracks.times_s[0] - (tracks.numbers[0] - every[early]) * step
    far = np.nan_to_num(tracks.position, nan=0.0).max(axis=(0, 2, 3), initial=1.0)
    width, height = (int(np.ceil(each)) + 1 for each in far)
    facts = {
        "individuals": list(tracks.individuals),
        "keypoints": list(tracks.keypoints),
        "unit": tracks.unit,
    }
    source, size, of = Unfilmed(tracks), (height, width), np.dtype(np.uint8)
    return Recording(name, source, times_s, size, of, tracks.fingerprint(), facts=facts)


def filmed(recording: Recording) -> bool:
    """Whether there are pictures of it."""
    source: Any = recording.source
    while hasattr(source, "inner"):  # somebody watches it being read
        source = source.inner
    return not isinstance(source, Unfilmed)


def traced_in(recording: Recording) -> dict[str, Noun]:
    """The tracks that a recording without pictures stands for, as a recipe takes them."""
    source = recording.source
    return {TRACKS: source.tracks} if isinstance(source, Unfilmed) else {}


def beside(tracks: Tracks, arena: Arena, reading: Reading, where: str) -> Arena:
    """An arena that was drawn in px, in the plane of the tracks.

    Raises
    ------
    Refusal
        When nothing tells how the two planes lie to each other.
    """
    if arena.unit == tracks.unit:
        return arena
    if tracks.unit == "mm" and reading.spacing_mm and arena.unit == "px":
        return arena.mapped(Transform.scaling(reading.spacing_mm[0], "px", "mm"))
    reason = f"its places are in {tracks.unit}, and the arena in {arena.unit}"
    raise Refusal(where, reason, f"draw the arena in {tracks.unit}: corners_{tracks.unit}")


@dataclass(frozen=True)
class Traced:
    """A recipe carried out on tracks.

    Parameters
    ----------
    answers
        Its outputs by name.
    lacking
        Why an output that may be lacking is not there, one line each.
    """

    answers: Mapping[str, Noun]
    lacking: tuple[str, ...]


def carried_out(recipe: Recipe, given: Mapping[str, Noun]) -> Traced:
    """The recipe on tracks and what else is given; every step takes whole answers.

    Raises
    ------
    Refusal
        When a step refuses that an output depends on which may not be lacking.
    """
    known: dict[str, Noun] = dict(given)
    gone = {name: _unsaid(recipe) for name in recipe.takes if name not in given}
    for step in recipe.steps:
        if step.name in given:
            continue
        takes = step.method.takes
        lost = [s for key, s in step.inputs.items() if not takes[key].optional and s not in known]
        if lost:
            gone[step.name] = gone[lost[0]]
            continue
        inputs: dict[str, Any] = {
            key: known[source] for key, source in step.inputs.items() if source in known
        }
        try:
            known[step.name] = apply(step.method, **inputs)
        except Refusal as refusal:
            gone[step.name] = refusal
        else:
            _refuse_unseen(known[step.name], given[TRACKS])
    for output, step_name in recipe.gives.items():
        if step_name in gone and output not in recipe.may_lack:
            raise gone[step_name]
    found = {output: known[name] for output, name in recipe.gives.items() if name in known}
    return Traced(found, tuple(_told(recipe, gone)))


def _told(recipe: Recipe, gone: Mapping[str, Refusal]) -> Iterator[str]:
    """Which outputs are not there, with those that lack the same in one line."""
    lacking: dict[str, list[str]] = {}
    for output, name in recipe.gives.items():
        if (no := gone.get(name)) is not None:
            lacking.setdefault(f"{no.reason}; {no.remedy}", []).append(output.replace("_", " "))
    for why, outputs in lacking.items():
        yield f"without {', '.join(outputs)}: {why}"


def _unsaid(recipe: Recipe) -> Refusal:
    """Without a floor there are no zones, and no distances on it."""
    reason = "nobody says where the floor and its zones are"
    return Refusal(recipe.name, reason, "draw them and give them with --arena arena.toml")


def _refuse_unseen(noun: Any, tracks: Noun) -> None:
    if isinstance(noun, Tracks) and not noun.seen.any():
        reason = f"the animal has no place in any of {len(tracks)} frames"  # type: ignore[arg-type]
        raise Refusal("tracks", reason, "check what was followed, and how sure it is")
