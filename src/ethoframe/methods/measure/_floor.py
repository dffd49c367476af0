"""A keypoint and the floor under it, in one plane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ethoframe.data import Arena, Tracks, Zone
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array
from ethoframe.data.roles import spelled


@dataclass(frozen=True)
class Floor:
    """Where one keypoint is on the floor, and how deep in each of its zones.

    Parameters
    ----------
    keypoint
        Which one, or of which others it is the mean, in words.
    points
        Its places ``(t, 2)`` in the plane.
    times_s, frame_s
        Seconds of the frames, and how long each stands for ``(t,)``.
    zones
        Those of the arena, in the plane.
    depths
        How far inside each zone ``(t,)``, negative outside, by the zone's name.
    wall
        Distance to the nearest wall ``(t,)``, negative beyond it.
    unit
        Of the plane.
    per_unit, told
        Units of the plane in one unit that is told, and that unit.
    body
        Length of a body in the plane's unit, where body lengths are told.
    rim
        Outline of the floor ``(n, 2)`` in the plane.
    """

    keypoint: str
    points: Array
    times_s: Array
    frame_s: Array
    zones: tuple[Zone, ...]
    depths: Mapping[str, Array]
    wall: Array
    unit: str
    per_unit: float
    told: str
    body: float
    rim: Array

    @classmethod
    def of(
        cls,
        tracks: Tracks,
        arena: Arena,
        keypoint: str,
        centre_shares: tuple[float, ...] = (),
        also: tuple[str, ...] = (),
    ) -> Floor:
        """The keypoint on the floor, with a centre for each share beside the arena's zones.

        Depths in zones are those of the least deep of it and of the keypoints in *also*.
        """
        floor, tracks, per_unit = arena.with_tracks(tracks)
        if tracks.unit == "px":
            tracks = tracks.in_body_lengths()
            per_unit = tracks.px_per_unit
        told = tracks.unit
        places = np.array([tracks.place(name) for name in (keypoint, *also)]) * per_unit
        points = places[0]
        wall = floor.depth(points)
        every = [*floor.zones, *(_centre(floor, share) for share in centre_shares)]
        depths = {z.name: np.min([z.depth(each) for each in places], axis=0) for z in every}
        clock = tracks.times_s, tracks.frame_s
        # Pixels that stay pixels have no body length that they are told in.
        body = per_unit if told == "bl" else np.nan_to_num(tracks.body_length_px)
        plane = floor.unit, per_unit, told, body
        whom = " and ".join(spelled(name, tracks.keypoints) for name in (keypoint, *also))
        return cls(whom, points, *clock, floor.zones, depths, wall, *plane, floor.outline)

    @property
    def called(self) -> str:
        """The keypoint as words."""
        return self.keypoint.replace("_", " ")

    def length(self, mm: float, bl: float) -> float:
        """A length in the plane's unit, given in mm and in body lengths."""
        return mm if self.unit == "mm" else bl * self.body

    def time(self, depth: Array, deeper: float, stretch: Stretch) -> float:
        """Seconds of a stretch in which a depth ``(t,)`` is more than `deeper`."""
        frames = stretch.frames(self.times_s)
        return float(self.frame_s[frames][depth[frames] > deeper].sum())

    def mean_to_wall(self, stretch: Stretch) -> float:
        """Mean distance to the nearest wall, in the unit that is told."""
        depth = self.wall[stretch.frames(self.times_s)]
        depth = depth[np.isfinite(depth)]
        return float(np.mean(depth)) / self.per_unit if len(depth) else np.nan

    def way(self, inside: Array, stretch: Stretch) -> float:
        """Length of the steps that start in frames ``(t,)``, in the unit that is told."""
        frames = stretch.frames(self.times_s[:-1])
        length = self._steps[frames][inside[frames]]
        return float(length[np.isfinite(length)].sum()) / self.per_unit

    @cached_property
    def _steps(self) -> Array:
        """Length of the step from each frame to the next ``(t - 1,)``; NaN across a break."""
        length = np.hypot(*np.diff(self.points, axis=0).T)
        # Before a break a frame does not stand for all the time until the next.
        unbroken = np.diff(self.times_s) <= self.frame_s[:-1]
        return np.where(unbroken, length, np.nan)


def centre_name(share: float) -> str:
    """What the middle of the floor is called that is a share of it.

    Examples
    --------
    >>> centre_name(0.11)
    'centre 11 %'
    """
    return f"centre {100 * share:g} %"


def _centre(floor: Arena, share: float) -> Zone:
    return Zone(centre_name(share), floor.shrunk(float(np.sqrt(share))))
