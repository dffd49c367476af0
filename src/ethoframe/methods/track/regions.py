"""Regions that are carried from each frame to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Memory, SequentialMethod, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._growing import ORDERS, grow


@dataclass(frozen=True)
class Regions(SequentialMethod):
    """Seeded region growing in which each frame's seeds are what is left of the regions before.

    The first frame is grown from `seeds`. In every later one, each region of the frame before loses
    its rim, *shrink_px* wide, and what is left is the seed with the same label; a region that is
    thinner keeps its innermost pixel. So an object keeps its label as long as, from frame to frame,
    it moves by less than its rim is wide. Background is a region like the others, and needs a seed.
    No region ever begins after the first frame, and none that has been lost comes back.

    `seeds` holds one frame that is used, the first. Frames ``(y, x)`` or volumes ``(z, y, x)``, all
    channels; pixels that are not finite are 0. Widths are in pixels of the finest axis. Labels are
    int32.

    References
    ----------
    Adams & Bischof, IEEE Trans. Pattern Anal. Mach. Intell. 16 (1994), 641-647; carrying regions on
    is ethoframe's own.
    """

    shrink_px: float = parameter(
        4.0, unit="px", says="rim that a region loses from each frame to the next", low=0.0
    )
    order: str = parameter("adams-bischof", says="the order of growth", choices=ORDERS)
    connectivity: int = parameter(
        1, says="along how many axes neighbours may differ by one", low=1, high=3
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "seeds": In(Kind.LABELMAP, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames; refuses seeds of another size."""
        seen, seeds = specs["recording"], specs["seeds"]
        if seeds.size != seen.size:
            reason = f"seeds are of size {seeds.size}, the recording of {seen.size}"
            raise Refusal(self.name(), reason, "give seeds of this recording")
        if self.connectivity > len(seen.size):
            reason = f"neighbours over {self.connectivity} axes of {len(seen.size)}"
            raise Refusal(self.name(), reason, f"set connectivity to 1 to {len(seen.size)}")
        shape = seen.shape[:-1]
        return Spec(Kind.LABELMAP, seen.axes[:-1], shape, "int32", spacing_mm=seen.spacing_mm)

    def start(self, **specs: Spec) -> Memory:
        """Nothing has been seen."""
        return {"labels": None}

    def step(self, batch: Frames, memory: Memory, **side: Any) -> tuple[LabelMap, Memory]:
        """The regions of each frame; the last frame's are remembered."""
        before, labels = memory["labels"], np.zeros(batch.pixels.shape[:-1], np.int32)
        for pixels, answer in zip(batch.pixels, labels, strict=True):
            if before is None:
                seeds = _first(side["seeds"])
            else:
                seeds = shrunk(before, self.shrink_px, batch.spacing_mm)
            answer[:] = grow(pixels, seeds, connectivity=self.connectivity, order=self.order)
            before = answer
        answers = LabelMap.of(labels, batch.numbers, batch.times_s, None, batch.spacing_mm)
        return answers, {"labels": None if before is None else before.copy()}

    def finish(self, memory: Memory, **side: Any) -> None:
        """Nothing is owed."""
        return

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two discs that move through noise and pass each other closely."""
        random = np.random.default_rng(8)
        y, x = np.mgrid[:40, :64]
        pixels = random.normal(60, 3, (14, 40, 64, 1))
        for t, frame in enumerate(pixels[..., 0]):
            frame[np.hypot(y - 12, x - 12 - 2.5 * t) < 8] += 60
            frame[np.hypot(y - 30, x - 50 + 2.5 * t) < 7] += 90
        seeds = np.zeros((1, 40, 64), np.int32)
        seeds[0, [2, 12, 30], [60, 12, 50]] = 1, 2, 3
        recording = Recording.of(pixels.clip(0, 255).astype(np.uint8))
        return {"recording": recording, "seeds": LabelMap.of(seeds)}


def _first(seeds: LabelMap) -> Array:
    """The seeds of the first frame; none where there is no frame."""
    return seeds.take(slice(1)).dense()[0] if len(seeds) else np.zeros(seeds.size, np.int32)


def shrunk(labels: Array, rim_px: float, spacing_mm: tuple[float, ...] | None) -> Array:
    """Each region without its rim, or its innermost pixel where no more would be left.

    Parameters
    ----------
    labels
        ``([z,] y, x)``; 0 is no region.
    rim_px
        Width in pixels of the finest axis; the picture's own edge has no rim.
    spacing_mm
        Distance between pixels, or None where it is the same along all axes.
    """
    from scipy import ndimage

    inside = np.ones(labels.shape, bool)
    for axis in range(labels.ndim):
        here, there = (
            tuple(part if a == axis else slice(None) for a in range(labels.ndim))
            for part in (slice(1, None), slice(None, -1))
        )
        unlike = labels[here] != labels[there]
        inside[here] &= ~unlike
        inside[there] &= ~unlike
    if inside.all():
        return labels.copy()
    step = None if spacing_mm is None else [each / min(spacing_mm) for each in spacing_mm]
    depth = ndimage.distance_transform_edt(inside, sampling=step)
    kept: Array = np.where(depth >= rim_px, labels, 0)
    lost = np.setdiff1d(labels, kept)
    for label, place in zip(lost, ndimage.maximum_position(depth, labels, lost), strict=True):
        kept[place] = label
    return kept
