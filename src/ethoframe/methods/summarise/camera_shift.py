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

FARTHEST = 0.05  # shifts are looked for up to this share of the picture's longer side
WORKING_PX = 320  # the longer side is shrunk to this: shifts of a few tenths of a pixel still show


@dataclass(frozen=True)
class CameraShift(Reduction):
    """How far the scene moved in the picture during the recording, and from when on.

    Each frame that is looked at is aligned with the first of them by the normalised correlation of
    their edges, after whatever differs from the empty scene over more than an edge's width (the
    animal) was taken out. (Phase correlation finds false shifts in a scene as smooth as a bare
    floor.) The answer has the values *shift* (px, the greatest distance from the first frame's
    place, after the middle of three neighbours was taken) and *moved* (s, time of the first frame
    further away than half of that; NaN where the shift is under *least_px*).

    References
    ----------
    Normalised correlation: Lewis, Vision Interface 1995, 120-123.
    """

    least_px: float = parameter(1.5, unit="px", says="a smaller shift is none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING),
        "background": In(Kind.IMAGE),
    }
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One row of values."""
        return Spec(Kind.VALUES, ("t", "quantity"), (1, 2), "float64", names=("shift", "moved"))

    def visits(self, spec: Spec) -> Array:
        """The frames that the background is made from, which are decoded already."""
        return Background().visits(spec)

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """The frames made small, without the animal: their number is bounded."""
        background: Frames = side["background"]
        scene = _shrunk(background.plane(0, "level"))
        clear = 6 * float(np.median(background.plane(0, "noise"))) + 0.02 * float(np.ptp(scene))
        small = [_without_animal(_shrunk(plane[..., 0]), scene, clear) for plane in batch.pixels]
        shrink = max(batch.size) / max(scene.shape)
        planes = np.array(small, np.float32).reshape(-1, *scene.shape)
        return {"planes": planes, "times_s": np.array(batch.times_s), "shrink": shrink}

    def combine(self, a: Memory, b: Memory) -> Memory:
        """The frames of both, in order of time."""
        times_s = np.concatenate([a["times_s"], b["times_s"]])
        order = np.argsort(times_s, kind="stable")
        planes = np.concatenate([a["planes"], b["planes"]])[order]
        return {**a, "planes": planes, "times_s": times_s[order]}

    def finalise(self, partial: Memory, **side: Any) -> Values:
        """The values that hold for the recording."""
        planes, times_s = partial["planes"], partial["times_s"]
        places = np.array([_place(plane, planes[0]) for plane in planes]).reshape(-1, 2)
        away = partial["shrink"] * np.hypot(*_middle_of_three(places).T)
        shift = float(away.max()) if len(away) else np.nan
        moved = float(times_s[np.argmax(away > shift / 2)]) if shift >= self.least_px else np.nan
        return Values.whole(shift=(shift, "px"), moved=(moved, "s"))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A textured scene that jumps by three pixels half-way."""
        random = np.random.default_rng(4)
        scene = cv2.GaussianBlur(random.uniform(0, 255, (80, 100)), (0, 0), 2)
        scene = (scene - scene.min()) / np.ptp(scene) * 255
        pixels = np.stack([np.roll(scene, 3 if t >= 10 else 0, axis=1) for t in range(20)])[
            ..., None
        ]
        image = np.stack([scene, np.ones_like(scene)], axis=-1)[None].astype(np.float32)
        background = Frames(image, np.array([0]), np.array([0.0]), ("level", "noise"))
        return {"recording": Recording.of(pixels.astype(np.uint8)), "background": background}


def _shrunk(plane: Array) -> Array:
    shrink = max(1.0, max(plane.shape) / WORKING_PX)
    size = max(2, round(plane.shape[1] / shrink)), max(2, round(plane.shape[0] / shrink))
    small: Array = cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return small


def _place(plane: Array, first: Array) -> tuple[float, float]:
    """How far the plane lies from the first (x, y), up to `FARTHEST` of its longer side."""
    margin = round(FARTHEST * max(first.shape))
    if np.ptp(first) < 1 or np.ptp(plane) < 1:
        return 0.0, 0.0
    # All of the first frame is looked for, and room made round the other: a floor that fills the
    # picture has its edges near the rim, and without them nothing but the animal would tell.
    around = cv2.copyMakeBorder(_edges(plane), *(margin,) * 4, cv2.BORDER_CONSTANT)
    likeness = cv2.matchTemplate(around, _edges(first), cv2.TM_CCOEFF_NORMED)
    x, y = cv2.minMaxLoc(likeness)[3]
    across, down = _peak(likeness[y, :], x), _peak(likeness[:, x], y)
    return across - margin, down - margin


def _edges(plane: Array) -> Array:
    smooth = cv2.GaussianBlur(plane, (0, 0), 1.0)
    slope: Array = np.hypot(
        cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    )
    return slope


def _peak(values: Array, at: int) -> float:
    """Where the parabola through a maximum and its neighbours is highest."""
    if not 0 < at < len(values) - 1:
        return float(at)
    left, middle, right = (float(v) for v in values[at - 1 : at + 2])
    bend = left - 2 * middle + right
    return at + (0.5 * (left - right) / bend if bend < 0 else 0.0)


def _without_animal(now: Array, empty: Array, clear: float) -> Array:
    """The frame with thick differences filled in from the empty scene.

    What a moved camera leaves are thin differences along edges; these stay.
    """
    light = float(np.median((now + 1) / (empty + 1)))
    different = (np.abs(now - light * empty) > clear).astype(np.uint8)
    thick = cv2.morphologyEx(different, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    animal = cv2.dilate(thick, np.ones((15, 15), np.uint8)).astype(bool)
    return np.where(animal, light * empty, now).astype(np.float32)


def _middle_of_three(places: Array) -> Array:
    """Median of each place and its two neighbours: one odd frame is no moved camera."""
    if len(places) < 3:
        return places
    padded = np.concatenate([places[:1], places, places[-1:]])
    middle: Array = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    return middle
