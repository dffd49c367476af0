"""Keypoints as the animal carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without


@dataclass(frozen=True)
class Egocentric(WholeMethod):
    """Each individual in its own frame: one keypoint in the origin, another straight ahead.

    *origin* lies at (0, 0), and *ahead* on the positive x axis; y grows to the animal's right where
    the picture's y grows downwards (seen from above). Lengths stay as they are. Frames in which one
    of the two is not seen, or both are in one place, have no position (NaN).

    References
    ----------
    Egocentric alignment: Luxem et al., Communications Biology 5 (2022), 1267.
    """

    origin: str = parameter("tail_base", says="keypoint or role that lies in the origin")
    ahead: str = parameter("nose", says="keypoint or role that lies ahead")

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks; refuses those without one of the two keypoints."""
        refuse_without(self.name(), specs["tracks"].names, self.origin, self.ahead)
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks, moved and turned."""
        tracks: Tracks = inputs["tracks"]
        position = np.empty(tracks.position.shape)
        for i, one in enumerate(tracks.each()):
            origin = one.place(self.origin)
            axis = one.place(self.ahead) - origin
            length = np.hypot(*axis.T)[:, None]
            ahead = np.divide(axis, length, out=np.full(axis.shape, np.nan), where=length > 0)
            moved = one.position[..., 0] - origin[:, :, None]
            along, beside = ahead[:, :, None], np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
            position[:, 0, :, i] = (moved * along).sum(axis=1)
            position[:, 1, :, i] = (moved * beside[:, :, None]).sum(axis=1)
        lost: Array = ~np.all(np.isfinite(position), axis=1)
        return replace(
            tracks,
            position=np.where(lost[:, None], np.nan, position),
            confidence=np.where(lost, 0.0, tracks.confidence),
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk in a circle, the nose ahead and an ear beside."""
        t = np.arange(60) / 30
        around = np.stack([np.cos(t), np.sin(t)], axis=1)
        ahead = np.stack([-np.sin(t), np.cos(t)], axis=1)
        centre = 100 * around
        position = np.stack([centre, centre + 30 * ahead, centre + 20 * ahead + 8 * around], axis=2)
        position[10:14, :, 1] = np.nan
        names = ("tail_base", "nose", "left_ear")
        sure = np.isfinite(position[:, 0]).astype(np.float64)[..., None]
        return {"tracks": Tracks(position[..., None], sure, np.arange(60), t, names)}
