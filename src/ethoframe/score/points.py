"""How far predicted keypoints are from where people put them, overall and for each keypoint.

Distances in px, in mm where the pixel size is known, in body lengths (bl) where the animal's length
is. Three numbers go by one name elsewhere, and have their own here: ``mean`` is the mean distance,
which DeepLabCut calls ``rmse``; ``mean_sure`` is that of the sure predictions alone, which it calls
``rmse_pcutoff``; ``rmse`` is the root of the mean squared distance, as the words say.

The rule for nothing. A keypoint that a person labelled and the method did not is *missed*: it has
no distance, so it is told beside the distances, and is wrong in every share and in OKS. A keypoint
that is not labelled (NaN) is taken to be absent: a sure prediction of it is *invented*.

What one person says is scored against what another says in the same way: the human ceiling.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.data.strict import strict
from ethoframe.score.bootstrap import DRAWS, Estimate, median, share
from ethoframe.score.oks import Poses, oks_score, placed, sigmas
from ethoframe.score.together import Together, together


@dataclass(frozen=True)
class Rules:
    """What counts as sure, as near and as alike.

    Parameters
    ----------
    sure
        Confidence from which a prediction counts as made; DeepLabCut's ``pcutoff``.
    within_px, within_bl
        Distances within which a keypoint counts as found (PCK), in px and in body lengths.
    sigma
        Of OKS, for all keypoints or each; that of `score.oks.sigmas` when None.
    margin_px
        Of the box of labelled keypoints, on each side.
    draws
        Of each bootstrap; 0 for no intervals.
    """

    sure: float = 0.6
    within_px: tuple[float, ...] = (5.0, 10.0)
    within_bl: tuple[float, ...] = (0.05, 0.1, 0.2)
    sigma: float | tuple[float, ...] | None = None
    margin_px: float = 0.0
    draws: int = DRAWS


@dataclass(frozen=True)
class KeypointScore:
    """The scores of one keypoint, or of all.

    Parameters
    ----------
    name
        Of the keypoint; ``"all"`` for all of them together.
    labelled, compared, absent
        How many were labelled; how many of these were predicted too; how many were not labelled.
    scores
        By name, each with its interval. Of distances, for each unit: ``mean_px``, ``median_px``,
        ``p95_px``, ``rmse_px``, ``mean_sure_px``. Shares of those labelled: ``within_5_px`` and the
        like, ``missed`` (not predicted) and ``unsure`` (not predicted surely). Of those absent:
        ``invented``. Of all: ``oks``, ``oks_map``, ``oks_mar`` too (see `score.oks`).
    """

    name: str
    labelled: int
    compared: int
    absent: int
    scores: Mapping[str, Estimate]

    def __getitem__(self, name: str) -> Estimate:
        return self.scores[name]


@dataclass(frozen=True)
class PointScore:
    """The scores of predicted keypoints.

    Parameters
    ----------
    overall
        Of all keypoints together, each labelled one counting alike.
    keypoints
        Of each.
    frames
        How many were compared.
    unscaled
        Frames left out of OKS, because what is labelled there has no size.
    says
        How intervals were made, in a sentence.
    """

    overall: KeypointScore
    keypoints: tuple[KeypointScore, ...]
    frames: int
    unscaled: int
    says: str

    def summary(self) -> dict[str, dict[str, Estimate]]:
        """Scores of each keypoint and of ``all``, by name."""
        return {each.name: dict(each.scores) for each in (*self.keypoints, self.overall)}

    def to_json(self) -> str:
        """All of it; what is no number is null."""
        return json.dumps(strict(asdict(self)), allow_nan=False)


def point_score(
    predicted: Array,
    confidence: Array | None,
    truth: Array,
    *,
    keypoints: Sequence[str],
    whose: Sequence[str],
    positions: Sequence[int] | Array | None = None,
    scale: Scale | None = None,
    rules: Rules | None = None,
) -> PointScore:
    """Predicted keypoints beside labelled ones, with intervals.

    Parameters
    ----------
    predicted, truth
        Places ``(n, keypoint, 2)`` in px; NaN where there is none.
    confidence
        Of predictions ``(n, keypoint)``, NaN is 0; all are sure when None, as people are.
    keypoints
        Their names.
    whose, positions
        Recording or subject of each frame, and what puts frames of one in order: so it is known
        what is drawn together (see `score.together`).
    scale, rules
        The pixel size and the animal's length, where known; what counts as sure, near and alike.

    Raises
    ------
    ValueError
        When shapes do not belong together.
    Refusal
        When the animal's length is between keypoints that are not there.

    References
    ----------
    Mathis et al., Nature Neuroscience 21 (2018), 1281-1289 (distances). DeepLabCut 3.0.2,
    `core/metrics` (what its ``rmse`` is). Yang & Ramanan, IEEE Trans. Pattern Anal. Mach. Intell.
    35 (2013), 2878-2890 (PCK). Lin et al., ECCV 2014, 740-755 (OKS).

    Examples
    --------
    >>> truth = np.array([[[0.0, 0.0], [30.0, 40.0]], [[10.0, 0.0], [np.nan, np.nan]]])
    >>> found = truth + [3.0, 4.0]
    >>> told = point_score(found, None, truth, keypoints=["nose", "tail"], whose=["a", "b"])
    >>> told.overall["mean_px"].value, told.overall["within_5_px"].value, told.overall.absent
    (5.0, 1.0, 1)
    """
    rules, scale = rules or Rules(), scale or Scale()
    predicted, sure, truth = _checked(predicted, confidence, truth, keypoints, whose)
    units = together(whose, positions, rules.draws)
    lengths = {"px": np.ones(len(truth)), **scale.per_unit(truth, keypoints, whose)}
    seen = _Seen(distances(predicted, truth), placed(truth), placed(predicted), sure, lengths)
    alike = rules.sigma if rules.sigma is not None else sigmas(keypoints)
    poses = Poses.of(predicted, sure), Poses.of(truth)
    oks = oks_score(*poses, units, alike, rules.margin_px)
    more = {"oks": oks.similarity, "oks_map": oks.precision, "oks_mar": oks.recall}
    overall = _scored("all", seen, units, rules, more)
    each = tuple(_scored(name, seen.only(k), units, rules) for k, name in enumerate(keypoints))
    return PointScore(overall, each, len(truth), oks.unscaled, units.says)


def distances(predicted: Array, truth: Array) -> Array:
    """How far each keypoint is off ``(n, keypoint)``; NaN where either has none.

    Examples
    --------
    >>> distances(np.array([[[3.0, 4.0]]]), np.zeros((1, 1, 2)))
    array([[5.]])
    """
    far: Array = np.hypot(*np.moveaxis(np.asarray(predicted) - np.asarray(truth), -1, 0))
    return np.where(np.isfinite(far), far, np.nan)


@dataclass(frozen=True)
class Scale:
    """How long a pixel and an animal are.

    Parameters
    ----------
    mm_per_px
        Of all frames, or of each ``(n,)``, NaN where it is not known; None where it never is.
    body_px
        The animal's length, likewise; or the names of two keypoints whose distance it is. Then it
        is the median over the labelled frames of each recording (or subject): an animal that curls
        up has grown no shorter, and what is off by as much is no more wrong.
    """

    mm_per_px: float | Array | None = None
    body_px: float | Array | tuple[str, str] | None = None

    def per_unit(
        self, truth: Array, keypoints: Sequence[str], whose: Sequence[str]
    ) -> dict[str, Array]:
        """By how much px are multiplied in each frame ``(n,)``, for each further unit known."""
        told = {}
        if self.mm_per_px is not None:
            told["mm"] = np.broadcast_to(np.asarray(self.mm_per_px, np.float64), len(truth))
        if self.body_px is not None:
            length = self.body_px
            if isinstance(length, tuple):
                length = body_lengths(truth, _ends(length, keypoints), whose)
            long = np.broadcast_to(np.asarray(length, np.float64), len(truth))
            told["bl"] = 1 / np.where(long > 0, long, np.nan)
        return {unit: by for unit, by in told.items() if not np.isnan(by).all()}


def _ends(pair: tuple[str, str], keypoints: Sequence[str]) -> tuple[int, int]:
    for name in pair:
        if name not in keypoints:
            known = ", ".join(keypoints)
            raise Refusal("body length", f"there is no keypoint {name}", f"choose two of {known}")
    return keypoints.index(pair[0]), keypoints.index(pair[1])


def body_lengths(truth: Array, ends: tuple[int, int], whose: Sequence[str]) -> Array:
    """Median distance of two keypoints in all frames of the same recording ``(n,)``, in px.

    NaN where both are labelled in none of its frames.

    Parameters
    ----------
    truth
        Places ``(n, keypoint, 2)``.
    ends
        Which two keypoints.
    whose
        Recording or subject of each frame.
    """
    long = distances(truth[:, ends[0]], truth[:, ends[1]])
    _, index = np.unique(np.asarray(whose, str), return_inverse=True)
    each = np.array([median(long[index == k]) for k in range(index.max(initial=-1) + 1)])
    return each[index] if len(each) else long


@dataclass(frozen=True)
class Paired:
    """Two predictors on the same keypoints of the same frames.

    Parameters
    ----------
    a, b
        Mean error of each.
    difference, ratio
        Of a less b, and of a over b.
    compared
        Keypoints of which both have an error: nothing else is in the figures above.
    only_a, only_b
        Keypoints of which only one of them has: one that gives up where it is hard looks better
        than it is.
    says
        How intervals were made, in a sentence.
    """

    a: Estimate
    b: Estimate
    difference: Estimate
    ratio: Estimate
    compared: int
    only_a: int
    only_b: int
    says: str


def paired(
    a_errors: Array,
    b_errors: Array,
    whose: Sequence[str],
    positions: Sequence[int] | Array | None = None,
    draws: int = DRAWS,
) -> Paired:
    """Mean errors of two predictors, their difference and their ratio, with intervals.

    Both are drawn together, so that what makes a frame hard for both cancels. The upper end of the
    interval of the ratio says by how much a is better at the least.

    Parameters
    ----------
    a_errors, b_errors
        Of the same frames ``(n,)`` or ``(n, keypoint)``; NaN where there is none.
    whose, positions
        As for `point_score`.
    draws
        Of each bootstrap.

    Raises
    ------
    ValueError
        When they are not of the same frames and keypoints.

    References
    ----------
    Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 10 (ratios).

    Examples
    --------
    >>> told = paired(np.array([1.0, 2.0, 1.5]), np.array([2.0, 4.0, 3.0]), ["a", "b", "c"])
    >>> told.ratio.value, told.ratio.high, told.difference.value
    (0.5, 0.5, -1.5)
    """
    a, b = np.asarray(a_errors, np.float64), np.asarray(b_errors, np.float64)
    if a.shape != b.shape or len(a) != len(whose):
        sizes = f"{a.shape}, {b.shape} and {len(whose)} frames"
        raise ValueError(f"errors of the same frames are needed, not {sizes}")
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    units, has_a, has_b = together(whose, positions, draws), ~np.isnan(a), ~np.isnan(b)
    both = has_a & has_b
    rows = np.stack([np.where(both, x, 0.0).sum(axis=1) for x in (a, b, np.ones(a.shape))], axis=1)
    return Paired(
        units.of_sums(rows[:, [0, 2]]),
        units.of_sums(rows[:, [1, 2]]),
        units.of_sums(rows, lambda sums: _over(sums[:, 0].sum() - sums[:, 1].sum(), sums)),
        units.of_sums(rows, lambda sums: share(sums[:, :2])),
        int(both.sum()),
        int((has_a & ~has_b).sum()),
        int((has_b & ~has_a).sum()),
        units.says,
    )


def _over(top: float, sums: Array) -> float:
    of = float(sums[:, 2].sum())
    return float(top) / of if of else float("nan")


@dataclass(frozen=True)
class _Seen:
    """What is known of the keypoints that are scored: all ``(n, keypoint)`` but the last.

    Parameters
    ----------
    far
        Distances in px.
    labelled, predicted
        Where the truth and the prediction have a place.
    confidence
        Of predictions; 0 where there is none.
    lengths
        Of units, how many a px is ``(n,)``.
    """

    far: Array
    labelled: Array
    predicted: Array
    confidence: Array
    lengths: Mapping[str, Array]

    def only(self, keypoint: int) -> _Seen:
        one = slice(keypoint, keypoint + 1)
        far, labelled = self.far[:, one], self.labelled[:, one]
        return _Seen(far, labelled, self.predicted[:, one], self.confidence[:, one], self.lengths)


def _scored(
    name: str,
    seen: _Seen,
    units: Together,
    rules: Rules,
    more: Mapping[str, Estimate] = MappingProxyType({}),
) -> KeypointScore:
    scores: dict[str, Estimate] = {}
    surely = seen.predicted & (seen.confidence >= rules.sure)
    in_px = _distance_scores(seen.far, surely, units)
    for unit, by in seen.lengths.items():
        if np.all(by == by[:1]):  # what is only scaled need not be drawn again
            told = {k: _scaled(each, float(by[0]) if len(by) else 1.0) for k, each in in_px.items()}
        else:
            told = _distance_scores(seen.far * by[:, None], surely, units)
        scores |= {f"{what}_{unit}": each for what, each in told.items()}
    for unit, most in (("px", rules.within_px), ("bl", rules.within_bl)):
        if unit in seen.lengths:
            far = seen.far * seen.lengths[unit][:, None]
            measured = seen.labelled & ~np.isnan(seen.lengths[unit])[:, None]
            for limit in most:
                scores[f"within_{limit:g}_{unit}"] = _part(far <= limit, measured, units)
    scores["missed"] = _part(~seen.predicted, seen.labelled, units)
    scores["unsure"] = _part(~surely, seen.labelled, units)
    scores["invented"] = _part(surely, ~seen.labelled, units)
    labelled, compared = int(seen.labelled.sum()), int((~np.isnan(seen.far)).sum())
    absent = seen.labelled.size - labelled
    return KeypointScore(name, labelled, compared, absent, {**scores, **more})


def _distance_scores(far: Array, surely: Array, units: Together) -> dict[str, Estimate]:
    def sums(values: Array) -> Array:
        known = ~np.isnan(values)
        return np.stack([np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1)], axis=1)

    return {
        "mean": units.of_sums(sums(far)),
        "median": units.of_rows(far, median),
        "p95": units.of_rows(far, _p95),
        "rmse": units.of_sums(sums(far**2), lambda rows: math.sqrt(share(rows))),
        "mean_sure": units.of_sums(sums(np.where(surely, far, np.nan))),
    }


def _p95(rows: Array) -> float:
    known = rows[~np.isnan(rows)]
    return float(np.percentile(known, 95)) if known.size else float("nan")


def _part(so: Array, of: Array, units: Together) -> Estimate:
    return units.of_sums(np.stack([(so & of).sum(axis=1), of.sum(axis=1)], axis=1))


def _scaled(told: Estimate, by: float) -> Estimate:
    return Estimate(told.value * by, told.low * by, told.high * by, told.n, told.level)


def _checked(
    predicted: Array,
    confidence: Array | None,
    truth: Array,
    keypoints: Sequence[str],
    whose: Sequence[str],
) -> tuple[Array, Array, Array]:
    """Places with NaN in both axes or in none, and confidence that is 0 where there is none."""
    expected = (len(whose), len(keypoints), 2)
    places = [np.asarray(each, np.float64) for each in (predicted, truth)]
    for what, each in zip(("predicted", "true"), places, strict=True):
        if each.shape != expected:
            raise ValueError(f"{what} places need shape {expected}, not {each.shape}")
    predicted, truth = (np.where(placed(each)[..., None], each, np.nan) for each in places)
    sure = np.ones(expected[:2]) if confidence is None else np.asarray(confidence, np.float64)
    if sure.shape != expected[:2]:
        raise ValueError(f"confidence needs shape {expected[:2]}, not {sure.shape}")
    return predicted, np.where(placed(predicted), np.nan_to_num(sure), 0.0), truth
