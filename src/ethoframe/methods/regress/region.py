"""How light a region of the picture is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal, Values


@dataclass(frozen=True)
class Region(FrameMethod):
    """Mean level of a rectangle of the picture, frame by frame.

    Over all its pixels and channels; NaN where one of them is NaN. For a signal lamp in the
    picture, or how light a cage is.

    References
    ----------
    ethoframe's own.
    """

    left_px: int = parameter(0, unit="px", says="columns left of the region", low=0)
    top_px: int = parameter(0, unit="px", says="rows above the region", low=0)
    width_px: int = parameter(
        0, unit="px", says="columns of the region; 0 for all to the right", low=0
    )
    height_px: int = parameter(0, unit="px", says="rows of the region; 0 for all below", low=0)

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One number per frame; refuses a region that is not in the picture."""
        _, height, width, _ = specs["recording"].shape
        across, down = self.left_px + max(1, self.width_px), self.top_px + max(1, self.height_px)
        if (width is not None and across > width) or (height is not None and down > height):
            reason = f"it reaches to column {across} and row {down} of a picture {width} × {height}"
            raise Refusal(self.name(), reason, "give a region that lies in the picture")
        shape = specs["recording"].shape[0], 1
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=("level",))

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The level of each frame of the batch."""
        down = self.top_px + self.height_px if self.height_px else None
        across = self.left_px + self.width_px if self.width_px else None
        region = batch.pixels[:, self.top_px : down, self.left_px : across]
        level = region.mean(axis=(1, 2, 3), dtype=np.float64)
        return Values(level[:, None], ("level",), ("level",), batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A lamp in a corner that blinks while something else crosses the picture."""
        pixels = np.full((20, 24, 32, 1), 60, np.uint8)
        for t, frame in enumerate(pixels):
            frame[12:18, t : t + 6] = 200
            if t in (4, 5, 6, 11, 12):
                frame[:8, 24:] = 240
        return {"recording": Recording.of(pixels)}
