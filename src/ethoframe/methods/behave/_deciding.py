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
        return cls(**{**told, "offsets": offsets, "levels": levels})


@dataclass(frozen=True)
class Judging:
    """How answers are judged, and made probabilities.

    Parameters
    ----------
    weights
        How much each class counted in teaching ``(k,)``.
    kinds
        Of heads that may answer; where either would do, the first is taken.
    """

    weights: Array
    kinds: tuple[str, ...]

    def __call__(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[str, float]:
        """Mean log loss in nats and the share of moments that are right, of what is taught last."""
        told, truth = _gathered(examples, answers)
        kind = next(kind for kind in reversed(self.kinds) if kind in told)
        scores = np.concatenate(told[kind]) - np.log(self.weights)
        right = scores.argmax(axis=1) == np.concatenate(truth)
        lost = _lost(scores, np.concatenate(truth))
        return {"log_loss": float(lost.mean()), "accuracy": float(right.mean())}

    def settle(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]], kept: bool
    ) -> dict[str, Any]:
        """Which head answers, and how its scores are made probabilities."""
        offsets = -np.log(self.weights)
        if not kept:
            return Probabilities(self.kinds[0], 1.0, offsets, UNJUDGED).to_json()
        told, truth = _gathered(examples, answers)
        every = np.concatenate(truth)
        says = f"calibrated by a temperature on {len(every)} moments that were kept apart"
        ways, lost = {}, {}
        for kind in self.kinds:
            warm = temperature(np.concatenate(told[kind]) + offsets, every)
            scores = np.concatenate(told[kind])
            plain = Probabilities(kind, warm, offsets, says)
            levels = np.array([level(own) for own in plain.of(scores)[:, :-1].T])
            ways[kind] = replace(plain, levels=levels)
            # Moments of one stretch are alike: each stretch tells once how much was lost in it.
            lost[kind] = np.array(
                [
                    _lost((scores + offsets) / warm, own).mean()
                    for scores, own in zip(told[kind], truth, strict=True)
                ]
            )
        return ways[best(lost)].to_json()


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


def _gathered(
    examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
) -> tuple[dict[str, list[Array]], list[Array]]:
    """Scores ``(m, k)`` of each kind and classes ``(m,)``, of each stretch where they are known."""
    told: dict[str, list[Array]] = {}
    truth = []
    for example, answer in zip(examples, answers, strict=True):
        said = example["moment"][0]
        known = said >= 0
        truth.append(said[known].astype(np.intp))
        for kind, scores in answer.items():
            told.setdefault(kind, []).append(scores[:, 0].T[known].astype(np.float64))
    return told, truth


def _lost(scores: Array, truth: Array) -> Array:
    """Log loss of each moment in nats."""
    given = tempered(scores, 1.0)[np.arange(len(truth)), truth]
    lost: Array = -np.log(np.maximum(given, LEAST))
    return lost
