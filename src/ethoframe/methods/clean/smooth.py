"""Smoothed positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Tracks
from ethoframe.data.noun import Array

BLOCK = 8192  # frames at a time: memory stays the same for days of tracks
SLACK = 0.01  # 29.97 frames per second are as good as 30


@dataclass(frozen=True)
class Smooth(WholeMethod):
    """Each position replaced by the value there of a parabola fitted to its neighbours in time.

    All positions within half of *span_s* (and one per cent) before and after take part, by their
    own times, so frames may come irregularly. With regular frames this is the Savitzky-Golay filter
    of order 2. Gaps stay gaps; positions beside a gap or an end are fitted to what is there.

    References
    ----------
    Savitzky & Golay, Anal. Chem. 36 (1964), 1627-1639.
    """

    span_s: float = parameter(0.2, unit="s", says="how much time takes part in each fit", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "3"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks with every keypoint smoothed."""
        tracks: Tracks = inputs["tracks"]
        if len(tracks) < 4 or self.span_s == 0:
            return tracks
        flat = tracks.position.reshape(len(tracks), -1)
        smoothed = self._smoothed(flat, tracks.times_s).reshape(tracks.position.shape)
        return replace(tracks, position=smoothed, smoothed_s=self.span_s)

    def _smoothed(self, columns: Array, times_s: Array) -> Array:
        """Each column ``(t, n)`` by itself."""
        half = self.span_s / 2 * (1 + SLACK)
        reach = _most_within(times_s, half)
        if reach == 0:
            return columns
        padded_t = np.pad(times_s, reach, constant_values=np.inf)
        out = np.empty_like(columns)
        for start in range(0, len(columns), BLOCK):
            stop = min(len(columns), start + BLOCK)
            around = np.lib.stride_tricks.sliding_window_view(
                padded_t[start : stop + 2 * reach], 2 * reach + 1
            )
            since = around - times_s[start:stop, None]
            shares = _shares(since, half)
            for values, told in zip(columns.T, out.T, strict=True):
                told[start:stop] = _fitted(_around(values, start, stop, reach), since, shares, half)
        return np.where(np.isfinite(columns), out, np.nan)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A noisy wave on an irregular clock, with a gap."""
        random = np.random.default_rng(3)
        t = np.cumsum(random.uniform(0.02, 0.05, 80))
        points = np.stack([100 * np.sin(t), 100 * np.cos(t)], axis=1) + random.normal(0, 1, (80, 2))
        points[20:25] = np.nan
        return {"tracks": Tracks.of(points, t)}


def _most_within(times_s: Array, half_s: float) -> int:
    """The most frames on either side of a frame that lie within `half_s` of it."""
    index = np.arange(len(times_s))
    before = index - np.searchsorted(times_s, times_s - half_s)
    after = np.searchsorted(times_s, times_s + half_s, side="right") - 1 - index
    return int(max(before.max(), after.max()))


def _around(values: Array, start: int, stop: int, reach: int) -> Array:
    """From `reach` before a block to `reach` after it; NaN beyond the ends."""
    first, last = max(0, start - reach), min(len(values), stop + reach)
    beyond = first - (start - reach), stop + reach - last
    return np.pad(values[first:last], beyond, constant_values=np.nan)


def _fitted(values: Array, since: Array, shares: Array, half: float) -> Array:
    """Values at 0 of the parabolas through rows ``(b,)``, from values ``(b + 2 reach,)``.

    Where all are known that a row may use, its parabola is a mean by `shares`, which are the same
    for all keypoints. Only rows beside something unknown are fitted one by one.
    """
    width = since.shape[1]
    known = np.isfinite(values)
    plain = np.where(known, values, 0.0)
    fitted = shares[:, 0] * plain[: len(since)]
    for at in range(1, width):
        fitted += shares[:, at] * plain[at : at + len(since)]
    around = np.lib.stride_tricks.sliding_window_view(values, width)
    lacking = np.convolve(~known, np.ones(width, np.int64), "valid") > 0
    own = np.flatnonzero(lacking | np.isnan(shares[:, 0]))
    fitted[own] = _parabolas(since[own], around[own], half)
    return fitted


def _shares(since: Array, half: float) -> Array:
    """How much each value counts in the parabola of its row; NaN in rows with fewer than four."""
    used = np.abs(since) <= half
    u = np.where(used, since / half, 0.0)
    enough = used.sum(axis=1) >= 4
    normal = _normal(used, u)
    normal[~enough] = np.eye(3)
    at_0 = np.linalg.solve(normal, np.broadcast_to([[1.0], [0.0], [0.0]], (len(u), 3, 1)))[..., 0]
    shares = used * (at_0[:, :1] + at_0[:, 1:2] * u + at_0[:, 2:] * u**2)
    return np.where(enough[:, None], shares, np.nan)


def _normal(used: Array, u: Array) -> Array:
    """Of each row the matrix ``(3, 3)`` that its parabola is solved by."""
    powers = [used.astype(np.float64), u, u * u, u * u * u, u * u * (u * u)]
    s = [power.sum(axis=1) for power in powers]
    return np.stack([np.stack(s[i : i + 3], axis=-1) for i in range(3)], axis=1)


def _parabolas(since: Array, values: Array, half: float) -> Array:
    """Value at 0 of the parabola through each row by least squares.

    A row with fewer than four values keeps its own: a parabola through three is no smoothing.
    """
    used = np.isfinite(values) & (np.abs(since) <= half)
    u = np.where(used, since / half, 0.0)
    x = np.where(used, values, 0.0)
    normal = _normal(used, u)
    right = np.stack([(u**power * x).sum(axis=1) for power in range(3)], axis=1)
    enough = used.sum(axis=1) >= 4
    normal[~enough] = np.eye(3)
    fitted = np.linalg.solve(normal, right[..., None])[:, 0, 0]
    own = values[:, values.shape[1] // 2]
    return np.where(enough, fitted, own)
