"""The steps of a pass wired up: what each is fed, batch after batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Memory, Reduction, SequentialMethod, Spec, Step, spec_of
from ethoframe.data import Noun, Timed
from ethoframe.data.noun import Array


@dataclass
class State:
    """How far a pass has come: all that a resumed run needs, and nothing else.

    Parameters
    ----------
    position
        How many of the pass's frames are done.
    memories
        What each sequential method remembers, and each reduction's partial answer.
    answers
        Finished parts of each step's answer, in order.
    """

    position: int = 0
    memories: dict[str, Memory] = field(default_factory=dict)
    answers: dict[str, list[Noun]] = field(default_factory=dict)

    def taken(self) -> dict[str, list[Noun]]:
        """The parts of answers since the last time, which are no longer kept."""
        parts = {step: list(held) for step, held in self.answers.items() if held}
        self.answers = {step: [] for step in self.answers}
        return parts

    def join(self, kept: Mapping[str, int]) -> None:
        """Makes one part of all parts of each answer after the first `kept` ones.

        Thousands of small parts take more memory than what they hold.
        """
        for step, parts in self.answers.items():
            fresh = parts[kept.get(step, 0) :]
            if len(fresh) > 1:
                parts[-len(fresh) :] = [type(fresh[0]).joined(fresh)]  # type: ignore[attr-defined]


class Flow:
    """Steps through which frames flow together.

    Parameters
    ----------
    source
        Name of the recording (or marks per frame) that flows.
    known
        Inputs and whole answers by name, the source among them.
    steps
        Frame methods before those that use their answers.
    gathered
        Frame methods whose answers are wanted although another step uses them too.

    Attributes
    ----------
    before, after
        Frames to add on either side of a batch, so that every frame method sees what it must.
    """

    def __init__(
        self,
        source: str,
        known: Mapping[str, Noun],
        steps: Sequence[Step],
        gathered: Collection[str] = (),
    ) -> None:
        self.source = source
        self.steps = steps
        self.whole = {
            step.name: {k: known[s] for k, s in step.inputs.items() if s in known and s != source}
            for step in steps
        }
        self.per_frame = {step.name: _by_frame(step, self.whole[step.name]) for step in steps}
        flowing = {source} | {s.name for s in steps if isinstance(s.method, FrameMethod)}
        self.live = {
            step.name: {k: s for k, s in step.inputs.items() if s in flowing and s != step.main}
            for step in steps
        }
        self.specs = _outlined(known, steps)
        self.before, self.after = self._halo()
        used = {s for step in steps for s in step.inputs.values()} - set(gathered)
        self.kept = [
            s for s in steps if not isinstance(s.method, FrameMethod) or s.name not in used
        ]

    def begin(self, state: State) -> None:
        """Gives every step that remembers its first memory, where the state has none."""
        for step in self.kept:
            state.answers.setdefault(step.name, [])
            if isinstance(step.method, SequentialMethod) and step.name not in state.memories:
                specs = {k: self.specs[s] for k, s in step.inputs.items() if s in self.specs}
                state.memories[step.name] = step.method.start(**specs)

    def advance(self, state: State, extended: Timed, core: Array) -> None:
        """Takes a batch in: `extended` with its neighbours, of which `core` (indices) is new."""
        flowing: dict[str, Any] = {self.source: extended}
        for step in self.steps:
            if isinstance(step.method, FrameMethod):
                side = self._side(step, flowing, extended.numbers)
                flowing[step.name] = step.method.apply(flowing[step.main], **side)
        # Most batches have no neighbours around them: nothing is copied then.
        alone = len(core) == len(extended)
        new = flowing if alone else {name: noun.take(core) for name, noun in flowing.items()}
        for step in self.kept:
            if isinstance(step.method, FrameMethod):
                state.answers[step.name].append(new[step.name])
            else:
                side = self._side(step, new, extended.numbers[core])
                _remember(state, step, new[step.main], side)

    def end(self, state: State) -> dict[str, Noun]:
        """The whole answers of the steps; a step that never saw a frame has none."""
        answers: dict[str, Noun] = {}
        for step in self.kept:
            method, parts, side = step.method, state.answers[step.name], self.whole[step.name]
            if isinstance(method, Reduction) and step.name in state.memories:
                answers[step.name] = method.finalise(state.memories[step.name], **side)
                continue
            if isinstance(method, SequentialMethod):
                owed = method.finish(state.memories[step.name], **side)
                parts = parts if owed is None else [*parts, owed]
            if parts:
                answers[step.name] = type(parts[0]).joined(parts)  # type: ignore[attr-defined]
        return answers

    def _side(self, step: Step, flowing: Mapping[str, Any], numbers: Array) -> dict[str, Any]:
        """The step's side inputs; those that come by frame are cut to these frame numbers."""
        cut = {k: n.take(_rows(n.numbers, numbers)) for k, n in self.per_frame[step.name].items()}
        live = {key: flowing[name] for key, name in self.live[step.name].items()}
        return {**self.whole[step.name], **cut, **live}

    def _halo(self) -> tuple[int, int]:
        needed: dict[str, tuple[int, int]] = {self.source: (0, 0)}
        for step in self.steps:
            if isinstance(step.method, FrameMethod):
                fed = [needed[s] for s in step.inputs.values() if s in needed]
                reach = step.method.reach(self.specs[step.main])
                before, after = (max(side) for side in zip(*fed, strict=True))
                needed[step.name] = before + reach.before, after + reach.after
        before, after = (max(side) for side in zip(*needed.values(), strict=True))
        return before, after


def _rows(numbers: Array, wanted: Array) -> Array:
    """Where the wanted frames are among these, both rising; those that are not there are left out.

    A search, as a comparison of all with all would take hours for days of frames.
    """
    if len(numbers) == 0:
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    found: Array = at[numbers[at] == wanted]
    return found


def _by_frame(step: Step, side: Mapping[str, Noun]) -> dict[str, Timed]:
    """The side inputs that the method takes frame by frame."""
    takes = step.method.takes
    return {k: n for k, n in side.items() if isinstance(n, Timed) and takes[k].per == "frame"}


def _remember(state: State, step: Step, main: Any, side: Mapping[str, Any]) -> None:
    method, memories = step.method, state.memories
    if isinstance(method, SequentialMethod):
        answer, memories[step.name] = method.step(main, memories[step.name], **side)
        if answer is not None:
            state.answers[step.name].append(answer)
    elif isinstance(method, Reduction):
        partial, before = method.chunk(main, **side), memories.get(step.name)
        memories[step.name] = partial if before is None else method.combine(before, partial)
    else:
        raise TypeError(f"{method.name()} is of no family that frames can flow through")


def _outlined(known: Mapping[str, Noun], steps: Sequence[Step]) -> dict[str, Spec]:
    specs = {name: spec_of(noun) for name, noun in known.items()}
    for step in steps:
        inputs = {key: specs[s] for key, s in step.inputs.items() if s in specs}
        specs[step.name] = step.method.outline(**inputs)
    return specs
