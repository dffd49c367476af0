"""What the terms of `behave/rule` mean: from a tree to what holds in each frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data import Arena, Refusal, Tracks, Zone
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes
from ethoframe.methods.behave._grammar import Node, refused
from ethoframe.methods.behave._parts import trusted
from ethoframe.methods.behave._stillness import slopes

Size = tuple[int, int, int]
"""Exponents of length, time and angle."""

NUMBER, LENGTH, SPEED, AREA = (0, 0, 0), (1, 0, 0), (1, -1, 0), (2, 0, 0)
ANGLE, TURNING, FACT = (0, 0, 1), (0, -1, 1), (-9, -9, -9)

PLACES: Mapping[str, tuple[int, Size]] = {
    "speed": (1, SPEED),
    "distance": (2, LENGTH),
    "angle": (3, ANGLE),
    "facing": (3, ANGLE),
    "turning": (2, TURNING),
    "confidence": (1, NUMBER),
    "depth": (2, LENGTH),
    "inside": (2, FACT),
    "area": (0, AREA),
    "length": (0, LENGTH),
}
"""Terms of places: how many names each takes, and what it gives."""

FEATURES: Mapping[str, tuple[str, int]] = {"area": ("area_px2", 2), "length": ("major_px", 1)}
"""Terms of a silhouette: which of its numbers, and the power of a length that it is."""

_BASES: Mapping[str, tuple[Size, float]] = {
    "mm": (LENGTH, 1.0), "cm": (LENGTH, 10.0), "m": (LENGTH, 1000.0), "mm2": (AREA, 1.0),
    "cm2": (AREA, 100.0), "s": ((0, 1, 0), 1.0), "ms": ((0, 1, 0), 0.001),
    "min": ((0, 1, 0), 60.0), "deg": (ANGLE, 1.0), "%": (NUMBER, 0.01), "": (NUMBER, 1.0),
    "bl": (LENGTH, 1.0), "px": (LENGTH, 1.0), "bl2": (AREA, 1.0), "px2": (AREA, 1.0),
}  # fmt: skip


def size_of(where: str, node: Node) -> Size:
    """What a branch gives, by its exponents; refuses what does not fit together.

    Raises
    ------
    Refusal
        With the column.
    """
    if node.kind == "number":
        return _unit_size(node.text)
    if node.kind == "call":
        return _call_size(where, node)
    if node.kind == "name":
        raise refused(where, node.column, f"{node.text!r} is a name", "write it as speed(nose)")
    sizes = [size_of(where, part) for part in node.parts]
    if node.kind in ("and", "or", "not"):
        return _facts(where, node, sizes)
    if FACT in sizes:
        at = node.parts[sizes.index(FACT)].column
        raise refused(where, at, "a condition is no number", "join conditions by and, or, not")
    return _calculated(where, node, sizes)


def names_in(node: Node) -> list[Node]:
    """Every name of a keypoint or zone in a tree, by the call that it is in."""
    found = [node] if node.kind == "call" and node.text in PLACES else []
    return [*found, *(each for part in node.parts for each in names_in(part))]


def _facts(where: str, node: Node, sizes: Sequence[Size]) -> Size:
    for part, size in zip(node.parts, sizes, strict=True):
        if size != FACT:
            remedy = "compare it, as in: speed(nose) < 5 mm/s"
            raise refused(where, part.column, f"{node.kind} takes conditions", remedy)
    return FACT


def _calculated(where: str, node: Node, sizes: Sequence[Size]) -> Size:
    if node.kind == "negative":
        return sizes[0]
    left, right = sizes
    if node.kind in "*/":
        sign = 1 if node.kind == "*" else -1
        return (left[0] + sign * right[0], left[1] + sign * right[1], left[2] + sign * right[2])
    if left != right:
        reason = f"{told(left)} beside {told(right)}"
        raise refused(where, node.column, reason, "both sides need units of one kind")
    return left if node.kind in "+-" else FACT


def _call_size(where: str, node: Node) -> Size:
    if node.text in ("rate", "abs"):
        if len(node.parts) != 1:
            raise refused(where, node.column, f"{node.text} takes one value", "give it one")
        inner = size_of(where, node.parts[0])
        return (inner[0], inner[1] - 1, inner[2]) if node.text == "rate" else inner
    if node.text not in PLACES:
        listed = ", ".join([*PLACES, "rate", "abs"])
        raise refused(where, node.column, f"there is no {node.text!r}", f"there are: {listed}")
    count, size = PLACES[node.text]
    if len(node.parts) != count or any(part.kind != "name" for part in node.parts):
        reason = f"{node.text} takes {count or 'no'} name{'' if count == 1 else 's'}"
        raise refused(where, node.column, reason, "put names with spaces in quotes: 'left ear'")
    return size


def _unit_size(unit: str) -> Size:
    over, _, under = unit.partition("/")
    a, b = _BASES[over][0], _BASES[under][0]
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def told(size: Size) -> str:
    """Exponents in words.

    Examples
    --------
    >>> told((1, -1, 0)), told((0, 0, 1)), told((0, 0, 0))
    ('mm/s', 'deg', 'a number')
    """
    over = [n + ("" if e == 1 else str(e)) for n, e in zip(("mm", "s", "deg"), size, strict=True)
            if e > 0]  # fmt: skip
    under = [n + ("" if e == -1 else str(-e)) for n, e in zip(("mm", "s", "deg"), size, strict=True)
             if e < 0]  # fmt: skip
    return "/".join([" ".join(over) or ("1" if under else "a number"), *under])


@dataclass(frozen=True)
class Scene:
    """What a rule is asked of: one individual among others, in an arena.

    Parameters
    ----------
    where
        Whom refusals are told of.
    tracks
        Of all individuals, in mm, body lengths or px.
    who
        Which one is asked about.
    arena
        Zones, if there are any.
    window_s
        Speeds and rates are slopes over so long.
    sure
        Confidence from which a place counts as seen.
    """

    where: str
    tracks: Tracks
    who: str
    arena: Arena | None
    window_s: float
    sure: float

    def holds(self, node: Node) -> tuple[Array, Array]:
        """Whether a condition holds, and whether that is known, ``(t,)`` each."""
        if node.kind == "not":
            held, known = self.holds(node.parts[0])
            return ~held & known, known
        if node.kind in ("and", "or"):
            (a, know_a), (b, know_b) = (self.holds(part) for part in node.parts)
            if node.kind == "and":
                # One that does not hold decides, whatever the other is.
                return a & b, (know_a & know_b) | (know_a & ~a) | (know_b & ~b)
            return a | b, (know_a & know_b) | a | b
        if node.kind == "call":
            depth = self.value(Node("call", node.column, "depth", parts=node.parts))
            return depth > 0, np.isfinite(depth)
        left, right = (self.value(part) for part in node.parts)
        by = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
        return by[node.kind], np.isfinite(left) & np.isfinite(right)

    def value(self, node: Node) -> Array:
        """The numbers of a branch ``(t,)``, lengths in the unit of the tracks; NaN if unknown."""
        if node.kind == "number":
            return np.full(len(self.tracks), node.value * self._factor(node))
        if node.kind == "call":
            return self._called(node)
        parts = [self.value(part) for part in node.parts]
        if node.kind == "negative":
            return -parts[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            found = _SIGNS[node.kind](*parts)
        known: Array = np.where(np.isfinite(found), found, np.nan)
        return known

    def _called(self, node: Node) -> Array:
        if node.text == "abs":
            return np.abs(self.value(node.parts[0]))
        if node.text == "rate":
            return self.rate(self.value(node.parts[0])[:, None])[:, 0]
        if node.text in FEATURES:
            return self._feature(node, *FEATURES[node.text])
        found: Array = getattr(self, f"_{node.text}")(*node.parts)
        return found

    def rate(self, values: Array) -> Array:
        """How fast values ``(t, n)`` grow, per second."""
        return slopes(values, self.tracks.times_s, self.window_s)

    def _factor(self, node: Node) -> float:
        """What a number's unit is in that of the tracks."""
        over, _, under = node.text.partition("/")
        return self._base(node, over) / self._base(node, under)

    def _base(self, node: Node, unit: str) -> float:
        size, factor = _BASES[unit]
        if size[0] == 0:
            return factor
        plain = unit.rstrip("2")
        one = self.tracks.alone(self.who)
        if plain == "bl" and one.unit != "bl":
            each = one.body_length_px / one.px_per_unit
        elif plain == "px":
            each = 1 / one.px_per_unit
        elif plain in ("mm", "cm", "m") and one.unit != "mm":
            remedy = "give --scale, or write it in bl"
            raise refused(self.where, node.column, f"{unit} needs a scale", remedy)
        else:
            each = 1.0
        return float(factor * each ** size[0])

    def place(self, node: Node) -> Array:
        """Places ``(t, 2)`` of what a name means: a keypoint or role, of this or another."""
        whose, _, keypoint = node.text.rpartition(".")
        if whose == "zone":
            zone, factor = self._zone(node, keypoint)
            return np.broadcast_to(zone.outline.mean(axis=0) / factor, (len(self.tracks), 2))
        if whose == "other":
            return self._nearest(node, keypoint)
        return self._mean(node, self._individual(node, whose or self.who), keypoint)

    def _individual(self, node: Node, who: str) -> Tracks:
        if who not in self.tracks.individuals:
            listed = ", ".join(self.tracks.individuals)
            reason = f"there is no individual {who!r}"
            raise refused(self.where, node.column, reason, f"there are: {listed}")
        return self.tracks.alone(who)

    def _mean(self, node: Node, tracks: Tracks, keypoint: str) -> Array:
        names = self._made(node, tracks, keypoint)
        mean: Array = np.mean([trusted(tracks, name, self.sure) for name in names], axis=0)
        return mean

    def _made(self, node: Node, tracks: Tracks, keypoint: str) -> tuple[str, ...]:
        names = makes(keypoint, tracks.keypoints)
        if not names:
            raise no_keypoint(self.where, node, keypoint, tracks.keypoints)
        return names

    def _nearest(self, node: Node, keypoint: str) -> Array:
        """Of the other individual that is nearest by the middle of its body, frame by frame."""
        others = [one for one in self.tracks.each() if one.individuals != (self.who,)]
        if not others:
            remedy = "give tracks of two or more"
            raise refused(self.where, node.column, "there is no other individual", remedy)
        places = np.stack([self._mean(node, one, keypoint) for one in others])
        if len(others) == 1:
            return np.asarray(places[0])
        own = self._mean(node, self.tracks.alone(self.who), "body_centre")
        middles = np.stack([self._mean(node, one, "body_centre") for one in others])
        apart = np.hypot(*np.moveaxis(middles - own, -1, 0))
        nearest = np.argmin(np.where(np.isfinite(apart), apart, np.inf), axis=0)
        found = places[nearest, np.arange(len(own))]
        found[~np.isfinite(apart).any(axis=0)] = np.nan
        return np.asarray(found)

    def _zone(self, node: Node, name: str) -> tuple[Arena | Zone, float]:
        """A zone, or the whole floor by the name ``floor``, and units of its plane in one."""
        if self.arena is None:
            remedy = "give one, as --arena arena.toml"
            raise refused(self.where, node.column, "zones need an arena", remedy)
        arena, factor = self.arena.for_tracks(self.tracks)
        zones: dict[str, Arena | Zone] = {"floor": arena}
        zones |= {zone.name: zone for zone in arena.zones}
        if name not in zones:
            listed = ", ".join(zones)
            reason = f"there is no zone {name!r}"
            raise refused(self.where, node.column, reason, f"there are: {listed}")
        return zones[name], factor

    def _speed(self, a: Node) -> Array:
        speed: Array = np.hypot(*self.rate(self.place(a)).T)
        return speed

    def _distance(self, a: Node, b: Node) -> Array:
        apart: Array = np.hypot(*(self.place(a) - self.place(b)).T)
        return apart

    def _angle(self, a: Node, b: Node, c: Node) -> Array:
        corner = self.place(b)
        return _between(self.place(a) - corner, self.place(c) - corner)

    def _facing(self, a: Node, b: Node, c: Node) -> Array:
        ahead = self.place(b)
        return _between(ahead - self.place(a), self.place(c) - ahead)

    def _turning(self, a: Node, b: Node) -> Array:
        line = self.place(b) - self.place(a)
        heading = np.arctan2(line[:, 1], line[:, 0])
        known = np.isfinite(heading)
        heading[known] = np.unwrap(heading[known])
        return np.abs(np.rad2deg(self.rate(heading[:, None])[:, 0]))

    def _confidence(self, a: Node) -> Array:
        whose, _, keypoint = a.text.rpartition(".")
        one = self._individual(a, whose or self.who)
        names = self._made(a, one, keypoint)
        columns = [one.confidence[:, one.keypoints.index(name), 0] for name in names]
        least: Array = np.min(columns, axis=0)
        return least

    def _depth(self, a: Node, zone: Node) -> Array:
        found, factor = self._zone(zone, zone.text)
        depth: Array = found.depth(self.place(a) * factor) / factor
        return depth

    def _feature(self, node: Node, name: str, power: int) -> Array:
        if name not in self.tracks.features:
            reason = f"{node.text} needs a silhouette"
            raise refused(self.where, node.column, reason, "give tracks of track/silhouette")
        return self.tracks.feature(name, self.who) / self.tracks.px_per_unit**power


_SIGNS: Mapping[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


def no_keypoint(where: str, node: Node, name: str, keypoints: Sequence[str]) -> Refusal:
    """What is said where a rule names what the tracks do not have."""
    listed = ", ".join(keypoints) or "none"
    return refused(where, node.column, f"no keypoint is the {name}", f"there are: {listed}")


def _between(a: Array, b: Array) -> Array:
    """Angle between directions ``(t, 2)`` in degrees ``(t,)``, 0 to 180; NaN for no direction."""
    cross, dot = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1)
    angle: Array = np.rad2deg(np.abs(np.arctan2(cross, dot)))
    angle[(np.hypot(*a.T) == 0) | (np.hypot(*b.T) == 0)] = np.nan
    return angle
