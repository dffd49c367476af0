"""A recipe on one recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2

from ethoframe.contract import Kind, Recipe, Reduction, Spec, Step, spec_of
from ethoframe.data import Arena, Noun, Recording, Refusal, Tracks
from ethoframe.run.flow import State
from ethoframe.run.journal import Run
from ethoframe.run.kept import Kept
from ethoframe.run.marks import PassMarks
from ethoframe.run.plan import Pass, plan
from ethoframe.run.profile import Profile
from ethoframe.run.stream import run_pass
from ethoframe.run.told import Told

SLACK = 0.1
"""An arena may reach beyond the picture by this share of its longer side: walls are often cut."""


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
    run
        Where marks are left in a journal; None leaves none.
    told
        Called with the progress of each pass after every batch.
    profile
        Where the time went.

    Attributes
    ----------
    resumed
        Frames that an earlier run had done already.

    Examples
    --------
    >>> from ethoframe import recipes
    >>> from ethoframe.testing.scenes import Scene
    >>> scene = Scene(size=(120, 160), duration_s=2.0)
    >>> recipe = recipes.load("open-field").configured({"arena.side_mm": 400.0})
    >>> Analysis(scene.recording(), recipe).answers()["motion"].row("distance").unit
    'mm'
    """

    recording: Recording
    recipe: Recipe
    given: Mapping[str, Noun] = field(default_factory=dict)
    run: Run | None = None
    told: Told | None = None
    profile: Profile = field(default_factory=Profile)
    resumed: int = field(default=0, init=False)

    def answers(self) -> dict[str, Noun]:
        """The recipe's outputs by name.

        Raises
        ------
        Refusal
            When the recording will not do, named by what is wrong with it.
        """
        source = self._source()
        for noun in self.given.values():
            _refuse_outside(noun, self.recording)
        known: dict[str, Noun] = {source: Kept.of(self.recording), **self.given}
        specs = self._outlined(known)
        with _one_thread():
            for task in plan(self.recipe, specs, tuple(self.given)).todo:
                found = self._done(task, known)
                for noun in found.values():
                    _refuse_unseen(noun, self.recording)
                known.update(found)
        return {name: known[step] for name, step in self.recipe.gives.items() if step in known}

    def _source(self) -> str:
        names = [name for name, kind in self.recipe.takes.items() if kind is Kind.RECORDING]
        if len(names) != 1:
            reason = f"it takes {len(names)} recordings"
            raise Refusal(self.recipe.name, reason, "name a recipe that takes one")
        if len(self.recording) == 0:
            raise Refusal(self.recording.name, "it has no frames", "name another recording")
        return names[0]

    def _outlined(self, known: Mapping[str, Noun]) -> dict[str, Spec]:
        return self.recipe.outline(**{name: spec_of(noun) for name, noun in known.items()})

    def _done(self, task: Pass | Step, known: Mapping[str, Noun]) -> Mapping[str, Noun]:
        if self.told:
            self.told(task.name, 0, 0)
        if isinstance(task, Pass):
            return self._passed(task, known)
        inputs = {key: known[source] for key, source in task.inputs.items() if source in known}
        with self.profile.spent("compute"):
            answer: Noun = task.method.apply(**inputs)  # type: ignore[attr-defined]
        return {task.name: answer}

    def _passed(self, task: Pass, known: Mapping[str, Noun]) -> Mapping[str, Noun]:
        marks: PassMarks | None = None
        # A reduction sees a bounded number of frames: seeing them again is cheaper than keeping it.
        if self.run and not all(isinstance(step.method, Reduction) for step in task.steps):
            marks = self.run.marks(task.name)
            if (before := marks.answers()) is not None:
                self.resumed = max(self.resumed, len(task.numbers))
                return before
        return run_pass(
            task.source,
            known,
            task.steps,
            task.numbers,
            gathered=task.gathered,
            marks=_Watched(self, task, marks),
            profile=self.profile,
        )


class _Watched:
    """Marks of a pass that the analysis, and whoever is told of it, takes note of."""

    def __init__(self, analysis: Analysis, task: Pass, marks: PassMarks | None) -> None:
        self.analysis, self.task, self.marks = analysis, task, marks

    def resume(self) -> State:
        state = self.marks.resume() if self.marks else State()
        self.analysis.resumed = max(self.analysis.resumed, state.position)
        self._tell(state)
        return state

    def mark(self, state: State) -> None:
        if self.marks:
            self.marks.mark(state)
        self._tell(state)

    def finished(self, answers: Mapping[str, Noun]) -> None:
        if self.marks:
            self.marks.finished(answers)

    def _tell(self, state: State) -> None:
        if self.analysis.told:
            self.analysis.told(self.task.name, state.position, len(self.task.numbers))


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV with one thread: one decodes and one computes, and more would be in their way."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


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
    slack = SLACK * max(x, y)
    low, high = noun.outline.min(axis=0), noun.outline.max(axis=0)
    if low.min() < -slack or high[0] > x + slack or high[1] > y + slack:
        reason = f"the arena reaches outside the picture ({x} × {y} px)"
        raise Refusal(recording.name, reason, "draw it on a still of this recording")
