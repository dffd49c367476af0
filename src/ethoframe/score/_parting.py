"""Which frames go to which side: arrays only, for `score.split`, which says what it means."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from ethoframe.data.noun import Array

FRAMES_IN_BLOCK, MOST_BLOCKS = 8, 4
"""Validation inside a recording is one block for so many frames, and never more than so many."""


def rows_of(names: Array) -> list[Array]:
    """The frames of each recording."""
    _, index, count = np.unique(names, return_inverse=True, return_counts=True)
    return np.split(np.argsort(index, kind="stable"), np.cumsum(count)[:-1])


def joined(names: Array, subjects: Array) -> Array:
    """One number for all frames that share a recording or a subject, however far round."""
    links = [np.unique(by, return_inverse=True)[1] for by in (subjects, names)]
    links[0] = np.where(subjects == "", links[0].max() + 1 + links[1], links[0])
    group = np.arange(len(names))
    while True:
        before = group
        for link in links:
            least = np.full(link.max() + 1, len(names))
            np.minimum.at(least, link, group)
            group = least[link]
        if np.array_equal(group, before):
            return group


def holding(index: Array, classes: Sequence[Hashable] | None) -> Array:
    """Whether each group holds each class ``(groups, classes)``; of no classes, one for all."""
    of = ["" for _ in index] if classes is None else [str(each) for each in classes]
    if len(of) != len(index):
        raise ValueError(f"{len(index)} frames need one class each, and there are {len(of)}")
    names, at = np.unique(of, return_inverse=True)
    found = np.zeros((index.max() + 1, len(names)), bool)
    found[index, at] = True
    return found


def draw(held: Array, sizes: Array, share: float, chance: np.random.Generator) -> Array:
    """Which groups are kept back: the rarest class first, so that it is on both sides."""
    groups = len(held)
    back, free = np.zeros(groups, bool), np.ones(groups, bool)
    *rare, commonest = np.argsort(held.sum(axis=0), kind="stable")
    for k in (*rare, commonest):
        mine = held[:, k]
        # The last makes up for what the others went over, or fell short of, their share.
        weight = sizes if k == commonest else sizes * mine
        for group in chance.permutation(np.flatnonzero(mine & free)):
            now, goal = weight[back].sum(), share * weight.sum()
            others = mine & ~back
            # Rather the nearer to the share; but the first is kept back, and the last never.
            nearer = abs(now + weight[group] - goal) < abs(now - goal)
            back[group] = others.sum() > 1 and (nearer or not back[mine].any())
        free &= ~mine
    return back


def amiss(back: Array, held: Array, sizes: Array, share: float) -> float:
    """How far from the share, and worse, how many classes are not on both sides."""
    off = abs(float(sizes[back].sum() / sizes.sum()) - share)
    untaught, unseen = ~held[~back].any(axis=0), ~held[back].any(axis=0)
    several = held.sum(axis=0) > 1
    if back.all() or not back.any():
        return 1e9
    return off + 1e3 * float(untaught.sum()) + float((unseen & several).sum())


def deal(held: Array, sizes: Array, folds: int, chance: np.random.Generator) -> Array:
    """The fold of each group: the rarest class first, the largest group first, to the emptiest."""
    of = held.sum(axis=0)
    rarest = np.array([min(np.flatnonzero(row), key=lambda k: (of[k], k)) for row in held])
    fold, count = np.zeros(len(held), np.intp), np.zeros((folds, held.shape[1] + 1))
    turn = sorted(
        chance.permutation(len(held)).tolist(),
        key=lambda g: (of[rarest[g]], rarest[g], -sizes[g]),
    )
    for group in turn:
        k = rarest[group]
        fold[group] = min(range(folds), key=lambda f: (count[f, k], count[f, -1]))
        count[fold[group]] += [*(held[group] * sizes[group]), sizes[group]]
    return fold


def stretches(names: Array, order: Array, share: float, chance: np.random.Generator) -> Array:
    """Which frames are kept back: blocks of each recording."""
    kept = np.zeros(len(order), bool)
    for rows in rows_of(names):
        kept[rows] = _blocks(order[rows], share, chance)
    if not kept.any():  # of recordings with a few frames each: one frame of the longest
        rows = max(rows_of(names), key=len)
        kept[rows] = order[rows] == chance.choice(order[rows])
    return kept


def _blocks(order: Array, share: float, chance: np.random.Generator) -> Array:
    """Which frames of one recording are kept back."""
    places = np.unique(order)
    back = min(round(share * len(places)), len(places) - 1)
    taught = len(places) - back
    blocks = min(max(1, min(back // FRAMES_IN_BLOCK, MOST_BLOCKS)), taught + 1)
    # Where blocks stand among the taught frames; never two in one place, which would be one block.
    before = np.sort(chance.choice(taught + 1, blocks, replace=False))
    ends = np.arange(blocks + 1) * back // blocks
    chosen = np.repeat(before, np.diff(ends)) + np.arange(back)
    return np.isin(order, places[chosen])


def runs(names: Array, order: Array, folds: int, chance: np.random.Generator) -> Array:
    """The fold of each frame: stretches of each recording, in the order of time."""
    fold, first = np.zeros(len(order), np.intp), int(chance.integers(folds))
    for rows in rows_of(names):
        places, at = np.unique(order[rows], return_inverse=True)
        fold[rows] = (first + at * min(folds, len(places)) // len(places)) % folds
        first += len(places)  # so that recordings shorter than folds fill them in turn
    return fold


def nearest(places: Array, others: Array) -> Array:
    """How far each place is from the nearest of others."""
    others = np.sort(others)
    at = np.searchsorted(others, places)
    left = np.abs(places - others[np.maximum(at - 1, 0)])
    far: Array = np.minimum(left, np.abs(places - others[np.minimum(at, len(others) - 1)]))
    return far
