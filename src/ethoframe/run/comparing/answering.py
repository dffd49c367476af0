"""What a method answers to labelled frames, each by itself, and how that is scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.contract import Method, SequentialMethod, Step
from ethoframe.data import Labelled, Labels, Noun, Refusal, Timed
from ethoframe.data.noun import Array
from ethoframe.run.comparing.yardstick import Scores, Yardstick
from ethoframe.run.stream import run_pass

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Answered:
    """Scores of a method's answers.

    Parameters
    ----------
    values
        By metric, of each labelled frame ``(rows, parts)``.
    seconds, frames
        How long it took to read and answer how many frames, the first of all left out.
    refused
        Why frames were not answered, each reason once.
    """

    values: Scores
    seconds: float
    frames: int
    refused: tuple[str, ...] = ()


def answered(
    method: Method, labels: Labels, rows: Array, by: Yardstick, tell: Tell | None = None
) -> Answered:
    """Scores of the answers to labelled frames.

    A method that remembers sees each frame as the first of a recording: labelled frames are few and
    far between, and what lies between them may have been taught.

    Parameters
    ----------
    method
        Ready to be applied.
    labels
        All of them.
    rows
        Which of their rows are answered, rising.
    by
        Scores them.
    tell
        Told how many are done, of how many.
    """
    listed = list(labels.rows())
    values: dict[str, Array] = {}
    refused: dict[str, None] = {}
    seconds, frames, done = 0.0, 0, 0
    for part, chosen in _by_part(labels, rows):
        indices = [listed[row][1] for row in chosen]
        begun = time.perf_counter()
        try:
            if not done:
                answers_of(method, part, indices[:1])  # opens what is opened once
                begun = time.perf_counter()
            answers = answers_of(method, part, indices)
            seconds += time.perf_counter() - begun
            frames += len(indices)
        except Refusal as no:
            answers = [None] * len(indices)
            refused[no.reason] = None
        for row, index, answer in zip(chosen, indices, answers, strict=True):
            truth = said_of(part, index)
            for name, value in by.scores(_alike(answer, truth), truth).items():
                values.setdefault(name, np.full((len(rows), len(value)), np.nan))
                values[name][np.searchsorted(rows, row)] = value
        done += len(indices)
        if tell:
            tell(done, len(rows))
    return Answered(values, seconds, frames, tuple(refused))


def answers_of(method: Method, part: Labelled, indices: Sequence[int]) -> list[Noun | None]:
    """The answer to each of these labelled frames of a recording; None where there is none.

    Raises
    ------
    Refusal
        When the method refuses the recording, or frames cannot be decoded.
    """
    assert isinstance(part.said, Timed)
    numbers = part.said.numbers[list(indices)]
    main = next(iter(method.takes))
    known, step = {main: part.recording}, Step("answer", method, {main: main})
    wanted = np.unique(numbers)
    alone = isinstance(method, SequentialMethod)
    runs = [wanted[k : k + 1] for k in range(len(wanted))] if alone else [wanted]
    found: dict[int, Noun] = {}
    for run in runs:
        answer = run_pass(main, known, [step], run).get("answer")
        if isinstance(answer, Timed):
            found |= {int(n): answer.take([k]) for k, n in enumerate(answer.numbers)}
    return [found.get(int(number)) for number in numbers]


def said_of(part: Labelled, index: int) -> Noun:
    """What was said of one labelled frame."""
    assert isinstance(part.said, Timed)
    return part.said.take([index])


def _alike(answer: Noun | None, truth: Noun) -> Noun | None:
    """The answer, if it is of a picture as large as what was said."""
    sizes = [getattr(noun, "size", None) for noun in (answer, truth)]
    if answer is not None and None not in sizes and sizes[0] != sizes[1]:
        remedy = "compare methods that keep the size of pictures"
        raise Refusal("comparison", f"it answers {sizes[0]} px to {sizes[1]} px", remedy)
    return answer


def _by_part(labels: Labels, rows: Array) -> Iterator[tuple[Labelled, list[int]]]:
    """Each recording with its rows among the chosen ones."""
    first = 0
    for part in labels.parts:
        inside = rows[(rows >= first) & (rows < first + len(part))]
        if len(inside):
            yield part, inside.tolist()
        first += len(part)
