"""Connected parts of a mask, each a label of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._brightness import OBJECTS, bright, check_channels, hidden
from ethoframe.methods.segment._levels import RULES, Histogram
from ethoframe.methods.segment._picture import Grid, border_labels, filled, numbered, parts


@dataclass(frozen=True)
class Components(FrameMethod):
    """Connected parts of what lies beyond a level, or of a given mask, without holes and specks.

    The mask is given as the label map ``mask`` (whatever has a label), or is had by *level* from
    the frame, in which dark objects in colour are looked at by what their dyes absorb. Parts are of
    pixels that share a side (in volumes: a face), or with *corners* a corner. Holes that are at
    most *hole* of a part's disc or ball across, as a diameter, are filled, then parts outside of
    the limits of size go. Diameters are those of a disc or ball of the same area or volume, in px
    of the finest axis. With *apart*, labels of the mask that touch stay apart.

    Labels are int32 from 1 in the order of the picture. A frame of one level has none, nor has what
    is transparent, unless the mask says so.

    References
    ----------
    Rosenfeld & Pfaltz, J. ACM 13 (1966) 471-494.
    """

    objects: str = parameter("auto", says="what they are like beside background", choices=OBJECTS)
    channel: str = parameter(
        "", says="which channel; empty for the only one, or all of red, green and blue"
    )
    level: str = parameter("otsu", says="rule of the level", choices=tuple(RULES))
    corners: bool = parameter(False, says="whether pixels that meet at a corner are one part")
    apart: bool = parameter(True, says="whether labels of the mask stay apart where they touch")
    least_px: float = parameter(4.0, unit="px", says="diameter of the smallest", low=0.0)
    most_px: float = parameter(
        0.0, unit="px", says="diameter of the largest; 0 for no limit", low=0.0
    )
    hole_px: float = parameter(
        1e9, unit="px", says="diameter of the largest hole to fill; 0 for none", low=0.0
    )
    border: bool = parameter(True, says="whether objects at the border of the picture count")

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "mask": In(Kind.LABELMAP, per="frame", optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames; refuses a mask of another size."""
        seen, mask = specs["recording"], specs.get("mask")
        if mask is None:
            check_channels(seen, self.channel, self.name())
        elif mask.size != seen.size:
            reason = f"the mask is of size {mask.size}, the recording of {seen.size}"
            raise Refusal(self.name(), reason, "give a mask of this recording")
        shape = seen.shape[:-1]
        return Spec(Kind.LABELMAP, seen.axes[:-1], shape, "int32", spacing_mm=seen.spacing_mm)

    def reach(self, spec: Spec) -> Reach:
        """Everything: a part may go on anywhere."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The parts of every frame."""
        grid = Grid.of(batch.spacing_mm, len(batch.size))
        mask = side.get("mask")
        given = None if mask is None else mask.dense()
        labels = np.zeros((len(batch), *batch.size), np.int32)
        for t, frame in enumerate(batch.pixels):
            if frame.size:
                found = self._mask(frame, batch.channels) if given is None else given[t]
                labels[t] = self.parts_of(found, grid)
                covered = hidden(frame, batch.channels, self.channel) if given is None else None
                if covered is not None:
                    labels[t][covered] = 0
        return LabelMap.of(labels, batch.numbers, batch.times_s, spacing_mm=batch.spacing_mm)

    def _mask(self, frame: Array, names: tuple[str, ...]) -> Array:
        picture = bright(frame, names, self.channel, self.objects)
        inside: Array = picture > RULES[self.level](Histogram.of(picture))
        return inside

    def parts_of(self, mask: Array, grid: Grid) -> Array:
        """The parts of one mask or label picture ``([z,] y, x)``; int32."""
        labels = self._parts(mask)
        if self.hole_px > 0:
            labels = _without_holes(labels, grid.ball(self.hole_px / 2), grid)
        size = np.bincount(labels.ravel()) * grid.pixel
        kept = size >= grid.ball(self.least_px / 2)
        if self.most_px > 0:
            kept &= size <= grid.ball(self.most_px / 2)
        if not self.border:
            kept[border_labels(labels)] = False
        kept[:1] = False
        return numbered(np.where(kept[labels], labels, 0))

    def _parts(self, mask: Array) -> Array:
        whole, _ = parts(mask != 0, self.corners)
        if not self.apart or mask.dtype == bool:
            return whole
        labels, count = np.zeros(mask.shape, np.int32), 0
        names = np.unique(mask[mask != 0])
        if len(names) < 2:
            return whole
        from scipy import ndimage

        index = np.searchsorted(names, mask) + 1
        index[mask == 0] = 0
        for k, window in enumerate(ndimage.find_objects(index), start=1):
            found, more = parts(index[window] == k, self.corners)
            inside = found > 0
            labels[window][inside] = found[inside] + count
            count += more
        return labels

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A ring, a disc and a speck on a noisy ground."""
        random = np.random.default_rng(4)
        y, x = np.mgrid[:48, :64]
        pixels = random.normal(40, 3, (9, 48, 64))
        for t, frame in enumerate(pixels):
            ring, disc = np.hypot(y - 20, x - 14 - t), np.hypot(y - 28, x - 46)
            frame += 80 * ((ring < 11) & (ring > 5)) + 100 * (disc < 7)
            frame[4, 58] += 120
        return {"recording": Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])}


def _without_holes(labels: Array, most: float, grid: Grid) -> Array:
    """Each hole gets the label of what is beside it."""
    whole = filled(labels > 0, most, grid)
    holes, count = parts(whole & (labels == 0))
    if not count:
        return labels
    owners = np.zeros(count + 1, labels.dtype)
    for axis in range(labels.ndim):
        for shift in (1, -1):
            beside = np.roll(labels, shift, axis)
            inside = (holes > 0) & (beside > 0)
            owners[holes[inside]] = beside[inside]
    return np.where(holes > 0, owners[holes], labels)
