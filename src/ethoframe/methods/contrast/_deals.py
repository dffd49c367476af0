"""In which ways levels could have been dealt out to units."""

from __future__ import annotations

from itertools import combinations
from math import comb, prod

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.contrast._difference import Design

EXACT = 5000
"""Ways to deal out the levels up to which all are tried."""


def count(design: Design) -> int:
    """In how many ways the levels can be dealt out within the blocks."""
    return prod(comb(size, some) for size, some in _sizes(design))


def deals(design: Design, most: int, seed: int) -> tuple[Array, bool]:
    """Levels less the mean of their block, for each way to deal them out ``(deal, unit)``.

    All ways where they are at most 5000, and the way that it was is one of them; otherwise `most`
    by chance, and the way that it was is not counted among them.

    Returns
    -------
    tuple
        The ways, and whether they are all.
    """
    if count(design) <= EXACT:
        return design.within(_all(design)), True
    return design.within(_some(design, most, seed)), False


def _sizes(design: Design) -> list[tuple[int, int]]:
    blocks = np.unique(design.block)
    inside = [design.treated[design.block == each] for each in blocks]
    return [(len(each), int(each.sum())) for each in inside]


def _all(design: Design) -> Array:
    found = np.zeros((1, len(design.block)))
    for each in np.unique(design.block):
        places = np.flatnonzero(design.block == each)
        ways = list(combinations(places, int(design.treated[places].sum())))
        dealt = np.zeros((len(ways), len(design.block)))
        for row, way in enumerate(ways):
            dealt[row, list(way)] = 1
        found = (found[:, None] + dealt).reshape(-1, len(design.block))
    return found


def _some(design: Design, most: int, seed: int) -> Array:
    chance = np.random.default_rng(seed)
    found = np.zeros((most, len(design.block)))
    for each in np.unique(design.block):
        places = np.flatnonzero(design.block == each)
        levels = np.repeat(design.treated[places].astype(np.float64)[None], most, axis=0)
        found[:, places] = chance.permuted(levels, axis=1)
    return found


def turns(design: Design, most: int, seed: int) -> Array:
    """Signs by which values are turned round their mean ``(turn, unit)``: 1 or -1.

    The first leaves them as they are. There is one for each way where no more than `most` others
    are different, for turning all is turning none; otherwise `most` others by chance. In blocks
    there are none: values of one block are turned round what they share, and not alone.
    """
    units = len(design.block)
    if len(np.unique(design.block)) != 1:
        return np.ones((0, units))
    if units <= 1 + int(np.log2(most + 1)):
        ways = np.arange(2 ** (units - 1))[:, None] >> np.arange(units - 1) & 1
        return np.concatenate([np.ones((len(ways), 1)), 1.0 - 2 * ways], axis=1)
    found = np.random.default_rng(seed).choice([-1.0, 1.0], (most + 1, units))
    found[0] = 1.0
    return found


def orders(design: Design, most: int, seed: int, *, every: bool) -> Array:
    """Orders of the units within their blocks, by which levels are dealt out ``(deal, unit)``.

    The first is the one that is. Where `every` is wanted and there are no more than `most` others,
    there is one for each way to deal out the levels; otherwise `most` others by chance.
    """
    own = np.arange(len(design.block))
    if not every or count(design) > most + 1:
        chance = np.random.default_rng(seed)
        found = np.tile(own, (most + 1, 1))
        for each in np.unique(design.block):
            places = np.flatnonzero(design.block == each)
            found[1:, places] = chance.permuted(found[1:, places], axis=1)
        return found
    dealt = _all(design) > 0
    found = np.tile(own, (len(dealt), 1))
    for each in np.unique(design.block):
        places = np.flatnonzero(design.block == each)
        levels = design.treated[places]
        for order, way in zip(found, dealt[:, places], strict=True):
            order[places[way]], order[places[~way]] = places[levels], places[~levels]
    first = np.flatnonzero((found == own).all(axis=1))
    return np.concatenate([found[first], np.delete(found, first, axis=0)])
