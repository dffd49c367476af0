"""What a method found, as the page takes it apart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ethoframe.contract import Method
from ethoframe.data import (
    Displacement,
    Frames,
    LabelMap,
    Measures,
    Noun,
    Points,
    Transform,
    Warp,
)
from ethoframe.data.noun import Array
from ethoframe.report.picture.reading import Plane, frame_planes, numbers_shown, planes
from ethoframe.report.picture.tones import Tones
from ethoframe.run.order import Finding

Kind = TypeVar("Kind", bound=Noun)


class Found:
    """A finding, and the pixels of it that are shown, read once.

    Parameters
    ----------
    finding
        Of one picture, volume or recording.
    method
        That found it.
    """

    def __init__(self, finding: Finding, method: Method) -> None:
        self.finding, self.method = finding, method
        self.recording = finding.recording

    def answer(self, name: str, kind: type[Kind]) -> Kind | None:
        """The answer called `name`; None where there is none of this kind."""
        found = self.finding.answers.get(name)
        return found if isinstance(found, kind) else None

    @cached_property
    def planes(self) -> list[Plane]:
        """What is shown of the recording."""
        return planes(self.recording, numbers_shown(self.recording, self.finding.answers))

    @cached_property
    def tones(self) -> Tones:
        """How it is shown."""
        return Tones.of([plane.pixels for plane in self.planes], self.recording.channels)

    @property
    def transform(self) -> Transform | Warp | Displacement | None:
        """The map from the moving picture to the fixed one, where that is the answer."""
        answer = self.finding.answers.get("transform")
        return answer if isinstance(answer, Transform | Warp | Displacement) else None

    @property
    def failed(self) -> str:
        """Why that map is not to be trusted; empty where nothing speaks against it."""
        return str(getattr(self.transform, "failed", "") or "")

    @cached_property
    def image(self) -> Frames | None:
        """The pixels that the method made; at most those of the frames that are shown."""
        made = self.answer("image", Frames)
        if made is None and "transforms" in self.finding.answers:
            made = self.answer("moved", Frames)
        if made is None or not len(made):
            return None
        shown = np.isin(made.numbers, [plane.number for plane in self.planes])
        return made.take(np.flatnonzero(shown)) if shown.any() else made.take(slice(0, 1))

    @cached_property
    def image_planes(self) -> list[Plane]:
        """What is shown of the pixels that the method made."""
        return frame_planes(self.image) if self.image is not None else []

    @cached_property
    def measures(self) -> Measures:
        """All measures; those of the answer where the finding holds none."""
        answered = self.answer("measures", Measures)
        return self.finding.measures if len(self.finding.measures) else answered or Measures()

    def labels(self, number: int) -> Array | None:
        """The label picture ``([z,] y, x)`` of a frame of the recording; None without one."""
        labels = self._label_map
        if labels is None or labels.size != self.recording.size:
            return None
        (where,) = np.nonzero(labels.numbers == number)
        return labels.take(where[:1]).dense()[0] if len(where) else None

    @property
    def names(self) -> Mapping[int, str]:
        """What labels mean, where they are kinds of pixels."""
        labels = self._label_map
        return labels.names if labels is not None else {}

    @property
    def classed(self) -> bool:
        """Whether labels are kinds of pixels, and no objects."""
        return bool(self.names) or self.answer("classes", Points) is not None

    @property
    def _label_map(self) -> LabelMap | None:
        """The labels that are the answer, or that its numbers are about."""
        labels = self.answer("labels", LabelMap)
        return labels if labels is not None else self.answer("shown", LabelMap)

    def points(self, number: int) -> Points | None:
        """The points of a frame; objects where no label map shows them."""
        points = self.answer("points", Points)
        points = self.answer("shown", Points) if points is None else points
        if points is None and self.answer("labels", LabelMap) is None:
            points = self.answer("objects", Points)
        if points is None:
            return None
        (where,) = np.nonzero(points.numbers == number)
        return points.take(where[:1]) if len(where) else None

    @property
    def steps(self) -> tuple[float, ...]:
        """Distance between pixels along each axis: in mm, or 1 where it is not known."""
        return self.recording.spacing_mm or (1.0,) * len(self.recording.size)

    @property
    def signed(self) -> dict[str, Any]:
        """The provenance."""
        return dict(self.finding.provenance)
