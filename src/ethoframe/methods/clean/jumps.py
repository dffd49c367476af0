"""Places that no animal could have run to, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes
from ethoframe.data.tracks import ENDS


@dataclass(frozen=True)
class Jumps(WholeMethod):
    """Keeps of each keypoint the most that one animal can have run through; the rest is not seen.

    A step is possible where it is no faster than the fastest an animal goes. Of all ways to leave
    places out so that every step between those that are kept is possible, the one is taken that
    keeps the most confidence (of frames that count alike, the most frames). So a keypoint that is
    elsewhere for a while falls, however long and however often, and one wrong place cannot take the
    right ones after it away. Where a network mistakes something for the animal for longer than it
    sees it, that cannot be told from places alone.

    Taken out is NaN with a confidence of 0. Thresholds are in mm/s where there is a scale, else in
    body lengths per second, of pixels by the length from nose to base of the tail. Where nothing
    tells lengths the tracks are refused, or left as they are (*unscaled*).

    References
    ----------
    ethoframe's own: the heaviest path through places as a directed graph. Mice run up to about
    3.5 m/s: Garland et al., Physiol. Zool. 61 (1988), 557-572.
    """

    fastest_mm_per_s: float = parameter(
        3500.0, unit="mm/s", says="no keypoint is faster", low=0.001
    )
    fastest_bl_per_s: float = parameter(
        45.0, unit="bl/s", says="the same without a scale", low=0.001
    )
    slack_mm: float = parameter(8.0, unit="mm", says="places are sure to so much", low=0.0)
    slack_bl: float = parameter(0.1, unit="bl", says="the same without a scale", low=0.0)
    unscaled: str = parameter(
        "refuse", says="what is done where nothing tells lengths", choices=("refuse", "leave")
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks; refuses pixels in which no body is known, for which no speed holds."""
        spec = specs["tracks"]
        bodied = all(makes(end, spec.names) for end in ENDS) or "centroid" in spec.names
        if spec.unit == "px" and not bodied and self.unscaled == "refuse":
            raise self._unscaled()
        return spec

    def _unscaled(self) -> Refusal:
        return Refusal(self.name(), "needs mm or body lengths", "say the scale, as --scale")

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks without places that could not be reached."""
        tracks: Tracks = inputs["tracks"]
        kept = np.zeros(tracks.confidence.shape, bool)
        for i, one in enumerate(tracks.each()):
            fastest, slack = self._limits(one)
            for k in range(len(tracks.keypoints)):
                points, sure = tracks.position[:, :, k, i], tracks.confidence[:, k, i]
                kept[:, k, i] = possible(points, sure, tracks.times_s, fastest, slack)
        return replace(
            tracks,
            position=np.where(kept[:, None], tracks.position, np.nan),
            confidence=np.where(kept, tracks.confidence, 0.0),
        )

    def _limits(self, tracks: Tracks) -> tuple[float, float]:
        """The highest speed and the slack of one individual, in the unit of its tracks."""
        if tracks.unit == "mm":
            return self.fastest_mm_per_s, self.slack_mm
        body = tracks.body_length_px if tracks.unit == "px" else 1.0
        if np.isnan(body) and self.unscaled == "leave":
            return np.inf, np.inf
        if np.isnan(body) and tracks.seen.any():
            raise self._unscaled()
        return self.fastest_bl_per_s * body, self.slack_bl * body

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk, a place far off for a frame, and another for a third of a second."""
        t = np.arange(90) / 30
        points = np.stack([100 * t, 50 * t], axis=1)
        points[20] = [400.0, 300.0]
        points[50:60] += [300.0, -200.0]
        return {"tracks": replace(Tracks.of(points, t), unit="mm")}


def possible(points: Array, sure: Array, times_s: Array, fastest: float, slack: float) -> Array:
    """Which places ``(t,)`` belong to the heaviest way that is nowhere too fast.

    Parameters
    ----------
    points, sure, times_s
        Places ``(t, 2)``, NaN where not seen, their confidence and seconds ``(t,)``.
    fastest
        The highest speed, in units of the places per second.
    slack
        So much further than that two places may be apart.

    Examples
    --------
    >>> x = np.array([[0.0, 0], [1, 0], [90, 0], [3, 0], [4, 0]])
    >>> possible(x, np.ones(5), np.arange(5.0), 2.0, 0.0).tolist()
    [True, True, False, True, True]
    """
    seen = np.flatnonzero(np.isfinite(points).all(axis=1))
    kept = np.zeros(len(points), bool)
    if len(seen) == 0:
        return kept
    at, when = points[seen], times_s[seen]
    steps = np.hypot(*np.diff(at, axis=0).T)
    cuts = np.flatnonzero(steps > slack + fastest * np.diff(when)) + 1
    # Runs without a wrong step are kept or left as one: there are few, and few ways through them.
    first, last = np.append(0, cuts), np.append(cuts, len(seen)) - 1
    weighed = np.concatenate([[0.0], np.cumsum(np.maximum(sure[seen], 1e-3))])
    weight = weighed[last + 1] - weighed[first]
    best, before = weight.copy(), np.full(len(first), -1)
    for run in range(1, len(first)):
        far = np.hypot(*(at[first[run]] - at[last[:run]]).T)
        near = far <= slack + fastest * (when[first[run]] - when[last[:run]])
        gained = np.where(near, best[:run], 0.0)
        if gained.max() > 0:
            before[run] = int(gained.argmax())
            best[run] += gained.max()
    run = int(best.argmax())
    while run >= 0:
        kept[seen[first[run] : last[run] + 1]] = True
        run = int(before[run])
    return kept
