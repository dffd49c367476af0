"""The strides of a paw: when it touches down and lifts off, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data import Episodes, Tracks
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array

NEAR = 0.5  # frames: a stance that begins so soon after a swing follows it


@dataclass(frozen=True)
class Strides:
    """What one paw did from touch-down to touch-down, stride by stride.

    Only strides both of whose ends were seen: a stance and the swing after it, without a break.

    Parameters
    ----------
    down_s, lift_s, next_s
        Seconds ``(n,)`` of touch-down, lift-off and the next touch-down.
    places, following
        Where the paw stands ``(n, 2)``, and where it stands next, relative to the floor.
    """

    down_s: Array
    lift_s: Array
    next_s: Array
    places: Array
    following: Array

    def __len__(self) -> int:
        return len(self.down_s)

    @property
    def stance_s(self) -> Array:
        """How long it stands ``(n,)``."""
        return self.lift_s - self.down_s

    @property
    def swing_s(self) -> Array:
        """How long it swings ``(n,)``."""
        return self.next_s - self.lift_s

    @property
    def lasts_s(self) -> Array:
        """From touch-down to touch-down ``(n,)``."""
        return self.next_s - self.down_s

    @property
    def length(self) -> Array:
        """From where it stands to where it stands next ``(n,)``."""
        far: Array = np.hypot(*(self.following - self.places).T)
        return far

    def within(self, stretch: Stretch) -> Strides:
        """Those that begin in a stretch of time."""
        kept = stretch.holds(self.down_s)
        return replace(self, **{name: held[kept] for name, held in vars(self).items()})


@dataclass(frozen=True)
class Paw:
    """A paw, and all that is known of where and when it stood.

    Parameters
    ----------
    name
        As in the labels of the episodes, ``"hind paw"``.
    strides
        Those that were seen as a whole.
    down_s, places
        Every touch-down ``(m,)`` that was seen, and where the paw stood after it ``(m, 2)``.
    off
        Standard deviation of the tracking of the paw along x or y while it stands, in the unit of
        `places`; NaN where it never stands long enough.
    """

    name: str
    strides: Strides
    down_s: Array
    places: Array
    off: float

    @classmethod
    def of(cls, tracks: Tracks, steps: Episodes, name: str, belt: Array) -> Paw:
        """From tracks of one individual and the episodes of its paws.

        Parameters
        ----------
        belt
            Velocity ``(2,)`` of the floor in the picture.
        """
        times_s, near_s = tracks.times_s, NEAR * (tracks.step_s if len(tracks) > 1 else 0.0)
        points = tracks.place(name.replace(" ", "_")) - times_s[:, None] * belt
        swings, stances = (np.sort(steps.spans(f"{name} {w}"), axis=0) for w in ("swing", "stance"))
        begun = stances[_same(stances[:, 0], swings[:, 1], near_s) >= 0]
        stood = [_stood(points, times_s, *span) for span in begun]
        places = np.array([place for place, _ in stood], np.float64).reshape(-1, 2)
        scatter = np.array([off for _, off in stood if np.isfinite(off)])
        strides = _strides(begun, swings, places, near_s)
        return cls(
            name,
            strides,
            begun[:, 0],
            places,
            float(np.median(scatter)) if len(scatter) else np.nan,
        )


def _strides(stances: Array, swings: Array, places: Array, near_s: float) -> Strides:
    """Stances that a swing follows, and that swing a stance."""
    swing = _same(stances[:, 1], swings[:, 0], near_s)
    after = np.full(len(stances), -1)
    after[swing >= 0] = _same(swings[swing[swing >= 0], 1], stances[:, 0], near_s)
    kept = after >= 0
    following = after[kept]
    ends = stances[kept, 0], stances[kept, 1], stances[following, 0]
    return Strides(*ends, places[kept], places[following])


def _same(wanted: Array, among: Array, near_s: float) -> Array:
    """Which of some rising times ``(m,)`` each time ``(n,)`` is; -1 where it is none of them."""
    if not len(among):
        return np.full(len(wanted), -1)
    after = np.clip(np.searchsorted(among, wanted), 0, len(among) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(among[before] - wanted) < np.abs(among[after] - wanted)
    index = np.where(nearer, before, after)
    return np.where(np.abs(among[index] - wanted) <= near_s + 1e-9 * near_s, index, -1)


def _stood(points: Array, times_s: Array, start_s: float, stop_s: float) -> tuple[Array, float]:
    """Median place ``(2,)`` of a paw while it stands, and by how much its tracking is off."""
    first, last = np.searchsorted(times_s, [start_s, stop_s])
    inside = points[first:last]
    inside = inside[np.isfinite(inside).all(axis=1)]
    if not len(inside):
        return np.full(2, np.nan), np.nan
    quarter = len(inside) // 4  # it rolls on and off its heel at both ends
    steps = np.diff(inside[quarter : len(inside) - quarter], axis=0)
    off = float(np.sqrt((steps**2).mean() / 2)) if len(steps) > 1 else np.nan
    return np.median(inside, axis=0), off
