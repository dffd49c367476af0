"""Short gaps filled, long ones left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Tracks
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Gaps(WholeMethod):
    """Fills gaps in each keypoint on a straight line, if they are no longer than *longest_s*.

    Where a camera dropped frames there are none to fill: frames no further apart than *longest_s*
    count as neighbours then (`Tracks.bridged_s`). Filled positions keep a confidence of 0, so that
    nobody takes them for seen. A gap at the start or the end of a recording has no other side and
    stays.

    References
    ----------
    ethoframe's own.
    """

    longest_s: float = parameter(0.25, unit="s", says="the longest gap that is filled", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks with short gaps filled."""
        tracks: Tracks = inputs["tracks"]
        position = np.array(tracks.position)
        for k in range(position.shape[2]):
            for i in range(position.shape[3]):
                position[:, :, k, i] = self._filled(position[:, :, k, i], tracks.times_s)
        return replace(tracks, position=position, bridged_s=self.longest_s)

    def _filled(self, points: Array, times_s: Array) -> Array:
        known = np.isfinite(points[:, 0]) & np.isfinite(points[:, 1])
        seen, missing = np.flatnonzero(known), np.flatnonzero(~known)
        if len(seen) < 2:
            return points
        after = np.searchsorted(seen, missing)
        inside = (after > 0) & (after < len(seen))
        before, after = seen[np.maximum(after - 1, 0)], seen[np.minimum(after, len(seen) - 1)]
        short = inside & (times_s[after] - times_s[before] <= self.longest_s + 1e-9)
        filled, at = points.copy(), missing[short]
        for axis in (0, 1):
            filled[at, axis] = np.interp(times_s[at], times_s[seen], points[seen, axis])
        return filled

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A straight walk with a short and a long gap."""
        t = np.arange(60) / 30
        points = np.stack([100 * t, 50 * t], axis=1)
        points[10:14] = np.nan
        points[30:50] = np.nan
        return {"tracks": Tracks.of(points, t)}
