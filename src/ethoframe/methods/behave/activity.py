"""When the animal moves and when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Refusal, Tracks
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Activity(WholeMethod):
    """Episodes of *moving* and *immobile*, by the speed of the centroid with hysteresis.

    Movement starts when the speed rises above the upper threshold and ends when it falls below the
    lower one; a pause or a movement shorter than *shortest_s* does not count as one. Thresholds are
    in mm/s where there is a scale and in body lengths per second where there is none. Time in which
    the animal was not seen is outside the support: neither moving nor immobile.

    Immobile is neither freezing nor floating: an animal that grooms or looks round on the spot is
    immobile as well (`behave/freezing`, `behave/floating`).

    References
    ----------
    ethoframe's own; two thresholds against flicker after Canny, IEEE PAMI 8 (1986), 679-698.
    """

    start_mm_per_s: float = parameter(20.0, unit="mm/s", says="movement starts above", low=0.0)
    stop_mm_per_s: float = parameter(15.0, unit="mm/s", says="movement ends below", low=0.0)
    start_bl_per_s: float = parameter(0.25, unit="bl/s", says="the same without a scale", low=0.0)
    stop_bl_per_s: float = parameter(0.19, unit="bl/s", says="the same without a scale", low=0.0)
    shortest_s: float = parameter(
        0.25, unit="s", says="shorter pauses and movements do not count", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses pixels, for which no speed threshold holds."""
        if specs["tracks"].unit == "px":
            raise Refusal(
                self.name(), "needs mm or body lengths", "give the arena's side, as --side 40cm"
            )
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of both labels, in order of time."""
        tracks: Tracks = inputs["tracks"]
        start, stop = self.thresholds(tracks.unit)
        support = tracks.support_s("centroid")
        parts = []
        for piece, (_, end_s) in zip(tracks.pieces("centroid"), support, strict=True):
            times_s = tracks.times_s[piece]
            speed = _speed(tracks.at("centroid")[piece], times_s)
            moving = without_short(_hysteresis(speed, start, stop), times_s, self.shortest_s)
            spans = runs(moving, times_s, end_s), runs(~moving, times_s, end_s)
            parts += [
                Episodes.of(label, found, support, self.name(), self._words(tracks.unit))
                for label, found in zip(("moving", "immobile"), spans, strict=True)
            ]
        if not parts:
            nothing = np.zeros((0, 2))
            return Episodes.of("moving", nothing, support, self.name(), self._words(tracks.unit))
        return Episodes.merged(parts)

    def _words(self, unit: str) -> str:
        start, stop = self.thresholds(unit)
        return (
            f"by the speed of the centroid alone, moving from above {start:g} {unit}/s until below "
            f"{stop:g} {unit}/s, and immobile else; pauses and movements shorter than "
            f"{self.shortest_s:g} s do not count"
        )

    def thresholds(self, unit: str) -> tuple[float, float]:
        """Speeds at which movement starts and stops, in `unit` per second."""
        if unit == "mm":
            return self.start_mm_per_s, self.stop_mm_per_s
        return self.start_bl_per_s, self.stop_bl_per_s

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Walks, pauses, is gone for a second, walks on, and slows down."""
        t = np.arange(150) / 30
        speed = np.where((t > 1) & (t < 2), 2.0, np.where(t > 4.4, 17.0, 80.0))
        x = np.cumsum(speed) / 30
        points = np.stack([x, 0.3 * x], axis=1)
        points[90:120] = np.nan
        tracks = Tracks.of(points, t)
        return {
            "tracks": Tracks(
                tracks.position, tracks.confidence, tracks.numbers, t, ("centroid",), unit="mm"
            )
        }


def _speed(points: Array, times_s: Array) -> Array:
    """Speed at each frame, over the two steps beside it."""
    if len(points) < 2:
        return np.zeros(len(points))
    vx, vy = (np.gradient(points[:, axis], times_s) for axis in (0, 1))
    speed: Array = np.hypot(vx, vy)
    return speed


def _hysteresis(speed: Array, start: float, stop: float) -> Array:
    """Above `start` until below `stop`."""
    say = np.where(speed > start, 1, np.where(speed < stop, 0, -1))
    said = np.flatnonzero(say >= 0)
    if len(said) == 0:
        return np.zeros(len(speed), bool)
    last = np.searchsorted(said, np.arange(len(speed)), side="right") - 1
    # Before the first frame that says anything, what it says holds.
    moving: Array = say[said[np.maximum(last, 0)]] == 1
    return moving


def without_short(moving: Array, times_s: Array, shortest_s: float) -> Array:
    """Whether it moved ``(t,)``: short pauses are bridged first, then short movements dropped.

    The first and the last run stay as they are: nobody knows how long they are.
    """
    moving = moving.copy()
    for label in (False, True):
        edges = np.flatnonzero(np.diff(moving)) + 1
        bounds = np.concatenate([[0], edges, [len(moving)]])
        for first, last in pairwise(bounds[1:-1]):
            if moving[first] == label and times_s[last] - times_s[first] < shortest_s - 1e-9:
                moving[first:last] = not label
    return moving


def runs(chosen: Array, times_s: Array, last_s: float) -> Array:
    """Spans ``(n, 2)`` of the frames chosen ``(t,)``; each frame lasts until the next.

    Parameters
    ----------
    chosen, times_s
        Frame by frame, without a break.
    last_s
        When the last frame ends.
    """
    edges = np.diff(np.concatenate([[0], chosen, [0]]).astype(np.int8))
    ends_s = np.append(times_s, last_s)
    return np.stack([ends_s[np.flatnonzero(edges > 0)], ends_s[np.flatnonzero(edges < 0)]], axis=1)
