"""How alike two poses are for their size (OKS), and how precise poses are for how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.together import Together, together

THRESHOLDS = tuple(round(0.5 + 0.05 * k, 2) for k in range(10))
"""Of similarity, from 0.5 to 0.95."""

RECALLS = np.linspace(0.0, 1.0, 101)
"""Shares of the true poses at which precision is read off."""

SIGMA = 0.1
"""Of any keypoint, where nobody has measured how far apart people put it; DeepLabCut's."""

PEOPLE: Mapping[str, float] = MappingProxyType(
    {
        "nose": 0.026,
        **dict.fromkeys(("left_eye", "right_eye"), 0.025),
        **dict.fromkeys(("left_ear", "right_ear"), 0.035),
        **dict.fromkeys(("left_shoulder", "right_shoulder"), 0.079),
        **dict.fromkeys(("left_elbow", "right_elbow"), 0.072),
        **dict.fromkeys(("left_wrist", "right_wrist"), 0.062),
        **dict.fromkeys(("left_hip", "right_hip"), 0.107),
        **dict.fromkeys(("left_knee", "right_knee"), 0.087),
        **dict.fromkeys(("left_ankle", "right_ankle"), 0.089),
    }
)
"""What COCO measured for the 17 keypoints of people."""


@dataclass(frozen=True)
class OksScore:
    """How good poses are.

    Parameters
    ----------
    similarity
        Mean OKS of the true poses, the most alike being matched first; a missed one counts as 0.
    precision
        OKS-mAP, from 0 to 1: the mean over `THRESHOLDS` of COCO's average precision.
    recall
        Mean over `THRESHOLDS` of the share of true poses that are found.
    poses
        How many true poses were scored.
    unscaled
        How many were not, because one keypoint (or several in a line) tells no size.
    """

    similarity: Estimate
    precision: Estimate
    recall: Estimate
    poses: int
    unscaled: int


def sigmas(keypoints: Sequence[str]) -> Array:
    """How far each keypoint may be off ``(k,)``: COCO's for people, and else 0.1 for all.

    Examples
    --------
    >>> sigmas(["nose", "left_eye"]).tolist()
    [0.026, 0.025]
    >>> sigmas(["nose", "tail_base"]).tolist()
    [0.1, 0.1]
    """
    known = [PEOPLE.get(name) for name in keypoints]
    return np.array([SIGMA if None in known else sigma for sigma in known], np.float64)


def placed(places: Array) -> Array:
    """Whether each of some places ``(..., 2)`` is known: neither NaN nor infinite."""
    known: Array = np.logical_and.reduce(np.isfinite(places), axis=-1)
    return known


def areas(truth: Array, margin_px: float = 0.0) -> Array:
    """Of the upright box around the labelled keypoints of each pose ``(n,)``, in px².

    NaN where fewer than two keypoints are labelled, or the box is nothing but a line.

    Parameters
    ----------
    truth
        Places ``(n, keypoint, 2)``; NaN where not labelled.
    margin_px
        Added to the box on each of its four sides, as DeepLabCut does.
    """
    seen = placed(truth)
    low = np.min(np.where(seen[..., None], truth, np.inf), axis=1, initial=np.inf)
    high = np.max(np.where(seen[..., None], truth, -np.inf), axis=1, initial=-np.inf)
    sides = np.where((seen.sum(axis=1) > 0)[:, None], high - low, 0.0) + 2 * margin_px
    area: Array = np.prod(sides, axis=1)
    area[(seen.sum(axis=1) < 2) | (area < 1e-8)] = np.nan
    return area


def similarity(
    predicted: Array,
    truth: Array,
    sigma: float | Sequence[float] | Array = SIGMA,
    area_px2: Array | None = None,
) -> Array:
    """OKS of each predicted pose and the true one ``(n,)``, from 0 to 1.

    The mean over labelled keypoints of exp(−d² / (2 s² κ²)): d is the distance, s² the area and
    κ = 2σ. A keypoint that was not predicted counts as 0, one that is not labelled not at all.

    Parameters
    ----------
    predicted, truth
        Places ``(n, keypoint, 2)`` in px; NaN where there is none.
    sigma
        Of all keypoints, or of each ``(keypoint,)``.
    area_px2
        Of each true pose ``(n,)``, such as that of its mask; that of its box when left out.

    References
    ----------
    Lin et al., ECCV 2014, 740-755, and https://cocodataset.org/#keypoints-eval (the definition).
    Ronchi & Perona, ICCV 2017, 369-378 (what it rewards). Lauer et al., Nature Methods 19 (2022),
    496-504 (its use in DeepLabCut: the area of the box of the labelled keypoints).

    Examples
    --------
    >>> truth = np.array([[[0.0, 0.0], [10.0, 10.0]]])
    >>> similarity(truth + [2.0, 0.0], truth).round(4).tolist()  # exp(-4 / (2 · 100 · 0.2²))
    [0.6065]
    """
    area = areas(truth) if area_px2 is None else np.asarray(area_px2, np.float64)
    seen = placed(truth)
    away2 = ((predicted - truth) ** 2).sum(axis=-1)
    scale = 2 * area[:, None] * (2 * np.asarray(sigma, np.float64)) ** 2
    near = np.where(np.isfinite(away2), np.exp(-away2 / np.where(scale > 0, scale, np.nan)), 0.0)
    of = seen.sum(axis=1)
    total = np.where(seen, near, 0.0).sum(axis=1)
    found: Array = np.divide(total, of, out=np.full(len(truth), np.nan), where=of > 0)
    found[np.isnan(area)] = np.nan
    return found


@dataclass(frozen=True)
class Poses:
    """Poses of any number of individuals, each in the frame it belongs to.

    Parameters
    ----------
    place
        Places ``(n, keypoint, 2)`` in px; NaN where there is none.
    frame
        Index of the frame of each pose ``(n,)``.
    sure
        How sure each is ``(n,)``; of no meaning for true ones.
    """

    place: Array
    frame: Array
    sure: Array

    @classmethod
    def of(cls, place: Array, confidence: Array | None = None) -> Poses:
        """One pose a frame, as sure as its keypoints are in the mean.

        Parameters
        ----------
        place
            Places ``(n, keypoint, 2)``.
        confidence
            Of each keypoint ``(n, keypoint)``; all sure when left out.
        """
        seen = placed(place)
        known = np.ones(seen.shape) if confidence is None else np.nan_to_num(confidence)
        total, of = np.where(seen, known, 0.0).sum(axis=1), seen.sum(axis=1)
        return cls(place, np.arange(len(place)), total / np.maximum(of, 1))


def oks_score(
    predicted: Poses,
    truth: Poses,
    units: Together | None = None,
    sigma: float | Sequence[float] | Array = SIGMA,
    margin_px: float = 0.0,
) -> OksScore:
    """OKS-mAP, with intervals.

    Poses of one frame are matched greedily: the surest takes the most similar true pose that is
    still free. As in DeepLabCut a pose needs two keypoints: fewer predicted are no pose, and a true
    pose without a size cannot be scored (where DeepLabCut counts what was predicted there as wrong,
    it is left out here, and counted in `unscaled`). A pose where nothing is labelled is wrong.

    Parameters
    ----------
    predicted, truth
        Poses of frames 0 to n - 1.
    units
        Which of these frames are drawn together; each is its own when left out.
    sigma
        Of all keypoints, or of each.
    margin_px
        Added to the box of the labelled keypoints.

    References
    ----------
    As for `similarity`; DeepLabCut 3.0.2, `core/metrics` (read for the definition).

    Examples
    --------
    >>> truth = Poses.of(np.array([[[0.0, 0.0], [10.0, 10.0]]] * 3))
    >>> oks_score(truth, truth).precision.value
    1.0
    """
    frames = int(max(predicted.frame.max(initial=-1), truth.frame.max(initial=-1))) + 1
    units = together([str(k) for k in range(frames)]) if units is None else units
    area = areas(truth.place, margin_px)
    scaled, labelled = ~np.isnan(area), placed(truth.place)
    unscaled = labelled.any(axis=1) & ~scaled
    posed = placed(predicted.place).sum(axis=1) > 1
    table, frame = [np.zeros((0, _WIDTH))], []
    for k in np.unique(np.concatenate([predicted.frame, truth.frame])):
        found, true = np.flatnonzero(posed & (predicted.frame == k)), truth.frame == k
        found = found[np.argsort(-predicted.sure[found], kind="stable")]
        judged = true & scaled
        alike = _alike(predicted.place[found], truth.place[judged], sigma, area[judged])
        rows = _rows(predicted.sure[found], alike)
        if unscaled[true].any():
            rows = rows[rows[:, _HIT].any(axis=1) | (rows[:, _TRUE] > 0)]
        table.append(rows)
        frame += [k] * len(rows)
    every, drawn = np.concatenate(table), units.each(np.array(frame, np.intp))
    return OksScore(
        drawn.of_sums(every[:, [_OKS, _TRUE]]),
        drawn.of_rows(every, average_precision),
        drawn.of_rows(every, average_recall),
        int(scaled.sum()),
        int(unscaled.sum()),
    )


# One row for each predicted pose: how sure it is, and whether it is right at each threshold. And
# one for each frame with true poses, of which nobody is sure: the sum of OKS, and how many.
_SURE, _HIT, _OKS, _TRUE, _WIDTH = 0, slice(1, 11), 11, 12, 13


def _alike(found: Array, true: Array, sigma: float | Sequence[float] | Array, area: Array) -> Array:
    """OKS of every predicted pose with every true one ``(found, true)``."""
    rows = [similarity(np.broadcast_to(pose, true.shape), true, sigma, area) for pose in found]
    return np.array(rows).reshape(len(found), len(true))


def _rows(sure: Array, alike: Array) -> Array:
    found, true = alike.shape
    rows = np.zeros((found + (true > 0), _WIDTH))
    rows[:found, _SURE] = sure
    for t, threshold in enumerate(THRESHOLDS):
        rows[:found, 1 + t] = _matched(alike, threshold) > 0
    if true:
        rows[-1, _SURE] = np.nan
        rows[-1, [_OKS, _TRUE]] = _closest(alike), true
    return rows


def _matched(alike: Array, threshold: float) -> Array:
    """OKS of each predicted pose, the surest first, with the true one it takes; 0 with none."""
    free, got = np.ones(alike.shape[1], bool), np.zeros(len(alike))
    for k, row in enumerate(alike if len(free) else []):
        best = int(np.argmax(np.where(free, row, -1.0)))
        if free[best] and row[best] >= threshold and row[best] > 0:
            free[best], got[k] = False, row[best]
    return got


def _closest(alike: Array) -> float:
    """The sum of OKS when the two most alike are matched first, and so on."""
    left, total = alike.copy(), 0.0
    for _ in range(min(left.shape)):
        found, true = np.unravel_index(int(np.argmax(left)), left.shape)
        total += float(max(left[found, true], 0.0))
        left[found], left[:, true] = -1.0, -1.0
    return total


def average_precision(rows: Array) -> float:
    """COCO's average precision over all thresholds, of rows as `oks_score` makes them.

    Precision at a share of found poses is the best at that share or more, and the mean of it is
    taken over `RECALLS`. 0 where nothing is predicted, NaN where nothing is true.
    """
    total = rows[:, _TRUE].sum()
    found = rows[~np.isnan(rows[:, _SURE])]
    if not total:
        return float("nan")
    if not len(found):
        return 0.0
    right = np.cumsum(found[np.argsort(-found[:, _SURE], kind="stable"), _HIT], axis=0)
    precision = right / np.arange(1, len(found) + 1)[:, None]
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    told = np.zeros((len(RECALLS), len(THRESHOLDS)))
    for t in range(len(THRESHOLDS)):
        at = np.searchsorted(right[:, t] / total, RECALLS)
        told[at < len(found), t] = precision[at[at < len(found)], t]
    return float(told.mean())


def average_recall(rows: Array) -> float:
    """Share of true poses found, in the mean over thresholds; NaN where nothing is true."""
    total = rows[:, _TRUE].sum()
    return float(rows[:, _HIT].sum() / total / len(THRESHOLDS)) if total else float("nan")
