"""The difference between two levels, within blocks, and how sure it is: many answers at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ethoframe.data.noun import Array

TIE = 1e-9
"""Two statistics nearer to each other than this share are the same but for rounding."""


@dataclass(frozen=True)
class Design:
    """Which unit has which level, and which block it is in.

    Parameters
    ----------
    treated
        Whether each unit has the level that is compared ``(unit,)``.
    block
        Number of the block that each unit is in ``(unit,)``; all 0 where there are none.

    Examples
    --------
    >>> design = Design(np.array([True, True, False, False]), np.zeros(4, int))
    >>> found = design.told(np.array([3.0, 5.0, 1.0, 3.0]))
    >>> float(found.difference), round(float(found.error), 3)
    (2.0, 1.414)
    """

    treated: Array
    block: Array

    @cached_property
    def averaging(self) -> Array:
        """What makes of values the mean of their block ``(unit, unit)``."""
        same = self.block[:, None] == self.block
        return np.asarray(same / same.sum(axis=1))

    @cached_property
    def leaning(self) -> Array:
        """Levels less the mean of their block ``(unit,)``: what is compared with what."""
        return self.within(self.treated.astype(np.float64))

    @property
    def weight(self) -> float:
        """Sum of the squares of `leaning`: units that a difference rests on; 0 of none."""
        return float((self.leaning**2).sum())

    @property
    def spare(self) -> int:
        """Degrees of freedom that are left of units when blocks and difference are known."""
        return len(self.block) - len(np.unique(self.block)) - 1

    def within(self, values: Array) -> Array:
        """Values ``(..., unit)`` less the mean of their block."""
        return np.asarray(values - values @ self.averaging)

    def informative(self) -> Array:
        """Which units are in a block that has both levels ``(unit,)``."""
        share = self.averaging @ self.treated
        return np.asarray((share > 0) & (share < 1))

    def told(self, values: Array) -> Told:
        """The difference of these values ``(..., unit)``."""
        difference, variance = self.under(values, self.leaning[None])
        centred = self.within(values)
        rest = centred - difference * self.leaning
        spare = max(self.spare, 1)
        spread = np.sqrt((rest**2).sum(axis=-1) / spare)
        return Told(difference[..., 0], np.sqrt(variance[..., 0]), spread)

    def under(self, values: Array, leanings: Array) -> tuple[Array, Array]:
        """Difference and its variance, had the levels been dealt out otherwise.

        The variance is the one that makes no assumption of equal spread (HC2): Welch's where there
        are no blocks, that of the paired differences where each block is a pair.

        Parameters
        ----------
        values
            Of units ``(..., unit)``.
        leanings
            Levels less the mean of their block ``(deal, unit)``, for each way to deal them out.

        Returns
        -------
        tuple
            Difference and variance ``(..., deal)``.
        """
        # Of every deal, for where some units have no value deals differ in it; never 0.
        weight = np.maximum((leanings**2).sum(axis=1), TIE)
        centred = self.within(values)
        difference = centred @ leanings.T / weight
        left = 1 - np.diag(self.averaging) - leanings**2 / weight[:, None]
        share = np.divide(leanings**2, left, out=np.zeros_like(leanings), where=left > TIE)
        square = centred**2 @ share.T
        cross = centred @ (share * leanings).T
        own = (share * leanings**2).sum(axis=1)
        variance = (square - 2 * difference * cross + difference**2 * own) / weight**2
        # Sums of squares that cancel leave some rounding, of either sign.
        floor = TIE * square / weight**2
        return difference, np.where(variance > floor, variance, 0.0)

    def freedom(self, values: Array) -> Array:
        """Degrees of freedom of the variance ``(...)``: Welch's; in blocks Bell and McCaffrey's."""
        if len(np.unique(self.block)) == 1:
            return self._welch(values)
        left = 1 - np.diag(self.averaging) - self.leaning**2 / self.weight
        scaled = np.divide(self.leaning, np.sqrt(np.maximum(left, TIE)))
        rest = np.eye(len(self.block)) - self.averaging
        rest -= np.outer(self.leaning, self.leaning) / self.weight
        among = scaled[:, None] * rest * scaled
        freedom = np.trace(among) ** 2 / max(float((among**2).sum()), TIE)
        return np.full(np.shape(values)[:-1], freedom)

    def _welch(self, values: Array) -> Array:
        parts = [values[..., self.treated], values[..., ~self.treated]]
        each = [part.var(axis=-1, ddof=1) / part.shape[-1] for part in parts]
        over = sum(v**2 / (p.shape[-1] - 1) for v, p in zip(each, parts, strict=True))
        least = min(part.shape[-1] for part in parts) - 1.0
        top = (each[0] + each[1]) ** 2
        known = np.asarray(over) > 0
        return np.asarray(np.divide(top, over, out=np.full(np.shape(top), least), where=known))


@dataclass(frozen=True)
class Told:
    """What a difference is found to be.

    Parameters
    ----------
    difference, error
        Between the levels, and its standard error.
    spread
        Standard deviation of units of one level in one block.
    """

    difference: Array
    error: Array
    spread: Array

    @property
    def statistic(self) -> Array:
        """The difference in standard errors; infinite where nothing varies but the levels."""
        return studentised(self.difference, self.error**2)


def studentised(difference: Array, variance: Array) -> Array:
    """Differences in standard errors; 0 where there is none, infinite where nothing else varies."""
    error = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error > 0, difference / error, np.sign(difference) * np.inf)
    return np.where(difference == 0, 0.0, ratio)
