"""When something was seen, but for blinks."""

from __future__ import annotations

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.noun import Array


def between_losses(seen: Array, tracks: Tracks, blink_s: float) -> list[tuple[Array, float]]:
    """Numbers of the frames seen ``(k,)`` from one loss to the next, and when each piece ends.

    Parameters
    ----------
    seen
        Whether it was ``(t,)``, on the frames of `tracks`.
    tracks
        Their clock.
    blink_s
        Where nothing was seen, or frames are missing, for less than this, it is no loss.

    Examples
    --------
    >>> tracks = Tracks.of(np.zeros((9, 2)), np.arange(9.0) / 10)
    >>> seen = np.array([1, 1, 0, 1, 0, 0, 0, 1, 1], bool)
    >>> [frames.tolist() for frames, _ in between_losses(seen, tracks, 0.25)]
    [[0, 1, 3], [7, 8]]
    """
    frames = np.flatnonzero(seen)
    if not len(frames):
        return []
    step = tracks.step_s if len(tracks) > 1 else 0.0
    passed = np.diff(tracks.times_s[frames])
    whole = (np.diff(frames) == 1) & (passed <= tracks.longest_step_s)
    lost = ~whole & (passed - step >= blink_s - 1e-9)
    pieces = np.split(frames, np.flatnonzero(lost) + 1)
    return [(piece, float(tracks.times_s[piece[-1]] + step)) for piece in pieces]


def spans_of(pieces: list[tuple[Array, float]], tracks: Tracks) -> Array:
    """Seconds ``(n, 2)`` from the start to the end of each."""
    spans = [(tracks.times_s[frames[0]], stop_s) for frames, stop_s in pieces]
    return np.array(spans, np.float64).reshape(-1, 2)
