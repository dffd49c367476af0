"""One pass: frames flow through methods batch by batch, in constant memory."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Protocol

import numpy as np

from ethoframe.contract import Step
from ethoframe.data import Noun, Recording, Timed
from ethoframe.data.noun import Array
from ethoframe.run.ahead import ahead
from ethoframe.run.flow import Flow, State
from ethoframe.run.profile import Profile

BATCH_BYTES = 2_000_000  # more is no faster: fresh memory costs more than the rest of a batch
BATCH_FRAMES = 64


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
    gathered: Collection[str] = (),
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
        Ascending numbers of the frames that are answered.
    gathered
        Frame methods whose answers are wanted although another step uses them too.
    marks
        Where to leave marks; None leaves none.
    batch
        Frames at a time; chosen by their size in bytes when left out.
    profile
        Where decode, compute and wait are added up.
    """
    profile = profile or Profile()
    flow = Flow(source, known, steps, gathered)
    state = marks.resume() if marks else State()
    flow.begin(state)
    size = batch or _batch_frames(known[source])
    for extended, core in _windows(known[source], numbers[state.position :], flow, size, profile):
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


def streamed(
    source: str, known: Mapping[str, Noun], steps: Sequence[Step], numbers: Array
) -> Generator[dict[str, list[Noun]], None, None]:
    """The answers of `run_pass` in parts, as they become ready: none of them is kept.

    Parameters
    ----------
    source, known, steps, numbers
        As `run_pass` takes them; the answers of all steps are wanted.
    """
    flow = Flow(source, known, steps, {step.name for step in steps})
    state = State()
    flow.begin(state)
    size = _batch_frames(known[source])
    for extended, core in _windows(known[source], numbers, flow, size, Profile()):
        flow.advance(state, extended, core)
        yield state.taken()
    yield {name: [answer] for name, answer in flow.end(state).items()}


def _windows(
    source: Noun, numbers: Array, flow: Flow, size: int, profile: Profile
) -> Iterator[tuple[Any, Array]]:
    """Batches with their neighbours around them, and the indices of the frames to answer."""
    for run in _runs(source, numbers, flow):
        batches = profile.each("decode", _batches(source, run, size))
        with closing(_reader(batches)) as decoded:
            read = profile.each("wait", decoded)
            for extended, core in _neighboured(read, flow.before, flow.after):
                wanted = core[_among(extended.numbers[core], numbers)]
                if len(wanted):
                    yield extended, wanted


def _reader(batches: Iterator[Any]) -> Generator[Any, None, None]:
    # A generator of our own, so that `closing` stops the reading thread at once, and not when
    # somebody lets go of an exception.
    yield from ahead(batches)


def _runs(source: Noun, numbers: Array, flow: Flow) -> list[Array]:
    """Frame numbers to read: in one go, or where neighbours are needed in runs that have them."""
    if flow.before == flow.after == 0 or len(numbers) == 0:
        return [numbers]
    last = _last_number(source)
    apart = np.flatnonzero(np.diff(numbers) > flow.before + flow.after + 1)
    firsts = numbers[np.concatenate([[0], apart + 1])] - flow.before
    lasts = numbers[np.concatenate([apart, [len(numbers) - 1]])] + flow.after
    ends = zip(np.maximum(firsts, 0).tolist(), np.minimum(lasts, last).tolist(), strict=True)
    return [np.arange(first, stop + 1) for first, stop in ends]


def _last_number(source: Noun) -> int:
    if isinstance(source, Recording):
        return len(source) - 1
    return int(source.numbers[-1]) if isinstance(source, Timed) and len(source) else -1


def _batch_frames(source: Noun) -> int:
    if isinstance(source, Recording):
        return int(np.clip(BATCH_BYTES // max(1, source.frame_bytes), 1, BATCH_FRAMES))
    return BATCH_FRAMES


def _batches(source: Noun, numbers: Array, size: int) -> Iterator[Timed]:
    if isinstance(source, Recording):
        yield from source.batches(_listed(numbers), size)
    elif isinstance(source, Timed):
        chosen = np.flatnonzero(_among(source.numbers, numbers))
        for start in range(0, len(chosen), size):
            yield source.take(chosen[start : start + size])
    else:
        raise TypeError(f"{type(source).__name__} has no frames to flow")


def _listed(numbers: Array) -> Sequence[int]:
    """The numbers one by one; of days of frames in a row no list is made."""
    if len(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1:
        return range(int(numbers[0]), int(numbers[-1]) + 1)
    listed: list[int] = numbers.tolist()
    return listed


def _among(own: Array, numbers: Array) -> Array:
    """Which of the ascending numbers `own` are among the ascending `numbers`."""
    # `np.isin` looks at all numbers each time: over hours, batch by batch, that is quadratic.
    if len(numbers) == 0:
        return np.zeros(len(own), bool)
    at = np.minimum(np.searchsorted(numbers, own), len(numbers) - 1)
    found: Array = numbers[at] == own
    return found


def _neighboured(batches: Iterator[Any], before: int, after: int) -> Iterator[tuple[Any, Array]]:
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
