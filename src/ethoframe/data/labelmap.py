"""Which pixel belongs to what, frame by frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ethoframe.data.noun import Array, Noun, Timed, frozen


@dataclass(frozen=True, eq=False)
class Patch(Noun):
    """Labels of one frame inside a window; zero everywhere outside it.

    Parameters
    ----------
    labels
        Integer array ``(h, w)``; 0 is background.
    origin
        Row and column ``(y, x)`` in the frame of the window's first pixel.
    """

    labels: Array
    origin: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", frozen(self.labels))

    def canonical(self) -> Mapping[str, Any]:
        """Of the trimmed window."""
        trimmed = self.trimmed()
        return {"labels": trimmed.labels, "origin": trimmed.origin}

    def trimmed(self) -> Patch:
        """The same labels in the smallest window that holds them; of no size without labels."""
        rows, columns = np.any(self.labels, axis=1), np.any(self.labels, axis=0)
        if not rows.any():
            return Patch(self.labels[:0, :0])
        top, left = int(rows.argmax()), int(columns.argmax())
        bottom = len(rows) - int(rows[::-1].argmax())
        right = len(columns) - int(columns[::-1].argmax())
        origin = self.origin[0] + top, self.origin[1] + left
        return Patch(self.labels[top:bottom, left:right], origin)

    def lies_in(self, size: tuple[int, int]) -> bool:
        """Whether the window is part of a picture of `size` ``(y, x)``."""
        (y, x), (h, w) = self.origin, self.labels.shape
        return bool(0 <= y <= size[0] - h and 0 <= x <= size[1] - w)


@dataclass(frozen=True, eq=False)
class LabelMap(Timed):
    """A label for every pixel of every frame, kept as one window per frame.

    An animal fills a few per cent of the picture; keeping, opening and measuring only its window is
    what makes tracking faster than decoding. Equality looks at the trimmed windows, so the same
    labels in a larger window are the same label map.

    Parameters
    ----------
    patches
        One `Patch` per frame ``(t,)``.
    numbers, times_s
        Frame numbers and seconds ``(t,)``.
    size
        Height and width ``(y, x)`` of the whole picture.
    names
        What each label means, such as ``{1: "body", 2: "thin"}``.
    spacing_mm
        Distance between pixel centres ``(y, x)``, or None when unknown.
    """

    patches: tuple[Patch, ...]
    numbers: Array
    times_s: Array
    size: tuple[int, int]
    names: Mapping[int, str] = field(default_factory=dict)
    spacing_mm: tuple[float, float] | None = None

    along_time = ("patches", "numbers", "times_s")

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", frozen(self.numbers))
        object.__setattr__(self, "times_s", frozen(self.times_s))
        if not len(self.patches) == len(self.numbers) == len(self.times_s):
            raise ValueError("a label map needs one patch, number and time per frame")
        if not all(patch.lies_in(self.size) for patch in self.patches):
            raise ValueError(f"a patch reaches beyond the picture of {self.size} (y, x)")

    def dense(self) -> Array:
        """The whole label pictures ``(t, y, x)``."""
        whole = np.zeros((len(self), *self.size), self._dtype())
        for frame, patch in zip(whole, self.patches, strict=True):
            (y, x), (h, w) = patch.origin, patch.labels.shape
            frame[y : y + h, x : x + w] = patch.labels
        return whole

    def _dtype(self) -> np.dtype[Any]:
        return np.result_type(np.uint8, *{patch.labels.dtype for patch in self.patches})
