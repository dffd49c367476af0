"""From picture pixels to the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod
from ethoframe.data import Arena, Noun, Tracks, Transform


@dataclass(frozen=True)
class ToFloor(WholeMethod):
    """Positions in millimetres on the floor, or in body lengths where nothing gives a scale.

    Tracks that are in mm stay as they are. With an arena of known sides its homography (or scale)
    carries every keypoint onto the floor, in mm; where the arena knows the camera's lens, positions
    are straightened first. Without, the median length of the animal is the unit, *bl*. Where not
    even that is known, pixels stay pixels.

    References
    ----------
    ethoframe's own.
    """

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA, optional=True),
    }
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks; without a scale, the data tell whether the unit is bl or px."""
        scaled = "arena" in specs and specs["arena"].unit == "mm"
        if specs["tracks"].unit == "mm":
            return specs["tracks"]
        return replace(specs["tracks"], unit="mm" if scaled else "")

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks on the floor."""
        tracks: Tracks = inputs["tracks"]
        arena: Arena | None = inputs.get("arena")
        if tracks.unit == "mm":
            return tracks
        if arena is not None and arena.to_floor is not None:
            return tracks.mapped(arena.to_floor)
        length = tracks.body_length_px
        if not np.isfinite(length):
            return tracks
        return tracks.mapped(Transform.scaling(1 / length, "px", "bl"))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk over a floor seen at a slant."""
        t = np.arange(30) / 30
        points = np.stack([100 + 200 * t, 150 + 50 * t], axis=1)
        corners = np.array([[60.0, 60.0], [380.0, 50.0], [420.0, 300.0], [30.0, 310.0]])
        return {
            "tracks": Tracks.of(points, t),
            "arena": Arena("rectangle", corners, (400.0, 400.0)),
        }
