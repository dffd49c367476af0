"""Points beside each other instead of on each other, so that every animal is seen."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array


def swarm(heights: Array, size: float, room: float) -> Array:
    """How far each point is moved sideways.

    Points keep their height. From the lowest up, each goes as near to the middle as those below it
    let it; where the room does not do, all are pushed together sideways.

    Parameters
    ----------
    heights
        Of the points ``(n,)``.
    size
        Their diameter, in the same unit.
    room
        To either side of the middle.

    Examples
    --------
    >>> swarm(np.array([5.0, 5.0, 5.0, 20.0]), 2.0, 10.0).tolist()
    [0.0, 2.0, -2.0, 0.0]
    """
    moved = np.zeros(len(heights))
    order = np.argsort(heights, kind="stable")
    for place, index in enumerate(order):
        before = order[:place]
        near = before[heights[index] - heights[before] < size]
        side = 1.0 if place % 2 else -1.0
        moved[index] = _free(heights[index] - heights[near], moved[near], size, side)
    widest = float(np.abs(moved).max(initial=0.0))
    return moved * (room / widest) if widest > room else moved


def _free(above: Array, moved: Array, size: float, side: float) -> float:
    """The nearest place to the middle at which a point touches none of its neighbours.

    Of two as near, that on the side given.
    """
    if not len(moved):
        return 0.0
    reach = np.sqrt(size**2 - above**2)
    tried = sorted(
        [0.0, *(moved + reach), *(moved - reach)], key=lambda x: (round(abs(x), 6), -side * x)
    )
    return next(
        (x for x in tried if np.all((x - moved) ** 2 + above**2 >= size**2 * (1 - 1e-9))), 0.0
    )
