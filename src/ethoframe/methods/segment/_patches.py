"""Patches of labelled volumes, varied by chance, with what a network shall say of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._pictures import WHITE, Pictures
from ethoframe.methods.segment._windows import LEAST, Targets
from ethoframe.nets.lesson import Example
from ethoframe.nets.network import Network

JUDGED = 2
"""Patches of a volume that are judged, along each axis at most."""

ON_OBJECTS = 0.7
"""Share of patches that have a labelled voxel in the middle."""

CONTRAST, BRIGHTNESS, GAMMA, NOISE = 0.3, 0.1, 0.4, 0.03
"""How far light may differ: a share, a share of white, a power of 2, and a share of white."""


@dataclass
class Patches:
    """Patches of labelled volumes ``(z, y, x)``, in voxels whatever their spacing.

    They are mirrored along each axis, turned by quarters within planes where they are square, and
    lit otherwise.

    Parameters
    ----------
    pictures
        Which volumes.
    network
        That sees the patches.
    targets
        What it is to say of them.
    strength
        How strongly they are varied; 0 leaves them as they are.
    judged
        Whether the patches are those that are spread over the volumes.
    """

    pictures: Pictures
    network: Network
    targets: Targets
    strength: float
    judged: bool = False
    places: list[tuple[int, tuple[float, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.pictures)
        if self.judged:
            shares = list(product(*(self._shares(axis) for axis in range(3))))
            self.places = [(i, share) for i in range(count) for share in shares]
        else:
            rounds = -(-LEAST // count) if count else 0
            self.places = [(i, (0.5, 0.5, 0.5)) for _ in range(rounds) for i in range(count)]

    def __len__(self) -> int:
        """How many patches are of a round."""
        return len(self.places)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """A patch around a place by chance, or as it is where there is none."""
        row, shares = self.places[index]
        volume, marked = self._at_least(row)
        room = np.array(marked.shape) - self.network.size
        start = (
            np.rint(room * shares).astype(int) if chance is None else _start(chance, marked, room)
        )
        cut = tuple(slice(a, a + n) for a, n in zip(start, self.network.size, strict=True))
        levels, labels = volume[cut].astype(np.float32) / np.float32(WHITE), marked[cut]
        if chance is not None and self.strength > 0:
            levels, labels = self._varied(chance, levels, labels)
        return {
            "picture": np.ascontiguousarray(np.moveaxis(levels, -1, 0)),
            **self.targets(np.ascontiguousarray(labels), 1.0),
        }

    def _varied(
        self, chance: np.random.Generator, levels: Array, labels: Array
    ) -> tuple[Array, Array]:
        mirrored = tuple(axis for axis in range(3) if chance.random() < 0.5)
        turns = int(chance.integers(4)) if labels.shape[1] == labels.shape[2] else 0
        moved = [np.rot90(np.flip(each, mirrored), turns, (1, 2)) for each in (levels, labels)]
        contrast, brightness, gamma = chance.uniform(-1, 1, 3) * self.strength
        lit = (moved[0] - 0.5) * (1 + CONTRAST * contrast) + 0.5 + BRIGHTNESS * brightness
        lit = np.clip(lit, 0, 1) ** 2.0 ** (GAMMA * gamma)
        noise = chance.uniform(0, NOISE * self.strength)
        lit = lit + chance.normal(0, noise, lit.shape)
        return np.clip(lit, 0, 1).astype(np.float32), moved[1]

    def _at_least(self, row: int) -> tuple[Array, Array]:
        """A volume and its labels, mirrored beyond their end where a patch is larger."""
        volume, marked = self.pictures.pixels(row), self.pictures.marked(row)
        pairs = zip(marked.shape, self.network.size, strict=True)
        room = [(0, max(0, wanted - length)) for length, wanted in pairs]
        if not any(after for _, after in room):
            return volume, marked
        return np.pad(volume, [*room, (0, 0)], "symmetric"), np.pad(marked, room, "symmetric")

    def _shares(self, axis: int) -> list[float]:
        lengths = [self.pictures.size(i)[axis] for i in range(len(self.pictures))]
        several = lengths and max(lengths) > self.network.size[axis]
        return [k / (JUDGED - 1) for k in range(JUDGED)] if several else [0.5]


def _start(chance: np.random.Generator, marked: Array, room: Array) -> Array:
    """First voxel of a patch by chance, mostly with a labelled voxel in its middle."""
    anywhere = chance.integers(0, room + 1)
    on = np.flatnonzero(marked)
    if not len(on) or chance.random() >= ON_OBJECTS:
        return anywhere
    voxel = np.array(np.unravel_index(on[chance.integers(len(on))], marked.shape))
    half = (np.array(marked.shape) - room) // 2
    return np.asarray(np.clip(voxel - half, 0, room))
