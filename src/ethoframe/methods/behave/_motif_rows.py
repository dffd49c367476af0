"""What motifs are told by: numbers of moments that neither place, direction nor scale changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.behave._features import View, mirrored, moments, windowed
from ethoframe.methods.behave._posture import Bodies, turned

FARTHEST = 5.0
"""Numbers further than so many spreads from their mean are taken to be as far as that."""


@dataclass(frozen=True)
class Sight(View):
    """What of tracks is looked at, and how often.

    Parameters
    ----------
    mirror
        Whether a body and its mirror image are alike.
    every_s
        Between two moments that are told of.
    short_s, middle_s
        Of windows.
    """

    mirror: bool
    every_s: float
    short_s: float
    middle_s: float

    @property
    def thinned(self) -> int:
        """Steps of the clock between two moments."""
        return max(1, round(self.every_s / self.step_s))

    @property
    def pace_s(self) -> float:
        """Seconds between two moments."""
        return self.thinned * self.step_s

    def rows(self, bodies: Bodies, who: int) -> Array:
        """Means in both windows, of moments of one individual, and spreads in the shorter one.

        ``(t, number)``. Spreads in the longer one would tell most of all when something changes.
        NaN in all columns where its body axis, or of pairs that of the other, was not seen within
        the middle window.
        """
        table = moments(bodies, who, self.keypoints, self.half(self.short_s), self.pair)
        count = len(table.names)
        spans = [self.half(self.short_s), self.half(self.middle_s)]
        every = windowed(table.rows, spans)[:: self.thinned].astype(np.float64)
        kinds = [every[:, at * count : (at + 1) * count] for at in (1, 2, 5)]
        seen = np.isfinite(kinds[2][:, self.axes(table.names)]).all(axis=1)
        if self.mirror:
            becomes, signs = mirrored(table.names, self.keypoints)
            plain = np.ones(len(signs))
            pairs = zip(kinds, (signs, plain, signs), strict=True)
            kinds = [column for kind, sign in pairs for column in _alike(kind, becomes, sign)]
        rows = np.concatenate(kinds, axis=1)
        rows[~seen] = np.nan
        return rows

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Sight:
        """From what `to_json` gave."""
        return cls(**{**told, "keypoints": tuple(told["keypoints"])})


def _alike(rows: Array, becomes: Array, signs: Array) -> tuple[Array, Array]:
    """Numbers that are the same in a mirror: halves of sums and of differences, without sign."""
    image = rows[:, becomes] * signs
    first, own = np.arange(len(becomes)) <= becomes, np.arange(len(becomes)) == becomes
    even, odd = first & ~(own & (signs < 0)), first & ~(own & (signs > 0))
    return ((rows + image) / 2)[:, even], (np.abs(rows - image) / 2)[:, odd]


def going(bodies: Bodies, who: int, sight: Sight) -> tuple[Array, Array, Array]:
    """Of each moment how fast a body goes (bl/s), turns (deg/s), and its length (bl) ``(t,)``.

    Between half of the short window before and half of it after; the length is beside the usual.
    """
    half = sight.half(sight.short_s)
    middle, axis = bodies.middle[..., who], bodies.axis[..., who]
    angle = np.arctan2(axis[:, 1], axis[:, 0])
    speed, turn = np.full(len(middle), np.nan), np.full(len(middle), np.nan)
    if len(middle) > 2 * half:
        span_s = 2 * half * sight.step_s
        way = middle[2 * half :] - middle[: -2 * half]
        speed[half:-half] = np.hypot(*way.T) / bodies.length[who] / span_s
        turn[half:-half] = np.abs(turned(angle[2 * half :] - angle[: -2 * half]))
        turn = np.degrees(turn) / span_s
    places = bodies.places[..., who]
    apart = places[:, :, bodies.front] - places[:, :, bodies.back]
    long = np.hypot(*apart.T) / bodies.length[who]
    return speed[:: sight.thinned], turn[:: sight.thinned], long[:: sight.thinned]


@dataclass(frozen=True)
class Few:
    """A few numbers that stand for many: principal components.

    Parameters
    ----------
    mean, spread
        By which numbers are made alike ``(number,)``.
    axes
        ``(number, d)``.
    share
        Of the variance that they hold.
    """

    mean: Array
    spread: Array
    axes: Array
    share: float

    @classmethod
    def of(cls, rows: Array, explained: float, most: int) -> Few:
        """As many as explain a share of the variance of rows ``(n, number)``.

        References
        ----------
        Hotelling, Journal of Educational Psychology 24 (1933), 417-441.
        """
        known = np.isfinite(rows)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, rows, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, rows - mean, 0.0) ** 2).sum(axis=0) / count)
        spread = np.where(spread > 1e-9, spread, 1.0)
        bare = cls(mean, spread, np.eye(len(mean)), 1.0)
        alike = bare.places(rows)
        values, axes = np.linalg.eigh(np.cov(alike.T))
        values, axes = np.maximum(values[::-1], 0.0), axes[:, ::-1]
        run = np.cumsum(values) / max(float(values.sum()), 1e-12)
        kept = min(most, int(np.searchsorted(run, explained)) + 1, len(run))
        axes = axes[:, :kept]
        # Which way an axis points is chance of the library: its largest part is positive.
        signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(kept)])
        return cls(mean, spread, axes * signs, float(run[kept - 1]))

    def alike(self, rows: Array) -> Array:
        """Numbers less their mean by their spread ``(n, number)``; what is not known is usual."""
        told = (rows - self.mean) / self.spread
        found: Array = np.clip(np.nan_to_num(told, nan=0.0), -FARTHEST, FARTHEST)
        return found

    def places(self, rows: Array) -> Array:
        """The few numbers ``(n, d)``."""
        found: Array = self.alike(rows) @ self.axes
        return found
