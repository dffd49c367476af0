"""How the levels of an OME-NGFF image lie, each half the size of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.data import Recording
from ethoframe.data.noun import Array
from ethoframe.formats._writing import planes_at_once

CHUNK = 256
"""Pixels along each side of a chunk."""

PLANES = 32
"""Planes in a chunk of a volume, at most."""

SHARD = 8
"""Chunks along each side of a shard, at most: a file holds as many."""

BLOCK_BYTES = 16 * 2**20
"""Of frames that share a shard, where there are several."""

FRAMES = 64
"""Frames that share a shard, at most."""


@dataclass(frozen=True)
class Grid:
    """How an array of one level lies.

    Parameters
    ----------
    shape, chunks, shards
        Along t, c, z, y, x.
    factors
        By how much each of its pixels is larger than one of the finest level.
    shift
        How far its first pixel lies from that of the finest level, in pixels of that.
    """

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    shards: tuple[int, ...]
    factors: tuple[int, ...] = (1,) * 5
    shift: tuple[float, ...] = (0.0,) * 5


def grids_of(recording: Recording, *, labels: bool) -> list[Grid]:
    """The finest level and those of half its size, and so on, down to one chunk."""
    planes, height, width = (1, *recording.size)[-3:]
    shape: tuple[int, ...] = (len(recording), len(recording.channels), planes, height, width)
    deep = min(PLANES, planes, planes_at_once(recording))
    frames = max(1, min(FRAMES, BLOCK_BYTES // max(1, recording.frame_bytes)))
    steps = list((0.0, *recording.spacing_mm)[-3:]) if recording.spacing_mm else [1.0] * 3
    factors: tuple[int, ...] = (1,) * 5
    shift: tuple[float, ...] = (0.0,) * 5
    grids: list[Grid] = []
    while True:
        grids.append(_laid(shape, deep, frames if planes == 1 else 1, factors, shift))
        if max(shape[3:]) <= CHUNK:
            return grids
        # Planes that lie further apart than pixels are kept, until they are as near.
        thin = 2 if shape[2] > 1 and steps[0] <= 1.5 * min(steps[1:]) else 1
        by = (1, 1, thin, 2, 2)
        moved = 0.0 if labels else 0.5
        shift = tuple(s + moved * (b - 1) * f for s, b, f in zip(shift, by, factors, strict=True))
        factors = tuple(f * b for f, b in zip(factors, by, strict=True))
        shape = tuple(-(-length // b) for length, b in zip(shape, by, strict=True))
        steps = [step * b for step, b in zip(steps, by[2:], strict=True)]


def _laid(
    shape: tuple[int, ...],
    deep: int,
    frames: int,
    factors: tuple[int, ...],
    shift: tuple[float, ...],
) -> Grid:
    sides = [min(CHUNK, length) for length in shape[3:]]
    chunks = (1, 1, min(deep, shape[2]), *sides)
    across = [
        side * min(SHARD, -(-length // side)) for side, length in zip(sides, shape[3:], strict=True)
    ]
    shards = (min(frames, shape[0]), 1, chunks[2], *across)
    return Grid(shape, chunks, shards, factors, shift)


def halved(block: Array, by: list[int], dtype: np.dtype[Any], *, labels: bool) -> Array:
    """Means of neighbours; of labels, the first of them."""
    if labels:
        return block[tuple(slice(None, None, b) for b in by)]
    wide = block.astype(np.result_type(block.dtype, np.float32))
    for axis, b in enumerate(by):
        if b == 2:
            edge = [(0, 0)] * wide.ndim
            edge[axis] = (0, wide.shape[axis] % 2)
            even = np.pad(wide, edge, mode="edge").take(range(0, wide.shape[axis], 2), axis)
            odd = np.pad(wide, edge, mode="edge").take(range(1, wide.shape[axis] + 1, 2), axis)
            wide = (even + odd) / 2
    return (np.rint(wide) if dtype.kind in "iu" else wide).astype(dtype)
