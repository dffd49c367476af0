"""Catchment basins by topographic distance: the definition, to hold faster ways against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding_topographic import Hierarchy, basins
from ethoframe.methods.segment._growing_seeds import steps


@dataclass(frozen=True)
class Topographic(FrameMethod):
    """Watershed by topographic distance: every pixel belongs to the minimum its water runs to.

    The topographic distance of two pixels is the least that a way between them costs, where each
    step costs its length times the steepest way down from its higher end. A pixel belongs to the
    minimum of which level plus distance is least; plateaus that are no minimum are shared out by
    nearness to where water comes from. Basins tile the picture: there is no background and no line.

    Basins merge in the order of their saliency: how far a basin's minimum lies below its lowest
    pass to a deeper one. With *depth_level*, basins less salient than that have merged; what is
    merged at one depth is merged at every greater one.

    Frames ``(y, x)`` or volumes ``(z, y, x)``; of several channels the mean, or the one that is
    named. Distances heed the spacing. Labels are int32, from 1 in the order of minima in the
    picture; NaN is 0.

    References
    ----------
    Najman & Schmitt, Signal Processing 38 (1994), 99-112 (distance); IEEE Trans. Pattern Anal.
    Mach. Intell. 18 (1996), 1163-1173 (saliency). On a lattice: Meyer, Signal Processing 38 (1994),
    113-125.
    """

    depth_level: float = parameter(
        0.0, unit="level", says="basins that are shallower merge with their neighbours", low=0.0
    )
    sigma_px: float = parameter(
        0.0, unit="px", says="deviation of a Gaussian, in pixels of the finest axis", low=0.0
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
            listed = ", ".join(seen.names)
            raise Refusal(self.name(), f"there is no channel {self.channel!r}", f"use {listed}")
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
            heights = self._heights(pixels, batch.channels, step)
            found = basins(heights, step, self.connectivity)
            if self.depth_level > 0:
                hierarchy = Hierarchy.of(heights, found, self.connectivity)
                found = hierarchy.merged(found, self.depth_level)
            answer[:] = found
        return LabelMap.of(labels, batch.numbers, batch.times_s, None, batch.spacing_mm)

    def _heights(self, pixels: Array, channels: tuple[str, ...], step: tuple[float, ...]) -> Array:
        """One channel in double precision, smoothed if asked for."""
        from scipy import ndimage

        chosen = pixels[..., channels.index(self.channel)] if self.channel else pixels.mean(axis=-1)
        heights: Array = chosen.astype(np.float64)
        if self.sigma_px == 0:
            return heights
        sigmas = [self.sigma_px / each for each in step]
        return np.asarray(ndimage.gaussian_filter(heights, sigmas, mode="nearest"))

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
