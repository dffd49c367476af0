"""When the animal is in which zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Noun, Tracks, Zone
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Visits(WholeMethod):
    """Episodes of being in each zone of the arena, by one keypoint, with hysteresis at the edge.

    A visit starts when the keypoint is deeper inside the zone than the margin, and ends when it is
    further outside than the margin; it is dated from the crossing of the edge itself, so the margin
    decides whether a crossing counts and not when it happened. A visit ends where the animal is
    lost from sight.

    References
    ----------
    ethoframe's own.
    """

    keypoint: str = parameter("centroid", says="the keypoint that must be inside")
    margin_mm: float = parameter(5.0, unit="mm", says="depth that makes a crossing count", low=0.0)
    margin_bl: float = parameter(0.06, unit="bl", says="the same without a scale", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS), "arena": In(Kind.ARENA)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes named after the zones."""
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The visits of all zones, in order of time."""
        tracks: Tracks = inputs["tracks"]
        arena: Arena = inputs["arena"]
        on_floor = arena.to_floor is not None
        length_px = np.nan_to_num(tracks.body_length_px)
        margin = self.margin_mm if on_floor else self.margin_bl * length_px
        told = f"{self.margin_mm:g} mm" if on_floor else f"{self.margin_bl:g} bl"
        words = f"a visit counts from {told} inside the edge on, until {told} outside it"
        points, zones = _on_floor(tracks.at(self.keypoint), arena)
        support, pieces = tracks.support_s(self.keypoint), tracks.pieces(self.keypoint)
        parts = [
            Episodes.of(
                zone.name,
                _visits(zone, points, tracks, pieces, margin),
                support,
                self.name(),
                words,
            )
            for zone in zones
        ]
        if not parts:
            return Episodes.of("", np.zeros((0, 2)), support, self.name(), words)
        return Episodes.merged(parts)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk through the middle of a square, with some dithering on its edge."""
        t = np.arange(120) / 30
        x = 100 + 30 * t + np.where((t > 0.4) & (t < 1), 4 * np.sin(40 * t), 0)
        points = np.stack([x, np.full(120, 160.0)], axis=1)
        corners = np.array([[80.0, 80.0], [240.0, 80.0], [240.0, 240.0], [80.0, 240.0]])
        arena = Arena("rectangle", corners, (400.0, 400.0))
        middle = Zone("centre", arena.shrunk(0.5))
        arena = Arena("rectangle", corners, (400.0, 400.0), (middle,))
        return {"tracks": Tracks.of(points, t), "arena": arena}


def _on_floor(points: Array, arena: Arena) -> tuple[Array, tuple[Zone, ...]]:
    """Points and zones in one plane: the floor's where there is a scale, else the picture's."""
    transform = arena.to_floor
    if transform is None:
        return points, arena.zones
    return transform.apply(points), arena.mapped(transform).zones


def _visits(zone: Zone, points: Array, tracks: Tracks, pieces: list[slice], margin: float) -> Array:
    spans: list[tuple[float, float]] = []
    for piece in pieces:
        times_s = tracks.times_s[piece]
        depth = zone.depth(points[piece])
        spans += _crossings(depth, times_s, float(times_s[-1] + tracks.step_s), margin)
    return np.array(spans).reshape(-1, 2)


def _crossings(
    depth: Array, times_s: Array, end_s: float, margin: float
) -> list[tuple[float, float]]:
    """Visits within one piece, each dated from the last crossing of the edge before it counted."""
    say = np.where(depth > margin, 1, np.where(depth < -margin, -1, 0))
    said = np.flatnonzero(say)
    # Where nothing is ever clear, the animal stayed on the edge: the side it was on more holds.
    within = depth[0] > 0 and say[said[0]] > 0 if len(said) else float(np.median(depth)) > 0
    spans: list[tuple[float, float]] = []
    entered: float | None = float(times_s[0]) if within else None
    for i in said:
        if say[i] > 0 and entered is None:
            entered = _edge_time(depth, times_s, int(i), inward=True)
        elif say[i] < 0 and entered is not None:
            spans.append((entered, _edge_time(depth, times_s, int(i), inward=False)))
            entered = None
    return spans if entered is None else [*spans, (entered, end_s)]


def _edge_time(depth: Array, times_s: Array, clear: int, *, inward: bool) -> float:
    """When the edge was last crossed before frame `clear`, on a straight line between frames."""
    side = depth if inward else -depth
    outside = np.flatnonzero(side[:clear] <= 0)
    if len(outside) == 0:
        return float(times_s[0])
    i = int(outside[-1])
    share = -side[i] / (side[i + 1] - side[i])
    return float(times_s[i] + share * (times_s[i + 1] - times_s[i]))
