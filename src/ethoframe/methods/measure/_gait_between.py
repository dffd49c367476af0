"""How paws go together: the order and the phase of their steps, and how far apart they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array
from ethoframe.methods.measure._gait import Paw

PAIRS = (
    ("left hind", "right hind"),
    ("left fore", "right fore"),
    ("left hind", "left fore"),
    ("right hind", "right fore"),
    ("left hind", "right fore"),
    ("right hind", "left fore"),
    ("hind", "fore"),
)
"""Whose phase is told: of the second in the stride of the first."""

PATTERNS: Mapping[str, str] = {
    "Ca": "RF LF RH LH",
    "Cb": "LF RF LH RH",
    "Aa": "RF RH LF LH",
    "Ab": "LF RH RF LH",
    "Ra": "RF LF LH RH",
    "Rb": "LF RF RH LH",
}
"""The normal orders of four paws: cruciate, alternate and rotary, two each."""

ROUND = 1e-9
"""Shorter mean vectors are nothing but rounding, and point nowhere."""

_SHORT = {"RF": "right fore", "LF": "left fore", "RH": "right hind", "LH": "left hind"}


def phases(one: Paw, other: Paw, stretch: Stretch) -> Array:
    """Where in a stride of `one` the other touches down ``(n,)``, as a share of the stride."""
    found = [np.zeros(0)]
    strides = one.strides.within(stretch)
    for down, following in zip(strides.down_s, strides.next_s, strict=True):
        inside = other.down_s[(other.down_s >= down) & (other.down_s < following)]
        found.append((inside - down) / (following - down))
    return np.concatenate(found)


def circular(share: Array) -> tuple[float, float]:
    """Mean direction of shares ``(n,)`` of a circle, from 0 up to 1, and how alike they are.

    The second is the length of the mean vector: 1 of shares that are all the same, about 0 of
    shares all round. NaN of none.

    Examples
    --------
    >>> [round(each, 3) % 1 for each in circular(np.array([0.9, 0.1]))]
    [0.0, 0.809]
    """
    if not len(share):
        return float("nan"), float("nan")
    mean = np.exp(2j * np.pi * share).mean()
    length = min(float(np.abs(mean)), 1.0)
    # A direction a hair before 0 comes out as 1 the first time.
    direction = float(np.angle(mean)) / (2 * np.pi) % 1 % 1
    return direction if length > ROUND else float("nan"), length


def base(left: Paw, right: Paw, stretch: Stretch) -> Array:
    """How far ``(n,)`` a paw stands beside the line between two footprints of its counterpart."""
    found = [np.zeros(0)]
    for one, other in ((left, right), (right, left)):
        strides = one.strides.within(stretch)
        way, length = strides.following - strides.places, strides.length
        for k, (down, following) in enumerate(zip(strides.down_s, strides.next_s, strict=True)):
            inside = (other.down_s >= down) & (other.down_s < following)
            away = other.places[inside] - strides.places[k]
            if length[k] > 0:
                found.append(np.abs(way[k, 0] * away[:, 1] - way[k, 1] * away[:, 0]) / length[k])
    return np.concatenate(found)


def order(paws: Sequence[Paw], stretch: Stretch) -> list[str]:
    """The paws by name, in the order in which they touched down."""
    every = [(at, paw.name) for paw in paws for at in paw.down_s[stretch.holds(paw.down_s)]]
    return [name.removesuffix(" paw") for _, name in sorted(every)]


def regular(sequence: Sequence[str]) -> float:
    """Share of the steps that are part of a normal pattern; NaN of fewer than four steps.

    A pattern is four steps in a row, each of another paw: the normal patterns are all the orders in
    which four paws can follow each other over and over.

    Examples
    --------
    >>> trot = ["left fore", "right hind", "right fore", "left hind"]
    >>> regular(trot * 3), round(regular([*trot, "left hind", "left hind"]), 3)
    (1.0, 0.667)
    """
    if len(sequence) < 4:
        return float("nan")
    part = np.zeros(len(sequence), bool)
    for at in range(len(sequence) - 3):
        if len(set(sequence[at : at + 4])) == 4:
            part[at : at + 4] = True
    return float(part.mean())


def patterns(sequence: Sequence[str]) -> dict[str, float]:
    """Share of the normal patterns in a sequence that are each of `PATTERNS`; NaN without any."""
    known: dict[tuple[str, ...], str] = {}
    for name, words in PATTERNS.items():
        paws = [_SHORT[word] for word in words.split()]
        known |= {tuple(paws[k:] + paws[:k]): name for k in range(4)}
    found = [known.get(tuple(sequence[at : at + 4])) for at in range(len(sequence) - 3)]
    normal = [name for name in found if name]
    count = len(normal)
    return {name: normal.count(name) / count if count else float("nan") for name in PATTERNS}
