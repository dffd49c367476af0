"""Time and entries of groups of zones: open arms against closed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Tracks, Zone
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.roles import refuse_without
from ethoframe.methods.measure._floor import Floor
from ethoframe.methods.measure._visited import Inside, Spent, Visited


class _Seen(NamedTuple):
    """Where one individual was, its visits, and the zones of each group."""

    there: Inside
    visits: Visited
    zones: Mapping[str, set[str]]


@dataclass(frozen=True)
class Groups(WholeMethod):
    """Time, entries, share and way in each group of zones; time in no zone, and unseen.

    A group is all zones whose names begin with one word of *groups*. A time is that of the frames
    in which the keypoint (and every one of *also*) is inside; so times of the groups, of zones in
    no group, of no zone and unseen add up to the session where zones do not overlap. Shares are of
    what all groups have together: the time in open arms ÷ time in open and closed arms, the centre
    being its own state and in neither.

    Entries are visits that start in this time and come after another zone. Where the animal is
    first seen it did not enter; and a point that leaves a maze sideways, over an edge or by a wall
    that the camera sees aslant, and returns into the same zone before the keypoint was in another,
    was there all the time. Time unseen that the visits count to a zone (`behave/visits`, *hidden*)
    counts to it here.

    Distance is the length of the steps that start inside. Transitions are entries into one group
    after another group, whatever lies between. The latency is the time to the first visit; nothing
    where it is in the group at the start, and undefined (NaN) where it never came. A share of none
    is undefined. *called* ends the names of the quantities.

    References
    ----------
    Shares of open and closed arms: Pellow et al., J. Neurosci. Methods 14 (1985), 149-167; Walf &
    Frye, Nature Protocols 2 (2007), 322-328.
    """

    groups: tuple[str, ...] = parameter(("open", "closed"), says="first words of zones' names")
    keypoint: str = parameter("body_centre", says="the keypoint, or role, that must be inside")
    also: tuple[str, ...] = parameter((), says="keypoints, or roles, that must be inside as well")
    called: str = parameter("", says="what quantities are called besides, as by nose and body")
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA),
        "visits": In(Kind.EPISODES),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "4"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses tracks without one of the keypoints."""
        refuse_without(self.name(), specs["tracks"].names, self.keypoint, *self.also)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Rows for each group, stretch of time and individual."""
        tracks: Tracks = inputs["tracks"]
        visits: Episodes = inputs["visits"]
        rows = []
        for one in tracks.each():
            who = one.individuals[0]
            floor = Floor.of(one, inputs["arena"], self.keypoint, also=self.also)
            alone = Floor.of(one, inputs["arena"], self.keypoint) if self.also else floor
            own = Visited.of(visits.about(who), alone, maze=True)
            names = {*(zone.name for zone in floor.zones), *own.names}
            zones = {word: {n for n in names if n.startswith(word)} for word in self.groups}
            seen = _Seen(Inside.of(floor, own, zones), own, zones)
            for stretch in stretches(one.times_s, self.bin_s, inputs.get("events")):
                told = Measures(tuple(self._told(seen, stretch)))
                rows.append(told.of(individual=who))
        return Measures.joined(rows)

    def _told(self, seen: _Seen, stretch: Stretch) -> list[Measure]:
        spent = seen.there.spent(stretch)
        rest = (
            ("time in no zone", spent.outside, f"time seen {_by(seen)}, inside no zone"),
            ("time unseen", spent.unseen, f"time in which nobody knows where it was, {_by(seen)}"),
        )
        return [
            *self._of(seen, spent, stretch),
            *self._between(seen, spent, stretch),
            *(self._tell(stretch, quantity, value, "s", words) for quantity, value, words in rest),
        ]

    def _of(self, seen: _Seen, spent: Spent, stretch: Stretch) -> list[Measure]:
        """Five rows of each group."""
        rows, both, floor = [], " and ".join(self.groups), seen.there.floor
        times, ways = _known(spent.groups, spent), _known(spent.far, spent)
        came = self._came(seen, spent, stretch)
        for word in self.groups:
            inside = f"in zones called {word} …, {_by(seen)}"
            entry = (
                f"visits of zones called {word} … that start in this time, after it was in another "
                f"zone, {_by(seen, visits=True)}"
            )
            shares = [_share(held[word], sum(held.values())) for held in (times, came)]
            told = (
                (f"time in {word}", times[word], "s", f"time {inside}"),
                (f"time in {word} of {both}", shares[0], "%", f"time {inside}, ÷ that in {both}"),
                (f"entries to {word}", came[word], "entries", entry),
                (f"entries to {word} of {both}", shares[1], "%", f"{entry}, ÷ those into {both}"),
                (
                    f"distance in {word}",
                    ways[word],
                    floor.told,
                    f"length of steps begun {inside}; undefined where it was mostly hidden there",
                ),
            )
            rows += [self._tell(stretch, *each) for each in told]
        return rows

    def _came(self, seen: _Seen, spent: Spent, stretch: Stretch) -> dict[str, float]:
        """Entries into each group; NaN where nobody looked."""
        return _known({w: seen.visits.entries(z, stretch) for w, z in seen.zones.items()}, spent)

    def _between(self, seen: _Seen, spent: Spent, stretch: Stretch) -> list[Measure]:
        """How soon it came into each group, how often into any, and from one to another."""
        both, by = " and ".join(self.groups), _by(seen, visits=True)
        changed = seen.visits.transitions([*seen.zones.values()], stretch)
        came = self._came(seen, spent, stretch)
        told = [
            (
                f"latency to {word}",
                seen.visits.latency_s(seen.zones[word], stretch),
                "s",
                f"from the start of this time to the first visit of a zone called {word} …, {by}",
            )
            for word in self.groups
        ]
        told += [
            (f"entries to {both}", sum(came.values()), "entries", f"into any of them, {by}"),
            (
                f"transitions between {both}",
                changed if spent.seen > 0 else np.nan,
                "entries",
                f"entries into one of {both} after the other, whatever lies between, {by}",
            ),
        ]
        return [self._tell(stretch, *each) for each in told]

    def _tell(
        self, stretch: Stretch, quantity: str, value: float, unit: str, words: str
    ) -> Measure:
        name = f"{quantity}, {self.called}" if self.called else quantity
        return stretch.tell(quantity=name, value=value, unit=unit, definition=words)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk from a closed arm through the centre into an open one, and a moment of neither."""
        t = np.arange(60) / 10
        points = np.stack([50 * t, np.where(t > 5.5, 90.0, 10.0)], axis=1)
        tracks = Tracks.of(points, t, "body_centre")
        zones = tuple(
            Zone(name, np.array([[a, 0.0], [b, 0.0], [b, 20.0], [a, 20.0]]))
            for name, a, b in (("closed 1", 0, 100), ("centre", 100, 120), ("open 1", 120, 300))
        )
        floor = np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 20.0], [0.0, 20.0]])
        visits = [
            Episodes.of(name, np.array([span]), np.array([[0.0, 6.0]]))
            for name, *span in (("closed 1", 0.0, 2.0), ("centre", 2.0, 2.4), ("open 1", 2.4, 5.5))
        ]
        arena = Arena("polygon", floor, zones=zones)
        return {"tracks": tracks, "arena": arena, "visits": Episodes.merged(visits)}


def _by(seen: _Seen, *, visits: bool = False) -> str:
    """By which keypoint, and how visits of it are told."""
    by = f"by {seen.there.floor.keypoint}"
    return "; ".join(filter(None, [by, seen.visits.definition if visits else ""]))


def _known(held: Mapping[str, float], spent: Spent) -> dict[str, float]:
    """The numbers, of time in which anybody knows where it was."""
    return {word: value if spent.seen > 0 else np.nan for word, value in held.items()}


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole > 0 else float("nan")
