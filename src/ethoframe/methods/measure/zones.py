"""How much of the time, and of the way, in which zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Refusal, Tracks, Zone
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without
from ethoframe.methods.measure._floor import Floor, centre_name
from ethoframe.methods.measure._visited import Inside, Spent, Visited


class _Zone(NamedTuple):
    """What a zone is called, and by which keypoint and what outline it is told, in words."""

    name: str
    by: str


@dataclass(frozen=True)
class Zones(WholeMethod):
    """Time, distance, entries and latency of each zone, time in the centre, distance to the wall.

    Time and distance are those of the frames in which the keypoint is inside, however little;
    entries and latency come from the visits, which a margin keeps from counting jitter on the
    edge. The interval of a time is what it would be if the zone's edge lay *edge_mm* further in or
    out: as well as an edge can be placed by eye.

    Time unseen that the visits count to a zone (`behave/visits`, *hidden*) counts to it here, too,
    and a zone that nobody drew and the visits name is told of. Entries are visits that start in
    this time: none where the animal is first seen, or is seen again in a zone out of which it was
    not seen in between. In a *maze* zones are all there is: a point that leaves one over its edge
    and returns before it was in another did not leave it, as in `measure/groups`.

    What is called the centre of a floor differs from laboratory to laboratory, and so does the
    keypoint that must be in it. So beside the arena's own zones the time is told in the middle
    *centre_shares* of the floor and further than *wall_mm* from the wall, by the keypoint and by
    each of *further*.

    References
    ----------
    ethoframe's own.
    """

    keypoint: str = parameter("body_centre", says="the keypoint, or role, that is followed")
    also: tuple[str, ...] = parameter((), says="keypoints, or roles, that must be inside as well")
    further: tuple[str, ...] = parameter(
        ("head_end", "tail_end"), says="keypoints whose time in the centre is told as well"
    )
    centre_shares: tuple[float, ...] = parameter(
        (0.11, 0.25, 0.4), unit="1", says="shares of the floor, about its middle, called centre"
    )
    walls: bool = parameter(
        True, says="whether distance to the wall, and time in the centre of the floor, are told"
    )
    wall_mm: float = parameter(
        100.0, unit="mm", says="time further than this from the wall is told", low=0.0
    )
    wall_bl: float = parameter(1.2, unit="bl", says="the same without a scale", low=0.0)
    maze: bool = parameter(
        False, says="whether zones are all there is: over an edge and back is no entry"
    )
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)
    edge_mm: float = parameter(5.0, unit="mm", says="uncertainty of a zone's edge", low=0.0)
    edge_bl: float = parameter(0.06, unit="bl", says="the same without a scale", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA),
        "visits": In(Kind.EPISODES),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "5"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses a centre that is nothing, or all of the floor."""
        for share in self.centre_shares:
            if not 0 < share < 1:
                where = f"{self.name()}.centre_shares"
                raise Refusal(where, f"{share:g} is no share", "use shares between 0 and 1")
        refuse_without(self.name(), specs["tracks"].names, self.keypoint, *self.also)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """One row per zone, quantity, stretch of time and individual."""
        tracks: Tracks = inputs["tracks"]
        visits: Episodes = inputs["visits"]
        arena, events = inputs["arena"], inputs.get("events")
        each = [
            self._of(one, visits.about(one.individuals[0]), arena, events).of(
                individual=one.individuals[0]
            )
            for one in tracks.each()
        ]
        return Measures.joined(each)

    def _of(
        self, tracks: Tracks, visits: Episodes, arena: Arena, events: Episodes | None
    ) -> Measures:
        """The rows of one individual."""
        shares = self.centre_shares if self.walls else ()
        further = [name for name in self.further if self.walls and name in tracks.keypoints]
        floors = [
            Floor.of(tracks, arena, self.keypoint, shares, self.also),
            *(Floor.of(tracks, arena, name, shares) for name in further),
        ]
        alone = Floor.of(tracks, arena, self.keypoint) if self.also else floors[0]
        own = Visited.of(visits, alone, maze=self.maze)
        drawn = {zone.name: zone.definition for zone in floors[0].zones}
        zones = {**drawn, **{name: "not drawn" for name in own.names if name not in ("", *drawn)}}
        there = Inside.of(floors[0], own, {name: [name] for name in zones})
        rows: list[Measure] = []
        for stretch in stretches(tracks.times_s, self.bin_s, events):
            spent = there.spent(stretch)
            for name, words in zones.items():
                zone = _Zone(name, f"by {floors[0].keypoint}; {name}: {words}")
                rows += self._inside(zone, floors[0], stretch, spent)
                rows += _visits(zone, stretch, own, known=spent.seen > 0)
            for floor in floors if self.walls else ():
                rows += self._middle(floor, stretch, "" if floor is floors[0] else floor.called)
        return Measures(tuple(rows))

    def _middle(self, floor: Floor, stretch: Stretch, called: str) -> list[Measure]:
        """Distance to the wall, and time away from it, by one keypoint."""
        seen = bool(np.isfinite(floor.wall[stretch.frames(floor.times_s)]).any())
        of = f", {called}" if called else ""
        wall = stretch.tell(
            quantity=f"distance to wall{of}",
            value=floor.mean_to_wall(stretch),
            unit=floor.told,
            definition=f"mean distance of {floor.keypoint} to the nearest wall, negative beyond it",
        )
        where = {
            centre_name(share): (
                floor.depths[centre_name(share)],
                f"the middle {np.sqrt(share):.0%} of each side, {share:.0%} of the floor",
            )
            for share in self.centre_shares
        }
        far = self.wall_mm if floor.unit == "mm" else self.wall_bl
        inner = floor.wall - floor.length(self.wall_mm, self.wall_bl)
        beyond = f"on the floor more than {far:g} {floor.told} from the nearest wall"
        times = [
            self._time(f"time in {name}{of}", depth, floor, stretch, seen, f"in {words}")
            for name, (depth, words) in where.items()
        ]
        away = self._time(f"time away from wall{of}", inner, floor, stretch, seen, beyond)
        return [wall, *times, away]

    def _time(
        self, quantity: str, depth: Array, floor: Floor, stretch: Stretch, seen: bool, where: str
    ) -> Measure:
        edge = floor.length(self.edge_mm, self.edge_bl)
        value, low, high = (
            floor.time(depth, shift, stretch) if seen else np.nan for shift in (0.0, edge, -edge)
        )
        return stretch.tell(
            quantity=quantity,
            value=value,
            unit="s",
            low=low,
            high=high,
            definition=f"time in which {floor.keypoint} is {where}; {self._unsure(floor)}",
        )

    def _unsure(self, floor: Floor) -> str:
        edge = self.edge_mm if floor.unit == "mm" else self.edge_bl
        return f"interval: with the edge {edge:g} {floor.told} further in and out"

    def _inside(self, zone: _Zone, floor: Floor, stretch: Stretch, spent: Spent) -> list[Measure]:
        """Time, share of time and distance, by the frames inside."""
        name, by, known = zone.name, zone.by, spent.seen > 0
        inside = f"inside {by}"
        # What counts without being seen does not depend on where the edge lies.
        depth = floor.depths.get(name, np.full(len(floor.times_s), -np.inf))
        seen = self._time(f"time in {name}", depth, floor, stretch, known, inside)
        hidden = spent.groups[name] - seen.value
        times = [t + hidden for t in (seen.value, seen.low, seen.high)]
        shares = [100 * t / spent.seen if known else np.nan for t in times]
        value, low, high = times
        share, least, most = shares
        return [
            replace(
                seen,
                value=value,
                low=low,
                high=high,
                definition=f"time {inside}; {self._unsure(floor)}",
            ),
            stretch.tell(
                quantity=f"share of time in {name}",
                value=share,
                unit="%",
                low=least,
                high=most,
                definition=f"time inside ÷ time in which anybody knows where it was, {by}",
            ),
            stretch.tell(
                quantity=f"distance in {name}",
                value=spent.far[name] if known else np.nan,
                unit=floor.told,
                definition=f"length of the steps that start {inside}; undefined where it was "
                "mostly hidden there",
            ),
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk through the middle of a square, in mm, and the visit of the middle."""
        t = np.arange(120) / 30
        corners = np.array([[80.0, 80.0], [240.0, 80.0], [240.0, 240.0], [80.0, 240.0]])
        arena = Arena("rectangle", corners, (400.0, 400.0))
        arena = replace(arena, zones=(Zone("centre", arena.shrunk(0.5)),))
        centroid = np.stack([60 + 75 * t, np.full(120, 200.0)], axis=1)
        ahead = np.array([40.0, 0.0])
        position = np.stack([centroid, centroid + ahead, centroid - ahead], axis=2)[..., None]
        keypoints = ("centroid", "head_end", "tail_end")
        seen = np.ones((120, 3, 1))
        tracks = Tracks(position, seen, np.arange(120), t, keypoints, unit="mm")
        visits = Episodes.of("centre", np.array([[40 / 75, 240 / 75]]), np.array([[0.0, 4.0]]))
        tone = Episodes.of("tone", np.array([[0.5, 1.0], [2.0, 3.5]]), np.array([[0.0, 4.0]]))
        return {"tracks": tracks, "arena": arena, "visits": visits, "events": tone}


def _visits(zone: _Zone, stretch: Stretch, visits: Visited, *, known: bool) -> list[Measure]:
    """Entries and latency, by the visits."""
    by = "; ".join(filter(None, [zone.by, visits.definition]))
    return [
        stretch.tell(
            quantity=f"entries to {zone.name}",
            value=visits.entries([zone.name], stretch) if known else np.nan,
            unit="entries",
            definition=f"visits that start in this time, after it was out of it, {by}",
        ),
        stretch.tell(
            quantity=f"latency to {zone.name}",
            value=visits.latency_s([zone.name], stretch),
            unit="s",
            definition=f"from the start of this time to the first visit in it, {by}",
        ),
    ]
