"""One animal and another: how far apart, how turned, how they move, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array

PARTS = ("nose", "body_centre", "tail_base")
"""Roles that social measures are of."""


@dataclass(frozen=True)
class Animal:
    """Places of one individual ``(t, 2)``, NaN where not seen.

    Parameters
    ----------
    name
        Its name.
    nose, body, tail
        Where it has its nose, the middle of its body and the base of its tail.
    velocity
        Of the middle of its body in units per second.
    """

    name: str
    nose: Array
    body: Array
    tail: Array
    velocity: Array

    @classmethod
    def of(cls, tracks: Tracks, name: str, window_s: float) -> Animal:
        """An individual of the tracks; its velocity is over `window_s` around each frame."""
        nose, body, tail = (tracks.place(part, name) for part in PARTS)
        return cls(name, nose, body, tail, velocity(body, tracks, window_s))

    @property
    def speed(self) -> Array:
        """Of the middle of its body ``(t,)``."""
        fast: Array = np.hypot(*self.velocity.T)
        return fast


def velocity(places: Array, tracks: Tracks, window_s: float) -> Array:
    """Mean velocity ``(t, 2)`` between the frames nearest to half a window before and after.

    NaN where these are not seen, or further apart than a window and a break of the clock.
    """
    times_s = tracks.times_s
    if len(times_s) < 2:
        return np.full_like(places, np.nan)
    first, last = (_nearest(times_s, times_s + sign * window_s / 2) for sign in (-1, 1))
    index = np.arange(len(times_s))
    # Where frames are further apart than the window, their neighbours tell.
    first = np.where(first == last, np.maximum(index - 1, 0), first)
    last = np.where(first == last, np.minimum(index + 1, len(times_s) - 1), last)
    passed = times_s[last] - times_s[first]
    usual = max(window_s, 2 * tracks.step_s) + tracks.longest_step_s
    told = (places[last] - places[first]) / np.where(passed > 0, passed, np.nan)[:, None]
    return np.where((passed <= usual)[:, None], told, np.nan)


def far(a: Array, b: Array) -> Array:
    """Distance of places ``(t,)``."""
    apart: Array = np.hypot(*(a - b).T)
    return apart


def angle_deg(a: Array, b: Array) -> Array:
    """Angle between vectors ``(t, 2)`` in degrees, from 0 to 180; NaN where one has no length."""
    across = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    along = (a * b).sum(axis=1)
    there = (np.hypot(*a.T) > 0) & (np.hypot(*b.T) > 0)
    return np.where(there, np.degrees(np.abs(np.arctan2(across, along))), np.nan)


def towards(moving: Animal, goal: Animal) -> Array:
    """How fast one comes nearer to another by its own movement, in units per second ``(t,)``."""
    way = goal.body - moving.body
    apart = np.hypot(*way.T)
    along = (moving.velocity * way).sum(axis=1)
    nearer: Array = np.divide(along, apart, out=np.full(len(apart), np.nan), where=apart > 0)
    return nearer


@dataclass(frozen=True)
class State:
    """What holds at some moments of a recording.

    Parameters
    ----------
    frame_s
        Seconds that each frame stands for ``(t,)``.
    times_s
        Seconds of each frame ``(t,)``.
    known
        Whether it could be told ``(t,)``.
    spans
        When it holds ``(n, 2)``, pauses bridged and what is short left out.
    """

    frame_s: Array
    times_s: Array
    known: Array
    spans: Array

    @classmethod
    def of(
        cls, tracks: Tracks, holds: Array, known: Array, bridged_s: float, least_s: float
    ) -> State:
        """From what holds in each frame."""
        spans = _lasting(_runs(holds & known, tracks), bridged_s, least_s)
        return cls(tracks.frame_s, tracks.times_s, known, spans)

    def seconds(self, stretch: Stretch) -> float:
        """How long it holds within a stretch; NaN where it could never be told."""
        if not self.looked(stretch):
            return float("nan")
        return stretch.total(self._between)

    def bouts(self, stretch: Stretch) -> float:
        """How often it begins within a stretch; NaN where it could never be told."""
        if not self.looked(stretch):
            return float("nan")
        return float(stretch.holds(self.spans[:, 0]).sum())

    def looked(self, stretch: Stretch) -> bool:
        """Whether it could be told anywhere in a stretch."""
        return bool((self.known & stretch.holds(self.times_s)).any())

    def _between(self, start_s: float, stop_s: float) -> float:
        cut = np.clip(self.spans, start_s, stop_s)
        return float((cut[:, 1] - cut[:, 0]).sum())


def within(distance: Array, near: float, beyond: float) -> Array:
    """Whether two are near: from below `near` on, until they are further apart than `beyond`.

    Examples
    --------
    >>> within(np.array([9.0, 4.0, 6.0, 9.0, 6.0]), 5.0, 8.0).tolist()
    [False, True, True, False, False]
    """
    between = (distance >= near) & (distance < beyond)
    said = np.where(distance < near, 1, np.where(between | np.isnan(distance), -1, 0))
    index = np.where(said >= 0, np.arange(len(said)), 0)
    last = np.maximum.accumulate(index) if len(index) else index
    holds: Array = said[last] == 1
    return holds & np.isfinite(distance)


def _nearest(times_s: Array, wanted: Array) -> Array:
    after = np.clip(np.searchsorted(times_s, wanted), 1, len(times_s) - 1)
    before = after - 1
    nearer = wanted - times_s[before] <= times_s[after] - wanted
    found: Array = np.where(nearer, before, after)
    return found


def _runs(chosen: Array, tracks: Tracks) -> Array:
    """Spans ``(n, 2)`` of the frames chosen ``(t,)``; a break of the clock ends one."""
    if not len(chosen):
        return np.zeros((0, 2))
    ends_s = tracks.times_s + tracks.frame_s
    apart = np.diff(tracks.times_s) > tracks.longest_step_s
    begins = chosen & np.concatenate([[True], ~chosen[:-1] | apart])
    stops = chosen & np.concatenate([~chosen[1:] | apart, [True]])
    return np.stack([tracks.times_s[begins], ends_s[stops]], axis=1)


def _lasting(spans: Array, bridged_s: float, least_s: float) -> Array:
    """Spans: pauses shorter than `bridged_s` bridged, then what is short left out."""
    edge = np.ones(len(spans) + 1, bool)
    edge[1:-1] = [b[0] - a[1] >= bridged_s * (1 - 1e-9) for a, b in pairwise(spans)]
    joined = np.stack([spans[edge[:-1], 0], spans[edge[1:], 1]], axis=1)
    enough: Array = joined[joined[:, 1] - joined[:, 0] >= least_s * (1 - 1e-9)]
    return enough
