"""Compiled parts of the watershed by topographic distance."""

from __future__ import annotations

import heapq

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding_kernels import OUTSIDE, compiled, part

UNSEEN, PASSED = -1, -2


@part
def _plateau(
    levels: Array, state: Array, offsets: Array, queue: Array, start: int
) -> tuple[int, bool]:
    """Put the plateau of a pixel into the queue; its size, and whether nothing beside is lower."""
    queue[0], read, written, lowest = start, 0, 1, True
    state[start] = PASSED
    while read < written:
        for k in range(len(offsets)):
            near = queue[read] + offsets[k]
            if state[near] != OUTSIDE and levels[near] < levels[start]:
                lowest = False
            elif state[near] == UNSEEN and levels[near] == levels[start]:
                state[near] = PASSED
                queue[written] = near
                written += 1
        read += 1
    return written, lowest


@compiled
def minima(levels: Array, state: Array, offsets: Array) -> int:
    """Label every regional minimum, plateaus as one, in place; how many there are.

    Parameters
    ----------
    levels
        Flat padded lattice.
    state
        The same, int32: `UNSEEN` in the picture and `OUTSIDE` elsewhere; after it, labels of
        minima, and `UNSEEN` where there is none.
    offsets
        From a pixel to its neighbours.
    """
    found, queue = 0, np.empty(len(state), np.int32)
    for start in range(len(state)):
        if state[start] == UNSEEN:
            size, lowest = _plateau(levels, state, offsets, queue, start)
            if lowest:
                found += 1
                for i in range(size):
                    state[queue[i]] = found
    for place in range(len(state)):
        if state[place] == PASSED:
            state[place] = UNSEEN
    return found


@part
def _slope(levels: Array, state: Array, offsets: Array, lengths: Array, place: int) -> float:
    """Steepest way down from a pixel, 0 where there is none."""
    steepest = 0.0
    for k in range(len(offsets)):
        near = place + offsets[k]
        if state[near] != OUTSIDE:
            steepest = max(steepest, (levels[place] - levels[near]) / lengths[k])
    return steepest


@compiled
def by_distance(levels: Array, state: Array, offsets: Array, lengths: Array) -> None:
    """Give each pixel to the minimum from which level plus topographic distance is least, in place.

    Parameters
    ----------
    levels, state, offsets
        As `minima` leaves them.
    lengths
        Of each offset.
    """
    heap, age = [(0.0, 0, 0, np.int64(0))], 0
    heap.clear()
    for place in range(len(state)):
        if state[place] > 0:
            # Minima are served like all others, in the order of their levels.
            heapq.heappush(heap, (levels[place], age, place, np.int64(state[place])))
            age += 1
            state[place] = UNSEEN
    while len(heap) > 0:
        cost, _, place, label = heapq.heappop(heap)
        if state[place] != UNSEEN:
            continue
        state[place] = label
        here = _slope(levels, state, offsets, lengths, place)
        for k in range(len(offsets)):
            near = place + offsets[k]
            if state[near] == UNSEEN:
                up, steep = levels[near] - levels[place], 0.0
                if up > 0:
                    steep = _slope(levels, state, offsets, lengths, near)
                elif up < 0:
                    steep = here
                heapq.heappush(heap, (cost + steep * lengths[k], age, near, label))
                age += 1
