"""When a part of a body moves no more than noise, and a speed, explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.noise import jitter, slowest
from ethoframe.data.noun import Array
from ethoframe.methods.behave._parts import shapes, trusted

BLOCK = 4096  # frames at a time: sums over long times would lose the digits of short ones


@dataclass(frozen=True)
class Stillness:
    """How stillness is told.

    The scatter of a part's places over a window, less what noise adds, is compared with the scatter
    that a steady course would have over the same frames: so frame rate, dropped frames and noise
    hardly matter, and a movement to and fro counts as well as one that leads away. A part is still
    in a window where its speed, told so, is below the limit, or above it by no more than chance. A
    frame is still where any window around it is.

    Parameters
    ----------
    window_s
        Length of the window. Where noise would hide the limit it is longer, as far as `longest_s`.
    longest_s
        The longest that it may be; also how long the windows are in which noise is looked for.
    sureness
        Standard errors of the noise's own scatter that count as chance.
    smoothed_s
        Over how much time the places were smoothed.
    """

    window_s: float
    longest_s: float
    sureness: float
    smoothed_s: float = 0.0

    def of(self, values: Array, times_s: Array, limit_per_s: float) -> tuple[Array, Array]:
        """Whether each frame is still, and whether that is known, ``(t,)`` each.

        It is known where half of the places around a frame are, whether or not that of the frame
        itself is: a part that is lost for a moment while it runs was not still meanwhile.

        Parameters
        ----------
        values
            Numbers ``(t, n)`` along n axes, NaN where not known.
        times_s
            Seconds ``(t,)``.
        limit_per_s
            Speed from which on it moves.
        """
        values = without_spikes(values, times_s, self.window_s)
        return self.of_clean(values, times_s, limit_per_s, self.noise(values, times_s))

    def of_clean(
        self, values: Array, times_s: Array, limit_per_s: float, noise: float
    ) -> tuple[Array, Array]:
        """The same of values that have no spikes any more, and of which the noise is known."""
        nothing = np.zeros(len(values), bool)
        if np.isfinite(values).all(axis=1).sum() < 2:
            return nothing, nothing
        window_s = self.window_for(noise, times_s, limit_per_s, values.shape[1])
        first, last = windows(times_s, window_s)
        scatter, when, count = _scatters(values, times_s, first, last)
        enough = count >= np.maximum(2, (last - first + 1) / 2)
        by_noise = noise**2 * (count - 1) / np.maximum(count, 1)
        chance = by_noise * np.sqrt(2 / (values.shape[1] * np.maximum(count - 1, 1)))
        limit = limit_per_s**2 * when + by_noise + self.sureness * chance
        return _covered(enough & (scatter < limit), first, last), enough

    def of_shape(self, tracks: Tracks, least_per_s: float) -> Array:
        """Whether a silhouette keeps area and length ``(t,)``; true where nothing tells."""
        kept = np.ones(len(tracks), bool)
        for size in shapes(tracks):
            still, known = self.of(size, tracks.times_s, least_per_s)
            kept &= still | ~known
        return kept

    def noise(self, values: Array, times_s: Array) -> float:
        """Of values, over all axes together; 0 where there are too few."""
        return float(np.nan_to_num(jitter(values, times_s, self.longest_s, self.smoothed_s)))

    def window_for(self, noise: float, times_s: Array, limit_per_s: float, axes: int) -> float:
        """As long as it takes to tell the limit from noise, within what is allowed."""
        step_s = float(np.median(np.diff(times_s)))
        for longer in np.geomspace(1, max(1, self.longest_s / self.window_s), 16):
            window_s = float(self.window_s * longer)
            if slowest(noise, window_s, step_s, self.sureness, axes) <= limit_per_s:
                return window_s
        return max(self.window_s, self.longest_s)


@dataclass(frozen=True)
class PartsStill:
    """Which parts of a body are still.

    Parameters
    ----------
    parts
        Of each part whether it is still, and whether that is known, ``(t,)`` each.
    noise
        Of each part, in the unit of the tracks.
    """

    parts: Mapping[str, tuple[Array, Array]]
    noise: Mapping[str, float]

    def known(self, names: Sequence[str]) -> Array:
        """Whether any of the parts is known ``(t,)``."""
        known: Array = np.any([self.parts[name][1] for name in names], axis=0)
        return known

    def still(self, names: Sequence[str]) -> Array:
        """Whether all parts that are known are still ``(t,)``."""
        told = [still | ~known for still, known in (self.parts[name] for name in names)]
        still: Array = np.all(told, axis=0)
        return still


def still_parts(
    tracks: Tracks, how: Stillness, limits: Mapping[str, float], sure: float
) -> PartsStill:
    """Which keypoints of the first individual are slower than their limit."""
    found, noise = {}, {}
    for name, limit in limits.items():
        points = without_spikes(trusted(tracks, name, sure), tracks.times_s, how.window_s)
        noise[name] = how.noise(points, tracks.times_s)
        found[name] = how.of_clean(points, tracks.times_s, limit, noise[name])
    return PartsStill(found, noise)


def noise_told(tracks: Tracks, how: Stillness, told: PartsStill, limit: float) -> tuple[str, ...]:
    """A line where tracking noise hides movements that are faster than the limit."""
    if len(tracks) < 2 or not told.noise:
        return ()
    worst = max(told.noise, key=lambda name: told.noise[name])
    hidden = slowest(told.noise[worst], how.longest_s, tracks.step_s, how.sureness)
    if hidden <= limit:
        return ()
    unit, whose = tracks.unit, "" if tracks.individuals == ("animal",) else tracks.individuals[0]
    return (
        f"{whose}{': ' if whose else ''}tracking noise of {worst} ({told.noise[worst]:.2g} {unit}) "
        f"hides movements slower than {hidden:.2g} {unit}/s, and the threshold is "
        f"{limit:g} {unit}/s: what is called still may move",
    )


def without_spikes(values: Array, times_s: Array, window_s: float) -> Array:
    """Values ``(t, n)`` with NaN for those that leap from all others around them and back.

    Around each stands a window; a value further from its median than three times the median
    distance from that, as of a bell curve, is one that no movement explains: a movement takes half
    of the window with it. Where the median distance is less than that of the whole recording, from
    second differences, that counts: places in whole pixels are often all alike.

    References
    ----------
    Hampel, J. Am. Stat. Assoc. 69 (1974), 383-393.
    """
    if len(values) < 3:
        return values
    half = max(1, round(window_s / 2 / float(np.median(np.diff(times_s)))))
    # A recording of next to no frames per window is all spikes: leave it alone.
    half = min(half, (len(values) - 1) // 2)
    clean = values.copy()
    for axis in range(values.shape[1]):
        padded = np.pad(values[:, axis], half, mode="edge")
        bend = np.abs(np.diff(values[:, axis], 2))
        usual = float(np.median(bend[np.isfinite(bend)])) if np.isfinite(bend).any() else 0.0
        for start in range(0, len(values), BLOCK):
            part = padded[start : start + BLOCK + 2 * half]
            around = np.lib.stride_tricks.sliding_window_view(part, 2 * half + 1)
            middle = _median(around)
            spread = _median(np.abs(around - middle[:, None]))
            # A second difference scatters √6 times as much as what it is of.
            spread = 1.4826 * np.maximum(spread, usual / np.sqrt(6))
            off = np.abs(part[half : half + len(middle)] - middle)
            clean[start : start + BLOCK][off > 3 * spread + 1e-9 * np.abs(middle)] = np.nan
    return clean


def windows(times_s: Array, window_s: float) -> tuple[Array, Array]:
    """First and last frame ``(t,)`` within half a window of each, with a neighbour at the least."""
    half, index = window_s / 2 * (1 + 1e-9), np.arange(len(times_s))
    first = np.searchsorted(times_s, times_s - half)
    last = np.searchsorted(times_s, times_s + half, side="right") - 1
    first = np.minimum(first, np.maximum(index - 1, 0))
    return first, np.maximum(last, np.minimum(index + 1, len(times_s) - 1))


def _median(rows: Array) -> Array:
    """Median of each row ``(t,)`` without NaN; NaN where all are."""
    ordered = np.sort(rows, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    index, at = np.arange(len(rows)), np.maximum(count - 1, 0)
    middle: Array = (ordered[index, at // 2] + ordered[index, (at + 1) // 2]) / 2
    return middle


def _scatters(values: Array, times_s: Array, first: Array, last: Array) -> tuple[Array, ...]:
    """Variance of values (over all axes) and of times, and how many are known, per window."""
    scatter, when, count = (np.zeros(len(values)) for _ in range(3))
    for start in range(0, len(values), BLOCK):
        chosen = slice(start, start + BLOCK)
        low, high = int(first[chosen].min()), int(last[chosen].max()) + 1
        begin, stop = first[chosen] - low, last[chosen] + 1 - low
        known = np.asarray(np.isfinite(values[low:high]).all(axis=1))
        sums = _Sums(begin, stop, known)
        count[chosen] = sums.count
        when[chosen] = sums.variance(times_s[low:high])
        scatter[chosen] = sum(sums.variance(column) for column in values[low:high].T)
    return scatter, when, count


def slopes(values: Array, times_s: Array, window_s: float) -> Array:
    """Slope of the straight line through what is known in a window ``(t, n)``, per second.

    NaN where the value itself is unknown, or most of the window is.
    """
    slope = np.full(values.shape, np.nan)
    if len(values) < 2:
        return slope
    first, last = windows(times_s, window_s)
    for start in range(0, len(values), BLOCK):
        chosen = slice(start, start + BLOCK)
        low, high = int(first[chosen].min()), int(last[chosen].max()) + 1
        known = np.asarray(np.isfinite(values[low:high]).all(axis=1))
        sums = _Sums(first[chosen] - low, last[chosen] + 1 - low, known)
        when = sums.variance(times_s[low:high])
        enough = 2 * sums.count >= last[chosen] - first[chosen] + 1
        told = enough & (when > 0) & known[start - low : start - low + len(when)]
        for axis in range(values.shape[1]):
            rise = sums.covariance(times_s[low:high], values[low:high, axis])
            slope[chosen, axis] = np.where(told, rise / np.where(when > 0, when, 1), np.nan)
    return slope


class _Sums:
    """Sums over windows of what is known."""

    def __init__(self, begin: Array, stop: Array, known: Array) -> None:
        self.begin, self.stop, self.known = begin, stop, known
        self.count = self.total(known.astype(np.float64))

    def total(self, column: Array) -> Array:
        summed = np.concatenate([[0.0], np.cumsum(column)])
        between: Array = summed[self.stop] - summed[self.begin]
        return between

    def variance(self, column: Array) -> Array:
        variance: Array = np.maximum(self.covariance(column, column), 0.0)
        return variance

    def covariance(self, a: Array, b: Array) -> Array:
        if not self.known.any():
            return np.zeros(len(self.count))
        count = np.maximum(self.count, 1)
        a, b = (np.where(self.known, each - each[self.known].mean(), 0.0) for each in (a, b))
        covariance: Array = self.total(a * b) / count - self.total(a) * self.total(b) / count**2
        return covariance


def _covered(chosen: Array, first: Array, last: Array) -> Array:
    """Whether each frame lies in a window that is chosen ``(t,)``."""
    begun = np.zeros(len(chosen) + 1, np.int64)
    np.add.at(begun, first[chosen], 1)
    np.subtract.at(begun, last[chosen] + 1, 1)
    inside: Array = np.cumsum(begun)[:-1] > 0
    return inside
