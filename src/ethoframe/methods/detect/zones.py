"""The standard zones of an open field, laid on a floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Noun, Zone
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Zones(WholeMethod):
    """Adds the zones *centre* and *corners* to a floor that has none of its own.

    The centre is the floor shrunk about its middle to *centre_side* of each side (0.5: a quarter
    of the floor); what is not centre is *periphery*, and is had as the rest of the session.
    Corners are the four corner fields of a rectangle, *corner_side* of each side long. In a
    rectangle seen at a slant, shares are those of the floor, not of the picture. Zones that came
    with the arena are left alone.

    References
    ----------
    ethoframe's own.
    """

    centre_side: float = parameter(
        0.5, unit="1", says="the centre's share of each side", low=0.05, high=0.95
    )
    corner_side: float = parameter(
        0.25, unit="1", says="a corner's share of each side", low=0.05, high=0.5
    )

    takes: ClassVar[Mapping[str, In]] = {"arena": In(Kind.ARENA)}
    gives: ClassVar[Kind] = Kind.ARENA
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same arena."""
        return specs["arena"]

    def apply(self, **inputs: Any) -> Arena:
        """The arena with its zones."""
        arena: Arena = inputs["arena"]
        if arena.zones:
            return arena
        share = f"{self.centre_side:.0%} of each side, {self.centre_side**2:.0%} of the floor"
        centre = Zone("centre", arena.shrunk(self.centre_side), f"the middle {share}")
        periphery = Zone(
            "periphery", arena.outline, "the floor outside the centre", holes=(centre.outline,)
        )
        zones = [centre, periphery]
        if arena.shape == "rectangle":
            zones.append(self._corners(arena))
        return replace(arena, zones=tuple(zones))

    def _corners(self, arena: Arena) -> Zone:
        unit = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        squares: list[Array] = []
        for corner in unit:
            near = corner + self.corner_side * (unit - corner)
            squares.append(arena.from_sides.apply(near))
        words = f"the four corner fields, {self.corner_side:.0%} of each side"
        return Zone("corners", squares[0], words, parts=tuple(squares[1:]))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A floor seen at a slant."""
        corners = np.array([[60.0, 60.0], [380.0, 50.0], [420.0, 300.0], [30.0, 310.0]])
        return {"arena": Arena("rectangle", corners, (400.0, 400.0))}
