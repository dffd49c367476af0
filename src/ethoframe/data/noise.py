"""How far tracked places lie from where things are, as the recording itself tells.

Two answers, as nothing tells noise from small movements for certain. `jitter` is how far a place is
off from frame to frame, and hardly depends on how the animal moves; but across the time of a
smoothing every turn passes for noise. `scatter` is how far places lie off a straight course while
the animal is as quiet as it ever is; it holds for smoothed tracks as for others and for an animal
that hardly rests, and is a fifth to two fifths too small where noise is the same throughout.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from ethoframe.data.noun import Array

QUIETEST = 0.25
"""The noise of a recording is that of the window at this share of all, the quietest first."""


def jitter(points: Array, times_s: Array, window_s: float, apart_s: float = 0.0) -> float:
    """How far a place lies from where the thing is, while it is quiet: root mean square.

    Told from second differences: how far each place lies from the straight line between one before
    and one after. A steady movement adds nothing to that, and each of the three places adds its
    noise once. What a movement that is not steady adds grows with the fourth power of the time
    between them, where noise stays the same: so both are told apart by places twice as far apart.
    The mean square is taken in windows, and the noise is that of a quiet one: a quarter of them
    have less. It is too low by a little where noise is the same throughout.

    Parameters
    ----------
    points, times_s
        Places ``(t, n)`` along n axes, NaN where not seen; and seconds ``(t,)``.
    window_s
        Length of a window.
    apart_s
        Places are compared across so much time at the least: that over which they were smoothed,
        as the noise of neighbours is alike then.

    Returns
    -------
    float
        In the unit of the points, over all axes together; NaN where no window tells.

    References
    ----------
    Noise from differences: Rice, Ann. Statist. 12 (1984), 1215-1230; Gasser, Sroka &
    Jennen-Steinmetz, Biometrika 73 (1986), 625-633.

    Examples
    --------
    >>> chance = np.random.default_rng(0)
    >>> t = np.arange(3000) / 50
    >>> course = np.stack([80 * np.cos(2 * t), 80 * np.sin(2 * t)], axis=1)
    >>> round(jitter(course + chance.normal(0, 0.5, (3000, 2)), t, 1.0), 1)
    0.7
    """
    lag = _lag(times_s, apart_s)
    if len(points) < 4 * lag + 2:
        return float("nan")
    window = np.floor((times_s - times_s[0]) / window_s + 1e-9).astype(int)
    near, far = (_off(points, times_s, each) for each in (lag, 2 * lag))
    known = np.isfinite(near) & np.isfinite(far)
    if not known.any():
        return float("nan")
    count, *sums = (
        np.bincount(window[known], weight, minlength=window[-1] + 1)
        for weight in (None, near[known], far[known])
    )
    full = count > 0.5 * np.median(count[count > 0])
    near, far = (total[full] / count[full] for total in sums)
    square = np.quantile((16 * near - far) / 15, QUIETEST)
    return float(np.sqrt(max(0.0, square)))


def as_much_again(points: Array, times_s: Array, window_s: float) -> Array:
    """White noise ``(t, n)`` as large as that of places that were not smoothed; the same each time.

    What a measure moves by when this is added is about what the noise that is there did to it.
    Nothing where no window tells; what rounding does to numbers is no noise.

    Parameters
    ----------
    points, times_s, window_s
        As in `jitter`.

    References
    ----------
    Cook & Stefanski, J. Am. Stat. Assoc. 89 (1994), 1314-1328.

    Examples
    --------
    >>> chance = np.random.default_rng(1)
    >>> t = np.arange(3000) / 50
    >>> off = as_much_again(chance.normal(0, 0.5, (3000, 2)), t, 1.0)
    >>> off.shape, round(float(off.std()), 1)
    ((3000, 2), 0.5)
    """
    noise = float(np.nan_to_num(jitter(points, times_s, window_s)))
    rounding = 1e-9 * float(np.abs(points[np.isfinite(points)]).max(initial=0.0))
    each = noise / np.sqrt(points.shape[1]) if noise > rounding else 0.0
    added: Array = np.random.default_rng(0).normal(0.0, 1.0, points.shape) * each
    return added


def moved_by(value: float, twice: float, fourfold: float) -> float:
    """What noise did to a value, from what it becomes where noise is added; in its unit.

    Where things rest, a path grows with noise; where they move, with its square, and with a power
    between the two over both. The values tell which one.

    Parameters
    ----------
    value
        As it is.
    twice, fourfold
        The same with so much noise added that its variance is twice, and four times, as large.

    Examples
    --------
    >>> [round(moved_by(10 + 3, 10 + 3 * 2 ** (p / 2), 10 + 3 * 2**p), 2) for p in (1, 1.5, 2)]
    [3.0, 3.0, 3.0]
    """
    first, second = twice - value, fourfold - twice
    if first == 0 or not np.isfinite(first + second):
        return 0.0
    return float(first / (np.clip(second / first, np.sqrt(2), 2.0) - 1))


def scatter(points: Array, times_s: Array, window_s: float) -> tuple[float, float]:
    """How far places lie off straight courses, and the speed that this alone gives.

    Both are root mean squares, in the quietest tenth of the windows; NaN where no window holds four
    places.

    Parameters
    ----------
    points, times_s
        Places ``(t, 2)``, NaN where not seen; and seconds ``(t,)``.
    window_s
        Length of a window.

    Examples
    --------
    >>> chance = np.random.default_rng(0)
    >>> t = np.arange(3000) / 50
    >>> off, speed = scatter(chance.normal(0, 0.5, (3000, 2)), t, 0.5)
    >>> round(off, 1), round(speed)
    (0.6, 39)
    """
    if len(points) < 4:
        return float("nan"), float("nan")
    window = np.floor((times_s - times_s[0]) / window_s + 1e-9).astype(int)
    _, window, count = np.unique(window, return_inverse=True, return_counts=True)
    sums = partial(_sums, window, len(count))
    seen: Array = np.all(np.isfinite(points), axis=1)
    whole = (count >= 4) & (sums(~seen) == 0)
    known = np.where(seen[:, None], points, 0.0)
    since = times_s - (sums(times_s) / count)[window]
    middle = np.stack([sums(axis) / count for axis in known.T], axis=1)
    # The straight course of each window by least squares, about its mean time.
    steep = np.stack([sums(since * axis) for axis in known.T], axis=1)
    steep /= np.maximum(sums(since**2), np.finfo(np.float64).tiny)[:, None]
    off = known - middle[window] - steep[window] * since[:, None]
    # Two numbers of each course were taken from the window itself.
    spread = np.sqrt(sums((off**2).sum(axis=1)) / np.maximum(count - 2, 1))
    inside = np.diff(window) == 0
    speed = (np.diff(off, axis=0) ** 2).sum(axis=1) / np.diff(times_s) ** 2
    steps = _sums(window[1:], len(count), np.where(inside, speed, 0.0))
    alone = np.sqrt(steps / np.maximum(count - 1, 1))
    ordered = sorted(zip(spread[whole].tolist(), alone[whole].tolist(), strict=True))
    if not ordered:
        return float("nan"), float("nan")
    quiet = ordered[: max(1, len(ordered) // 10)]
    least, least_speed = np.median(np.array(quiet), axis=0)
    return float(least), float(least_speed)


def slowest(noise: float, window_s: float, step_s: float, sureness: float, axes: int = 2) -> float:
    """The least speed that is told from none over a window, per second.

    A place with noise scatters in a window even where nothing moves, and by chance more than usual.
    The scatter of a steady course slower than this is within `sureness` standard errors of that.

    Parameters
    ----------
    noise
        Of the place, over all axes together (`jitter`).
    window_s, step_s
        Length of the window, and from one frame to the next.
    sureness
        Standard errors of the scatter that count as chance.
    axes
        Along how many axes the noise is.

    Examples
    --------
    >>> round(slowest(0.5, 0.3, 1 / 50, 2.0), 1), round(slowest(0.5, 0.6, 1 / 50, 2.0), 1)
    (3.8, 1.7)
    """
    count = max(2.0, window_s / step_s + 1)
    chance = sureness * noise**2 * (count - 1) / count * np.sqrt(2 / (axes * (count - 1)))
    return float(np.sqrt(chance / (step_s**2 * (count**2 - 1) / 12)))


def _sums(window: Array, count: int, values: Array) -> Array:
    """Sum of the values in each of so many windows."""
    sums: Array = np.bincount(window, np.asarray(values, np.float64), minlength=count)
    return sums


def _off(points: Array, times_s: Array, lag: int) -> Array:
    """Square of how far each place ``(t,)`` is off the line between two others, as of one place."""
    off = np.full(len(points), np.nan)
    before, at, after = times_s[: -2 * lag], times_s[lag:-lag], times_s[2 * lag :]
    share = ((at - before) / (after - before))[:, None]
    line = points[: -2 * lag] * (1 - share) + points[2 * lag :] * share
    square = ((points[lag:-lag] - line) ** 2).sum(axis=1)
    off[lag:-lag] = square / (1 + share**2 + (1 - share) ** 2)[:, 0]
    # A line across a break tells of what happened meanwhile.
    off[lag:-lag][after - before > 1.5 * np.median(after - before)] = np.nan
    return off


def _lag(times_s: Array, apart_s: float) -> int:
    """Frames that lie at least so far apart; one at the least."""
    if len(times_s) < 2 or apart_s <= 0:
        return 1
    return max(1, int(np.ceil(apart_s / np.median(np.diff(times_s)) - 1e-9)))
