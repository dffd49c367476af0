"""In which frames an animal was in which group of zones, and which of its visits are entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ethoframe.data import Episodes
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array
from ethoframe.methods.measure._floor import Floor


class Spent(NamedTuple):
    """Seconds of a stretch in each group, in no zone, in which nobody knows where, and the rest."""

    groups: Mapping[str, float]
    outside: float
    unseen: float
    seen: float


@dataclass(frozen=True)
class Inside:
    """In which frames it was where.

    Parameters
    ----------
    keypoint
        Whose places these are, in words.
    times_s, frame_s
        Seconds of the frames, and how long each stands for ``(t,)``.
    groups
        Whether it was in a zone of each group ``(t,)``.
    outside, unseen
        Whether it was in no zone, and whether nobody knows where ``(t,)``.
    """

    keypoint: str
    times_s: Array
    frame_s: Array
    groups: Mapping[str, Array]
    outside: Array
    unseen: Array

    @classmethod
    def of(cls, floor: Floor, visits: Visited, groups: Sequence[str]) -> Inside:
        """By the depths in zones; where it is unseen, by the visits."""
        every = np.array([floor.depths[zone.name] for zone in floor.zones])
        every = every.reshape(len(floor.zones), len(floor.times_s))
        known = np.isfinite(every).all(axis=0) & np.isfinite(floor.points).all(axis=1)
        names = [zone.name for zone in floor.zones]
        chosen = {
            word: (every[np.array([name.startswith(word) for name in names], bool)] > 0).any(axis=0)
            | (~known & visits.holds(word, floor.times_s))
            for word in groups
        }
        outside = known & ~(every > 0).any(axis=0)
        unseen = ~known & ~visits.holds("", floor.times_s)
        clock = floor.times_s, floor.frame_s
        return cls(floor.keypoint, *clock, chosen, outside, unseen)

    def spent(self, stretch: Stretch) -> Spent:
        """Seconds of a stretch."""
        now = np.flatnonzero(stretch.holds(self.times_s))
        frame_s = self.frame_s[now]
        groups = {word: float(frame_s[inside[now]].sum()) for word, inside in self.groups.items()}
        outside, unseen = (float(frame_s[at[now]].sum()) for at in (self.outside, self.unseen))
        return Spent(groups, outside, unseen, float(frame_s[~self.unseen[now]].sum()))


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
    def of(cls, visits: Episodes, alone: Floor) -> Visited:
        """Those of one individual, whose keypoint *alone* was where.

        Where it is first seen it did not enter; nor where it came back into a zone, or is seen
        there again, without having been in another.
        """
        order = np.argsort(visits.start_s, kind="stable")
        names = tuple(visits.labels[i] for i in order)
        spans = np.stack([visits.start_s[order], visits.stop_s[order]], axis=1)
        found = np.isclose(spans[:, :1], visits.support_s[:, 0], rtol=0, atol=1e-6).any(axis=1)
        entered, left_s = ~found, dict[str, float]()
        for i, (name, (start, stop)) in enumerate(zip(names, spans.tolist(), strict=True)):
            others = (when for zone, when in left_s.items() if zone != name)
            came = max(others, default=-np.inf) > left_s.get(name, -np.inf)
            if name in left_s:
                came = came or _elsewhere(alone, name, left_s[name], start)
                entered[i] = came
            elif came:  # it was seen in another zone, and is seen again in this one
                entered[i] = True
            left_s[name] = stop
        return cls(names, spans, entered, visits.definition)

    def holds(self, word: str, times_s: Array) -> Array:
        """Whether it visits a zone whose name begins so at each time ``(t,)``."""
        edges = np.searchsorted(times_s, self.spans[self.of_group(word)] - 1e-6)
        begun = np.zeros(len(times_s) + 1, np.int64)
        np.add.at(begun, edges[:, 0], 1)
        np.subtract.at(begun, edges[:, 1], 1)
        inside: Array = np.cumsum(begun)[:-1] > 0
        return inside

    def of_group(self, word: str) -> Array:
        """Which visits are of zones whose names begin so ``(n,)``."""
        return np.array([name.startswith(word) for name in self.names], bool)

    def entries(self, word: str, stretch: Stretch) -> float:
        """Entries into zones whose names begin so, that start in this time."""
        return float(np.sum(self.of_group(word) & self.entered & stretch.holds(self.spans[:, 0])))

    def latency_s(self, word: str, stretch: Stretch) -> float:
        """How much of this time passes before the first visit of such a zone; NaN without one."""
        return stretch.latency_s(self.spans[self.of_group(word)])

    def transitions(self, words: Sequence[str], stretch: Stretch) -> float:
        """Visits of one group after another group, that start in this time."""
        group = np.full(len(self.names), -1)
        for place, word in reversed(list(enumerate(words))):
            group[self.of_group(word)] = place
        (any_group,) = np.nonzero(group >= 0)
        changed = any_group[1:][np.diff(group[any_group]) != 0]
        return float(stretch.holds(self.spans[changed, 0]).sum())


def _elsewhere(floor: Floor, name: str, left_s: float, back_s: float) -> bool:
    """Whether the keypoint was in any zone but this one between two times."""
    first = np.searchsorted(floor.times_s, left_s)
    between = slice(first, np.searchsorted(floor.times_s, back_s, side="right"))
    return any((depth[between] > 0).any() for zone, depth in floor.depths.items() if zone != name)
