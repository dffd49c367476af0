"""The way of one keypoint, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.bins import Stretch
from ethoframe.data.noise import scatter
from ethoframe.data.noun import Array
from ethoframe.data.roles import spelled

BEYOND = 5.0  # so many times the tracking noise are a movement


@dataclass(frozen=True)
class Path:
    """Steps between neighbouring frames that were both seen.

    Parameters
    ----------
    points, times_s
        Of the keypoint ``(t, 2)``, and of the frames ``(t,)``.
    step, duration, first
        Length of each step ``(n,)``, its seconds, and the frame that it starts from.
    chosen
        Whether a frame belongs to the stretch at hand ``(t,)``. A step belongs to the frame it
        starts from, so bins add up to the whole.
    noise
        Scatter of the keypoint while still, in `unit`.
    unit
        Of lengths.
    smoothed_s
        Over how many seconds the places were smoothed; 0 where they were not.
    whom
        The keypoint, or of which it is the mean, in words.
    """

    points: Array
    times_s: Array
    step: Array
    duration: Array
    first: Array
    chosen: Array
    noise: float
    unit: str
    smoothed_s: float
    whom: str

    @classmethod
    def of(cls, tracks: Tracks, keypoint: str, still_s: float) -> Path:
        """The whole way; tracking noise is looked for in windows of `still_s`."""
        points, times_s = tracks.place(keypoint), tracks.times_s
        noise = float(np.nan_to_num(scatter(points, times_s, still_s)[0]))
        every = np.ones(len(points), bool)
        told = tracks.unit, tracks.smoothed_s, spelled(keypoint, tracks.keypoints)
        steps = _steps(points, tracks)
        return cls(points, times_s, *steps, every, noise, *told)

    def within(self, stretch: Stretch) -> Path:
        """What of it belongs to a stretch of time."""
        chosen = stretch.holds(self.times_s)
        kept = chosen[self.first]
        steps = {name: getattr(self, name)[kept] for name in ("step", "duration", "first")}
        return replace(self, chosen=chosen, **steps)

    @property
    def known(self) -> bool:
        """Whether there is a step at all."""
        return len(self.step) > 0

    @property
    def speed(self) -> Array:
        """Of each step ``(n,)``."""
        return self.step / self.duration

    @property
    def seen_s(self) -> float:
        """Seconds of all steps."""
        return float(self.duration.sum())

    def pieces(self) -> Iterator[slice]:
        """Runs of steps without a gap, as slices of the steps."""
        breaks = np.flatnonzero(np.diff(self.first) != 1) + 1
        edges = np.concatenate([[0], breaks, [len(self.first)]])
        yield from (slice(int(a), int(b)) for a, b in pairwise(edges) if b > a)

    def courses(self) -> Iterator[tuple[Array, Array]]:
        """Places ``(k, 2)`` and times ``(k,)`` of each run of steps without a gap."""
        for piece in self.pieces():
            index = np.append(self.first[piece], self.first[piece][-1] + 1)
            yield self.points[index], self.times_s[index]

    def chords(self, chord_s: float) -> Array:
        """Straight lines ``(m,)`` between places `chord_s` apart on the way."""
        found = [np.zeros(0)]
        for points, time in self.courses():
            at = np.append(np.arange(time[0], time[-1], chord_s), time[-1])
            found.append(np.hypot(*(np.diff(np.interp(at, time, column)) for column in points.T)))
        return np.concatenate(found)

    def without_noise(self, chords: Array) -> float:
        """Sum of chords, each less what noise adds to it; none that noise alone could make."""
        moved = chords[chords > BEYOND * self.noise]
        # Both ends are off by the noise, which adds to a chord as a leg at right angles would.
        return float(np.sqrt(np.maximum(moved**2 - 2 * self.noise**2, 0)).sum())

    def mean_speed(self, span_s: float) -> Array:
        """Mean speed over `span_s` from each step on; of the whole path if it is shorter."""
        means = []
        for piece in self.pieces():
            time = np.concatenate([[0.0], np.cumsum(self.duration[piece])])
            far = np.concatenate([[0.0], np.cumsum(self.step[piece])])
            begin = time[:-1][time[:-1] + span_s <= time[-1] + 1e-9]
            if len(begin) and span_s > 0:
                passed = np.interp(begin + span_s, time, far) - np.interp(begin, time, far)
                means.append(passed / span_s)
        return np.concatenate(means) if means else np.array([self.step.sum() / self.seen_s])

    def tortuosity(self, stretch_s: float) -> float:
        """Median of path ÷ straight line over stretches so long; NaN where none is straight."""
        ratios = [np.zeros(0)]
        for points, time in self.courses():
            far = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
            begins = np.arange(time[0], time[-1] - stretch_s + 1e-9, stretch_s)
            at = [
                np.interp(begins + d, time, column)
                for d in (0, stretch_s)
                for column in (far, *points.T)
            ]
            straight = np.hypot(at[4] - at[1], at[5] - at[2])
            enough = straight > 10 * self.noise
            ratios.append((at[3] - at[0])[enough] / straight[enough])
        every = np.concatenate(ratios)
        return float(np.median(every)) if len(every) else np.nan

    def cells(self, side: float) -> float:
        """How many cells of a grid the path came through; NaN when the animal was not seen."""
        chosen = self.points[self.chosen]
        seen = chosen[np.isfinite(chosen).all(axis=1)]
        if len(seen) == 0:
            return np.nan
        column, row = np.floor(seen / side).astype(np.int64).T
        return float(len(np.unique((column - column.min()) * (np.ptp(row) + 1) + row - row.min())))


@dataclass(frozen=True)
class Counted:
    """A way by the minimum-movement rule.

    Parameters
    ----------
    at_s
        When each movement counted ``(n,)``, in seconds.
    far
        How far each went ``(n,)``: the straight line from the last place that counted.
    """

    at_s: Array
    far: Array

    @classmethod
    def of(cls, path: Path, least: float) -> Counted:
        """Movement counts once the keypoint is further than `least` from where it last counted.

        After a gap, where the keypoint is seen again counts as the last place.
        """
        at, far = [np.zeros(0)], [np.zeros(0)]
        for points, times_s in path.courses():
            counted = _counted(points, least)
            at.append(times_s[counted])
            far.append(np.hypot(*np.diff(points[[0, *counted]], axis=0).T))
        return cls(np.concatenate(at), np.concatenate(far))

    def within(self, stretch: Stretch) -> Array:
        """The movements ``(m,)`` that counted in a stretch of time."""
        return self.far[stretch.holds(self.at_s)]


def _counted(points: Array, least: float) -> list[int]:
    """Places ``(t, 2)`` that are further than `least` from the one before, by their numbers."""
    found: list[int] = []
    (x0, y0), square = points[0].tolist(), least * least
    # One after the other, as each rests on the one before: plain numbers are quickest for that.
    for number, (x, y) in enumerate(zip(*points.T.tolist(), strict=True)):
        dx, dy = x - x0, y - y0
        if dx * dx + dy * dy > square:
            found.append(number)
            x0, y0 = x, y
    return found


def _steps(points: Array, tracks: Tracks) -> tuple[Array, Array, Array]:
    """Length, seconds and first frame of each step that no break lies in."""
    if len(points) < 2:
        return np.zeros(0), np.zeros(0), np.zeros(0, int)
    length = np.hypot(*np.diff(points, axis=0).T)
    duration = np.diff(tracks.times_s)
    kept = np.flatnonzero(np.isfinite(length) & (duration <= tracks.longest_step_s))
    return length[kept], duration[kept], kept
