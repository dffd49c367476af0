"""From scores of moments to probabilities that may be believed, and to episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.behave._spans import hysteresis
from ethoframe.nets.lesson import Example
from ethoframe.score.calibration import temperature, tempered
from ethoframe.score.choice import best

HEAVIEST = 10.0
"""How much more a moment of a rare class counts than one of an even one, at most."""

LEAST = 1e-12
"""No probability counts as less in a log loss."""

UNJUDGED = "not calibrated: no time was kept apart"

Answers = Sequence[Mapping[str, Array]]
"""Of each example, by the kind of head."""

Sides = tuple[Array, Array]


@dataclass(frozen=True)
class Probabilities:
    """How scores are made probabilities, as was decided by time that was kept apart.

    Parameters
    ----------
    kind
        Of the head whose scores they are.
    temperature
        What scores are divided by, once offsets are added: which class is the most probable stays
        as it is, however little time there was to choose it by.
    offsets
        Added first ``(k,)``: they take back that rare classes counted for more.
    says
        How it was decided.
    levels
        Probability of each class but the last from which it rather goes on than not ``(k - 1,)``;
        one half where they are left out.

    Examples
    --------
    >>> Probabilities("trees", 1.0, np.zeros(2), "").of(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """

    kind: str
    temperature: float
    offsets: Array
    says: str
    levels: Array | None = None

    def of(self, scores: Array) -> Array:
        """Probabilities of scores ``(t, k)``."""
        return tempered(scores + self.offsets, self.temperature)

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        levels = [] if self.levels is None else self.levels.tolist()
        return {**vars(self), "offsets": self.offsets.tolist(), "levels": levels}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Probabilities:
        """From what `to_json` gave."""
        offsets = np.array(told["offsets"], np.float64)
        levels = np.array(told.get("levels") or [0.5] * (len(offsets) - 1))
        plain = {name: told[name] for name in ("kind", "temperature", "says")}
        return cls(**plain, offsets=offsets, levels=levels)


@dataclass(frozen=True)
class Judging:
    """How answers are judged, and made probabilities.

    Parameters
    ----------
    weights
        How much each class counts when all is taught ``(k,)``.
    kinds
        Of heads that may answer; where either would do, the first is taken.
    """

    weights: Array
    kinds: tuple[str, ...]

    def __call__(self, examples: Sequence[Example], answers: Answers) -> dict[str, float]:
        """Mean log loss in nats and the share of moments that are right, of what is taught last."""
        kind = next((kind for kind in reversed(self.kinds) if answers and kind in answers[0]), "")
        told, truth = self._gathered(examples, answers, kind)
        scores, every = np.concatenate(told), np.concatenate(truth)
        right = scores.argmax(axis=1) == every
        return {"log_loss": float(_lost(scores, every).mean()), "accuracy": float(right.mean())}

    def settle(self, examples: Sequence[Example], answers: Answers, kept: bool) -> dict[str, Any]:
        """Which head answers, and how its scores are made probabilities."""
        offsets = -np.log(self.weights)
        if not kept:
            return Probabilities(self.kinds[0], 1.0, offsets, UNJUDGED).to_json()
        ways, lost = {}, {}
        for kind in self.kinds:
            ways[kind] = self.read(examples, answers, kind)
            lost[kind] = self._lost_of(examples, answers, ways[kind])
        # Its own offsets: answers that were apart had those of what taught them.
        return replace(ways[best(lost)], offsets=offsets).to_json() | {
            "log_losses": {kind: float(np.mean(each)) for kind, each in lost.items()}
        }

    def read(self, examples: Sequence[Example], answers: Answers, kind: str) -> Probabilities:
        """How scores, offsets added, are made probabilities, by answers to what was apart."""
        told, truth = self._gathered(examples, answers, kind)
        scores, every = np.concatenate(told), np.concatenate(truth)
        says = f"calibrated by a temperature on {len(every)} moments that were kept apart"
        warm = temperature(scores, every)
        plain = Probabilities(kind, warm, np.zeros(scores.shape[1]), says)
        levels = np.array([level(own) for own in plain.of(scores)[:, :-1].T])
        return replace(plain, levels=levels)

    def scores(self, example: Example, answer: Mapping[str, Array], kind: str) -> Sides:
        """Which moments of a stretch have a class ``(t,)``, and the scores of these ``(m, k)``.

        What rare classes counted for more is taken back.
        """
        known = example["moment"][0] >= 0
        scores = answer[kind][:, 0].T[known].astype(np.float64)
        return known, scores - np.log(np.asarray(example["class_weight"], np.float64))

    def lost(self, examples: Sequence[Example], answers: Answers, told: Probabilities) -> float:
        """Mean log loss of moments, in nats."""
        plain = replace(told, offsets=np.zeros(len(told.offsets)))
        scores, truth = self._gathered(examples, answers, told.kind)
        every = np.concatenate(scores) / plain.temperature
        return float(_lost(every, np.concatenate(truth)).mean())

    def _lost_of(self, examples: Sequence[Example], answers: Answers, told: Probabilities) -> Array:
        """Mean log loss of each stretch: moments of one are alike, and tell once."""
        scores, truth = self._gathered(examples, answers, told.kind)
        pairs = zip(scores, truth, strict=True)
        return np.array([_lost(each / told.temperature, own).mean() for each, own in pairs])

    def _gathered(
        self, examples: Sequence[Example], answers: Answers, kind: str
    ) -> tuple[list[Array], list[Array]]:
        """Scores ``(m, k)`` and classes ``(m,)`` of each stretch, where these are known."""
        told, truth = [], []
        for example, answer in zip(examples, answers, strict=True):
            known, scores = self.scores(example, answer, kind)
            told.append(scores)
            truth.append(example["moment"][0][known].astype(np.intp))
        return told, truth


def balanced(codes: Array, classes: int) -> Array:
    """How much each class counts so that all count alike, within bounds ``(k,)``.

    Examples
    --------
    >>> balanced(np.array([0, 0, 0, 1]), 2).round(2).tolist()
    [0.67, 2.0]
    """
    count = np.maximum(np.bincount(codes, minlength=classes), 1e-9)
    weights: Array = np.minimum(len(codes) / (classes * count), HEAVIEST)
    return weights


def level(probable: Array) -> float:
    """The probability from which moments are called, so that F1 is as high as may be expected.

    Of moments with these probabilities, which are taken to be right. It is never above one half:
    where nothing is sure, calling more finds more than it invents.

    References
    ----------
    Lipton, Elkan & Naryanaswamy, ECML PKDD 2014, 225-239.

    Examples
    --------
    >>> level(np.array([0.0, 0.01, 0.99, 1.0])), level(np.array([0.05, 0.05, 0.3, 0.35]))
    (0.5, 0.3)
    """
    ordered = np.sort(probable)[::-1]
    hit = np.cumsum(ordered)
    expected = 2 * hit / (np.arange(1, len(ordered) + 1) + hit[-1]) if len(ordered) else ordered
    if not len(ordered) or hit[-1] <= 0:
        return 0.5
    return float(min(0.5, ordered[int(expected.argmax())]))


def going_on(probable: Array, begins: float, stays: float, levels: Array | None = None) -> Array:
    """Whether each class but the last goes on at each moment ``(t, k - 1)``.

    A class begins when its probability reaches one level, and ends when it falls below another; of
    several at once, the most probable.

    Parameters
    ----------
    probable
        ``(t, k)``; NaN where nothing is known, where nothing goes on.
    begins, stays
        Both levels, about one half.
    levels
        What stands for one half ``(k - 1,)``, where it is not that.

    Examples
    --------
    >>> p = np.array([0.1, 0.7, 0.5, 0.3])
    >>> going_on(np.stack([p, 1 - p], axis=1), 0.6, 0.4)[:, 0].tolist()
    [False, True, True, False]
    """
    held = np.nan_to_num(probable[:, :-1] + (0.0 if levels is None else 0.5 - levels))
    on = np.zeros(held.shape, bool)
    for k, each in enumerate(held.T):
        # Nothing goes on before it began.
        begun = hysteresis(np.append(False, each >= begins), np.append(True, each < stays))
        on[:, k] = begun[1:]
    first = np.where(on, held, -1.0).argmax(axis=1) if held.shape[1] else np.zeros(len(held))
    chosen: Array = on & (np.arange(held.shape[1]) == first[:, None])
    return chosen


def _lost(scores: Array, truth: Array) -> Array:
    """Log loss of each moment in nats."""
    given = tempered(scores, 1.0)[np.arange(len(truth)), truth]
    lost: Array = -np.log(np.maximum(given, LEAST))
    return lost
