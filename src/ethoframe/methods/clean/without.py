"""The keypoints of the animal, without those of the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Refusal, Tracks


@dataclass(frozen=True)
class Without(WholeMethod):
    """Leaves out keypoints that are no part of the animal, such as the corners of a maze.

    Networks are often taught corners beside the body. Left among the tracks they would be seen
    where the animal is not. Names that are not there are no mistake. Features stay.

    References
    ----------
    ethoframe's own.
    """

    keypoints: tuple[str, ...] = parameter((), says="names of the keypoints that are left out")

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks with fewer keypoints; refuses to leave out all."""
        tracks = specs["tracks"]
        kept = self._kept(tracks.names)
        if tracks.names and not kept:
            reason = "no keypoint would be left"
            raise Refusal(self.name(), reason, f"there are: {', '.join(tracks.names)}")
        shape = (*tracks.shape[:2], len(kept), *tracks.shape[3:])
        return replace(tracks, names=kept, shape=shape)

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks of what is kept."""
        tracks: Tracks = inputs["tracks"]
        kept = self._kept(tracks.keypoints)
        rows = [tracks.keypoints.index(name) for name in kept]
        return replace(
            tracks,
            position=tracks.position[:, :, rows],
            confidence=tracks.confidence[:, rows],
            keypoints=kept,
        )

    def _kept(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in self.keypoints)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk beside a corner that does not move."""
        t = np.arange(30) / 30
        walk = np.stack([100 * t, 50 * t], axis=1)
        position = np.stack([walk, np.full((30, 2), 7.0)], axis=2)[..., None]
        seen = np.ones((30, 2, 1))
        return {"tracks": Tracks(position, seen, np.arange(30), t, ("body", "corner"))}
