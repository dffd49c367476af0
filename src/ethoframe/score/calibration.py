"""Whether a method is right as often as it says it is sure, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import DRAWS, SEED, Estimate
from ethoframe.score.together import Together, together

BINS = 15
"""As many as in Guo et al.; the number is part of the definition."""

CHANCES = 200
"""Draws of what a perfectly calibrated method would seem to be off by."""

COLDEST, HOTTEST = 1e-2, 1e2
"""Temperatures lie between."""


@dataclass(frozen=True)
class Reliability:
    """How often answers are right, by how sure they are: the reliability diagram.

    Parameters
    ----------
    sure, right
        Mean confidence, and share of right answers, in each bin ``(bins,)``; NaN in empty ones.
    count
        Answers in each.
    edges
        Of the bins ``(bins + 1,)``; each holds its upper edge.

    Examples
    --------
    >>> told = reliability(np.array([0.9, 0.9, 0.9, 0.9]), np.array([1, 1, 1, 0]))
    >>> round(told.expected_error, 2), round(told.maximum_error, 2)
    (0.15, 0.15)
    """

    sure: Array
    right: Array
    count: Array
    edges: Array

    @property
    def expected_error(self) -> float:
        """Mean over answers of the gap between both (ECE); NaN of none."""
        return _expected(_flat(self))

    @property
    def maximum_error(self) -> float:
        """The largest gap of any bin (MCE), however few answers are in it; NaN of none."""
        return _maximum(_flat(self))


def reliability(
    confidence: Array, right: Array, bins: int = BINS, by: Literal["width", "count"] = "width"
) -> Reliability:
    """Answers sorted into bins by how sure they are.

    Parameters
    ----------
    confidence
        Of each answer ``(n,)`` from 0 to 1.
    right
        Whether it is right ``(n,)``.
    bins
        How many.
    by
        Bins of equal ``"width"``, or of equal ``"count"``: then equal confidences stay in one bin,
        and there may be fewer.

    Raises
    ------
    ValueError
        When a confidence is NaN or not from 0 to 1.

    References
    ----------
    Murphy & Winkler, Applied Statistics 26 (1977), 41-47. Naeini, Cooper & Hauskrecht, AAAI 2015,
    2901-2907, and Guo et al., ICML 2017, 1321-1330 (ECE and MCE, equal width). Nixon et al., CVPR
    Workshops 2019, 38-41 (equal count).
    """
    confidence, right = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    if not np.all((confidence >= 0) & (confidence <= 1)):
        raise ValueError("a confidence is from 0 to 1")
    edges = np.linspace(0.0, 1.0, bins + 1)
    if by == "count" and len(confidence):
        inner = np.quantile(confidence, edges[1:-1], method="inverted_cdf")
        edges = np.unique(np.concatenate([[0.0], inner, [1.0]]))
    at, kinds = _bin(confidence, edges), len(edges) - 1
    count = np.bincount(at, minlength=kinds)
    sums = [np.bincount(at, values, kinds) for values in (confidence, right)]
    with np.errstate(invalid="ignore"):
        return Reliability(sums[0] / count, sums[1] / count, count, edges)


def _bin(confidence: Array, edges: Array) -> Array:
    at: Array = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, len(edges) - 2)
    return at


def _flat(told: Reliability) -> Array:
    """As one row of sums: answers, confidences and right ones of each bin."""
    sums = [told.count, np.nan_to_num(told.sure) * told.count, told.right * told.count]
    row: Array = np.nan_to_num(np.concatenate(sums))
    return row[None]


def _gaps(rows: Array) -> tuple[Array, Array]:
    count, sure, right = np.split(rows.sum(axis=0), 3)
    return np.abs(sure - right), count


def _expected(rows: Array) -> float:
    gaps, count = _gaps(rows)
    return float(gaps.sum() / count.sum()) if count.any() else float("nan")


def _maximum(rows: Array) -> float:
    gaps, count = _gaps(rows)
    return float(np.max(gaps[count > 0] / count[count > 0])) if count.any() else float("nan")


@dataclass(frozen=True)
class Calibration:
    """Whether confidence can be believed.

    Parameters
    ----------
    expected_error
        ECE, in bins of equal width. It is biased upwards: of few answers the gaps of bins are
        chance, and none of them cancel. `by_chance` says by how much.
    adaptive_error
        The same in bins of equal count.
    maximum_error
        MCE, in bins of equal width; of bins with few answers it is mostly chance.
    by_chance
        The mean ECE that as many answers, as sure as these, would show if every one of them were
        right exactly as often as it says.
    brier
        Mean squared distance to the truth.
    diagram
        Bins of equal width.
    says
        How intervals were made, in a sentence.
    """

    expected_error: Estimate
    adaptive_error: Estimate
    maximum_error: Estimate
    by_chance: float
    brier: Estimate
    diagram: Reliability
    says: str


def calibration(
    confidence: Array,
    right: Array,
    whose: Sequence[str],
    positions: Sequence[int] | Array | None = None,
    draws: int = DRAWS,
) -> Calibration:
    """How far confidence is from the share of right answers, with intervals.

    Bins stay as they are while frames are drawn again.

    Parameters
    ----------
    confidence
        Of each answer ``(n,)``, from 0 to 1.
    right
        Whether it is right ``(n,)``.
    whose, positions
        What is drawn together (see `score.together`).
    draws
        Of each bootstrap; 0 for no intervals.

    References
    ----------
    As for `reliability`. Bröcker & Smith, Weather and Forecasting 22 (2007), 651-661 (what chance
    alone does). Brier, Monthly Weather Review 78 (1950), 1-3.

    Examples
    --------
    >>> told = calibration(np.full(10, 0.8), np.arange(10) < 8, list("abcdefghij"))
    >>> round(told.expected_error.value, 6), round(told.brier.value, 2)
    (0.0, 0.16)
    """
    confidence, right = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    return calibrated(confidence, right, together(whose, positions, draws))


def calibrated(confidence: Array, right: Array, units: Together) -> Calibration:
    """The same, where it is known already what is drawn together."""
    wide, even = (reliability(confidence, right, by=by) for by in ("width", "count"))
    in_wide, in_even = (_binned(confidence, right, told.edges) for told in (wide, even))
    chance, off = np.random.default_rng(SEED), []
    for _ in range(CHANCES if len(confidence) else 0):
        drawn = (chance.random(len(confidence)) < confidence).astype(np.float64)
        off.append(reliability(confidence, drawn).expected_error)
    return Calibration(
        units.of_sums(in_wide, _expected),
        units.of_sums(in_even, _expected),
        units.of_sums(in_wide, _maximum),
        float(np.mean(off)) if off else float("nan"),
        units.of_rows((confidence - right) ** 2),
        wide,
        units.says,
    )


def _binned(confidence: Array, right: Array, edges: Array) -> Array:
    """Of each answer a row that is summed: a count, confidence and whether right in its bin."""
    rows = np.zeros((len(confidence), 3, len(edges) - 1))
    rows[np.arange(len(rows)), :, _bin(confidence, edges)] = np.stack(
        [np.ones(len(rows)), confidence, right], axis=1
    )
    return rows.reshape(len(rows), 3 * (len(edges) - 1))


def auroc(scores: Array, positive: Array) -> float:
    """How often a positive scores higher than a negative, ties counting half.

    NaN where either is wanting.

    Parameters
    ----------
    scores
        ``(n,)``.
    positive
        Whether each is ``(n,)``.

    References
    ----------
    Hanley & McNeil, Radiology 143 (1982), 29-36.

    Examples
    --------
    >>> auroc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    positive = np.asarray(positive, bool)
    more = int(positive.sum())
    less = len(positive) - more
    if not more or not less:
        return float("nan")
    _, at, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[at]
    return float((rank[positive].sum() - more * (more + 1) / 2) / (more * less))


@dataclass(frozen=True)
class PresenceScore:
    """Whether the confidence of keypoints can be believed.

    Parameters
    ----------
    near
        Calibration of "this keypoint is there, and within so many px": an absent one never is.
    auroc_near
        How often such a keypoint is surer than any that is wrong or absent.
    auroc_present
        How often a keypoint that is there is surer than one that is absent.
    false_alarms
        Share of absent keypoints whose confidence reaches the threshold.
    given_up
        Share of those that are there whose confidence does not.
    present, absent
        How many there are.
    """

    near: Calibration
    auroc_near: Estimate
    auroc_present: Estimate
    false_alarms: Estimate
    given_up: Estimate
    present: int
    absent: int


def presence_score(
    confidence: Array,
    errors: Array,
    present: Array,
    whose: Sequence[str],
    positions: Sequence[int] | Array | None = None,
    *,
    within_px: float = 5.0,
    sure: float = 0.6,
    draws: int = DRAWS,
) -> PresenceScore:
    """Confidence of keypoints beside how far off they are, and whether they are there at all.

    Parameters
    ----------
    confidence
        ``(n, keypoint)`` from 0 to 1; NaN, where nothing was predicted, is 0.
    errors
        Distances to the truth in px; NaN where either is wanting (see `score.points.distances`).
    present
        Whether each keypoint was labelled.
    whose, positions
        What is drawn together (see `score.together`).
    within_px
        What counts as right.
    sure
        The threshold of false alarms.
    draws
        Of each bootstrap; 0 for no intervals.

    Raises
    ------
    ValueError
        When a confidence is not from 0 to 1.

    Examples
    --------
    >>> sure, present = np.array([[0.9, 0.8], [0.7, 0.1]]), np.array([[True, True], [True, False]])
    >>> told = presence_score(sure, np.where(present, 2.0, np.nan), present, ["a", "b"])
    >>> told.auroc_present.value, told.false_alarms.value, told.given_up.value
    (1.0, 0.0, 0.0)
    """
    present = np.asarray(present, bool)
    believed = np.nan_to_num(np.asarray(confidence, np.float64))
    near = present & (np.asarray(errors) <= within_px)
    units = together(whose, positions, draws)
    flat = units.each(np.repeat(np.arange(len(present)), present.shape[1]))
    high = believed >= sure
    return PresenceScore(
        calibrated(believed.ravel(), near.ravel().astype(np.float64), flat),
        _auroc(believed, near, flat),
        _auroc(believed, present, flat),
        flat.of_sums(_of(high, ~present)),
        flat.of_sums(_of(~high, present)),
        int(present.sum()),
        int((~present).sum()),
    )


def _auroc(scores: Array, positive: Array, units: Together) -> Estimate:
    rows = np.column_stack([scores.ravel(), positive.ravel()])
    return units.of_rows(rows, lambda table: auroc(table[:, 0], table[:, 1] > 0))


def _of(so: Array, over: Array) -> Array:
    return np.column_stack([(so & over).ravel(), over.ravel()]).astype(np.float64)


def temperature(logits: Array, truth: Array, added: Array | float = 0.0) -> float:
    """By what logits are divided so that their probabilities are most likely to be the truth.

    Above 1 where the method was too sure. Its answers stay as they are. The truth is taken to be as
    sure as n frames can make it, (n + 1) / (n + 2), and what is left goes to the other classes: so
    n frames without an error do not make the method certain.

    Parameters
    ----------
    logits
        ``(n, classes)``; or ``(n,)`` of a yes or no. Of frames the method was not trained on.
    truth
        Index of the true class ``(n,)``; or whether it is so.
    added
        What is added to logits ``(classes,)`` once they are divided: how frequent classes are,
        where the method was taught as if all were as frequent.

    Returns
    -------
    float
        From `COLDEST` to `HOTTEST`.

    Raises
    ------
    Refusal
        When there is no frame, or a logit is not finite.

    References
    ----------
    Guo et al., ICML 2017, 1321-1330 (temperature scaling). Platt, Advances in Large Margin
    Classifiers (1999), 61-74 (how sure n frames can make a truth).

    Examples
    --------
    >>> told = temperature(np.array([4.0, 4.0, 4.0, -4.0]), np.array([1, 1, 0, 0]))
    >>> told > 1
    True
    """
    from scipy.optimize import minimize_scalar

    wide = _two(np.asarray(logits, np.float64))
    truth = np.asarray(truth, np.intp)
    if not len(wide):
        raise Refusal("temperature", "there is no frame to fit it to", "keep some for validation")
    if not np.isfinite(wide).all():
        raise Refusal("temperature", "a logit is not finite", "look at how the net was trained")
    n, classes = wide.shape
    target = np.full((n, classes), 1 / (n + 2) / max(classes - 1, 1))
    target[np.arange(n), truth] = (n + 1) / (n + 2)

    def surprise(log_t: float) -> float:
        return float(-(target * _log_softmax(wide / np.exp(log_t) + added)).sum() / n)

    # In 1 / t it is convex, so that between bounds there is one lowest place, in log t too.
    ends = float(np.log(COLDEST)), float(np.log(HOTTEST))
    found = minimize_scalar(surprise, bounds=ends, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def tempered(logits: Array, t: float) -> Array:
    """Probabilities of logits divided by a temperature, of the shape of the logits.

    Parameters
    ----------
    logits
        ``(n, classes)``, whose probabilities sum to 1; or ``(n,)`` of a yes or no.
    t
        Above 0.

    Examples
    --------
    >>> tempered(np.array([[2.0, 2.0]]), 3.0).tolist(), tempered(np.array([0.0]), 1.0).tolist()
    ([[0.5, 0.5]], [0.5])
    """
    logits = np.asarray(logits, np.float64)
    told: Array = np.exp(_log_softmax(_two(logits) / t))
    return told if logits.ndim == 2 else told[:, 1]


def _two(logits: Array) -> Array:
    """A yes or no as two classes."""
    return logits if logits.ndim == 2 else np.column_stack([np.zeros(len(logits)), logits])


def _log_softmax(logits: Array) -> Array:
    low = logits - logits.max(axis=1, keepdims=True)
    told: Array = low - np.log(np.exp(low).sum(axis=1, keepdims=True))
    return told
