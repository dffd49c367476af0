"""Seconds of frames that a table names by their numbers only."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array

UNSAID = "it carries no clock"
"""Why a table without times is refused."""


def clocked(path: Path, numbers: Array, rate: float | None, times_s: Array | None) -> Array:
    """Seconds of the frames with these numbers, by those of the film or else by its rate.

    Parameters
    ----------
    path
        Of the table, for what is said of it.
    numbers
        Of frames, from 0.
    rate
        Frames per second.
    times_s
        Seconds of each frame of the film.

    Raises
    ------
    Refusal
        When neither is known, or the film has not so many frames.
    """
    if times_s is not None:
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < len(times_s):
            reason = f"it tells of frame {numbers.max()}, and the film has {len(times_s)} frames"
            raise Refusal(path, reason, "name the film that it is of")
        seconds: Array = np.asarray(times_s, np.float64)[numbers]
        return seconds
    if rate is None or not rate > 0:
        raise Refusal(path, UNSAID, "say it, as --clock 30fps")
    return np.asarray(numbers / rate, np.float64)
