"""From what holds in each frame to spans of time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ethoframe.data import Episodes, Tracks
from ethoframe.data.noun import Array


def hysteresis(begins: Array, ends: Array) -> Array:
    """True from where something begins until it ends ``(t,)``; between the two it goes on.

    Before the first frame that says either, what that one says holds.

    Examples
    --------
    >>> speed = np.array([0.0, 17.0, 25.0, 17.0, 9.0, 17.0])
    >>> hysteresis(speed > 20, speed < 15).tolist()
    [False, False, True, True, False, False]
    """
    say = np.where(begins, 1, np.where(ends, 0, -1))
    said = np.flatnonzero(say >= 0)
    if len(said) == 0:
        return np.zeros(len(say), bool)
    last = np.searchsorted(said, np.arange(len(say)), side="right") - 1
    holds: Array = say[said[np.maximum(last, 0)]] == 1
    return holds


def hysteresis_in(parts: Sequence[slice], begins: Array, ends: Array) -> Array:
    """The same within each run of frames by itself ``(t,)``; what lies in none is not chosen."""
    holds = np.zeros(len(begins), bool)
    for part in parts:
        holds[part] = hysteresis(begins[part], ends[part])
    return holds


def runs(chosen: Array, times_s: Array, last_s: float) -> Array:
    """Spans ``(n, 2)`` of the frames chosen ``(t,)``; each frame lasts until the next.

    Parameters
    ----------
    chosen, times_s
        Frame by frame, without a break.
    last_s
        When the last frame ends.
    """
    edges = np.diff(np.concatenate([[0], chosen, [0]]).astype(np.int8))
    ends_s = np.append(times_s, last_s)
    return np.stack([ends_s[np.flatnonzero(edges > 0)], ends_s[np.flatnonzero(edges < 0)]], axis=1)


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


def without_short(chosen: Array, times_s: Array, shortest_s: float) -> Array:
    """Frames chosen ``(t,)``: short pauses are bridged first, then short runs dropped.

    The first and the last run stay as they are: nobody knows how long they are.
    """
    chosen = chosen.copy()
    for label in (False, True):
        edges = np.flatnonzero(np.diff(chosen)) + 1
        bounds = np.concatenate([[0], edges, [len(chosen)]])
        for first, last in pairwise(bounds[1:-1]):
            if chosen[first] == label and times_s[last] - times_s[first] < shortest_s - 1e-9:
                chosen[first:last] = not label
    return chosen


def pieces(known: Array, tracks: Tracks, bridged_s: float = 0.0) -> list[tuple[slice, float]]:
    """Each run of frames without a break of which something is known, and when it ends.

    Parameters
    ----------
    known
        Whether it is ``(t,)``, on the frames of `tracks`.
    bridged_s
        Where frames are missing for less than this, there is no break.
    """
    if not len(tracks) or not known.any():
        return []
    apart = np.diff(tracks.times_s) > max(tracks.longest_step_s, bridged_s)
    begins = np.flatnonzero(known & np.concatenate([[True], ~known[:-1] | apart]))
    ends = np.flatnonzero(known & np.concatenate([~known[1:] | apart, [True]]))
    step = tracks.step_s if len(tracks) > 1 else 0.0
    stops = tracks.times_s[ends] + step
    return [
        (slice(int(b), int(e) + 1), float(stop))
        for b, e, stop in zip(begins, ends, stops, strict=True)
    ]


def without_blinks(known: Array, tracks: Tracks, bridged_s: float) -> Array:
    """What is known ``(t,)``, and what is unknown between it for less than `bridged_s`."""
    filled = known.copy()
    for blink in _blinks(known, tracks, bridged_s):
        filled[blink] = True
    return filled


def through_blinks(chosen: Array, known: Array, tracks: Tracks, bridged_s: float) -> Array:
    """Frames chosen ``(t,)``; what is unknown for less than `bridged_s` is as both sides of it are.

    Where they differ, it is not chosen.
    """
    through = chosen & known
    for blink in _blinks(known, tracks, bridged_s):
        through[blink] = through[blink.start - 1] & through[blink.stop]
    return through


def _blinks(known: Array, tracks: Tracks, bridged_s: float) -> list[slice]:
    """Frames between two that are known, less than `bridged_s` apart."""
    return [
        slice(a.stop, b.start)
        for (a, _), (b, _) in pairwise(pieces(known, tracks))
        if a.stop < b.start and tracks.times_s[b.start] - tracks.times_s[a.stop - 1] < bridged_s
    ]


def between_losses(seen: Array, tracks: Tracks, blink_s: float) -> list[tuple[Array, float]]:
    """Numbers of the frames seen ``(k,)`` from one loss to the next, and when each piece ends.

    Where nothing was seen, or frames are missing, for less than *blink_s*, it is no loss.

    Examples
    --------
    >>> tracks = Tracks.of(np.zeros((9, 2)), np.arange(9.0) / 10)
    >>> seen = np.array([1, 1, 0, 1, 0, 0, 0, 1, 1], bool)
    >>> [frames.tolist() for frames, _ in between_losses(seen, tracks, 0.25)]
    [[0, 1, 3], [7, 8]]
    """
    found = pieces(without_blinks(seen, tracks, blink_s), tracks, blink_s)
    return [(piece.start + np.flatnonzero(seen[piece]), stop_s) for piece, stop_s in found]


def spans_of(parts: list[tuple[Array, float]], tracks: Tracks) -> Array:
    """Seconds ``(n, 2)`` from the start to the end of each piece."""
    spans = [(tracks.times_s[frames[0]], stop_s) for frames, stop_s in parts]
    return np.array(spans, np.float64).reshape(-1, 2)


def within(tracks: Tracks, from_s: float, until_s: float) -> Array:
    """Frames ``(t,)`` between two times after the first one; until the end where `until_s` is 0."""
    since_s = tracks.times_s - tracks.times_s[0] if len(tracks) else tracks.times_s
    chosen: Array = since_s >= from_s - 1e-9
    if until_s > 0:
        chosen = chosen & (since_s < until_s - 1e-9)
    return chosen


def window_told(tracks: Tracks, from_s: float, until_s: float) -> tuple[str, ...]:
    """A line where tracks end before the window does that was to be looked at.

    Examples
    --------
    >>> t = Tracks.of(np.zeros((121, 2)), np.arange(121.0))
    >>> window_told(t, 0.0, 0.0), window_told(t, 60.0, 120.0)
    ((), ())
    >>> window_told(t, 120.0, 360.0)
    ('of the window from 120 to 360 s only 1 s was followed: what is told is of that',)
    >>> window_told(t, 200.0, 360.0)
    ('nothing was followed in the window from 200 to 360 s, so nothing is told of it',)
    """
    if not len(tracks):
        return ()
    ends_s = float(tracks.frame_s[-1] + tracks.times_s[-1] - tracks.times_s[0])
    until = until_s if until_s > 0 else max(from_s, ends_s)
    followed_s = max(0.0, min(ends_s, until) - from_s)
    if ends_s >= until - tracks.frame_s[-1] and followed_s > 0:
        return ()
    window = f"from {from_s:g} s on" if until_s <= 0 else f"from {from_s:g} to {until_s:g} s"
    if followed_s <= 0:
        return (f"nothing was followed in the window {window}, so nothing is told of it",)
    return (
        f"of the window {window} only {followed_s:.3g} s was followed: what is told is of that",
    )


def episodes_of(
    label: str,
    chosen: Array,
    known: Array,
    tracks: Tracks,
    *,
    bridged_s: float,
    least_s: float,
    author: str,
    words: str,
) -> Episodes:
    """Episodes of the first individual: frames chosen ``(t,)``, where they are known ``(t,)``.

    Interruptions shorter than `bridged_s` do not end one, whether it was seen that nothing was
    chosen in them, or nothing was seen, or frames are missing; nor do the latter two end the
    support.
    """
    known = without_blinks(known, tracks, bridged_s)
    spans, support = [np.zeros((0, 2))], []
    for piece, stop_s in pieces(known, tracks, bridged_s):
        times_s = tracks.times_s[piece]
        support.append((times_s[0], stop_s))
        spans.append(lasting(runs(chosen[piece], times_s, stop_s), bridged_s, least_s))
    looked = np.array(support, np.float64).reshape(-1, 2)
    every = np.concatenate(spans)
    return Episodes.of(label, every, looked, author, words, tracks.individuals[0])
