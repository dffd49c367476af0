"""Which motif goes on at each moment, by how well each fits, and how they follow each other."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array


def expected(scores: Array, known: Array, onward: Array) -> tuple[Array, Array, float]:
    """How probable each motif is at each moment, given all moments of its stretch.

    Parameters
    ----------
    scores
        Log density of each moment in each motif ``(stretch, t, k)``.
    known
        Which moments are there ``(stretch, t)``.
    onward
        Log probability of the next motif ``(k, next k)``.

    Returns
    -------
    tuple
        Probabilities as `scores`, 0 where nothing is there; how often each motif was followed by
        each ``(k, next k)``; and the log likelihood.

    References
    ----------
    Rabiner, Proceedings of the IEEE 77 (1989), 257-286.
    """
    top = scores.max(axis=2, keepdims=True)
    like = np.where(known[:, :, None], np.exp(scores - top), 1.0)
    chain = np.exp(onward)
    ahead, scale = np.empty_like(like), np.empty(like.shape[:2])
    for t in range(like.shape[1]):
        before = ahead[:, t - 1] @ chain if t else np.full(like[:, 0].shape, 1 / like.shape[2])
        now = before * like[:, t]
        scale[:, t] = np.maximum(now.sum(axis=1), 1e-300)
        ahead[:, t] = now / scale[:, t, None]
    back = np.ones_like(like)
    for t in range(like.shape[1] - 2, -1, -1):
        back[:, t] = (back[:, t + 1] * like[:, t + 1] / scale[:, t + 1, None]) @ chain.T
    both = known[:, 1:] & known[:, :-1]
    came = ahead[:, :-1] * both[:, :, None]
    goes = back[:, 1:] * like[:, 1:] / scale[:, 1:, None]
    count = like.shape[2]
    followed = chain * (came.reshape(-1, count).T @ goes.reshape(-1, count))
    told = ahead * back * known[:, :, None]
    return told, followed, float((np.log(scale) + top[:, :, 0])[known].sum())


def followed(scores: Array, onward: Array, least: int) -> Array:
    """The most probable motifs, each of which goes on for some moments at least.

    The first and the last of a stretch may be shorter: nobody knows how long they are.

    Parameters
    ----------
    scores
        How well each moment fits each motif ``(stretch, t, k)``.
    onward
        What is added for each next motif ``(k, next k)``; 0 where their order tells nothing.
    least
        Moments that each goes on for, at least.

    Returns
    -------
    Array
        Motif of each moment ``(stretch, t)``.

    References
    ----------
    Viterbi, IEEE Transactions on Information Theory 13 (1967), 260-269; with a state for each
    moment until the least is reached: Ferguson, Symposium on the Application of Hidden Markov
    Models to Text and Speech (1980), 143-179.

    Examples
    --------
    >>> fits = np.log([[[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.9, 0.1], [0.9, 0.1]]])
    >>> followed(fits, np.zeros((2, 2)), 1)[0].tolist()
    [0, 0, 1, 0, 0]
    >>> followed(fits, np.zeros((2, 2)), 2)[0].tolist()
    [0, 0, 0, 0, 0]
    """
    stretches, lasts, count = scores.shape
    if not lasts or not stretches:
        return np.zeros((stretches, lasts), np.intp)
    deep = max(1, least)
    stay = np.diag(onward)
    leave = np.where(np.eye(count, dtype=bool), -np.inf, onward)
    held = np.full((stretches, deep, count), -np.inf)
    held[:, -1] = scores[:, 0]
    origin = np.zeros((lasts, stretches, count), np.intp)
    stayed = np.ones((lasts, stretches, count), bool)
    for t in range(1, lasts):
        ways = held[:, -1, :, None] + leave
        origin[t] = ways.argmax(axis=1)
        enter = np.take_along_axis(ways, origin[t][:, None], axis=1)[:, 0]
        onto = held + stay
        reached = onto[:, -2] if deep > 1 else enter
        stayed[t] = onto[:, -1] >= reached
        moved = np.empty_like(held)
        moved[:, 0], moved[:, 1:-1] = enter, onto[:, : deep - 2] if deep > 2 else 0.0
        moved[:, -1] = np.maximum(onto[:, -1], reached)
        held = moved + scores[:, t, None]
    return _backwards(held, origin, stayed)


def _backwards(held: Array, origin: Array, stayed: Array) -> Array:
    """From the best end to the beginning ``(stretch, t)``."""
    stretches, deep, count = held.shape
    depth, motif = divmod(held.reshape(stretches, -1).argmax(axis=1), count)
    told = np.empty((stretches, len(origin)), np.intp)
    every = np.arange(stretches)
    for t in range(len(origin) - 1, -1, -1):
        told[:, t] = motif
        stays, full = stayed[t, every, motif], depth == deep - 1
        enters = (depth == 0) & ~(full & stays)
        came = origin[t, every, motif]
        down = np.where(full & stays, deep - 1, depth - 1)
        motif, depth = np.where(enters, came, motif), np.where(enters, deep - 1, down)
    return told
