"""Spans of time, as the fields of a scene give them."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array

Spans = tuple[tuple[float, float], ...]


def within(spans: Spans, times_s: Array) -> Array:
    """Whether each time ``(t,)`` lies in one of the spans: start ≤ time < stop."""
    inside = np.zeros(len(times_s), bool)
    for start, stop in spans:
        inside |= (times_s >= start) & (times_s < stop)
    return inside


def settled_s(busy: Array, times_s: Array, quiet_s: float) -> float:
    """The first time from which on nothing is busy ``(t,)`` for `quiet_s`; NaN if there is none.

    A film that ends sooner than that counts as quiet from there on.

    Examples
    --------
    >>> settled_s(np.array([1, 0, 1, 0, 0, 0], bool), np.arange(6.0), 2.0)
    3.0
    """
    next_busy = np.append(times_s[busy], np.inf)[np.cumsum(busy) - busy]
    free = np.flatnonzero(~busy & (next_busy - times_s >= quiet_s))
    return float(times_s[free[0]]) if len(free) else float("nan")
