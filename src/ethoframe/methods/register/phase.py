"""How far one image lies from another: a translation, to a part of a pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Memory
from ethoframe.data import Noun, Recording, Transform
from ethoframe.methods.register._align import Alignment, judged, nothing_in
from ethoframe.methods.register._pair import Pair, Registration, example_pair, pair
from ethoframe.methods.register._picture import Picture, pulled, pushed
from ethoframe.methods.register._shift import Still
from ethoframe.methods.register._tiles import Homing, Tiles


@dataclass(frozen=True)
class Phase(Registration):
    """The translation from the moving to the fixed image, by phase correlation, made sub-pixel.

    Peaks are looked for twice in the cross-power spectrum: by its phases alone, which finds sharp
    detail, and as it is, which smooth images and noise need. Every peak, and each way around that
    it may be meant, is judged by how far the images correlate where they overlap; the best is
    refined on that overlap to a hundredth of a pixel or so. Borders fade out.

    The image of a recording is the mean of up to 16 of its frames. The map is in mm where both
    images have a pixel size, else in px. Pixels that are NaN are left out. An image that shows
    nothing, or is not of the same thing, gives a map whose `failed` says so; `facts` hold the
    correlation before and after, the share of overlap, and how many tiles agree by the direction of
    their edges, which is what success is judged by.

    References
    ----------
    Kuglin & Hines, Proc. Int. Conf. Cybernetics and Society (1975), 163-165. Refinement:
    Evangelidis & Psarakis, IEEE Trans. Pattern Anal. Mach. Intell. 30 (2008), 1858-1865.
    """

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "fixed": In(Kind.IMAGE, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.TRANSFORM
    version: ClassVar[str] = "1"

    def finalise(self, partial: Memory, **side: Any) -> Transform:
        """The map."""
        both = pair(partial, side["fixed"], self.channel, self.name())
        found = _found(both)
        return Transform(
            pushed(found.pull), both.unit, both.unit, failed=found.failed, facts=found.facts()
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Frames of blobs, and their mean moved by two and a half rows."""
        moving, _ = example_pair()
        first, second = moving[:, 3:, :-4], moving[:, :-3, 4:].mean(axis=0)[None].astype(np.uint8)
        return {"recording": Recording.of(first), "fixed": Recording.of(second).frames([0])}


def _found(both: Pair) -> Alignment:
    nothing = nothing_in(both.fixed, both.moving)
    if nothing:
        return Alignment(both.base, Homing(0, 0, 0.0, float("nan")), failed=nothing)
    # On one grid, whatever the size and step of the moving image.
    values, seen = pulled(both.moving, both.base, both.fixed)
    laid = Picture(values, both.fixed.step, both.fixed.origin, None if seen.all() else seen)
    fit = Still.of(both.fixed).fit(laid, robust=True)
    pull = both.base @ fit.pull
    tiles = Tiles.of(both.fixed, both.moving)
    return judged(tiles, Alignment(pull, tiles.homing(pull)), both.base)
