"""Compiled parts of flooding: a queue with a line of pixels for every level, and the flood itself.

Importing this module loads numba, so it is imported inside functions only. Compiled code is kept
beside this file, or where the system allows; where nothing can be written it is compiled again in
each process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from ethoframe.data.noun import Array

F = TypeVar("F", bound=Callable[..., Any])

OUTSIDE = 0  # beyond the picture or its mask; whatever is negative waits to be reached


def compiled(function: F) -> F:
    """The function in machine code, kept from one process to the next where that is possible."""
    try:
        kept: Any = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder can be written
        kept = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(F, kept)


def part(function: F) -> F:
    """A part of compiled functions, made where it is used and kept with them."""
    made: Any = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(F, made)


class Lines(NamedTuple):
    """First in, first out for every level, in blocks of one pool.

    A block that has been read to its end is used again at once, so that the pool that is touched
    is as large as what waits, and stays in the processor's cache.

    Parameters
    ----------
    head, tail
        Where in the pool each level is read and written; equal where nothing waits.
    pool
        What waits, block by block.
    link
        The block after each block.
    spare
        Blocks used so far, the first free one (-1: none), and entries to a block as a power of 2.
    """

    head: Array
    tail: Array
    pool: Array
    link: Array
    spare: Array


@part
def lines(levels: int, most: int, bits: int, like: Array) -> Lines:
    """Empty lines for at most `most` entries, of the type of `like`, at the same time."""
    blocks = (most >> bits) + 2 * levels + 2
    return Lines(
        np.full(levels, -1, np.int32),
        np.full(levels, -1, np.int32),
        np.empty(blocks << bits, like.dtype),
        np.empty(blocks, np.int32),
        np.array([0, -1, bits], np.int32),
    )


@part
def _block(q: Lines) -> int:
    """A free block."""
    free = q.spare[1]
    if free >= 0:
        q.spare[1] = q.link[free]
        return int(free)
    q.spare[0] += 1
    return int(q.spare[0] - 1)


@part
def push(q: Lines, level: int, entry: int) -> None:
    """The entry waits at the end of the level's line."""
    bits = q.spare[2]
    at = q.tail[level]
    if at < 0:
        at = _block(q) << bits
        q.head[level] = at
    q.pool[at] = entry
    at += 1
    if at & ((1 << bits) - 1) == 0:
        following = _block(q)
        q.link[(at - 1) >> bits] = following
        at = following << bits
    q.tail[level] = at


@part
def pop(q: Lines, level: int) -> int:
    """What has waited longest at the level, where something waits."""
    bits = q.spare[2]
    at = q.head[level]
    entry = q.pool[at]
    at += 1
    if at & ((1 << bits) - 1) == 0:
        read = (at - 1) >> bits
        at = q.link[read] << bits
        q.link[read], q.spare[1] = q.spare[1], read
    q.head[level] = at
    return int(entry)


@part
def close(q: Lines, level: int) -> None:
    """Give the last block of an empty line back."""
    block = q.head[level] >> q.spare[2]
    q.link[block], q.spare[1] = q.spare[1], block
    q.head[level] = q.tail[level] = -1


@part
def _open(state: Array, pixel: int, offsets: Array) -> bool:
    """Whether a neighbour waits to be reached."""
    for k in range(len(offsets)):  # noqa: SIM110  compiled code knows no generators
        if state[pixel + offsets[k]] < 0:
            return True
    return False


@compiled
def flood(state: Array, markers: Array, offsets: Array, levels: int, bits: int) -> None:
    """Label every pixel that can be reached, in place.

    Parameters
    ----------
    state
        Flat padded lattice, int32: −1 − level where a label is wanted, `OUTSIDE` elsewhere.
    markers
        ``(n, 2)``: places in `state`, and their labels (> 0), in the order in which they start;
        written over.
    offsets
        From a pixel to its neighbours.
    levels
        How many there are.
    bits
        Pixels to a block of the queue, as a power of 2.
    """
    q = lines(levels, len(state), bits, state)
    for i in range(len(markers)):
        pixel = markers[i, 0]
        level = -1 - state[pixel]
        if level >= 0:
            state[pixel] = markers[i, 1]
        markers[i, 1] = level
    for i in range(len(markers)):
        pixel, level = markers[i]
        # Most pixels of a large marker lie inside it, and have nothing to flood.
        if level >= 0 and _open(state, pixel, offsets):
            push(q, level, pixel)
    for level in range(levels):
        if q.tail[level] < 0:
            continue
        while q.head[level] != q.tail[level]:
            pixel = pop(q, level)
            label = state[pixel]
            for k in range(len(offsets)):
                near = pixel + offsets[k]
                own = -1 - state[near]
                if own >= 0:
                    state[near] = label
                    push(q, max(own, level), near)
        close(q, level)


@compiled
def packed(state: Array, shape: tuple[int, int, int], flat: bool) -> None:
    """Move the picture inside a padded lattice to its front, in place; what was not reached is 0.

    Parameters
    ----------
    state
        Flat padded lattice.
    shape
        Of the picture ``(z, y, x)``.
    flat
        Whether there is no padding along z.
    """
    depth, height, width = shape
    to = 0
    for z in range(depth):
        for y in range(height):
            row = ((z + (0 if flat else 1)) * (height + 2) + y + 1) * (width + 2) + 1
            for x in range(width):
                state[to] = max(state[row + x], 0)
                to += 1
