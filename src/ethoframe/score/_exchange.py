"""Whether people who are alike would leave one of them so far apart: a permutation test."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score._timeline import Timeline

DRAWS = 4999
"""How often parts are dealt out anew."""

AT_ONCE = 1 << 18
"""Disagreements that are dealt out at once: it bounds memory."""


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
        gap = float(rest.min() - own.max())
        found.append(Standing(float(own.mean()), float(rest.mean()), gap))
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
    every = np.array(list(permutations(range(len(along.looked)))))
    size = len(agreed) - 1
    deals, tried = _deals(len(every), size, draws)
    hits = 0
    rows = max(1, AT_ONCE // max(size, 1))
    where = np.arange(1, size + 1)[None, :, None]
    for first in range(0, len(deals), rows):
        who = every[deals[first : first + rows]]
        same = agreed[where[..., None], who[..., :, None], who[..., None, :]].sum(axis=1)
        kappas = _kappas(agreed[0] + same, said[0] + said[where, who].sum(axis=1))
        far = np.stack(
            [rest.min(axis=-1) - own.max(axis=-1)
             for own, rest in (_parted(kappas, at) for at in range(len(along.looked)))]
        )  # fmt: skip
        hits += int((far.max(axis=0) >= gap - 1e-9).sum())
    return hits / len(deals) if tried else (hits + 1) / (len(deals) + 1)


def _deals(ways: int, size: int, draws: int) -> tuple[Array, bool]:
    """Which way each disagreement is dealt out ``(deals, size)``, and whether these are all."""
    # To deal all of them out alike changes nobody's gap but its name: the first may stay as it is.
    if ways ** max(size - 1, 0) <= draws:
        rest = list(product(range(ways), repeat=max(size - 1, 0)))
        every = np.zeros((len(rest), size), np.int64)
        if size:
            every[:, 1:] = np.array(rest, np.int64).reshape(len(rest), size - 1)
        return every, True
    return np.random.default_rng(0).integers(0, ways, (draws, size)), False


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
