"""The picture moved back where the camera was knocked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec
from ethoframe.data import Frames, Noun, Recording, Values
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Steady(FrameMethod):
    """The frames as a camera that nobody moved would have seen them.

    Frames from *moved* on are moved back by *across* and *down*, by whole pixels, so that no level
    is made up; what comes in at the rim repeats the rim. Where the camera did not move the frames
    are passed on as they are.

    References
    ----------
    ethoframe's own.
    """

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING),
        "camera": In(Kind.VALUES),
    }
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same recording."""
        return specs["recording"]

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """The frames in the place of the first."""
        camera: Values = side["camera"]
        late = batch.times_s >= camera["moved"]  # never, where that is NaN
        if not late.any():
            return batch
        across, down = (round(camera[name]) for name in ("across", "down"))
        pixels = np.array(batch.pixels)
        for index in np.flatnonzero(late):
            pixels[index] = _back(pixels[index], across, down)
        return replace(batch, pixels=pixels)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A textured scene that jumps by three pixels, and up by one, half-way."""
        random = np.random.default_rng(6)
        scene = random.integers(0, 255, (12, 16)).astype(np.uint8)
        pixels = np.stack([np.roll(scene, (-1, 3), (0, 1)) if t >= 5 else scene for t in range(10)])
        camera = Values.whole(
            shift=(np.sqrt(10), "px"), moved=(5 / 30, "s"), across=(3.0, "px"), down=(-1.0, "px")
        )
        return {"recording": Recording.of(pixels[..., None]), "camera": camera}


def _back(image: Array, across: int, down: int) -> Array:
    """The image ``(y, x, c)`` moved back by so many pixels."""
    y, x = image.shape[:2]
    above, below = max(0, -down), max(0, down)
    before, behind = max(0, -across), max(0, across)
    rim = cv2.BORDER_REPLICATE
    framed = cv2.copyMakeBorder(image, above, below, before, behind, rim)
    moved: Array = framed.reshape(y + abs(down), x + abs(across), -1)
    return moved[below : below + y, behind : behind + x]
