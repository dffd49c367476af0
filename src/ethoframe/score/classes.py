"""How good class probabilities are: right, sharp, and as sure as they ought to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import DRAWS, Estimate
from ethoframe.score.calibration import Calibration, auroc, calibrated
from ethoframe.score.together import together

LEAST = 1e-12
"""No probability counts as less in a log loss, so that one certain error is not infinite."""


@dataclass(frozen=True)
class ClassScore:
    """How good class probabilities are.

    Parameters
    ----------
    accuracy
        Share of frames whose most probable class is the true one; a frame without an answer is
        wrong.
    top
        Calibration of the most probable class.
    brier
        Mean over frames of the summed squared distance to the truth, from 0 to 2.
    log_loss
        Mean of −log of the probability given to the truth, in nats.
    auroc
        Mean over classes of the area under the curve of this class against all others: how often a
        frame of the class is given more than one of another, ties counting half.
    unanswered
        Frames whose probabilities are NaN; but for the accuracy, they are left out.
    """

    accuracy: Estimate
    top: Calibration
    brier: Estimate
    log_loss: Estimate
    auroc: Estimate
    unanswered: int


def class_score(
    probabilities: Array,
    truth: Array,
    whose: Sequence[str],
    positions: Sequence[int] | Array | None = None,
    draws: int = DRAWS,
) -> ClassScore:
    """Class probabilities beside true classes, with intervals.

    Parameters
    ----------
    probabilities
        ``(n, classes)``, each row summing to 1; NaN where there is no answer.
    truth
        Index of the true class of each frame ``(n,)``.
    whose, positions
        What is drawn together (see `score.together`).
    draws
        Of each bootstrap; 0 for no intervals.

    Raises
    ------
    ValueError
        When rows do not sum to 1, or a class is not among them.

    References
    ----------
    Guo et al., ICML 2017, 1321-1330. Gneiting & Raftery, J. Am. Stat. Assoc. 102 (2007), 359-378
    (both are proper: nothing gains by saying anything but what it believes). Hand & Till, Machine
    Learning 45 (2001), 171-186 (more than two classes).

    Examples
    --------
    >>> sure = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]])
    >>> told = class_score(sure, np.array([0, 1, 0, 1]), list("abcd"))
    >>> told.accuracy.value, told.auroc.value, round(told.brier.value, 2)
    (1.0, 1.0, 0.15)
    """
    given, truth = np.asarray(probabilities, np.float64), np.asarray(truth, np.intp)
    units = together(whose, positions, draws)
    answered = ~np.isnan(given).any(axis=1)
    _require_probabilities(given[answered], truth, given.shape)
    known, true, own = given[answered], truth[answered], units.each(np.flatnonzero(answered))
    every = np.arange(len(known))
    right = np.zeros(len(given))
    right[answered] = known.argmax(axis=1) == true
    away = ((known - np.eye(given.shape[1])[true]) ** 2).sum(axis=1)
    return ClassScore(
        units.of_rows(right),
        calibrated(known.max(axis=1, initial=0.0), right[answered], own),
        own.of_rows(away),
        own.of_rows(-np.log(np.maximum(known[every, true], LEAST))),
        own.of_rows(np.column_stack([known, true]), _macro_auroc),
        int((~answered).sum()),
    )


def _require_probabilities(given: Array, truth: Array, shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or truth.shape != shape[:1]:
        raise ValueError(f"one true class for each frame is needed: {truth.shape} for {shape}")
    if truth.size and not (truth.min() >= 0 and truth.max() < shape[1]):
        raise ValueError(f"true classes are from 0 to {shape[1] - 1}")
    if given.size and (given.min() < 0 or np.abs(given.sum(axis=1) - 1).max() > 1e-3):
        raise ValueError("probabilities are not negative, and sum to 1 in each frame")


def _macro_auroc(rows: Array) -> float:
    given, true = rows[:, :-1], rows[:, -1]
    told = np.array([auroc(given[:, k], true == k) for k in range(given.shape[1])])
    told = told[~np.isnan(told)]
    return float(told.mean()) if told.size else float("nan")
