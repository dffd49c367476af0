"""Whether people who are alike would leave one of them so far apart: a permutation test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score._timeline import Timeline

DRAWS = 4999
"""How often parts are dealt out anew."""

AT_ONCE = 1 << 22
"""Pairs of people in disagreements that are dealt out at once: it bounds memory."""


@dataclass(frozen=True)
class Standing:
    """How one of several agrees with the others, and these with each other.

    Parameters
    ----------
    agrees, others
        Mean kappa of him and each other, and of every two of the others.
    gap
        The least kappa of any two of the others less the highest of his: more than 0 where he
        agrees with everybody less than any two of these.
    """

    agrees: float
    others: float
    gap: float


def standing(along: Timeline) -> list[Standing]:
    """How each of three people or more stands in what all of them looked at.

    Examples
    --------
    >>> from ethoframe.data import Episodes
    >>> from ethoframe.score._timeline import timeline
    >>> two = Episodes.of("rear", np.array([[0.0, 5.0]]), np.array([[0.0, 10.0]]))
    >>> none = Episodes.of("rear", np.empty((0, 2)), np.array([[0.0, 10.0]]))
    >>> [each.gap for each in standing(timeline([two, none, two], ["rear"]))]
    [-1.0, 1.0, -1.0]
    """
    kappas = _kappas(*(held.sum(axis=0) for held in _disagreements(along)))
    found = []
    for at in range(len(kappas)):
        own, rest = _parted(kappas, at)
        found.append(Standing(float(own.mean()), float(rest.mean()), float(_gap(own, rest))))
    return found


def exchanged(along: Timeline, gap: float, draws: int = DRAWS) -> float:
    """How often people who are alike would set one of them as far apart, or farther.

    Where all say the same, nothing tells them apart; each stretch of time in which they do not is
    one disagreement. People who are alike, and err here and there on their own, might have had each
    other's part in any of these. So the parts of each disagreement are dealt out anew, and it is
    counted how often the gap of anybody is as large: a test that needs no distribution, and holds
    for few bouts as for many. Of few it can't find anything: where two saw k bouts alike and the
    third none, it says 3 to the power of 1 - k, so that it takes four bouts to reach 5 %.

    Parameters
    ----------
    along
        What three people or more say.
    gap
        As `Standing` has it.
    draws
        How often; where there are fewer ways, each is tried once. The same each time it is asked.

    References
    ----------
    Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 3rd ed., Springer (2005).
    Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010), 39 (the draw that the data are counts).

    Examples
    --------
    >>> from ethoframe.data import Episodes
    >>> from ethoframe.score._timeline import timeline
    >>> spans = np.array([[k, k + 1.0] for k in range(0, 40, 10)])
    >>> two = Episodes.of("rear", spans, np.array([[0.0, 60.0]]))
    >>> none = Episodes.of("rear", np.empty((0, 2)), np.array([[0.0, 60.0]]))
    >>> round(exchanged(timeline([two, two, none], ["rear"]), 1.0) * 3**3, 6)
    1.0
    """
    agreed, said = _disagreements(along)
    size, raters = len(agreed) - 1, len(along.looked)
    where = np.arange(1, size + 1)[None, :, None]
    # To deal all of them out alike changes whose gap it is, and no gap: the first stays as it is.
    tried = factorial(raters) ** max(size - 1, 0) <= draws
    hits = total = 0
    for who in _every(size, raters) if tried else _drawn(size, raters, draws):
        same = agreed[where[..., None], who[..., :, None], who[..., None, :]].sum(axis=1)
        kappas = _kappas(agreed[0] + same, said[0] + said[where, who].sum(axis=1))
        far = np.stack([_gap(*_parted(kappas, at)) for at in range(raters)])
        hits += int((far.max(axis=0) >= gap - 1e-9).sum())
        total += len(who)
    return hits / total if tried else (hits + 1) / (total + 1)


def _every(size: int, raters: int) -> Iterator[Array]:
    """All ways to deal out the disagreements after the first ``(ways, size, raters)``."""
    ways = list(permutations(range(raters)))
    rest = product(ways, repeat=max(size - 1, 0))
    yield np.array([(ways[0], *each)[:size] for each in rest], np.intp).reshape(-1, size, raters)


def _drawn(size: int, raters: int, draws: int) -> Iterator[Array]:
    """Ways at random, a part at a time; the same ones each time."""
    chance = np.random.default_rng(0)
    rows = max(1, AT_ONCE // (size * raters**2))
    for first in range(0, draws, rows):
        yield chance.random((min(rows, draws - first), size, raters)).argsort(axis=-1)


def _gap(own: Array, rest: Array) -> Array:
    """The least kappa of two others less the highest of somebody's own ``(...)``."""
    found: Array = rest.min(axis=-1) - own.max(axis=-1)
    return found


def _disagreements(along: Timeline) -> tuple[Array, Array]:
    """Seconds of each disagreement, after those in which all say the same.

    Returns
    -------
    agreed
        In which two say the same ``(1 + n, raters, raters)``.
    said
        In which each says each kind ``(1 + n, raters, kinds)``.
    """
    codes, states = along.states()
    seconds = np.where(along.shared, along.stop_s - along.start_s, 0.0)
    differ = along.shared & (codes != codes[0]).any(axis=0)
    begins = differ & ~np.concatenate([[False], differ[:-1]])
    which = np.where(differ, np.cumsum(begins), 0)
    size = int(which.max(initial=0)) + 1

    def summed(chosen: Array) -> Array:
        total: Array = np.bincount(which, seconds * chosen, size)
        return total

    agreed = np.array([[summed(one == other) for other in codes] for one in codes])
    said = np.array([[summed(one == kind) for kind in range(len(states))] for one in codes])
    return np.moveaxis(agreed, -1, 0), np.moveaxis(said, -1, 0)


def _kappas(agreed: Array, said: Array) -> Array:
    """Kappa of every two ``(..., raters, raters)``; 0 where chance leaves nothing to agree on."""
    total = np.maximum(said.sum(axis=-1)[..., :1], np.finfo(float).tiny)[..., None]
    shares = said / total
    chance = shares @ shares.swapaxes(-1, -2)
    left = 1 - chance
    kappas: Array = np.divide(
        agreed / total - chance, left, out=np.zeros_like(left), where=left > 1e-12
    )
    return kappas


def _parted(kappas: Array, at: int) -> tuple[Array, Array]:
    """Those of one with each other ``(..., raters - 1)``, and of every two of the others."""
    rest = np.delete(np.arange(kappas.shape[-1]), at)
    one, other = np.triu_indices(len(rest), 1)
    return kappas[..., at, rest], kappas[..., rest[one], rest[other]]
