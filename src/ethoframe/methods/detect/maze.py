"""The arms and the centre of a maze."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Noun, Refusal, Zone
from ethoframe.data.noun import Array

PAIRS = {"up-down": ("up", "down"), "left-right": ("left", "right")}


@dataclass(frozen=True)
class Maze(WholeMethod):
    """The zones of a maze: those that were drawn, or arms and centre laid on its outline.

    Zones that came with the arena are kept, and must be called by what the assay calls them: each
    of *groups* begins the name of one of them (*open left*, *open right*, *closed up* …).

    Without zones, an outline of *arms* arms is cut where its corners point inwards: these are the
    corners of the centre, and what lies between two of them is an arm. Nobody sees in an outline
    which arms have walls. So where the groups are *open* and *closed*, the open pair must be said:
    arms that go up and down in the picture, or to the left and to the right. Where there are no
    such groups, arms are called *arm 1*, *arm 2* … clockwise from the uppermost.

    References
    ----------
    ethoframe's own.
    """

    arms: int = parameter(4, says="how many arms there are; 0: zones must be drawn", low=0)
    groups: tuple[str, ...] = parameter((), says="words that names of zones must begin with")
    open: str = parameter("", says="which arms are open", choices=("", *PAIRS))

    takes: ClassVar[Mapping[str, In]] = {"arena": In(Kind.ARENA)}
    gives: ClassVar[Kind] = Kind.ARENA
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same arena."""
        return specs["arena"]

    def apply(self, **inputs: Any) -> Arena:
        """The arena with its zones; refuses one that lacks some."""
        arena: Arena = inputs["arena"]
        zones = arena.zones or self._laid(arena)
        names = [zone.name for zone in zones]
        missing = [word for word in self.groups if not any(n.startswith(word) for n in names)]
        if missing:
            reason = f"no zone of the arena is called {missing[0]}"
            listed = ", ".join(self.groups)
            remedy = f"draw zones whose names begin with: {listed} (ethoframe arena)"
            raise Refusal(self.name(), reason, remedy)
        return replace(arena, zones=zones)

    def _laid(self, arena: Arena) -> tuple[Zone, ...]:
        """Arms and centre of an outline without zones."""
        inward = _inward(arena.outline)
        corners = np.flatnonzero(inward)
        if not self.arms or len(corners) != self.arms:
            reason = f"its outline shows no {self.arms} arms" if self.arms else "it has no zones"
            raise Refusal(self.name(), reason, "draw its zones, and give them with --arena")
        centre = arena.outline[corners]
        turns = [*corners.tolist(), int(corners[0]) + len(arena.outline)]
        rim, round_ = arena.outline, len(arena.outline)
        parts = [rim[np.arange(a, b + 1) % round_] for a, b in pairwise(turns)]
        ways = [_way(part, centre) for part in parts]
        if {"open", "closed"} & set(self.groups):
            names = [self._walled(way) for way in ways]
        else:
            first = min(range(len(parts)), key=lambda i: float(parts[i][:, 1].min()))
            count = len(parts)
            names = [f"arm {(i - first) % count + 1}" for i in range(count)]
        zones = [
            Zone(name, part, "between two inner corners of the outline and the arm's end")
            for name, part in sorted(zip(names, parts, strict=True), key=lambda each: each[0])
        ]
        return (*zones, Zone("centre", centre, "between the inner corners of the outline"))

    def _walled(self, way: str) -> str:
        if not self.open:
            reason = "nobody says which arms are open"
            remedy = "--set zones.open=up-down (or left-right), or draw zones called open, closed"
            raise Refusal(self.name(), reason, remedy)
        return f"{'open' if way in PAIRS[self.open] else 'closed'} {way}"

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A plus maze of four arms."""
        outline = np.array(
            [[40, 0], [60, 0], [60, 40], [100, 40], [100, 60], [60, 60],
             [60, 100], [40, 100], [40, 60], [0, 60], [0, 40], [40, 40]], np.float64,
        )  # fmt: skip
        return {"arena": Arena("polygon", outline)}


def _inward(outline: Array) -> Array:
    """Which corners point into the floor ``(n,)``, whichever way round they are given."""
    before, after = (outline - np.roll(outline, way, axis=0) for way in (1, -1))
    turn = before[:, 0] * -after[:, 1] - before[:, 1] * -after[:, 0]
    x, y = outline.T
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    inward: Array = turn * np.sign(area) < 0
    return inward


def _way(part: Array, centre: Array) -> str:
    """Where an arm goes in the picture, seen from the centre."""
    x, y = part.mean(axis=0) - centre.mean(axis=0)
    if abs(x) > abs(y):
        return "right" if x > 0 else "left"
    return "down" if y > 0 else "up"
