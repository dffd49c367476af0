"""How right episodes are beside those that people saw: by time, by event, by recording.

Time counts only where both looked. A moment is right when both say the label or neither does; an
event is right when it is matched, one to one, with one of the truth that overlaps it enough (the
assignment that matches most events). Bouts of one person that overlap are one: what is going on
cannot start again. Events without length, such as presses of a lever, are matched by when they are,
within a tolerance, and have no agreement of time. Numbers of recordings (seconds, events, percent
of a bin) have a bias and limits of agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil

import numpy as np

from ethoframe.data import Episodes
from ethoframe.data.noun import Array
from ethoframe.score._matching import matched, near
from ethoframe.score._timeline import Timeline, confusion, even_cuts, timeline
from ethoframe.score.bootstrap import DRAWS, Estimate, estimate, median, share
from ethoframe.score.counts import CountScore
from ethoframe.score.counts import summary as of_counts
from ethoframe.score.kappa import chance_corrected
from ethoframe.score.together import MOST_STRETCHES

IOUS = (0.2, 0.5)
"""Shared over joined time from which two events are one."""

WITHIN_S = 0.5
"""How far two events without length may be apart to be one, in seconds, unless it is said.

Half of the least that studies of human behaviour took (1 to 5 s: Mudford, Taylor & Martin, J. Appl.
Behav. Anal. 42 (2009), 165-169): twice what one person needs to press a key.
"""

BRIEF = ("frame_f1", "kappa", "f1")
"""What is told in brief."""

Scores = Mapping[str, Callable[[Array], float]]
"""Statistics of a table of sums, by name."""


@dataclass(frozen=True)
class Pair:
    """Two who looked at one individual of one recording: an answer and a truth, or two people.

    Parameters
    ----------
    recording
        Its name, and that of the individual where there are several.
    answer, truth
        What each saw of this individual.
    """

    recording: str
    answer: Episodes
    truth: Episodes


@dataclass(frozen=True)
class Compared:
    """One label of a pair, as sums that add up over recordings.

    Parameters
    ----------
    recording
        As the pair is called.
    table
        Weight by block, by what the truth says (rows: not, yes) and the answer ``(blocks, 2, 2)``.
    events
        By IoU: matched pairs, events of the answer, events of the truth, by block ``(blocks, 3)``.
        Events without length share no time, and are not among them.
    starts
        The same of all events matched by when they start, where any has no length; else nothing.
    edges_s
        Onset and offset of the answer less those of the truth, of events matched at the least IoU
        ``(pairs, 2)``; NaN where the support cuts an event off.
    seconds, bouts
        Of answer and truth, over what both looked at.
    both_s
        Seconds that both looked at.
    timed
        Whether there is an agreement of time: not where all events of one of them have no length.
        Then nothing is in `table` and `events`.
    """

    recording: str
    table: Array
    events: Mapping[float, Array]
    edges_s: Array
    seconds: tuple[float, float]
    bouts: tuple[int, int]
    both_s: float
    starts: Array
    timed: bool = True

    @property
    def f1(self) -> float:
        """Of time; NaN where neither saw it."""
        return _f1(self.table)

    @property
    def start_f1(self) -> float:
        """Of events by when they start; NaN where none is without length."""
        return _event_f1(self.starts)

    @property
    def kappa(self) -> float:
        """Cohen's, by its formula (see `score.kappa.chance_corrected`)."""
        return chance_corrected(self.table.sum(axis=0))

    def event_f1(self, iou: float) -> float:
        """Of events; NaN where neither saw any."""
        return _event_f1(self.events[iou])


def compared(
    pair: Pair,
    label: str,
    rate_per_s: float | None = None,
    blocks: int = 1,
    within_s: float = WITHIN_S,
) -> Compared:
    """What agrees and what does not in one recording.

    Parameters
    ----------
    pair
        Who is compared.
    label
        Of the episodes.
    rate_per_s
        Frames per second, to count frames; None weighs seconds, which is exact.
    blocks
        Blocks of as many seconds each, that both looked at; an event belongs to that in which it
        starts.
    within_s
        How far events may be apart to be one, where any has no length.

    Examples
    --------
    >>> whole = np.array([[0.0, 10.0]])
    >>> answer = Episodes.of("rear", np.array([[1.0, 3.0], [6.0, 7.0]]), whole)
    >>> truth = Episodes.of("rear", np.array([[1.0, 4.0]]), whole)
    >>> told = compared(Pair("m1", answer, truth), "rear")
    >>> round(told.f1, 3), told.event_f1(0.5), told.edges_s.tolist(), told.seconds
    (0.667, 0.6666666666666666, [[0.0, -1.0]], (3.0, 3.0))
    """
    both = pair.answer, pair.truth
    along = timeline(both, [label], rate_per_s)
    cuts = even_cuts(along, blocks)
    if blocks > 1:
        along = timeline(both, [label], rate_per_s, cuts)
    own, true = along.of(label)
    block = along.block(cuts)
    table = np.array(
        [confusion(true, own, np.where(block == at, along.weight, 0), 2) for at in range(blocks)]
    )
    looked = looked_together(along)
    spans = [_clipped(each.spans(label), looked) for each in both]
    points = [_points(each.spans(label), looked) for each in both]
    timed = not any(without_length(each, label) for each in both)
    pairs = {iou: matched(spans[0], spans[1], iou) for iou in IOUS}
    seconds = [float(np.where(row == 1, along.stop_s - along.start_s, 0)[along.shared].sum())
               for row in (own, true)]  # fmt: skip
    return Compared(
        pair.recording,
        table * timed,
        {iou: _by_block(spans, pairs[iou], cuts) * timed for iou in IOUS},
        _edges(spans, pairs[min(IOUS)], looked),
        (seconds[0], seconds[1]),
        (len(spans[0]) + len(points[0]), len(spans[1]) + len(points[1])),
        float((looked[:, 1] - looked[:, 0]).sum()),
        _starts(spans, points, cuts, within_s),
        timed,
    )


def without_length(seen: Episodes, label: str) -> bool:
    """Whether there are events called so, none of which has a length.

    Examples
    --------
    >>> press = Episodes.of("press", np.array([[1.0, 1.0]]), np.array([[0.0, 9.0]]))
    >>> without_length(press, "press"), without_length(press, "rear")
    (True, False)
    """
    spans = seen.spans(label)
    return bool(len(spans)) and not bool((spans[:, 1] > spans[:, 0]).any())


def counted(people: Sequence[Episodes], label: str) -> Array:
    """Seconds and events of each person in what all of them looked at ``(people, 2)``.

    Examples
    --------
    >>> rear = Episodes.of("rear", np.array([[1.0, 3.0], [8.0, 9.0]]), np.array([[0.0, 9.0]]))
    >>> counted([rear, Episodes.of("rear", np.array([[1.0, 2.0]]), [[0.0, 5.0]])], "rear").tolist()
    [[2.0, 1.0], [1.0, 1.0]]
    """
    looked = looked_together(timeline(people, [label]))
    rows = []
    for each in people:
        held = _clipped(each.spans(label), looked)
        events = len(held) + len(_points(each.spans(label), looked))
        rows.append((float((held[:, 1] - held[:, 0]).sum()), events))
    told: Array = np.array(rows, np.float64).reshape(-1, 2)
    return told


def looked_together(along: Timeline) -> Array:
    """Spans ``(n, 2)`` that all looked at."""
    return _joined(np.stack([along.start_s, along.stop_s], axis=1)[along.shared])


def _points(spans: Array, looked: Array) -> Array:
    """Times of events without length that lie in what both looked at, its ends as well."""
    times = np.unique(spans[spans[:, 0] == spans[:, 1], 0])
    inside = ((times[:, None] >= looked[:, 0]) & (times[:, None] <= looked[:, 1])).any(axis=1)
    found: Array = times[inside]
    return found


def _starts(spans: Sequence[Array], points: Sequence[Array], cuts: Array, within_s: float) -> Array:
    """Matched pairs, events of the answer and of the truth, by block, by when they start."""
    if not any(map(len, points)):
        return np.zeros((len(cuts) + 1, 3))
    begin = [np.sort(np.concatenate([held[:, 0], times]))
             for held, times in zip(spans, points, strict=True)]  # fmt: skip
    pairs = near(begin[0], begin[1], within_s)
    return _by_block([np.stack([each, each], axis=1) for each in begin], pairs, cuts)


def _joined(spans: Array) -> Array:
    """Stretches that follow each other as one."""
    if not len(spans):
        return spans.reshape(0, 2)
    new = np.concatenate([[True], spans[1:, 0] > spans[:-1, 1]])
    last = np.concatenate([new[1:], [True]])
    joined: Array = np.stack([spans[new, 0], spans[last, 1]], axis=1)
    return joined


def _clipped(spans: Array, looked: Array) -> Array:
    """Events within what both looked at; overlapping ones are one, those that touch are two."""
    parts = [np.clip(spans, start, stop) for start, stop in looked.tolist()]
    within = np.concatenate([part[part[:, 1] > part[:, 0]] for part in [*parts, np.empty((0, 2))]])
    return disjoint(within)


def disjoint(spans: Array) -> Array:
    """Bouts in the order of their starts; those that overlap are one, those that touch are two.

    Examples
    --------
    >>> disjoint(np.array([[1.0, 3.0], [2.0, 4.0], [4.0, 5.0]])).tolist()
    [[1.0, 4.0], [4.0, 5.0]]
    """
    if not len(spans):
        return spans
    ordered = spans[np.argsort(spans[:, 0], kind="stable")]
    reached = np.maximum.accumulate(ordered[:, 1])
    new = np.concatenate([[True], ordered[1:, 0] >= reached[:-1]])
    last = np.concatenate([new[1:], [True]])
    one: Array = np.stack([ordered[new, 0], reached[last]], axis=1)
    return one


def _by_block(spans: Sequence[Array], pairs: Array, cuts: Array) -> Array:
    answer, truth = (np.searchsorted(cuts, each[:, 0], side="right") for each in spans)
    # A matched pair is in one block, whichever began first: no block has more hits than events.
    answer[pairs[:, 0]] = truth[pairs[:, 1]]
    counts = [
        np.bincount(each, minlength=len(cuts) + 1)
        for each in (truth[pairs[:, 1]], answer, truth)
    ]  # fmt: skip
    by_block: Array = np.stack(counts, axis=1).astype(np.float64)
    return by_block


def _edges(spans: Sequence[Array], pairs: Array, looked: Array) -> Array:
    own, true = spans[0][pairs[:, 0]], spans[1][pairs[:, 1]]
    cut = np.isin(own, looked) | np.isin(true, looked)
    edges: Array = np.where(cut, np.nan, own - true)
    return edges


def summary(
    rows: Sequence[Compared], draws: int = DRAWS, *, brief: bool = False
) -> dict[str, Estimate]:
    """Every score of one label over recordings, each with its interval.

    Recordings are drawn again, each with all its raters; sums are taken over all of them, so that a
    recording counts by its length and by its events. Of one recording its blocks of time are drawn,
    which tells how sure the score is of this recording and nothing of others. ``kappa`` is Cohen's
    of all time together. Errors of onset and offset are answer less truth. Bias and limits of
    seconds and bouts are of the differences from each rater; of one recording there are no limits.

    Parameters
    ----------
    rows
        Of each recording and each rater of the truth.
    draws
        How often; 0 for no intervals.
    brief
        Only F1 of time and of events, and kappa.

    References
    ----------
    Bland & Altman, Lancet 327 (1986), 307-310 (bias and limits of agreement). Lin, Biometrics 45
    (1989), 255-268 (concordance).
    """
    told: dict[str, Estimate] = {}
    names = list(dict.fromkeys(row.recording for row in rows))
    sums = _units([row.table.reshape(-1, 4) for row in rows], rows, names)
    for name, statistic in _chosen(_OF_TIME, brief):
        told[name] = estimate(sums, statistic, draws=draws)
    for iou in IOUS:
        sums = _units([row.events[iou] for row in rows], rows, names)
        for name, statistic in _chosen(_OF_EVENTS, brief):
            told[f"event_{name}_iou_{iou:g}"] = estimate(sums, statistic, draws=draws)
    if any(row.starts.any() for row in rows):
        sums = _units([row.starts for row in rows], rows, names)
        for name, statistic in _chosen(_OF_EVENTS, brief):
            told[f"event_{name}_by_start"] = estimate(sums, statistic, draws=draws)
    if brief:
        return told
    told |= _edge_scores(rows, draws)
    for quantity in ("seconds", "bouts"):
        both = [(getattr(row, quantity), row.recording) for row in rows]
        of = [CountScore(float(held[0]), float(held[1]), name) for held, name in both]
        found = of_counts(of, [row.recording for row in rows])
        told |= {f"{quantity}_{name}": found[name] for name in _kept(len(names))}
    return told


def _chosen(every: Scores, brief: bool) -> list[tuple[str, Callable[[Array], float]]]:
    return [(name, each) for name, each in every.items() if name in BRIEF or not brief]


def _units(parts: Sequence[Array], rows: Sequence[Compared], names: Sequence[str]) -> Array:
    """Sums of each recording; of one, those of its blocks; a unit without anything is left out."""
    if len(names) == 1:
        total: Array = np.sum(parts, axis=0)
    else:
        total = np.zeros((len(names), parts[0].shape[1]))
        for part, row in zip(parts, rows, strict=True):
            total[names.index(row.recording)] += part.sum(axis=0)
    return total[total.any(axis=1)]


def _edge_scores(rows: Sequence[Compared], draws: int) -> dict[str, Estimate]:
    whose = [row.recording for row in rows for _ in row.edges_s]
    edges = np.concatenate([row.edges_s for row in rows])
    told = {}
    for at, name in enumerate(("onset", "offset")):
        known = ~np.isnan(edges[:, at])
        errors = edges[known, at]
        own = [who for who, there in zip(whose, known, strict=True) if there]
        # Bouts of one recording are drawn where there is no other.
        units = own if len(set(own)) > 1 else None
        told[f"{name}_bias_s"] = estimate(errors, median, whose=units, draws=draws)
        told[f"{name}_error_s"] = estimate(np.abs(errors), median, whose=units, draws=draws)
        told[f"{name}_error_p90_s"] = estimate(np.abs(errors), _p90, whose=units, draws=draws)
    return told


def _kept(recordings: int) -> tuple[str, ...]:
    """Several people of one recording say nothing of the limits for others."""
    return _KEPT if recordings > 1 else ("bias", "mean_absolute_error")


def _p90(errors: Array) -> float:
    return float(np.percentile(errors, 90)) if len(errors) else float("nan")


def blocks_for(pairs: Sequence[Pair], label: str) -> int:
    """Into how many blocks of time each recording is cut: 1, but where there is no other.

    Of n bouts there are n to the power of 2/3 blocks, from 2 to 20, as of frames (see
    `score.together`).
    """
    if len({pair.recording for pair in pairs}) > 1:
        return 1
    bouts = max((len(pair.truth.spans(label)) for pair in pairs), default=0)
    return int(min(MOST_STRETCHES, max(2, ceil(round(float(bouts) ** (2 / 3), 6)))))


def between(recording: str, people: Sequence[Episodes]) -> list[Pair]:
    """Every two of the people who saw a recording: as they agree, so much can be asked for."""
    return [Pair(recording, one, other) for one, other in combinations(people, 2)]


def _f1(table: Array) -> float:
    (_, extra), (missed, right) = table.reshape(-1, 2, 2).sum(axis=0)
    over = 2 * right + extra + missed
    return float(2 * right / over) if over else float("nan")


def _event_f1(events: Array) -> float:
    hits, answers, truths = events.sum(axis=0)
    return float(2 * hits / (answers + truths)) if answers + truths else float("nan")


_OF_TIME: Scores = {
    "frame_f1": _f1,
    "frame_precision": lambda table: share(table[:, [3]] @ [[1, 1]] + table[:, [1]] @ [[0, 1]]),
    "frame_recall": lambda table: share(table[:, [3]] @ [[1, 1]] + table[:, [2]] @ [[0, 1]]),
    "kappa": lambda table: chance_corrected(table.sum(axis=0).reshape(2, 2)),
}
"""Of tables ``(units, 4)``: neither, answer alone, truth alone, both."""

_OF_EVENTS: Scores = {
    "f1": _event_f1,
    "precision": lambda events: share(events[:, [0, 1]]),
    "recall": lambda events: share(events[:, [0, 2]]),
}

_KEPT = ("bias", "limit_low", "limit_high", "mean_absolute_error", "concordance")
