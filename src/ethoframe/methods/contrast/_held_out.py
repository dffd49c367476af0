"""How far two levels are apart in units that were kept apart: many measures and deals at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.contrast._difference import TIE, Design, studentised
from ethoframe.methods.contrast._parting import Parting

MAD = 1.4826
"""Standard deviations of normal values in a median distance from the median."""
PIECE = 2**19
"""Numbers that are looked at together."""


@dataclass(frozen=True)
class Apart:
    """What was settled on one part of the units and found on the other, in each deal.

    The first deal is the one that is, and so is the first turn. Deals tell what chance alone gives
    where nothing differs between the levels at all; turns, of values round their mean, where
    the levels have the same mean and may vary by different amounts, of values that lie evenly
    around it. What is found has to be rare by both.

    Parameters
    ----------
    statistic, turned
        The difference in standard errors, as a normal value ``(deal, measure)``, and the same
        ``(turn, measure)``; no turns where there are blocks.
    separation
        Share of pairs that lie as the other part showed ``(measure,)``; 0.5 says nothing.
    first
        That of the measure with the highest statistic ``(deal,)``.
    chosen
        That of whichever measure was the best on the other part ``(deal,)``; it needs no turns.
    best
        Share of the parts on which each measure is the best ``(measure,)``.
    """

    statistic: Array
    turned: Array
    separation: Array
    first: Array
    chosen: Array
    best: Array

    @classmethod
    def of(
        cls, design: Design, values: Array, parting: Parting, orders: Array, turns: Array
    ) -> Apart:
        """Of values ``(measure, unit)``, NaN where a unit has none, in these deals and turns.

        Parameters
        ----------
        design, parting
            Levels and blocks of the units, and ways to part these.
        values
            Of them.
        orders, turns
            As `_deals` gives them.
        """
        values = evened(values, design.block)
        alike, pairs = list(_alike(design, values)), Pairs.of(design, values)
        statistic = np.empty((len(orders), len(values)))
        first, chosen = np.empty((2, len(orders)))
        largest = 2 * len(parting.masks) * max(len(values), len(pairs.one))
        for some in _some(len(orders), max(1, PIECE // largest)):
            levels, parts = design.treated[orders[some]], parting.under(orders[some])
            found = _Found.of(alike, len(values), levels, parts)
            held = found.kept(found.differences)
            for each in alike:
                told = studentised(held[:, each.rows], each.variance(levels))
                statistic[some, each.rows] = normal(told, each.design.spare)
            ways = pairs.ways(levels, _swapped(parts, axis=1))
            top = statistic[some].argmax(axis=1)[:, None]
            first[some] = found.apart(top, pairs.shown(ways, top))
            chosen[some] = found.apart(found.best, pairs.shown(ways, found.best))
            if some.start == 0:
                best = np.bincount(found.best[0], minlength=len(values)) / parts.shape[1]
                one, own = np.arange(len(values))[:, None], found.first
                separation = own.apart(one, pairs.shown(ways[:1], one))
        turned = _turned(design, values, parting, turns)
        return cls(statistic, turned, separation, first, chosen, best)

    @property
    def order(self) -> Array:
        """Numbers of the measures, the best first."""
        return np.argsort(-self.statistic[0], kind="stable")

    @property
    def own(self) -> Array:
        """P of each measure ``(measure,)``, were it the only one."""
        return self._rarely(lambda found: found >= _least(found[0]))

    @property
    def among(self) -> Array:
        """P of each measure ``(measure,)`` among all: against the best that chance alone gives.

        The best is compared with the best of all, each other with the best of those that do not
        stand before it.

        References
        ----------
        Westfall & Young, Resampling-based multiple testing, Wiley (1993).
        """
        order = self.order

        def as_well(found: Array) -> Array:
            best = np.maximum.accumulate(found[:, order[::-1]], axis=1)[:, ::-1]
            return np.asarray(best >= _least(found[0, order]))

        told = np.empty(len(order))
        told[order] = np.maximum.accumulate(self._rarely(as_well))
        return told

    @property
    def choice(self) -> float:
        """P of choosing: how often what chance alone lets be chosen holds as well."""
        return float((self.chosen >= self.chosen[0] - TIE).mean())

    def _rarely(self, as_well: Callable[[Array], Array]) -> Array:
        """How often chance alone does as well, by deals or by turns, whichever is more often."""
        both = [each for each in (self.statistic, self.turned) if len(each)]
        return np.asarray(np.max([as_well(each).mean(axis=0) for each in both], axis=0))


def _turned(design: Design, values: Array, parting: Parting, turns: Array) -> Array:
    """Statistics ``(turn, measure)`` of values round their mean.

    `values` ``(measure, unit)`` are 0 on average; levels and parts stay as they are.
    """
    statistic, own = np.empty((len(turns), len(values))), np.arange(len(design.block))[None]
    alike, parts = list(_alike(design, values)), parting.under(own)
    largest = 2 * len(parting.masks) * len(values)
    for some in _some(len(turns), max(1, PIECE // largest)):
        worlds = values * turns[some, None]
        each = [replace(one, values=worlds[:, one.rows][..., one.present]) for one in alike]
        found = _Found.of(each, len(values), design.treated[own], parts)
        held = found.kept(found.differences)
        for one in each:
            told = studentised(held[:, one.rows], one.variance(design.treated[own]))
            statistic[some, one.rows] = normal(told, one.design.spare)
    return statistic


@dataclass(frozen=True)
class _Alike:
    """Measures that the same units have.

    Parameters
    ----------
    rows
        Their numbers ``(measure,)``.
    present
        Which units have them ``(unit,)``.
    values
        Of these units ``(measure, unit)``; of several worlds ``(world, measure, unit)``.
    design
        Level and block of these.
    """

    rows: Array
    present: Array
    values: Array
    design: Design

    @cached_property
    def inside(self) -> Array:
        """Whether a unit is in a block ``(unit, block)``."""
        return np.asarray(self.design.block[:, None] == np.unique(self.design.block), np.float64)

    def spread(self, parts: Array) -> Array:
        """Standard deviation of the units of each part within blocks ``(deal, measure, part)``."""
        inside = np.swapaxes(parts, 1, 2).astype(np.float64)
        square = self.values**2 @ inside
        for block in self.inside.T[:, :, None] > 0:
            some = inside * block
            square -= (self.values @ some) ** 2 / np.maximum(some.sum(axis=1, keepdims=True), 1)
        size = np.maximum(inside.sum(axis=1, keepdims=True), 1)
        return np.asarray(np.sqrt(np.maximum(square / size, TIE)))

    def variance(self, levels: Array) -> Array:
        """Of the difference between all units ``(deal, measure)``; of worlds, by one deal."""
        leanings = self.design.within(levels[:, self.present].astype(np.float64))
        found = self.design.under(self.values, leanings)[1]
        return np.asarray(found.T if self.values.ndim == 2 else found[..., 0])


@dataclass(frozen=True)
class Pairs:
    """Pairs of units of one block.

    Parameters
    ----------
    one, other
        The two units of each ``(pair,)``.
    signs
        Which is the higher ``(measure, pair)``: 1, 0 or -1.
    there
        Whether both have the measure ``(measure, pair)``.
    """

    one: Array
    other: Array
    signs: Array
    there: Array

    @classmethod
    def of(cls, design: Design, values: Array) -> Pairs:
        """Of values ``(measure, unit)``."""
        one, other = np.triu_indices(len(design.block), 1)
        same = design.block[one] == design.block[other]
        one, other = one[same], other[same]
        signs = np.sign(values[:, one] - values[:, other])
        there = np.isfinite(signs).astype(np.float32)
        return cls(one, other, np.nan_to_num(signs).astype(np.float32), there)

    def ways(self, levels: Array, parts: Array) -> Array:
        """Which of a pair has the level ``(deal, part, pair)``: 1 or -1; 0 where it is not whole.

        Parameters
        ----------
        levels
            Whether each unit has the level ``(deal, unit)``.
        parts
            Which units are in a part ``(deal, part, unit)``.
        """
        sides = np.where(parts, np.where(levels, 1, -1)[:, None], 0).astype(np.int8)
        one, other = sides[..., self.one], sides[..., self.other]
        return np.asarray((one - other) // 2 * (one * other < 0), np.float32)

    def shown(self, ways: Array, measure: Array) -> Array:
        """Share of pairs with the level higher, less lower, in each part ``(deal, part)``.

        Parameters
        ----------
        ways
            What `ways` gave.
        measure
            Which: one for all parts of a deal ``(deal, 1)``, or another for each ``(deal, part)``.
        """
        found = np.einsum("dpk,dpk->dp", *np.broadcast_arrays(ways, self.signs[measure]))
        count = np.einsum("dpk,dpk->dp", *np.broadcast_arrays(np.abs(ways), self.there[measure]))
        return np.asarray(found / np.maximum(count, 1))


@dataclass(frozen=True)
class _Found:
    """What parts show of measures ``(deal, measure, part)``, second parts after the first.

    Parameters
    ----------
    far
        Differences, weighted by how well they are known, in standard deviations of the units of
        this part alone: those of the other part have no say in what is chosen.
    differences
        In what the values are in.
    known
        Whether both a part and the other have both levels; what they show is 0 otherwise.
    """

    far: Array
    differences: Array
    known: Array

    @classmethod
    def of(cls, alike: Sequence[_Alike], count: int, levels: Array, parts: Array) -> _Found:
        """Of all measures when levels ``(deal, unit)`` and parts ``(deal, part, unit)`` are so.

        Of several worlds, in one deal.
        """
        worlds = [len(each.values) for each in alike if each.values.ndim > 2]
        far, differences = np.empty((2, max(len(parts), *worlds, 0), count, parts.shape[1]))
        known = np.empty(far.shape, bool)
        for each in alike:
            some, level = parts[..., each.present], levels[:, each.present]
            leaning, weight = _leaning(level[:, None], some, each.inside)
            root = np.sqrt(weight)
            found = each.values @ np.swapaxes(leaning / root, 1, 2)
            differences[:, each.rows] = found / np.swapaxes(root, 1, 2)
            far[:, each.rows] = found / each.spread(some)
            there = np.swapaxes(weight > TIE, 1, 2)
            known[:, each.rows] = there & _swapped(there)
        return cls(far, differences, known)

    @property
    def first(self) -> _Found:
        """Of the first deal."""
        return _Found(self.far[:1], self.differences[:1], self.known[:1])

    def kept(self, shown: Array) -> Array:
        """What a part shows in the direction that the other settled ``(deal, measure)``."""
        return _mean(np.sign(self.far) * _swapped(shown), self.known)

    @cached_property
    def best(self) -> Array:
        """The best measure of each part ``(deal, part)``."""
        return np.asarray(np.abs(self.far).argmax(axis=1))

    def apart(self, measure: Array, shown: Array) -> Array:
        """Share of pairs that lie as was settled, from what the other parts show of a measure.

        Parameters
        ----------
        measure
            Which, as `Pairs.shown` has it.
        shown
            What it gave of the other parts.
        """
        deal, part = np.ogrid[: len(self.far), : self.far.shape[2]]
        at = deal, measure, part
        return 0.5 + _mean(np.sign(self.far[at]) * shown, self.known[at]) / 2


def evened(values: Array, block: Array) -> Array:
    """Values ``(measure, unit)`` of which single large ones do not decide; levels play no part.

    Distances from the median of a block, in median distances, are taken as they are where they are
    small, and as their logarithm where they are large; then scaled to vary by 1. NaN stays NaN.

    Examples
    --------
    >>> np.round(evened(np.array([[1.0, 2.0, 3.0, 4.0, 1000.0]]), np.zeros(5)), 1)
    array([[-0.8, -0.6, -0.4, -0.2,  2. ]])
    """
    off = values.copy()
    for each in np.unique(block):
        inside = off[:, block == each]
        # A measure that a block has nothing of has no median in it.
        some = np.isfinite(inside).any(axis=1)
        inside[some] -= np.nanmedian(inside[some], axis=1, keepdims=True)
        off[:, block == each] = inside
    scale = MAD * np.nanmedian(np.abs(off), axis=1, keepdims=True)
    scale = np.where(scale > 0, scale, np.nanstd(values, axis=1, keepdims=True))
    found = np.arcsinh(off / scale)
    found = found - np.nanmean(found, axis=1, keepdims=True)
    return np.asarray(found / np.nanstd(found, axis=1, keepdims=True))


def normal(statistic: Array, freedom: int) -> Array:
    """The value of the normal distribution that is as rare as one of t, very nearly.

    So measures that fewer units have may stand beside the others.

    References
    ----------
    Wallace, Ann. Math. Stat. 30 (1959), 1121-1130.

    Examples
    --------
    >>> normal(np.array([0.0, 2.228, -2.228]), 10).round(2)
    array([ 0.  ,  1.96, -1.96])
    """
    size = np.sqrt(freedom * np.log1p(statistic**2 / freedom))
    return np.asarray(np.sign(statistic) * size * (8 * freedom + 1) / (8 * freedom + 3))


def _alike(design: Design, values: Array) -> Iterator[_Alike]:
    present = np.isfinite(values)
    patterns, which = np.unique(present, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which.reshape(-1) == number)
        some = Design(design.treated[pattern], design.block[pattern])
        yield _Alike(rows, pattern, values[rows][:, pattern], some)


def _leaning(levels: Array, parts: Array, inside: Array) -> tuple[Array, Array]:
    """Levels less the mean of their block within each part, and the sum of their squares."""
    size = parts.astype(np.float64) @ inside
    share = (parts & levels).astype(np.float64) @ inside / np.maximum(size, 1)
    leaning = np.where(parts, levels - share @ inside.T, 0.0)
    return leaning, np.maximum((leaning**2).sum(axis=-1, keepdims=True), TIE**2)


def _some(count: int, size: int) -> Iterator[slice]:
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def _swapped(found: Array, axis: int = -1) -> Array:
    """What the other part shows, in place of each."""
    return np.roll(found, found.shape[axis] // 2, axis=axis)


def _mean(found: Array, where: Array) -> Array:
    return np.asarray((found * where).sum(axis=-1) / np.maximum(where.sum(axis=-1), 1))


def _least(statistic: Array) -> Array:
    """What counts as being as large, but for rounding."""
    return np.asarray(statistic - TIE * (1 + np.abs(statistic)))
