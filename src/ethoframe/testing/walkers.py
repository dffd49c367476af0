"""Walking animals whose every step is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data import Episodes, Tracks
from ethoframe.data.noun import Array

TROT = {
    "left_fore_paw": 0.5,
    "right_fore_paw": 0.0,
    "left_hind_paw": 0.0,
    "right_hind_paw": 0.5,
}
"""When each paw touches down, as a share of the stride after the left hind paw."""

ALONG = {"fore": 25.0, "hind": -25.0}
ACROSS = {"left": -1.0, "right": 1.0}


@dataclass(frozen=True)
class Walker:
    """An animal that walks straight on at an even speed, seen by a camera that stands still.

    A paw stands, and then swings with a speed that rises evenly, holds and falls evenly. Lengths
    are in mm.

    Parameters
    ----------
    phases
        When each paw touches down, as a share of the stride.
    speed_mm_per_s, stride_mm, duty
        Of the body; from touch-down to touch-down; share of the stride in which a paw stands.
    rate_per_s, lasts_s
        Frames per second, and for how long.
    ramp
        Share of the swing in which the paw speeds up, and again in which it slows down.
    base_mm
        Between left and right paws.
    heading_deg
        Where it walks to; 0 is along x, and y runs down.
    jitter_mm
        Standard deviation of what is added to every coordinate by itself.
    seed
        Of that.

    Examples
    --------
    >>> walker = Walker(lasts_s=1.0)
    >>> len(walker.tracks()), round(walker.stride_s, 3)
    (100, 0.24)
    """

    phases: Mapping[str, float] = field(default_factory=lambda: TROT)
    speed_mm_per_s: float = 250.0
    stride_mm: float = 60.0
    duty: float = 0.6
    rate_per_s: float = 100.0
    lasts_s: float = 4.0
    ramp: float = 0.15
    base_mm: float = 20.0
    heading_deg: float = 0.0
    jitter_mm: float = 0.0
    seed: int = 0

    @property
    def stride_s(self) -> float:
        """From touch-down to touch-down of one paw."""
        return self.stride_mm / self.speed_mm_per_s

    @property
    def times_s(self) -> Array:
        """Of the frames ``(t,)``."""
        return np.arange(round(self.lasts_s * self.rate_per_s)) / self.rate_per_s

    def tracks(self) -> Tracks:
        """Nose, tail base and paws, in mm."""
        names = ("nose", "tail_base", *self.phases)
        places = [self._trunk(45.0), self._trunk(-45.0), *map(self._paw, self.phases)]
        angle = np.deg2rad(self.heading_deg)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        position = np.stack([each @ turn.T for each in places], axis=2)
        chance = np.random.default_rng(self.seed)
        position = position + self.jitter_mm * chance.normal(size=position.shape)
        count = len(position)
        seen = np.ones((count, len(names), 1))
        numbers = np.arange(count)
        return Tracks(position[..., None], seen, numbers, self.times_s, names, unit="mm")

    def episodes(self) -> Episodes:
        """Swings and stances, those at both ends cut."""
        last_s = len(self.times_s) / self.rate_per_s
        support = np.array([[0.0, last_s]])
        count = int(last_s / self.stride_s) + 3
        parts = []
        for paw, phase in self.phases.items():
            down = (np.arange(-2, count) + phase) * self.stride_s
            lift = down + self.duty * self.stride_s
            for label, spans in (
                ("stance", np.stack([down, lift], axis=1)),
                ("swing", np.stack([lift[:-1], down[1:]], axis=1)),
            ):
                cut = np.clip(spans, 0.0, last_s)
                cut = cut[cut[:, 1] > cut[:, 0] + 1e-9]
                parts.append(Episodes.of(f"{paw.replace('_', ' ')} {label}", cut, support))
        return Episodes.merged(parts)

    def _trunk(self, ahead: float) -> Array:
        way = self.speed_mm_per_s * self.times_s + ahead
        return np.stack([way, np.zeros_like(way)], axis=1)

    def _paw(self, paw: str) -> Array:
        """Places ``(t, 2)``: under the body it is in the middle of its range at mid-stance."""
        side, _, end = paw.removesuffix("_paw").rpartition("_")
        strides = self.times_s / self.stride_s - self.phases[paw]
        whole = np.floor(strides)
        swung = np.clip((strides - whole - self.duty) / (1 - self.duty), 0.0, 1.0)
        middle = self.duty / 2 + self.phases[paw]
        way = self.stride_mm * (whole + eased(swung, self.ramp) + middle) + ALONG[end]
        across = ACROSS.get(side, 0.0) * self.base_mm / 2
        return np.stack([way, np.full_like(way, across)], axis=1)


def eased(share: Array, ramp: float) -> Array:
    """Share of the way after a share of the time, by a speed that rises, holds and falls."""
    if ramp <= 0:
        return share
    top = 1 / (1 - ramp)
    early, late = np.minimum(share, ramp), np.maximum(share - (1 - ramp), 0.0)
    way: Array = top * (share - early) + top * early**2 / (2 * ramp) - top * late**2 / (2 * ramp)
    return way
