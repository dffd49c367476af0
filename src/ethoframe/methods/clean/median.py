"""Positions freed of single wrong ones."""

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
class Median(WholeMethod):
    """Each position replaced by the median of its neighbours in time, x and y by themselves.

    All positions within half of *span_s* (and one per cent) before and after take part, by their
    own times. What is wrong for less than half of the span vanishes; what is smooth stays, corners
    too. Gaps stay gaps, and do not take part.

    References
    ----------
    Tukey, Exploratory Data Analysis, Addison-Wesley 1977, chapter 7.
    """

    span_s: float = parameter(0.2, unit="s", says="how much time takes part", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks with medians for positions."""
        tracks: Tracks = inputs["tracks"]
        if len(tracks) < 2 or self.span_s == 0:
            return tracks
        half = self.span_s / 2 * (1 + SLACK)
        flat = tracks.position.reshape(len(tracks), -1)
        columns = [medians(column, tracks.times_s, half) for column in flat.T]
        position = np.stack(columns, axis=1).reshape(tracks.position.shape)
        longest = max(tracks.smoothed_s, self.span_s)
        return replace(tracks, position=position, smoothed_s=longest)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk on an irregular clock, with wrong places and a gap."""
        random = np.random.default_rng(3)
        t = np.cumsum(random.uniform(0.02, 0.05, 80))
        points = np.stack([100 * np.sin(t), 100 * np.cos(t)], axis=1)
        points[[10, 40, 41]] += 80.0
        points[20:25] = np.nan
        return {"tracks": Tracks.of(points, t)}


def medians(values: Array, times_s: Array, half_s: float) -> Array:
    """For each of the values ``(t,)`` the median of those within `half_s`; NaN stays NaN.

    Examples
    --------
    >>> medians(np.array([1.0, 9.0, 1.0, np.nan, 2.0]), np.arange(5.0), 1.0).tolist()
    [5.0, 1.0, 5.0, nan, 2.0]
    """
    index = np.arange(len(times_s))
    before = int((index - np.searchsorted(times_s, times_s - half_s)).max())
    after = int((np.searchsorted(times_s, times_s + half_s, side="right") - 1 - index).max())
    reach = max(before, after)
    known = np.flatnonzero(np.isfinite(values))
    padded_t = np.pad(times_s, reach, constant_values=np.inf)
    padded_x = np.pad(values, reach, constant_values=np.nan)
    out = np.full(len(values), np.nan)
    for start in range(0, len(values), BLOCK):
        own = known[(known >= start) & (known < start + BLOCK)] - start
        part = slice(start, min(len(values), start + BLOCK) + 2 * reach)
        t = np.lib.stride_tricks.sliding_window_view(padded_t[part], 2 * reach + 1)[own]
        x = np.lib.stride_tricks.sliding_window_view(padded_x[part], 2 * reach + 1)[own]
        near = np.abs(t - times_s[own + start, None]) <= half_s
        out[own + start] = _median(np.where(near, x, np.nan))
    return out


def _median(rows: Array) -> Array:
    """Median of each row, of which one value at least is known."""
    if not len(rows):
        return np.zeros(0)
    ordered = np.sort(rows, axis=1)  # NaN last
    count = np.isfinite(rows).sum(axis=1)
    at = np.arange(len(rows))
    middle: Array = (ordered[at, (count - 1) // 2] + ordered[at, count // 2]) / 2
    return middle
