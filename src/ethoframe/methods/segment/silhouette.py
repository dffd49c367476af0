"""The animal's outline, by its difference from the empty scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Patch, Recording, Values
from ethoframe.data.noun import Array

THINGS = 4  # at most so many candidates are looked at closely


@dataclass(frozen=True)
class Silhouette(FrameMethod):
    """Which pixels are the animal's body, and which are thin things at it, such as the tail.

    A pixel is the animal's when its level lies nearer to the animal's than to the empty scene's at
    that place (*edge* moves the border between them), and differs from the scene by more than the
    noise. Slow changes of light are followed by one factor per frame, the median ratio of the frame
    to the empty scene. Whatever is thinner than a share of the animal's own width is taken off the
    body and labelled *thin*; the body's round ends are grown back, as far as the animal reaches.

    The search runs on a coarse grid; only the window round what it finds is looked at in full.
    Where the noise would drown the animal, the frame is blurred, no more than needed.

    References
    ----------
    Opening by a disc: Serra, Image Analysis and Mathematical Morphology, 1982. Through the distance
    transform it takes the same time for any radius.
    """

    edge: float = parameter(
        0.5,
        unit="1",
        says="border between scene (0) and animal (1) on the way between their levels",
        low=0.05,
        high=0.95,
    )
    noises: float = parameter(
        6.0,
        unit="1",
        says="least difference from the scene, in standard deviations of the noise",
        low=1.0,
    )
    opening: float = parameter(
        0.4,
        unit="1",
        says="things thinner than this share of the animal's width are no body",
        low=0.0,
        high=0.9,
    )
    regrowth: float = parameter(
        0.5,
        unit="1",
        says="how far the body's ends are grown back, as a share of what the opening took",
        low=0.0,
        high=2.0,
    )
    smallest: float = parameter(
        0.15, unit="1", says="least area as a share of the animal's", low=0.0, high=1.0
    )
    largest: float = parameter(
        4.0, unit="1", says="greatest area as a share of the animal's", low=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING),
        "background": In(Kind.IMAGE),
        "appearance": In(Kind.VALUES),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"
    shifts: ClassVar[bool] = False

    def outline(self, **specs: Spec) -> Spec:
        """Labels 1 (body) and 2 (thin), as large as the recording's frames."""
        t, y, x, _ = specs["recording"].shape
        names, spacing = ("body", "thin"), specs["recording"].spacing_mm
        return Spec(Kind.LABELMAP, ("t", "y", "x"), (t, y, x), "uint8", "", names, spacing)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The labels of each frame in the window round the animal; none where nothing was found."""
        look = _Look.of(self, side["background"], side["appearance"], batch.pixels.dtype)
        patches = tuple(look.patch(plane[..., 0]) for plane in batch.pixels)
        names = {1: "body", 2: "thin"}
        return LabelMap(patches, batch.numbers, batch.times_s, batch.size, names, batch.spacing_mm)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A dark square with a thin tail that crosses a shaded floor while the light drifts."""
        floor = 150 + 60 * np.linspace(0, 1, 64)[None, :] * np.ones((48, 1))
        pixels = np.empty((12, 48, 64, 1))
        for t, frame in enumerate(pixels[..., 0]):
            frame[:] = floor * (1 + 0.01 * t)
            frame[14:26, 6 + 3 * t : 22 + 3 * t] = 40
            frame[19:21, 2 + 3 * t : 6 + 3 * t] = 40
        scene = np.stack([floor, np.ones_like(floor)], axis=-1)[None].astype(np.float32)
        background = Frames(scene, np.array([0]), np.array([0.0]), ("level", "noise"))
        appearance = Values.whole(
            sign=(-1.0, "1"),
            level=(40.0, "level"),
            noise=(1.0, "level"),
            area=(192.0, "px2"),
            length=(16.0, "px"),
            width=(12.0, "px"),
            found=(1.0, "1"),
        )
        recording = Recording.of(pixels.astype(np.uint8))
        return {"recording": recording, "background": background, "appearance": appearance}


@dataclass(frozen=True)
class _Look:
    """What every frame of a batch is compared with."""

    sign: float
    scene: Array
    border: Array
    grid: int
    blur_px: float
    disc: float
    regrown: float
    areas: tuple[float, float]

    @classmethod
    def of(cls, method: Silhouette, background: Frames, appearance: Values, dtype: Any) -> _Look:
        sign, level, noise = (appearance[name] for name in ("sign", "level", "noise"))
        area, width = appearance["area"], appearance["width"]
        scene = background.plane(0, "level")
        contrast = np.maximum(sign * (level - scene), 0)
        usual = method.edge * float(np.median(contrast)) if contrast.size else 0.0
        # Noise that would drown the usual contrast is blurred away: white noise falls by 2√π times
        # the blur's standard deviation. Twice what is needed keeps the outline smooth as well.
        excess = method.noises * noise / max(usual, 1e-6)
        blur_px = float(np.clip(2 * excess, 0, 20) / (2 * np.sqrt(np.pi))) if excess > 1 else 0.0
        reach = np.maximum(method.edge * contrast, method.noises * noise / max(excess, 1.0))
        border = scene + sign * reach
        disc = method.opening * width / 2
        limits = method.smallest * area, method.largest * area
        grid = int(np.clip(width / 8, 1, 4)) if np.isfinite(width) else 1
        return cls(sign, scene, border, grid, blur_px, disc, method.regrowth * disc, limits)

    def patch(self, plane: Array) -> Patch:
        """The labels of one frame."""
        if not np.isfinite(self.sign):
            return _NOTHING
        factor = self._light(plane)
        window = self._window(plane, factor)
        if window is None:
            return _NOTHING
        rows, columns = window
        mask = self._animal(plane[rows, columns], self.border[rows, columns], factor)
        return Patch(self._opened(mask), (rows.start, columns.start))

    def _animal(self, plane: Array, border: Array, factor: float) -> Array:
        levels: Array = plane.astype(np.float32)
        if self.blur_px:
            levels = cv2.GaussianBlur(levels, (0, 0), self.blur_px, borderType=cv2.BORDER_REPLICATE)
        return cv2.compare(levels, border * factor, cv2.CMP_LT if self.sign < 0 else cv2.CMP_GT)

    def _light(self, plane: Array) -> float:
        """How much lighter the frame is than the scene: a median, so the animal has no say."""
        step = max(1, min(plane.shape) // 24)
        scene = self.scene[step // 2 :: step, step // 2 :: step]
        now = plane[step // 2 :: step, step // 2 :: step]
        return float(np.median((now + 1.0) / (scene + 1.0)))

    def _window(self, plane: Array, factor: float) -> tuple[slice, slice] | None:
        """The window round what may be the animal, found on the coarse grid."""
        g = self.grid
        coarse = cv2.blur(plane, (g, g))[::g, ::g] if self.blur_px else plane[::g, ::g]
        mask = self._animal(coarse, self.border[::g, ::g], factor)
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        # An outline runs through pixel centres: half its length is missing from its area.
        areas = [g * g * (cv2.contourArea(o) + cv2.arcLength(o, True) / 2 + 1) for o in outlines]
        chosen = np.argsort(areas)[::-1][:THINGS]
        boxes = [cv2.boundingRect(outlines[i]) for i in chosen if areas[i] >= 0.5 * self.areas[0]]
        if not boxes:
            return None
        left, top, width, height = np.array(boxes).T * g
        margin = g + 2
        rows = slice(max(0, top.min() - margin), min(plane.shape[0], (top + height).max() + margin))
        columns = slice(
            max(0, left.min() - margin), min(plane.shape[1], (left + width).max() + margin)
        )
        return rows, columns

    def _opened(self, mask: Array) -> Array:
        """Body as 1, thin things as 2."""
        if self.disc < 1:
            return mask // 255
        # One pixel of nothing all round, so that the picture's edge is an edge of the animal too.
        framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
        depth = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_5)
        beside_core = cv2.compare(depth, self.disc, cv2.CMP_LE)  # type: ignore[call-overload]
        from_core = cv2.distanceTransform(beside_core, cv2.DIST_L2, cv2.DIST_MASK_5)
        reach = self.disc + self.regrown
        near = cv2.compare(from_core, reach, cv2.CMP_LE)  # type: ignore[call-overload]
        body = cv2.bitwise_and(near, framed)
        body = _kept_apart(body, cv2.bitwise_not(beside_core))
        labels: Array = (framed // 127 - body // 255)[1:-1, 1:-1]
        return labels


def _kept_apart(body: Array, core: Array) -> Array:
    """The body without the seams along which things meet that only the regrowth has joined."""
    count, _ = cv2.connectedComponents(core)
    if count <= 2:
        return body
    _, nearest = cv2.distanceTransformWithLabels(
        cv2.bitwise_not(core), cv2.DIST_L2, cv2.DIST_MASK_5
    )
    owner = nearest.astype(np.float32)
    seam = cv2.morphologyEx(owner, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    return np.where(seam, 0, body).astype(np.uint8)


_NOTHING = Patch(np.zeros((0, 0), np.uint8))
