"""Somebody who disagrees with all others while these agree: a wrong film, files mixed up, a slip.

The rule, for every recording that three people or more saw, and all labels at once:

1. he agrees with each of the others less than any two of these agree with each other;
2. he agrees with them less than half as well as they do with each other;
3. chance would not set anybody so far apart, at 5 % for all people of a recording together: see
   `score._exchange`;
4. the others do agree: better than when one of them is moved round the recording, at 5 %.

The first two alone are nothing: of three people one always is the lowest, and in a short recording
one bout missed may be half of all there is. Agreement is Cohen's kappa by its formula.

What may have happened is looked for afterwards: whether what he saw fits these people's account of
another recording, or of this one when moved in time, at least half as well as they agree there with
each other; and whether it fits this recording better than by chance, that is, than when it is moved
in time at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ethoframe.data import Episodes
from ethoframe.data.noun import Array
from ethoframe.score._exchange import Standing, exchanged, standing
from ethoframe.score._timeline import Timeline, confusion, timeline
from ethoframe.score.agreement import Panel
from ethoframe.score.kappa import chance_corrected

LEVEL = 0.05
HALF = 0.5
CELLS = 1 << 13
"""Into as many cells a recording is parted to move it in time; each holds shares of its seconds."""


@dataclass(frozen=True)
class Alarm:
    """Somebody stands apart from all others.

    Parameters
    ----------
    recording, rater
        Where, and who.
    agrees, others
        Mean kappa of the rater and each other, and of every two of the others.
    p
        How often chance sets anybody so far apart.
    by_chance
        How often what he saw agrees with the others as well when it is moved in time at random.
    fits
        Another recording that it fits, and its mean kappa there; empty and NaN if none.
    fits_kappa
        See `fits`.
    moved_s
        By how many seconds later it fits this recording; 0 where moving does not help.
    """

    recording: str
    rater: str
    agrees: float
    others: float
    p: float
    by_chance: float
    fits: str = ""
    fits_kappa: float = float("nan")
    moved_s: float = 0.0

    def __str__(self) -> str:
        """For people."""
        told = (
            f"{self.recording}: {self.rater} disagrees with all others (kappa {self.agrees:.2f}), "
            f"who agree with each other ({self.others:.2f})"
        )
        if self.fits:
            return f"{told}; what was seen fits {self.fits} ({self.fits_kappa:.2f}): wrong film?"
        if self.moved_s:
            return f"{told}; it fits when moved by {self.moved_s:+.1f} s: another clock?"
        if self.by_chance > LEVEL:
            return f"{told}; it fits this recording no better than chance: wrong film?"
        return f"{told}; it is of this recording ({_chance(self.by_chance)}): another definition?"


def _chance(p: float) -> str:
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


@dataclass(frozen=True)
class Apart:
    """How far one rater stands apart in one recording, whether or not that is an alarm.

    Parameters
    ----------
    recording, rater
        Where, and who.
    agrees, others
        Mean kappa of the rater and each other, and of every two of the others.
    p
        How often chance sets anybody so far apart; NaN where that is not asked, because he is not
        lowest with everybody, or agrees with them at least half as well as they do.
    others_by_chance
        How often the others agree as well when one of them is moved in time; NaN as `p`.
    """

    recording: str
    rater: str
    agrees: float
    others: float
    p: float = float("nan")
    others_by_chance: float = float("nan")

    @property
    def alarms(self) -> bool:
        """Whether all four rules hold."""
        return self.p <= LEVEL and self.others_by_chance <= LEVEL


def apart(panel: Panel, labels: Sequence[str] = ()) -> list[Apart]:
    """How far each person stands apart; nothing where fewer than three looked at the same time.

    Parameters
    ----------
    panel
        Who saw what in one recording.
    labels
        That count; all that were looked for when left out.
    """
    words = tuple(labels or panel.words)
    people = list(panel.people.values())
    along = timeline(people, words)
    if len(people) < 3 or not along.shared.any() or len(along.states()[1]) < 2:
        return []
    return [
        _asked(panel, name, own, along) if own.gap > 0 and own.agrees < HALF * own.others
        else Apart(panel.recording, name, own.agrees, own.others)
        for name, own in zip(panel.people, standing(along), strict=True)
    ]  # fmt: skip


def _asked(panel: Panel, name: str, own: Standing, along: Timeline) -> Apart:
    """Somebody who is lowest by far, and whether chance would do that."""
    rest = [at for at, who in enumerate(panel.people) if who != name]
    by_chance = max(_accidental(along, at, rest) for at in rest)
    p = exchanged(along, own.gap)
    return Apart(panel.recording, name, own.agrees, own.others, p, by_chance)


def _accidental(along: Timeline, at: int, of: Sequence[int]) -> float:
    """How often somebody agrees as well with the rest of these when he is moved in time."""
    _, kappas = _moved(along.by([at, *(other for other in of if other != at)]))
    return _share(kappas)


def _share(kappas: Array) -> float:
    """How often kappas of moves are as high as that of no move, the first; 1 where none are."""
    return float((kappas >= kappas[0] - 1e-9).mean()) if len(kappas) else 1.0


def alarms(panels: Sequence[Panel], labels: Sequence[str] = ()) -> list[Alarm]:
    """Everybody who disagrees with all others in a recording, and what may have happened.

    Parameters
    ----------
    panels
        Of all recordings: the others are where what somebody saw may belong.
    labels
        That count; all that were looked for when left out.

    Examples
    --------
    >>> chance = np.random.default_rng(0)
    >>> def film(begins):
    ...     spans = np.stack([begins, begins + 4], axis=1)
    ...     off = lambda: chance.normal(0, 0.2, spans.shape)
    ...     return lambda: Episodes.of("rear", spans + off(), [[0, 600]])
    >>> a, b = (film(np.sort(chance.choice(59, 20, replace=False)) * 10.0) for _ in "ab")
    >>> wrong = {"AB": a(), "CD": a(), "EF": b()}, {"AB": b(), "CD": b(), "EF": a()}
    >>> told = alarms([Panel(name, who, {}, ("rear",)) for name, who in zip("ab", wrong)])
    >>> [(each.recording, each.rater, each.fits) for each in told]
    [('a', 'EF', 'b'), ('b', 'EF', 'a')]
    """
    by_name = {panel.recording: panel for panel in panels}
    return [
        _explained(by_name[each.recording], each, panels, labels)
        for panel in panels
        for each in apart(panel, labels)
        if each.alarms
    ]


def _explained(panel: Panel, found: Apart, panels: Sequence[Panel], labels: Sequence[str]) -> Alarm:
    words = tuple(labels or panel.words)
    own = panel.people[found.rater]
    others = [each for name, each in panel.people.items() if name != found.rater]
    best, where = max(
        ((_fit(own, other, found, words), other.recording) for other in panels
         if other.recording != panel.recording),
        default=(float("-inf"), ""),
    )  # fmt: skip
    if best <= found.agrees:
        where, best = "", float("nan")
    lags, kappas = _moved(timeline([own, *others], words))
    at = int(kappas.argmax()) if len(kappas) else 0
    helps = bool(len(kappas)) and not where and kappas[at] >= HALF * found.others
    return Alarm(
        found.recording, found.rater, found.agrees, found.others, found.p,
        _share(kappas), where, best, float(lags[at]) if helps else 0.0,
    )  # fmt: skip


def _fit(own: Episodes, other: Panel, found: Apart, words: Sequence[str]) -> float:
    """Mean kappa with those who saw another recording; less than anything where it does not fit."""
    people = {name: each for name, each in other.people.items() if name != found.rater}
    if not people:
        return float("-inf")
    there = float(np.mean([_kappa(own, each, words) for each in people.values()]))
    among = [_kappa(a, b, words) for a, b in combinations(people.values(), 2)]
    least = HALF * float(np.mean(among)) if among else found.others * HALF
    return there if there >= max(least, 0.0) and there > 0 else float("-inf")


def _kappa(one: Episodes, other: Episodes, words: Sequence[str]) -> float:
    along = timeline([one, other], words)
    codes, states = along.states()
    value = chance_corrected(confusion(codes[0], codes[1], along.weight, len(states)))
    return value if value == value else 0.0


def _moved(along: Timeline) -> tuple[Array, Array]:
    """Seconds by which the first is moved round the recording, and the mean kappa that this gives.

    By cells that hold shares of their time in each state: kappa is a sum of products, which a
    Fourier transform gives for all moves at once.
    """
    codes, states = along.states()
    shared = along.shared
    seconds = (along.stop_s - along.start_s)[shared]
    if not len(seconds):
        return np.empty(0), np.empty(0)
    edges = np.concatenate([[0.0], np.cumsum(seconds)])
    cells = np.linspace(0, edges[-1], CELLS + 1)
    agreed, chance = np.zeros((len(codes) - 1, CELLS)), np.zeros(len(codes) - 1)
    for kind in range(len(states)):
        passed = np.cumsum(np.where(codes[:, shared] == kind, seconds, 0), axis=1)
        passed = np.concatenate([np.zeros((len(codes), 1)), passed], axis=1)
        held = np.array([np.diff(np.interp(cells, edges, row)) for row in passed])
        held /= edges[-1] / CELLS
        turned = np.fft.rfft(held, axis=1)
        agreed += np.fft.irfft(turned[1:] * turned[0].conj(), CELLS, axis=1) / CELLS
        chance += held[1:].mean(axis=1) * held[0].mean()
    left = np.maximum(1 - chance, 1e-12)
    steps = (np.arange(CELLS) + CELLS // 2) % CELLS - CELLS // 2
    return steps * edges[-1] / CELLS, ((agreed - chance[:, None]) / left[:, None]).mean(axis=0)


def throughout(panels: Sequence[Panel], labels: Sequence[str] = ()) -> list[str]:
    """Who agrees less with the others than they do, over all recordings of the same people.

    Of at least five recordings: the mean difference, by a t test over recordings, at 5 % with as
    many tests as people. It is told, and is no alarm: of any people one agrees least.
    """
    groups: dict[tuple[str, ...], list[list[Apart]]] = {}
    for panel in panels:
        if told := apart(panel, labels):
            groups.setdefault(tuple(panel.people), []).append(told)
    lines = []
    for names, recordings in groups.items():
        if len(recordings) < 5:
            continue
        for at, name in enumerate(names):
            own = np.array([told[at].agrees for told in recordings])
            rest = np.array([told[at].others for told in recordings])
            p = min(1.0, len(names) * _student(rest - own))
            if p <= LEVEL:
                lines.append(
                    f"{name} agrees less with the others (mean kappa {own.mean():.2f}) than they "
                    f"do with each other ({rest.mean():.2f}), over {len(recordings)} recordings "
                    f"({_chance(p)})"
                )
    return lines


def _student(gaps: Array) -> float:
    from scipy.special import stdtr

    error = gaps.std(ddof=1) / np.sqrt(len(gaps))
    if error <= 1e-12:
        return 0.0 if gaps.mean() > 0 else 1.0
    return float(stdtr(len(gaps) - 1, -gaps.mean() / error))


def by_raters(rows: Mapping[tuple[str, str], Sequence[float]], names: Sequence[str]) -> Array:
    """Medians of every two raters as a symmetric table; NaN where there are none, and of oneself.

    Examples
    --------
    >>> by_raters({("a", "b"): [0.5, 0.75, 1.0]}, "ab").tolist()
    [[nan, 0.75], [0.75, nan]]
    """
    table = np.full((len(names), len(names)), np.nan)
    for (one, other), values in rows.items():
        known = [value for value in values if value == value]
        if known:
            i, j = names.index(one), names.index(other)
            table[i, j] = table[j, i] = float(np.median(known))
    return table
