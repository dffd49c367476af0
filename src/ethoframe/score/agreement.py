"""How far several people agree on when a behaviour was on: the human ceiling, label by label.

All of it follows from stretches of time in which nobody's word changes (see `score._timeline`):
weighted by seconds it is exact and knows no frame rate; weighted by the frames of a clock it is
what a table of frames says. Only time that is looked at counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from ethoframe.data import Episodes, Observations
from ethoframe.data.noun import Array
from ethoframe.score._timeline import confusion, timeline
from ethoframe.score.bootstrap import DRAWS, Estimate, estimate, median
from ethoframe.score.episodes import IOUS, Compared, Pair, compared
from ethoframe.score.icc import Icc, icc
from ethoframe.score.kappa import (
    Coefficient,
    cohen,
    coincidences,
    fleiss,
    fleiss_sums,
    krippendorff,
)


@dataclass(frozen=True)
class Panel:
    """The people who saw one individual of one recording.

    Parameters
    ----------
    recording
        Its name, and that of the individual where there are several.
    people
        What each saw the first time, by name.
    again
        What those saw a second time who did.
    words
        The labels that they looked for: all that are said anywhere in the files of this recording.
    """

    recording: str
    people: Mapping[str, Episodes]
    again: Mapping[str, Episodes] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairScore:
    """How two people, or one person twice, agree on one label in one recording.

    Parameters
    ----------
    recording, first, second
        Where, and who; both are the same where it is one person twice.
    kappa
        Cohen's, or why there is none.
    told
        All that is compared; the first is its answer, the second its truth.
    """

    recording: str
    first: str
    second: str
    kappa: Coefficient
    told: Compared


@dataclass(frozen=True)
class Agreement:
    """How people agree on one label, or on all of them at once.

    Parameters
    ----------
    scores
        Each with its interval over recordings.
    pairs
        Of every two people in every recording.
    repeats
        Of everybody who saw a recording twice.
    icc_seconds, icc_bouts
        Of how long, and how often, by recording.
    raters
        Of the table of the ICC: those who saw most recordings together.
    reasons
        Why a score has no value, by its name.
    """

    scores: Mapping[str, Estimate]
    pairs: tuple[PairScore, ...]
    repeats: tuple[PairScore, ...]
    icc_seconds: Icc
    icc_bouts: Icc
    raters: tuple[str, ...]
    reasons: Mapping[str, str]


def panels(files: Sequence[Observations]) -> list[Panel]:
    """Who saw what, recording by recording and individual by individual, of several files.

    Somebody without a name is called after his place: ``"rater 1"``. The third time that somebody
    saw a recording, and any further, is left out.

    Examples
    --------
    >>> from ethoframe.data import Observed
    >>> rear = Episodes.of("rear", np.array([[1.0, 2.0]]), np.array([[0.0, 9.0]]), "AB")
    >>> found = panels([Observations((Observed("m1", rear), Observed("m1", rear)))])
    >>> list(found[0].people), list(found[0].again), found[0].words
    (['AB'], ['AB'], ('rear',))
    """
    seen: dict[str, list[tuple[str, Episodes]]] = {}
    words: dict[str, dict[str, None]] = {}
    for file in files:
        for part in file:
            seen.setdefault(part.recording, []).append((part.author, part.episodes))
            words.setdefault(part.recording, {}).update(dict.fromkeys(file.labels))
    found = []
    for recording, parts in seen.items():
        names = list(dict.fromkeys(name for _, each in parts for name in each.names))
        for who in names or [""]:
            called = f"{recording}, {who}" if len(names) > 1 else recording
            own = [(author, each.about(who) if who else each) for author, each in parts]
            found.append(Panel(called, *_people(own), tuple(words[recording])))
    return found


def _people(
    parts: Sequence[tuple[str, Episodes]],
) -> tuple[dict[str, Episodes], dict[str, Episodes]]:
    people: dict[str, Episodes] = {}
    again: dict[str, Episodes] = {}
    for place, (author, episodes) in enumerate(parts, 1):
        name = author or f"rater {place}"
        if name not in people:
            people[name] = episodes
        else:
            again.setdefault(name, episodes)
    return people, again


def agreement(
    panels: Sequence[Panel], label: str, rate_per_s: float | None = None, draws: int = DRAWS
) -> Agreement:
    """Agreement on one label over the recordings in which it was looked for.

    ``kappa``, ``frame_f1`` and the F1 of events are medians over all pairs of people in all
    recordings; F1 of two people is the same either way round. Fleiss' kappa (three people or more)
    and Krippendorff's alpha are of all time together. The ICC's own intervals are in `icc_seconds`
    and `icc_bouts`.

    Parameters
    ----------
    panels
        Who saw what.
    label
        What is asked about.
    rate_per_s
        Frames per second, to count frames; None weighs seconds, which is exact.
    draws
        Of the bootstrap, which draws recordings; 0 for no intervals.

    Raises
    ------
    ValueError
        When nobody looked for it together with anybody else, or twice.

    References
    ----------
    Cohen 1960, Fleiss 1971, Krippendorff 2019 (`score.kappa`), Shrout & Fleiss 1979 (`score.icc`).

    Examples
    --------
    >>> whole = np.array([[0.0, 10.0]])
    >>> one, two = (Episodes.of("rear", np.array([[1.0, stop]]), whole) for stop in (3.0, 4.0))
    >>> told = agreement([Panel("m1", {"AB": one, "CD": two}, {}, ("rear",))], "rear")
    >>> round(told.scores["kappa"].value, 3), told.scores["frame_f1"].value
    (0.737, 0.8)
    """
    kept = [each for each in panels if label in each.words]
    pairs = [score for each in kept for score in _pairs(each, label, rate_per_s)]
    repeats = [score for each in kept for score in _repeats(each, label, rate_per_s)]
    if not pairs and not repeats:
        raise ValueError(f"nobody looked for {label!r} together with anybody else")
    scores, reasons = _pair_scores(pairs, draws)
    if repeats:
        again, _ = _pair_scores(repeats, draws)
        scores |= {f"within_rater_{name}": told for name, told in again.items()}
    several = [each for each in kept if len(each.people) > 1]
    codes = [_codes(each, (label,), rate_per_s) for each in several]
    pooled, more = _pooled(codes, 2, rate_per_s, draws)
    raters, tables = _tables(several, pairs)
    return Agreement(
        scores | pooled,
        tuple(pairs),
        tuple(repeats),
        icc(tables[0]),
        icc(tables[1]),
        raters,
        {**reasons, **more},
    )


def _pairs(panel: Panel, label: str, rate_per_s: float | None) -> list[PairScore]:
    return [
        _scored(Pair(panel.recording, panel.people[a], panel.people[b]), (a, b), label, rate_per_s)
        for a, b in combinations(panel.people, 2)
    ]


def _repeats(panel: Panel, label: str, rate_per_s: float | None) -> list[PairScore]:
    return [
        _scored(Pair(panel.recording, panel.people[who], each), (who, who), label, rate_per_s)
        for who, each in panel.again.items()
    ]


def _scored(pair: Pair, who: tuple[str, str], label: str, rate_per_s: float | None) -> PairScore:
    told = compared(pair, label, rate_per_s)
    return PairScore(pair.recording, *who, cohen(told.table.sum(axis=0)), told)


def _pair_scores(
    rows: Sequence[PairScore], draws: int
) -> tuple[dict[str, Estimate], dict[str, str]]:
    columns = {
        "kappa": [row.kappa.value for row in rows],
        "frame_f1": [row.told.f1 for row in rows],
        **{f"event_f1_iou_{iou:g}": [row.told.event_f1(iou) for row in rows] for iou in IOUS},
    }
    scores, reasons = {}, {}
    for name, values in columns.items():
        known = [(value, row) for value, row in zip(values, rows, strict=True) if value == value]
        whose = [row.recording for _, row in known]
        told = [value for value, _ in known]
        scores[name] = estimate(told, median, whose=whose, draws=draws)
        if not known and rows:
            reasons[name] = Counter(row.kappa.reason for row in rows).most_common(1)[0][0]
    return scores, reasons


Codes = tuple[Array, Array]
"""What each says ``(raters, n)`` and the weight of each stretch ``(n,)``."""


def _codes(panel: Panel, labels: Sequence[str], rate_per_s: float | None) -> Codes:
    along = timeline(list(panel.people.values()), labels, rate_per_s)
    return along.of(labels[0]), along.weight


def _pooled(
    codes: Sequence[Codes], kinds: int, rate_per_s: float | None, draws: int
) -> tuple[dict[str, Estimate], dict[str, str]]:
    """Fleiss' kappa and Krippendorff's alpha of all recordings together."""
    tables = np.array([coincidences(c, w, kinds).ravel() for c, w in codes]).reshape(-1, kinds**2)
    sums = [fleiss_sums(c, w, kinds) for c, w in codes if len(c) > 2]

    def alpha(rows: Array) -> Coefficient:
        table = rows.sum(axis=0).reshape(kinds, kinds)
        return krippendorff(table, counted=rate_per_s is not None)

    scores = {"krippendorff_alpha": estimate(tables, lambda r: alpha(r).value, draws=draws)}
    reasons = {"krippendorff_alpha": alpha(tables).reason}
    if sums:
        rows = np.array(sums)
        scores["fleiss_kappa"] = estimate(rows, lambda r: fleiss(r.sum(axis=0)).value, draws=draws)
        reasons["fleiss_kappa"] = fleiss(rows.sum(axis=0)).reason
    return scores, {name: reason for name, reason in reasons.items() if reason}


def _tables(
    kept: Sequence[Panel], pairs: Sequence[PairScore]
) -> tuple[tuple[str, ...], tuple[Array, Array]]:
    """Seconds and bouts by recording and rater, of the people who saw most recordings together."""
    often = Counter(tuple(sorted(each.people)) for each in kept)
    if not often:
        return (), (np.empty((0, 0)), np.empty((0, 0)))
    raters = often.most_common(1)[0][0]
    chosen = [each.recording for each in kept if tuple(sorted(each.people)) == raters]
    tables = np.full((2, len(chosen), len(raters)), np.nan)
    for row in pairs:
        if row.recording in chosen and {row.first, row.second} <= set(raters):
            at = chosen.index(row.recording)
            for place, who in enumerate((row.first, row.second)):
                held = row.told.seconds[place], row.told.bouts[place]
                tables[:, at, raters.index(who)] = held
    return raters, (tables[0], tables[1])


@dataclass(frozen=True)
class Confusion:
    """What one says while another says something else, over all pairs and recordings.

    Parameters
    ----------
    names
        Of the states: the empty name is that of no label, ``"rear + groom"`` of two at once.
    seconds
        Symmetric ``(states, states)``: seconds, or frames, that two people give to them.
    scores
        Of all labels at once: kappa (median over pairs), Fleiss' kappa and Krippendorff's alpha.
    """

    names: tuple[str, ...]
    seconds: Array
    scores: Mapping[str, Estimate]


def confused(
    panels: Sequence[Panel], rate_per_s: float | None = None, draws: int = DRAWS
) -> Confusion:
    """Agreement on all labels at once, and what is taken for what.

    Examples
    --------
    >>> whole = np.array([[0.0, 10.0]])
    >>> one = Episodes.of("rear", np.array([[1.0, 3.0]]), whole)
    >>> two = Episodes.of("groom", np.array([[1.0, 3.0]]), whole)
    >>> told = confused([Panel("m1", {"AB": one, "CD": two}, {}, ("rear", "groom"))])
    >>> told.names, told.seconds.tolist()
    (('', 'rear', 'groom'), [[16.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, 2.0, 0.0]])
    """
    several = [each for each in panels if len(each.people) > 1]
    states = []
    for each in several:
        along = timeline(list(each.people.values()), each.words, rate_per_s)
        states.append((*along.states(), along.weight))
    names = tuple(dict.fromkeys(["", *(name for _, own, _ in states for name in own)]))
    codes = [
        (np.where(c >= 0, np.array([names.index(n) for n in own])[c], -1), w)
        for c, own, w in states
    ]
    total, kappas, whose = np.zeros((len(names), len(names))), [], []
    for each, (c, w) in zip(several, codes, strict=True):
        for one, other in combinations(range(len(c)), 2):
            table = confusion(c[one], c[other], w, len(names))
            total += table + table.T
            value = cohen(table).value
            if value == value:
                kappas.append(value)
                whose.append(each.recording)
    scores = {"kappa": estimate(kappas, median, whose=whose, draws=draws)}
    return Confusion(names, total, {**scores, **_pooled(codes, len(names), rate_per_s, draws)[0]})
