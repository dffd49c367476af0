"""Compiled seeded region growing: one pixel at a time, or all of equal priority together.

A lattice holds labels (> 0), `OUTSIDE` (0), and negative codes of what waits:
−1 − (value · 2⁵ + turn), where the turn counts how often the pixel has been put into the queue.

Priorities are whole numbers below 2³²; of equal ones, what came first leaves first. Most of what
waits is kept in lines of 2¹² coarse buckets, whose widths grow with the root of the priority, for
most of the work is done at small ones. The bucket that is served is a heap. When a priority falls
below it, the heap is set aside and a new one begun behind it, so that heaps stay small.

Loops are written out where a call would be made for every pixel. Both ways of growing take the same
parameters, and label every pixel that can be reached, in place:

state
    Flat padded lattice, int32, of codes.
values
    Of several channels ``(n, c)``; None for one, whose values are in the codes.
seeds
    ``(n, 2)``: places in `state`, and their labels, in the order of the picture.
offsets
    From a pixel to its neighbours.
labels
    One more than the highest label.
scale
    From a distance to a priority.
flag
    Whether pixels between two regions are nobody's.
"""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding_kernels import (
    OUTSIDE,
    Lines,
    close,
    compiled,
    lines,
    part,
    pop,
    push,
)

TURNS, TURN_BITS = 31, 5
TIED = TURNS  # more turns than a pixel has neighbours
BUCKETS = 1 << 12
PLACE = 31  # bits of a place in a picture
PLACES = (1 << PLACE) - 1
KEPT = 64 - 1 - PLACE - TURN_BITS  # bits of a priority with place and turn in one word

# The place of the lowest bit, by the high bits of its product with a de Bruijn sequence.
SEQUENCE = 0x03F79D71B4CB0A89
LOWEST = np.argsort([(SEQUENCE << bit) % 2**64 >> 58 for bit in range(64)])


@part
def _first(words: Array) -> int:
    """The lowest number in a set of numbers below 4096, −1 when it is empty.

    The 65th word tells which of the others hold something.
    """
    summary = words[64]
    if summary == 0:
        return -1
    word = LOWEST[(((summary & -summary) * SEQUENCE) >> 58) & 63]
    bits = words[word]
    return int((word << 6) + LOWEST[(((bits & -bits) * SEQUENCE) >> 58) & 63])


@part
def _add(words: Array, number: int) -> None:
    """Put a number into the set."""
    words[number >> 6] |= np.int64(1) << (number & 63)
    words[64] |= np.int64(1) << (number >> 6)


@part
def _remove(words: Array, number: int) -> None:
    """Take a number out of the set."""
    words[number >> 6] &= ~(np.int64(1) << (number & 63))
    if words[number >> 6] == 0:
        words[64] &= ~(np.int64(1) << (number >> 6))


@part
def _rise(keys: Array, places: Array, base: int, size: int, key: int, place: int) -> None:
    """Put an entry into the heap of `size` at `base`, which has four children to a parent."""
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        above = keys[base + parent]
        if above <= key:
            break
        keys[base + i] = above
        places[base + i] = places[base + parent]
        i = parent
    keys[base + i] = key
    places[base + i] = place


@part
def _sink(keys: Array, places: Array, base: int, size: int) -> None:
    """Take the first entry off the heap, of which `size` are left."""
    key, place = keys[base + size], places[base + size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        least, least_key = child, keys[base + child]
        for other in range(child + 1, min(child + 4, size)):
            other_key = keys[base + other]
            if other_key < least_key:
                least, least_key = other, other_key
        if least_key >= key:
            break
        keys[base + i] = least_key
        places[base + i] = places[base + least]
        i = least
    keys[base + i] = key
    places[base + i] = place


@part
def _join(state: Array, values: Array | None, regions: Array, place: int, label: int) -> None:
    """The pixel is the region's, whose mean moves.

    Regions are ``(labels, 1 + 2 c)``: count, totals and means. Totals are of whole numbers below
    2²⁶, and so exact, in any order, up to 2²⁷ pixels.
    """
    count = regions[label, 0] + 1
    regions[label, 0] = count
    if values is None:
        total = regions[label, 1] + ((-1 - state[place]) >> TURN_BITS)
        regions[label, 1] = total
        regions[label, 2] = total / count
    else:
        channels = values.shape[1]
        for c in range(channels):
            regions[label, 1 + c] += values[place, c]
            regions[label, 1 + channels + c] = regions[label, 1 + c] / count
    state[place] = label


@part
def _apart(state: Array, values: Array | None, regions: Array, place: int, label: int) -> float:
    """How far a waiting pixel is from a region's mean."""
    if values is None:
        return float(abs(((-1 - state[place]) >> TURN_BITS) - regions[label, 2]))
    squared, channels = 0.0, values.shape[1]
    for c in range(channels):
        squared += (values[place, c] - regions[label, 1 + channels + c]) ** 2
    return float(np.sqrt(squared))


@part
def _near(
    state: Array, values: Array | None, regions: Array, place: int, offsets: Array, scale: float
) -> tuple[int, int, int]:
    """The nearest region next to a waiting pixel, its priority, and what it is among.

    1: it is the only one, and the priority −1; 2: the nearest of several; 3: the first of several
    that are as near.
    """
    label, kinds, least = 0, 0, -1
    for k in range(len(offsets)):
        other = state[place + offsets[k]]
        if other > 0 and other != label:
            if label == 0:
                label, kinds = other, 1
                continue
            if least < 0:
                least = int(_apart(state, values, regions, place, label) * scale)
            priority = int(_apart(state, values, regions, place, other) * scale)
            if priority < least:
                label, least, kinds = other, priority, 2
            else:
                kinds = 3 if priority == least else max(kinds, 2)
    return label, least, kinds


@part
def _priority(
    state: Array, values: Array | None, regions: Array, place: int, offsets: Array, scale: float
) -> int:
    """Of a pixel beside one or several regions."""
    label, least, kinds = _near(state, values, regions, place, offsets, scale)
    return least if kinds > 1 else int(_apart(state, values, regions, place, label) * scale)


@part
def _seeded(state: Array, values: Array | None, seeds: Array, labels: int) -> Array:
    """Join the seeds; the regions."""
    channels = 1 if values is None else values.shape[1]
    regions = np.zeros((labels, 1 + 2 * channels))
    for i in range(len(seeds)):
        if state[seeds[i, 0]] < 0:
            _join(state, values, regions, seeds[i, 0], seeds[i, 1])
    return regions


@part
def _begun(
    state: Array, values: Array | None, regions: Array, seeds: Array, offsets: Array, scale: float
) -> tuple[Lines, Array]:
    """Lines with the pixels beside the seeds, and the set of lines that hold something."""
    far, words = lines(BUCKETS, len(state), 4, np.empty(0, np.int64)), np.zeros(65, np.int64)
    for i in range(len(seeds)):
        for k in range(len(offsets)):
            place = seeds[i, 0] + offsets[k]
            code = -1 - state[place]
            if code >= 0 and code & TURNS == 0:
                priority = _priority(state, values, regions, place, offsets, scale)
                state[place] -= 1
                bucket = _bucket(priority)
                push(far, bucket, (priority << PLACE) | place)
                _add(words, bucket)
    return far, words


@part
def _bucket(priority: int) -> int:
    return int(np.sqrt(priority) * (BUCKETS / 65536.0))


@compiled
def grow_in_order(  # noqa: C901
    state: Array,
    values: Array | None,
    seeds: Array,
    offsets: Array,
    labels: int,
    scale: float,
    flag: bool,
) -> int:
    """Label one pixel after the other, the most alike first (Adams & Bischof)."""
    regions = _seeded(state, values, seeds, labels)
    far, words = _begun(state, values, regions, seeds, offsets, scale)
    keys, places = np.empty(len(state), np.int64), np.empty(len(state), np.int32)
    aside, depth = np.empty((BUCKETS + 1, 2), np.int64), 0  # bucket and size of earlier heaps
    base, size, served, age, touched = 0, 0, BUCKETS, 0, np.int32(0)
    while True:
        if size == 0:
            served = bucket = _first(words)
            if depth > 0 and (bucket < 0 or aside[depth - 1, 0] <= bucket):
                depth -= 1
                served, size = aside[depth, 0], aside[depth, 1]
                base -= size
            if served < 0:
                return int(touched)
            if bucket == served:
                _remove(words, bucket)
                while far.head[bucket] != far.tail[bucket]:
                    entry = pop(far, bucket)
                    _rise(keys, places, base, size, (entry & ~PLACES) | age, entry & PLACES)
                    size, age = size + 1, age + 1
                close(far, bucket)
        place = places[base]
        size -= 1
        if size > 0:
            _sink(keys, places, base, size)
            # What is next is known by now: its rows reach the cache while this one is served.
            touched ^= state[places[base] + offsets[0]] ^ state[places[base] + offsets[-1]]
        label, _, kinds = _near(state, values, regions, place, offsets, scale)
        if flag and kinds > 1:
            state[place] = OUTSIDE
            continue
        _join(state, values, regions, place, label)
        for k in range(len(offsets)):
            near = place + offsets[k]
            code = -1 - state[near]
            if code >= 0 and code & TURNS == 0:
                priority = int(_apart(state, values, regions, near, label) * scale)
                state[near] -= 1
                bucket = _bucket(priority)
                if bucket > served:
                    push(far, bucket, (priority << PLACE) | near)
                    _add(words, bucket)
                    continue
                if bucket < served and size > 0:
                    aside[depth, 0], aside[depth, 1] = served, size
                    depth, base, size = depth + 1, base + size, 0
                served = bucket
                _rise(keys, places, base, size, (priority << PLACE) | age, near)
                size, age = size + 1, age + 1


@part
def _waiting(state: Array, place: int, turn: int) -> bool:
    """Whether an entry is the pixel's latest, and no label has come since."""
    code = -1 - state[place]
    return bool(code >= 0 and code & TURNS == turn)


@compiled
def grow_together(  # noqa: C901
    state: Array,
    values: Array | None,
    seeds: Array,
    offsets: Array,
    labels: int,
    scale: float,
    flag: bool,
) -> None:
    """Label all pixels of the least priority together (Mehnert & Jackway).

    What is chosen depends on what was there before, and means move afterwards; neighbours of what
    was labelled, whether they wait already or not, are then given priorities by the new means.
    """
    regions = _seeded(state, values, seeds, labels)
    keys, places = np.empty(1024, np.int64), np.empty(1024, np.int32)
    held, tied = seeds[:, 0].copy(), np.empty(0, np.int32)
    size, resolving = 0, False
    while True:
        for i in range(len(held)):
            for k in range(len(offsets)):
                near = held[i] + offsets[k]
                code = -1 - state[near]
                if code < 0 or code & TURNS == TIED:
                    continue
                priority = _priority(state, values, regions, near, offsets, scale)
                state[near] -= 1
                if size == len(keys):
                    keys, places = np.append(keys, keys), np.append(places, places)
                _rise(keys, places, 0, size, (priority << PLACE) | (code & TURNS) + 1, near)
                size += 1
        if size == 0 and len(tied) == 0:
            return
        resolving = size == 0
        chosen = tied if resolving else np.empty(size, np.int32)
        count, level = len(tied) if resolving else 0, keys[0] >> PLACE
        while size > 0 and keys[0] >> PLACE == level:
            if _waiting(state, places[0], keys[0] & PLACES):
                chosen[count] = places[0]
                count += 1
            size -= 1
            if size > 0:
                _sink(keys, places, 0, size)
        chosen = chosen[:count].copy()
        given = np.zeros(count, np.int32)
        for i in range(count):
            label, _, kinds = _near(state, values, regions, chosen[i], offsets, scale)
            given[i] = label if kinds == 1 or (kinds == 2 and not flag) else 0
        for i in range(count):
            if given[i] > 0:
                _join(state, values, regions, chosen[i], given[i])
            elif flag or resolving:
                state[chosen[i]] = OUTSIDE
            else:
                state[chosen[i]] = -1 - ((-1 - state[chosen[i]]) | TIED)
        held, left = chosen[given > 0], chosen[given == 0]
        if resolving:
            tied = left[:0]
        elif not flag:
            tied = np.append(tied, left)
