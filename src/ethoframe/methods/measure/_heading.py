"""Where an animal faces, and how often it turns full circle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes, spelled

Axis = tuple[str, str]
"""Keypoints or roles: from the first to the second is forwards."""

BODY: tuple[Axis, ...] = (("tail_end", "head_end"), ("tail_base", "nose"), ("tail_base", "head"))
"""What a body axis is told by, the first that there is."""

HEAD: tuple[Axis, ...] = (
    ("head", "nose"),
    ("neck", "nose"),
    ("body_centre", "nose"),
    ("tail_end", "head_end"),
)
"""What the way the head points is told by, the first that there is."""


def axis_among(
    keypoints: Sequence[str], hind_end: str, fore_end: str, known: Sequence[Axis]
) -> Axis:
    """The axis that is asked for, or else the first known one of two different keypoints.

    Empty names where there is none.
    """
    asked = [(hind_end, fore_end)] if hind_end and fore_end else known
    for first, second in asked:
        ends = makes(first, keypoints), makes(second, keypoints)
        if all(ends) and set(ends[0]) != set(ends[1]):
            return first, second
    return "", ""


def refuse_half(where: str, hind_end: str, fore_end: str) -> None:
    """Refuse an axis of which one end is asked for and the other is not.

    Raises
    ------
    Refusal
        Told of `where`.
    """
    if bool(hind_end) != bool(fore_end):
        raise Refusal(where, "one end of an axis is none", "name hind_end and fore_end, or neither")


def spelled_axis(axis: Axis, keypoints: Sequence[str]) -> str:
    """The axis in words."""
    return " to ".join(spelled(end, keypoints) for end in axis)


def heading(tracks: Tracks, axis: Axis) -> Array:
    """Angle ``(t,)`` of the axis in radians, from x towards y, which runs down; NaN if not seen."""
    if not all(axis):
        return np.full(len(tracks), np.nan)
    ahead = tracks.place(axis[1]) - tracks.place(axis[0])
    known = np.any(ahead != 0, axis=1)
    angle: Array = np.where(known, np.arctan2(ahead[:, 1], ahead[:, 0]), np.nan)
    return angle


def seen_s(angle: Array, times_s: Array, stretch: Stretch) -> float:
    """Seconds of a stretch in which the heading was known at both ends of a step."""
    if len(times_s) < 2:
        return 0.0
    known = np.isfinite(angle)
    inside = stretch.holds(times_s)[:-1]
    return float(np.diff(times_s)[known[1:] & known[:-1] & inside].sum())


def turns(angle: Array, times_s: Array, stretch: Stretch, back: float) -> tuple[int, int]:
    """Full turns to the left and to the right, as the animal would say, in a stretch of time.

    Those of its spans add up and do not join. Where the heading is not known the animal is taken
    to have turned the shorter way.

    Parameters
    ----------
    angle
        Heading ``(t,)`` in radians.
    back
        Turning back so far, in radians, breaks a turn off.
    """
    left = right = 0
    for first, last in np.searchsorted(times_s, stretch.spans_s):
        inside = angle[first : last + 1]
        way = np.unwrap(inside[np.isfinite(inside)])
        # y runs down in the picture, so a growing angle is a turn to the animal's right.
        left, right = left + _full_turns(-way, back), right + _full_turns(way, back)
    return left, right


def pieces(angle: Array, times_s: Array, longest_s: float) -> list[slice]:
    """Runs of frames in which the heading is known, without a break."""
    if not len(angle):
        return []
    known = np.isfinite(angle)
    apart = np.diff(times_s) > longest_s
    edges = np.flatnonzero((known[1:] != known[:-1]) | apart) + 1
    bounds = [0, *edges.tolist(), len(angle)]
    return [slice(a, b) for a, b in pairwise(bounds) if known[a]]


def _full_turns(angle: Array, back: float) -> int:
    """How often the angle grew by a full turn, without falling back by `back` in between."""
    if not len(angle) or np.ptp(angle) < 2 * np.pi:
        return 0
    count, start, top = 0, 0.0, 0.0
    for i, now in enumerate(angle.tolist()):
        if i == 0 or now < top - back or now < start:
            start = top = now
        elif now > top:
            top = now
        if top - start >= 2 * np.pi:
            count, start = count + 1, start + 2 * np.pi
    return count
