"""A part of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal, Window


@dataclass(frozen=True)
class Crop(FrameMethod):
    """The same frames, of which only a rectangular window is looked at.

    Frame numbers, clock and pixel size stay; pixel (0, 0) is the window's. Nothing is copied: rows
    of the window lie as far apart in memory as those of the picture.

    References
    ----------
    ethoframe's own.
    """

    top_px: int = parameter(0, unit="px", says="first row of the window", low=0)
    left_px: int = parameter(0, unit="px", says="first column of the window", low=0)
    height_px: int = parameter(
        0, unit="px", says="rows of the window; 0 for all that follow", low=0
    )
    width_px: int = parameter(
        0, unit="px", says="columns of the window; 0 for all that follow", low=0
    )

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same recording with a smaller picture."""
        seen = specs["recording"]
        t, y, x, c = seen.shape
        window = self._window((y or 0, x or 0))
        return replace(seen, shape=(t, window.height, window.width, c))

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """The window of every frame."""
        rows, columns = self._window(batch.picture).slices
        return replace(batch, pixels=batch.pixels[:, rows, columns])

    def _window(self, size: tuple[int, int]) -> Window:
        """The window within a picture ``(y, x)``."""
        height = self.height_px or size[0] - self.top_px
        width = self.width_px or size[1] - self.left_px
        inside = self.top_px + height <= size[0] and self.left_px + width <= size[1]
        if min(height, width) <= 0 or not inside:
            told = f"rows {self.top_px} to {self.top_px + height}, columns {self.left_px} to "
            raise Refusal(
                self.name(),
                f"the window ({told}{self.left_px + width}) reaches outside the picture of "
                f"{size[1]} × {size[0]} px",
                "give a window within the picture",
            )
        return Window(self.top_px, self.left_px, height, width)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A film in which every pixel has a level of its own."""
        t, y, x = np.ogrid[:10, :12, :16]
        return {"recording": Recording.of((t + 10 * y + 3 * x)[..., None].astype(np.uint8))}
