"""From a network's scores to probabilities that may be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.nets.labelled import answers_of
from ethoframe.nets.lesson import Example
from ethoframe.nets.network import UNTAUGHT
from ethoframe.nets.pictures import SHARES
from ethoframe.score.calibration import temperature, tempered
from ethoframe.score.choice import best

HEAVIEST = 10.0
"""How much more an example of a rare class counts than of an even one, at most."""

LEAST = 1e-12
"""No probability counts as less in a log loss."""


@dataclass(frozen=True)
class Probabilities:
    """How scores are made probabilities; decided by frames that were kept apart.

    Rare classes count for more while the network is taught, which makes them seem more probable
    than they are; `offsets` take that back.

    Parameters
    ----------
    kind
        Of the answer whose scores they are.
    temperature
        What scores are divided by.
    offsets
        Added to scores after that ``(k,)``.
    share
        How much the whole of a frame counts beside patches.
    says
        How it was decided.

    Examples
    --------
    >>> even = Probabilities("classes", 1.0, np.zeros(2), 1.0, "")
    >>> even.of(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """

    kind: str
    temperature: float
    offsets: Array
    share: float
    says: str

    def of(self, scores: Array) -> Array:
        """Probabilities ``(f, k)`` of the scores of frames ``(f, k)``."""
        return tempered(self.logits(scores), 1.0)

    def logits(self, scores: Array) -> Array:
        """Log probabilities of scores, but for a constant of each frame."""
        return np.asarray(scores / self.temperature + self.offsets)

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {**vars(self), "offsets": self.offsets.tolist()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Probabilities:
        """From what `to_json` gave."""
        return cls(**{**told, "offsets": np.array(told["offsets"], np.float64)})


@dataclass(frozen=True)
class Judging:
    """How scores of examples are judged, and made probabilities.

    Parameters
    ----------
    weights
        How much examples of each class count in teaching ``(k,)``.
    view
        What the network is shown of frames.
    kinds
        Of answers that may be taken; where either would do, the first is. The last one is judged
        while the network is taught.
    """

    weights: Array
    view: str
    kinds: tuple[str, ...]

    def __call__(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[str, float]:
        """Mean log loss in nats, and the share of frames whose most probable class is right."""
        scores, truth = self._scores(examples, answers, self.kinds[-1:])
        lost = {way: _lost(each - np.log(self.weights), truth) for way, each in scores.items()}
        way = best(lost)
        right = (scores[way] - np.log(self.weights)).argmax(axis=1) == truth.argmax(axis=1)
        return {"log_loss": float(lost[way].mean()), "accuracy": float(right.mean())}

    def settle(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]], kept: bool
    ) -> dict[str, Any]:
        """Kind, temperature, offsets and share, by frames that were kept apart."""
        offsets = -np.log(self.weights)
        if not kept:
            closely = self.kinds[-1] == UNTAUGHT and self.view != "whole"
            share = 0.0 if self.view == "patches" or closely else 1.0
            says = "not calibrated: no frames were kept apart"
            return Probabilities(self.kinds[-1], 1.0, offsets, share, says).to_json()
        scores, truth = self._scores(examples, answers, self.kinds)
        says = f"calibrated by a temperature on {len(truth)} frames that were kept apart"
        told = {
            (kind, share): Probabilities(
                kind, temperature(each, truth.argmax(axis=1), offsets), offsets, share, says
            )
            for (kind, share), each in scores.items()
        }
        way = best({way: _lost(told[way].logits(each), truth) for way, each in scores.items()})
        return told[way].to_json()

    def _scores(
        self,
        examples: Sequence[Example],
        answers: Sequence[Mapping[str, Array]],
        kinds: Sequence[str],
    ) -> tuple[dict[tuple[str, float], Array], Array]:
        """Of each kind and share the scores of frames, and the true classes, all ``(f, k)``."""
        told, frames = answers_of(examples, answers, kinds)
        shares = {"whole": (1.0,), "patches": (0.0,)}.get(self.view, SHARES)
        # Likeness is that of what is seen at full resolution, wherever it is looked at.
        nearest = {UNTAUGHT: shares[-1:]}
        ways = [(kind, share) for kind in kinds for share in nearest.get(kind, shares)]
        scores = {(kind, share): told[kind].of_frames(share) for kind, share in ways}
        return scores, np.stack([each["classes"] for each in frames])


def balanced(table: Array) -> Array:
    """How much each class counts so that all count alike, within bounds ``(k,)``.

    Parameters
    ----------
    table
        Classes of examples ``(n, k)``.

    Examples
    --------
    >>> balanced(np.array([[1, 0], [1, 0], [1, 0], [0, 1]])).round(2).tolist()
    [0.67, 2.0]
    """
    count = np.maximum(table.sum(axis=0), 1e-9)
    weights: Array = np.minimum(table.sum() / (table.shape[1] * count), HEAVIEST)
    return weights


def _lost(scores: Array, truth: Array) -> Array:
    """Log loss of each frame ``(f,)`` in nats."""
    given = np.maximum(tempered(scores, 1.0), LEAST)
    lost: Array = -(truth * np.log(given)).sum(axis=1)
    return lost
