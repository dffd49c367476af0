"""When the animal moves and when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Tracks
from ethoframe.data.noise import as_much_again
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without, spelled
from ethoframe.methods.behave._parts import in_lengths, refuse_without_length
from ethoframe.methods.behave._spans import (
    between_losses,
    hysteresis,
    runs,
    spans_of,
    without_short,
)


@dataclass(frozen=True)
class Activity(WholeMethod):
    """Episodes of *moving* and *immobile*, by the speed of the centroid with hysteresis.

    Movement starts when the speed rises above the upper threshold and ends when it falls below the
    lower one; a pause or a movement shorter than *shortest_s* does not count as one. Thresholds are
    in mm/s where there is a scale and in body lengths per second where there is none. Time in which
    the animal was not seen for *blink_s* or longer is outside the support: neither moving nor
    immobile.

    Immobile is neither freezing nor floating: an animal that grooms or looks round on the spot is
    immobile as well (`behave/freezing`, `behave/floating`).

    References
    ----------
    ethoframe's own; two thresholds against flicker after Canny, IEEE PAMI 8 (1986), 679-698.
    """

    keypoint: str = parameter("body_centre", says="the keypoint, or role, whose speed counts")
    start_mm_per_s: float = parameter(20.0, unit="mm/s", says="movement starts above", low=0.0)
    stop_mm_per_s: float = parameter(15.0, unit="mm/s", says="movement ends below", low=0.0)
    start_bl_per_s: float = parameter(0.25, unit="bl/s", says="the same without a scale", low=0.0)
    stop_bl_per_s: float = parameter(0.19, unit="bl/s", says="the same without a scale", low=0.0)
    shortest_s: float = parameter(
        0.25, unit="s", says="shorter pauses and movements do not count", low=0.0
    )

    blink_s: float = parameter(
        0.25, unit="s", says="lost for less than so long, movement or rest goes on", low=0.0
    )
    noise_s: float = parameter(
        1.0, unit="s", says="tracking noise is looked for in windows so long", low=0.001
    )
    off_share: float = parameter(
        0.03, unit="1", says="jitter that moves the time immobile by more is told", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "4"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses pixels where no keypoints tell how long a body is."""
        refuse_without(self.name(), specs["tracks"].names, self.keypoint)
        refuse_without_length(self.name(), specs["tracks"].names, specs["tracks"].unit)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of both labels and of all individuals, in order of time."""
        tracks: Tracks = inputs["tracks"]
        several = len(tracks.individuals) > 1
        parts = []
        for one in tracks.each():
            own = in_lengths(self.name(), one)
            bouts = self._of_one(own)
            whose = f"{one.individuals[0]}: " if several else ""
            lines = tuple(f"{whose}{line}" for line in self._cautions(own, bouts))
            parts.append(replace(bouts, cautions=lines))
        return Episodes.merged(parts)

    def _of_one(self, tracks: Tracks) -> Episodes:
        start, stop = self.thresholds(tracks.unit)
        points = tracks.place(self.keypoint)
        seen: Array = np.all(np.isfinite(points), axis=1)
        pieces = between_losses(seen, tracks, self.blink_s)
        support = spans_of(pieces, tracks)
        words, who = self._words(tracks), tracks.individuals[0]
        parts = [Episodes.of("moving", np.zeros((0, 2)), support, self.name(), words, who)]
        for piece, end_s in pieces:
            times_s = tracks.times_s[piece]
            speed = _speed(points[piece], times_s)
            moving = hysteresis(speed > start, speed < stop)
            moving = without_short(moving, times_s, self.shortest_s)
            spans = runs(moving, times_s, end_s), runs(~moving, times_s, end_s)
            parts += [
                Episodes.of(label, found, support, self.name(), words, who)
                for label, found in zip(("moving", "immobile"), spans, strict=True)
            ]
        return Episodes.merged(parts)

    def _cautions(self, tracks: Tracks, found: Episodes) -> tuple[str, ...]:
        """A line where as much noise again would change how long it moves."""
        # Smoothed places wander together, and much more slowly.
        if tracks.smoothed_s or not len(tracks):
            return ()
        added = as_much_again(tracks.place(self.keypoint), tracks.times_s, self.noise_s)
        noisy = replace(tracks, position=tracks.position + added[:, :, None, None])
        was_s, twice_s = (each.total_s("immobile") for each in (found, self._of_one(noisy)))
        # Of a place a step to either side; over all axes.
        speed = float(np.hypot(*added.std(axis=0))) / (np.sqrt(2) * tracks.step_s)
        stop = self.thresholds(tracks.unit)[1]
        if speed <= stop and abs(twice_s - was_s) <= self.off_share * was_s:
            return ()
        return (
            f"tracking noise of {self.keypoint} alone gives {speed:.2g} {tracks.unit}/s, and "
            f"movement ends below {stop:g}; with as much noise again it would be immobile for "
            f"{twice_s:.3g} s and not {was_s:.3g} s: smooth the tracks first (clean/smooth)",
        )

    def _words(self, tracks: Tracks) -> str:
        unit, whom = tracks.unit, spelled(self.keypoint, tracks.keypoints)
        start, stop = self.thresholds(unit)
        return (
            f"by the speed of the {whom} alone, moving from above {start:g} {unit}/s until below "
            f"{stop:g} {unit}/s, and immobile else; pauses and movements shorter than "
            f"{self.shortest_s:g} s do not count; lost for less than {self.blink_s:g} s it goes on"
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
