"""One pass: frames flow through methods batch by batch, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ethoframe.contract import FrameMethod, Memory, Reduction, SequentialMethod, Spec, Step, spec_of
from ethoframe.data import Noun, Recording, Timed
from ethoframe.data.noun import Array
from ethoframe.run.ahead import ahead
from ethoframe.run.profile import Profile

BATCH_BYTES = 8_000_000
BATCH_FRAMES = 64


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


class Marks(Protocol):
    """Where a pass leaves its marks, and finds them again after being killed."""

    def resume(self) -> State:
        """The state of the last mark; a new state when there is none."""
        ...

    def mark(self, state: State) -> None:
        """Called after every batch with the state so far; keeps it when it is time to."""
        ...

    def finished(self, answers: Mapping[str, Noun]) -> None:
        """The pass is over, and these are its answers."""
        ...


def run_pass(
    source: str,
    known: Mapping[str, Noun],
    steps: Sequence[Step],
    numbers: Array,
    *,
    marks: Marks | None = None,
    batch: int | None = None,
    profile: Profile | None = None,
) -> dict[str, Noun]:
    """The answers of the steps over the frames with these `numbers` of the noun called `source`.

    Parameters
    ----------
    source
        Name of the recording (or marks per frame) that flows; it is in `known`.
    known
        Inputs and whole answers by name.
    steps
        Frame methods first in the order of their use; reductions and sequential methods after.
    numbers
        Ascending frame numbers; all of them in one run unless every step is a reduction.
    marks
        Where to leave marks; None leaves none.
    batch
        Frames at a time; chosen by their size in bytes when left out.
    profile
        Where decode, compute and wait are added up.
    """
    profile = profile or Profile()
    flow = _Flow(source, known, steps)
    state = marks.resume() if marks else State()
    flow.begin(state)
    size = batch or _batch_frames(known[source])
    start = max(0, state.position - flow.before)
    batches = _batches(known[source], numbers[start:], size)
    decoded = ahead(profile.each("decode", batches))
    for extended, core in _windows(profile.each("wait", decoded), flow.before, flow.after):
        extended, core = _from_position(extended, core, numbers, state.position)
        if len(core) == 0:
            continue
        with profile.spent("compute"):
            flow.advance(state, extended, core)
        last = extended.numbers[core[-1]]
        state.position = int(np.searchsorted(numbers, last, side="right"))
        if marks:
            with profile.spent("write"):
                marks.mark(state)
    with profile.spent("compute"):
        answers = flow.end(state)
    if marks:
        with profile.spent("write"):
            marks.finished(answers)
    return answers


class _Flow:
    """The steps of a pass wired up: what each is fed, batch after batch."""

    def __init__(self, source: str, known: Mapping[str, Noun], steps: Sequence[Step]) -> None:
        self.source = source
        self.steps = steps
        self.side = {
            step.name: {k: known[s] for k, s in step.inputs.items() if s in known and s != source}
            for step in steps
        }
        self.specs = self._outlined(known)
        self.before, self.after = self._halo()
        fed = {step.main for step in steps}
        self.kept = [s for s in steps if not isinstance(s.method, FrameMethod) or s.name not in fed]

    def begin(self, state: State) -> None:
        for step in self.kept:
            state.answers.setdefault(step.name, [])
            if isinstance(step.method, SequentialMethod) and step.name not in state.memories:
                state.memories[step.name] = step.method.start(**self._specs_of(step))

    def advance(self, state: State, extended: Timed, core: Array) -> None:
        live: dict[str, Any] = {self.source: extended}
        for step in self.steps:
            if isinstance(step.method, FrameMethod):
                live[step.name] = step.method.apply(live[step.main], **self.side[step.name])
        for step in self.kept:
            main = live[step.main if step.name not in live else step.name].take(core)
            self._take_in(state, step, main)

    def end(self, state: State) -> dict[str, Noun]:
        answers: dict[str, Noun] = {}
        for step in self.kept:
            method, parts, side = step.method, state.answers[step.name], self.side[step.name]
            if isinstance(method, Reduction) and step.name in state.memories:
                answers[step.name] = method.finalise(state.memories[step.name], **side)
                continue
            if isinstance(method, SequentialMethod):
                owed = method.finish(state.memories[step.name], **side)
                parts = parts if owed is None else [*parts, owed]
            if parts:
                answers[step.name] = type(parts[0]).joined(parts)  # type: ignore[attr-defined]
        return answers

    def _take_in(self, state: State, step: Step, main: Any) -> None:
        method, side, memories = step.method, self.side[step.name], state.memories
        if isinstance(method, SequentialMethod):
            answer, memories[step.name] = method.step(main, memories[step.name], **side)
        elif isinstance(method, Reduction):
            partial, answer = method.chunk(main, **side), None
            before = memories.get(step.name)
            memories[step.name] = partial if before is None else method.combine(before, partial)
        else:
            answer = main
        if answer is not None:
            state.answers[step.name].append(answer)

    def _outlined(self, known: Mapping[str, Noun]) -> dict[str, Spec]:
        specs = {name: spec_of(noun) for name, noun in known.items()}
        for step in self.steps:
            inputs = {key: specs[s] for key, s in step.inputs.items() if s in specs}
            specs[step.name] = step.method.outline(**inputs)
        return specs

    def _specs_of(self, step: Step) -> dict[str, Spec]:
        return {key: self.specs[s] for key, s in step.inputs.items() if s in self.specs}

    def _halo(self) -> tuple[int, int]:
        """Frames to add before and after, so that a chain of frame methods sees what it must."""
        needed: dict[str, tuple[int, int]] = {self.source: (0, 0)}
        for step in self.steps:
            before, after = needed.get(step.main, (0, 0))
            if isinstance(step.method, FrameMethod):
                reach = step.method.reach(self.specs[step.main])
                needed[step.name] = before + reach.before, after + reach.after
        return max(n[0] for n in needed.values()), max(n[1] for n in needed.values())


def _batch_frames(source: Noun) -> int:
    if isinstance(source, Recording):
        return int(np.clip(BATCH_BYTES // max(1, source.frame_bytes), 1, BATCH_FRAMES))
    return BATCH_FRAMES


def _batches(source: Noun, numbers: Array, size: int) -> Iterator[Timed]:
    if isinstance(source, Recording):
        yield from source.batches(numbers, size)
    elif isinstance(source, Timed):
        chosen = np.flatnonzero(np.isin(source.numbers, numbers))
        for start in range(0, len(chosen), size):
            yield source.take(chosen[start : start + size])
    else:
        raise TypeError(f"{type(source).__name__} has no frames to flow")


def _windows(batches: Iterator[Any], before: int, after: int) -> Iterator[tuple[Any, Array]]:
    """Each batch with frames of its neighbours around it, and the indices of its own."""
    if before == after == 0:
        for batch in batches:
            yield batch, np.arange(len(batch))
        return
    held: Any = None
    first = 0  # where the frames not yet answered begin in `held`
    for batch in batches:
        held = batch if held is None else type(batch).joined([held, batch])
        stop = len(held) - after
        if stop > first:
            yield held, np.arange(first, stop)
            keep = max(0, stop - before)
            held, first = held.take(slice(keep, None)), stop - keep
    if held is not None and len(held) > first:
        yield held, np.arange(first, len(held))


def _from_position(extended: Any, core: Array, numbers: Array, position: int) -> tuple[Any, Array]:
    """Leaves out of the core what was answered before the run was killed."""
    if position == 0 or position >= len(numbers):
        return extended, core if position == 0 else core[:0]
    return extended, core[extended.numbers[core] >= numbers[position]]
