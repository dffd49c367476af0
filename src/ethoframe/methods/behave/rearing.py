"""When an animal stands on its hind legs, as far as a camera above it can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Noun, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._parts import Parts, of_bodies, refuse_without_body, trusted
from ethoframe.methods.behave._spans import episodes_of, hysteresis_in, pieces, without_blinks
from ethoframe.methods.behave._stillness import slopes

SUPPORTED, UNSUPPORTED = "supported rear", "unsupported rear"


@dataclass(frozen=True)
class Rearing(WholeMethod):
    """Episodes of *supported rear* and *unsupported rear*, from above: unvalidated.

    A *supported rear*: the nose (or what is foremost) is further beyond the floor's edge than
    *beyond_mm*, while the back of the body is still on the floor: the animal stands up against the
    wall, which a camera above the middle sees beyond the floor. It ends when the nose is back over
    the floor. An *unsupported rear*: the body looks shorter than *short_share* of its stretched
    length, from nose to base of the tail (or between a silhouette's ends), while its back moves
    more slowly than *slow_mm_per_s*, and the nose is not beyond the edge. It ends when the body is
    longer than *long_share*. Both last at least *least_s*. Without an arena walls are not known,
    and every rear is told as unsupported.

    What a view from above cannot tell: an animal that curls up to groom, turns back on itself, or
    looks down over an edge looks as short as one that rears; a rear towards the camera's side
    hardly looks short at all; over a table without walls a nose beyond the edge is a head dip. So
    unsupported rears are candidates to be looked at, and both kinds need a comparison with people
    on your own videos: no public recording with poses and scored rears was at hand, and none of the
    defaults is validated. From the side, a height is told by `behave/rule`.

    Time in which nothing in front, or nothing behind, was seen is outside the support; what is
    unknown for less than *least_s*, or missing, does not break it.

    References
    ----------
    Supported and unsupported rears: Sturman et al., Neuropsychopharmacology 45 (2020), 1942-1952;
    Lever, Burton & O'Keefe, Rev. Neurosci. 17 (2006), 111-133.
    """

    beyond_mm: float = parameter(
        10.0, unit="mm", says="the nose is so far beyond the floor's edge", low=0.0
    )
    beyond_bl: float = parameter(0.12, unit="bl", says="the same without a scale", low=0.0)
    short_share: float = parameter(
        0.6,
        unit="1",
        says="a rear begins below this share of the stretched length",
        low=0.0,
        high=1.0,
    )
    long_share: float = parameter(0.7, unit="1", says="and ends above this", low=0.0, high=1.0)
    slow_mm_per_s: float = parameter(
        60.0, unit="mm/s", says="the back of the body is slower", low=0.0
    )
    slow_bl_per_s: float = parameter(0.7, unit="bl/s", says="the same without a scale", low=0.0)
    window_s: float = parameter(
        0.2, unit="s", says="the speed of the back is over so long", low=0.001
    )
    stretched_share: float = parameter(
        0.9,
        unit="1",
        says="a share of frames in which the body looks shorter than stretched",
        low=0.0,
        high=1.0,
    )
    pause_s: float = parameter(
        0.2, unit="s", says="an interruption that is shorter does not end it", low=0.0
    )
    least_s: float = parameter(0.3, unit="s", says="a rear lasts at least so long", low=0.0)
    sure: float = parameter(
        0.6, unit="1", says="confidence from which a place counts as seen", low=0.0, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA, optional=True),
    }
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks without front and back of a body, and unknown lengths."""
        refuse_without_body(self.name(), specs["tracks"].names, specs["tracks"].unit)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of all individuals, in order of time."""
        tracks: Tracks = inputs["tracks"]
        arena: Arena | None = inputs.get("arena")
        return of_bodies(self.name(), tracks, lambda one: self._of_one(one, arena))

    def _of_one(self, tracks: Tracks, arena: Arena | None) -> Episodes:
        parts = Parts.of(tracks.keypoints)
        ahead, behind = parts.front[0], parts.back[-1]
        nose, rump = trusted(tracks, ahead, self.sure), trusted(tracks, behind, self.sure)
        long = np.hypot(*(nose - rump).T)
        known = np.isfinite(long)
        stretched = np.quantile(long[known], self.stretched_share) if known.any() else np.nan
        tracks = replace(tracks, bridged_s=max(tracks.bridged_s, self.least_s))
        known = without_blinks(known, tracks, self.least_s)
        looked = [part for part, _ in pieces(known, tracks)]
        short, regained = long < self.short_share * stretched, long > self.long_share * stretched
        speed = np.hypot(*slopes(rump, tracks.times_s, self.window_s).T)
        limit = self.slow_mm_per_s if tracks.unit == "mm" else self.slow_bl_per_s
        # A speed that is not known neither begins a rear nor ends it.
        at_wall = hysteresis_in(looked, *self._at_wall(tracks, nose, rump, arena))
        rears = hysteresis_in(looked, short & (speed <= limit), regained | (speed > limit))
        found = [
            episodes_of(
                label,
                chosen,
                known,
                tracks,
                bridged_s=self.pause_s,
                least_s=self.least_s,
                author=self.name(),
                words=self._words(tracks.unit, ahead, behind, arena),
            )
            for label, chosen in ((SUPPORTED, at_wall), (UNSUPPORTED, rears & ~at_wall))
        ]
        return Episodes.merged(found)

    def _at_wall(
        self, tracks: Tracks, nose: Array, rump: Array, arena: Arena | None
    ) -> tuple[Array, Array]:
        """Whether the nose is beyond the edge with the back on the floor; and no longer."""
        if arena is None:
            return np.zeros(len(tracks), bool), np.ones(len(tracks), bool)
        floor, factor = arena.for_tracks(tracks)
        far = (self.beyond_mm if tracks.unit == "mm" else self.beyond_bl) * factor
        depth, back = floor.depth(nose * factor), floor.depth(rump * factor)
        return (depth < -far) & (back > 0), (depth >= 0) | (back <= -far)

    def _words(self, unit: str, ahead: str, behind: str, arena: Arena | None) -> str:
        slow = self.slow_mm_per_s if unit == "mm" else self.slow_bl_per_s
        far = self.beyond_mm if unit == "mm" else self.beyond_bl
        wall = (
            f"supported: {ahead} more than {far:g} {unit} beyond the floor's edge, until over the "
            f"floor, {behind} on it; "
            if arena is not None
            else "walls are not known; "
        )
        return (
            f"{wall}unsupported: {ahead} to {behind} shorter than {self.short_share:.0%} of the "
            f"stretched length ({self.stretched_share:.0%} of frames are shorter), until "
            f"{self.long_share:.0%}, {behind} slower than {slow:g} {unit}/s over "
            f"{self.window_s:g} s; at least {self.least_s:g} s, interruptions under "
            f"{self.pause_s:g} s do not count; from above, not validated"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Walks to the wall, stands up against it, walks back, and rears in the middle."""
        t = np.arange(300) / 30
        walk = np.interp(t, [0, 2, 5, 7, 10], [200, 370, 370, 200, 200])
        long = np.interp(t, [3.0, 3.2, 4.4, 4.6, 8, 8.2, 9, 9.2], [70, 40, 40, 70, 70, 25, 25, 70])
        reach = np.interp(t, [2.8, 3.0, 4.6, 4.8], [0.0, 1.0, 1.0, 0.0])
        rump = np.stack([walk - 60 + 25 * reach, np.full(300, 200.0)], axis=1)
        nose = rump + np.stack([np.where(reach > 0, 70 + 15 * reach, long), np.zeros(300)], axis=1)
        position = np.stack([nose, rump], axis=2)[..., None]
        tracks = Tracks(
            position, np.ones((300, 2, 1)), np.arange(300), t, ("nose", "tail_base"), unit="mm"
        )
        corners = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]])
        arena = Arena("rectangle", corners, (400.0, 400.0))
        return {"tracks": tracks, "arena": arena}
