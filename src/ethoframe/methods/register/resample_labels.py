"""Label maps moved by a map that registration found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec
from ethoframe.data import Frames, LabelMap, Noun, Patch, Refusal, Transform
from ethoframe.data.noun import Array
from ethoframe.methods.register._grid import backs, looked_up_at


@dataclass(frozen=True)
class ResampleLabels(FrameMethod):
    """The labels as they lie under a map, on the grid of the fixed image where one is given.

    Each pixel takes the label of the nearest one, so that no label is made up; what comes from
    outside is 0, and so is a frame without a map. Maps are given as to `register/resample`.

    References
    ----------
    ethoframe's own.
    """

    takes: ClassVar[Mapping[str, In]] = {
        "labels": In(Kind.LABELMAP, volumes=True),
        "transform": In(Kind.TRANSFORM, optional=True),
        "motion": In(Kind.TRANSFORMS, optional=True),
        "fixed": In(Kind.IMAGE, optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The label map on the fixed image's grid."""
        seen = specs["labels"]
        fixed = specs.get("fixed", seen)
        if len(fixed.size) != len(seen.size):
            raise Refusal(
                self.name(), "a picture cannot lie on the grid of a volume", "give another"
            )
        shape = (seen.shape[0], *fixed.size)
        return replace(seen, shape=shape, spacing_mm=fixed.spacing_mm)

    def apply(self, batch: LabelMap, **side: Any) -> LabelMap:
        """Each frame under its map."""
        fixed: Frames | None = side.get("fixed")
        size = batch.size if fixed is None else fixed.size
        spacing = batch.spacing_mm if fixed is None else fixed.spacing_mm
        patches = []
        in_mm = batch.spacing_mm is not None and spacing is not None
        for index, back in enumerate(backs(side, batch.numbers, len(size), in_mm)):
            kept = batch.patches[index]
            labels = np.zeros(size, kept.labels.dtype)
            if back is not None and kept.labels.size:
                where = looked_up_at(back, size, spacing, batch.spacing_mm, self.name())
                labels = _nearest(batch.take(slice(index, index + 1)).dense()[0], where)
            patches.append(Patch(labels.astype(kept.labels.dtype)))
        return replace(batch, patches=tuple(patches), size=size, spacing_mm=spacing)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two objects, moved by two and a half pixels."""
        labels = np.zeros((10, 12, 16), np.uint8)
        labels[:, 2:6, 3:8], labels[:, 7:10, 9:14] = 1, 2
        return {"labels": LabelMap.of(labels), "transform": Transform.moving(2.5, -1.0)}


def _nearest(labels: Array, where: list[Array]) -> Array:
    inside = np.ones(where[0].shape, bool)
    index = []
    for along, count in zip(where, labels.shape, strict=True):
        inside &= (along >= -0.5) & (along < count - 0.5)
        index.append(np.where(inside, np.floor(np.nan_to_num(along) + 0.5), 0).astype(np.intp))
    index = [np.where(inside, each, 0) for each in index]
    return np.asarray(np.where(inside, labels[tuple(index)], 0))
