"""What a network is taught by: examples, what is kept apart, and how its answers are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ethoframe.contract import Training
from ethoframe.data import Labels
from ethoframe.data.noun import Array
from ethoframe.nets.grouped import Grouped
from ethoframe.nets.network import SETTLED, Network
from ethoframe.score.split import Split, choose

Example = Mapping[str, Array]
"""``picture`` (c, [z,] y, x) with levels from 0 to 1, and a target for each kind of head."""

Judge = Callable[[Sequence[Example], Sequence[Mapping[str, Array]]], Mapping[str, float]]
"""Figures of answers beside their examples; the first is the error that training makes small.

Both are gone through side by side, once: they are made on the way, as all of them may be more than
memory holds."""

Columns = Mapping[str, Array]
"""Of a table, by name."""

Settle = Callable[[Sequence[Example], Sequence[Mapping[str, Array]], bool], Mapping[str, Any]]
"""What is decided once a network is taught, from its answers, ready for JSON: temperatures, levels.

The last argument tells whether the answers are to examples that were kept apart. What is called
``figures`` in it is how right the answers are."""

Table = Callable[[Sequence[Example], Sequence[Mapping[str, Array]], Mapping[str, Any]], Columns]
"""What is kept beside a model of its answers to what was kept apart, and of what was settled."""

Lacking = Callable[
    [Sequence[Example], Mapping[str, Sequence[Mapping[str, Array]]], Mapping[str, Any]],
    Mapping[str, Any],
]
"""What the card says of answers without each group of numbers, and of what was settled."""


class Examples(Protocol):
    """Labelled pictures, made ready as they are asked for."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """One of them, varied by chance; as it is where there is none."""
        ...


@dataclass(frozen=True)
class Fold:
    """Part of the labels as what is asked, and the rest, or what of it is far enough, as teacher.

    Parameters
    ----------
    train, familiar
        As of `Lesson`, of the rest.
    validation
        Examples of the part.
    without
        The same examples, of which one group of numbers tells nothing any more, by its name.
    """

    train: Examples
    validation: Examples
    familiar: Examples | None = None
    without: Mapping[str, Examples] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """All that training needs, and nothing of how it is done.

    Parameters
    ----------
    network
        What is taught.
    train
        Examples to learn from.
    validation
        Examples that are never learned from; there may be none.
    judge
        Of answers to the validation examples.
    weights
        Of each head's loss in the whole; 1 where it is not named.
    rate
        Highest learning rate, unless the user names one.
    batch
        Examples of a step, unless the user names a number.
    told
        What the card says of it: the split, how many labels there were.
    fixed
        Parameters of the method that were decided from the labels.
    settle
        Decides what is left open until the network is taught; None where nothing is.
    familiar
        Examples, as they are, that settle what is not taught step by step; None where all is.
    folds
        Where there are some, each part is answered by what the rest taught; all these answers are
        judged, and settle what is left open. Then `train` teaches, which is all there is.
    table
        What of these answers is kept beside the model; None for nothing.
    lacking
        How much worse answers are where a group of numbers tells nothing; None where none is asked.
    """

    network: Network
    train: Examples
    validation: Examples
    judge: Judge
    weights: Mapping[str, float] = field(default_factory=dict)
    rate: float = 2e-3
    batch: int = 8
    told: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    settle: Settle | None = None
    familiar: Examples | None = None
    folds: Sequence[Fold] = ()
    table: Table | None = None
    lacking: Lacking | None = None

    @property
    def stepwise(self) -> bool:
        """Whether anything is learned step by step."""
        return any(head.kind not in SETTLED for head in self.network.heads)


AT_ONCE = 16
"""Examples that are made together, and answered together."""


def unvaried(examples: Examples) -> Sequence[Example]:
    """All examples as they are, a few of which are in memory at a time."""
    return Grouped(len(examples), lambda some: [examples.example(i, None) for i in some], AT_ONCE)


def stacked(examples: Sequence[Example]) -> dict[str, Array]:
    """Examples as one batch, by what they hold."""
    return {key: np.stack([each[key] for each in examples]) for key in examples[0]}


def parted(
    labels: Labels, training: Training, classes: Sequence[str] | None = None
) -> tuple[Labels, Labels, Split]:
    """Labels to learn from, labels that are kept apart, and how they were parted.

    Parameters
    ----------
    labels
        All of them, frame by frame.
    training
        Which share is kept apart, of what.
    classes
        Of each labelled frame, so that both parts hold every one; where that means something.

    Raises
    ------
    Refusal
        When they cannot be parted so.
    """
    named = labels.columns(("film", "subject"))
    subjects = named["subject"] if all(named["subject"]) else None
    split = choose(
        named["film"],
        subjects,
        labels.origin,
        share=training.validation,
        seed=training.seed,
        how=training.split,  # type: ignore[arg-type]
        classes=classes,
    )
    return labels.take(split.train), labels.take(split.validation), split
