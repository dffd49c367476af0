"""Basins by topographic distance, and the hierarchy in which they merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding_lattice import Lattice, kernels


def basins(topography: Array, steps: Sequence[float], connectivity: int = 1) -> Array:
    """The basin of every pixel: of the minimum that is least far, by level and way down.

    Parameters
    ----------
    topography
        Heights ``([z,] y, x)`` of any real type; NaN is in no basin.
    steps
        Distance between pixels along each axis.
    connectivity
        Along how many axes neighbours may differ by one.

    Returns
    -------
    Array
        Labels from 1, int32, by the order of minima in the picture; 0 for NaN.
    """
    lattice = Lattice(topography.shape)
    offsets, state = lattice.offsets(connectivity), lattice.blank()
    levels = np.zeros(len(state))
    lattice.inside(levels)[:] = topography
    lattice.inside(state)[:] = np.where(np.isnan(topography), 0, -1)
    compiled = kernels("_flooding_topographic_kernels")
    compiled.minima(levels, state, offsets)
    compiled.by_distance(levels, state, offsets, lengths(steps, connectivity))
    return lattice.packed(state, kernels("_flooding_kernels"))


def lengths(steps: Sequence[float], connectivity: int) -> Array:
    """Distance to each neighbour, in the order of a lattice's offsets."""
    ways = product((-1, 0, 1), repeat=len(steps))
    near = [way for way in ways if 0 < sum(map(abs, way)) <= connectivity]
    return np.array([np.linalg.norm(np.multiply(way, steps)) for way in near])


@dataclass(frozen=True)
class Hierarchy:
    """How basins merge as their walls are flooded.

    Parameters
    ----------
    parent
        The basin that each one becomes part of, by label; its own label where it never does.
    saliency
        How far each one's minimum lies below the pass to its parent; infinite where there is none.
    """

    parent: Array
    saliency: Array

    @classmethod
    def of(cls, topography: Array, labels: Array, connectivity: int = 1) -> Hierarchy:
        """The hierarchy of basins ``([z,] y, x)``; 0 is none.

        Passes are opened from the lowest on. Where two basins meet, or what they have become, the
        one whose minimum is higher ends, and the other goes on; of equals, the lower label does.
        """
        count = int(labels.max(initial=0)) + 1
        lowest = np.full(count, np.inf)
        known = labels > 0
        np.minimum.at(lowest, labels[known], topography[known].astype(np.float64))
        now, parent = np.arange(count), np.arange(count)
        saliency = np.full(count, np.inf)
        for height, a, b in zip(*_passes(topography, labels, connectivity), strict=True):
            one, other = sorted((_root(now, a), _root(now, b)))
            if one == other:
                continue
            if lowest[other] < lowest[one]:
                one, other = other, one
            now[other] = parent[other] = one
            saliency[other] = height - lowest[other]
        return cls(parent, saliency)

    def merged(self, labels: Array, depth: float) -> Array:
        """The basins of which those shallower than `depth` are part of their parents."""
        becomes = np.where(self.saliency < depth, self.parent, np.arange(len(self.parent)))
        while not np.array_equal(becomes, becomes[becomes]):
            becomes = becomes[becomes]
        kept = np.unique(becomes[1:])
        counted = np.zeros(len(becomes), np.int32)
        counted[kept] = np.arange(1, len(kept) + 1)
        merged: Array = counted[becomes][labels]
        return merged


def _passes(topography: Array, labels: Array, connectivity: int) -> tuple[Array, Array, Array]:
    """Height of the lowest pass between each two basins, and the two, from the lowest on."""
    count, heights, pairs = int(labels.max(initial=0)) + 1, [], []
    for way in product((-1, 0, 1), repeat=labels.ndim):
        if not (way > (0,) * labels.ndim and sum(map(abs, way)) <= connectivity):
            continue
        here, there = (tuple(map(_cut, way, [sign] * labels.ndim)) for sign in (1, -1))
        a, b = labels[here], labels[there]
        apart = (a != b) & (a > 0) & (b > 0)
        low, high = np.minimum(a, b)[apart], np.maximum(a, b)[apart]
        heights.append(np.maximum(topography[here], topography[there])[apart].astype(np.float64))
        pairs.append(low.astype(np.int64) * count + high)
    height, pair = np.concatenate(heights), np.concatenate(pairs)
    order = np.lexsort((height, pair))
    pair, first = np.unique(pair[order], return_index=True)
    height = height[order][first]
    order = np.lexsort((pair, height))
    return height[order], pair[order] // count, pair[order] % count


def _cut(step: int, sign: int) -> slice:
    """What of an axis has a neighbour a step on (sign 1), or a step back."""
    step *= sign
    return slice(max(0, -step), min(0, -step) or None)


def _root(now: Array, basin: Any) -> int:
    """What a basin has become; ways are halved as they are gone."""
    while now[basin] != basin:
        now[basin] = now[now[basin]]
        basin = now[basin]
    return int(basin)
