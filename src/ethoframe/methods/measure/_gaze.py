"""How far the way a head points is off something, and for how long it points there."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ethoframe.data import Zone
from ethoframe.data.noun import Array

POINTS = 64
"""Points looked at on an outline at the least: how wide it seems is told well enough by them."""


def off_place(angle: Array, eyes: Array, place: Array) -> Array:
    """Angle ``(t,)`` from 0 to π between a heading ``(t,)`` and the way to a place ``(t, 2)``."""
    return np.abs(_off(angle, eyes, place))


def off_zone(angle: Array, eyes: Array, zone: Zone) -> Array:
    """The same to the nearest part of a zone: 0 where the heading meets its outline.

    Infinite where the eyes are inside: what is all round is not looked at.
    """
    near: Array = np.min([_off_outline(angle, eyes, each) for each in zone.outlines], axis=0)
    return np.where(zone.depth(eyes) > 0, np.inf, near)


def _off_outline(angle: Array, eyes: Array, outline: Array) -> Array:
    per_side = max(1, POINTS // len(outline))
    share = np.arange(per_side)[:, None] / per_side
    sides = zip(outline, np.roll(outline, -1, axis=0), strict=True)
    least, ahead = np.full(len(angle), np.inf), np.zeros((2, len(angle)), bool)
    for place in np.concatenate([a + share * (b - a) for a, b in sides]):
        off = _off(angle, eyes, place)
        least = np.fmin(least, np.abs(off))
        # With a part within a right angle to either side, the heading goes through between.
        ahead |= np.stack([(off >= 0) & (off < np.pi / 2), (off < 0) & (off > -np.pi / 2)])
    met: Array = np.where(ahead.all(axis=0), 0.0, least)
    return np.where(np.isfinite(angle) & np.isfinite(eyes).all(axis=1), met, np.nan)


def _off(angle: Array, eyes: Array, place: Array) -> Array:
    """From -π up to π, growing to the right of the animal."""
    way = place - eyes
    wrapped: Array = (np.arctan2(way[:, 1], way[:, 0]) - angle + np.pi) % (2 * np.pi) - np.pi
    return wrapped


def spans(
    chosen: Array, piece: slice, times_s: Array, last_s: float, bridged_s: float, least_s: float
) -> list[tuple[float, float]]:
    """When something goes on within one piece, as starts and stops in seconds.

    Each frame lasts until the next, the last one `last_s`. Interruptions shorter than `bridged_s`
    are none, and what is then shorter than `least_s` is left out.
    """
    ends_s = np.append(times_s[piece], times_s[piece][-1] + last_s)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], chosen[piece], [0]]).astype(np.int8)))
    found = ends_s[edges].reshape(-1, 2)
    if not len(found):
        return []
    apart = [b[0] - a[1] >= bridged_s * (1 - 1e-9) for a, b in pairwise(found)]
    starts, stops = found[np.array([True, *apart]), 0], found[np.array([*apart, True]), 1]
    lasting = stops - starts >= least_s * (1 - 1e-9)
    return list(zip(starts[lasting].tolist(), stops[lasting].tolist(), strict=True))
