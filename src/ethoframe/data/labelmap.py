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
        Integer array ``(h, w)``, or ``(d, h, w)`` of a volume; 0 is background.
    origin
        Index ``(y, x)`` or ``(z, y, x)`` in the frame of the window's first pixel.
    """

    labels: Array
    origin: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", frozen(self.labels))
        if not self.origin:
            object.__setattr__(self, "origin", (0,) * self.labels.ndim)

    def canonical(self) -> Mapping[str, Any]:
        """Of the trimmed window."""
        trimmed = self.trimmed()
        return {"labels": trimmed.labels, "origin": trimmed.origin}

    def trimmed(self) -> Patch:
        """The same labels in the smallest window that holds them; of no size without labels."""
        axes = range(self.labels.ndim)
        held = [np.any(self.labels, axis=tuple(a for a in axes if a != axis)) for axis in axes]
        if not held[0].any():
            return Patch(self.labels[(slice(0),) * self.labels.ndim])
        firsts = [int(along.argmax()) for along in held]
        stops = [len(along) - int(along[::-1].argmax()) for along in held]
        origin = tuple(at + first for at, first in zip(self.origin, firsts, strict=True))
        return Patch(self.labels[tuple(map(slice, firsts, stops))], origin)

    @property
    def slices(self) -> tuple[slice, ...]:
        """Where the window lies in the frame."""
        sides = zip(self.origin, self.labels.shape, strict=True)
        return tuple(slice(at, at + length) for at, length in sides)

    def lies_in(self, size: tuple[int, ...]) -> bool:
        """Whether the window is part of a picture of `size` ``([z,] y, x)``."""
        return self.labels.ndim == len(size) and all(
            where.start >= 0 and where.stop <= length
            for where, length in zip(self.slices, size, strict=True)
        )


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
        Height and width ``(y, x)`` of the whole picture; ``(z, y, x)`` of a volume.
    names
        What each label means, such as ``{1: "body", 2: "thin"}``.
    spacing_mm
        Distance between pixel centres, in the order of `size`, or None when unknown.
    """

    patches: tuple[Patch, ...]
    numbers: Array
    times_s: Array
    size: tuple[int, ...]
    names: Mapping[int, str] = field(default_factory=dict)
    spacing_mm: tuple[float, ...] | None = None

    along_time = ("patches", "numbers", "times_s")

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", frozen(self.numbers))
        object.__setattr__(self, "times_s", frozen(self.times_s))
        if not len(self.patches) == len(self.numbers) == len(self.times_s):
            raise ValueError("a label map needs one patch, number and time per frame")
        if not all(patch.lies_in(self.size) for patch in self.patches):
            raise ValueError(f"a patch reaches beyond the picture of {self.size}")

    @classmethod
    def of(
        cls,
        labels: Array,
        numbers: Array | None = None,
        times_s: Array | None = None,
        names: Mapping[int, str] | None = None,
        spacing_mm: tuple[float, ...] | None = None,
    ) -> LabelMap:
        """A label map of whole label pictures ``(t, y, x)`` or volumes ``(t, z, y, x)``.

        Parameters
        ----------
        labels
            Integers or booleans; 0 is background.
        numbers, times_s
            Of the frames; counted from 0, and the numbers as seconds, where left out.
        names, spacing_mm
            As of the class.

        Examples
        --------
        >>> LabelMap.of(np.array([[[0, 0, 2], [0, 0, 2]]])).patches[0].labels.dtype
        dtype('int64')
        """
        numbers = np.arange(len(labels)) if numbers is None else numbers
        times_s = np.asarray(numbers, np.float64) if times_s is None else times_s
        kept = labels.astype(np.uint8) if labels.dtype == bool else labels
        patches = tuple(Patch(frame) for frame in kept)
        return cls(patches, numbers, times_s, labels.shape[1:], dict(names or {}), spacing_mm)

    def dense(self) -> Array:
        """The whole label pictures ``(t, [z,] y, x)``."""
        whole = np.zeros((len(self), *self.size), self._dtype())
        for frame, patch in zip(whole, self.patches, strict=True):
            frame[patch.slices] = patch.labels
        return whole

    def _dtype(self) -> np.dtype[Any]:
        return np.result_type(np.uint8, *{patch.labels.dtype for patch in self.patches})
