"""A model in which parts of one unit are alike: one random intercept, with honest freedom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

GRID = 41
"""Shares of variance between units that are tried before the best is looked for nearby."""
EDGE = 1e-4
"""How near to what is impossible a share may come."""


@dataclass(frozen=True)
class Parts:
    """Values of parts, and what they are parts of.

    Parameters
    ----------
    values
        Of recordings of animals, or of animals of litters ``(part,)``.
    fixed
        What is known of them: a constant, the level, blocks ``(part, column)``.
    unit
        Number of the unit of each ``(part,)``.
    """

    values: Array
    fixed: Array
    unit: Array

    @property
    def same(self) -> Array:
        """Whether two parts are of one unit, as 0 and 1 ``(part, part)``."""
        return np.asarray((self.unit[:, None] == self.unit).astype(np.float64))

    @property
    def repeated(self) -> bool:
        """Whether any unit has several parts."""
        return bool(np.bincount(self.unit).max(initial=0) > 1)


@dataclass(frozen=True)
class Fit:
    """What the model says of one column of `Parts.fixed`.

    Parameters
    ----------
    estimate, error, freedom
        Of the column, its standard error and degrees of freedom, by Kenward and Roger; never fewer
        than units less columns.
    wald
        The standard error that takes the variances for known; too small.
    between, within
        Variances between units and within them. The one between may be negative, where parts of a
        unit differ more than those of different units; forbidding that would make the test err.
    """

    estimate: float
    error: float
    freedom: float
    wald: float
    between: float
    within: float


def fitted(parts: Parts, column: int = 1, *, bounded: bool = False) -> Fit:
    """The model by restricted maximum likelihood.

    Parameters
    ----------
    parts
        What is known.
    column
        Of which column the answer is.
    bounded
        Whether the variance between units may not be negative, as in most programs.

    References
    ----------
    Kenward & Roger, Biometrics 53 (1997), 983-997. Negative variances keep the size of the test:
    Stroup & Littell, Kansas State Univ. Conf. Appl. Stat. Agric. (2002).
    """
    share = _share(parts, bounded=bounded) if parts.repeated else 0.0
    ratio = share / (1 - share)
    same = parts.same
    size = len(parts.values)
    inverse, projection = solved(parts.fixed, np.eye(size) + ratio * same)
    left = size - parts.fixed.shape[1]
    within = float(parts.values @ projection @ parts.values) / left
    information = np.linalg.inv(parts.fixed.T @ inverse @ parts.fixed)
    estimate = information @ parts.fixed.T @ inverse @ parts.values
    wald = float(np.sqrt(within * information[column, column]))
    known = float(estimate[column]), wald, ratio * within, within
    if not parts.repeated:
        return Fit(known[0], wald, float(left), *known[1:])
    error, freedom = kenward_roger(parts.fixed, inverse / within, same, column)
    return Fit(known[0], error, freedom, *known[1:])


def _share(parts: Parts, *, bounded: bool) -> float:
    """The share of variance between units that is likeliest."""
    from scipy.optimize import minimize_scalar

    most = int(np.bincount(parts.unit).max())
    least = 0.0 if bounded else -1 / (most - 1) * (1 - EDGE)
    grid = np.linspace(least, 1 - EDGE, GRID)
    costs = [_cost(parts, share) for share in grid]
    best = int(np.argmin(costs))
    near = grid[max(best - 1, 0)], grid[min(best + 1, GRID - 1)]
    found = minimize_scalar(
        lambda share: _cost(parts, share), bounds=near, method="bounded", options={"xatol": 1e-6}
    )
    return float(found.x if found.fun < costs[best] else grid[best])


def _cost(parts: Parts, share: float) -> float:
    """Minus twice the restricted log likelihood, less what is the same for all shares."""
    sizes = np.bincount(parts.unit)
    ratio = share / (1 - share)
    inverse, projection = solved(parts.fixed, np.eye(len(parts.unit)) + ratio * parts.same)
    left = len(parts.values) - parts.fixed.shape[1]
    square = float(parts.values @ projection @ parts.values)
    scale = np.log(1 + ratio * sizes[sizes > 0]).sum()
    _, shape = np.linalg.slogdet(parts.fixed.T @ inverse @ parts.fixed)
    return float(left * np.log(max(square, 1e-300)) + scale + shape)


def solved(fixed: Array, variance: Array) -> tuple[Array, Array]:
    """The inverse of the variance, and what takes out of values what is fixed."""
    inverse = np.linalg.inv(variance)
    weighed = inverse @ fixed
    return inverse, inverse - weighed @ np.linalg.solve(fixed.T @ weighed, weighed.T)


def kenward_roger(fixed: Array, inverse: Array, same: Array, column: int) -> tuple[float, float]:
    """Standard error and degrees of freedom of a column, as variances are not known but found.

    For one column their F statistic is a t, and its scale is 1. Where units are very unlike in size
    and hardly differ, their degrees of freedom fall far below those of the test of unit means, and
    the test hardly ever rejects: so they are never fewer than those, units less columns.
    """
    parts = (same, np.eye(len(same)))
    cover = np.linalg.inv(fixed.T @ inverse @ fixed)
    projection = inverse - inverse @ fixed @ cover @ fixed.T @ inverse
    seen = [projection @ part for part in parts]
    information = 0.5 * np.array([[np.trace(a @ b) for b in seen] for a in seen])
    unsure = np.linalg.inv(information)
    slopes = [-fixed.T @ inverse @ part @ inverse @ fixed for part in parts]
    added = np.zeros_like(cover)
    for i, first in enumerate(parts):
        for j, second in enumerate(parts):
            bend = fixed.T @ inverse @ first @ inverse @ second @ inverse @ fixed
            added += unsure[i, j] * (bend - slopes[i] @ cover @ slopes[j])
    adjusted = cover + 2 * cover @ added @ cover
    plain = cover[column, column]
    moved = np.array([(cover @ slope @ cover)[column, column] for slope in slopes])
    freedom = 2 * plain**2 / float(moved @ unsure @ moved)
    units = float((1 / same.sum(axis=1)).sum())
    least = max(units - fixed.shape[1], 1.0)
    return float(np.sqrt(max(adjusted[column, column], plain))), float(max(freedom, least))
