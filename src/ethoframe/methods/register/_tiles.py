"""Whether two aligned images show the same thing, asked of their tiles: a second opinion.

What is optimised elsewhere are levels. Here only the directions of edges count, and each tile of
one image is looked for in the other, around where the alignment puts it. Tiles of the same thing
find themselves at home; tiles of different things end up anywhere, so the share at home by chance
is known beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import Picture, averaged, blurred, gradients, pulled

ACROSS = {2: 256, 3: 80}  # pixels along the longer side of what is compared
TILES = {2: 9, 3: 6}  # that fit along the shorter side, where they may be so small
TILE = {2: (8, 24), 3: (8, 12)}  # least and most pixels along a side
NEAR = 3  # part of the room within which a tile counts as at home
BLUR = 12  # part of a tile by which edges are blurred
ENOUGH = 6  # tiles, below which nothing is told
KNOWN = 0.9  # share of a tile that must be seen in both images
PLAIN = 0.25  # of the middle tile's structure, below which a tile shows nothing to go by


@dataclass(frozen=True)
class Homing:
    """How many tiles found themselves where the alignment puts them.

    Parameters
    ----------
    tiles
        How many there were to ask.
    home
        How many found themselves nearby.
    chance
        Share that would by chance.
    away
        Median distance from home of those at home, in the unit of places; NaN of none.
    """

    tiles: int
    home: int
    chance: float
    away: float

    @property
    def share(self) -> float:
        """Share at home beyond chance: 0 by chance, 1 when all are."""
        if not self.tiles:
            return 0.0
        return (self.home / self.tiles - self.chance) / (1 - self.chance)

    @property
    def surprise(self) -> float:
        """Minus the decimal logarithm of the probability of as many by chance."""
        from scipy.stats import binom

        return float(-binom.logsf(self.home - 1, self.tiles, self.chance) / np.log(10))


@dataclass(frozen=True)
class Tiles:
    """Two images at the size at which their tiles are compared; what stays the same is made once.

    Parameters
    ----------
    fixed, moving
        Shrunk.
    firsts
        First pixels ``(tile, d)`` of the fixed image's tiles.
    wanted
        Transforms of these tiles.
    structure
        How much each shows.
    side, room
        Pixels along a tile, and that it may be away from where it is looked for.
    """

    fixed: Picture
    moving: Picture
    firsts: Array
    wanted: Array
    structure: Array
    side: int
    room: int

    @classmethod
    def of(cls, fixed: Picture, moving: Picture) -> Tiles:
        """Both images, shrunk, and the tiles of the fixed one.

        References
        ----------
        Directions alike either way (the structure tensor, normalised): Haber & Modersitzki, Methods
        Inf. Med. 46 (2007), 292-299.
        """
        from scipy import fft

        axes = fixed.values.ndim
        step = float(fixed.extent.max()) / ACROSS[axes]
        small = fixed.shrunk(step)
        least, most = TILE[axes]
        side = int(np.clip(min(small.size) // TILES[axes], least, most))
        room = side // 2
        along = [range(room, n - side - room + 1, side) for n in small.size]
        firsts = np.stack(np.meshgrid(*along, indexing="ij"), axis=-1).reshape(-1, axes)
        here = directions(small.values, small.step, side / BLUR)
        shape = (side + 2 * room,) * axes
        wanted = fft.rfftn(_cut(here, firsts, side), shape, tuple(range(2, axes + 2)))
        structure = averaged((here * here).sum(axis=0), side)[tuple((firsts + side // 2).T)]
        return cls(small, moving.shrunk(step), firsts, np.conj(wanted), structure, side, room)

    def homing(self, pull: Array) -> Homing:
        """Looks for each tile in the moving image, around where `pull` puts it."""
        return self.homed(*pulled(self.moving, pull, self.fixed))

    def homed(self, values: Array, seen: Array) -> Homing:
        """The same of levels that lie on the fixed image's grid already."""
        chance = float(self._near().mean())
        asked = self._asked(seen)
        if not asked.any():
            return Homing(0, 0, chance, float("nan"))
        peaks = self._peaks(values, asked)
        home = np.linalg.norm(peaks, axis=1) <= self.room / NEAR
        away = np.linalg.norm(peaks[home] * self.fixed.step, axis=1)
        middle = float(np.median(away)) if home.any() else float("nan")
        return Homing(len(peaks), int(home.sum()), chance, middle)

    def _asked(self, seen: Array) -> Array:
        """Which tiles show something and have seen pixels around them."""
        middles = tuple((self.firsts + self.side // 2).T)
        around = self.side + 2 * self.room
        shown: Array = averaged(seen.astype(np.float32), around)[middles] >= KNOWN
        if not shown.any():
            return shown
        least = max(PLAIN * float(np.median(self.structure[shown])), 1e-9)
        return np.asarray(shown & (self.structure > least))

    def _peaks(self, values: Array, asked: Array) -> Array:
        """Pixels ``(tile, d)`` from home to where each tile is most alike."""
        from scipy import fft

        there = directions(values, self.fixed.step, self.side / BLUR)
        axes, room = values.ndim, self.room
        starts = self.firsts[asked] - room
        around = _cut(there, starts, self.side + 2 * room)
        both = self.wanted[asked] * fft.rfftn(around, axes=tuple(range(2, axes + 2)))
        alike = fft.irfftn(both.sum(axis=1), around.shape[2:], axes=tuple(range(1, axes + 1)))
        power = averaged((there * there).sum(axis=0), self.side)[None]
        energy = _cut(power, starts + self.side // 2, 2 * room + 1)[:, 0]
        alike = alike[(slice(None), *(slice(0, 2 * room + 1),) * axes)]
        least = 1e-6 * max(float(energy.max()), 1e-12)
        score = (alike / np.sqrt(np.maximum(energy, least))).reshape(len(starts), -1)
        peaks = np.unravel_index(score.argmax(axis=1), (2 * room + 1,) * axes)
        return np.stack(peaks, axis=1) - room

    def _near(self) -> Array:
        """Which of all places of a peak count as home."""
        along = np.arange(-self.room, self.room + 1)
        grid = np.stack(np.meshgrid(*[along] * len(self.fixed.size), indexing="ij"), axis=-1)
        near: Array = np.linalg.norm(grid, axis=-1) <= self.room / NEAR
        return near


def directions(values: Array, step: Array, blur: float) -> Array:
    """Which way edges run and how clearly ``(channel, [z,] y, x)``, whatever their contrast."""
    slopes = gradients(blurred(values, blur), step)
    size = np.sum([slope * slope for slope in slopes], axis=0)
    middle = float(np.median(size[size > 0])) if (size > 0).any() else 1.0
    pairs = combinations_with_replacement(range(len(slopes)), 2)
    mean = 1 / len(slopes)
    parts = []
    for a, b in pairs:
        part = slopes[a] * slopes[b] - (mean * size if a == b else 0)
        # What stands off the diagonal stands there twice.
        parts.append(part * np.float32(1 if a == b else np.sqrt(2)) / (size + middle))
    return np.stack(parts).astype(np.float32)


def _cut(channels: Array, firsts: Array, side: int) -> Array:
    """Squares or cubes ``(tile, channel, ...)`` of channels, from their first pixels on."""
    ways = [tuple(slice(int(f), int(f) + side) for f in first) for first in firsts]
    if not ways:
        return np.zeros((0, len(channels), *(side,) * firsts.shape[1]), np.float32)
    return np.stack([channels[(slice(None), *way)] for way in ways])
