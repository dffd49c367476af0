"""In which frames an animal was in which group of zones, and which of its visits are entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ethoframe.data import Episodes
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array
from ethoframe.methods.measure._floor import Floor


class Spent(NamedTuple):
    """Seconds of a stretch in each group, in no zone, in which nobody knows where, and the rest.

    Besides, how far it went in each group while it was seen; NaN where it mostly was not.
    """

    groups: Mapping[str, float]
    far: Mapping[str, float]
    outside: float
    unseen: float
    seen: float


@dataclass(frozen=True)
class Inside:
    """In which frames it was where.

    Parameters
    ----------
    floor
        The keypoint and the floor under it.
    groups
        Whether it was in a zone of each group ``(t,)``.
    outside, unseen
        Whether it was in no zone, and whether nobody knows where ``(t,)``.
    """

    floor: Floor
    groups: Mapping[str, Array]
    outside: Array
    unseen: Array

    @classmethod
    def of(cls, floor: Floor, visits: Visited, groups: Mapping[str, Collection[str]]) -> Inside:
        """By the depths in the zones of each group; where it is unseen, by the visits of them."""
        every = np.array([floor.depths[zone.name] for zone in floor.zones])
        every = every.reshape(len(floor.zones), len(floor.times_s))
        known = np.isfinite(every).all(axis=0) & np.isfinite(floor.points).all(axis=1)
        names = [zone.name for zone in floor.zones]
        chosen = {
            word: (every[np.isin(names, [*zones])] > 0).any(axis=0)
            | (~known & visits.holds(zones, floor.times_s))
            for word, zones in groups.items()
        }
        outside = known & ~(every > 0).any(axis=0)
        unseen = ~known & ~visits.holds({*visits.names} - {""}, floor.times_s)
        return cls(floor, chosen, outside, unseen)

    def spent(self, stretch: Stretch) -> Spent:
        """Seconds of a stretch."""
        now = stretch.frames(self.floor.times_s)
        frame_s = self.floor.frame_s[now]
        groups = {word: float(frame_s[inside[now]].sum()) for word, inside in self.groups.items()}
        nowhere = ~np.isfinite(self.floor.points[now]).all(axis=1)
        hidden = {w: float(frame_s[i[now] & nowhere].sum()) for w, i in self.groups.items()}
        far = {
            word: self.floor.way(inside, stretch) if 2 * hidden[word] <= groups[word] else np.nan
            for word, inside in self.groups.items()
        }
        outside, unseen = (float(frame_s[at[now]].sum()) for at in (self.outside, self.unseen))
        return Spent(groups, far, outside, unseen, float(frame_s[~self.unseen[now]].sum()))


@dataclass(frozen=True)
class Visited:
    """Visits of zones, and which of them are entries.

    Parameters
    ----------
    names
        Zone of each visit, in order of time.
    spans
        Start and stop of each ``(n, 2)``.
    entered
        Which of them are entries ``(n,)``.
    definition
        Of the visits.
    """

    names: tuple[str, ...]
    spans: Array
    entered: Array
    definition: str

    @classmethod
    def of(cls, visits: Episodes, alone: Floor, *, maze: bool) -> Visited:
        """Those of one individual, whose keypoint *alone* was where.

        Where it is first seen it did not enter; nor where it came back into a zone, or is seen
        there again, without having been out of it: in another zone where zones are all of a maze,
        and else anywhere.
        """
        order = np.argsort(visits.start_s, kind="stable")
        names = tuple(visits.labels[i] for i in order)
        spans = np.stack([visits.start_s[order], visits.stop_s[order]], axis=1)
        found = np.isclose(spans[:, :1], visits.support_s[:, 0], rtol=0, atol=1e-6).any(axis=1)
        entered, left_s = ~found, dict[str, float]()
        for i, (name, (start, stop)) in enumerate(zip(names, spans.tolist(), strict=True)):
            others = (when for zone, when in left_s.items() if zone != name)
            came = max(others, default=-np.inf) > left_s.get(name, -np.inf)
            # Of no zone it is known to have been out, or of another: then its coming was an entry.
            if name in left_s or not maze:
                came = came or _out(alone, name, left_s.get(name, -np.inf), start, maze=maze)
            entered[i] = came if name in left_s else came or entered[i]
            left_s[name] = stop
        return cls(names, spans, entered, visits.definition)

    def holds(self, zones: Collection[str], times_s: Array) -> Array:
        """Whether it visits one of these zones at each time ``(t,)``."""
        edges = np.searchsorted(times_s, self.spans[self.of_zones(zones)] - 1e-6)
        begun = np.zeros(len(times_s) + 1, np.int64)
        np.add.at(begun, edges[:, 0], 1)
        np.subtract.at(begun, edges[:, 1], 1)
        inside: Array = np.cumsum(begun)[:-1] > 0
        return inside

    def of_zones(self, zones: Collection[str]) -> Array:
        """Which visits are of these zones ``(n,)``."""
        return np.array([name in zones for name in self.names], bool)

    def entries(self, zones: Collection[str], stretch: Stretch) -> float:
        """Entries into these zones that start in this time."""
        return float(np.sum(self.of_zones(zones) & self.entered & stretch.holds(self.spans[:, 0])))

    def latency_s(self, zones: Collection[str], stretch: Stretch) -> float:
        """How much of this time passes before the first visit of such a zone; NaN without one."""
        return stretch.latency_s(self.spans[self.of_zones(zones)])

    def transitions(self, groups: Sequence[Collection[str]], stretch: Stretch) -> float:
        """Visits of one group of zones after another group, that start in this time."""
        group = np.full(len(self.names), -1)
        for place, zones in reversed(list(enumerate(groups))):
            group[self.of_zones(zones)] = place
        (any_group,) = np.nonzero(group >= 0)
        changed = any_group[1:][np.diff(group[any_group]) != 0]
        return float(stretch.holds(self.spans[changed, 0]).sum())


def _out(floor: Floor, name: str, left_s: float, back_s: float, *, maze: bool) -> bool:
    """Whether the keypoint was out of a zone between two times; in a maze, in another zone."""
    first = np.searchsorted(floor.times_s, left_s)
    between = slice(first, np.searchsorted(floor.times_s, back_s))
    if not maze:
        own = floor.depths.get(name)
        return own is not None and bool((own[between] < 0).any())
    others = [zone.name for zone in floor.zones if zone.name != name]
    return any((floor.depths[other][between] > 0).any() for other in others)
