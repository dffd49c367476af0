"""Whether the camera moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Memory, Reduction, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Values
from ethoframe.data.noun import Array
from ethoframe.methods.summarise.background import Background

WORKING_PX = 320  # the longer side is shrunk to this: shifts of a few tenths of a pixel still show


@dataclass(frozen=True)
class CameraShift(Reduction):
    """How far the scene moved in the picture during the recording, and from when on.

    Each frame that is looked at is aligned with the empty scene by phase correlation, which sees the
    whole picture and hardly the animal. The answer has the values *shift* (px, the greatest distance
    of any two frames' places after the middle of three neighbours was taken) and *moved* (s, time of
    the first frame further than half of that from the first frame's place; NaN where the shift is
    under *least_px*).

    References
    ----------
    Kuglin & Hines, Proc. IEEE Int. Conf. Cybernetics and Society 1975, 163-165.
    """

    least_px: float = parameter(1.5, unit="px", says="a smaller shift is none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING), "background": In(Kind.IMAGE)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One row of values."""
        return Spec(Kind.VALUES, ("t", "quantity"), (1, 2), "float64", names=("shift", "moved"))

    def visits(self, spec: Spec) -> Array:
        """The frames that the background is made from, which are decoded already."""
        return Background().visits(spec)

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """The place of the scene in each frame."""
        scene = side["background"].plane(0, "level")
        places = [_place(plane[..., 0], scene) for plane in batch.pixels]
        return {"places": np.array(places).reshape(-1, 2), "times_s": np.array(batch.times_s)}

    def combine(self, a: Memory, b: Memory) -> Memory:
        """The places in both, in order of time."""
        both = {key: np.concatenate([a[key], b[key]]) for key in a}
        order = np.argsort(both["times_s"], kind="stable")
        return {key: column[order] for key, column in both.items()}

    def finalise(self, partial: Memory, **side: Any) -> Values:
        """The values that hold for the recording."""
        places = _middle_of_three(partial["places"])
        away = np.hypot(*(places - places[:1]).T) if len(places) else np.zeros(0)
        shift = float(away.max()) if len(away) else np.nan
        moved = np.nan
        if shift >= self.least_px:
            moved = float(partial["times_s"][np.argmax(away > shift / 2)])
        return Values.whole(shift=(shift, "px"), moved=(moved, "s"))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A textured scene that jumps by three pixels half-way."""
        random = np.random.default_rng(4)
        scene = cv2.GaussianBlur(random.uniform(0, 255, (80, 100)), (0, 0), 2)
        scene = (scene - scene.min()) / np.ptp(scene) * 255
        pixels = np.stack([np.roll(scene, 3 if t >= 10 else 0, axis=1) for t in range(20)])[..., None]
        image = np.stack([scene, np.ones_like(scene)], axis=-1)[None].astype(np.float32)
        background = Frames(image, np.array([0]), np.array([0.0]), ("level", "noise"))
        return {"recording": Recording.of(pixels.astype(np.uint8)), "background": background}


def _place(plane: Array, scene: Array) -> tuple[float, float]:
    shrink = max(1.0, max(plane.shape) / WORKING_PX)
    size = max(2, round(plane.shape[1] / shrink)), max(2, round(plane.shape[0] / shrink))
    now, empty = (
        cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_AREA) for image in (plane, scene)
    )
    if np.ptp(now) < 1 or np.ptp(empty) < 1:
        return 0.0, 0.0
    (x, y), _ = cv2.phaseCorrelate(empty, now, cv2.createHanningWindow(size, cv2.CV_32F))
    return float(x * shrink), float(y * shrink)


def _middle_of_three(places: Array) -> Array:
    """Median of each place and its two neighbours: one odd frame is no moved camera."""
    if len(places) < 3:
        return places
    padded = np.concatenate([places[:1], places, places[-1:]])
    middle: Array = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    return middle
