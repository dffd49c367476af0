"""Models of motifs: clusters, a mixture of Gaussians, and a hidden Markov chain of these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.behave._motif_paths import expected, followed

CLUSTERS, MIXTURE, MARKOV = "k-means", "mixture", "markov"
MODELS = (CLUSTERS, MIXTURE, MARKOV)

STARTS, ROUNDS = 3, 30
"""Times that clusters are begun anew, of which the tightest are kept, and steps at the most."""

SETTLED = 1e-3
"""Gain of the log likelihood of a moment, below which a model is settled."""


@dataclass(frozen=True)
class Stretches:
    """Series cut into stretches of as many moments.

    Parameters
    ----------
    places
        Each moment's few numbers ``(stretch, t, d)``; 0 where it is not there.
    known
        Which moments are there ``(stretch, t)``.
    unit
        Animal, recording or block of time that each is of ``(stretch,)``.
    """

    places: Array
    known: Array
    unit: Array

    @property
    def rows(self) -> Array:
        """All moments that are there ``(n, d)``."""
        rows: Array = self.places[self.known]
        return rows

    def take(self, chosen: Array) -> Stretches:
        """Some of them."""
        return Stretches(self.places[chosen], self.known[chosen], self.unit[chosen])


@dataclass(frozen=True)
class Motifs:
    """Motifs as one Gaussian each, and how they follow each other.

    Parameters
    ----------
    centre
        ``(k, d)``.
    root
        Of the inverse covariance ``(k, d, d)``: what is off the centre, times this, has spread 1.
    first
        Log density at the centre, and log share where that counts ``(k,)``.
    onward
        Log probability of each next motif ``(k, next k)``; 0 where their order tells nothing.
    """

    centre: Array
    root: Array
    first: Array
    onward: Array

    def scores(self, places: Array) -> Array:
        """How well each place ``(..., d)`` fits each motif ``(..., k)``."""
        count, wide = self.centre.shape
        seen = places @ self.root.reshape(count * wide, wide).T
        home = np.einsum("kij,kj->ki", self.root, self.centre)
        off = seen.reshape(*places.shape[:-1], count, wide) - home
        told: Array = self.first - (off**2).sum(axis=-1) / 2
        return told

    def told(self, stretches: Stretches, least: int) -> Array:
        """The motif of each moment that is there ``(n,)``."""
        scores = np.where(stretches.known[:, :, None], self.scores(stretches.places), 0.0)
        path: Array = followed(scores, self.onward, least)[stretches.known]
        return path

    def take(self, order: Array) -> Motifs:
        """The same in another order."""
        onward = self.onward[np.ix_(order, order)]
        return Motifs(self.centre[order], self.root[order], self.first[order], onward)


def taught(kind: str, stretches: Stretches, count: int, chance: np.random.Generator) -> Motifs:
    """A model of as many motifs.

    *k-means*: clusters about centres, whatever comes after what. *mixture*: Gaussians of any shape.
    *markov*: the same, each followed by the others as often as it was seen. Covariances are drawn
    a little to that of all moments, divided among motifs, so that no motif shrinks to a point.

    Parameters
    ----------
    kind
        One of `MODELS`.
    stretches
        That teach it.
    count
        How many motifs.
    chance
        Where it begins.

    References
    ----------
    Arthur & Vassilvitskii, SODA 2007, 1027-1035 (how clusters begin). Dempster, Laird & Rubin,
    Journal of the Royal Statistical Society B 39 (1977), 1-38 (EM). Rabiner, Proceedings of the
    IEEE 77 (1989), 257-286 (chains). Fraley & Raftery, Journal of Classification 24 (2007), 155-181
    (how covariances are drawn).
    """
    rows = stretches.rows
    wide = rows.shape[1]
    centre, which = clustered(rows, count, chance)
    nothing = np.zeros((count, count))
    if kind == CLUSTERS:
        return Motifs(centre, np.broadcast_to(np.eye(wide), (count, wide, wide)), 0 * nothing[0],
                      nothing)  # fmt: skip
    usual = np.atleast_2d(np.cov(rows.T)) / count ** (2 / wide) + 1e-6 * np.eye(wide)
    share = np.eye(count)[which]
    pairs, before = np.ones((count, count)), -np.inf
    found = _gaussians(rows, share, usual)
    for _ in range(ROUNDS):
        if kind == MARKOV:
            chain = np.log(pairs / pairs.sum(axis=1, keepdims=True))
            plain = Motifs(found.centre, found.root, found.first - _shares(share), chain)
            scores = plain.scores(stretches.places)
            told, seen, now = expected(scores, stretches.known, chain)
            share, pairs, kept = told[stretches.known], seen + 1.0, plain
        else:
            scores = found.scores(rows)
            top = scores.max(axis=1, keepdims=True)
            weight = np.exp(scores - top)
            now = float((np.log(weight.sum(axis=1)) + top[:, 0]).sum())
            share, kept = weight / weight.sum(axis=1, keepdims=True), found
        if now - before < SETTLED * len(rows):
            break
        before, found = now, _gaussians(rows, share, usual)
    return kept


def _shares(share: Array) -> Array:
    told: Array = np.log((share.sum(axis=0) + 1) / (len(share) + share.shape[1]))
    return told


def _gaussians(rows: Array, share: Array, usual: Array) -> Motifs:
    """Gaussians of moments that belong to each to a degree ``(n, k)``."""
    count, wide = share.shape[1], rows.shape[1]
    drawn, total = wide + 2, share.sum(axis=0)
    centre = share.T @ rows / np.maximum(total, 1e-9)[:, None]
    root = np.empty((count, wide, wide))
    for k in range(count):
        off = rows - centre[k]
        spread = ((share[:, k, None] * off).T @ off + drawn * usual) / (total[k] + drawn)
        root[k] = np.linalg.inv(np.linalg.cholesky(spread))
    log_size = np.log(np.einsum("kii->ki", root)).sum(axis=1)
    first = log_size - wide / 2 * np.log(2 * np.pi) + _shares(share)
    return Motifs(centre, root, first, np.zeros((count, count)))


def clustered(rows: Array, count: int, chance: np.random.Generator) -> tuple[Array, Array]:
    """Centres of clusters ``(k, d)``, and the nearest of each row ``(n,)``."""
    best: tuple[float, Array, Array] | None = None
    for _ in range(STARTS):
        centre = _begun(rows, count, chance)
        for _ in range(ROUNDS):
            far = _far(rows, centre)
            which = far.argmin(axis=1)
            member = np.eye(count)[which]
            total = member.sum(axis=0)[:, None]
            moved = np.where(total > 0, member.T @ rows / np.maximum(total, 1), centre)
            if np.allclose(moved, centre):
                break
            centre = moved
        far = _far(rows, centre)
        loss = float(far.min(axis=1).sum())
        if best is None or loss < best[0]:
            best = loss, centre, far.argmin(axis=1)
    assert best is not None
    return best[1], best[2]


def _begun(rows: Array, count: int, chance: np.random.Generator) -> Array:
    """Rows by chance, those far from the others before rather."""
    chosen = [int(chance.integers(len(rows)))]
    near = _far(rows, rows[chosen])[:, 0]
    for _ in range(count - 1):
        total = near.sum()
        weight = near / total if total > 0 else np.full(len(rows), 1 / len(rows))
        chosen.append(int(chance.choice(len(rows), p=weight)))
        near = np.minimum(near, _far(rows, rows[chosen[-1:]])[:, 0])
    picked: Array = rows[chosen]
    return picked


def _far(rows: Array, centre: Array) -> Array:
    """Squared distances ``(n, k)``."""
    far = (rows**2).sum(axis=1)[:, None] - 2 * rows @ centre.T + (centre**2).sum(axis=1)
    near: Array = np.maximum(far, 0.0)
    return near
