"""Films looked through by a fitted model, to find the frames that are most worth labelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Learned, SequentialMethod
from ethoframe.contract.spec import spec_of
from ethoframe.data import Classes, Episodes, Frames, LabelMap, Labels, Recording, Tracks, Values
from ethoframe.data.noun import Array, Timed
from ethoframe.report.model.answers import answer_of, flat, seen
from ethoframe.report.model.judged import around
from ethoframe.score.suggestion import either, of_classes, of_jumps, of_points
from ethoframe.score.suspects import small

LOOKS = 300
"""Frames of a film that are looked at, about, where nobody says which."""

LABELLED = 1000
"""Labelled frames that others are to be unlike, at most: spread over all."""

AT_ONCE = 16
"""Frames in memory; even, so that a frame and its neighbour come together."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Looked:
    """What a model says of some frames of a film, and how unsure it is of each.

    Parameters
    ----------
    recording
        The film.
    answers
        One for each frame that was looked at.
    doubt
        How unsure the model is of each ``(n,)``, 0 to 1.
    features
        What tells them apart ``(n, d)``.
    every
        Each so manieth frame was looked at.
    """

    recording: Recording
    answers: tuple[Timed, ...]
    doubt: Array
    features: Array
    every: int

    @property
    def film(self) -> str:
        """What the film is called."""
        return Path(self.recording.name).stem or self.recording.name

    @property
    def numbers(self) -> list[int]:
        """Of the frames that were looked at."""
        return [int(answer.numbers[0]) for answer in self.answers]

    @property
    def times_s(self) -> list[float]:
        """Their seconds."""
        return [float(answer.times_s[0]) for answer in self.answers]

    def unlabelled(self, labels: Labels, apart_s: float) -> Array:
        """Whether frames are neither labelled nor near in time to labelled ones ``(n,)``.

        Parameters
        ----------
        labels
            Of films that are told by their names; of episodes, all time that was looked at counts.
        apart_s
            What is nearer is near.
        """
        numbers, times_s = np.array(self.numbers, np.int64), np.array(self.times_s)
        free = np.ones(len(numbers), bool)
        for part in labels.parts:
            if Path(part.film).stem != self.film:
                continue
            if isinstance(part.said, Episodes):
                for start_s, stop_s in part.said.support_s:
                    free &= (times_s < start_s) | (times_s >= stop_s)
                continue
            known_s = self.recording.times_s[part.origin[part.origin < len(self.recording)]]
            free &= ~np.isin(numbers, part.origin)
            free &= (np.abs(times_s[:, None] - known_s) >= apart_s).all(axis=1)
        return free


def looked(
    method: Learned, recording: Recording, every: int = 0, tell: Tell | None = None
) -> Looked:
    """Looks through a film: every so manieth frame, and the one after it, which tells of jumps.

    Parameters
    ----------
    method
        With its weights.
    recording
        The film.
    every
        Each so manieth frame; 0 looks at about `LOOKS`.
    tell
        Told how many frames are done, and of how many.

    Raises
    ------
    Refusal
        When the method cannot look at this film.
    """
    every = every or max(1, round(len(recording) / LOOKS))
    first = list(range(0, len(recording), every))
    after = {n: n + 1 for n in first if n + 1 < len(recording)}
    wanted = sorted({*first, *after.values()})
    answers: dict[int, Timed] = {}
    tiny: dict[int, Array] = {}
    for frames, answer in _answered(method, recording, wanted):
        for k, number in enumerate(frames.numbers.tolist()):
            own = np.flatnonzero(answer.numbers == number)
            if len(own) != 1:
                continue
            answers[number] = answer.take(own)
            if number in after or number in first:
                tiny[number] = _small(frames.take([k]), answers[number])
        if tell:
            tell("looking", len(answers), len(wanted))
    kept = [number for number in first if number in answers]
    pairs = [(answers[n], answers.get(after.get(n, -1))) for n in kept]
    features = np.stack([tiny[n].ravel() for n in kept]) if kept else np.zeros((0, 1))
    return Looked(
        recording, tuple(here for here, _ in pairs), _doubt(pairs), _told_apart(features), every
    )


def features_of(labels: Labels) -> Array:
    """Labelled frames as frames are told apart ``(m, d)``; none of episodes."""
    tiny = []
    if labels.parts and labels.gives is not Episodes:
        spread = np.linspace(0, len(labels) - 1, min(len(labels), LABELLED)).round().astype(int)
        for part in labels.take(spread).parts:
            assert isinstance(part.said, Timed)
            for frames in part.recording.batches(np.unique(part.said.numbers).tolist(), 1):
                said = part.said.take(np.flatnonzero(part.said.numbers == frames.numbers[0])[:1])
                tiny.append(_small(frames, said).ravel())
    return _told_apart(np.stack(tiny)) if tiny else np.zeros((0, 1))


def _answered(
    method: Learned, recording: Recording, numbers: Sequence[int]
) -> Iterator[tuple[Frames, Timed]]:
    specs = {"recording": spec_of(recording)}
    if isinstance(method, SequentialMethod):
        memory = method.start(**specs)
        for frames in recording.batches(numbers, AT_ONCE):
            answer: Any
            answer, memory = method.step(frames, memory)
            if answer is not None:
                yield frames, answer
        return
    assert isinstance(method, FrameMethod)
    reach = method.reach(specs["recording"])
    for frames in recording.batches(numbers, AT_ONCE):
        if reach.before or reach.after:
            for k, number in enumerate(frames.numbers.tolist()):
                found = answer_of(method, recording, number)
                if found is not None:
                    yield frames.take([k]), found
        else:
            given: Any = method.apply(frames)
            yield frames, given


def _doubt(pairs: Sequence[tuple[Timed, Timed | None]]) -> Array:
    """How unsure a model is of frames, by what it says of each and of the very next one."""
    if not pairs:
        return np.zeros(0)
    first = pairs[0][0]
    if isinstance(first, Tracks):
        here = [each for each, _ in pairs if isinstance(each, Tracks)]
        position = np.stack([each.position[0, :, :, 0] for each in here])
        sure = np.stack([each.confidence[0, :, 0] for each in here])
        return either(of_points(position, sure), of_jumps(_steps(pairs, _points_apart)))
    if isinstance(first, Classes):
        return of_classes(np.stack([each.table[0] for each, _ in pairs]))  # type: ignore[attr-defined]
    if isinstance(first, Values):
        return of_jumps(_steps(pairs, _values_apart))
    if isinstance(first, LabelMap):
        return of_jumps(_steps(pairs, _masks_apart))
    return np.ones(len(pairs))


def _steps(
    pairs: Sequence[tuple[Timed, Timed | None]], apart: Callable[[Any, Any], Array]
) -> Array:
    """How far answers to neighbouring frames are apart ``(n, k)``; NaN where there is no other."""
    found = [None if other is None else apart(one, other) for one, other in pairs]
    width = max((len(each) for each in found if each is not None), default=1)
    return np.stack([np.full(width, np.nan) if each is None else each for each in found])


def _points_apart(one: Tracks, other: Tracks) -> Array:
    return np.asarray(np.hypot(*(other.position[0, :, :, 0] - one.position[0, :, :, 0])))


def _values_apart(one: Values, other: Values) -> Array:
    return np.asarray(np.abs(other.table[0] - one.table[0]))


def _masks_apart(one: LabelMap, other: LabelMap) -> Array:
    """Share of what either marks that only one of both does, in hundredths."""
    here, there = one.dense()[0] > 0, other.dense()[0] > 0
    either_ = np.count_nonzero(here | there)
    return np.array([100 * int(np.count_nonzero(here != there)) / max(int(either_), 1)])


def _small(frame: Frames, answer: Timed) -> Array:
    """A frame as frames are told apart: around the animal where it is known, else all of it."""
    levels = seen(flat(frame), frame.channels).astype(np.float32)
    grey = levels if levels.ndim == 2 else levels.mean(axis=2)
    if isinstance(answer, Tracks):
        box = around(answer.position[0, :, :, 0].T, 16.0)
        if box is not None:
            left, top, right, bottom = (max(0, side) for side in box)
            part = grey[top:bottom, left:right]
            grey = part if part.size else grey
    return small(grey)


def _told_apart(features: Array) -> Array:
    """Rows without what they share, each of the same contrast: light is no difference."""
    rows = features - features.mean(axis=1, keepdims=True)
    rows = rows / np.maximum(rows.std(axis=1, keepdims=True), 1e-6)
    return np.asarray(rows / np.sqrt(max(rows.shape[1], 1)))
