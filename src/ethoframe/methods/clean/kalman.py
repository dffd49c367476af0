"""Positions by what a body that has inertia can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Tracks
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Kalman(WholeMethod):
    """Positions by the Kalman smoother of a body whose velocity wanders: past and future take part.

    What is measured at a frame is the place with an error; what is assumed between frames is that
    velocity changes at random, its variance by that of the error over *sway_s* cubed every second.
    So *sway_s* is the time over which places are averaged where the animal moves steadily, and the
    error itself cancels out. A frame less confident than another counts less (its variance is
    divided by its confidence). Gaps up to *longest_s* are filled, with a confidence of 0; longer
    ones stay, and nothing reaches across them.

    References
    ----------
    Kalman, J. Basic Eng. 82 (1960), 35-45; Rauch, Tung & Striebel, AIAA J. 3 (1965), 1445-1450.
    """

    sway_s: float = parameter(0.1, unit="s", says="places are averaged over about so long", low=0.0)
    longest_s: float = parameter(0.25, unit="s", says="the longest gap that is filled", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks, smoothed."""
        tracks: Tracks = inputs["tracks"]
        if len(tracks) < 3 or self.sway_s == 0:
            return tracks
        position = np.array(tracks.position)
        for k in range(position.shape[2]):
            for i in range(position.shape[3]):
                own = position[:, :, k, i]
                position[:, :, k, i] = self._smoothed(own, tracks.confidence[:, k, i], tracks)
        return replace(
            tracks,
            position=position,
            bridged_s=max(tracks.bridged_s, self.longest_s),
            smoothed_s=max(tracks.smoothed_s, self.sway_s),
        )

    def _smoothed(self, points: Array, sure: Array, tracks: Tracks) -> Array:
        out = np.full(points.shape, np.nan)
        seen = np.flatnonzero(np.isfinite(points).all(axis=1))
        if not len(seen):
            return out
        times_s = tracks.times_s
        limit = max(self.longest_s, tracks.longest_step_s) * (1 + 1e-9)
        cuts = np.flatnonzero(np.diff(times_s[seen]) > limit) + 1
        for part in np.split(seen, cuts):
            piece = slice(int(part[0]), int(part[-1]) + 1)
            # An error that nothing is known of weighs as that of a sure place.
            noise = 1 / np.maximum(np.where(sure[piece] > 0, sure[piece], 1.0), 1e-3)
            out[piece] = smoothed(points[piece], noise, times_s[piece], self.sway_s**-3)
        return out

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A noisy wave on an irregular clock, with a short gap and a long one."""
        random = np.random.default_rng(3)
        t = np.cumsum(random.uniform(0.02, 0.05, 120))
        points = np.stack([100 * np.sin(t), 100 * np.cos(t)], axis=1)
        points += random.normal(0, 1, points.shape)
        points[20:24] = np.nan
        points[60:80] = np.nan
        return {"tracks": Tracks.of(points, t)}


def smoothed(points: Array, noise: Array, times_s: Array, sway: float) -> Array:
    """Places ``(t, 2)`` of the smoother of constant velocity.

    Parameters
    ----------
    points
        Measured places ``(t, 2)``, NaN where there are none; the first and the last are known.
    noise
        Variance of each ``(t,)``.
    times_s
        Their seconds ``(t,)``.
    sway
        By how much the variance of the velocity grows per second, in units of the noise.
    """
    count = len(points)
    if count < 3:
        return points
    state, cover = np.zeros((count, 2, 2)), np.zeros((count, 2, 2))
    ahead, spread = np.zeros((count, 2, 2)), np.zeros((count, 2, 2))
    steps = np.diff(times_s, prepend=times_s[0])
    state[0, 0], cover[0] = points[0], np.diag([noise[0], 1e6 * sway * (steps.max() + 1e-12)])
    for t in range(1, count):
        move, pushed = _motion(steps[t], sway)
        ahead[t], spread[t] = move @ state[t - 1], move @ cover[t - 1] @ move.T + pushed
        state[t], cover[t] = ahead[t], spread[t]
        if np.isfinite(points[t, 0]):
            gain = spread[t, :, 0] / (spread[t, 0, 0] + noise[t])
            state[t] = ahead[t] + np.outer(gain, points[t] - ahead[t, 0])
            cover[t] = spread[t] - np.outer(gain, spread[t, 0])
    for t in range(count - 2, -1, -1):
        move, _ = _motion(steps[t + 1], sway)
        back = cover[t] @ move.T @ np.linalg.inv(spread[t + 1])
        state[t] = state[t] + back @ (state[t + 1] - ahead[t + 1])
    return state[:, 0]


def _motion(step_s: float, sway: float) -> tuple[Array, Array]:
    """How place and velocity go on over a step, and how unsure that makes them."""
    move = np.array([[1.0, step_s], [0.0, 1.0]])
    pushed = sway * np.array([[step_s**3 / 3, step_s**2 / 2], [step_s**2 / 2, step_s]])
    return move, pushed
