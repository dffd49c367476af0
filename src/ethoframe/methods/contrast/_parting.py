"""One part of the units, and the other that is kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.contrast._difference import Design


@dataclass(frozen=True)
class Parting:
    """Ways to part the units in two.

    Parameters
    ----------
    masks
        Whether each unit is in the first part ``(way, unit)``; the others are the second.
    whole
        Whether these are all ways.
    moving
        Whether parts are drawn of each level: they go along when levels are dealt out otherwise.

    Examples
    --------
    >>> design = Design(np.arange(8) < 4, np.zeros(8, int))
    >>> found = Parting.of(design, np.arange(8), most=100, seed=1)
    >>> found.masks.shape, found.whole, found.moving
    ((36, 8), True, True)
    """

    masks: Array
    whole: bool
    moving: bool

    @classmethod
    def of(cls, design: Design, kin: Array, most: int, seed: int) -> Parting:
        """Half of the units of each level in each block; of litters, or small blocks, half of them.

        Parameters
        ----------
        design
            Level and block of each unit.
        kin
            Number of the litter of each ``(unit,)``: those of one stay together.
        most
            Ways by chance, where all would be more.
        seed
            What chance begins with.
        """
        cells = 2 * design.block + design.treated
        if 1 < len(np.unique(kin)) < len(kin):
            bundles = [kin == np.unique(kin)[:, None]]
        elif (np.bincount(cells) == 1).any():
            bundles = [design.block == np.unique(design.block)[:, None]]
        else:
            alone = np.eye(len(kin), dtype=bool)
            masks, whole = _drawn([alone[cells == each] for each in np.unique(cells)], most, seed)
            return cls(masks, whole, moving=True)
        masks, whole = _drawn(bundles, most, seed)
        return cls(masks, whole, moving=False)

    def under(self, orders: Array) -> Array:
        """First parts, then second ``(deal, 2 * way, unit)``, when levels are dealt out so.

        Parameters
        ----------
        orders
            Orders of the units by which levels are dealt out ``(deal, unit)``.
        """
        if self.moving:
            masks = np.moveaxis(self.masks[:, orders], 0, 1)
        else:
            masks = np.broadcast_to(self.masks, (len(orders), *self.masks.shape))
        return np.concatenate([masks, ~masks], axis=1)


def _drawn(strata: Sequence[Array], most: int, seed: int) -> tuple[Array, bool]:
    """Half of the bundles of each stratum, in every way or in `most` ways by chance.

    Parameters
    ----------
    strata
        Of each, which units are in which bundle ``(bundle, unit)``: it is never taken apart.
    most, seed
        As `Parting.of` has them.
    """
    sizes = [len(bundles) for bundles in strata]
    whole = prod(comb(size, size // 2) for size in sizes) <= most
    if whole:
        ways = [list(combinations(range(size), size // 2)) for size in sizes]
        taken = [[list(each) for each in way] for way in product(*ways)]
    else:
        chance = np.random.default_rng(seed)
        drawn = range(most)
        taken = [[chance.permutation(n)[: n // 2].tolist() for n in sizes] for _ in drawn]
    masks = [
        np.any([bundles[some].any(axis=0) for bundles, some in zip(strata, way, strict=True)], 0)
        for way in taken
    ]
    return np.array(masks), whole
