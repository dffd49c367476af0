"""The light of a scene: where it falls, and how it changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import cos, pi, sin

import numpy as np

from ethoframe.data.noun import Array

WHITE = 255.0
FLICKER_HZ = 9.7  # what is left of the mains' flicker at common frame rates
DARK = 0.02  # share of the light that is left when it is off

# Where each lamp falls brightest, as shares of height and width: the room's, and one in a corner,
# which leaves at least this share of the light missing far away from it.
ROOM, CORNER = (0.45, 0.62), (0.10, 0.12)
CORNER_SHADING = 0.55


@dataclass(frozen=True)
class Light:
    """What a white thing throws back, from place to place and from moment to moment.

    Parameters
    ----------
    size
        Of the picture ``(y, x)``.
    level
        At the start, where it is brightest; 1 for the whitest that the sensor can tell.
    shading
        Share of light missing where the picture is darkest.
    drift, flicker, duration_s
        Share lost from first to last frame, slowly; amplitude of the fast share; last frame.
    switch_s, switch_to
        When one lamp gives way to another that stands elsewhere, and how bright that one is
        beside the first.
    off_s
        When the light goes off.
    """

    size: tuple[int, int]
    level: float
    shading: float
    drift: float
    flicker: float
    duration_s: float
    switch_s: float
    switch_to: float
    off_s: float

    def switched(self, times_s: Array) -> Array:
        """Whether the second lamp is on ``(t,)``."""
        on: Array = np.asarray(times_s) >= self.switch_s
        return on

    def falling(self, switched: bool) -> Array:
        """Gray level ``(y, x)`` of a white thing under either lamp."""
        return self._second if switched else self._first

    def brightness(self, time_s: float) -> float:
        """A factor for what falls at that moment."""
        slow = 1 - self.drift * (1 - cos(pi * time_s / self.duration_s)) / 2
        lamp = self.switch_to if time_s >= self.switch_s else 1.0
        dark = DARK if time_s >= self.off_s else 1.0
        return (
            self.level * lamp * dark * slow * (1 + self.flicker * sin(2 * pi * FLICKER_HZ * time_s))
        )

    @cached_property
    def _first(self) -> Array:
        return _lit(self.size, ROOM, self.shading)

    @cached_property
    def _second(self) -> Array:
        return _lit(self.size, CORNER, max(self.shading, CORNER_SHADING))


def _lit(size: tuple[int, int], brightest: tuple[float, float], shading: float) -> Array:
    """Gray level of a white thing ``(y, x)``, less far away from where it is brightest."""
    y, x = np.indices(size, np.float32)
    bright_y, bright_x = brightest[0] * size[0], brightest[1] * size[1]
    away2 = (y - bright_y) ** 2 + (x - bright_x) ** 2
    return np.asarray(WHITE * (1 - shading * away2 / away2.max()), np.float32)
