"""A start refined until one image tells most of the other: for other stains and modalities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import Picture, blurred, pulled
from ethoframe.methods.register._refine import LEAST_SHARE, Fit, Frame, correlation

LEVELS = 32  # bins along each axis of the joint histogram
OUTER = 0.5  # percentile beyond which levels are all taken for one


def informed(fixed: Picture, moving: Picture, pull: Array, model: str, *, rounds: int = 40) -> Fit:
    """The pull of most mutual information near a start, by a quasi-Newton method.

    The joint histogram is linear in the levels of the moving image and blurred by a bin, so that
    information changes smoothly with the map and its gradient is that of the levels.

    References
    ----------
    Viola & Wells, Int. J. Comput. Vis. 24 (1997), 137-154. Mattes et al., IEEE Trans. Med. Imaging
    22 (2003), 120-128.
    """
    from scipy.optimize import minimize

    search = _Search.of(fixed, moving, pull, model)
    start = np.zeros(len(search.frame.basis))
    found = minimize(search.cost, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    best = search.pull_at(found.x)
    values, seen = pulled(moving, best, fixed)
    return Fit(best, correlation(fixed.values, values, seen), float(seen.mean()))


def information(fixed: Array, moving: Array, seen: Array) -> float:
    """Mutual information in nats of levels where they are seen."""
    if not seen.any():
        return 0.0
    low, wide = _range(moving, seen)
    table = _histogram(_binned(fixed, *_range(fixed, seen)), (moving - low) / wide, seen)
    return _told(table)[0]


@dataclass(frozen=True)
class _Search:
    """What stays the same from step to step."""

    fixed: Picture
    moving: Picture
    pull: Array
    frame: Frame
    bins: Array
    low: float
    wide: float
    unit: float

    @classmethod
    def of(cls, fixed: Picture, moving: Picture, pull: Array, model: str) -> _Search:
        every = np.ones(fixed.size, bool) if fixed.known is None else fixed.known
        bins = _binned(fixed.values, *_range(fixed.values, every))
        there = np.ones(moving.size, bool) if moving.known is None else moving.known
        # A parameter of 1 moves the rim by some pixels: steps of like size along all.
        unit = 2 * float(fixed.step.min() / max(float(fixed.extent.max()), 1e-9))
        frame = Frame.of(fixed, model)
        return cls(fixed, moving, pull, frame, bins, *_range(moving.values, there), unit)

    def pull_at(self, amounts: Array) -> Array:
        return np.asarray(self.pull @ self.frame.motion(amounts * self.unit))

    def cost(self, amounts: Array) -> tuple[float, Array]:
        """Minus the information, and how it changes with each parameter."""
        values, seen = pulled(self.moving, self.pull_at(amounts), self.fixed)
        if float(seen.mean()) < LEAST_SHARE:
            return 0.0, np.zeros(len(amounts))
        level = (values - self.low) / self.wide
        table = _histogram(self.bins, level, seen)
        told, each = _told(table)
        below = np.clip(np.floor(level), 0, LEVELS - 2).astype(np.intp)
        # Beyond the range no level matters any more.
        within = seen & (level > 0) & (level < LEVELS - 1)
        slope = (each[self.bins, below + 1] - each[self.bins, below]) * within / self.wide
        moves = self.frame.slopes(values, self.fixed.step)
        change = moves @ slope.ravel().astype(np.float32) * (self.unit / float(seen.sum()))
        # Where little is seen, information is cheap.
        return -told, -change.astype(np.float64)


def _range(values: Array, seen: Array) -> tuple[float, float]:
    """Lowest level, and the width of a bin."""
    low, high = np.percentile(values[seen], (OUTER, 100 - OUTER)) if seen.any() else (0.0, 1.0)
    if high <= low:
        low, high = float(values.min()), float(values.max())
    return float(low), max(float(high - low), 1e-12) / (LEVELS - 1)


def _binned(values: Array, low: float, wide: float) -> Array:
    bins: Array = np.clip(np.rint((values - low) / wide), 0, LEVELS - 1).astype(np.intp)
    return bins


def _histogram(bins: Array, level: Array, seen: Array) -> Array:
    """Shares ``(fixed level, moving level)``, each pixel shared between two levels."""
    level = np.clip(level[seen], 0, LEVELS - 1)
    below = np.minimum(level.astype(np.intp), LEVELS - 2)
    above = level - below
    flat = bins[seen] * LEVELS + below
    counts = (
        np.bincount(flat, 1 - above, LEVELS**2) + np.bincount(flat + 1, above, LEVELS**2 + 1)[:-1]
    )
    table = blurred(counts.reshape(LEVELS, LEVELS).astype(np.float32), 1.0).astype(np.float64)
    return np.asarray(table / table.sum())


def _told(table: Array) -> tuple[float, Array]:
    """Information in nats, and how much each pair of levels adds to it."""
    alone = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    each = np.log(np.maximum(table, 1e-9) / np.maximum(alone, 1e-9))
    return float((table * each).sum()), each
