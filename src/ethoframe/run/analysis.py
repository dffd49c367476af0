"""A recipe on one recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import cv2

from ethoframe.contract import Kind, Recipe, Reduction, Step, spec_of
from ethoframe.data import Arena, Noun, Recording, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.run.journal import Journal
from ethoframe.run.plan import Pass, plan
from ethoframe.run.profile import Profile
from ethoframe.run.flow import State
from ethoframe.run.stream import Marks, run_pass

KEPT_BYTES = 64_000_000

Told = Callable[[str, int, int], None]
"""What a run tells of its progress: pass, frames done, frames in all."""


@dataclass
class Analysis:
    """One recording on its way through a recipe.

    Parameters
    ----------
    recording
        What is analysed.
    recipe
        How.
    given
        Answers that the user gave: the steps of these names are not run.
    journal
        Where marks are left; None leaves none.
    told
        Called with the progress of each pass after every batch.
    profile
        Where the time went.
    """

    recording: Recording
    recipe: Recipe
    given: Mapping[str, Noun] = field(default_factory=dict)
    journal: Journal | None = None
    told: Told | None = None
    profile: Profile = field(default_factory=Profile)

    def answers(self) -> dict[str, Noun]:
        """The recipe's outputs by name.

        Raises
        ------
        Refusal
            When the recording will not do, named by what is wrong with it.
        """
        cv2.setNumThreads(
            1
        )  # one thread decodes and one computes: more would only get in their way
        source = self._source()
        for noun in self.given.values():
            _refuse_outside(noun, self.recording)
        known: dict[str, Noun] = {source: _Kept.of(self.recording), **self.given}
        specs = self.recipe.outline(**{name: spec_of(noun) for name, noun in known.items()})
        for task in plan(self.recipe, specs, tuple(self.given)).todo:
            found = self._done(task, known)
            for noun in found.values():
                _refuse_unseen(noun, self.recording)
            known.update(found)
        return {name: known[step] for name, step in self.recipe.gives.items() if step in known}

    def _source(self) -> str:
        names = [name for name, kind in self.recipe.takes.items() if kind is Kind.RECORDING]
        if len(names) != 1 or len(self.recording) == 0:
            raise Refusal(self.recording.name, "there is nothing to analyse", "name a recording")
        return names[0]

    def _done(self, task: Pass | Step, known: Mapping[str, Noun]) -> Mapping[str, Noun]:
        if isinstance(task, Step):
            inputs = {key: known[source] for key, source in task.inputs.items() if source in known}
            with self.profile.spent("compute"):
                answer: Noun = task.method.apply(**inputs)  # type: ignore[attr-defined]
            return {task.name: answer}
        marks: Marks | None = None
        if self.journal:
            kept = self.journal.marks(self.recording.name, task.name)
            if (before := kept.answers()) is not None:
                return before
            # A reduction sees a bounded number of frames: doing it again is cheaper than keeping it.
            reductions = all(isinstance(s.method, Reduction) for s in task.steps)
            marks = None if reductions else kept
        marks = _Telling(marks, self.told, task) if self.told else marks
        found = run_pass(
            task.source,
            known,
            task.steps,
            task.numbers,
            gathered=task.gathered,
            marks=marks,
            profile=self.profile,
        )
        return found


def _refuse_unseen(noun: Noun, recording: Recording) -> None:
    if isinstance(noun, Tracks) and not noun.seen.any():
        remedy = "check that it is lighter or darker than the floor, or set appearance.polarity"
        raise Refusal(
            recording.name, f"no animal was found in any of {len(recording)} frames", remedy
        )


def _refuse_outside(noun: Noun, recording: Recording) -> None:
    if not isinstance(noun, Arena) or noun.unit != "px":
        return
    y, x = recording.size
    slack = 0.1 * max(x, y)
    low, high = noun.outline.min(axis=0), noun.outline.max(axis=0)
    if low.min() < -slack or high[0] > x + slack or high[1] > y + slack:
        reason = f"the arena reaches outside the picture ({x} × {y} px)"
        raise Refusal(recording.name, reason, "draw it on a still of this recording")


class _Telling:
    """Marks that are told to somebody as well."""

    def __init__(self, marks: Marks | None, told: Told, task: Pass) -> None:
        self.marks, self.told, self.task = marks, told, task

    def resume(self) -> State:
        return self.marks.resume() if self.marks else State()

    def mark(self, state: State) -> None:
        self.told(self.task.name, state.position, len(self.task.numbers))
        if self.marks:
            self.marks.mark(state)

    def finished(self, answers: Mapping[str, Noun]) -> None:
        if self.marks:
            self.marks.finished(answers)


class _Kept:
    """Frames of the last bounded visit, kept for the next one that asks for the same."""

    def __init__(self, recording: Recording) -> None:
        self.inner = recording.source
        self.most = KEPT_BYTES // max(1, recording.frame_bytes)
        self.numbers: tuple[int, ...] = ()
        self.held: list[tuple[int, Array]] = []

    @classmethod
    def of(cls, recording: Recording) -> Recording:
        return replace(recording, source=cls(recording))

    def images(self, numbers: Any) -> Iterator[tuple[int, Array]]:
        """Each frame with its number, from memory if these very frames were asked for last."""
        wanted = tuple(int(n) for n in numbers) if len(numbers) <= self.most else ()
        if not wanted:
            self.numbers, self.held = (), []
            yield from self.inner.images(numbers)
            return
        if wanted != self.numbers:
            self.held = [(n, image.copy()) for n, image in self.inner.images(wanted)]
            self.numbers = wanted
        yield from self.held
