"""Tracks of any origin in place of a film: what stands for it, and a recipe carried out on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ethoframe.contract import Kind, Recipe
from ethoframe.contract.fan import own, part_of
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
    scale = " or say the size of a pixel, as --scale 2.3px/mm" if tracks.unit == "px" else ""
    remedy = f"draw the arena in {tracks.unit}: corners_{tracks.unit}{scale and ','}{scale}"
    raise Refusal(where, reason, remedy)


@dataclass(frozen=True)
class Traced:
    """A recipe carried out on tracks.

    Parameters
    ----------
    answers
        Its outputs by name.
    lacking
        Why an output that may be lacking is not there, one line each, by the part that it is of.
    known
        What was given, and the answer of every step that has one.
    refused
        Why a part has no answers, by its name.
    """

    answers: Mapping[str, Noun]
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: Mapping[str, Noun] = field(default_factory=dict)
    refused: Mapping[str, Refusal] = field(default_factory=dict)


def carried_out(recipe: Recipe, given: Mapping[str, Noun], parts: Sequence[str] = ("",)) -> Traced:
    """The recipe on tracks and what else is given; every step takes whole answers.

    Parameters
    ----------
    recipe
        That begins with tracks.
    given
        Its inputs, and answers of steps that are not to be carried out.
    parts
        Those of a recipe that `contract.fan.fanned` made: what goes wrong with one of them never
        stops the others.

    Raises
    ------
    Refusal
        When a step refuses that an output depends on which may not be lacking, in every part.
    """
    known, gone = _answered(recipe, given)
    refused: dict[str, Refusal] = {}
    for part in parts:
        for output, step in part_of(recipe.gives, part).items():
            if step in gone and own(part, output) not in recipe.may_lack:
                refused.setdefault(part, gone[step])
    if len(refused) == len(parts):
        raise refused[parts[0]]
    found = {
        own(part, output): known[step]
        for part in parts
        if part not in refused
        for output, step in part_of(recipe.gives, part).items()
        if step in known
    }
    missed = {output: gone[step] for output, step in recipe.gives.items() if step in gone}
    missed = _worth_a_word(recipe, missed)
    lacking = {part: tuple(left_out(part_of(missed, part))) for part in parts}
    return Traced(found, lacking, known, refused)


def _answered(
    recipe: Recipe, given: Mapping[str, Noun]
) -> tuple[dict[str, Noun], dict[str, Refusal]]:
    """The answer of every step that has one, and why there is none of the others."""
    known: dict[str, Noun] = dict(given)
    gone = {name: unsaid(recipe, name) for name in recipe.takes if name not in given}
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
            answer = apply(step.method, **inputs)
            _refuse_unseen(answer)
        except Refusal as refusal:
            gone[step.name] = refusal
        else:
            known[step.name] = answer
    return known, gone


def _worth_a_word(recipe: Recipe, missed: Mapping[str, Refusal]) -> dict[str, Refusal]:
    """Without the floor itself, where nothing that is measured lacks for it."""
    kinds = {**recipe.takes, **{step.name: step.method.gives for step in recipe.steps}}
    floors = {output for output in missed if kinds[recipe.gives[output]] is Kind.ARENA}
    asked = {no.reason for output, no in missed.items() if output not in floors}
    return {o: no for o, no in missed.items() if o not in floors or no.reason in asked}


def left_out(lacking: Mapping[str, Refusal]) -> Iterator[str]:
    """Which outputs are not there, with those that lack the same in one line."""
    same: dict[str, list[str]] = {}
    for output, no in lacking.items():
        same.setdefault(f"{no.reason}; {no.remedy}", []).append(output.replace("_", " "))
    for why, outputs in same.items():
        yield f"without {', '.join(outputs)}: {why}"


def unsaid(recipe: Recipe, name: str) -> Refusal:
    """Why nothing follows from an input that nobody gave."""
    if name.rpartition("/")[2] == TRACKS:
        return Refusal(
            name, "no animal of the tracks is in this arena", "leave it out of the sheet"
        )
    # Without a floor there are no zones, and no distances on it.
    reason = "nobody says where the floor and its zones are"
    return Refusal(recipe.name, reason, "draw them and give them with --arena arena.toml")


def _refuse_unseen(noun: Any) -> None:
    if isinstance(noun, Tracks) and not noun.seen.any():
        reason = f"the animal has no place in any of {len(noun)} frames"
        raise Refusal("tracks", reason, "check what was followed, and how sure it is")
