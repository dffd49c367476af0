"""What a check looks at: one number, and the moments when it is worst."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from ethoframe.data.noun import Array

MOMENTS = 3  # so many are enough to see what is wrong


@dataclass(frozen=True)
class Sign:
    """A value, NaN where it could not be had, and its worst moments in seconds."""

    value: float = nan
    moments_s: tuple[float, ...] = ()


def share(bad: Array, lasts_s: Array) -> float:
    """Per cent of the time in which it is bad ``(t,)``; NaN of no time."""
    whole = float(lasts_s.sum())
    return 100 * float(lasts_s[bad].sum()) / whole if whole > 0 else nan


def worst(times_s: Array, how_bad: Array, apart_s: float) -> tuple[float, ...]:
    """The worst moments, `apart_s` from each other, in order of time.

    Parameters
    ----------
    times_s, how_bad
        Seconds ``(t,)``, and how bad each is; what is not over 0 is no moment.

    Examples
    --------
    >>> worst(np.arange(5.0), np.array([0.0, 3.0, 2.0, 0.0, 1.0]), 1.5)
    (1.0, 4.0)
    """
    left = np.nan_to_num(np.array(how_bad, np.float64), nan=0.0, posinf=0.0)
    found: list[float] = []
    while len(left) and len(found) < MOMENTS and left.max() > 0:
        moment = float(times_s[np.argmax(left)])
        found.append(moment)
        left[np.abs(times_s - moment) < apart_s] = 0
    return tuple(sorted(found))


def runs(flags: Array) -> Array:
    """First and one-past-last index ``(n, 2)`` of each run of true flags."""
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)


def middle(values: Array) -> float:
    """Median of what is finite, NaN of nothing."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else nan
