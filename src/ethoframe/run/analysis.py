"""A recipe on one recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import cv2

from ethoframe.contract import Kind, Recipe, Spec, Step, spec_of
from ethoframe.contract.fan import own, part_of
from ethoframe.data import Noun, Recording, Refusal, Tracks
from ethoframe.run.flow import State
from ethoframe.run.journal import Run
from ethoframe.run.kept import Kept
from ethoframe.run.marks import PassMarks
from ethoframe.run.plan import Pass, plan
from ethoframe.run.profile import Profile
from ethoframe.run.stream import run_pass
from ethoframe.run.told import Told
from ethoframe.run.traced import left_out, unsaid


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
    parts
        Names of the parts that a recipe made by `contract.fan.fanned` has: what goes wrong with one
        of them never stops the others.

    Attributes
    ----------
    resumed
        Frames that an earlier run had done already.
    refused
        Why a part has no answers, by its name.
    known
        What was given, and the answer of every step.
    lacking
        Why an output of a part that may be lacking is not there, a line each.

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
    parts: tuple[str, ...] = ("",)
    resumed: int = field(default=0, init=False)
    refused: dict[str, Refusal] = field(default_factory=dict, init=False)
    known: Mapping[str, Noun] = field(default_factory=dict, init=False)
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict, init=False)

    def answers(self) -> dict[str, Noun]:
        """The recipe's outputs by name; those of a part that is refused are left out.

        Raises
        ------
        Refusal
            When the recording will not do, or none of its parts, named by what is wrong with it.
        """
        source = self._source()
        known: dict[str, Noun] = {source: Kept.of(self.recording), **self.given}
        for name, kind in self.recipe.takes.items():
            if kind is Kind.ARENA and name not in known:
                raise unsaid(self.recipe, name)
        self._without_what_may_lack(known)
        specs = self._outlined(known)
        with _one_thread():
            for task in plan(self.recipe, specs, tuple(self.given)).todo:
                known.update(self._found(task, known))
        self.known = known
        return {
            name: known[step]
            for name, step in self.recipe.gives.items()
            if step in known and not self._is_refused(name)
        }

    def _found(self, task: Pass | Step, known: Mapping[str, Noun]) -> dict[str, Noun]:
        """What a task answers, but for the parts that it, or one before it, refuses."""
        if isinstance(task, Pass):
            wanted = tuple(step for step in task.steps if not self._is_refused(step.name))
            found = dict(self._passed(replace(task, steps=wanted), known)) if wanted else {}
        else:
            found = {} if self._is_refused(task.name) else self._made(task, known)
        for name, noun in found.items():
            if isinstance(noun, Tracks) and not noun.seen.any():
                self._refuse(name, _unseen(self.recording))
        return found

    def _made(self, step: Step, known: Mapping[str, Noun]) -> dict[str, Noun]:
        if self.told:
            self.told(step.name.replace("/", " "), 0, 0)
        inputs = {key: known[source] for key, source in step.inputs.items() if source in known}
        try:
            with self.profile.spent("compute"):
                return {step.name: step.method.apply(**inputs)}  # type: ignore[attr-defined]
        except Refusal as refusal:
            self._refuse(step.name, refusal)
            return {}

    def _refuse(self, name: str, refusal: Refusal) -> None:
        """Gives up the part that a step belongs to; the recording, when no part is left."""
        if (part := self._part(name)) not in self.refused:
            self.refused[part] = refusal
        if len(self.refused) == len(self.parts):
            raise refusal

    def _part(self, name: str) -> str:
        return next(part for part in self.parts if name.startswith(own(part, "")))

    def _is_refused(self, name: str) -> bool:
        return self._part(name) in self.refused

    def _source(self) -> str:
        names = [name for name, kind in self.recipe.takes.items() if kind is Kind.RECORDING]
        if len(names) != 1:
            reason = f"it takes {len(names)} recordings"
            raise Refusal(self.recipe.name, reason, "name a recipe that takes one")
        if len(self.recording) == 0:
            raise Refusal(self.recording.name, "it has no frames", "name another recording")
        return names[0]

    def _without_what_may_lack(self, known: Mapping[str, Noun]) -> None:
        """Leaves out what this recording is not enough for, such as a nose where there is none."""
        specs = {name: spec_of(noun) for name, noun in known.items()}
        self.recipe, gone = self.recipe.possible(**specs)
        self.lacking = {part: tuple(left_out(part_of(gone, part))) for part in self.parts}

    def _outlined(self, known: Mapping[str, Noun]) -> dict[str, Spec]:
        return self.recipe.outline(**{name: spec_of(noun) for name, noun in known.items()})

    def _passed(self, task: Pass, known: Mapping[str, Noun]) -> Mapping[str, Noun]:
        if self.told:
            self.told(_title(task), 0, 0)
        marks: PassMarks | None = None
        # A reduction sees a bounded number of frames: seeing them again is cheaper than keeping it.
        if self.run and not task.bounded:
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
            self.analysis.told(_title(self.task), state.position, len(self.task.numbers))


def _title(task: Pass) -> str:
    """What a pass finds out, without saying it again for every part."""
    found = (name.rpartition("/")[2] for name in task.name.split(" + "))
    return " + ".join(dict.fromkeys(found))


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV with one thread: one decodes and one computes, and more would be in their way."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _unseen(recording: Recording) -> Refusal:
    reason = f"no animal was found in any of {len(recording)} frames"
    remedy = "check that it is lighter or darker than the floor, or set appearance.polarity"
    return Refusal(recording.name, reason, remedy)
