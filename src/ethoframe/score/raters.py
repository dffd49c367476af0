"""What several people drew in the same picture: how far they agree, and what they drew together.

How well people agree with each other is the human ceiling: an answer that agrees with them as well
as they do cannot be told from one of them, and no score beyond that can be defended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import Estimate, estimate, mean

MOST_ROUNDS = 200
SETTLED = 1e-7
"""STAPLE has ended when no rater's sensitivity or specificity moves by more."""


@dataclass(frozen=True)
class Staple:
    """What is truly there, as far as several masks say, and how good each of them is.

    Parameters
    ----------
    probability
        Of each pixel to be inside ``([z,] y, x)``.
    sensitivity, specificity
        Of each mask ``(raters,)``.
    """

    probability: Array
    sensitivity: Array
    specificity: Array

    @property
    def mask(self) -> Array:
        """Pixels that are rather inside than not."""
        inside: Array = self.probability > 0.5
        return inside


@dataclass(frozen=True)
class RaterScore:
    """How the masks of one picture agree.

    Parameters
    ----------
    pairs
        Dice of every two raters.
    consensus
        Dice of each rater and what most of the others drew: of two, simply the other's mask.
    spread
        Standard deviation of the area over the raters, over its mean; 0 where nobody drew anything.
    answer
        Dice of the answer and each rater; empty where none was given.
    answer_majority, answer_staple
        Dice of the answer and what most drew, and what STAPLE finds; NaN where none was given.
    name, label
        The picture and the label in it, which the caller fills in.
    """

    pairs: Mapping[tuple[str, str], float]
    consensus: Mapping[str, float]
    spread: float
    answer: Mapping[str, float]
    answer_majority: float = float("nan")
    answer_staple: float = float("nan")
    name: str = ""
    label: str = ""

    @property
    def between_people(self) -> float:
        """Mean Dice of every two raters: the human ceiling."""
        return float(np.mean(list(self.pairs.values())))

    @property
    def with_people(self) -> float:
        """Mean Dice of the answer and each rater; NaN where none was given."""
        return float(np.mean(list(self.answer.values()))) if self.answer else float("nan")


def rater_score(masks: Mapping[str, Array], answer: Array | None = None) -> RaterScore:
    """Agreement of the masks that people drew in one picture, and of an answer with them.

    Parameters
    ----------
    masks
        By rater, of one shape ``([z,] y, x)``; where they are not 0. Two masks without any pixel
        agree (Dice 1), as in `score.masks`.
    answer
        A mask to be compared with theirs.

    Raises
    ------
    ValueError
        When there are fewer than two raters, or shapes differ.

    Examples
    --------
    >>> drawn = np.zeros((3, 6), bool)
    >>> drawn[0, :4], drawn[1, :4], drawn[2, 1:4] = True, True, True
    >>> told = rater_score(dict(zip("abc", drawn)))
    >>> round(told.between_people, 3), told.consensus["a"]
    (0.905, 0.8571428571428571)
    """
    if len(masks) < 2:
        raise ValueError("agreement needs two raters or more")
    drawn = {name: np.asarray(mask) != 0 for name, mask in masks.items()}
    shapes = {mask.shape for mask in [*drawn.values(), *([] if answer is None else [answer])]}
    if len(shapes) > 1:
        raise ValueError(f"masks of one size are needed, not {sorted(shapes)}")
    areas = np.array([np.count_nonzero(mask) for mask in drawn.values()], np.float64)
    given = None if answer is None else np.asarray(answer) != 0
    every = list(drawn.values())
    return RaterScore(
        {(a, b): dice(drawn[a], drawn[b]) for a, b in combinations(drawn, 2)},
        {name: dice(mask, _others(drawn, name)) for name, mask in drawn.items()},
        float(areas.std(ddof=1) / areas.mean()) if areas.any() else 0.0,
        {} if given is None else {name: dice(given, mask) for name, mask in drawn.items()},
        float("nan") if given is None else dice(given, majority(every)),
        float("nan") if given is None else dice(given, staple(every).mask),
    )


def summary(rows: Sequence[RaterScore], whose: Sequence[str]) -> dict[str, Estimate]:
    """Means over pictures, each with its interval; `whose` says which are drawn together."""
    names = ["between_people", "spread"]
    if any(row.answer for row in rows):
        names += ["with_people", "answer_majority", "answer_staple"]
    told = {
        name: estimate([getattr(row, name) for row in rows], mean, whose=whose) for name in names
    }
    raters = list(dict.fromkeys(rater for row in rows for rater in row.consensus))
    for rater in raters:
        agreed = [row.consensus.get(rater, float("nan")) for row in rows]
        told[f"{rater}_with_others"] = estimate(agreed, mean, whose=whose)
    return told


def dice(a: Array, b: Array) -> float:
    """Twice what two masks share over what they hold together; 1 where both hold nothing.

    Examples
    --------
    >>> dice(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    total = int(np.count_nonzero(a)) + int(np.count_nonzero(b))
    return 2 * int(np.count_nonzero(a & b)) / total if total else 1.0


def majority(masks: Sequence[Array]) -> Array:
    """Where more than half of the masks are; of two masks, where both are.

    Examples
    --------
    >>> majority([np.array([1, 1, 0]), np.array([1, 0, 0]), np.array([1, 1, 0])]).astype(int)
    array([1, 1, 0])
    """
    votes = np.sum([np.asarray(mask) != 0 for mask in masks], axis=0)
    most: Array = 2 * votes > len(masks)
    return most


def staple(masks: Sequence[Array]) -> Staple:
    """What is truly there when every rater is right in his own share of pixels in and outside.

    Expectation and maximisation, from raters who are nearly always right; how often a pixel is
    inside is taken to be the mean share of the masks. Pixels of which all say the same are counted
    together, so that it takes as long for a volume as for a picture.

    Parameters
    ----------
    masks
        Of one shape, at least one and at most 16.

    Raises
    ------
    ValueError
        When there are none or more than 16.

    References
    ----------
    Warfield, Zou & Wells, IEEE Trans. Med. Imaging 23 (2004), 903-921.

    Examples
    --------
    >>> right = np.arange(100) < 40
    >>> found = staple([right, right, np.roll(right, 10)])
    >>> bool(np.all(found.mask == right)), found.sensitivity.round(2).tolist()
    (True, [1.0, 1.0, 0.75])
    """
    if not 1 <= len(masks) <= 16:
        raise ValueError(f"STAPLE takes 1 to 16 masks, not {len(masks)}")
    bits = [(np.asarray(mask) != 0) << k for k, mask in enumerate(masks)]
    said = np.sum(bits, axis=0)
    counts = np.bincount(said.ravel(), minlength=1 << len(masks)).astype(np.float64)
    votes = (np.arange(len(counts))[:, None] >> np.arange(len(masks))) & 1
    inside, (p, q) = _settled(votes, counts)
    return Staple(inside[said], p, q)


def _settled(votes: Array, counts: Array) -> tuple[Array, Array]:
    """Probability of each pattern of votes; sensitivity and specificity ``(2, raters)``."""
    total = max(float(counts.sum()), 1.0)
    prior = float((counts @ votes).mean()) / total
    quality = np.full((2, votes.shape[1]), 0.99999)
    inside = votes.mean(axis=1)
    if not 0 < prior < 1:  # all raters say nothing, or all of it, in every pixel
        return inside, quality
    for _ in range(MOST_ROUNDS):
        p, q = quality
        yes = prior * np.prod(np.where(votes, p, 1 - p), axis=1)
        no = (1 - prior) * np.prod(np.where(votes, 1 - q, q), axis=1)
        inside = yes / np.maximum(yes + no, np.finfo(float).tiny)
        before, quality = quality, _quality(votes, counts, inside)
        if np.abs(quality - before).max() < SETTLED:
            break
    return inside, quality


def _quality(votes: Array, counts: Array, inside: Array) -> Array:
    held, free = counts * inside, counts * (1 - inside)
    tiny = np.finfo(float).tiny
    found = held @ votes / max(float(held.sum()), tiny)
    left = free @ (1 - votes) / max(float(free.sum()), tiny)
    # Never quite certain: else one pixel would weigh more than all others together.
    quality: Array = np.clip([found, left], 1e-9, 1 - 1e-9)
    return quality


def _others(drawn: Mapping[str, Array], name: str) -> Array:
    return majority([mask for other, mask in drawn.items() if other != name])
