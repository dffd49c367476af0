"""What frames are compared with: the empty scene, and how the animal differs from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ethoframe.data import Patch, Values
from ethoframe.data.noun import Array
from ethoframe.methods.segment._opening import around, closed, depth, within

if TYPE_CHECKING:
    from ethoframe.methods.segment.silhouette import Silhouette

NECK = 0.67  # share of the opening's radius that joins two parts of one body
LOST = 0.01  # share of the animal's area from which on a closer look is worth it
THICK = 0.5  # share of the opening's radius that no tail has
WHOLE = 1.3  # times the usual area
COVERED = 0.3  # share of a gap that shows what covers it; its edges are blurred
THINGS = 4  # at most so many candidates are looked at closely


@dataclass(frozen=True)
class Look:
    """What every frame of a batch is compared with."""

    sides: tuple[Side, ...]  # none when nothing is known of the animal
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
    def of(cls, method: Silhouette, scene: Array, lighter: float, appearance: Values) -> Look:
        """Of one plane of the empty scene, so many times lighter than the first one."""
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
            tuple(Side.of(scene, sign * reach, grid, blur_px) for sign in _signs(appearance)),
            grid,
            scene,
            float(appearance["sign"]),
            max(float(least), usual / 2),
            few(scene) + 1.0,
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
        gaps = cv2.bitwise_and(closed(few, disc, cover), cv2.bitwise_not(few))
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
        ratios = ((few(plane) + 1.0) / self.sampled).ravel()
        middle = len(ratios) // 2
        return float(np.partition(ratios, middle)[middle])

    def unlike(self, plane: Array) -> float:
        """How differently light falls on the frame and on the scene, in the median."""
        ratios = (few(plane) + 1.0) / self.sampled
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
        deep = depth(mask)
        core = cv2.compare(deep, self.disc / self.step, cv2.CMP_GT)  # type: ignore[call-overload]
        reach = (self.disc + self.regrown) / self.step
        rows, columns = around(core, reach)
        near = np.zeros_like(mask)
        # What hangs together by nearly as much as makes a body is one body: a neck, say.
        joined = cv2.compare(deep[rows, columns], NECK * self.disc / self.step, cv2.CMP_GT)  # type: ignore[call-overload]
        parts, whole = cv2.connectedComponents(joined)
        near[rows, columns] = within(core[rows, columns], whole if parts > 2 else None, reach)
        thick = cv2.compare(deep, THICK * self.disc / self.step, cv2.CMP_GT)  # type: ignore[call-overload]
        lost = cv2.countNonZero(cv2.bitwise_and(thick, cv2.bitwise_not(near)))
        return near, parts > 2 or lost * self.step**2 > LOST * self.area


@dataclass(frozen=True)
class Side:
    """One border between scene and animal, and how a frame compares with it beyond."""

    border: Array
    coarse: Array  # the border on the grid
    compare: int

    @classmethod
    def of(cls, scene: Array, reach: Array, grid: int, blur_px: float) -> Side:
        """The border that lies `reach` away from the scene."""
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


def few(plane: Array) -> Array:
    """Some hundred pixels, evenly spread."""
    step = max(1, min(plane.shape) // 16)
    return plane[step // 2 :: step, step // 2 :: step]


_NOTHING = Patch(np.zeros((0, 0), np.uint8))
