"""Frames whose objects people marked, as examples for a network that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ethoframe.data import Labelled, LabelMap, Labels, Points, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.regress._density import STRIDE, Plan, drawn, softplus
from ethoframe.methods.regress._intervals import says
from ethoframe.nets.augment import Augment
from ethoframe.nets.labelled import LabelledFrames, spread_over
from ethoframe.nets.lesson import Example

SCALE = 1.2
"""Objects vary in size by this ratio about what they are."""


@dataclass
class CountedFrames:
    """Frames, and maps of the objects in them.

    Parameters
    ----------
    frames
        The pictures.
    plan
        How they are shown.
    augment
        How they are varied.
    apart
        Whether they are kept apart: then each tile of a frame is an example of its own.
    """

    frames: LabelledFrames
    plan: Plan
    augment: Augment
    apart: bool = False
    order: list[tuple[int, tuple[int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.frames.rows
        corners = [self._corners(part) if self.apart else [(0, 0)] for part, _ in rows]
        chosen = spread_over([len(each) for each in corners]) if self.apart else range(len(rows))
        self.order = [(index, corner) for index in chosen for corner in corners[index]]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.order)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """A window of a frame with its map, varied by chance; as it is where there is none.

        ``frame``, ``objects`` (in all of the frame) and ``corner`` (of the window) tell of what it
        is.
        """
        frame, corner = self.order[index]
        part, row = self.frames.rows[frame]
        levels, sight = self.frames.levels(frame), self.frames.sight
        seen = self.plan.resized(levels)
        places = self.plan.placed(places_of(part, row), levels.shape[:2])
        wanted = drawn(places, _map_size(seen))
        if chance is None:
            picture, target = _window(seen, wanted, corner, self.plan.size)
        else:
            picture, target = self._varied(seen, places, chance)
        return {
            "picture": sight.picture(picture),
            "density": target[None],
            "frame": np.array(frame),
            "corner": np.array(corner),
            "objects": np.array(len(places)),
        }

    def _varied(
        self, seen: Array, places: Array, chance: np.random.Generator
    ) -> tuple[Array, Array]:
        """A window that is moved, turned and relit, and the map of what is in it."""
        height, width = seen.shape[:2]
        size = self.plan.size
        room = np.maximum(0, [width - size[1], height - size[0]])
        middle = np.array([width - 1, height - 1]) / 2 + chance.uniform(-0.5, 0.5, 2) * room
        zoom = SCALE ** chance.uniform(-1, 1)
        change = self.augment.draw(chance, (height, width), size, middle, zoom)
        white, level = self.frames.sight.white, level_of(seen)
        picture = change.image(seen, border="constant", fill=level, white=white)
        # Through the same map, in px: place p is around pixel STRIDE * p + (STRIDE - 1) / 2.
        pixels = change.points(places * STRIDE + (STRIDE - 1) / 2)
        inside = pixels[change.inside(pixels)]
        moved = (inside - (STRIDE - 1) / 2) / STRIDE
        return picture, drawn(moved, (size[0] // STRIDE, size[1] // STRIDE))

    def _corners(self, part: Labelled) -> list[tuple[int, int]]:
        height, width = part.recording.picture
        size = max(1, round(height * self.plan.zoom)), max(1, round(width * self.plan.zoom))
        starts = [range(0, n, side) for n, side in zip(size, self.plan.size, strict=True)]
        return [(y, x) for y in starts[0] for x in starts[1]]


@dataclass(frozen=True)
class Judging:
    """How counts of examples are judged."""

    def __call__(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[str, float]:
        """Mean distance to the true count in objects, and as a share of it."""
        told, true = _counts(examples, answers)
        off = np.abs(told - true)
        return {
            "mean_error": float(np.mean(off)),
            "relative_error": float(np.mean(off / np.maximum(true, 1))),
        }

    def settle(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]], kept: bool
    ) -> dict[str, Any]:
        """How far off frames were that were kept apart, as shares of what was told."""
        if not kept:
            return {"residuals": [], "says": says(0)}
        told, true = _counts(examples, answers)
        far = np.sort(np.abs(true - told) / np.maximum(told, 1))
        return {"residuals": far.tolist(), "says": says(len(far))}


def told_points(who: str, labels: Labels) -> Labels:
    """The labels as one point for each object; of masks their middles.

    Raises
    ------
    Refusal
        When they mark no objects, or none at all.
    """
    if not labels.parts or labels.gives not in (Points, LabelMap):
        reason = "these labels mark no objects"
        raise Refusal(who, reason, "name points, boxes or masks, each of one object")
    parts = tuple(replace(part, said=_points(part.said)) for part in labels.parts)
    told = replace(labels, parts=parts)
    if not any(len(places_of(part, row)) for part, row in told.rows()):
        raise Refusal(who, "no frame has an object", "label some that have")
    return told


def places_of(part: Labelled, row: int) -> Array:
    """Objects ``(n, 2)`` of a labelled frame, x and y in px."""
    assert isinstance(part.said, Points)
    return np.asarray(part.said.coordinates[row])


def _points(said: Any) -> Points:
    if isinstance(said, Points):
        return said
    assert isinstance(said, LabelMap)
    return Points(tuple(map(_middles, said.patches)), {}, said.numbers, said.times_s)


def _middles(patch: Any) -> Array:
    """The middle of each object of a patch ``(n, 2)``."""
    rows, columns = np.nonzero(patch.labels)
    _, at = np.unique(patch.labels[rows, columns], return_inverse=True)
    count = np.maximum(np.bincount(at), 1)
    sums = [np.bincount(at, values) for values in (columns, rows)]
    return np.stack(sums, axis=1) / count[:, None] + np.array(patch.origin[::-1], np.float64)


def level_of(seen: Array) -> float:
    """The level that is taken to be beyond a frame: its mean, as whole as its levels are."""
    level = float(seen.mean()) if seen.size else 0.0
    return round(level) if seen.dtype == np.uint8 else level


def _map_size(seen: Array) -> tuple[int, int]:
    return -(-seen.shape[0] // STRIDE), -(-seen.shape[1] // STRIDE)


def _window(
    seen: Array, wanted: Array, corner: tuple[int, int], size: tuple[int, int]
) -> tuple[Array, Array]:
    """A window and its map; NaN, which nobody learns from or counts, beyond the frame."""
    top, left = corner
    part = seen[top : top + size[0], left : left + size[1]]
    short = [(0, size[0] - part.shape[0]), (0, size[1] - part.shape[1])]
    picture = np.pad(part, [*short, *[(0, 0)] * (part.ndim - 2)], constant_values=level_of(seen))
    target = np.full((size[0] // STRIDE, size[1] // STRIDE), np.nan, np.float32)
    here = wanted[top // STRIDE :, left // STRIDE :][: target.shape[0], : target.shape[1]]
    target[: here.shape[0], : here.shape[1]] = here
    return picture, target


def _counts(
    examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
) -> tuple[Array, Array]:
    """What was told and what is true of each frame ``(f,)``."""
    told: dict[int, float] = {}
    true: dict[int, int] = {}
    for example, answer in zip(examples, answers, strict=True):
        frame = int(example["frame"])
        seen = np.isfinite(example["density"][0])
        counted = float(softplus(answer["density"][0].astype(np.float64))[seen].sum())
        told[frame] = told.get(frame, 0.0) + counted
        true[frame] = int(example["objects"])
    return np.array(list(told.values())), np.array(list(true.values()))
