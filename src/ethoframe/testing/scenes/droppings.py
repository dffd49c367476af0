"""What the animal leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

LENGTH_MM, WIDTH_MM = 6.0, 3.0
TONE = 0.11
_ROUND = np.linspace(0, 2 * np.pi, 16, endpoint=False)


@dataclass(frozen=True, eq=False)
class Dropping:
    """One that lies there from some frame on.

    Parameters
    ----------
    number
        Of the first frame that shows it.
    turn
        Direction of its long axis in rad.
    growth
        A factor for its size.
    """

    number: int
    turn: float
    growth: float

    def outline(self, place: Array) -> Array:
        """Its outline ``(n, 2)`` about a place ``(2,)``, in mm."""
        along, aside = np.cos(_ROUND) * LENGTH_MM / 2, np.sin(_ROUND) * WIDTH_MM / 2
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        oval = np.stack([cosine * along - sine * aside, sine * along + cosine * aside], axis=1)
        lying: Array = place + self.growth * oval
        return lying


def droppings(count: int, present: Array, seed: int) -> tuple[Dropping, ...]:
    """As many as told, at frames in which the animal is `present` ``(t,)``, in order of time."""
    there = np.flatnonzero(present)
    if not len(there):
        return ()
    rng = np.random.default_rng((seed, 5))
    return tuple(
        Dropping(int(number), float(rng.uniform(0, np.pi)), float(rng.uniform(0.85, 1.2)))
        for number in np.sort(rng.choice(there, min(count, len(there)), replace=False))
    )
