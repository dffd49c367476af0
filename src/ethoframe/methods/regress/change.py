"""What differs from the empty scene in each frame: the animal, and whatever else is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Values
from ethoframe.data.noun import Array

COLUMNS = 160  # of the grid, at most; nothing that matters here is smaller than a cell of it
THINNEST = (2, 6)  # cells; one is the grid's own roughness, and more than six takes time
LEAST_LEVELS = 8.0  # a weaker difference is what compression leaves
NAMES = ("changed", "largest", "second", "reaching", "light")
UNITS = ("px2", "px2", "px2", "px2", "1")


@dataclass(frozen=True)
class Change(FrameMethod):
    """How much of each frame differs from the empty scene, darker or lighter, and in what pieces.

    Every so many pixels are looked at, so that the grid is 160 of them wide at most. The answer has
    one row per frame:

    * *changed*: the area of all that differs by more than the noise, in px²;
    * *largest*, *second*: areas of the largest and the second largest piece that hangs together and
      differs by more than a *share* of how much the animal differs. What is thin beside the animal,
      such as a tail or a cable, belongs to no piece, so it joins none;
    * *reaching*: the area of the largest piece that touches the picture's border, as an arm does;
    * *light*: how many times lighter the frame is than the empty scene, as a median ratio.

    Light that changes as a whole is no difference. With an empty scene of several planes, each
    frame is compared with the plane whose pattern of light is nearest to its own. A frame of NaN
    has no area.

    References
    ----------
    ethoframe's own.
    """

    noises: float = parameter(
        6.0, unit="1", says="how many standard deviations of the noise count as different", low=1.0
    )
    share: float = parameter(
        0.1,
        unit="1",
        says="least difference of a piece, as a share of how much the animal differs",
        low=0.0,
        high=1.0,
    )
    opening: float = parameter(
        0.35,
        unit="1",
        says="things thinner than this share of the animal's width are no pieces",
        low=0.0,
        high=0.9,
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING),
        "background": In(Kind.IMAGE),
        "appearance": In(Kind.VALUES),
    }
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One row of five numbers per frame."""
        shape = specs["recording"].shape[0], len(NAMES)
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=NAMES)

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The row of each frame."""
        look = _look(self, side["background"], side["appearance"])
        rows = [look.row(plane[..., 0]) for plane in batch.pixels]
        table = np.array(rows, np.float64).reshape(-1, len(NAMES))
        return Values(table, NAMES, UNITS, batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A dark animal on a floor under drifting light, and an arm that comes and goes."""
        pixels = np.full((12, 48, 64, 1), 200.0)
        for t, frame in enumerate(pixels[..., 0]):
            frame[20:30, 10 + t : 26 + t] = 40
            frame[: 4 * max(0, 5 - t), 44:58] = 240
            frame *= 1 + 0.005 * t
        scene = np.stack([np.full((48, 64), 200.0), np.ones((48, 64))], axis=-1)[None]
        background = Frames(
            scene.astype(np.float32), np.array([0]), np.array([0.0]), ("level", "noise")
        )
        appearance = Values.whole(
            contrast=(160.0, "level"), noise=(1.0, "level"), width=(10.0, "px")
        )
        recording = Recording.of(pixels.clip(0, 255).astype(np.uint8))
        return {"recording": recording, "background": background, "appearance": appearance}


@dataclass(frozen=True)
class _Scene:
    """One plane of the empty scene on the grid."""

    level: Array
    sampled: Array  # a few of its levels, one more

    @classmethod
    def of(cls, plane: Array, step: int) -> _Scene:
        level = _grid(np.nan_to_num(plane), step)
        return cls(level, _few(level) + 1.0)

    def ratios(self, coarse: Array) -> Array:
        """How many times lighter the frame is at a few places, in rising order."""
        return np.sort(((_few(coarse) + 1.0) / self.sampled).ravel())

    def apart(self, coarse: Array, light: float) -> Array:
        """How far each cell of the frame is from the scene under that light; 0 for NaN."""
        if not np.isfinite(light):
            return np.zeros(coarse.shape, np.uint8)
        if coarse.dtype == np.uint8:  # bytes are compared several times faster than floats
            return cv2.absdiff(coarse, cv2.convertScaleAbs(self.level, alpha=light))
        apart = np.abs(coarse.astype(np.float32) - self.level * np.float32(light))
        return np.nan_to_num(apart, posinf=0.0)


@dataclass(frozen=True)
class _Look:
    """What every frame is compared with."""

    scenes: tuple[_Scene, ...]
    faint: float  # levels; what differs by less does not
    clear: float  # and what differs by less is no piece
    step: int
    square: Array  # of so many cells; what it does not fit into is thin

    @classmethod
    def of(cls, method: Change, background: Frames, appearance: Values) -> _Look:
        noise, contrast, width = (appearance[name] for name in ("noise", "contrast", "width"))
        faint = max(LEAST_LEVELS, float(np.nan_to_num(method.noises * noise)))
        clear = max(faint, float(np.nan_to_num(method.share * contrast)))
        step = max(1, -(-background.size[1] // COLUMNS))
        planes = (background.plane(index, "level") for index in range(len(background)))
        scenes = tuple(_Scene.of(plane, step) for plane in planes)
        thin = np.clip(np.nan_to_num(method.opening * width / step), *THINNEST)
        return cls(scenes, faint, clear, step, np.ones((round(thin), round(thin)), np.uint8))

    def row(self, plane: Array) -> tuple[float, ...]:
        """The numbers of one frame."""
        coarse = _grid(plane, self.step)
        ratios = [scene.ratios(coarse) for scene in self.scenes]
        middle, best = ratios[0].size // 2, 0
        if len(ratios) > 1:
            unlike = [np.median(np.abs(each / each[middle] - 1)) for each in ratios]
            best = int(np.argmin(unlike))
        light = float(ratios[best][middle])
        apart = self.scenes[best].apart(coarse, light)
        changed = cv2.countNonZero(_beyond(apart, self.faint * light))
        pieces = _pieces(_beyond(apart, self.clear * light), self.square)
        areas = (float(area * self.step**2) for area in (changed, *pieces))
        return *areas, float(ratios[0][middle])


@lru_cache(maxsize=4)
def _look(method: Change, background: Frames, appearance: Values) -> _Look:
    # Remembered from batch to batch: it depends on nothing that a batch holds.
    return _Look.of(method, background, appearance)


def _beyond(apart: Array, levels: float) -> Array:
    if not np.isfinite(levels):  # of a frame of NaN nothing is known
        return np.zeros(apart.shape, np.uint8)
    _, mask = cv2.threshold(apart, levels, 255, cv2.THRESH_BINARY)
    return mask.astype(np.uint8, copy=False)


def _pieces(mask: Array, square: Array) -> tuple[int, int, int]:
    """Cells in the largest, the second largest and the largest piece that reaches the border."""
    # Anchors by hand: with a square of even sides, OpenCV's own opening moves what it keeps.
    near, far = len(square) // 2, (len(square) - 1) // 2
    core = cv2.erode(mask, square, anchor=(near, near))
    solid = cv2.dilate(core, square, anchor=(far, far))
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    # Pick's theorem counts the cells on and inside an outline; holes are filled by it.
    areas = [round(cv2.contourArea(each) + len(each) / 2 + 1) for each in outlines]
    first, second = sorted([0, 0, *areas])[:-3:-1]
    reaching = [a for a, each in zip(areas, outlines, strict=True) if _at_border(each, mask.shape)]
    return first, second, max(reaching, default=0)


def _at_border(outline: Array, size: tuple[int, ...]) -> bool:
    left, top, width, height = cv2.boundingRect(outline)
    return left == 0 or top == 0 or top + height == size[0] or left + width == size[1]


def _grid(plane: Array, step: int) -> Array:
    """Every so many pixels, from the middle of each cell."""
    return np.ascontiguousarray(plane[step // 2 :: step, step // 2 :: step])


def _few(coarse: Array) -> Array:
    """Some hundred cells, evenly spread."""
    step = max(1, min(coarse.shape) // 16)
    return coarse[step // 2 :: step, step // 2 :: step]
