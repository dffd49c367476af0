"""How paws and trunk move along the way the body faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes

TRUNK = ("nose", "ear", "left_ear", "right_ear", "neck", "body_centre", "hip", "tail_base")
"""Roles of what the body's own speed is told by, each by itself: some are seen when others not."""


def seen(tracks: Tracks, role: str, sure: float) -> Array:
    """Places ``(t, 2)`` of what has a role; NaN where some of it is less sure than that."""
    enough = confidence(tracks, role) >= sure
    places: Array = np.where(enough[:, None], tracks.place(role), np.nan)
    return places


def confidence(tracks: Tracks, role: str) -> Array:
    """How sure ``(t,)`` the least sure keypoint is of those that make up a role."""
    names = makes(role, tracks.keypoints)
    every = [tracks.confidence[:, tracks.keypoints.index(name), 0] for name in names]
    least: Array = np.min(every, axis=0)
    return least


def without_spikes(points: Array, least: float) -> Array:
    """Places ``(t, 2)`` without those of one frame to which and from which it jumps so far.

    Both jumps are longer than `least`, and the second goes back: no limb does that from one frame
    to the next. What is left out is NaN.
    """
    kept = np.array(points)
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    if len(known) < 3:
        return kept
    there, back = np.diff(points[known], axis=0)[:-1], np.diff(points[known], axis=0)[1:]
    far = np.minimum(np.hypot(*there.T), np.hypot(*back.T)) > least
    # It came back when it ends nearer to where it began than half of the way that it jumped.
    returned = np.hypot(*(there + back).T) < 0.5 * np.hypot(*there.T)
    kept[known[1:-1][far & returned]] = np.nan
    return kept


def bridged(points: Array, times_s: Array, longest_s: float) -> Array:
    """Places ``(t, 2)`` with gaps that are no longer filled on a straight line."""
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    if len(known) < 2:
        return points
    after = np.searchsorted(known, np.arange(len(points)))
    inside = (after > 0) & (after < len(known))
    before, after = known[np.maximum(after - 1, 0)], known[np.minimum(after, len(known) - 1)]
    short = inside & (times_s[after] - times_s[before] <= longest_s * (1 + 1e-9))
    line = [np.interp(times_s, times_s[known], points[known, axis]) for axis in (0, 1)]
    filled: Array = np.where(short[:, None], np.stack(line, axis=1), points)
    return filled


def course(times_s: Array, points: Array, towards: Array, span_s: float) -> tuple[Array, Array]:
    """Times ``(k,)``, and the speed ``(k,)`` towards some direction at each of them.

    The speed is that of the straight line between the places half of `span_s` before and after, on
    straight lines between frames. So it changes evenly between the times that are told, which are
    those of the frames and of half a span around them, and depends little on the frame rate.

    Parameters
    ----------
    times_s, points, towards
        Of the frames, without a gap: seconds ``(t,)``, places and unit vectors ``(t, 2)``.
    span_s
        How long the line is.
    """
    half_s = span_s / 2
    at_s = np.unique(np.concatenate([times_s, times_s - half_s, times_s + half_s]))
    at_s = at_s[(at_s >= times_s[0]) & (at_s <= times_s[-1])]
    ends_s = [np.clip(at_s + by, times_s[0], times_s[-1]) for by in (-half_s, half_s)]
    forward = np.zeros(len(at_s))
    for place, way in zip(points.T, towards.T, strict=True):
        before, after = (np.interp(end_s, times_s, place) for end_s in ends_s)
        forward += (after - before) * np.interp(at_s, times_s, way)
    return at_s, forward / np.maximum(ends_s[1] - ends_s[0], np.finfo(float).tiny)


def velocity(values: Array, times_s: Array, span_s: float) -> Array:
    """Slope ``(t, n)`` at each frame of a line through the values ``(t, n)`` around it.

    All frames within half of `span_s` take part, the frames beside it at the least; those without
    a value (NaN) do not. NaN where fewer than two take part, or the frame itself has no value.
    """
    values = np.asarray(values, np.float64)
    if len(values) < 2:
        return np.full_like(values, np.nan)
    half_s = span_s / 2 * (1 + 1e-9)
    reach = max(1, int(half_s / max(float(np.min(np.diff(times_s))), 1e-9)))
    sums = np.zeros((5, *values.shape))
    for shift in range(-min(reach, len(values) - 1), min(reach, len(values) - 1) + 1):
        here, there = _shifted(len(values), shift)
        time = (times_s[there] - times_s[here])[:, None]
        near = (np.abs(time) <= half_s) | (abs(shift) == 1)
        value = values[there] - values[here]
        taken = near & np.isfinite(value)
        time, value = np.where(taken, time, 0.0), np.where(taken, value, 0.0)
        for total, term in zip(sums, (taken, time, value, time**2, time * value), strict=True):
            total[here] += term
    count, time, value, squares, products = sums
    spread = count * squares - time**2
    known = (count > 1) & (spread > 0)
    slope: Array = np.full_like(values, np.nan)
    slope[known] = ((count * products - time * value)[known]) / spread[known]
    return slope


def facing(tracks: Tracks, fore_end: str, hind_end: str, sure: float, span_s: float) -> Array:
    """Unit vectors ``(t, 2)`` from `hind_end` to `fore_end`, averaged over `span_s`.

    Where one of them is not seen, as in the nearest frame in which both are; NaN where none is.
    """
    axis = seen(tracks, fore_end, sure) - seen(tracks, hind_end, sure)
    known = np.flatnonzero(np.isfinite(axis).all(axis=1))
    if not len(known):
        return np.full((len(tracks), 2), np.nan)
    length = np.maximum(np.hypot(*axis[known].T), np.finfo(float).tiny)
    mean = averaged(axis[known] / length[:, None], tracks.times_s[known], span_s)
    mean /= np.maximum(np.hypot(*mean.T), np.finfo(float).tiny)[:, None]
    after = np.minimum(np.searchsorted(known, np.arange(len(axis))), len(known) - 1)
    before, index = np.maximum(after - 1, 0), np.arange(len(axis))
    nearer = np.abs(known[before] - index) < np.abs(known[after] - index)
    turned: Array = mean[np.where(nearer, before, after)]
    return turned


def averaged(values: Array, times_s: Array, span_s: float) -> Array:
    """Mean ``(t, n)`` of the values ``(t, n)`` within half of `span_s` of each time."""
    half_s = span_s / 2 * (1 + 1e-9)
    first = np.searchsorted(times_s, times_s - half_s)
    last = np.searchsorted(times_s, times_s + half_s, side="right")
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    mean: Array = (total[last] - total[first]) / (last - first)[:, None]
    return mean


def body_speed(tracks: Tracks, towards: Array, sure: float, span_s: float) -> Array:
    """Speed ``(t,)`` of the trunk the way it faces, by the median of its keypoints.

    Where none is seen, on a straight line between the frames in which some are; NaN if none ever.
    """
    trunk = [seen(tracks, role, sure) for role in _apart(tracks.keypoints)]
    every = np.stack([velocity(each, tracks.times_s, span_s) for each in trunk])
    along = np.sum(every * towards, axis=2)
    known = np.flatnonzero(np.isfinite(along).any(axis=0))
    if not len(known):
        return np.full(len(tracks), np.nan)
    median = np.nanmedian(along[:, known], axis=0)
    speed: Array = np.interp(tracks.times_s, tracks.times_s[known], median)
    return speed


def body_length(tracks: Tracks, fore_end: str, hind_end: str, sure: float) -> float:
    """Median distance from `hind_end` to `fore_end`; NaN where both are never seen at once."""
    away = np.hypot(*(seen(tracks, fore_end, sure) - seen(tracks, hind_end, sure)).T)
    return float(np.median(away[np.isfinite(away)])) if np.isfinite(away).any() else float("nan")


def _apart(keypoints: Sequence[str]) -> list[str]:
    """The roles of the trunk that are a keypoint of their own."""
    own = [role for role in TRUNK if len(makes(role, keypoints)) == 1]
    # A role may be made of one other keypoint: that counts once.
    return list({makes(role, keypoints): role for role in own}.values())


def _shifted(count: int, shift: int) -> tuple[slice, slice]:
    here = slice(max(0, -shift), count - max(0, shift))
    return here, slice(here.start + shift, here.stop + shift)
