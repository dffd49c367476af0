"""Honest splits: what a method is scored on is nothing like a copy of what it was taught.

Whole subjects or recordings are kept back where there are several. Inside one recording, stretches
of neighbouring frames are, with a gap on either side that belongs to neither: the frame beside a
taught one is nearly the same picture, and to be right there says little.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array, Noun, frozen
from ethoframe.score._parting import (
    amiss,
    deal,
    draw,
    holding,
    joined,
    nearest,
    rows_of,
    runs,
    stretches,
)

How = Literal["auto", "subject", "recording", "blocks", "random"]

SHARE = 0.2
GAP_SHARE = 0.01
"""Of the span of a recording: the gap where none is asked for."""

TRIES, NEAR = 64, 0.03
"""Draws of which the first is taken whose share is as near as that, with classes on both sides."""


@dataclass(frozen=True, eq=False)
class Split(Noun):
    """Which frames are taught, which are kept back, and which are neither.

    Parameters
    ----------
    train, validation, dropped
        Indices, each in rising order; together they are 0 to n - 1, each once.
    how
        ``"subject"``, ``"recording"``, ``"blocks"``, ``"random"``, or ``"none"`` where nothing is
        kept back.
    seed
        What chance began with.
    says
        All of that in a sentence.

    Examples
    --------
    >>> told = by_unit(["a", "a", "b", "c", "d"], share=0.25)
    >>> Split.from_json(told.to_json()) == told
    True
    """

    train: Array
    validation: Array
    dropped: Array
    how: str
    seed: int
    says: str

    def __post_init__(self) -> None:
        for name in ("train", "validation", "dropped"):
            index = np.sort(np.asarray(getattr(self, name), np.int64))
            object.__setattr__(self, name, frozen(index))
        every = np.sort(np.concatenate([self.train, self.validation, self.dropped]))
        if not np.array_equal(every, np.arange(len(every))):
            raise ValueError("each frame is taught, kept back or dropped, and only once")

    def __len__(self) -> int:
        return len(self.train) + len(self.validation) + len(self.dropped)

    def to_json(self) -> str:
        """All of it, as an object of lists and plain values."""
        index = {name: getattr(self, name).tolist() for name in ("train", "validation", "dropped")}
        return json.dumps({**index, "how": self.how, "seed": self.seed, "says": self.says})

    @classmethod
    def from_json(cls, text: str) -> Split:
        """What `to_json` wrote.

        Raises
        ------
        Refusal
            When the text is no split.
        """
        try:
            told = json.loads(text)
            train, validation, dropped = (told[k] for k in ("train", "validation", "dropped"))
            how, seed, says = str(told["how"]), int(told["seed"]), str(told["says"])
            return cls(train, validation, dropped, how, seed, says)
        except (ValueError, TypeError, KeyError) as error:
            reason = f"this is no split ({type(error).__name__}: {error})"
            raise Refusal("split", reason, "fit the model again, or restore the file") from None


def choose(
    recordings: Sequence[str],
    subjects: Sequence[str] | None = None,
    positions: Sequence[int] | Array | None = None,
    share: float = SHARE,
    seed: int = 0,
    how: How = "auto",
    classes: Sequence[Hashable] | None = None,
    gap: int | None = None,
) -> Split:
    """The most honest split that the labels allow, or the one asked for.

    ``"auto"`` keeps back whole subjects where there are two or more; else whole recordings; else
    blocks of the one recording. Of one labelled frame, or a share of 0, everything is taught and
    nothing is kept back, and the split says so. ``"random"`` draws frames one by one, which
    flatters any method wherever frames of a film are alike; two labels of one frame stay together.

    Parameters
    ----------
    recordings
        Of each labelled frame ``(n,)``.
    subjects
        Likewise; empty where it is not known: then its recording stands for it. Recordings that
        share a subject stay together, and a recording stays whole.
    positions
        Frame numbers; the order they are given in when left out.
    share, seed
        To be kept back, from 0 to below 1; what chance begins with.
    classes, gap
        See `by_unit` and `by_blocks`.

    Raises
    ------
    Refusal
        When there is no frame, or not what the split asked for needs.

    References
    ----------
    Kaufman et al., ACM Trans. Knowl. Discov. Data 6 (2012), 15 (leakage). Roberts et al., Ecography
    40 (2017), 913-929 (blocks, where neighbours are alike).

    Examples
    --------
    >>> choose(["day 1"] * 10 + ["day 2"] * 3, share=0.2).says
    'kept back by recording: 1 of 2 recordings, 3 of 13 frames; 10 are taught'
    """
    _require_share(share)
    subjects = None if subjects is None else list(subjects)
    names, order = _checked(recordings, positions)
    if len(set(zip(names.tolist(), order.tolist(), strict=True))) == 1:
        return _nothing_back(len(names), "there is one labelled frame", seed)
    if not share:
        return _nothing_back(len(names), "none was asked for", seed)
    way, groups = _ways(names, order, subjects, how)[0]
    if way == "blocks":
        return by_blocks(order, share, gap, seed, recordings, classes)
    told, known = by_unit(groups, share, seed, classes, way), {*(subjects or ())} - {""}
    if way == "recording" and len(known) == 1:
        told = replace(told, says=f"{told.says}; all are of one subject: nothing is said of others")
    return told


def _nothing_back(n: int, why: str, seed: int) -> Split:
    says = f"nothing is kept back, as {why}: how good the method is cannot be said"
    return Split(np.arange(n), np.array([]), np.array([]), "none", seed, says)


def k_folds(
    recordings: Sequence[str],
    subjects: Sequence[str] | None = None,
    positions: Sequence[int] | Array | None = None,
    folds: int = 5,
    seed: int = 0,
    how: How = "auto",
    classes: Sequence[Hashable] | None = None,
    gap: int | None = None,
) -> tuple[Split, ...]:
    """As many splits, of which each frame is kept back in exactly one.

    ``"auto"`` is by subject, recording or in blocks, as in `choose`, whichever is the first of
    which there is one for each fold. Of blocks there is one for each recording and fold.

    Parameters
    ----------
    recordings, subjects, positions, seed, how, classes, gap
        As for `choose`.
    folds
        How many, two at least.

    Raises
    ------
    Refusal
        When there are fewer subjects, recordings or frames than folds.

    Examples
    --------
    >>> told = k_folds(["a", "b", "c", "d"], folds=2)
    >>> sorted(np.concatenate([each.validation for each in told]).tolist())
    [0, 1, 2, 3]
    """
    names, order = _checked(recordings, positions)
    ways = _ways(names, order, subjects, how)
    fitting = [way for way in ways if len(set(way[1])) >= folds]
    if folds < 2 or not fitting:
        unit = "frame" if ways[-1][0] in ("blocks", "random") else ways[-1][0]
        reason = f"{len(set(ways[-1][1]))} {unit}s cannot make {folds} folds"
        raise Refusal("split", reason, "ask for fewer, two at least, or split otherwise")
    (way, groups), chance = fitting[0], np.random.default_rng(seed)
    if way == "blocks":
        fold = runs(names, order, folds, chance)
        splits = [_gapped(order, names, fold == k, gap, seed, classes) for k in range(folds)]
    else:
        _, index = np.unique(groups, return_inverse=True)
        fold = deal(holding(index, classes), np.bincount(index), folds, chance)[index]
        splits = [_whole(fold == k, index, way, seed, classes) for k in range(folds)]
    return tuple(
        replace(each, says=f"fold {k} of {folds}, {each.says}") for k, each in enumerate(splits, 1)
    )


def _checked(
    recordings: Sequence[str], positions: Sequence[int] | Array | None
) -> tuple[Array, Array]:
    names = np.asarray(recordings, str)
    order = np.arange(len(names)) if positions is None else np.asarray(positions)
    if order.shape != names.shape:
        raise ValueError(f"{len(names)} frames need one position each, not {order.shape}")
    if not len(names):
        raise Refusal("split", "no frame is labelled", "label some, of several recordings")
    return names, order


def _require_share(share: float) -> None:
    if not 0 <= share < 1:
        raise Refusal("split", f"{share} is no share to keep back", "choose one from 0 to below 1")


def _ways(
    names: Array, order: Array, subjects: Sequence[str] | None, how: How
) -> list[tuple[str, Array]]:
    """Which kinds of split are allowed, the most honest first, and the unit of each frame."""
    frames = np.array([f"{name}\n{at}" for name, at in zip(names, order, strict=True)])
    known = np.asarray(["" for _ in names] if subjects is None else subjects, str)
    if known.shape != names.shape:
        raise ValueError(f"{len(names)} frames need one subject each, not {known.shape}")
    if how == "subject" and not (known != "").any():
        raise Refusal("split", "no subject is named", "name them, or split by recording")
    units = {"recording": names, "blocks": frames, "random": frames}
    if (known != "").any():
        units = {"subject": joined(names, known), **units}
    if how != "auto":
        return [(how, units[how])]
    several = [way for way in ("subject", "recording") if len(set(units.get(way, ()))) > 1]
    return [(way, units[way]) for way in (*several, "blocks")]


def by_unit(
    groups: Sequence[Hashable] | Array,
    share: float = SHARE,
    seed: int = 0,
    classes: Sequence[Hashable] | None = None,
    how: str = "recording",
) -> Split:
    """Whole groups are kept back: about a share of all frames, and at least one group.

    Parameters
    ----------
    groups
        Of each frame ``(n,)``; two at least.
    share
        To be kept back, above 0 and below 1.
    seed
        What chance begins with.
    classes
        Of each frame. Of two or more groups with a class, at least one is taught and one kept back
        if that can be.
    how
        What groups are.

    Raises
    ------
    Refusal
        When there is but one group.

    References
    ----------
    Sechidis, Tsoumakas & Vlahavas, ECML PKDD 2011, 145-158 (the rarest class first).

    Examples
    --------
    >>> told = by_unit(list("abcdefghij"), 0.2, classes=[0] * 8 + [1] * 2)
    >>> len(told.validation), sorted((told.validation >= 8).tolist())
    (2, [False, True])
    """
    _require_share(share)
    names, index = np.unique(np.asarray(groups, str), return_inverse=True)
    if len(names) < 2:
        other = "blocks" if how == "recording" else "recording"
        raise Refusal("split", f"all frames are of one {how}", f"split by {other}")
    held = holding(index, classes)
    chance, best, least = np.random.default_rng(seed), np.zeros(len(names), bool), np.inf
    for _ in range(TRIES):
        back = draw(held, np.bincount(index), share, chance)
        off = amiss(back, held, np.bincount(index), share)
        if off < least:
            best, least = back, off
        if least <= NEAR:
            break
    return _whole(best[index], index, how, seed, classes)


def _whole(
    kept: Array, index: Array, how: str, seed: int, classes: Sequence[Hashable] | None
) -> Split:
    """The split that keeps these frames back, of which `index` says the group."""
    if how == "random":
        says = "kept back at random, which flatters where frames are alike: "
    else:
        says = f"kept back by {how}: {len(set(index[kept]))} of {_many(index.max() + 1, how)}, "
    says += f"{kept.sum()} of {_many(len(kept), 'frame')}; {(~kept).sum()} are taught"
    says += _lacking(~kept, kept, classes)
    return Split(np.flatnonzero(~kept), np.flatnonzero(kept), np.array([]), how, seed, says)


def _many(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _lacking(taught: Array, kept: Array, classes: Sequence[Hashable] | None) -> str:
    """Which classes are not on both sides, to be added to a sentence."""
    names = np.array([] if classes is None else [str(each) for each in classes])
    told = ""
    if len(names):
        for what, side in (("taught", taught), ("kept back", kept)):
            none = sorted(set(names.tolist()) - set(names[side].tolist()))
            told += f"; no frame of {', '.join(none)} is {what}" if none else ""
    return told


def by_blocks(
    positions: Sequence[int] | Array,
    share: float = SHARE,
    gap: int | None = None,
    seed: int = 0,
    recordings: Sequence[str] | None = None,
    classes: Sequence[Hashable] | None = None,
) -> Split:
    """Stretches of neighbouring frames are kept back, and what is near them is dropped.

    The blocks of one recording are 1 for each 8 frames that are kept back, and 4 at most: several,
    so that more than one stretch of the film is seen; few, because each costs two gaps.

    Parameters
    ----------
    positions
        Frame numbers ``(n,)``, in any order.
    share
        Of each recording to be kept back, above 0 and below 1.
    gap
        No taught frame is as near as that to one that is kept back: their numbers differ by more.
        When left out, 1 % of the recording's span and at least 1, or 0 where that would drop more
        than a quarter of its frames. With 0, two labels of one frame are still on one side.
    seed
        What chance begins with.
    recordings
        Of each frame; all of one when left out.
    classes
        Of each frame. Each is taught and kept back if a few draws find such blocks.

    Raises
    ------
    Refusal
        When the gap leaves nothing to teach, or there is but one frame.

    Examples
    --------
    >>> told = by_blocks(range(20), 0.25, gap=2, seed=1)
    >>> told.validation.tolist(), told.dropped.tolist()
    ([7, 8, 9, 10, 11], [5, 6, 12, 13])
    """
    _require_share(share)
    one = ["film"] * len(np.asarray(positions))
    names, order = _checked(one if recordings is None else recordings, positions)
    chance, held = np.random.default_rng(seed), holding(np.arange(len(names)), classes)
    best, least = np.zeros(len(names), bool), np.inf
    for _ in range(TRIES if classes is not None else 1):
        kept = stretches(names, order, share, chance)
        off = float((held.any(axis=0) & ~held[kept].any(axis=0)).sum())
        off += 10 * float((~held[~kept].any(axis=0)).sum())
        if off < least:
            best, least = kept, off
        if not least:
            break
    return _gapped(order, names, best, gap, seed, classes)


def _gapped(
    order: Array,
    names: Array,
    kept: Array,
    gap: int | None,
    seed: int,
    classes: Sequence[Hashable] | None = None,
) -> Split:
    """The split that keeps these back, with gaps inside each recording."""
    dropped, gaps = np.zeros(len(order), bool), set()
    for rows in rows_of(names):
        back, here = kept[rows], order[rows]
        if back.any():
            far = np.where(back, np.inf, nearest(here, here[back]))
            wide = gap if gap is not None else max(1, round(GAP_SHARE * float(np.ptp(here))))
            if gap is None and 4 * (far <= wide).sum() > len(rows):
                wide = 0
            dropped[rows] = far <= wide
            gaps.add(wide)
    taught = ~kept & ~dropped
    if not taught.any():
        reason = f"with a gap of {_range(gaps)} nothing is left to teach"
        raise Refusal("split", reason, "ask for a smaller gap, or label frames farther apart")
    says = (
        f"kept back in blocks inside {_many(len(rows_of(names)), 'recording')}: {kept.sum()} of "
        f"{_many(len(kept), 'frame')}; {taught.sum()} are taught, and {dropped.sum()} are neither "
        f"(a gap of {_range(gaps)}); this says nothing of other recordings"
    )
    train, validation, neither = (np.flatnonzero(side) for side in (taught, kept, dropped))
    return Split(train, validation, neither, "blocks", seed, says + _lacking(taught, kept, classes))


def _range(gaps: set[int]) -> str:
    ends = sorted({min(gaps), max(gaps)})
    return " to ".join([*(str(end) for end in ends[:-1]), _many(ends[-1], "frame")])
