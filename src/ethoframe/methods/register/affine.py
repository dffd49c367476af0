"""How one image lies to another: moved, turned, scaled or stretched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ethoframe.contract import In, Kind, Memory, parameter
from ethoframe.data import Noun, Recording, Transform
from ethoframe.methods.register._align import aligned
from ethoframe.methods.register._pair import METRICS, Registration, example_pair, pair
from ethoframe.methods.register._picture import pushed
from ethoframe.methods.register._refine import MODELS


@dataclass(frozen=True)
class Affine(Registration):
    """The map from the moving to the fixed image, of the same stain, another, or another modality.

    From where the images lie (volumes: in the patient's space) and, unless that is clearly right,
    from all turns and shifts of small copies, the map is refined from coarse to fine: by
    correlation, with outlying pixels left out, or by mutual information where levels do not go up
    and down together place by place.

    Which start was right, and whether the answer is to be believed, is never asked of what was
    optimised. It is told by tiles: each tile of the fixed image is looked for in the moving one
    around where the map puts it, by the directions of edges alone. Tiles of the same thing find
    themselves at home; of other tissue, of a mirrored image or of noise no more than chance would.
    Then, where too little overlaps, and where a map mirrors, stretches or scales beyond what can
    be, `failed` says why.

    The image of a recording is the mean of up to 16 of its frames. The map is in mm where both
    images have a pixel size, else in px. NaN is left out. `facts` hold the correlation before and
    after, the agreement of tiles (0 by chance, 1 if all), the share of overlap and the metric.

    References
    ----------
    Studholme et al., Pattern Recognition 32 (1999), 71-86, and those of `_starts`, `_refine`,
    `_information` and `_tiles` in this room.
    """

    model: str = parameter("affine", says="what the map may do", choices=MODELS)
    metric: str = parameter(
        "auto",
        says="what is optimised; auto asks how alike levels are place by place",
        choices=METRICS,
    )
    finest_px: float = parameter(
        1.0, unit="px", says="nothing finer than so many pixels is refined on", low=0.5
    )
    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "fixed": In(Kind.IMAGE, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.TRANSFORM
    version: ClassVar[str] = "1"

    def finalise(self, partial: Memory, **side: Any) -> Transform:
        """The map."""
        both = pair(partial, side["fixed"], self.channel, self.name())
        finest = self.finest_px * both.pixel
        found = aligned(both.fixed, both.moving, both.base, self.model, self.metric, finest)
        return Transform(
            pushed(found.pull), both.unit, both.unit, failed=found.failed, facts=found.facts()
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Blobs, and the same turned by 6° and moved."""
        moving, fixed = example_pair()
        return {"recording": Recording.of(moving), "fixed": Recording.of(fixed).frames([0])}
