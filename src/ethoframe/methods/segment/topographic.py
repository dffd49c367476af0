"""Catchment basins by topographic distance: the definition, to hold faster ways against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.contract.channels import colours, name_one
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._brightness import hidden
from ethoframe.methods.segment._flooding_topographic import Hierarchy, basins
from ethoframe.methods.segment._growing_seeds import steps

NORMAL_MAD = 0.6745  # median size of a normal deviate, in deviations
ROUNDING = 12**-0.5  # deviation of what rounding to whole numbers takes away
LONGEST = 64  # reach of the kernel by which noise is followed through the smoothing


@dataclass(frozen=True)
class Topographic(FrameMethod):
    """Watershed by topographic distance: every pixel belongs to the minimum its water runs to.

    The topographic distance of two pixels is the least that a way between them costs, where each
    step costs its length times the steepest way down from its higher end. A pixel belongs to the
    minimum of which level plus distance is least; plateaus that are no minimum are shared out by
    nearness to where water comes from. Basins tile the picture: there is no background and no line.

    The *relief* is how steep the levels are (then objects and the ground between them are basins,
    and their edges are where they meet), the levels themselves (dark places are basins), or the
    levels turned over (bright places are). It is that of the levels smoothed by *sigma_px*.

    Basins merge in the order of their saliency: how far a basin's minimum lies below its lowest
    pass to a deeper one. What is less salient than *clear* times the noise of the relief, or than
    *depth_level*, has merged; what is merged at one depth is merged at every greater one. The noise
    is taken for white and is estimated by what neighbours differ by, of whole numbers as no less
    than rounding makes; that of the relief is what the smoothing, and the slope, leave of it. Of a
    million pixels of normal noise, no more than a few are the bottom of a dip of five deviations,
    most of them at the border. For the basin of every single minimum, set *sigma_px* and *clear* to
    0.

    Frames ``(y, x)`` or volumes ``(z, y, x)``; of several channels the mean of all but alpha, or
    the one that is named. Distances heed the spacing. Labels are int32, from 1 in the order of
    minima in the picture; what is NaN, infinite or transparent is 0, and a wall.

    References
    ----------
    Najman & Schmitt, Signal Processing 38 (1994), 99-112 (distance); IEEE Trans. Pattern Anal.
    Mach. Intell. 18 (1996), 1163-1173 (saliency). On a lattice: Meyer, Signal Processing 38 (1994),
    113-125. Of the slope: Beucher & Lantuéjoul, Int. Workshop on Image Processing, Rennes, 1979.
    Noise: Donoho & Johnstone, Biometrika 81 (1994), 425-455.
    """

    relief: str = parameter(
        "slope", says="what is flooded", choices=("slope", "level", "inverted level")
    )
    clear: float = parameter(
        5.0,
        unit="1",
        says="basins that are shallower than so many deviations of noise merge",
        low=0.0,
    )
    depth_level: float = parameter(
        0.0, unit="level", says="basins of the relief that are shallower merge as well", low=0.0
    )
    sigma_px: float = parameter(
        1.0, unit="px", says="deviation of a Gaussian, in pixels of the finest axis", low=0.0
    )
    connectivity: int = parameter(
        1, says="along how many axes neighbours may differ by one", low=1, high=3
    )
    channel: str = parameter("", says="the channel to look at; empty for the mean of all")

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames; refuses channels that there are not."""
        seen = specs["recording"]
        if self.channel and self.channel not in seen.names:
            reason = f"there is no channel {self.channel!r}"
            raise Refusal(self.name(), reason, name_one(seen.names))
        if np.dtype(seen.dtype).kind not in "buif":
            raise Refusal(self.name(), f"levels are {seen.dtype}", "give it real numbers")
        if self.connectivity > len(seen.size):
            reason = f"neighbours over {self.connectivity} axes of {len(seen.size)}"
            raise Refusal(self.name(), reason, f"set connectivity to 1 to {len(seen.size)}")
        shape = seen.shape[:-1]
        return Spec(Kind.LABELMAP, seen.axes[:-1], shape, "int32", spacing_mm=seen.spacing_mm)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The basins of every frame."""
        step = steps(batch.spacing_mm, len(batch.size))
        labels = np.zeros(batch.pixels.shape[:-1], np.int32)
        for pixels, answer in zip(batch.pixels, labels, strict=True):
            levels, known = self._levels(pixels, batch.channels)
            heights = self._heights(levels, known, step)
            found = basins(heights, step, self.connectivity)
            noise = _noise(levels, known, whole=pixels.dtype.kind in "bui")
            depth = max(self.depth_level, self.clear * noise * self._left(step))
            if depth > 0:
                hierarchy = Hierarchy.of(heights, found, self.connectivity)
                found = hierarchy.merged(found, depth)
            answer[:] = found
        return LabelMap.of(labels, batch.numbers, batch.times_s, None, batch.spacing_mm)

    def _levels(self, pixels: Array, channels: tuple[str, ...]) -> tuple[Array, Array]:
        """One channel in double precision, and where its levels are known."""
        names = (self.channel,) if self.channel else colours(channels)
        chosen = pixels[..., [channels.index(name) for name in names]].mean(axis=-1, dtype=float)
        known = np.isfinite(chosen)
        covered = hidden(pixels, channels, self.channel)
        if covered is not None:
            known &= ~covered
        return chosen, known

    def _heights(self, levels: Array, known: Array, step: tuple[float, ...]) -> Array:
        """The relief in double precision; NaN where nothing is known."""
        smooth = _smoothed(np.where(known, levels, 0), self._sigmas(step))
        if not known.all():
            share = _smoothed(known.astype(np.float64), self._sigmas(step))
            # Far from what is known, both are 0.
            smooth = np.divide(smooth, share, out=np.zeros_like(smooth), where=share > 0)
        if self.relief == "slope":
            slopes = [_slope(smooth, axis, each) for axis, each in enumerate(step)]
            smooth = np.sqrt(sum(np.square(slope) for slope in slopes))
        elif self.relief == "inverted level":
            smooth = -smooth
        return np.where(known, smooth, np.nan)

    def _sigmas(self, step: tuple[float, ...]) -> list[float]:
        return [self.sigma_px / each for each in step]

    def _left(self, step: tuple[float, ...]) -> float:
        """Deviation (of a slope, along an axis) that white noise of deviation 1 leaves."""
        spot = np.zeros(2 * LONGEST + 1)
        spot[LONGEST] = 1
        blurs = [_smoothed(spot, [min(each, LONGEST / 8)]) for each in self._sigmas(step)]
        kept = [float(np.square(blur).sum()) for blur in blurs]
        if self.relief != "slope":
            return float(np.sqrt(np.prod(kept)))
        slopes = [_slope(blur, 0, each) for blur, each in zip(blurs, step, strict=True)]
        steep = [float(np.square(slope).sum()) for slope in slopes]
        along = [np.prod(kept) * s / k for s, k in zip(steep, kept, strict=True)]
        return float(np.sqrt(max(along)))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Dark hollows in a ground with ripples, which drift."""
        random = np.random.default_rng(6)
        y, x = np.mgrid[:32, :40]
        pixels = random.normal(150, 3, (9, 32, 40, 1))
        for t, frame in enumerate(pixels[..., 0]):
            for row, column in ((10, 8 + t / 2), (20, 28)):
                frame -= 90 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 60)
        return {"recording": Recording.of(pixels.clip(0, 255).astype(np.uint8))}


def _smoothed(levels: Array, sigmas: list[float]) -> Array:
    from scipy import ndimage

    smooth: Array = ndimage.gaussian_filter(levels, sigmas, mode="nearest")
    return smooth


def _slope(levels: Array, axis: int, step: float) -> Array:
    """Central differences along an axis, per pixel of the finest; 0 along an axis of one pixel."""
    if levels.shape[axis] < 2:
        return np.zeros_like(levels)
    slope: Array = np.gradient(levels, step, axis=axis)
    return slope


def _noise(levels: Array, known: Array, *, whole: bool) -> float:
    """Deviation of white noise, by both diagonals of blocks of 2 × 2 pixels that are all known."""
    rows, columns = (n // 2 * 2 for n in levels.shape[-2:])
    blocks = np.where(known, levels, np.nan)[..., :rows, :columns]
    down = blocks[..., 1::2, :] - blocks[..., 0::2, :]
    diagonal = np.abs(down[..., 1::2] - down[..., 0::2])
    diagonal = diagonal[np.isfinite(diagonal)]
    found = float(np.median(diagonal)) / 2 / NORMAL_MAD if diagonal.size else 0.0
    return max(found, ROUNDING) if whole else found
