"""How far several people agree on when a behaviour was on: the human ceiling, label by label.

All of it follows from stretches of time in which nobody's word changes (see `score._timeline`):
weighted by seconds it is exact and knows no frame rate; weighted by the frames of a clock it is
what a table of frames says. Only time that is looked at counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from ethoframe.data import Episodes, Observations
from ethoframe.data.noun import Array
from ethoframe.score._timeline import confusion, timeline
from ethoframe.score.bootstrap import DRAWS, Estimate, estimate, median
from ethoframe.score.episodes import (
    IOUS,
    WITHIN_S,
    Compared,
    Pair,
    compared,
    counted,
    without_length,
)
from ethoframe.score.icc import Icc, icc
from ethoframe.score.kappa import (
    NO_LENGTH,
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

    @property
    def one_sided(self) -> bool:
        """Whether one says one thing all the time and the other does not: kappa is 0 then."""
        table = self.told.table.sum(axis=0)
        says = {int(np.count_nonzero(table.sum(axis=axis))) for axis in (0, 1)}
        return self.kappa.value == self.kappa.value and 1 in says


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
        Of the table of the ICC (see `together`).
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
    panels: Sequence[Panel],
    label: str,
    rate_per_s: float | None = None,
    draws: int = DRAWS,
    within_s: float = WITHIN_S,
) -> Agreement:
    """Agreement on one label over the recordings in which it was looked for.

    ``kappa``, ``frame_f1`` and the F1 of events are medians over all pairs of people in all
    recordings; F1 of two people is the same either way round. Fleiss' kappa (three people or more)
    and Krippendorff's alpha are of all time together. The ICC's own intervals are in `icc_seconds`
    and `icc_bouts`. Events without length have an F1 by when they start, and no figure of time.

    Parameters
    ----------
    panels, label
        Who saw what, and what is asked about.
    rate_per_s
        Frames per second, to count frames; None weighs seconds, which is exact.
    draws
        Of the bootstrap, which draws recordings; 0 for no intervals.
    within_s
        How far events may be apart to be one, where any has no length.

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
    of = label, rate_per_s, within_s
    pairs, repeats = ([p for k in kept for p in scored(k, of)] for scored in (_pairs, _repeats))
    if not pairs and not repeats:
        raise ValueError(f"nobody looked for {label!r} together with anybody else")
    scores, reasons = _pair_scores(pairs, draws)
    if repeats:
        again, _ = _pair_scores(repeats, draws)
        scores |= {f"within_rater_{name}": told for name, told in again.items()}
    several = [each for each in kept if len(each.people) > 1]
    timed = [each for each in several if not _untimed(each, label)]
    pooled, more = _pooled([_codes(p, (label,), rate_per_s) for p in timed], 2, rate_per_s, draws)
    raters, (seconds, bouts) = _tables(several, label)
    long = icc(seconds)
    if several and not timed:
        long, more = replace(long, reason=NO_LENGTH), dict.fromkeys(more, NO_LENGTH)
    every = scores | pooled, tuple(pairs), tuple(repeats), long, icc(bouts), raters
    return Agreement(*every, reasons | more)


Question = tuple[str, float | None, float]
"""The label, the frames per second or None for seconds, and the tolerance of starts in seconds."""


def _untimed(panel: Panel, label: str) -> bool:
    """Whether anybody saw nothing but events without length: then no time is compared."""
    return any(without_length(each, label) for each in panel.people.values())


def _pairs(panel: Panel, asked: Question) -> list[PairScore]:
    return [
        _scored(Pair(panel.recording, panel.people[a], panel.people[b]), (a, b), asked)
        for a, b in combinations(panel.people, 2)
    ]


def _repeats(panel: Panel, asked: Question) -> list[PairScore]:
    return [
        _scored(Pair(panel.recording, panel.people[who], each), (who, who), asked)
        for who, each in panel.again.items()
    ]


def _scored(pair: Pair, who: tuple[str, str], asked: Question) -> PairScore:
    label, rate_per_s, within_s = asked
    told = compared(pair, label, rate_per_s, within_s=within_s)
    kappa = cohen(told.table.sum(axis=0)) if told.timed else Coefficient(float("nan"), NO_LENGTH)
    return PairScore(pair.recording, *who, kappa, told)


def _pair_scores(
    rows: Sequence[PairScore], draws: int
) -> tuple[dict[str, Estimate], dict[str, str]]:
    columns = {
        "kappa": [row.kappa.value for row in rows],
        "frame_f1": [row.told.f1 for row in rows],
        **{f"event_f1_iou_{iou:g}": [row.told.event_f1(iou) for row in rows] for iou in IOUS},
    }
    if any(row.told.starts.any() for row in rows):
        columns["event_f1_by_start"] = [row.told.start_f1 for row in rows]
    scores, reasons = {}, {}
    for name, values in columns.items():
        known = [(value, row) for value, row in zip(values, rows, strict=True) if value == value]
        whose = [row.recording for _, row in known]
        told = [value for value, _ in known]
        scores[name] = estimate(told, median, whose=whose, draws=draws)
        if not known and rows:
            reasons[name] = why_not(row.kappa.reason for row in rows)
    return scores, reasons


def why_not(reasons: Iterable[str]) -> str:
    """Why several have no value: the one reason of all, or how often each holds.

    Examples
    --------
    >>> why_not(["all slept", "all slept"]), why_not(["all slept", "no light", "all slept"])
    ('all slept', 'in 2 of 3 pairs all slept; in 1 of 3 pairs no light')
    """
    often = Counter(reasons)
    if len(often) < 2:
        return next(iter(often), "")
    total = sum(often.values())
    return "; ".join(f"in {n} of {total} pairs {why}" for why, n in often.most_common())


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


def together(seen: Sequence[Iterable[str]]) -> tuple[str, ...]:
    """Of whom a complete table is made: people by name, of those who saw each recording.

    Of all sets of people, the one whose table has most to say: most degrees of freedom,
    (recordings - 1) · (people - 1), and of such the one with more recordings. A recording counts
    for a set when all of the set saw it, whoever else did.

    Examples
    --------
    >>> together(["ABC", "ABC", "ABCD", "ABCD", "ABD"])
    ('A', 'B', 'C')
    """
    sets = [frozenset(each) for each in seen]
    # A set that is no intersection of these could take somebody in and lose no recording.
    known: set[frozenset[str]] = set()
    for each in set(sets):
        known |= {each} | {each & other for other in known}

    def worth(people: frozenset[str]) -> tuple[int, int, tuple[str, ...]]:
        often = sum(people <= each for each in sets)
        return -(often - 1) * (len(people) - 1), -often, tuple(sorted(people))

    several = sorted((people for people in known if len(people) > 1), key=worth)
    return tuple(sorted(several[0])) if several else ()


def _tables(kept: Sequence[Panel], label: str) -> tuple[tuple[str, ...], tuple[Array, Array]]:
    """Seconds and events by recording and rater, of the people of one complete table."""
    raters = together([each.people for each in kept])
    rows = [
        counted([each.people[who] for who in raters], label)
        for each in kept
        if raters and each.people.keys() >= set(raters)
    ]
    table = np.array(rows).reshape(len(rows), len(raters), 2)
    return raters, (table[..., 0], table[..., 1])


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
