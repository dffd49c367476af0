"""How a hidden place is searched for: the water maze."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Refusal, Tracks, Zone
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without, spelled
from ethoframe.methods.measure._floor import Floor


@dataclass(frozen=True)
class Search(WholeMethod):
    """Latency, path, efficiency, quadrants, proximity and crossings, of one place that is searched.

    The place is the zone called *target*: a platform, or where it was in a probe trial. *Latency*
    is the time to the first visit that lasts *stay_s*, or to the end of what was seen; undefined
    (NaN) when it was never reached, and then the length of the trial stands beside it. *Path to* is
    the way until then, and *path efficiency* the straight line from the first place to the target's
    edge ÷ that way. *Proximity* is the mean distance to the target's middle, sampled every
    *sample_s*, until it is found; over the whole trial where it is not.
    Quadrants are about the middle of the floor, the target's own in the middle of the first, the
    others named as one sees them from the middle with the target ahead. Crossings are visits of the
    target, however short. *Near the wall* is within *wall_mm* of it.

    References
    ----------
    Latency and quadrants: Morris, J. Neurosci. Methods 11 (1984), 47-60. Proximity: Gallagher,
    Burwell & Burchinal, Behav. Neurosci. 107 (1993), 618-626; Maei et al., Front. Integr. Neurosci.
    3 (2009), 33.
    """

    keypoint: str = parameter("body_centre", says="the keypoint, or role, that is followed")
    target: str = parameter("platform", says="name of the zone that is searched for")
    stay_s: float = parameter(0.5, unit="s", says="a visit as long has found it", low=0.0)
    sample_s: float = parameter(1.0, unit="s", says="proximity is sampled so often", low=0.001)
    wall_mm: float = parameter(100.0, unit="mm", says="near the wall is within this", low=0.0)
    wall_bl: float = parameter(1.2, unit="bl", says="the same without a scale", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA),
        "visits": In(Kind.EPISODES),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses tracks in which nothing has that role."""
        refuse_without(self.name(), specs["tracks"].names, self.keypoint)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Rows for each individual, of the whole trial; refuses an arena without the target."""
        arena: Arena = inputs["arena"]
        if self.target not in [zone.name for zone in arena.zones]:
            remedy = f"draw a zone called {self.target} (ethoframe arena), and give it with --arena"
            raise Refusal(self.name(), f"the arena has no zone called {self.target}", remedy)
        visits: Episodes = inputs["visits"]
        tracks: Tracks = inputs["tracks"]
        each = [self._of(one, arena, visits.about(one.individuals[0])) for one in tracks.each()]
        return Measures.joined(each)

    def _of(self, tracks: Tracks, arena: Arena, visits: Episodes) -> Measures:
        seen = np.flatnonzero(np.isfinite(tracks.place(self.keypoint)).all(axis=1))
        if len(seen) == 0:
            return Measures()
        floor = Floor.of(tracks, arena, self.keypoint)
        first, last = float(tracks.times_s[0]), float(tracks.times_s[-1] + tracks.frame_s[-1])
        found_s = self._found(visits.spans(self.target), float(tracks.times_s[seen[-1]]))
        until = last if np.isnan(found_s) else found_s
        stretch, whom = Stretch(((first, last),)), spelled(self.keypoint, tracks.keypoints)
        zone = next(zone for zone in floor.zones if zone.name == self.target)
        rows = [
            *self._way(floor, zone, found_s, first, seen),
            *self._near(floor, zone, until),
            *self._quadrants(floor, zone),
            *self._wall(floor),
        ]
        crossed, count = f"visits by {whom}: {visits.definition}", visits.spans(self.target)
        rows.append((f"crossings of {self.target}", float(len(count)), "entries", crossed))
        return Measures(tuple(_tell(stretch, *row) for row in rows)).of(
            individual=tracks.individuals[0]
        )

    def _found(self, spans: Array, last_s: float) -> float:
        """When the target was reached; NaN where it never was."""
        stays = (spans[:, 1] - spans[:, 0] >= self.stay_s) | (spans[:, 1] >= last_s)
        return float(spans[stays, 0].min()) if stays.any() else float("nan")

    def _way(
        self, floor: Floor, zone: Zone, found_s: float, first_s: float, seen: Array
    ) -> list[tuple[str, float, str, str]]:
        """Latency, and how straight the way was."""
        name, whom = self.target, floor.keypoint
        inside = seen[floor.times_s[seen] <= found_s]
        steps = np.hypot(*np.diff(floor.points[inside], axis=0).T)
        far = float(steps.sum()) / floor.per_unit if not np.isnan(found_s) else np.nan
        straight = max(0.0, -float(zone.depth(floor.points[seen[:1]])[0])) / floor.per_unit
        latency = found_s - first_s
        reached = f"until {whom} is in {name} for {self.stay_s:g} s, or to the end"
        return [
            (f"latency to {name}", latency, "s", f"from the trial's start {reached}; "
             "undefined where it never is"),
            (f"path to {name}", far, floor.told, f"length of the way of {whom} {reached}"),
            (f"path efficiency to {name}", straight / far if far > 0 else np.nan, "1",
             f"straight line from the first place to the edge of {name} ÷ path to {name}"),
        ]  # fmt: skip

    def _near(self, floor: Floor, zone: Zone, until_s: float) -> list[tuple[str, float, str, str]]:
        """Mean distance to the middle of the target, sampled evenly."""
        away = np.hypot(*(floor.points - zone.outline.mean(axis=0)).T) / floor.per_unit
        at = np.arange(floor.times_s[0], until_s, self.sample_s)
        row = np.searchsorted(floor.times_s, at - 1e-9).clip(max=len(away) - 1)
        held = away[row][np.isfinite(away[row])]
        words = (
            f"mean distance of {floor.keypoint} to the middle of {self.target}, sampled every "
            f"{self.sample_s:g} s, until it is found or the trial ends"
        )
        mean = float(held.mean()) if len(held) else np.nan
        return [(f"proximity to {self.target}", mean, floor.told, words)]

    def _quadrants(self, floor: Floor, zone: Zone) -> list[tuple[str, float, str, str]]:
        """Share of the time in each quarter of the floor about its middle."""
        middle = (floor.rim.max(axis=0) + floor.rim.min(axis=0)) / 2
        ahead, there = zone.outline.mean(axis=0) - middle, floor.points - middle
        turn = np.arctan2(there[:, 1], there[:, 0]) - np.arctan2(ahead[1], ahead[0])
        quarter = np.where(np.isfinite(turn), np.floor((turn + np.pi / 4) / (np.pi / 2)) % 4, -1)
        seen_s = float(floor.frame_s[quarter >= 0].sum()) or np.nan
        # y runs down in the picture: a growing angle is a turn to the right.
        names = ("target", "right", "opposite", "left")
        words = "quadrant about the middle of the floor, that of the target in its middle"
        return [
            (f"share of time in {name} quadrant",
             100 * float(floor.frame_s[quarter == at].sum()) / seen_s, "%",
             f"time of {floor.keypoint} in the {name} {words} ÷ time seen")
            for at, name in enumerate(names)
        ]  # fmt: skip

    def _wall(self, floor: Floor) -> list[tuple[str, float, str, str]]:
        within = floor.length(self.wall_mm, self.wall_bl)
        seen = np.isfinite(floor.wall)
        near = float(floor.frame_s[seen & (floor.wall < within)].sum())
        far = self.wall_mm if floor.unit == "mm" else self.wall_bl
        words = f"time of {floor.keypoint} within {far:g} {floor.told} of the wall ÷ time seen"
        share = 100 * near / (float(floor.frame_s[seen].sum()) or np.nan)
        return [("share of time near wall", share, "%", words)]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Along the wall, then straight to the platform, where it stays."""
        t = np.arange(200) / 20
        x = np.interp(t, [0, 4, 8, 10], [-90, 0, 40, 40])
        y = np.interp(t, [0, 4, 8, 10], [0, -90, 40, 40])
        angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        rim = 100 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        zone = Zone("platform", 40 + 0.08 * rim)
        tracks = Tracks.of(np.stack([x, y], axis=1), t, "body_centre")
        arena = Arena("circle", rim, zones=(zone,))
        visits = Episodes.of("platform", np.array([[7.7, 10.0]]), np.array([[0.0, 10.0]]))
        return {"tracks": tracks, "arena": arena, "visits": visits}


def _tell(stretch: Stretch, quantity: str, value: float, unit: str, words: str) -> Measure:
    return stretch.tell(quantity=quantity, value=value, unit=unit, definition=words)
