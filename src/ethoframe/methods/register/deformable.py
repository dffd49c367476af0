"""How one image lies to another that was bent besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Memory, parameter
from ethoframe.data import Displacement, Noun, Recording, Transform, Warp
from ethoframe.data.noun import Array
from ethoframe.methods.register._align import (
    Alignment,
    aligned,
    coarse_enough,
    doubtful,
)
from ethoframe.methods.register._bend import NODE, Bend, bent, determinants, pulled_along, unfolded
from ethoframe.methods.register._pair import METRICS, Pair, Registration, example_pair, pair
from ethoframe.methods.register._picture import pushed
from ethoframe.methods.register._refine import MODELS, correlation
from ethoframe.methods.register._tiles import Homing, Tiles

ACROSS = 256  # pixels along the longer side that the finest level has, where the picture has them
MOST = 1_000_000  # pixels of the finest level that is worth its time
SETTLED = 0.05  # pixels by which the map before may still move: it is bent besides
STRICTER = 2.0  # times as much is asked where tiles did not agree before it was bent
WORSE = 0.05  # share of tiles by which fewer agree with a displacement that is given up
EVERY = 8  # points of the displacement's grid between two knots


@dataclass(frozen=True)
class Deformable(Registration):
    """The map from the moving to the fixed image: an affine one, then a smooth displacement.

    The affine map is that of `register/affine`. The displacement is of cubic B-splines, from coarse
    to fine: levels are compared about their local mean, each place counts by how well the images
    correlate there, and neighbouring places are expected to be stretched by no more than the
    *strain* or so. So images of one stain are followed closely, and what two stains show otherwise
    bends nothing. The displacement never folds: its determinant is above 0 everywhere, by being
    smoothed where it must. Smaller pictures are followed more finely than *finest_px*, so that 256
    pixels lie along their longer side; of none are more than a million pixels looked at.

    Where clearly fewer tiles agree with the displacement than without, it is left at 0 and `facts`
    say so (`kept`). `failed`, units and NaN are as in `register/affine`; `facts` hold besides the
    least determinant of the Jacobian and the share of places where it is not positive.

    References
    ----------
    Rueckert et al., IEEE Trans. Med. Imaging 18 (1999), 712-721 (B-splines). Local correlation:
    Avants et al., Med. Image Anal. 12 (2008), 26-41.
    """

    strain: float = parameter(
        0.05,
        says="part by which neighbours are stretched (standard deviation)",
        low=1e-4,
        high=1,
    )
    finest_px: float = parameter(
        2.0,
        unit="px",
        says="nothing finer is followed in pictures of 512 px or more",
        low=1.0,
    )
    model: str = parameter("affine", says="what the map before may do", choices=MODELS)
    metric: str = parameter("auto", says="what the map before optimises", choices=METRICS)
    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "fixed": In(Kind.IMAGE, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.TRANSFORM
    version: ClassVar[str] = "1"

    def finalise(self, partial: Memory, **side: Any) -> Warp:
        """The map."""
        both = pair(partial, side["fixed"], self.channel, self.name())
        finest = self._finest(both)
        enough = coarse_enough(both.fixed, finest)
        pictures = both.fixed, both.moving
        begun = aligned(*pictures, both.base, self.model, self.metric, enough, settled=SETTLED)
        if not begun.homing.tiles:
            return _warp(
                both, begun, Bend.none(both.fixed, NODE * finest / both.pixel * both.fixed.step)
            )
        small, bend = bent(both.fixed, both.moving, begun.pull, finest=finest, strain=self.strain)
        bend = unfolded(bend, small)
        told, after = _opinion(both, begun.pull, bend)
        if told.share < begun.homing.share - WORSE:
            return _warp(both, begun, Bend.none(small, bend.interval), {"kept": "affine"})
        times = STRICTER if begun.failed else 1.0
        failed = begun.failed if begun.implausible else doubtful(told, begun.overlap, times)
        shift = bend.on(small)
        least = determinants(shift, small.step)
        facts: dict[str, float | str] = {
            "agreement_of_affine": begun.homing.share,
            "jacobian_min": float(least.min()),
            "folding": float((least <= 0).mean()),
            "kept": "displacement",
        }
        return _warp(both, replace(begun, homing=told, after=after, failed=failed), bend, facts)

    def _finest(self, both: Pair) -> float:
        """The step of the finest level: one that even a small picture has pixels enough for."""
        extent, pixel = both.fixed.extent, both.pixel
        wished = max(pixel, min(self.finest_px * pixel, float(extent.max()) / ACROSS))
        least = float(np.prod(extent) / MOST) ** (1 / len(extent))
        return float(max(wished, least))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Blobs, and the same turned by 6° and moved."""
        moving, fixed = example_pair()
        return {"recording": Recording.of(moving), "fixed": Recording.of(fixed).frames([0])}


def _opinion(both: Pair, pull: Array, bend: Bend) -> tuple[Homing, float]:
    """How many tiles are at home with the displacement, and the correlation."""
    tiles = Tiles.of(both.fixed, both.moving)
    here = tiles.fixed
    values, seen = pulled_along(tiles.moving, pull, here, bend.on(here))
    return tiles.homed(values, seen), correlation(here.values, values, seen)


def _warp(
    both: Pair, found: Alignment, bend: Bend, facts: Mapping[str, float | str] | None = None
) -> Warp:
    """The way from the moving image: the affine map, then the displacement turned round."""
    fixed = both.fixed
    step = bend.interval / EVERY
    counts = [int(np.ceil(a / b)) + 1 for a, b in zip(fixed.extent, step, strict=True)]
    along = [o + s * np.arange(n) for o, s, n in zip(fixed.origin, step, counts, strict=True)]
    vectors = np.moveaxis(bend.at(along)[::-1], 0, -1).astype(np.float64)
    field = Displacement(vectors, tuple(step), tuple(fixed.origin[::-1]), both.unit)
    start = Transform(pushed(found.pull), both.unit, both.unit)
    told = {**found.facts(), **(facts or {})}
    return Warp((start, field.inverse()), found.failed, told)
