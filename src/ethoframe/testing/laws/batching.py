"""However the frames are cut into batches, the answer is that of the whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ethoframe.contract import FrameMethod, Method, Reduction, SequentialMethod, spec_of
from ethoframe.testing.difference import differences
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case, cut, joined

SIZES = (1, 2, 3, 7)
SEEDS = (0, 1, 2)
FEWEST = 8  # an example with fewer frames is one batch, and cannot show a fault


@law
def batching(method_class: type[Method]) -> Iterator[str]:
    """Any batching equals the whole; a method that takes all at once answers the same twice."""
    case = Case.of(method_class)
    if not case.flows:
        yield from _told("the second time", case.answer(), case.answer())
        return
    frames = case.frames()
    if len(frames) < FEWEST:
        yield f"its example has {len(frames)} frames, and shows nothing with fewer than {FEWEST}"
    whole = case.answer(batch=len(frames))
    for size in SIZES:
        yield from _told(f"in batches of {size}", whole, case.answer(batch=size))
    for seed in SEEDS:
        if isinstance(case.method, FrameMethod):
            yield from _seen_through_windows(case, whole, seed)
        elif isinstance(case.method, SequentialMethod):
            answer = joined(case.stepped(cut(frames, seed))[0])
            yield from _told("in uneven batches", whole, answer)
        elif isinstance(case.method, Reduction):
            yield from _combined(case, whole, seed)


def _told(how: str, whole: object, answer: object) -> Iterator[str]:
    for what in differences(whole, answer):
        yield f"{how}, the answer is not that of the whole: {what}"


def _seen_through_windows(case: Case, whole: object, seed: int) -> Iterator[str]:
    """Each uneven batch with no more around it than the method says that it must see."""
    frames, method = case.frames(), case.method
    assert isinstance(method, FrameMethod)
    reach, answers, first = method.reach(spec_of(case.main)), [], 0
    for batch in cut(frames, seed):
        start = max(0, first - reach.before)
        window = frames.take(slice(start, first + len(batch) + reach.after))
        answer = method.apply(window, **case.side)
        if not np.array_equal(answer.numbers, window.numbers):
            yield f"it answers the frames {answer.numbers} when given {window.numbers}"
            return
        answers.append(answer.take(slice(first - start, first - start + len(batch))))
        first += len(batch)
    yield from _told(f"seeing no more than {reach}", whole, joined(answers))


def _combined(case: Case, whole: object, seed: int) -> Iterator[str]:
    """Chunks in any order, combined in any association."""
    method, chance = case.method, np.random.default_rng(seed)
    assert isinstance(method, Reduction)
    for order in ("in order", "in any order"):
        parts = [method.chunk(batch, **case.side) for batch in cut(case.frames(), seed)]
        if order == "in any order":
            parts = [parts[i] for i in chance.permutation(len(parts))]
        while len(parts) > 1:
            at = int(chance.integers(len(parts) - 1))
            parts[at : at + 2] = [method.combine(parts[at], parts[at + 1])]
        answer = method.finalise(parts[0], **case.side)
        yield from _told(f"combined {order}, in any association", whole, answer)
