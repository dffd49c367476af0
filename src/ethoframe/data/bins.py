"""Stretches of time that numbers are reported for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ethoframe.data.noun import Array


def bins(times_s: Array, bin_s: float) -> list[tuple[float, float]]:
    """The whole session, then bins of `bin_s` seconds; only the whole when one bin would hold it.

    The session runs from the first frame to one usual step after the last, so every frame stands
    for the time until the next one. The last bin ends with the session.

    Parameters
    ----------
    times_s
        Seconds ``(t,)`` of the frames, rising.
    bin_s
        Length of a bin; 0 for no bins.

    Examples
    --------
    >>> bins(np.arange(0, 5, 0.5), 2.0)
    [(0.0, 5.0), (0.0, 2.0), (2.0, 4.0), (4.0, 5.0)]
    """
    if len(times_s) == 0:
        return []
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    start, stop = float(times_s[0]), float(times_s[-1]) + step
    whole = [(start, stop)]
    if bin_s <= 0 or stop - start <= bin_s * (1 + 1e-9):
        return whole
    count = int(np.ceil((stop - start) / bin_s - 1e-9))
    edges = [start + i * bin_s for i in range(count)] + [stop]
    return whole + list(pairwise(edges))
