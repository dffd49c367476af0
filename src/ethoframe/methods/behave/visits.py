"""When the animal is in which zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Noun, Tracks, Zone
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without, spelled
from ethoframe.methods.behave._spans import between_losses, spans_of

_NOTHING = np.zeros((0, 2))


@dataclass(frozen=True)
class Visits(WholeMethod):
    """Episodes of being in each zone of the arena, by any keypoint, with hysteresis at the edge.

    A visit starts when the keypoint is deeper inside the zone than the margin, and ends when it is
    further outside than the margin; it is dated from the crossing of the edge itself, so the margin
    decides whether a crossing counts and not when it happened. A visit ends where the animal is
    lost from sight for *blink_s* or longer; a shorter loss neither ends nor begins one.

    Where *also* names further keypoints, all of them must be inside: depth is that of the one that
    is least deep, and a visit ends where one of them is lost for so long. Each individual has its
    own visits. Without a scale the margin is in body lengths; where not even that is known it is
    nothing, and jitter on the edge counts.

    Under a lid, or in a tunnel, an animal is where it cannot be seen: with *hidden* it is in that
    zone while it is unseen for *hidden_s* or longer, from when it was lost until it is seen again.
    The zone need not be drawn. An animal that was lost elsewhere is then taken to be there as well.

    References
    ----------
    ethoframe's own.
    """

    keypoint: str = parameter("body_centre", says="the keypoint, or role, that must be inside")
    also: tuple[str, ...] = parameter((), says="keypoints, or roles, that must be inside as well")
    margin_mm: float = parameter(5.0, unit="mm", says="depth that makes a crossing count", low=0.0)
    margin_bl: float = parameter(0.06, unit="bl", says="the same without a scale", low=0.0)
    blink_s: float = parameter(
        0.25, unit="s", says="lost for less than so long, a visit goes on", low=0.0
    )
    hidden: str = parameter("", says="zone in which the animal is unseen, as under a lid")
    hidden_s: float = parameter(
        1.0, unit="s", says="unseen for so long it is there; for less it is lost", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS), "arena": In(Kind.ARENA)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "4"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes named after the zones; refuses tracks without one of the keypoints."""
        refuse_without(self.name(), specs["tracks"].names, self.keypoint, *self.also)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The visits of all zones and individuals, in order of time."""
        tracks: Tracks = inputs["tracks"]
        each = [self._of(one, inputs["arena"]) for one in tracks.each()]
        return Episodes.merged(each) if each else Episodes.of("", _NOTHING, _NOTHING, self.name())

    def _of(self, tracks: Tracks, arena: Arena) -> Episodes:
        """The visits of one individual."""
        zones, laid, per_unit = arena.with_tracks(tracks)
        places = {name: laid.place(name) * per_unit for name in (self.keypoint, *self.also)}
        seen = np.all([np.isfinite(points).all(axis=1) for points in places.values()], axis=0)
        pieces = between_losses(seen, tracks, self.blink_s)
        support = spans_of(pieces, tracks)
        scaled = "mm" in (laid.unit, zones.unit)
        length = np.nan_to_num(tracks.body_length_px)
        margin = self.margin_mm if scaled else self.margin_bl * length
        told = f"{self.margin_mm:g} mm" if scaled else f"{self.margin_bl:g} bl"
        words = f"a visit counts from {told} inside the edge on, until {told} outside it"
        words = f"{words}; lost for less than {self.blink_s:g} s it goes on"
        if self.also:
            whole = " and ".join(spelled(name, tracks.keypoints) for name in places)
            words = f"{words}, of {whole} together"
        spans = {
            zone.name: _visits(_depth(zone, places), tracks, pieces, margin) for zone in zones.zones
        }
        if self.hidden:
            unseen = _between(tracks, support, self.hidden_s)
            spans[self.hidden] = _joined(spans.get(self.hidden, _NOTHING), unseen)
            support = _joined(support, unseen)
            words = f"{words}; unseen for {self.hidden_s:g} s or longer it is in {self.hidden}"
        by = self.name(), words, tracks.individuals[0]
        parts = [Episodes.of(name, visits, support, *by) for name, visits in spans.items()]
        return Episodes.merged(parts or [Episodes.of("", _NOTHING, support, self.name(), words)])

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


def _depth(zone: Zone, places: Mapping[str, Array]) -> Array:
    """How deep the one is that is least deep ``(t,)``; NaN where one was not seen."""
    depth: Array = np.min([zone.depth(points) for points in places.values()], axis=0)
    return depth


def _between(tracks: Tracks, support: Array, least_s: float) -> Array:
    """Times ``(n, 2)`` of the tracks that are in no span of the support, and long enough."""
    if len(tracks) == 0:
        return _NOTHING
    first, last = float(tracks.times_s[0]), float(tracks.times_s[-1] + tracks.frame_s[-1])
    edges = np.concatenate([[first], support.ravel(), [last]]).reshape(-1, 2)
    long: Array = edges[edges[:, 1] - edges[:, 0] >= max(least_s, tracks.step_s / 2)]
    return long


def _joined(a: Array, b: Array) -> Array:
    """Spans of both ``(n, 2)``, those that touch as one."""
    spans: list[list[float]] = []
    for start, stop in sorted(np.concatenate([a, b]).tolist()):
        if spans and start - spans[-1][1] < 1e-6:
            spans[-1][1] = max(spans[-1][1], stop)
        else:
            spans.append([start, stop])
    return np.array(spans).reshape(-1, 2)


def _visits(
    depth: Array, tracks: Tracks, pieces: list[tuple[Array, float]], margin: float
) -> Array:
    spans: list[tuple[float, float]] = []
    for piece, stop_s in pieces:
        spans += _crossings(depth[piece], tracks.times_s[piece], stop_s, margin)
    return np.array(spans).reshape(-1, 2)


def _crossings(
    depth: Array, times_s: Array, end_s: float, margin: float
) -> list[tuple[float, float]]:
    """Visits within one piece, each dated from the last crossing of the edge before it counted."""
    say = np.where(depth > margin, 1, np.where(depth < -margin, -1, 0))
    said = np.flatnonzero(say)
    # Where nothing is ever clear, the animal stayed on the edge: the side it was on more holds.
    within = depth[0] > 0 and say[said[0]] > 0 if len(said) else float(np.median(depth)) > 0
    sides = say[said]
    turned = said[np.flatnonzero(sides != np.concatenate([[1 if within else -1], sides[:-1]]))]
    crossed = [_edge_time(depth, times_s, int(i), inward=bool(say[i] > 0)) for i in turned]
    edges = [float(times_s[0]), *crossed] if within else crossed
    edges += [end_s] if len(edges) % 2 else []
    return list(zip(edges[::2], edges[1::2], strict=True))


def _edge_time(depth: Array, times_s: Array, clear: int, *, inward: bool) -> float:
    """When the edge was last crossed before frame `clear`, on a straight line between frames."""
    i = _last_beyond(depth, clear, inward=inward)
    if i < 0:
        return float(times_s[0])
    share = depth[i] / (depth[i] - depth[i + 1])
    return float(times_s[i] + share * (times_s[i + 1] - times_s[i]))


def _last_beyond(depth: Array, clear: int, *, inward: bool) -> int:
    """The last frame before `clear` that is not on its side of the edge; -1 for none."""
    # The crossing is usually a few frames back, and all that went before is long.
    for since in (max(0, clear - 64), 0):
        past = depth[since:clear]
        beyond = np.flatnonzero(past <= 0 if inward else past >= 0)
        if len(beyond):
            return since + int(beyond[-1])
    return -1
