"""Objects as maps that a network can learn, and such maps as objects again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from ethoframe.data import LabelMap, Labels
from ethoframe.data.noun import Array
from ethoframe.methods.segment._joining import joined
from ethoframe.methods.segment._markers import seams
from ethoframe.methods.segment._picture import (
    Grid,
    border_labels,
    depth,
    filled,
    greatest,
    numbered,
)
from ethoframe.methods.segment._windows import averaged
from ethoframe.nets.lesson import Example
from ethoframe.score.choice import best
from ethoframe.score.instances import InstanceScore, instance_score

FLAT = Grid((1.0, 1.0))

LEVELS = (0.0, -0.5, 0.5, -1.0, 1.0, -1.5, 1.5, -2.0, 2.0)
"""Scores above which a place may count as inside; where several do as well, the first is taken."""


@dataclass(frozen=True)
class Rules:
    """What counts as an object in maps.

    Parameters
    ----------
    neck
        Two parts are one if the way between them goes down to no less than this share.
    deep
        Distance to the edge, as a share of an object's own, that an object reaches somewhere.
    smallest
        Area as a share of that of a disc of the usual diameter.
    level
        Score above which a place is inside: people draw outlines tightly or widely.
    """

    neck: float = 0.75
    deep: float = 0.3
    smallest: float = 0.03
    level: float = 0.0


def targets_of(labels: Array, larger: float, stride: int) -> dict[str, Array]:
    """Targets of one window: ``inside``, ``distance`` and ``size`` ``(1, y, x)``.

    `inside` is the share of each place that lies in objects; `distance` that to the edge of its
    object, in shares of the object's largest, NaN in objects that the window cuts; `size` how many
    times larger than usual objects are shown, as a power of 2, NaN where there are none.
    """
    count = int(labels.max(initial=0))
    inside = depth((labels > 0) & ~seams(labels), FLAT)
    # A pixel on a seam lies in its object, half a pixel from its edge.
    inside[(labels > 0) & (inside == 0)] = 0.5
    peaks = greatest(labels, inside, count)
    peaks[border_labels(labels)] = np.nan
    peaks[0] = 1.0
    far = inside / peaks[labels]
    shares = averaged(labels > 0, stride)
    size = np.where(shares > 0.5, np.float32(np.log2(larger)), np.float32(np.nan))
    return {
        "inside": shares[None],
        "distance": averaged(far, stride)[None].astype(np.float32),
        "size": size[None],
    }


def objects_of(inside: Array, distance: Array, usual_px: float, rules: Rules) -> Array:
    """Labels ``(y, x)`` int32 from 1, in the order of the picture.

    Parameters
    ----------
    inside
        Scores ``(y, x)``: high in objects.
    distance
        To the edge, in shares of each object's own.
    usual_px
        Usual diameter of an object.
    rules
        What counts as one.
    """
    mask = filled(inside > rules.level, rules.smallest * FLAT.ball(usual_px / 2), FLAT)
    heights = np.where(mask, distance, -np.inf).astype(np.float32)
    labels = joined(_climbed(heights), [heights], [rules.neck])
    count = int(labels.max(initial=0))
    area = np.bincount(labels.ravel(), minlength=count + 1)
    kept = area >= rules.smallest * FLAT.ball(usual_px / 2)
    kept &= greatest(labels, heights, count) >= rules.deep
    kept[0] = False
    return numbered(np.where(kept[labels], labels, 0))


def _climbed(heights: Array) -> Array:
    """Pieces of all pixels from which the steepest way up leads to one peak; -inf is in none."""
    height, width = heights.shape
    framed = np.pad(heights, 1, constant_values=-np.inf)
    own = np.arange(heights.size).reshape(heights.shape)
    best, up = heights.copy(), own.copy()
    for down, across in product((-1, 0, 1), repeat=2):
        level = framed[1 + down : 1 + down + height, 1 + across : 1 + across + width]
        higher = level > best
        best = np.where(higher, level, best)
        up = np.where(higher, own + down * width + across, up)
    up = np.asarray(up.ravel())
    while not np.array_equal(further := up[up], up):
        up = further
    inside = np.isfinite(heights).ravel()
    pieces = np.zeros(heights.size, np.int32)
    _, pieces[inside] = np.unique(up[inside], return_inverse=True)
    pieces[inside] += 1
    return pieces.reshape(heights.shape)


def usual_diameter(areas: Array) -> float:
    """Diameter of the disc that half of all area lies in larger objects than; NaN of none.

    The median by area is not moved by specks, of which there may be many.
    """
    areas = np.sort(areas[areas > 0])
    if not areas.size:
        return float("nan")
    total = np.cumsum(areas, dtype=np.float64)
    return float(2 * np.sqrt(areas[np.searchsorted(total, total[-1] / 2)] / np.pi))


def diameters(labels: Labels) -> Array:
    """Usual diameter of the objects of each labelled frame, in px; NaN where there are none."""
    found = []
    for part, row in labels.rows():
        assert isinstance(part.said, LabelMap)
        held = part.said.patches[row].labels.astype(np.int64)
        found.append(usual_diameter(np.bincount(held.ravel())[1:]))
    return np.array(found)


@dataclass(frozen=True)
class Judging:
    """How right objects in windows are; the first figure is one minus AP over IoU 0.5 to 0.95."""

    usual_px: float
    rules: Rules

    def __call__(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[str, float]:
        """Means over windows."""
        pairs = self._shown(examples, answers)
        scores = [self._score(self.rules, example, told) for example, told in pairs]
        if not scores:
            return {}
        true = np.array([[each.truth, each.answer] for each in scores], float)
        return {
            "error": 1 - float(np.mean([each.ap for each in scores])),
            "ap": float(np.mean([each.ap for each in scores])),
            "f1": float(np.mean([each.f1 for each in scores])),
            "count": float(np.abs(true[:, 1] - true[:, 0]).mean()),
        }

    def settle(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]], kept: bool
    ) -> dict[str, Any]:
        """The level at which outlines lie as people drew them, by windows that were kept apart."""
        lost: dict[float, list[float]] = {level: [] for level in LEVELS}
        for example, told in self._shown(examples, answers) if kept else ():
            for level, each in lost.items():
                rules = replace(self.rules, level=level)
                each.append(1 - self._score(rules, example, told).ap)
        if not lost[0.0]:
            return {"level": 0.0, "says": "not settled: no windows were kept apart"}
        level = best({level: np.array(each) for level, each in lost.items()})
        says = f"outlines settled on {len(lost[0.0])} windows that were kept apart"
        return {"level": level, "says": says}

    def _shown(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> Iterator[tuple[Array, tuple[Array, Array]]]:
        """Labels of each window, and what is said of its pixels: inside, and how deep."""
        import cv2

        for example, answer in zip(examples, answers, strict=True):
            labels = example["labels"]
            inside, distance = (
                cv2.resize(answer[kind][0], labels.shape[::-1]) for kind in ("inside", "distance")
            )
            yield labels, (inside, distance)

    def _score(self, rules: Rules, labels: Array, told: tuple[Array, Array]) -> InstanceScore:
        return instance_score(objects_of(*told, self.usual_px, rules), labels)
