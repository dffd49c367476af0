"""How well objects were found, one by one: which are right, missed, made up, split or merged.

An object of the answer and a true one are the same when their intersection over union (IoU) is
more than a threshold. At 0.5 and above that leaves no choice, for no object can share more than
half with two; below, objects are paired so that as many as possible are, and of such pairings the
one of the largest sum of IoU is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ethoframe.data import LabelMap, Refusal
from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import Estimate, estimate, mean, share
from ethoframe.score.masks import require_same_size, side_by_side

THRESHOLDS = tuple(k / 100 for k in range(50, 100, 5))
"""Of the DSB-2018 score: 0.5, 0.55 ... 0.95."""

DENSE = 1 << 24
"""Bins that are counted in one array; beyond, pairs are sorted."""


@dataclass(frozen=True)
class Overlap:
    """What every true object shares with every object of the answer, pairs that touch only.

    Parameters
    ----------
    truth_area, answer_area
        Pixels of each object ``(n,)`` and ``(m,)``, in rising order of its label.
    pairs
        Indices of a true object and one of the answer ``(k, 2)``.
    shared
        Pixels that lie in both of a pair ``(k,)``.
    """

    truth_area: Array
    answer_area: Array
    pairs: Array
    shared: Array

    @classmethod
    def of(cls, answer: Array, truth: Array) -> Overlap:
        """Counted in label pictures of one shape; 0 is background, labels need not be in a row.

        Raises
        ------
        ValueError
            When their shapes differ, or a label is negative or no whole number.

        Examples
        --------
        >>> both = Overlap.of(np.array([[7, 7, 0]]), np.array([[3, 3, 3]]))
        >>> both.iou
        array([0.66666667])
        """
        if answer.shape != truth.shape:
            raise ValueError(f"labels of one shape are needed, not {answer.shape}, {truth.shape}")
        (t, of_truth), (a, of_answer) = _in_a_row(truth), _in_a_row(answer)
        n, m = len(of_truth), len(of_answer)
        both = np.flatnonzero((t > 0) & (a > 0))
        keys = (t[both].astype(np.int64) - 1) * m + (a[both] - 1)
        if n * m <= DENSE:
            counts = np.bincount(keys, minlength=n * m)
            at = np.flatnonzero(counts)
            shared = counts[at]
        else:
            at, shared = np.unique(keys, return_counts=True)
        return cls(of_truth, of_answer, np.stack(np.divmod(at, max(m, 1)), axis=1), shared)

    @cached_property
    def iou(self) -> Array:
        """Of each pair ``(k,)``."""
        areas = self.truth_area[self.pairs[:, 0]] + self.answer_area[self.pairs[:, 1]]
        ratios: Array = self.shared / (areas - self.shared)
        return ratios

    def matched(self, threshold: float = 0.5) -> Array:
        """Indices of the pairs ``(hits,)`` that are the same object.

        Raises
        ------
        ValueError
            When the threshold is not from 0 to below 1.
        """
        if not 0 <= threshold < 1:
            raise ValueError(f"a threshold is from 0 to below 1, not {threshold}")
        near = np.flatnonzero(self.iou > threshold)
        return near if threshold >= 0.5 else self._paired(near)

    def _paired(self, near: Array) -> Array:
        """The most pairs, and of those the best, in which nobody is twice."""
        from scipy.optimize import linear_sum_assignment

        rows, at_row = np.unique(self.pairs[near, 0], return_inverse=True)
        columns, at_column = np.unique(self.pairs[near, 1], return_inverse=True)
        index = np.full((len(rows), len(columns)), -1)
        index[at_row, at_column] = near
        # One more pair is worth more than any IoU.
        worth = np.where(index >= 0, min(index.shape, default=0) + 1 + self.iou[index], 0.0)
        found: Array = index[linear_sum_assignment(worth, maximize=True)]
        return np.sort(found[found >= 0])


@dataclass(frozen=True)
class InstanceScore:
    """The objects of one picture.

    Parameters
    ----------
    hits
        True objects that were found, at each of `THRESHOLDS`.
    truth, answer
        Number of objects in each.
    iou_sum
        Of the hits at 0.5.
    split
        True objects within which lies more than half of each of two or more objects of the answer.
    merged
        Objects of the answer within which lies more than half of each of two or more true ones.
    missed
        True objects of which the answer leaves more than half to the background.
    extra
        Objects of the answer more than half of which is background in truth.
    answered
        Whether there was an answer; without one every score is 0, even where nothing is true.
    name, frame
        The picture and the frame number, which the caller fills in.
    """

    hits: tuple[int, ...]
    truth: int
    answer: int
    iou_sum: float
    split: int
    merged: int
    missed: int
    extra: int
    answered: bool = True
    name: str = ""
    frame: int = 0

    def accuracy(self, index: int = 0) -> float:
        """TP / (TP + FP + FN) at a threshold; 1 where there is nothing, and nothing was found."""
        hits = self.hits[index]
        return self._ratio(hits, self.truth + self.answer - hits)

    @property
    def precision(self) -> float:
        """Of the objects of the answer those that are right (IoU > 0.5).

        Of none it is 1 where there are no true ones, and 0 where there are: whoever finds nothing
        is never precise.
        """
        return self._ratio(self.hits[0], self.answer or self.truth)

    @property
    def recall(self) -> float:
        """Of the true objects those that were found (IoU > 0.5); of none, 1 if none was claimed."""
        return self._ratio(self.hits[0], self.truth or self.answer)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); RQ of panoptic quality.

        It is 1 where there is nothing to find, and nothing was found.
        """
        return self._ratio(2 * self.hits[0], self.truth + self.answer)

    @property
    def ap(self) -> float:
        """TP / (TP + FP + FN), averaged over the thresholds 0.5, 0.55 ... 0.95 (DSB-2018)."""
        return float(np.mean([self.accuracy(k) for k in range(len(THRESHOLDS))]))

    @property
    def sq(self) -> float:
        """Mean IoU of the hits; NaN of none."""
        return self.iou_sum / self.hits[0] if self.hits[0] else float("nan")

    @property
    def pq(self) -> float:
        """Panoptic quality: sum of the IoU of hits over (TP + FP / 2 + FN / 2)."""
        total = (self.truth + self.answer) / 2
        return self._ratio(self.iou_sum, total)

    def _ratio(self, part: float, whole: float) -> float:
        return part / whole if whole else float(self.answered)


def instance_score(answer: Array, truth: Array) -> InstanceScore:
    """Scores of the objects in label pictures or volumes of one shape; 0 is background.

    Every connected or unconnected set of pixels with one label is one object. Of two empty pictures
    every ratio is 1: nothing was to be found, and nothing was.

    Raises
    ------
    ValueError
        As `Overlap.of`.

    References
    ----------
    Caicedo et al., Nature Methods 16 (2019), 1247-1253 (DSB-2018). Kirillov et al., Proc. CVPR
    (2019), 9404-9413 (panoptic quality; that IoU > 0.5 leaves one match).

    Examples
    --------
    >>> truth = np.array([[1, 1, 0, 2, 2, 2]])
    >>> found = instance_score(np.array([[5, 5, 0, 6, 6, 0]]), truth)
    >>> found.hits[:4], found.f1, round(found.pq, 3)
    ((2, 2, 2, 2), 1.0, 0.833)
    """
    overlap = Overlap.of(answer, truth)
    hit = overlap.matched(THRESHOLDS[0])
    iou = overlap.iou[hit]
    in_truth, in_answer = overlap.pairs.T
    most_of_answer = 2 * overlap.shared > overlap.answer_area[in_answer]
    most_of_truth = 2 * overlap.shared > overlap.truth_area[in_truth]
    n, m = len(overlap.truth_area), len(overlap.answer_area)
    covered = np.bincount(in_truth, overlap.shared, n)
    within = np.bincount(in_answer, overlap.shared, m)
    return InstanceScore(
        tuple(int(np.count_nonzero(iou > threshold)) for threshold in THRESHOLDS),
        n,
        m,
        math.fsum(iou.tolist()),  # whatever the order
        split=int(np.count_nonzero(np.bincount(in_truth[most_of_answer], minlength=n) > 1)),
        merged=int(np.count_nonzero(np.bincount(in_answer[most_of_truth], minlength=m) > 1)),
        missed=int(np.count_nonzero(2 * covered < overlap.truth_area)),
        extra=int(np.count_nonzero(2 * within < overlap.answer_area)),
    )


def instance_scores(answer: LabelMap, truth: LabelMap, name: str = "") -> Iterator[InstanceScore]:
    """Scores of every frame of the truth; frames belong together by their numbers.

    In a frame without an answer every object is missed, and every score is 0.

    Raises
    ------
    Refusal
        When the pictures differ in size, or a label is negative.
    """
    require_same_size(answer, truth, name)
    for number, true, found in side_by_side(answer, truth):
        about = {"name": name, "frame": number, "answered": found is not None}
        try:
            score = instance_score(np.zeros_like(true) if found is None else found, true)
        except ValueError as error:
            raise Refusal(name or "labels", str(error), "number objects from 1") from None
        yield InstanceScore(**{**vars(score), **about})


def summary(rows: Sequence[InstanceScore], whose: Sequence[str]) -> dict[str, Estimate]:
    """The means over pictures, and ratios of all objects together, each with its interval.

    `whose` says which pictures are drawn together. Shares of split, merged and missed objects are
    of the true ones, of extra ones those of the answer.
    """
    told = {
        what: estimate([getattr(row, what) for row in rows], mean, whose=whose)
        for what in ("f1", "precision", "recall", "ap", "sq", "pq")
    }
    told["f1_of_all_objects"] = _share([(2 * r.hits[0], r.truth + r.answer) for r in rows], whose)
    for k, threshold in enumerate(THRESHOLDS):
        accuracies = [row.accuracy(k) for row in rows]
        told[f"ap_{round(100 * threshold)}"] = estimate(accuracies, mean, whose=whose)
    for what in ("split", "merged", "missed"):
        told[what] = _share([(getattr(row, what), row.truth) for row in rows], whose)
    told["extra"] = _share([(row.extra, row.answer) for row in rows], whose)
    return told


def _share(pairs: Sequence[tuple[float, float]], whose: Sequence[str]) -> Estimate:
    return estimate(np.array(pairs, np.float64).reshape(-1, 2), share, whose=whose)


def _in_a_row(labels: Array) -> tuple[Array, Array]:
    """Labels as 1, 2, 3 ... ``(pixels,)`` in rising order, and the area of each."""
    flat = labels.ravel()
    if flat.dtype.kind not in "iub":
        raise ValueError(f"labels are whole numbers, not {flat.dtype}")
    if flat.size and flat.min() < 0:
        raise ValueError(f"labels are not negative, and there is {flat.min()}")
    if flat.size and flat.max() >= DENSE:
        names, index, areas = np.unique(flat, return_inverse=True, return_counts=True)
        return index.ravel() + int(names[0] != 0), areas[int(names[0] == 0) :]
    flat = flat.astype(np.intp, copy=False)  # of labels without sign, numpy counts small ones only
    areas = np.bincount(flat, minlength=1)
    areas[0] = 0
    present = areas > 0
    return np.cumsum(present)[flat] * (flat > 0), areas[present]
