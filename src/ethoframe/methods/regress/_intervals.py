"""Between which numbers the truth lies, by how far off frames that were kept apart were."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np

from ethoframe.data.noun import Array

HELD = 0.9
"""Share of frames whose truth lies in the interval, unless another is asked for."""


def half_width(residuals: Sequence[float] | Array, held: float) -> float:
    """How far either way from what is told the truth lies in a share of frames; split conformal.

    Of n frames that were kept apart, the ⌈(n + 1) · held⌉-th smallest distance: frames like them
    then lie within in at least that share, whatever the method is. NaN where n is too small for it.

    Parameters
    ----------
    residuals
        Distances of frames that were kept apart ``(n,)``; NaN are left out.
    held
        The share, from 0 to 1.

    References
    ----------
    Lei et al., J. Am. Stat. Assoc. 113 (2018), 1094-1111.

    Examples
    --------
    >>> half_width([1.0, 2.0, 3.0, 4.0], 0.8), half_width([1.0], 0.9)
    (4.0, nan)
    """
    known = np.sort(np.asarray(residuals, np.float64))
    known = known[np.isfinite(known)]
    place = ceil((len(known) + 1) * held - 1e-9)
    return float(known[place - 1]) if 1 <= place <= len(known) else float("nan")


def least_for(held: float) -> int:
    """How many frames must be kept apart for such an interval.

    Examples
    --------
    >>> least_for(0.9), least_for(0.5)
    (9, 1)
    """
    return max(1, ceil(held / (1 - held) - 1e-9)) if held < 1 else 0


def says(count: int, held: float = HELD) -> str:
    """How intervals were made, or why there are none, in a sentence."""
    frames = f"{count} frames that were kept apart" if count != 1 else "a frame that was kept apart"
    if count < least_for(held):
        least = least_for(held)
        return f"no interval: by {frames}; {least} are needed for one that holds {held:.0%}"
    return f"intervals by how far off {frames} were (split conformal)"
