"""The animal's outline, by its difference from the empty scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Patch, Recording, Values
from ethoframe.data.noun import Array

NECK = 0.67  # share of the opening's radius that joins two parts of one body
LOST = 0.01  # share of the animal's area from which on a closer look is worth it
THICK = 0.5  # share of the opening's radius that no tail has
WHOLE = 1.3  # times the usual area
COVERED = 0.3  # share of a gap that shows what covers it; its edges are blurred
THINGS = 4  # at most so many candidates are looked at closely


@dataclass(frozen=True)
class Silhouette(FrameMethod):
    """Which pixels are the animal's body, and which are thin things at it, such as the tail.

    A pixel is the animal's when its level lies nearer to the animal's than to the empty scene's at
    that place (*edge* moves the border between them), and differs from the scene by more than the
    noise. Slow changes of light are followed by one factor per frame, the median ratio of the frame
    to the empty scene. Whatever is thinner than a share of the animal's own width is taken off the
    body and labelled *thin*; the body's round ends are grown back, as far as the animal reaches.

    What lies over the animal, such as a cable, would cut it up. A gap between thick parts is the
    animal's where it is no wider than *covered* tells, and differs from the scene to the other side
    than the animal does: a dark cable over a light animal.

    The search runs on a coarse grid; only the window round what it finds is looked at in full.
    Where the noise would drown the animal, the frame is blurred, no more than needed. With an empty
    scene of several planes, each frame is compared with the one whose pattern of light is nearest
    to its own, after one factor, on a few hundred pixels.

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
    covered: float = parameter(
        0.3,
        unit="1",
        says="a cable no wider than this share of the animal's width hides none of its body",
        low=0.0,
        high=0.9,
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
    version: ClassVar[str] = "4"
    shifts: ClassVar[bool] = False

    def outline(self, **specs: Spec) -> Spec:
        """Labels 1 (body) and 2 (thin), as large as the recording's frames."""
        t, y, x, _ = specs["recording"].shape
        names, spacing = ("body", "thin"), specs["recording"].spacing_mm
        return Spec(Kind.LABELMAP, ("t", "y", "x"), (t, y, x), "uint8", "", names, spacing)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The labels of each frame in the window round the animal; none where nothing was found."""
        looks = _looks(self, side["background"], side["appearance"])
        patches = tuple(
            _nearest(looks, plane[..., 0]).patch(plane[..., 0]) for plane in batch.pixels
        )
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
            contrast=(140.0, "level"),
            noise=(1.0, "level"),
            area=(192.0, "px2"),
            length=(16.0, "px"),
            width=(12.0, "px"),
            found=(1.0, "1"),
        )
        recording = Recording.of(pixels.astype(np.uint8))
        return {"recording": recording, "background": background, "appearance": appearance}


@lru_cache(maxsize=4)
def _looks(method: Silhouette, background: Frames, appearance: Values) -> tuple[_Look, ...]:
    # Remembered from batch to batch: it depends on nothing that a batch holds.
    planes = [background.plane(index, "level") for index in range(len(background))]
    return tuple(
        _Look.of(method, plane, _lighter(plane, planes[0]), appearance) for plane in planes
    )


def _lighter(scene: Array, first: Array) -> float:
    """How many times lighter a plane of the empty scene is than the first one."""
    if scene is first or not scene.size:
        return 1.0
    lighter = float(np.median((_few(scene) + 1.0) / (_few(first) + 1.0)))
    return lighter if np.isfinite(lighter) else 1.0


def _nearest(looks: Sequence[_Look], plane: Array) -> _Look:
    """The one whose pattern of light is nearest to that of the frame."""
    return looks[0] if len(looks) == 1 else min(looks, key=lambda look: look.unlike(plane))


@dataclass(frozen=True)
class _Look:
    """What every frame of a batch is compared with."""

    sides: tuple[_Side, ...]  # none when nothing is known of the animal
    grid: int
    scene: Array
    sign: float
    least: float  # levels; what differs by less is nothing like the animal
    sampled: Array  # the scene on a few hundred pixels, one more
    blur_px: float
    disc: float
    regrown: float
    cover: float  # half the width of what may lie over it
    area: float
    limits: tuple[float, float]  # shares of the area
    shortest: float  # outline on the grid of anything worth a look
    step: int  # of the pixels that tell what is thin

    @classmethod
    def of(cls, method: Silhouette, scene: Array, lighter: float, appearance: Values) -> _Look:
        noise, area, width = (appearance[name] for name in ("noise", "area", "width"))
        contrast = _contrast(scene, lighter, appearance)
        usual = method.edge * float(np.median(contrast[::8, ::8])) if contrast.size else 0.0
        # Noise that would drown the usual contrast is blurred away: white noise falls by 2√π times
        # the blur's standard deviation. Twice what is needed keeps the outline smooth as well.
        excess = method.noises * noise / max(usual, 1e-6)
        blur_px = float(np.clip(2 * excess, 0, 20) / (2 * np.sqrt(np.pi))) if excess > 1 else 0.0
        least = np.float32(method.noises * noise / max(excess, 1.0))
        reach = np.maximum(np.float32(method.edge) * contrast, least)
        grid = int(np.clip(width / 8, 1, 4)) if np.isfinite(width) else 1
        disc = method.opening * width / 2
        return cls(
            tuple(_Side.of(scene, sign * reach, grid, blur_px) for sign in _signs(appearance)),
            grid,
            scene,
            float(appearance["sign"]),
            max(float(least), usual / 2),
            _few(scene) + 1.0,
            blur_px,
            disc,
            method.regrowth * disc,
            method.covered * width / 2,
            area,
            (method.smallest, method.largest),
            # No outline round an area is shorter than a circle.
            np.sqrt(2 * np.pi * method.smallest * area) / grid - 4,
            int(np.clip(disc / 3.5, 1, 3)) if np.isfinite(disc) else 1,
        )

    def patch(self, plane: Array) -> Patch:
        """The labels of one frame."""
        if not self.sides:
            return _NOTHING
        light = self._light(plane)
        window = self._window(plane, light)
        if window is None:
            return _NOTHING
        rows, columns = window
        borders = [side.border[rows, columns] for side in self.sides]
        mask = self._animal(plane[rows, columns], borders, light)
        labels, cut = self._opened(mask)
        if cut and self.sign and self.cover >= 1:
            hidden = self._hidden(mask, plane[rows, columns], self.scene[rows, columns], light)
            whole, _ = self._opened(cv2.bitwise_or(mask, hidden))
            body = cv2.countNonZero(cv2.compare(whole, 1, cv2.CMP_EQ))  # type: ignore[call-overload]
            # With a mirror image as well it would be larger than an animal.
            labels = whole if body < WHOLE * self.area else labels
        return Patch(labels, (rows.start, columns.start))

    def _hidden(self, mask: Array, plane: Array, scene: Array, light: float) -> Array:
        """255 where something narrow lies over the animal; every second or third pixel tells."""
        s, (y, x) = self.step, mask.shape
        cover, disc = self.cover / s, THICK * self.disc / s
        few = np.ascontiguousarray(mask[::s, ::s])
        gaps = cv2.bitwise_and(_closed(few, disc, cover), cv2.bitwise_not(few))
        if not cv2.countNonZero(gaps):
            return np.zeros_like(mask)
        # Shadow between an animal and its mirror image looks somewhat like the animal.
        seen, empty = _blurred(plane, self.blur_px)[::s, ::s], scene[::s, ::s]
        beyond = self.sign * (seen - light * empty) < self.least
        count, labels = cv2.connectedComponents(gaps)
        unlike = np.bincount(labels[beyond], minlength=count)
        kept = unlike > COVERED * np.bincount(labels.ravel(), minlength=count)
        found = np.where(kept[labels], gaps, 0).astype(np.uint8)
        whole = cv2.resize(found, None, fx=s, fy=s, interpolation=cv2.INTER_NEAREST)
        return np.ascontiguousarray(whole[:y, :x])

    def _animal(self, plane: Array, borders: Sequence[Array], light: float) -> Array:
        """255 where the plane lies on the animal's side of a border."""
        plane = _blurred(plane, self.blur_px)
        masks = [
            _beyond(plane, border, light, side.compare)
            for side, border in zip(self.sides, borders, strict=True)
        ]
        return masks[0] if len(masks) == 1 else cv2.bitwise_or(*masks)

    def _light(self, plane: Array) -> float:
        """How much lighter the frame is than the scene: a median, so the animal has no say."""
        ratios = ((_few(plane) + 1.0) / self.sampled).ravel()
        middle = len(ratios) // 2
        return float(np.partition(ratios, middle)[middle])

    def unlike(self, plane: Array) -> float:
        """How differently light falls on the frame and on the scene, in the median."""
        ratios = (_few(plane) + 1.0) / self.sampled
        return float(np.median(np.abs(ratios / np.median(ratios) - 1)))

    def _window(self, plane: Array, light: float) -> tuple[slice, slice] | None:
        """The window round what may be the animal, found on the coarse grid."""
        g = self.grid
        coarse = _coarse(plane, g, self.blur_px)
        mask = self._animal(coarse, [side.coarse for side in self.sides], light)
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        boxes = [cv2.boundingRect(outline) for outline in self._likely(outlines)]
        if not boxes:
            return None
        left, top, width, height = np.array(boxes).T * g
        margin = g + 2
        y, x = plane.shape
        rows = slice(max(0, top.min() - margin), min(y, (top + height).max() + margin))
        columns = slice(max(0, left.min() - margin), min(x, (left + width).max() + margin))
        return rows, columns

    def _likely(self, outlines: Sequence[Array]) -> list[Array]:
        """What on the grid may be the animal; only what has about its size, if anything has."""
        cell = self.grid * self.grid
        # An outline runs through pixel centres: half its length is missing from the area in it.
        areas = [
            (cell * (cv2.contourArea(outline) + len(outline) / 2 + 1), i)
            for i, outline in enumerate(outlines)
            if len(outline) >= self.shortest
        ]
        low, high = (limit * self.area for limit in self.limits)
        found = [(area, i) for area, i in areas if 0.5 * low <= area <= high]
        alike = [(area, i) for area, i in found if 0.4 * self.area < area < 2.5 * self.area]
        return [outlines[i] for _, i in sorted(alike or found)[-THINGS:]]

    def _opened(self, mask: Array) -> tuple[Array, bool]:
        """Body as 1, thin things as 2; whether something thicker than a tail is cut off."""
        if self.disc < 1:
            return mask // 255, False
        # Where the body ends is known from the mask to the pixel; what is too thin to be body need
        # not be, and every second or third pixel tells.
        s = self.step
        y, x = mask.shape
        # One pixel of nothing all round, so that the picture's edge is an edge of the animal too.
        framed = cv2.copyMakeBorder(mask[::s, ::s], 1, 1, 1, 1, cv2.BORDER_CONSTANT)
        near, cut = self._grown_back(framed)
        near = near[1:-1, 1:-1]
        near = cv2.resize(near, None, fx=s, fy=s, interpolation=cv2.INTER_NEAREST)[:y, :x]
        labels: Array = mask // 127 - cv2.bitwise_and(near, mask) // 255
        return labels, cut

    def _grown_back(self, mask: Array) -> tuple[Array, bool]:
        """255 near what is left of the mask by an opening; whether something thick is cut off."""
        depth = _depth(mask)
        core = cv2.compare(depth, self.disc / self.step, cv2.CMP_GT)  # type: ignore[call-overload]
        reach = (self.disc + self.regrown) / self.step
        rows, columns = _around(core, reach)
        near = np.zeros_like(mask)
        # What hangs together by nearly as much as makes a body is one body: a neck, say.
        joined = cv2.compare(depth[rows, columns], NECK * self.disc / self.step, cv2.CMP_GT)  # type: ignore[call-overload]
        parts, whole = cv2.connectedComponents(joined)
        near[rows, columns] = _within(core[rows, columns], whole if parts > 2 else None, reach)
        thick = cv2.compare(depth, THICK * self.disc / self.step, cv2.CMP_GT)  # type: ignore[call-overload]
        lost = cv2.countNonZero(cv2.bitwise_and(thick, cv2.bitwise_not(near)))
        return near, parts > 2 or lost * self.step**2 > LOST * self.area


def _closed(mask: Array, disc: float, cover: float) -> Array:
    """255 in the thick parts of a mask and in what is narrow between them."""
    wide = int(cover + disc) + 2
    framed = cv2.copyMakeBorder(mask, *(wide,) * 4, cv2.BORDER_CONSTANT)
    # Between thick parts only: a tail that curls round the body encloses floor.
    thick = cv2.compare(_depth(framed), disc, cv2.CMP_GT)  # type: ignore[call-overload]
    away = _depth(cv2.bitwise_not(thick))
    near = cv2.compare(away, disc + cover, cv2.CMP_LE)  # type: ignore[call-overload]
    closed = cv2.compare(_depth(near), cover, cv2.CMP_GT)  # type: ignore[call-overload]
    inside: Array = closed[wide:-wide, wide:-wide]
    return inside


@dataclass(frozen=True)
class _Side:
    """One border between scene and animal, and how a frame compares with it beyond."""

    border: Array
    coarse: Array  # the border on the grid
    compare: int

    @classmethod
    def of(cls, scene: Array, reach: Array, grid: int, blur_px: float) -> _Side:
        border = np.maximum(scene + reach, 0)
        darker = reach.size > 0 and float(reach.flat[0]) < 0
        compare = cv2.CMP_LT if darker else cv2.CMP_GT
        # Blurred as the frames are: next to a sharp edge of the scene, a blurred frame differs.
        coarse = _blurred(_coarse(border, grid, blur_px), blur_px)
        return cls(_blurred(border, blur_px), coarse, compare)


def _contrast(scene: Array, lighter: float, appearance: Values) -> Array:
    """How much the animal would differ from the scene at each place, in the light of the scene."""
    sign = appearance["sign"]
    if sign == 0:
        return np.full_like(scene, lighter * appearance["contrast"])
    level = np.float32(lighter * appearance["level"])
    contrast: Array = np.maximum(np.float32(sign) * (level - scene), 0)
    return contrast


def _signs(appearance: Values) -> tuple[np.float32, ...]:
    sign = appearance["sign"]
    if not np.isfinite(sign):
        return ()
    return tuple(np.float32(s) for s in ((-1, 1) if sign == 0 else (sign,)))


def _beyond(plane: Array, border: Array, light: float, compare: int) -> Array:
    # The border in the frame's own type: comparing bytes is several times faster than floats.
    if plane.dtype == np.uint8:
        limit: Array = cv2.convertScaleAbs(border, alpha=light)
    else:
        deep = plane.dtype == np.uint16
        limit = cv2.multiply(border, light, dtype=cv2.CV_16U if deep else cv2.CV_32F)  # type: ignore[call-overload]
        plane = plane.astype(limit.dtype, copy=False)
    return cv2.compare(plane, limit, compare)


def _coarse(plane: Array, grid: int, blur_px: float) -> Array:
    """Every so many pixels; means over some of them where the noise must be blurred away."""
    if blur_px:
        return cv2.resize(plane, (-(-plane.shape[1] // grid), -(-plane.shape[0] // grid)))
    return np.ascontiguousarray(plane[::grid, ::grid])


def _blurred(plane: Array, blur_px: float) -> Array:
    if not blur_px or not plane.size:
        return plane
    plane = plane.astype(np.float32, copy=False)
    return cv2.GaussianBlur(plane, (0, 0), blur_px, borderType=cv2.BORDER_REPLICATE)


def _few(plane: Array) -> Array:
    """Some hundred pixels, evenly spread."""
    step = max(1, min(plane.shape) // 16)
    return plane[step // 2 :: step, step // 2 :: step]


def _depth(mask: Array) -> Array:
    """How far it is from each pixel of the mask out of it."""
    return cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)


def _around(core: Array, reach: float) -> tuple[slice, slice]:
    """The window that holds everything within `reach` of the core."""
    left, top, width, height = cv2.boundingRect(core)
    margin = int(reach) + 2
    rows = slice(max(0, top - margin), top + height + margin)
    return rows, slice(max(0, left - margin), left + width + margin)


def _within(core: Array, whole: Array | None, reach: float) -> Array:
    """255 within reach of the core, but for seams between what belongs to no one whole."""
    away = _depth(cv2.bitwise_not(core))
    near = cv2.compare(away, reach, cv2.CMP_LE)  # type: ignore[call-overload]
    return near if whole is None else _kept_apart(near, core, whole)


def _kept_apart(body: Array, core: Array, whole: Array) -> Array:
    """The body without the seams along which things meet that only the regrowth has joined."""
    _, nearest = cv2.distanceTransformWithLabels(
        cv2.bitwise_not(core), cv2.DIST_L2, cv2.DIST_MASK_5
    )
    # Of each piece of the core, as the distance transform numbers them, which whole it belongs to.
    inside = core > 0
    owners = np.zeros(int(nearest.max()) + 1, np.float32)
    owners[nearest[inside]] = whole[inside]
    owner = owners[nearest]
    seam = cv2.morphologyEx(owner, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    return np.where(seam, 0, body).astype(np.uint8)


_NOTHING = Patch(np.zeros((0, 0), np.uint8))
