"""A method and its own example, taken apart so that laws can try what a runner might do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ethoframe.contract import (
    Learned,
    Memory,
    Method,
    Reduction,
    SequentialMethod,
    WholeMethod,
    spec_of,
)
from ethoframe.contract.spec import Spec
from ethoframe.data import Noun, Recording, Timed
from ethoframe.data.noun import Array
from ethoframe.run import apply
from ethoframe.testing.laws.taught import taught


@dataclass(frozen=True)
class Case:
    """A method with inputs to run it on.

    Parameters
    ----------
    method
        With its parameters.
    inputs
        By name.
    """

    method: Method
    inputs: Mapping[str, Any]

    @classmethod
    def of(cls, method_class: type[Method]) -> Case:
        """The method with its defaults, on its own example; a learned one taught by its sample."""
        learned = issubclass(method_class, Learned)
        method = taught(method_class) if learned else method_class()
        return cls(method, dict(method_class.example()))

    @property
    def flows(self) -> bool:
        """Whether frames come in batches."""
        return not isinstance(self.method, WholeMethod)

    @property
    def main(self) -> Any:
        """The input that flows."""
        return self.inputs[next(iter(self.method.takes))]

    @property
    def side(self) -> dict[str, Any]:
        """The other inputs."""
        main = next(iter(self.method.takes))
        return {name: noun for name, noun in self.inputs.items() if name != main}

    @property
    def specs(self) -> dict[str, Spec]:
        """Specs of the inputs."""
        return {name: spec_of(noun) for name, noun in self.inputs.items()}

    def answer(self, batch: int | None = None, tile_px: int | None = None) -> Any:
        """What the runner says."""
        return apply(self.method, batch=batch, tile_px=tile_px, **self.inputs)

    def frames(self) -> Any:
        """All that will flow, in memory."""
        main = self.main
        if isinstance(self.method, Reduction):
            return _chosen(main, self.method.visits(spec_of(main)))
        return _chosen(main, np.arange(len(main))) if isinstance(main, Recording) else main

    def stepped(self, batches: Iterator[Any]) -> tuple[list[Any], Memory]:
        """The answers of a sequential method, batch by batch, and what it remembers at the end."""
        assert isinstance(self.method, SequentialMethod)
        memory, answers = self.method.start(**self.specs), []
        for batch in batches:
            answer, memory = self.method.step(batch, memory, **self.side)
            answers.append(answer)
        answers.append(self.method.finish(memory, **self.side))
        return [answer for answer in answers if answer is not None], memory


def joined(parts: list[Any]) -> Any:
    """Parts of an answer as one; None when there are none."""
    return type(parts[0]).joined(parts) if parts else None


def cut(frames: Timed, seed: int) -> Iterator[Any]:
    """The frames in uneven batches, chosen by chance."""
    chance = np.random.default_rng(seed)
    inside = np.arange(1, max(1, len(frames)))
    cuts = np.sort(chance.choice(inside, min(len(inside), 4), replace=False))
    for start, stop in pairwise([0, *cuts.tolist(), len(frames)]):
        yield frames.take(slice(start, stop))


def _chosen(main: Noun, numbers: Array) -> Any:
    if isinstance(main, Recording):
        return main.frames(numbers.tolist())
    assert isinstance(main, Timed)
    return main.take(np.flatnonzero(np.isin(main.numbers, numbers)))
