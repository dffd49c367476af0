"""Frames that a camera or its computer lost."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array

RUNS = (1, 1, 1, 1, 2, 3, 6)  # how many are lost in a row, each as likely


def kept(count: int, share: float, seed: int) -> Array:
    """Numbers ``(n,)``, rising, of the frames that are left of `count`; the first and last are.

    Examples
    --------
    >>> kept(4, 0.0, seed=0)
    array([0, 1, 2, 3])
    """
    lost = np.zeros(count, bool)
    rng = np.random.default_rng((seed, 6))
    while lost.sum() < round(share * count):
        start = int(rng.integers(1, count - 1))
        lost[start : min(start + int(rng.choice(RUNS)), count - 1)] = True
    return np.flatnonzero(~lost)
