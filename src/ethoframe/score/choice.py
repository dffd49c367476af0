"""Which of several ways to answer is best, by what each of them lost on the same frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from ethoframe.data.noun import Array

Way = TypeVar("Way")


def best(lost: Mapping[Way, Array]) -> Way:
    """The way to tell frames that is best, by what was lost in each frame with each of them.

    The first whose mean loss is within a standard error of the least: what costs less is named
    first, and few frames tell little.

    Examples
    --------
    >>> best({1.0: np.array([1.0, 1.1, 1.2]), 0.5: np.array([0.1, 0.2, 0.4])})
    0.5
    """
    least = min(lost, key=lambda way: float(np.mean(lost[way])))
    for way, each in lost.items():
        more = each - lost[least]
        error = float(np.std(more, ddof=1) / np.sqrt(len(more))) if len(more) > 1 else np.inf
        if float(np.mean(more)) <= error:
            return way
    return least
