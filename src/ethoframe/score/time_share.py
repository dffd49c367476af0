"""Percent of the time of each bin or cue, by an answer and by the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data import Episodes
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.noun import Array
from ethoframe.score._timeline import timeline
from ethoframe.score.counts import CountScore
from ethoframe.score.episodes import Pair


def time_shares(
    pair: Pair, label: str, bin_s: float = 0.0, cues: Episodes | None = None
) -> list[CountScore]:
    """Percent of each bin and each cue in which the label is on, as far as both looked.

    Parameters
    ----------
    pair
        Who is compared.
    label
        Of the episodes.
    bin_s
        Length of a bin, from where both began to look; 0 for no bins.
    cues
        What came when: each has its percent, and so has each interval between cues.

    Returns
    -------
    list of CountScore
        One for each bin and each single cue; one that nobody looked at is left out. Where there is
        neither bin nor cue, one of the whole. What sums several of them up is left out as well:
        no time counts twice.

    Examples
    --------
    >>> whole = np.array([[0.0, 20.0]])
    >>> answer = Episodes.of("freeze", np.array([[5.0, 10.0], [15.0, 20.0]]), whole)
    >>> truth = Episodes.of("freeze", np.array([[5.0, 10.0]]), whole)
    >>> [(each.answer, each.truth) for each in time_shares(Pair("m1", answer, truth), "freeze", 10)]
    [(50.0, 50.0), (50.0, 0.0)]
    """
    both = pair.answer, pair.truth
    along = timeline(both, [label])
    looked = along.shared
    if not looked.any():
        return []
    first, last = float(along.start_s[looked][0]), float(along.stop_s[looked][-1])
    # Two times half the session apart: one usual step after the second is the session's end.
    found = stretches(np.array([first, (first + last) / 2]), bin_s, cues)
    spans = np.stack([along.start_s, along.stop_s], axis=1)
    every = [spans[looked], *(spans[looked & (row == 1)] for row in along.of(label))]
    told = []
    for each in _single(found):
        seen, own, true = (_seconds(each, part) for part in every)
        if seen > 0:
            name = f"{pair.recording} {_called(each)}".strip()
            told.append(CountScore(100 * own / seen, 100 * true / seen, name))
    return told


def _single(found: Sequence[Stretch]) -> list[Stretch]:
    """Bins, cues and intervals that hold no other of them."""
    names = {each.during for each in found}
    bins = [each for each in found if not each.during]
    cues = [each for each in found if each.during and f"{each.during} 1" not in names]
    return (bins[1:] if len(bins) > 1 else [] if cues else bins) + cues


def _called(stretch: Stretch) -> str:
    (start, _), (_, stop) = stretch.spans_s[0], stretch.spans_s[-1]
    return stretch.during or f"{start:g} to {stop:g} s"


def _seconds(stretch: Stretch, spans: Array) -> float:
    def within(start: float, stop: float) -> float:
        cut = np.clip(spans, start, stop)
        return float((cut[:, 1] - cut[:, 0]).sum())

    return stretch.total(within)
