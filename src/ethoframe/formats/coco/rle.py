"""Masks as lengths of runs, column after column, as COCO keeps them; also packed into text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data.noun import Array

FIRST = 48
"""The character that stands for 0."""

BITS, MORE, SIGN = 5, 0x20, 0x10
"""Of each character: how many bits of a number it holds, whether more follow, and its sign."""


def runs(mask: Array) -> list[int]:
    """Lengths of runs outside and inside of a mask ``(y, x)`` in turn, the first one outside.

    Examples
    --------
    >>> runs(np.array([[0, 1], [1, 1]]))
    [1, 3]
    """
    flat = np.asarray(mask, bool).ravel(order="F")
    if not flat.size:
        return []
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(flat)) + 1, [flat.size]])
    lengths: list[int] = np.diff(bounds).tolist()
    return [0, *lengths] if flat[0] else lengths


def mask(counts: Sequence[int], size: tuple[int, int]) -> Array:
    """The mask ``(y, x)`` of these runs, booleans.

    Raises
    ------
    ValueError
        When they do not fill a picture of this size.

    Examples
    --------
    >>> mask([1, 3], (2, 2)).astype(int).tolist()
    [[0, 1], [1, 1]]
    """
    lengths = np.asarray(counts, np.int64).reshape(-1)
    if np.any(lengths < 0) or sum(int(each) for each in lengths) != size[0] * size[1]:
        raise ValueError(f"its runs do not fill a picture of {size[0]} × {size[1]} pixels")
    flat = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
    return flat.reshape(size, order="F")


def packed(counts: Sequence[int]) -> str:
    """Runs as text: from the third on their difference to the last but one, in steps of five bits.

    Examples
    --------
    >>> packed([0, 120000])
    '0PVe3'
    """
    text = []
    for place, count in enumerate(counts):
        left = count - counts[place - 2] if place > 2 else count
        while True:
            part, left = left & (MORE - 1), left >> BITS
            done = left == (-1 if part & SIGN else 0)
            text.append(chr(FIRST + (part if done else part | MORE)))
            if done:
                break
    return "".join(text)


def unpacked(text: str) -> list[int]:
    """The runs that `packed` wrote.

    Raises
    ------
    ValueError
        When the text ends within a number, or has a letter that stands for none.

    Examples
    --------
    >>> unpacked("0PVe3")
    [0, 120000]
    """
    counts: list[int] = []
    value = shift = 0
    for letter in text:
        part = ord(letter) - FIRST
        if not 0 <= part < 2 * MORE:
            raise ValueError(f"no run is written with {letter!r}")
        value |= (part & (MORE - 1)) << shift
        shift += BITS
        if part & MORE:
            continue
        value -= (part & SIGN) and 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = shift = 0
    if shift:
        raise ValueError("it ends within a run")
    return counts
