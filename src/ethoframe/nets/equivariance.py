"""Whether the answers of a taught network follow when its pictures are shifted.

Everything here works on any network of pictures: it knows heads by their kind, not methods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from ethoframe.data.noun import Array
from ethoframe.nets.insight import NEAR
from ethoframe.nets.network import CLASSES

SHIFTS_PX = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0)
"""By how much pictures are shifted, in px of the network's picture."""


@dataclass(frozen=True)
class Followed:
    """How answers follow shifts of the picture, for one head.

    Parameters
    ----------
    kind
        Of the head.
    unit
        Of what is left: ``"px"`` of the network's picture for keypoints; ``"share"`` of pixels that
        change, for masks; ``"probability"`` for classes and whether keypoints are seen; ``"own"``,
        the unit of the number, for values; ``"objects"`` for densities.
    shifts_px
        By how much pictures were shifted ``(s,)``, right and down by turns.
    moved_px
        How far keypoints went along with it, in the median ``(s,)``; NaN for other heads.
    usual, mean, worst
        Median, mean and greatest of what is left once answers are moved back ``(s,)``: 0 of a
        perfect follower.
    pictures
        How many were shifted.
    """

    kind: str
    unit: str
    shifts_px: Array
    moved_px: Array
    usual: Array
    mean: Array
    worst: Array
    pictures: int


def followed(
    net: nn.Module, pictures: Sequence[Array], shifts_px: Sequence[float] = SHIFTS_PX
) -> list[Followed]:
    """How far shifting a picture shifts each answer, and how it changes beyond that.

    Pictures are shifted by whole and by half pixels; halves are interpolated (Lanczos), and what
    comes in at a side is the rim, repeated. The rim is left out of masks. A keypoint counts where
    its map has a peak that holds a tenth of it or more: what is nowhere to be seen cannot follow.

    Parameters
    ----------
    net
        Taught; of pictures, not of volumes.
    pictures
        Each ``(c, y, x)``.
    shifts_px
        By how much.

    References
    ----------
    Zhang, ICML 2019 (why networks that make maps smaller do not follow as they should).
    """
    steps = list(shifts_px)
    before = [_answered(net, each) for each in pictures]
    kinds = list(before[0]) if before else []
    left: dict[str, list[list[Array]]] = {kind: [[] for _ in steps] for kind in kinds}
    moved: dict[str, list[list[Array]]] = {kind: [[] for _ in steps] for kind in kinds}
    for picture, old in zip(pictures, before, strict=True):
        stride = _strides(picture, old)
        for s, step in enumerate(steps):
            for way in ((step, 0.0), (0.0, step)):
                new = _answered(net, shifted(picture, *way))
                for kind in kinds:
                    change = CHANGES.get(kind, _changed_places)(old[kind], new[kind], way, stride)
                    left[kind][s].append(change[0])
                    moved[kind][s].append(change[1])
    return [
        Followed(
            kind,
            UNITS.get(kind, "share"),
            np.array(steps),
            np.array([_of(np.median, each) for each in moved[kind]]),
            np.array([_of(np.median, each) for each in left[kind]]),
            np.array([_of(np.mean, each) for each in left[kind]]),
            np.array([_of(np.max, each) for each in left[kind]]),
            len(pictures),
        )
        for kind in kinds
    ]


def shifted(picture: Array, right: float, down: float) -> Array:
    """A picture ``(c, y, x)`` moved by some px; its rim is repeated where nothing is known."""
    map_ = np.array([[1, 0, right], [0, 1, down]], np.float64)
    whole = float(right).is_integer() and float(down).is_integer()
    how = cv2.INTER_NEAREST if whole else cv2.INTER_LANCZOS4
    size = picture.shape[2], picture.shape[1]
    planes = [
        cv2.warpAffine(each, map_, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        for each in np.asarray(picture, np.float32)
    ]
    return np.stack(planes)


def _answered(net: nn.Module, picture: Array) -> dict[str, Array]:
    with torch.no_grad():
        answers = net(torch.from_numpy(np.ascontiguousarray(picture, np.float32))[None])
    return {kind: each[0].numpy() for kind, each in answers.items()}


def _strides(picture: Array, answers: Mapping[str, Array]) -> float:
    maps = [each for each in answers.values() if each.ndim == 3]
    return picture.shape[-1] / maps[0].shape[-1] if maps else 1.0


Change = Callable[[Array, Array, tuple[float, float], float], tuple[Array, Array]]


def _changed_points(
    old: Array, new: Array, way: tuple[float, float], stride: float
) -> tuple[Array, Array]:
    """Distances of keypoints from where they ought to be, and how far they went along."""
    (here, sure), (there, _) = _peaks(old, stride), _peaks(new, stride)
    gone = (there - here)[sure >= 0.1]
    along = gone @ (np.array(way) / max(np.hypot(*way), 1e-9))
    return np.hypot(*(gone - np.array(way)).T), along


def _changed_mask(
    old: Array, new: Array, way: tuple[float, float], stride: float
) -> tuple[Array, Array]:
    """Share of pixels whose class is another than that of the pixel it came from."""
    return _changed_places(old, new, way, stride, classes=True)


def _changed_places(
    old: Array, new: Array, way: tuple[float, float], stride: float, classes: bool = False
) -> tuple[Array, Array]:
    moved = shifted(old, way[0] / stride, way[1] / stride)
    here, there = (
        (each.argmax(axis=0) if classes else each > 0).astype(np.int64) for each in (moved, new)
    )
    rim = int(np.ceil(max(way) / stride)) + 1
    inner = (..., slice(rim, -rim or None), slice(rim, -rim or None))
    return np.array([np.mean(here[inner] != there[inner])]), np.array([np.nan])


def _changed_distance(
    old: Array, new: Array, way: tuple[float, float], stride: float
) -> tuple[Array, Array]:
    moved = shifted(old, way[0] / stride, way[1] / stride)
    rim = int(np.ceil(max(way) / stride)) + 1
    inner = (..., slice(rim, -rim or None), slice(rim, -rim or None))
    return np.array([np.mean(np.abs(moved[inner] - new[inner]))]), np.array([np.nan])


def _changed_classes(
    old: Array, new: Array, way: tuple[float, float], stride: float
) -> tuple[Array, Array]:
    here, there = (np.exp(each - each.max()) for each in (old, new))
    return np.abs(here / here.sum() - there / there.sum()).max(keepdims=True), np.array([np.nan])


def _changed_seen(
    old: Array, new: Array, way: tuple[float, float], stride: float
) -> tuple[Array, Array]:
    here, there = (1 / (1 + np.exp(-each)) for each in (old, new))
    return np.abs(here - there), np.array([np.nan])


def _changed_values(
    old: Array, new: Array, way: tuple[float, float], stride: float
) -> tuple[Array, Array]:
    return np.abs(new - old), np.array([np.nan])


def _changed_count(
    old: Array, new: Array, way: tuple[float, float], stride: float
) -> tuple[Array, Array]:
    here, there = (np.logaddexp(0, each).sum() for each in (old, new))
    return np.array([abs(there - here)]), np.array([np.nan])


CHANGES: Mapping[str, Change] = {
    "heatmap": _changed_points,
    "mask": _changed_mask,
    "distance": _changed_distance,
    **dict.fromkeys(CLASSES, _changed_classes),
    "visible": _changed_seen,
    "values": _changed_values,
    "density": _changed_count,
}
"""What is left of a shift, by the kind of head; of all others places that change their side."""

UNITS: Mapping[str, str] = {
    "heatmap": "px",
    "distance": "own",
    **dict.fromkeys(CLASSES, "probability"),
    "visible": "probability",
    "values": "own",
    "density": "objects",
}


def _peaks(scores: Array, stride: float) -> tuple[Array, Array]:
    """The place ``(k, 2)`` of each map in px, by the mean around its peak; the share around it."""
    count, height, width = scores.shape
    flat = scores.reshape(count, -1).astype(np.float64)
    share = np.exp(flat - flat.max(axis=1, keepdims=True))
    share = (share / share.sum(axis=1, keepdims=True)).reshape(scores.shape)
    places, sure = np.zeros((count, 2)), np.zeros(count)
    for k, each in enumerate(share):
        y, x = divmod(int(each.argmax()), width)
        rows = np.arange(max(0, y - NEAR), min(height, y + NEAR + 1))
        columns = np.arange(max(0, x - NEAR), min(width, x + NEAR + 1))
        near = each[np.ix_(rows, columns)]
        sure[k] = near.sum()
        places[k] = (near.sum(axis=0) @ columns, near.sum(axis=1) @ rows) / near.sum()
    return places * stride + (stride - 1) / 2, sure


def _of(statistic: Callable[[Array], Any], parts: Sequence[Array]) -> float:
    """A statistic of all numbers that are known; NaN of none."""
    every = np.concatenate([np.zeros(0), *parts])
    known = every[np.isfinite(every)]
    return float(statistic(known)) if known.size else float("nan")
