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

_Row = tuple[str, float, str, str]
"""Quantity, value, unit, definition."""


@dataclass(frozen=True)
class Search(WholeMethod):
    """Latency, path, efficiency, quadrants, proximity and crossings, of one place that is searched.

    The place is the zone called *target*: a platform, or where it was in a probe trial. *Latency*
    is the time to the first visit that lasts *stay_s*, or to the end of what was seen; undefined
    (NaN) when it was never reached. *Capped*, it is the length of the trial then. *Path to* is the
    way until then, *path efficiency* the straight line from the first place to the target's edge ÷
    that way, *heading error* the angle between the way to the target and to where the animal first
    was *heading_mm* from its first place, *share of path in corridor* the part of the way that lies
    in a corridor *corridor_mm* wide along the straight line from the first place to the target's
    middle.

    All else is told until the target is found, or of the whole trial where it is not: *proximity*,
    the mean distance to the target's middle, sampled every *sample_s*, with the sum of the samples;
    the quadrants about the middle of the floor, the target's own in the middle of the first, the
    others named as one sees them from the middle with the target ahead; crossings, visits of the
    target, however short; speed; and time *near the wall*, within *wall_mm* of it.

    In a *probe* there is nothing to be found: all is told of the whole trial, and latency, path and
    efficiency are those to the first crossing.

    References
    ----------
    Latency and quadrants: Morris, J. Neurosci. Methods 11 (1984), 47-60. Proximity: Gallagher,
    Burwell & Burchinal, Behav. Neurosci. 107 (1993), 618-626; Maei et al., Front. Integr. Neurosci.
    3 (2009), 33. Probes and heading: Vorhees & Williams, Nature Protocols 1 (2006), 848-858. The
    corridor of 18 cm: Whishaw, Behav. Neurosci. 99 (1985), 979-1005; there a swim that leaves it
    is an error, here the part of the way in it is told.
    """

    keypoint: str = parameter("body_centre", says="the keypoint, or role, that is followed")
    target: str = parameter("platform", says="name of the zone that is searched for")
    stay_s: float = parameter(0.5, unit="s", says="a visit as long has found it", low=0.0)
    probe: bool = parameter(False, says="whether the target is not there: nothing ends the search")
    sample_s: float = parameter(1.0, unit="s", says="proximity is sampled so often", low=0.001)
    heading_mm: float = parameter(
        150.0, unit="mm", says="the first heading is told so far from the first place", low=0.0
    )
    heading_bl: float = parameter(1.8, unit="bl", says="the same without a scale", low=0.0)
    corridor_mm: float = parameter(
        180.0, unit="mm", says="width of the corridor from the first place to the target", low=0.0
    )
    corridor_bl: float = parameter(2.2, unit="bl", says="the same without a scale", low=0.0)
    wall_mm: float = parameter(100.0, unit="mm", says="near the wall is within this", low=0.0)
    wall_bl: float = parameter(1.2, unit="bl", says="the same without a scale", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA),
        "visits": In(Kind.EPISODES),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "5"

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
        spans = visits.spans(self.target)
        found_s = self._found(spans, float(tracks.times_s[seen[-1]]))
        until = last if self.probe or np.isnan(found_s) else found_s
        crossed = float(np.sum(spans[:, 0] <= until))
        stretch, whom = Stretch(((first, last),)), spelled(self.keypoint, tracks.keypoints)
        zone = next(zone for zone in floor.zones if zone.name == self.target)
        now = floor.times_s < until
        words = f"visits by {whom}, {self._ended}: {visits.definition}"
        rows = [
            *self._reached(floor, zone, found_s, seen),
            *self._way(floor, zone, until, seen),
            *self._near(floor, zone, until),
            *self._quadrants(floor, zone, now),
            *self._wall(floor, now),
            (f"crossings of {self.target}", crossed, "entries", words),
        ]
        return Measures(tuple(_tell(stretch, *row) for row in rows)).of(
            individual=tracks.individuals[0]
        )

    @property
    def _ended(self) -> str:
        """Until when all is told, in words."""
        return "over the whole trial" if self.probe else "until it is found or the trial ends"

    def _found(self, spans: Array, last_s: float) -> float:
        """When the target was reached; NaN where it never was."""
        stays = (spans[:, 1] - spans[:, 0] >= self.stay_s) | (spans[:, 1] >= last_s)
        reached = spans[stays | self.probe, 0]
        return float(reached.min()) if len(reached) else float("nan")

    def _reached(self, floor: Floor, zone: Zone, found_s: float, seen: Array) -> list[_Row]:
        """Latency, and how straight the way was."""
        name, whom = self.target, floor.keypoint
        first, last = float(floor.times_s[0]), float(floor.times_s[-1] + floor.frame_s[-1])
        never = np.isnan(found_s)
        swum = _until(floor, seen, last if never else found_s)
        far = np.nan if never else swum
        straight = max(0.0, -float(zone.depth(floor.points[seen[:1]])[0])) / floor.per_unit
        stays = (
            "first crosses it" if self.probe else f"is in it for {self.stay_s:g} s, or to the end"
        )
        reached = f"until {whom} {stays}"
        latency, start = found_s - first, "from the trial's start"
        return [
            (f"latency to {name}", latency, "s", f"{start} {reached}; undefined where it never is"),
            (f"latency to {name}, capped", last - first if never else latency, "s",
             f"{start} {reached}; the length of the trial where it never is"),
            (f"path to {name}", far, floor.told, f"length of the way of {whom} {reached}"),
            (f"path to {name}, capped", swum, floor.told,
             f"length of the way of {whom} {reached}; all of its way where it never is"),
            (f"path efficiency to {name}", straight / far if far > 0 else np.nan, "1",
             f"straight line from the first place to the edge of {name} ÷ path to {name}"),
            self._corridor(floor, zone, last if never else found_s, seen),
        ]  # fmt: skip

    def _corridor(self, floor: Floor, zone: Zone, until_s: float, seen: Array) -> _Row:
        """How much of the way is in a corridor that leads to the target."""
        points = floor.points[seen[floor.times_s[seen] < until_s]]
        told = self.corridor_mm if floor.unit == "mm" else self.corridor_bl
        share = float("nan")
        if len(points) > 1:
            ahead = zone.outline.mean(axis=0) - points[0]
            far = float(np.hypot(*ahead)) or np.nan
            middle = (points[1:] + points[:-1]) / 2 - points[0]
            aside = np.abs(middle @ [-ahead[1], ahead[0]]) / far
            along = middle @ ahead / far
            half = floor.length(self.corridor_mm, self.corridor_bl) / 2
            inside = (aside <= half) & (along >= -half) & (along <= far + half)
            step = np.hypot(*np.diff(points, axis=0).T)
            share = 100 * float(step[inside].sum()) / (float(step.sum()) or np.nan)
        words = (
            f"part of the path to {self.target}, or of all of it where it is never found, in a "
            f"corridor {told:g} {floor.told} wide along the straight line from the first place to "
            "its middle"
        )
        return f"share of path to {self.target} in corridor", share, "%", words

    def _way(self, floor: Floor, zone: Zone, until_s: float, seen: Array) -> list[_Row]:
        """Speed of the search, and where it began to lead to."""
        inside = seen[floor.times_s[seen] <= until_s]
        lasted = float(floor.times_s[inside[-1]] - floor.times_s[inside[0]]) if len(inside) else 0.0
        speed = _length(floor, floor.points[inside]) / lasted if lasted > 0 else np.nan
        told = self.heading_mm if floor.unit == "mm" else self.heading_bl
        return [
            ("speed of search", speed, f"{floor.told}/s",
             f"length of the way of {floor.keypoint} ÷ its time, {self._ended}"),
            ("heading error", self._turned(floor, zone, seen), "deg",
             f"angle at the first place between the way to the middle of {self.target} and to "
             f"where {floor.keypoint} first was {told:g} {floor.told} from it"),
        ]  # fmt: skip

    def _turned(self, floor: Floor, zone: Zone, seen: Array) -> float:
        """How far the first heading misses the target, in degrees; NaN where it never set off."""
        way = floor.points[seen] - floor.points[seen[0]]
        off = np.flatnonzero(np.hypot(*way.T) >= floor.length(self.heading_mm, self.heading_bl))
        if len(off) == 0:
            return float("nan")
        (x, y), (u, v) = way[off[0]], zone.outline.mean(axis=0) - floor.points[seen[0]]
        return float(np.rad2deg(abs(np.arctan2(x * v - y * u, x * u + y * v))))

    def _near(self, floor: Floor, zone: Zone, until_s: float) -> list[_Row]:
        """Distance to the middle of the target, sampled evenly: its mean and its sum."""
        away = np.hypot(*(floor.points - zone.outline.mean(axis=0)).T) / floor.per_unit
        at = np.arange(floor.times_s[0], until_s, self.sample_s)
        row = np.searchsorted(floor.times_s, at - 1e-9).clip(max=len(away) - 1)
        held = away[row][np.isfinite(away[row])]
        mean, total = (float(held.mean()), float(held.sum())) if len(held) else (np.nan, np.nan)
        words = (
            f"distance of {floor.keypoint} to the middle of {self.target}, sampled every "
            f"{self.sample_s:g} s, {self._ended}"
        )
        name = f"proximity to {self.target}"
        return [
            (name, mean, floor.told, f"mean {words}"),
            (f"cumulative {name}", total, floor.told, f"sum of the {words}"),
        ]

    def _quadrants(self, floor: Floor, zone: Zone, now: Array) -> list[_Row]:
        """Share of the time in each quarter of the floor about its middle."""
        middle = (floor.rim.max(axis=0) + floor.rim.min(axis=0)) / 2
        ahead, there = zone.outline.mean(axis=0) - middle, floor.points - middle
        turn = np.arctan2(there[:, 1], there[:, 0]) - np.arctan2(ahead[1], ahead[0])
        known = np.isfinite(turn) & now
        quarter = np.where(known, np.floor((turn + np.pi / 4) / (np.pi / 2)) % 4, -1)
        seen_s = float(floor.frame_s[quarter >= 0].sum()) or np.nan
        # y runs down in the picture: a growing angle is a turn to the right.
        names = ("target", "right", "opposite", "left")
        words = "quadrant about the middle of the floor, that of the target in its middle"
        return [
            (f"share of time in {name} quadrant",
             100 * float(floor.frame_s[quarter == at].sum()) / seen_s, "%",
             f"time of {floor.keypoint} in the {name} {words} ÷ time seen, {self._ended}")
            for at, name in enumerate(names)
        ]  # fmt: skip

    def _wall(self, floor: Floor, now: Array) -> list[_Row]:
        within = floor.length(self.wall_mm, self.wall_bl)
        seen = np.isfinite(floor.wall) & now
        near = float(floor.frame_s[seen & (floor.wall < within)].sum())
        far = self.wall_mm if floor.unit == "mm" else self.wall_bl
        words = (
            f"time of {floor.keypoint} within {far:g} {floor.told} of the wall ÷ time seen, "
            f"{self._ended}"
        )
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


def _length(floor: Floor, points: Array) -> float:
    """Length of the way through points ``(n, 2)``, in the unit that is told."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) / floor.per_unit


def _until(floor: Floor, seen: Array, found_s: float) -> float:
    """Length of the way until a moment, which mostly lies between two frames."""
    times_s, points = floor.times_s[seen], floor.points[seen]
    last = [np.interp(found_s, times_s, points[:, axis]) for axis in (0, 1)]
    return _length(floor, np.vstack([points[times_s < found_s], last]))
