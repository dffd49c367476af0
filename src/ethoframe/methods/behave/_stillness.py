"""When a body neither moves nor changes for long enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ethoframe.data import Episodes, Refusal, Tracks
from ethoframe.data.noun import Array

ENDS = ("head_end", "tail_end")
BODY = ("centroid", *ENDS)
SHAPE = ("area_px2", "major_px")
"""What of a silhouette changes when the body does."""


def refuse_without_body(where: str, keypoints: Sequence[str], unit: str) -> None:
    """Refuse tracks that do not tell both ends of a body, or know no length.

    Raises
    ------
    Refusal
        In one line, what is missing.
    """
    missing = ", ".join(name for name in BODY if name not in keypoints)
    if missing:
        raise Refusal(where, f"the tracks have no {missing}", "name the ends first: clean/orient")
    if unit == "px":
        raise Refusal(where, "needs mm or body lengths", "give the arena's side, as --side 40cm")


def whole(tracks: Tracks) -> Tracks:
    """The tracks where centroid and both ends were seen; NaN elsewhere."""
    seen = np.all([np.isfinite(tracks.at(name)).all(axis=1) for name in BODY], axis=0)
    return replace(tracks, position=np.where(seen[:, None, None, None], tracks.position, np.nan))


def quiet(values: Array, times_s: Array, window_s: float, least_per_s: float) -> Array:
    """Whether each frame ``(t,)`` lies in a window in which next to nothing happened.

    A window of `window_s` stands around each frame, shorter at the ends of the track. What happened
    in it is the diagonal of the box that holds all values: for a steady course its length, and more
    than nothing for a movement to and fro, however fast. It is divided by the time from the first
    to the last frame of the window.

    Parameters
    ----------
    values, times_s
        Numbers ``(t, n)`` without NaN, and seconds ``(t,)``.
    least_per_s
        From so much per second on, something happened.
    """
    if len(values) < 2:
        return np.ones(len(values), bool)
    first, last = _windows(times_s, window_s)
    spread = [
        _greatest(column, first, last) + _greatest(-column, first, last) for column in values.T
    ]
    happened = np.sqrt(np.sum(np.square(spread), axis=0)) / (times_s[last] - times_s[first])
    still = happened < least_per_s
    begun = np.zeros(len(values) + 1, np.int64)
    np.add.at(begun, first[still], 1)
    np.subtract.at(begun, last[still] + 1, 1)
    inside: Array = np.cumsum(begun)[:-1] > 0
    return inside


def shape_quiet(tracks: Tracks, window_s: float, least_per_s: float) -> Array:
    """The same for area and length of the silhouette, as shares of themselves; true without one."""
    still = np.ones(len(tracks), bool)
    for name in SHAPE:
        size = tracks.feature(name) if name in tracks.features else np.zeros(0)
        if len(size) and (size > 0).all():  # false for NaN as well: unknown is no change
            still &= quiet(np.log(size)[:, None], tracks.times_s, window_s, least_per_s)
    return still


def lasting(spans: Array, bridged_s: float, least_s: float) -> Array:
    """Spans ``(n, 2)``: interruptions shorter than `bridged_s` bridged, what is short left out.

    Examples
    --------
    >>> lasting(np.array([[0.0, 1.0], [1.1, 2.0], [5.0, 5.5]]), 0.2, 1.0).tolist()
    [[0.0, 2.0]]
    """
    kept = np.ones(len(spans) + 1, bool)
    kept[1:-1] = [b[0] - a[1] >= bridged_s - 1e-9 for a, b in pairwise(spans)]
    joined = np.stack([spans[kept[:-1], 0], spans[kept[1:], 1]], axis=1)
    enough: Array = joined[joined[:, 1] - joined[:, 0] >= least_s - 1e-9]
    return enough


def pieces(tracks: Tracks) -> Iterator[tuple[Tracks, float]]:
    """Each run of frames in which the whole body was seen, and when it ends in seconds."""
    seen = whole(tracks)
    for piece, (_, stop_s) in zip(seen.pieces("centroid"), seen.support_s("centroid"), strict=True):
        yield seen.take(piece), float(stop_s)


def told(label: str, spans: list[Array], tracks: Tracks, author: str, words: str) -> Episodes:
    """Episodes of one label, looked for wherever the whole body was seen."""
    support = whole(tracks).support_s("centroid")
    every = np.concatenate([np.zeros((0, 2)), *spans])
    return Episodes.of(label, every, support, author, words)


def _windows(times_s: Array, window_s: float) -> tuple[Array, Array]:
    """First and last frame ``(t,)`` within half a window of each, with a neighbour at the least."""
    half, index = window_s / 2 * (1 + 1e-9), np.arange(len(times_s))
    first = np.searchsorted(times_s, times_s - half)
    last = np.searchsorted(times_s, times_s + half, side="right") - 1
    first = np.minimum(first, np.maximum(index - 1, 0))
    return first, np.maximum(last, np.minimum(index + 1, len(times_s) - 1))


def _greatest(values: Array, first: Array, last: Array) -> Array:
    """The greatest of the values from `first` to `last`, for each pair of them."""
    # Of stretches of 1, 2, 4 … values; any other is covered by two of the next shorter kind.
    tables, kind = [values], np.log2(last - first + 1).astype(int)
    for power in range(int(kind.max())):
        shorter = tables[-1]
        tables.append(np.maximum(shorter[: -(2**power)], shorter[2**power :]))
    found = np.empty(len(first))
    for power, table in enumerate(tables):
        own = kind == power
        found[own] = np.maximum(table[first[own]], table[last[own] - 2**power + 1])
    return found
