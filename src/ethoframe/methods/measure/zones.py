"""How much of the time, and of the way, in which zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Tracks, Zone, bins
from ethoframe.data.noun import Array

Tell = Callable[..., Measure]
"""Makes a measure over the stretch of time at hand."""

When = tuple[float, float]
"""Start and stop of that stretch, in seconds."""


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
    version: ClassVar[str] = "2"

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
            tell = partial(Measure, bin_start_s=start, bin_stop_s=stop)
            rows.append(self._wall(floor, (start, stop), tell))
            for zone in floor.zones:
                looked_s = visits.looked_s(start, stop)
                rows += self._inside(zone, floor, (start, stop), looked_s, edge, tell)
                rows += self._visits(zone, (start, stop), visits, tell)
        return Measures(tuple(rows))

    def _wall(self, floor: _Floor, when: When, tell: Tell) -> Measure:
        inside = (floor.times_s >= when[0]) & (floor.times_s < when[1])
        depth = floor.wall[inside]
        depth = depth[np.isfinite(depth)] / floor.per_unit
        value = float(np.mean(depth)) if len(depth) else np.nan
        words = f"mean distance of {self.keypoint} to the nearest wall, negative beyond it"
        return tell(quantity="distance to wall", value=value, unit=floor.told, definition=words)

    def _inside(
        self, zone: Zone, floor: _Floor, when: When, looked_s: float, edge: float, tell: Tell
    ) -> list[Measure]:
        """Time, share of time and distance, by the frames inside."""
        times = [
            floor.time_in(zone, shift, when) if looked_s else np.nan for shift in (0.0, edge, -edge)
        ]
        time, low, high = times
        share, least, most = (100 * t / looked_s if looked_s else np.nan for t in times)
        way = floor.distance_in(zone, when) / floor.per_unit if looked_s else np.nan
        by, name = self._by(zone), zone.name
        return [
            tell(
                quantity=f"time in {name}",
                value=time,
                unit="s",
                low=low,
                high=high,
                definition=f"time inside {by}",
            ),
            tell(
                quantity=f"share of time in {name}",
                value=share,
                unit="%",
                low=least,
                high=most,
                definition=f"time inside ÷ time in which the animal was seen, {by}",
            ),
            tell(
                quantity=f"distance in {name}",
                value=way,
                unit=floor.told,
                definition=f"length of the steps that start inside {by}",
            ),
        ]

    def _visits(self, zone: Zone, when: When, visits: Episodes, tell: Tell) -> list[Measure]:
        """Entries and latency, by the visits."""
        start, stop = when
        starts = visits.spans(zone.name)[:, 0]
        begun = starts[(starts >= start) & (starts < stop)]
        # Where the animal is first seen, or seen again, it did not enter.
        found = np.isclose(begun[:, None], visits.support_s[:, 0], rtol=0, atol=1e-6).any(axis=1)
        entries = float(np.sum(~found))
        latency = float(begun[0] - start) if len(begun) else np.nan
        if visits.covers(zone.name, np.array([start]))[0]:
            latency = 0.0
        by, name = self._by(zone), zone.name
        return [
            tell(
                quantity=f"entries to {name}",
                value=entries if visits.looked_s(start, stop) else np.nan,
                unit="entries",
                definition=f"visits that start in this time, other than by being found there, {by}",
            ),
            tell(
                quantity=f"latency to {name}",
                value=latency,
                unit="s",
                definition=f"from the start of this time to the first visit in it, {by}",
            ),
        ]

    def _by(self, zone: Zone) -> str:
        return f"by {self.keypoint}; {zone.name}: {zone.definition}"

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


@dataclass(frozen=True)
class _Floor:
    """Track and zones in one plane."""

    points: Array
    times_s: Array
    frame_s: Array
    zones: tuple[Zone, ...]
    depths: Mapping[str, Array]  # in each zone
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
        depths = {zone.name: zone.depth(points) for zone in floor.zones}
        return cls(
            points,
            tracks.times_s,
            tracks.frame_s,
            floor.zones,
            depths,
            wall,
            floor.unit,
            per_unit,
            told,
            body,
        )

    def time_in(self, zone: Zone, edge: float, when: When) -> float:
        """Seconds deeper in the zone than `edge`."""
        inside = (self.times_s >= when[0]) & (self.times_s < when[1])
        return float(self.frame_s[inside & (self.depths[zone.name] > edge)].sum())

    def distance_in(self, zone: Zone, when: When) -> float:
        """Length of the steps that start in the zone."""
        length = np.hypot(*np.diff(self.points, axis=0).T)
        steps, begins = np.diff(self.times_s), self.times_s[:-1]
        usual = float(np.median(steps)) if len(steps) else 0.0
        counted = np.isfinite(length) & (steps <= 1.5 * usual + 1e-9)
        counted &= (begins >= when[0]) & (begins < when[1])
        counted &= self.depths[zone.name][:-1] > 0
        return float(length[counted].sum())
