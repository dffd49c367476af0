"""A floor whose corners were followed beside the animal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Noun, Refusal, Tracks
from ethoframe.data.noun import Array

PLUS = ("tl", "tr", "ctr", "rt", "rb", "cbr", "br", "bl", "cbl", "lb", "lt", "ctl")


@dataclass(frozen=True)
class KeypointArena(WholeMethod):
    """An arena whose outline goes through keypoints that are corners of the place.

    Networks are often taught the corners of a maze beside the body. A corner does not move: it is
    where the median of its positions is, over the frames in which the network was *sure* of it. So
    a corner that the animal or a wall hides at times is still found, and a camera that is moved
    during the session is not followed. The default corners are those of a plus maze as a public
    network names them, from the upper arm's left end on, clockwise: *t* top, *b* bottom, *l* left,
    *r* right, *c* centre. The outline is in the unit of the tracks.

    References
    ----------
    ethoframe's own.
    """

    corners: tuple[str, ...] = parameter(PLUS, says="keypoints that are corners, in order round it")
    sure: float = parameter(
        0.9, unit="1", says="confidence from which a corner counts as seen", low=0.0, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.ARENA
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """An arena; refuses tracks that lack a corner, and fewer than three."""
        tracks = specs["tracks"]
        missing = [name for name in self.corners if name not in tracks.names]
        if missing or len(self.corners) < 3:
            reason = f"no keypoint is the corner {missing[0]}" if missing else "it has no corners"
            remedy = "draw the arena, and give it with --arena arena.toml"
            raise Refusal(self.name(), reason, remedy)
        return Spec(Kind.ARENA, unit=tracks.unit)

    def apply(self, **inputs: Any) -> Arena:
        """The arena; refuses a corner of which nothing is sure."""
        tracks: Tracks = inputs["tracks"]
        outline = np.array([self._corner(tracks, name) for name in self.corners])
        return Arena("polygon", outline, source="keypoints", unit=tracks.unit)

    def _corner(self, tracks: Tracks, name: str) -> Array:
        points = tracks.at(name)
        sure = tracks.confidence[:, tracks.keypoints.index(name), 0] >= self.sure
        seen = points[sure & np.isfinite(points).all(axis=1)]
        if len(seen) == 0:
            reason = f"the corner {name} is in no frame surer than {self.sure:g}"
            raise Refusal(self.name(), reason, "draw the arena, and give it with --arena")
        middle: Array = np.median(seen, axis=0)
        return middle

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A plus maze whose corners jitter; one is elsewhere while the animal hides it."""
        random = np.random.default_rng(4)
        corners = np.array(
            [[40, 0], [60, 0], [60, 40], [100, 40], [100, 60], [60, 60],
             [60, 100], [40, 100], [40, 60], [0, 60], [0, 40], [40, 40]], np.float64,
        )  # fmt: skip
        places = corners.T[None] + random.normal(0, 0.3, (40, 2, 12))
        sure = np.full((40, 12, 1), 0.99)
        places[5:30, :, 3], sure[5:30, 3] = 50.0, 0.4
        times_s = np.arange(40) / 20
        return {"tracks": Tracks(places[..., None], sure, np.arange(40), times_s, PLUS)}
