"""Which frames to label next: those a method is unsure of, and that are unlike each other.

The unsurest frames alone would be twenty neighbours of one hard moment; the most different ones
alone would be oddities that are right already. Frames are therefore drawn one after the other, each
the one whose doubt times its distance from all that were drawn before is greatest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

LEAST = 0.02
"""No frame is doubted less: of two that are sure the one that is less like the others is drawn."""

JUMPED = 5.0
"""Robust standard deviations: a step as much longer than usual steps is doubted wholly."""

SPREAD = 1.4826
"""Standard deviations of a normal distribution in one median absolute deviation of it."""


@dataclass(frozen=True)
class Suggested:
    """A frame to label.

    Parameters
    ----------
    row
        Which of the frames that were looked at.
    doubt
        How unsure the method is of it, 0 to 1.
    novelty
        How unlike the frames drawn before it is: 0 as one of them, 1 as those that are most unlike.
    """

    row: int
    doubt: float
    novelty: float


def suggested(
    doubt: Array,
    features: Array,
    times_s: Array,
    count: int,
    *,
    films: Sequence[str] = (),
    apart_s: float = 1.0,
    taught: Array | None = None,
) -> tuple[Suggested, ...]:
    """Frames to label next, the first the most worth it.

    Parameters
    ----------
    doubt
        How unsure the method is of each frame ``(n,)``, 0 to 1; NaN is 1.
    features
        What tells frames apart ``(n, d)``: their distance says how unlike two are.
    times_s
        Seconds ``(n,)``.
    count
        How many are wanted.
    films
        Which film each frame is of; all of one when left out.
    apart_s
        No two frames of a film are nearer in time: there may be fewer than `count`.
    taught
        Features ``(m, d)`` of frames that were labelled before: what is like them is not new.

    Raises
    ------
    ValueError
        When frames have not one of everything.

    References
    ----------
    Gonzalez, Theor. Comput. Sci. 38 (1985), 293-306 (farthest point first). Sener & Savarese, ICLR
    2018 (to choose labels). Yang et al., Int. J. Comput. Vis. 113 (2015), 113-127 (with doubt).

    Examples
    --------
    >>> features = np.array([[0.0], [0.1], [9.0], [9.1]])
    >>> told = suggested(np.array([0.5, 0.9, 0.4, 0.3]), features, np.arange(4.0) * 5, 2)
    >>> [each.row for each in told]
    [1, 2]
    """
    doubt, n = np.nan_to_num(np.asarray(doubt, np.float64), nan=1.0), len(doubt)
    features, times_s = np.asarray(features, np.float64), np.asarray(times_s, np.float64)
    if not len(features) == len(times_s) == n or len(films) not in (0, n):
        raise ValueError(f"{n} frames need one row of features, one time and one film each")
    far = _from_all(features, taught if taught is not None else features[:0])
    scale, free = _scale(features, far), np.ones(n, bool)
    drawn: list[Suggested] = []
    while len(drawn) < count and free.any():
        one = _most_worth(doubt, far, scale, free)
        drawn.append(one)
        far = np.minimum(far, np.linalg.norm(features - features[one.row], axis=1))
        free[one.row] = False
        free &= ~(_of_film(films, one.row, n) & (np.abs(times_s - times_s[one.row]) < apart_s))
    return tuple(drawn)


def _of_film(films: Sequence[str], row: int, n: int) -> Array:
    """Whether frames are of the same film as that of a row ``(n,)``."""
    return np.array([name == films[row] for name in films], bool) if films else np.ones(n, bool)


def _most_worth(doubt: Array, far: Array, scale: float, free: Array) -> Suggested:
    """Of the frames that are free, the one whose doubt times its distance is greatest."""
    novelty = np.minimum(far / scale, 1.0) if scale > 0 else np.ones(len(doubt))
    worth = np.clip(doubt, LEAST, 1.0) * novelty
    row = int(np.argmax(np.where(free, worth, -1.0)))
    return Suggested(row, float(doubt[row]), float(novelty[row]))


def of_points(position: Array, confidence: Array) -> Array:
    """How unsure a method is of keypoints, frame by frame ``(n,)``, 0 to 1.

    One less the confidence of a frame's keypoints: half of it of the worst, half of them all, so
    that one lost ear is doubted, and a lost animal more.

    Parameters
    ----------
    position
        ``(n, 2, keypoint)``; NaN where there is none, which is doubted wholly.
    confidence
        ``(n, keypoint)`` from 0 to 1.

    Examples
    --------
    >>> of_points(np.zeros((2, 2, 2)), np.array([[1.0, 1.0], [1.0, 0.5]])).tolist()
    [0.0, 0.375]
    """
    known = np.isfinite(position).all(axis=1)
    unsure = 1 - np.where(known, np.clip(np.nan_to_num(confidence), 0, 1), 0.0)
    if not unsure.shape[1]:
        return np.ones(len(unsure))
    mixed: Array = (unsure.max(axis=1) + unsure.mean(axis=1)) / 2
    return mixed


def of_jumps(steps: Array) -> Array:
    """How unlikely a step to the next frame is, 0 to 1 ``(n,)``.

    Parameters
    ----------
    steps
        How far each keypoint is from where it is in the very next frame ``(n, keypoint)``, in px;
        NaN, where one of both is not known, is not doubted here.

    Returns
    -------
    Array
        Of the farthest keypoint: 0 up to the usual step, 1 from `JUMPED` robust standard deviations
        beyond it, in logarithms, as steps of animals are spread over orders of magnitude.

    Examples
    --------
    >>> of_jumps(np.array([[1.0], [1.2], [0.9], [1.1], [80.0]])).round(2).tolist()[-1]
    1.0
    """
    logs = np.log1p(np.asarray(steps, np.float64))
    known = np.isfinite(logs)
    doubt = np.zeros(logs.shape)
    for k in range(logs.shape[1]):
        column = logs[known[:, k], k]
        if not len(column):
            continue
        middle = float(np.median(column))
        spread = SPREAD * float(np.median(np.abs(column - middle)))
        doubt[:, k] = np.clip((logs[:, k] - middle) / (JUMPED * max(spread, 0.05)), 0, 1)
    doubt[~known] = 0.0
    most: Array = doubt.max(axis=1, initial=0.0)
    return most


def of_classes(probabilities: Array) -> Array:
    """How unsure a method is of classes ``(n,)``: entropy over its greatest, 0 to 1; NaN is 1.

    Parameters
    ----------
    probabilities
        ``(n, class)``.

    Examples
    --------
    >>> of_classes(np.array([[0.5, 0.5], [1.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    table = np.asarray(probabilities, np.float64)
    known, classes = np.isfinite(table).all(axis=1), table.shape[1]
    share = np.clip(np.nan_to_num(table), 1e-12, 1.0)
    entropy = -(share * np.log(share)).sum(axis=1) / np.log(max(classes, 2))
    found: Array = np.where(known, np.clip(entropy, 0.0, 1.0).round(9), 1.0)
    return found


def either(*doubts: Array) -> Array:
    """Doubts for several reasons as one: what remains when each may be the one that is right.

    Examples
    --------
    >>> either(np.array([0.5, 0.0]), np.array([0.5, 0.0])).tolist()
    [0.75, 0.0]
    """
    left = np.ones(len(doubts[0]))
    for each in doubts:
        left = left * (1 - np.asarray(each, np.float64))
    return np.asarray(1 - left)


def _from_all(features: Array, others: Array) -> Array:
    """How far each row is from the nearest of others; infinite where there is none."""
    far = np.full(len(features), np.inf)
    for other in np.asarray(others, np.float64):
        far = np.minimum(far, np.linalg.norm(features - other, axis=1))
    return far


def _scale(features: Array, far: Array) -> float:
    """The distance that counts as wholly unlike: of rows from the middle, or from what is known."""
    if not len(features):
        return 0.0
    known = far[np.isfinite(far)]
    if not len(known):
        known = np.linalg.norm(features - features.mean(axis=0), axis=1)
    return float(np.quantile(known, 0.95))
