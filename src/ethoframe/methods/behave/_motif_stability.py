"""How alike motifs come out again: from other beginnings, of other animals, and of no motifs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.behave._motif_models import Motifs, Stretches, taught
from ethoframe.score.adjusted_rand import adjusted_rand

TOGETHER = 64
"""Moments of a stretch."""

MOST = 4000
"""Moments that teach a model, at most; of more, stretches are spread over all."""

SEEDS, HALVINGS = 3, 3
"""Beginnings that are compared, and ways to halve the animals, at most."""

BLOCKS = 8
"""Blocks of time that are dealt into halves where there is one animal."""

ALIKE, BEYOND = 0.65, 0.5
"""Agreement below which it counts as poor (Steinley 2004), and the least share that motifs must
gain of what series without any leave open."""

AS_GOOD = 0.05
"""Stability that is less than the best by no more than that is as good."""


@dataclass(frozen=True)
class Candidate:
    """One model with one number of motifs, and how stable it is.

    Parameters
    ----------
    model, number
        Which.
    seeds
        Mean agreement of models that began otherwise.
    halves
        Mean agreement, on all moments, of models of either half.
    shuffled
        The same of series that move alike and have no motifs (`without_motifs`).
    alone
        Whether other models were tried, and none with as many motifs is stable.
    """

    model: str
    number: int
    seeds: float
    halves: float
    shuffled: float
    alone: bool = False

    @property
    def beyond(self) -> float:
        """Agreement beyond that of series without motifs: 1 at the most.

        The lower one of seeds and halves: two halves may by chance begin alike.
        """
        left = 1 - min(self.shuffled, 1 - 1e-6)
        return (min(self.seeds, self.halves) - self.shuffled) / left

    @property
    def stable(self) -> bool:
        """Whether both levels are reached."""
        reached = min(self.seeds, self.halves) >= ALIKE and self.beyond >= BEYOND
        return reached and not self.alone

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        plain = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}
        return {**plain, "beyond": round(self.beyond, 4), "stable": self.stable}


def beside_each_other(every: Sequence[Candidate]) -> list[Candidate]:
    """The same, where it is said which are stable alone: what only one model finds is of it."""
    if len({each.model for each in every}) < 2:
        return [*every]
    stable = [each.number for each in every if each.stable]
    return [replace(each, alone=stable.count(each.number) == 1) for each in every]


def kept_of(candidates: Sequence[Candidate]) -> Candidate:
    """The one that is kept: of those that are as good as the best, one with the most motifs.

    Only those that are stable count, where any is; how good one is, is `Candidate.beyond`.

    References
    ----------
    Tibshirani & Walther, Journal of Computational and Graphical Statistics 14 (2005), 511-528 (of
    what is about as stable, the most). Steinley, Psychological Methods 9 (2004), 386-396 (levels).

    Examples
    --------
    >>> few, more = Candidate("markov", 3, 1.0, 0.98, 0.4), Candidate("markov", 5, 1.0, 0.97, 0.4)
    >>> kept_of([few, more]).number
    5
    """
    among = [each for each in candidates if each.stable] or [*candidates]
    best = max(each.beyond for each in among)
    good = [each for each in among if each.beyond >= best - AS_GOOD]
    return max(good, key=lambda each: (each.number, each.beyond))


def cut(series: Sequence[Array], unit: Sequence[Any]) -> Stretches:
    """Series of moments ``(t, d)`` as stretches; those of one unit are blocks of time.

    Parameters
    ----------
    series
        Without a break each.
    unit
        What each is of.
    """
    wide = series[0].shape[1]
    parts, known, units = [], [], []
    for each, of in zip(series, unit, strict=True):
        for first in range(0, len(each), TOGETHER):
            own = each[first : first + TOGETHER]
            held = np.zeros((TOGETHER, wide))
            held[: len(own)] = own
            parts.append(held)
            known.append(np.arange(TOGETHER) < len(own))
            units.append(of)
    of_whom = np.unique(np.array(units), return_inverse=True)[1].ravel()
    if of_whom.max() == 0:
        of_whom = np.arange(len(parts)) * min(BLOCKS, len(parts)) // len(parts)
    return Stretches(np.stack(parts), np.stack(known), of_whom)


def spread_over(stretches: Stretches) -> Stretches:
    """Of many stretches as many as are used, spread over all."""
    count = len(stretches.unit)
    some = max(2, min(count, MOST // TOGETHER))
    return stretches.take(np.linspace(0, count - 1, some).round().astype(int))


def without_motifs(series: Sequence[Array], chance: np.random.Generator) -> list[Array]:
    """Series with the same means, spreads and rhythms, all together, in which nothing recurs.

    Phases of all numbers are moved by the same chance, so that how each follows itself and the
    others stays, and what remains is one Gaussian without kinds of moments.

    References
    ----------
    Theiler et al., Physica D 58 (1992), 77-94. Prichard & Theiler, Physical Review Letters 73
    (1994), 951-954 (several series at once).
    """
    out = []
    for each in series:
        mean = each.mean(axis=0)
        waves = np.fft.rfft(each - mean, axis=0)
        turn = np.exp(2j * np.pi * chance.random(len(waves)))[:, None]
        out.append(np.fft.irfft(waves * turn, n=len(each), axis=0) + mean)
    return out


@dataclass(frozen=True)
class Trial:
    """What stability is asked of.

    Parameters
    ----------
    series
        Few numbers of moments ``(t, d)``, without a break each.
    unit
        Whom each is of.
    least
        Moments that a motif goes on for, at least.
    seed
        Of all chance.
    """

    series: Sequence[Array]
    unit: Sequence[Any]
    least: int
    seed: int

    @property
    def stretches(self) -> Stretches:
        """That teach, and that are compared on."""
        return spread_over(cut(self.series, self.unit))

    def halvings(self, unit: Array) -> list[Array]:
        """Which stretches are of the first half, of a few ways to deal ``(stretch,)``."""
        names, chance = np.unique(unit), np.random.default_rng([self.seed, 1])
        found: dict[bytes, Array] = {}
        for _ in range(20 * HALVINGS):
            first = chance.permutation(names)[: len(names) // 2]
            side = np.isin(unit, first)
            side = side == side[0]  # a half and the other are the same halving
            found.setdefault(side.tobytes(), side)
            if len(found) == HALVINGS:
                break
        return [*found.values()]

    def candidate(self, model: str, number: int) -> tuple[Candidate, Motifs]:
        """How stable a model with a number of motifs is; and the model, taught by all."""
        stretches = self.stretches
        every = [
            taught(model, stretches, number, np.random.default_rng([self.seed, 2, n]))
            for n in range(SEEDS)
        ]
        told = [each.told(stretches, self.least) for each in every]
        alike = np.eye(SEEDS)
        for a, b in combinations(range(SEEDS), 2):
            alike[a, b] = alike[b, a] = adjusted_rand(told[a], told[b])
        sides = self.halvings(stretches.unit)
        halves = [self._halved(model, number, stretches, side) for side in sides]
        nothing = []
        for n, side in enumerate(sides):
            chance = np.random.default_rng([self.seed, 3, n])
            shuffled = spread_over(cut(without_motifs(self.series, chance), self.unit))
            nothing.append(self._halved(model, number, shuffled, side))
        seeds = float(alike[np.triu_indices(SEEDS, 1)].mean())
        found = Candidate(model, number, seeds, float(np.mean(halves)), float(np.mean(nothing)))
        return found, every[int(alike.sum(axis=1).argmax())]

    def _halved(self, model: str, number: int, stretches: Stretches, side: Array) -> float:
        """Agreement, on all moments, of models of both halves."""
        told = []
        for n, chosen in enumerate((side, ~side)):
            chance = np.random.default_rng([self.seed, 4, n])
            own = taught(model, stretches.take(chosen), number, chance)
            told.append(own.told(stretches, self.least))
        return adjusted_rand(told[0], told[1])
