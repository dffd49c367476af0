"""Regions that grow from seeds, pixel by pixel, by likeness to what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.contract.channels import name_one
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._growing import ORDERS, grow
from ethoframe.methods.segment._growing_seeds import KINDS, extrema, steps


@dataclass(frozen=True)
class RegionGrowing(FrameMethod):
    """Seeded region growing: every pixel goes to a neighbouring region, the most alike pixel first.

    How unlike a pixel is to a region is its distance, over all channels, from the mean of what the
    region holds by then. Seeds keep their labels, and there is no background: what shall be
    background needs a seed of its own, and is one more region. Pixels that no seed reaches are 0.

    *adams-bischof* is the algorithm as published: a pixel's place in the order is found once, when
    it first has a labelled neighbour. *mehnert-jackway* serves all pixels of equal distance
    together, so that the answer depends on no order of seeds or pixels; pixels exactly as near to
    two regions are 0 unless the end resolves them.

    `seeds` holds a frame for each of the recording's, by number, or one that serves all of them; a
    frame without seeds has no labels. Without `seeds`, each frame is seeded where its smoothed
    picture, the mean over channels, is brighter or darker than all round by *prominence*.

    Frames ``(y, x)`` or volumes ``(z, y, x)``, of any number of channels and type; pixels that are
    not finite are 0. Labels are int32.

    References
    ----------
    Adams & Bischof, IEEE Trans. Pattern Anal. Mach. Intell. 16 (1994), 641-647.
    Mehnert & Jackway, Pattern Recognition Letters 18 (1997), 1065-1071.
    Seeds by height: Soille, Morphological Image Analysis, 2003, chapter 6.
    """

    order: str = parameter("adams-bischof", says="the order of growth", choices=ORDERS)
    boundaries: bool = parameter(
        False, says="pixels that touch two regions when their turn comes are 0"
    )
    bits: int = parameter(
        32,
        says="distances are told apart to so many bits of the range of levels; less is bucketed",
        low=8,
        high=32,
    )
    connectivity: int = parameter(
        1, says="along how many axes neighbours may differ by one", low=1, high=3
    )
    channel: str = parameter("", says="the only channel to look at; empty for all of them")
    sigma_px: float = parameter(
        2.0,
        unit="px",
        says="without seeds: deviation of the smoothing, in pixels of the finest axis",
        low=0.0,
    )
    prominence: float = parameter(
        0.1,
        unit="1",
        says="without seeds: a seed stands out by such a share of the smoothed picture's range",
        low=0.0,
        high=1.0,
    )
    extrema: str = parameter("both", says="without seeds: what is a seed", choices=KINDS)

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "seeds": In(Kind.LABELMAP, optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames; refuses seeds of another size, and unknown channels."""
        seen, seeds = specs["recording"], specs.get("seeds")
        if self.channel and self.channel not in seen.names:
            reason = f"there is no channel {self.channel!r}"
            raise Refusal(self.name(), reason, name_one(seen.names))
        if np.dtype(seen.dtype).kind not in "buif":
            raise Refusal(self.name(), f"levels are {seen.dtype}", "give it real numbers")
        if seeds is not None and seeds.size != seen.size:
            reason = f"seeds are of size {seeds.size}, the recording of {seen.size}"
            raise Refusal(self.name(), reason, "give seeds of this recording")
        if self.connectivity > len(seen.size):
            reason = f"neighbours over {self.connectivity} axes of {len(seen.size)}"
            raise Refusal(self.name(), reason, f"set connectivity to 1 to {len(seen.size)}")
        shape = seen.shape[:-1]
        return Spec(Kind.LABELMAP, seen.axes[:-1], shape, "int32", spacing_mm=seen.spacing_mm)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The regions of every frame."""
        labels = np.zeros(batch.pixels.shape[:-1], np.int32)
        for index, pixels in enumerate(batch.pixels):
            if self.channel:
                pixels = pixels[..., [batch.channels.index(self.channel)]]
            seeds = self._seeds(pixels, batch, index, side.get("seeds"))
            if seeds is not None:
                labels[index] = grow(
                    pixels,
                    seeds,
                    connectivity=self.connectivity,
                    order=self.order,
                    boundaries=self.boundaries,
                    bits=self.bits,
                )
        return LabelMap.of(labels, batch.numbers, batch.times_s, None, batch.spacing_mm)

    def _seeds(
        self, pixels: Array, batch: Frames, index: int, given: LabelMap | None
    ) -> Array | None:
        """Of one frame; None where there are none."""
        if given is None:
            sigmas = [self.sigma_px / step for step in steps(batch.spacing_mm, len(batch.size))]
            return extrema(pixels.mean(axis=-1), sigmas, self.prominence, self.extrema)
        rows = [0] if len(given) == 1 else np.flatnonzero(given.numbers == batch.numbers[index])
        return given.take(slice(rows[0], rows[0] + 1)).dense()[0] if len(rows) else None

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two grey shapes on a darker ground that drift, one seed in each, for all frames."""
        random = np.random.default_rng(4)
        pixels = random.normal(60, 4, (9, 40, 48, 1))
        for t, frame in enumerate(pixels[..., 0]):
            frame[6 + t // 2 : 20 + t // 2, 6:22] += 50
            frame[18:32, 28:42] += 90
        seeds = np.zeros((1, 40, 48), np.int32)
        for label, (y, x) in enumerate(((2, 44), (14, 14), (25, 35)), start=1):
            seeds[0, y, x] = label
        recording = Recording.of(pixels.clip(0, 255).astype(np.uint8))
        return {"recording": recording, "seeds": LabelMap.of(seeds)}
