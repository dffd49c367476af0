"""How much of the time, and of the way, in which zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Tracks, Zone, bins
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Zones(WholeMethod):
    """Time, distance, entries and latency of each zone, and the distance to the wall.

    Time and distance are those of the frames in which the keypoint is inside, however little;
    entries and latency come from the visits, which a margin keeps from counting jitter on the
    edge. The interval of a time is what it would be if the zone's edge lay *edge_mm* further in or
    out: as well as an edge can be placed by eye.

    References
    ----------
    ethoframe's own.
    """

    keypoint: str = parameter("centroid", says="the keypoint that is followed")
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)
    edge_mm: float = parameter(5.0, unit="mm", says="uncertainty of a zone's edge", low=0.0)
    edge_bl: float = parameter(0.06, unit="bl", says="the same without a scale", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA),
        "visits": In(Kind.EPISODES),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """One row per zone, quantity and stretch of time."""
        tracks: Tracks = inputs["tracks"]
        visits: Episodes = inputs["visits"]
        floor = _Floor.of(tracks, inputs["arena"], self.keypoint)
        edge = self.edge_mm if floor.unit == "mm" else self.edge_bl * floor.body
        rows: list[Measure] = []
        for start, stop in bins(tracks.times_s, self.bin_s):
            found = [self._wall(floor, start, stop)]
            for zone in floor.zones:
                found += self._zone(zone, floor, visits, (start, stop), edge)
            rows += [
                Measure(
                    quantity=name,
                    value=value,
                    unit=unit,
                    low=low,
                    high=high,
                    bin_start_s=start,
                    bin_stop_s=stop,
                    definition=words,
                )
                for name, value, unit, low, high, words in found
            ]
        return Measures(tuple(rows))

    def _wall(self, floor: _Floor, start: float, stop: float) -> _Found:
        inside = (floor.times_s >= start) & (floor.times_s < stop)
        depth = floor.wall[inside]
        depth = depth[np.isfinite(depth)] / floor.per_unit
        value = float(np.mean(depth)) if len(depth) else np.nan
        words = f"mean distance of {self.keypoint} to the nearest wall, negative beyond it"
        return ("distance to wall", value, floor.told, np.nan, np.nan, words)

    def _zone(
        self, zone: Zone, floor: _Floor, visits: Episodes, when: tuple[float, float], edge: float
    ) -> list[_Found]:
        looked = visits.looked_s(*when)
        spans = visits.spans(zone.name)
        times = [
            floor.time_in(zone, shift, when) if looked else np.nan for shift in (0.0, edge, -edge)
        ]
        time, low, high = times
        begun = spans[(spans[:, 0] >= when[0]) & (spans[:, 0] < when[1])]
        entered = begun[~np.isclose(begun[:, 0], floor.begin_s)]
        latency = float(begun[0, 0] - when[0]) if len(begun) else np.nan
        if visits.covers(zone.name, np.array([when[0]]))[0]:
            latency = 0.0
        unit, where = floor.told, f"{zone.name}: {zone.definition}"
        way = floor.distance_in(zone, when) / floor.per_unit if looked else np.nan
        share, bounds = (
            time / looked if looked else np.nan,
            (low / (looked or 1), high / (looked or 1)),
        )
        by = f"by {self.keypoint}; {where}"
        return [
            (f"time in {zone.name}", time, "s", low, high, f"time inside {by}"),
            (
                f"share of time in {zone.name}",
                100 * share,
                "%",
                100 * bounds[0],
                100 * bounds[1],
                f"time inside ÷ time in which the animal was seen, {by}",
            ),
            (
                f"distance in {zone.name}",
                way,
                unit,
                np.nan,
                np.nan,
                f"length of the steps that start inside {by}",
            ),
            (
                f"entries to {zone.name}",
                float(len(entered)) if looked else np.nan,
                "entries",
                np.nan,
                np.nan,
                f"visits that start in this time, being there from the start not counted, {by}",
            ),
            (
                f"latency to {zone.name}",
                latency,
                "s",
                np.nan,
                np.nan,
                f"from the start of this time to the first visit in it, {by}",
            ),
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk through the middle of a square, in mm, and the visit of the middle."""
        t = np.arange(120) / 30
        corners = np.array([[80.0, 80.0], [240.0, 80.0], [240.0, 240.0], [80.0, 240.0]])
        arena = Arena("rectangle", corners, (400.0, 400.0))
        arena = Arena("rectangle", corners, (400.0, 400.0), (Zone("centre", arena.shrunk(0.5)),))
        x = 60 + 75 * t
        tracks = Tracks.of(np.stack([x, np.full(120, 200.0)], axis=1), t)
        tracks = Tracks(
            tracks.position, tracks.confidence, tracks.numbers, t, ("centroid",), unit="mm"
        )
        visits = Episodes.of("centre", np.array([[40 / 75, 240 / 75]]), np.array([[0.0, 4.0]]))
        return {"tracks": tracks, "arena": arena, "visits": visits}


_Found = tuple[str, float, str, float, float, str]


@dataclass(frozen=True)
class _Floor:
    """Track and zones in one plane."""

    points: Array
    times_s: Array
    frame_s: Array
    zones: tuple[Zone, ...]
    wall: Array
    unit: str  # of the plane
    per_unit: float  # units of the plane in one unit that is told
    told: str
    body: float  # body length in the plane's unit

    @classmethod
    def of(cls, tracks: Tracks, arena: Arena, keypoint: str) -> _Floor:
        points = tracks.at(keypoint)
        to_floor = arena.to_floor
        if to_floor is not None and tracks.unit == "mm":
            floor, per_unit, told = arena.mapped(to_floor), 1.0, "mm"
        else:
            # Without a scale tracks are in body lengths: back to the picture, where the arena is.
            floor, per_unit, told = arena, tracks.px_per_unit, tracks.unit
            points = points * per_unit
        wall, body = floor.depth(points), per_unit
        return cls(
            points,
            tracks.times_s,
            tracks.frame_s,
            floor.zones,
            wall,
            floor.unit,
            per_unit,
            told,
            body,
        )

    @property
    def begin_s(self) -> float:
        return float(self.times_s[0])

    def time_in(self, zone: Zone, edge: float, when: tuple[float, float]) -> float:
        """Seconds deeper in the zone than `edge`."""
        inside = (self.times_s >= when[0]) & (self.times_s < when[1])
        depth, seconds = zone.depth(self.points[inside]), self.frame_s[inside]
        return float(seconds[depth > edge].sum())

    def distance_in(self, zone: Zone, when: tuple[float, float]) -> float:
        """Length of the steps that start in the zone."""
        length = np.hypot(*np.diff(self.points, axis=0).T)
        steps, begins = np.diff(self.times_s), self.times_s[:-1]
        usual = float(np.median(steps)) if len(steps) else 0.0
        counted = np.isfinite(length) & (steps <= 1.5 * usual + 1e-9)
        counted &= (begins >= when[0]) & (begins < when[1])
        counted[counted] = zone.depth(self.points[:-1][counted]) > 0
        return float(length[counted].sum())
