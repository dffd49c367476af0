"""Sessions in mazes whose every entry is known: animals that go along straight lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ethoframe.data import Arena, Tracks, Zone
from ethoframe.data.noun import Array

RATE = 25.0
PX_PER_MM = 2.0
SPEED_MM_PER_S = 120.0
BODY_MM = {"nose": 40.0, "neck": 20.0, "body_centre": 0.0, "hip": -20.0, "tail_base": -40.0}
"""How far ahead of the middle of the body each keypoint is."""

PLUS = {"up": (0.0, -1.0), "right": (1.0, 0.0), "down": (0.0, 1.0), "left": (-1.0, 0.0)}
THREE = {
    "arm 1": (0.0, -1.0),
    "arm 2": (np.sqrt(3) / 2, 0.5),
    "arm 3": (-np.sqrt(3) / 2, 0.5),
}


@dataclass(frozen=True)
class Session:
    """A session and what is true of it.

    Parameters
    ----------
    tracks
        In px, with a nose, neck, middle of the body, hips and base of the tail.
    arena
        In px, with a scale, and without zones unless the maze has no arms.
    visits
        Zone, start and stop in seconds of every visit of the middle of the body, in order.
    also
        The same, of the middle of the body and the nose together.
    lasts_s
        How long the session is.
    """

    tracks: Tracks
    arena: Arena
    visits: tuple[tuple[str, float, float], ...]
    also: tuple[tuple[str, float, float], ...]
    lasts_s: float

    def time_s(self, begins: str, *, also: bool = False) -> float:
        """Seconds in zones whose names begin so."""
        held = self.also if also else self.visits
        return sum(stop - start for name, start, stop in held if name.startswith(begins))

    def entries(self, begins: str) -> int:
        """Entries into them; where it is at the start it did not enter."""
        return sum(name.startswith(begins) and bool(start > 0) for name, start, _ in self.visits)


def plus_maze(
    order: Sequence[str],
    *,
    stay_s: float = 2.0,
    arm_mm: float = 300.0,
    width_mm: float = 50.0,
    rate: float = RATE,
    noise_mm: float = 0.0,
    seed: int = 0,
) -> Session:
    """A plus maze in which the arms are visited in this order, each from the centre.

    Parameters
    ----------
    order
        Of ``"up"``, ``"right"``, ``"down"``, ``"left"``: where they are in the picture.
    stay_s
        How long it stays at the far end of each, and in the centre between two.
    arm_mm, width_mm
        Length and width of an arm.
    rate
        Frames per second.
    noise_mm
        Standard deviation of the tracking noise of each keypoint.
    seed
        Of the noise.

    Examples
    --------
    >>> session = plus_maze(["up", "left", "up"])
    >>> session.entries("up"), session.entries("centre")
    (2, 3)
    """
    rim = _rim(PLUS, width_mm / 2, width_mm, arm_mm)
    arms = {name: np.array(way) for name, way in PLUS.items()}
    walk = _Walk(arms, width_mm / 2, 0.7 * arm_mm, stay_s)
    return _session(walk, order, _polygon(rim), rate, (noise_mm, seed))


def y_maze(
    order: Sequence[str], *, stay_s: float = 2.0, rate: float = RATE, noise_mm: float = 0.0
) -> Session:
    """A maze of three arms, ``"arm 1"`` upwards and the others clockwise, visited in this order.

    Examples
    --------
    >>> y_maze(["arm 1", "arm 2", "arm 3"]).entries("arm")
    3
    """
    width, edge = 80.0, 80.0 / (2 * np.sqrt(3))
    rim = _rim(THREE, edge, width, 350.0)
    arms = {name: np.array(way) for name, way in THREE.items()}
    walk = _Walk(arms, edge, 0.7 * 350.0, stay_s)
    return _session(walk, order, _polygon(rim), rate, (noise_mm, 0))


def light_dark(crossings: int, *, stay_s: float = 3.0, rate: float = RATE) -> Session:
    """A box of a light side, in which it begins, and a dark one; so many crossings between them.

    Examples
    --------
    >>> light_dark(3).entries("dark"), light_dark(3).entries("light")
    (2, 1)
    """
    unit = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    rim = unit * [400.0, 200.0] - [200.0, 100.0]
    sides = {"light": unit * [200.0, 200.0] - [200.0, 100.0], "dark": unit * 200.0 - [0.0, 100.0]}
    zones = tuple(Zone(name, side * PX_PER_MM) for name, side in sides.items())
    arena = Arena("rectangle", rim * PX_PER_MM, (400.0, 200.0), zones)
    stops = [(-100.0, 0.0) if i % 2 == 0 else (100.0, 0.0) for i in range(crossings + 1)]
    times, places, ways = [0.0], [stops[0]], []
    for here, there in pairwise(stops):
        far = float(np.hypot(*np.subtract(there, here)))
        ways += [np.subtract(there, here) / far] * 2
        times += [times[-1] + stay_s, times[-1] + stay_s + far / SPEED_MM_PER_S]
        places += [here, there]
    times.append(times[-1] + stay_s)
    places.append(stops[-1])
    ways.append(ways[-1] if ways else np.array([1.0, 0.0]))
    crossed = [(b + c) / 2 for b, c in zip(times[1::2], times[2::2], strict=False)]
    return _made(arena, (times, places, ways), [0.0, *crossed[:crossings], times[-1]], rate)


def water_maze(
    way: Sequence[tuple[float, float]],
    *,
    platform: tuple[float, float] = (250.0, -150.0),
    stay_s: float = 5.0,
    rate: float = RATE,
    noise_mm: float = 0.0,
    seed: int = 0,
) -> Session:
    """A swim in a pool of 1.2 m to a platform of 10 cm, on which it stays.

    What it crosses on its way is in the visits, too. A probe has *stay_s* of nothing.

    Parameters
    ----------
    way
        Places in mm about the middle of the pool, x to the right and y down, that it swims through
        along straight lines before it heads for the platform; the first is where it starts.
    platform
        The middle of the platform, in the same way.
    stay_s
        How long it stays there at the end.
    rate, noise_mm, seed
        As in `plus_maze`.

    Examples
    --------
    >>> session = water_maze([(-500.0, 0.0), (250.0, 300.0)])
    >>> [(name, round(start, 2)) for name, start, _ in session.visits]
    [('platform', 10.06)]
    """
    pool, reach = 600.0, 50.0
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    middle = np.array(platform)
    stops = np.array([*way, platform, platform], float)
    length = np.hypot(*np.diff(stops, axis=0).T)
    times = np.concatenate([[0.0], np.cumsum(length / SPEED_MM_PER_S)])
    times[-1] += stay_s
    ways = np.diff(stops[:-1], axis=0) / length[:-1, None]
    course = times, stops, np.concatenate([ways, ways[-1:]])
    tracks = _tracks(*course, rate, (noise_mm, seed))
    zone = Zone("platform", PX_PER_MM * (middle + reach * ring))
    arena = Arena("circle", PX_PER_MM * pool * ring, (2 * pool, 2 * pool), (zone,))
    visits = tuple(("platform", a, b) for a, b in _crossed(stops - middle, times, reach))
    return Session(tracks, arena, visits, (), len(tracks) / rate)


def _crossed(stops: Array, times: Array, reach: float) -> list[tuple[float, float]]:
    """When a course along straight lines is within reach of the origin."""
    spans: list[tuple[float, float]] = []
    for (a, b), (start, stop) in zip(pairwise(stops), pairwise(times), strict=True):
        way, inside = b - a, float(np.hypot(*a)) < reach
        square = float(way @ way)
        if square == 0:
            shares = (0.0, 1.0) if inside else (1.0, 0.0)
        else:
            half, rest = float(a @ way) / square, (float(a @ a) - reach**2) / square
            root = np.sqrt(max(half**2 - rest, 0.0))
            shares = max(-half - root, 0.0), min(-half + root, 1.0)
        if shares[1] > shares[0]:
            begin, end = (float(start + share * (stop - start)) for share in shares)
            if spans and begin - spans[-1][1] < 1e-9:
                begin = spans.pop()[0]
            spans.append((begin, end))
    return spans


def _made(
    arena: Arena,
    course: tuple[list[float], list[tuple[float, float]], list[Array]],
    edges: list[float],
    rate: float,
) -> Session:
    """A box in which the sides change at these times; the nose crosses before the body does."""
    times, places, ways = course
    names = [("light", "dark")[i % 2] for i in range(len(edges) - 1)]
    visits = tuple(zip(names, edges, edges[1:], strict=False))
    ahead = BODY_MM["nose"] / SPEED_MM_PER_S
    last = len(visits) - 1
    also = tuple(
        (name, start, stop if i == last else stop - ahead)
        for i, (name, start, stop) in enumerate(visits)
    )
    tracks = _tracks(np.array(times), np.array(places), np.array(ways), rate, (0.0, 0))
    return Session(tracks, arena, visits, also, len(tracks) / rate)


@dataclass(frozen=True)
class _Walk:
    """From the centre into an arm, a stay, and back, for each arm in turn.

    Parameters
    ----------
    arms
        Direction of each.
    edge
        How far from the centre's middle an arm begins, in mm.
    depth
        How far from it the far end of the way is.
    stay_s
        At the far end, and in the centre.
    """

    arms: dict[str, Array]
    edge: float
    depth: float
    stay_s: float

    def course(self, order: Sequence[str]) -> tuple[Array, Array, Array]:
        """Times ``(k,)``, places ``(k, 2)`` in mm, and where it faces after each ``(k - 1, 2)``."""
        go_s, middle = self.depth / SPEED_MM_PER_S, np.zeros(2)
        times, places, ways = [0.0], [middle], []
        for name in order:
            way = self.arms[name]
            for wait, place, facing in (
                (self.stay_s, middle, way),
                (go_s, self.depth * way, way),
                (self.stay_s, self.depth * way, way),
                (go_s, middle, -way),
            ):
                times.append(times[-1] + wait)
                places.append(place)
                ways.append(facing)
        times.append(times[-1] + self.stay_s)
        places.append(middle)
        ways.append(ways[-1] if ways else np.array([1.0, 0.0]))
        return np.array(times), np.array(places), np.array(ways)

    def visits(self, order: Sequence[str], ahead_mm: float) -> tuple[tuple[str, float, float], ...]:
        """Visits of the arms, by the body and by a point so far ahead of it together."""
        go_s, lag = self.depth / SPEED_MM_PER_S, self.edge / SPEED_MM_PER_S
        early = ahead_mm / SPEED_MM_PER_S
        found, now = [], 0.0
        for name in order:
            begin = now + self.stay_s + lag
            now += 2 * self.stay_s + 2 * go_s
            found.append((name, begin, now - lag - early))
        return tuple(found)


def _session(
    walk: _Walk, order: Sequence[str], arena: Arena, rate: float, noise: tuple[float, int]
) -> Session:
    times, places, ways = walk.course(order)
    tracks = _tracks(times, places, ways, rate, noise)
    lasts_s = len(tracks) / rate
    arms = walk.visits(order, 0.0)
    edges = [0.0, *(edge for _, start, stop in arms for edge in (start, stop)), lasts_s]
    centre = [("centre", a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    visits = tuple(sorted([*arms, *centre], key=lambda visit: visit[1]))
    return Session(tracks, arena, visits, walk.visits(order, BODY_MM["nose"]), lasts_s)


def _tracks(
    times: Array, places: Array, ways: Array, rate: float, noise: tuple[float, int]
) -> Tracks:
    """Every keypoint along the course, frame by frame, in px."""
    t = np.arange(int(np.floor(times[-1] * rate + 1e-9))) / rate
    body = np.stack([np.interp(t, times, column) for column in places.T], axis=1)
    facing = ways[np.searchsorted(times, t, side="right").clip(1, len(ways)) - 1]
    position = np.stack([body + far * facing for far in BODY_MM.values()], axis=2)
    sd, seed = noise
    position = position + sd * np.random.default_rng(seed).normal(size=position.shape)
    seen = np.ones((len(t), len(BODY_MM), 1))
    at = PX_PER_MM * position[..., None]
    return Tracks(at, seen, np.arange(len(t)), t, tuple(BODY_MM))


def _rim(arms: dict[str, tuple[float, float]], edge: float, width: float, length: float) -> Array:
    """Corners of a maze ``(3 n, 2)`` in mm, clockwise in the picture."""
    corners: list[Array] = []
    for way in arms.values():
        along = np.array(way)
        aside = np.array([along[1], -along[0]]) * width / 2
        corners += [
            edge * along + aside,
            (edge + length) * along + aside,
            (edge + length) * along - aside,
        ]
    return np.array(corners)


def _polygon(rim: Array) -> Arena:
    across, down = (float(side) for side in np.ptp(rim, axis=0))
    return Arena("polygon", rim * PX_PER_MM, (across, down))
