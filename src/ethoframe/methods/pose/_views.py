"""What a pose network looks at: a window around the animal, or the whole picture made small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from ethoframe.contract.channels import levels_of
from ethoframe.data.noun import Array
from ethoframe.nets.augment import Augment, Drawn

WIDE, TIGHT = 2.0, 1.75
"""A window is as wide as so many of the largest animals, so that they need not be in the middle;
only where it would hold fewer than the second number does it show the picture smaller."""

STEP = 32
"""Sides of windows are multiples of it, as encoders halve them five times."""

LEAST, MOST = 128, 256
"""Smallest and largest side of a window."""

COARSE_PX = 28.0
"""Length of the animal, in px of the window, below which it is not made smaller to be found."""

CONTRAST = 0.25
"""Levels of a window are brought to this standard deviation about a middle of a half."""

PLAIN = Augment.none()


@dataclass(frozen=True)
class Views:
    """How pictures are made into windows; decided by the labels, and kept with the model.

    Parameters
    ----------
    side
        Of a window, in its own px.
    near
        Pixels of the window for one of the picture, where the animal is looked at.
    length_px
        Of the largest labelled animals, in px of the picture.
    """

    side: int
    near: float
    length_px: float

    @classmethod
    def of(cls, points: Sequence[Array]) -> Views:
        """Views that hold the largest of these animals, each ``(k, 2)`` in px of the picture."""
        lengths = [extent(each) for each in points]
        known = [length for length in lengths if np.isfinite(length) and length > 0]
        length_px = float(np.percentile(known, 95)) if known else MOST / WIDE
        side = int(np.clip(np.ceil(WIDE * length_px / STEP) * STEP, LEAST, MOST))
        return cls(side, min(1.0, side / (TIGHT * length_px)), length_px)

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Any) -> Self:
        """From what `to_json` gave."""
        return cls(**told)

    def far(self, size: Sequence[int]) -> float:
        """Pixels of the window for one of a picture of this size, where the animal is sought."""
        whole = self.side / max(size)
        return float(min(self.near, max(whole, COARSE_PX / self.length_px)))

    def looked(self, size: tuple[int, int], centre: Array) -> Drawn:
        """The window around a place, at the resolution that keypoints are read at."""
        return PLAIN.draw(_NO_CHANCE, size, (self.side, self.side), centre, self.near)

    def sought(self, size: tuple[int, int]) -> list[Drawn]:
        """Windows that together show the whole picture, small; mostly one."""
        zoom = self.far(size)
        seen = self.side / zoom
        centres = [_spread(length, seen) for length in size]
        return [
            PLAIN.draw(_NO_CHANCE, size, (self.side, self.side), np.array([x, y]), zoom)
            for y in centres[0]
            for x in centres[1]
        ]


def window(drawn: Drawn, picture: Array, fill: float) -> Array:
    """The window's levels ``(1, y, x)`` as the network takes them, whatever light and camera were.

    Parameters
    ----------
    drawn
        Which window.
    picture
        Levels ``(y, x)``.
    fill
        What lies beyond the picture.
    """
    seen = drawn.image(picture, border="constant", fill=fill)
    levels = seen.astype(np.float32)
    spread = float(levels.std())
    if not spread > 0:
        return np.full((1, *levels.shape), 0.5, np.float32)
    evened: Array = (levels - levels.mean()) * (CONTRAST / spread) + 0.5
    return evened[None]


def luma(pixels: Array, channels: Sequence[str]) -> Array:
    """Levels ``(t, y, x)`` of pictures ``(t, y, x, c)``, in a type that windows are cut from."""
    levels = levels_of(pixels, channels, "")
    if levels.dtype == np.uint8:
        return levels
    return np.asarray(np.nan_to_num(levels.astype(np.float32)))


def extent(points: Array) -> float:
    """The longest distance between two of the points ``(k, 2)``; NaN for fewer than two."""
    known = points[np.isfinite(points).all(axis=1)]
    if len(known) < 2:
        return float("nan")
    apart = known[:, None] - known[None]
    return float(np.hypot(apart[..., 0], apart[..., 1]).max())


def middle(points: Array) -> Array:
    """The middle of the box around points ``(k, 2)``; NaN where none is known."""
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        return np.full(2, np.nan)
    return np.asarray((known.min(axis=0) + known.max(axis=0)) / 2)


def _spread(length: int, seen: float) -> Array:
    """Middles of as few windows as show a side of this length, with a third of overlap."""
    if length <= seen * 1.05:
        return np.array([(length - 1) / 2])
    count = int(np.ceil((length - seen) / (seen * 2 / 3))) + 1
    return np.linspace(seen / 2, length - 1 - seen / 2, count)


_NO_CHANCE = np.random.default_rng(0)
