"""When a paw that is seen from the side is below the floor that it steps on."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array


def slips(
    points: Array, times_s: Array, looked: Array, stood: Array, deep: float, least_s: float
) -> Array:
    """Spans ``(n, 2)`` in which a paw is further below the floor than `deep`.

    The floor is the straight line through the places where it stood, in the sense of least squares,
    and never steeper than they tell; y runs down.

    Parameters
    ----------
    points, times_s
        Places ``(t, 2)``, NaN where not seen, and seconds ``(t,)``.
    looked
        Whether a frame counts ``(t,)``.
    stood
        Places ``(m, 2)``.
    least_s
        What is shorter is none.
    """
    stood = stood[np.isfinite(stood).all(axis=1)]
    if not len(stood) or len(points) < 2:
        return np.zeros((0, 2))
    x, y = (stood - stood.mean(axis=0)).T
    spread = float((x**2).sum())
    slope = float((x * y).sum()) / spread if spread > 0 else 0.0
    floor = stood[:, 1].mean() + slope * (points[:, 0] - stood[:, 0].mean())
    below = looked & (points[:, 1] - floor > deep)  # false for NaN: what is not seen is no slip
    edges = np.diff(np.concatenate([[0], below, [0]]).astype(np.int8))
    ends_s = np.append(times_s, times_s[-1] + np.median(np.diff(times_s)))
    spans = np.stack([ends_s[np.flatnonzero(edges > 0)], ends_s[np.flatnonzero(edges < 0)]], axis=1)
    lasting: Array = spans[spans[:, 1] - spans[:, 0] >= least_s * (1 - 1e-9)]
    return lasting
