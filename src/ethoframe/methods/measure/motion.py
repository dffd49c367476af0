"""How far, how fast, how much of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Tracks, bins
from ethoframe.data.noun import Array
from ethoframe.methods.measure.quality import jitter

Tell = Callable[..., Measure]
"""Makes a measure over the stretch of time at hand."""

BEYOND = 5.0  # so many times the tracking noise are a movement


@dataclass(frozen=True)
class Motion(WholeMethod):
    """Distance, speeds, time moving and immobile, tortuosity, turns and explored area.

    Everything is computed from one keypoint of the tracks as they come in, for the whole session
    and for bins of *bin_s*. Steps across a gap count for nothing. Noise makes a tracked path longer
    than the way the animal went, most of all while it stands still, so the interval of the distance
    runs from the least that the animal must have moved to the path as tracked. The least is the sum
    of chords of *chord_s*, each less what noise adds to it, and none where it is no longer than
    noise may be.

    References
    ----------
    Minimum movement against jitter: Noldus et al., Behav. Res. Methods 33 (2001), 398-414.
    Turns: Ungerstedt & Arbuthnott, Brain Res. 24 (1970), 485-493.
    """

    keypoint: str = parameter("centroid", says="the keypoint that is followed")
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)
    top_span_s: float = parameter(0.2, unit="s", says="top speed is a mean over so long", low=0.0)
    stretch_s: float = parameter(
        2.0, unit="s", says="tortuosity is of stretches so long", low=0.001
    )
    back_deg: float = parameter(
        90.0, unit="deg", says="turning back so far breaks off a full turn", low=1.0, high=360.0
    )
    chord_s: float = parameter(
        0.25, unit="s", says="the least distance is of chords so long", low=0.001
    )
    still_s: float = parameter(
        0.5, unit="s", says="windows in which tracking noise is looked for", low=0.001
    )
    edge_px: float = parameter(
        1.0, unit="px", says="an edge of the floor can be placed to so many pixels", low=0.0
    )
    cell_mm: float = parameter(
        25.0, unit="mm", says="side of the cells that are explored", low=0.001
    )
    cell_bl: float = parameter(0.3, unit="bl", says="the same without a scale", low=0.001)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "activity": In(Kind.EPISODES, optional=True),
        "arena": In(Kind.ARENA, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "3"

    def outline(self, **specs: Spec) -> Spec:
        """Measures."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """One row per quantity and stretch of time."""
        tracks: Tracks = inputs["tracks"]
        path = _Path.of(tracks, self.keypoint, self.still_s)
        activity: Episodes | None = inputs.get("activity")
        scale_error = self._scale_error(inputs.get("arena"), tracks)
        rows: list[Measure] = []
        for start, stop in bins(tracks.times_s, self.bin_s):
            piece = path.between(start, stop)
            tell = partial(Measure, bin_start_s=start, bin_stop_s=stop)
            rows += [*self._distances(piece, scale_error, tell), *self._speeds(piece, tell)]
            rows += [*self._shape(piece, tell), *self._turns(piece, tell)]
            rows += _times(activity, start, stop, tell) if activity else []
        return Measures(tuple(rows))

    def _scale_error(self, arena: Arena | None, tracks: Tracks) -> float:
        """How far the scale may be off, as a share: both edges of the shorter side are unsure."""
        if arena is None or arena.sides_mm is None or tracks.unit != "mm":
            return 0.0
        side_px = min(arena.sides_mm) * tracks.px_per_unit
        off_px = np.hypot(self.edge_px, np.nan_to_num(arena.residual_mm) * tracks.px_per_unit)
        return float(np.sqrt(2) * off_px / side_px)

    def _distances(self, path: _Path, scale_error: float, tell: Tell) -> list[Measure]:
        far = float(path.step.sum()) if path.known else np.nan
        least = min(path.least_distance(self.chord_s), far) if path.known else np.nan
        low, high = least * (1 - scale_error), far * (1 + scale_error)
        seen_s = float(path.duration.sum()) if path.known else np.nan
        words = (
            f"length of the path of {self.keypoint}, steps across gaps left out; interval: from "
            f"chords of {self.chord_s:g} s, less the tracking noise ({path.noise:.2g} "
            f"{path.unit}), to the path as tracked, with a scale that may be {scale_error:.2%} off"
        )
        by_time = (
            f"distance of {self.keypoint} ÷ time in which it was seen; interval as of distance"
        )
        return [
            tell(
                quantity="distance", value=far, unit=path.unit, low=low, high=high, definition=words
            ),
            tell(
                quantity="mean speed",
                value=far / seen_s,
                unit=f"{path.unit}/s",
                low=low / seen_s,
                high=high / seen_s,
                definition=by_time,
            ),
        ]

    def _speeds(self, path: _Path, tell: Tell) -> list[Measure]:
        unit, of = f"{path.unit}/s", f"of {self.keypoint}"
        median = float(np.median(path.speed)) if path.known else np.nan
        top = float(np.percentile(path.mean_speed(self.top_span_s), 99)) if path.known else np.nan
        at_top = f"99th percentile of the mean speed {of} over {self.top_span_s:g} s"
        steps = f"median over steps {of} between frames"
        return [
            tell(quantity="median speed", value=median, unit=unit, definition=steps),
            tell(quantity="top speed", value=top, unit=unit, definition=at_top),
        ]

    def _shape(self, path: _Path, tell: Tell) -> list[Measure]:
        cell = {"mm": self.cell_mm, "bl": self.cell_bl}.get(path.unit, np.nan)
        explored = path.cells(cell) * cell**2 if np.isfinite(cell) else np.nan
        stretches = (
            f"path ÷ straight line over stretches of {self.stretch_s:g} s; median of the "
            "stretches whose straight line is longer than ten times the tracking noise"
        )
        cells = f"area of the cells of {cell:g} {path.unit} a side that {self.keypoint} was in"
        winding = path.tortuosity(self.stretch_s)
        area_unit = f"{path.unit}2"
        return [
            tell(quantity="tortuosity", value=winding, unit="1", definition=stretches),
            tell(quantity="explored area", value=explored, unit=area_unit, definition=cells),
        ]

    def _turns(self, path: _Path, tell: Tell) -> list[Measure]:
        minutes = path.heading_s / 60
        words = (
            "full turns of the body axis (tail_end to head_end) by 360°, broken off by turning "
            f"back {self.back_deg:g}°, per minute in which both ends were seen"
        )
        return [
            tell(
                quantity=f"turns {side}",
                value=count / minutes if minutes else np.nan,
                unit="turns/min",
                definition=words,
            )
            for side, count in zip(
                ("left", "right"), path.turns(np.deg2rad(self.back_deg)), strict=True
            )
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two rounds of a circle, head first, with a gap; activity as a person might have said."""
        t = np.arange(300) / 30
        turn = 0.4 * np.pi * t
        centre = np.stack([200 + 80 * np.cos(turn), 200 + 80 * np.sin(turn)], axis=1)
        ahead = 30 * np.stack([-np.sin(turn), np.cos(turn)], axis=1)
        position = np.stack([centre, centre + ahead, centre - ahead], axis=2)[..., None]
        position[100:110] = np.nan
        confidence = np.isfinite(position).all(axis=1).astype(float)
        keypoints = ("centroid", "head_end", "tail_end")
        tracks = Tracks(position, confidence, np.arange(300), t, keypoints, unit="mm")
        support = np.array([[0.0, 100 / 30], [110 / 30, 10.0]])
        activity = Episodes.of("moving", np.array([[0.0, 3.0], [4.0, 10.0]]), support)
        corners = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
        arena = Arena("rectangle", corners, (400.0, 400.0))
        return {"tracks": tracks, "activity": activity, "arena": arena}


@dataclass(frozen=True)
class _Path:
    """Steps between neighbouring frames that were both seen."""

    points: Array  # (t, 2)
    times_s: Array
    step: Array  # length of each step (n,)
    duration: Array  # seconds of each step (n,)
    first: Array  # index of the frame each step starts from (n,)
    heading: Array  # radians (t,), NaN where an end was not seen
    noise: float
    unit: str

    @classmethod
    def of(cls, tracks: Tracks, keypoint: str, still_s: float) -> _Path:
        points, times_s = tracks.at(keypoint), tracks.times_s
        heading = np.full(len(points), np.nan)
        if {"head_end", "tail_end"} <= set(tracks.keypoints):
            axis = tracks.at("head_end") - tracks.at("tail_end")
            heading = np.arctan2(axis[:, 1], axis[:, 0])
        noise = float(np.nan_to_num(jitter(points, times_s, still_s)[0]))
        return cls(points, times_s, *_steps(points, times_s), heading, noise, tracks.unit)

    def between(self, start: float, stop: float) -> _Path:
        inside = (self.times_s >= start) & (self.times_s < stop)
        chosen = np.flatnonzero(inside)
        if len(chosen) == 0:
            part = slice(0, 0)
        else:
            # A step belongs to the bin of the frame it starts from: bins add up to the whole.
            part = slice(int(chosen[0]), min(int(chosen[-1]) + 2, len(self.times_s)))
        points, times_s = self.points[part], self.times_s[part]
        steps = _steps(points, times_s)
        return _Path(points, times_s, *steps, self.heading[part], self.noise, self.unit)

    @property
    def known(self) -> bool:
        return len(self.step) > 0

    @property
    def speed(self) -> Array:
        return self.step / self.duration

    @property
    def heading_s(self) -> float:
        seen = np.isfinite(self.heading)
        if len(seen) < 2:
            return 0.0
        return float(np.diff(self.times_s)[seen[1:] & seen[:-1]].sum())

    def pieces(self) -> Iterator[slice]:
        """Runs of steps without a gap, as slices of the steps."""
        breaks = np.flatnonzero(np.diff(self.first) != 1) + 1
        edges = np.concatenate([[0], breaks, [len(self.first)]])
        yield from (slice(int(a), int(b)) for a, b in pairwise(edges) if b > a)

    def least_distance(self, chord_s: float) -> float:
        """Length of the path as chords of `chord_s`, less what tracking noise adds to them."""
        total = 0.0
        for piece in self.pieces():
            index = np.append(self.first[piece], self.first[piece][-1] + 1)
            points, time = self.points[index], self.times_s[index]
            at = np.append(np.arange(time[0], time[-1], chord_s), time[-1])
            chord = np.hypot(*(np.diff(np.interp(at, time, column)) for column in points.T))
            moved = chord[chord > BEYOND * self.noise]
            # Both ends are off by the noise, which adds to a chord as a leg at right angles would.
            total += float(np.sqrt(np.maximum(moved**2 - 2 * self.noise**2, 0)).sum())
        return total

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
        return np.concatenate(means) if means else np.array([self.step.sum() / self.duration.sum()])

    def tortuosity(self, stretch_s: float) -> float:
        ratios = []
        for piece in self.pieces():
            index = np.append(self.first[piece], self.first[piece][-1] + 1)
            points, time = self.points[index], self.times_s[index]
            far = np.concatenate([[0.0], np.cumsum(self.step[piece])])
            begins = np.arange(time[0], time[-1] - stretch_s + 1e-9, stretch_s)
            at = [
                np.interp(begins + d, time, column)
                for d in (0, stretch_s)
                for column in (far, *points.T)
            ]
            straight = np.hypot(at[4] - at[1], at[5] - at[2])
            enough = straight > 10 * self.noise
            ratios.append((at[3] - at[0])[enough] / straight[enough])
        every = np.concatenate(ratios) if ratios else np.zeros(0)
        return float(np.median(every)) if len(every) else np.nan

    def cells(self, side: float) -> float:
        """How many cells of a grid the path came through; NaN when the animal was not seen."""
        seen = self.points[np.isfinite(self.points).all(axis=1)]
        if len(seen) == 0:
            return np.nan
        return float(len(np.unique(np.floor(seen / side).astype(np.int64), axis=0)))

    def turns(self, back: float) -> tuple[int, int]:
        """Full turns to the left and to the right, as the animal would say."""
        seen = self.heading[np.isfinite(self.heading)]
        angle = np.unwrap(seen)
        # y runs down in the picture, so a growing angle is a turn to the animal's right.
        return _full_turns(-angle, back), _full_turns(angle, back)


def _steps(points: Array, times_s: Array) -> tuple[Array, Array, Array]:
    if len(points) < 2:
        return np.zeros(0), np.zeros(0), np.zeros(0, int)
    length = np.hypot(*np.diff(points, axis=0).T)
    duration = np.diff(times_s)
    usual = float(np.median(duration))
    kept = np.flatnonzero(np.isfinite(length) & (duration <= 1.5 * usual + 1e-9))
    return length[kept], duration[kept], kept


def _full_turns(angle: Array, back: float) -> int:
    """How often the angle grew by a full turn, without falling back by `back` in between."""
    count, start, top = 0, 0.0, 0.0
    for i, now in enumerate(angle):
        if i == 0 or now < top - back or now < start:
            start = top = float(now)
        top = max(top, float(now))
        if top - start >= 2 * np.pi:
            count, start = count + 1, start + 2 * np.pi
    return count


def _times(activity: Episodes, start: float, stop: float, tell: Tell) -> list[Measure]:
    looked = activity.looked_s(start, stop)
    by = activity.author or "the given episodes"
    return [
        tell(
            quantity=f"time {label}",
            value=activity.total_s(label, start, stop) if looked else np.nan,
            unit="s",
            definition=f"time {label} by {by}, while the animal was seen",
        )
        for label in ("moving", "immobile")
    ]
