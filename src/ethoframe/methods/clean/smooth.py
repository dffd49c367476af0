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
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks with every keypoint smoothed."""
        tracks: Tracks = inputs["tracks"]
        if len(tracks) < 4 or self.span_s == 0:
            return tracks
        flat = tracks.position.reshape(len(tracks), -1)
        columns = [self._smoothed(column, tracks.times_s) for column in flat.T]
        smoothed = np.stack(columns, axis=1).reshape(tracks.position.shape)
        return replace(tracks, position=smoothed, smoothed_s=self.span_s)

    def _smoothed(self, values: Array, times_s: Array) -> Array:
        half = self.span_s / 2 * (1 + SLACK)
        reach = _most_within(times_s, half)
        if reach == 0:
            return values
        padded_t = np.pad(times_s, reach, constant_values=np.inf)
        padded_x = np.pad(values, reach, constant_values=np.nan)
        out = np.empty_like(values)
        for start in range(0, len(values), BLOCK):
            stop = min(len(values), start + BLOCK)
            part = slice(start, stop + 2 * reach)
            t = np.lib.stride_tricks.sliding_window_view(padded_t[part], 2 * reach + 1)
            x = np.lib.stride_tricks.sliding_window_view(padded_x[part], 2 * reach + 1)
            out[start:stop] = _parabolas(t - times_s[start:stop, None], x, half)
        return np.where(np.isfinite(values), out, np.nan)

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


def _parabolas(since: Array, values: Array, half: float) -> Array:
    """Value at 0 of the parabola through each row by least squares.

    A row with fewer than four values keeps its own: a parabola through three is no smoothing.
    """
    used = np.isfinite(values) & (np.abs(since) <= half)
    u = np.where(used, since / half, 0.0)
    x = np.where(used, values, 0.0)
    powers = [used.astype(np.float64), u, u**2, u**3, u**4]
    s = [p.sum(axis=1) for p in powers]
    normal = np.stack([np.stack(s[i : i + 3], axis=-1) for i in range(3)], axis=1)
    right = np.stack([(p * x).sum(axis=1) for p in powers[:3]], axis=1)
    enough = s[0] >= 4
    normal[~enough] = np.eye(3)
    fitted = np.linalg.solve(normal, right[..., None])[:, 0, 0]
    own = values[:, values.shape[1] // 2]
    return np.where(enough, fitted, own)
