"""Labelled time in parts, each answered by what the rest taught: what that says, and how right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from ethoframe.contract import Training
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.behave._deciding import Judging, Probabilities, going_on
from ethoframe.methods.behave._spans import lasting, runs
from ethoframe.methods.behave._stretches import Look, Series, Stretches
from ethoframe.methods.behave._watched import Watched
from ethoframe.nets.lesson import Example
from ethoframe.nets.network import MOMENT, SEEN
from ethoframe.score.calibration import reliability
from ethoframe.score.precision_recall import average_precision
from ethoframe.score.split import Split, k_folds

MOST = 5
"""Parts, at most: each is one more time to teach."""

Answers = Sequence[Mapping[str, Array]]


def gap_of(look: Look, kinds: Sequence[str]) -> int:
    """Steps of the clock from which two moments share nothing of what they are told by."""
    long_s, short_s = look.spans_s[-1], look.spans_s[0]
    own = 2 * SEEN if MOMENT in kinds else 0
    return ceil((long_s + short_s) / look.step_s) + own


def parts_of(
    watched: Sequence[Watched],
    codes: Sequence[Array],
    training: Training,
    gap: int,
) -> tuple[Split, ...]:
    """Splits of all labelled moments, one after the other, of which each is apart in one.

    Parts are whole animals or recordings where there are several, and otherwise stretches of time.
    A part whose rest is of one class, or so near that none is left, teaches nothing and is left
    out; there are no parts where none is asked for, or none is left.

    Parameters
    ----------
    watched, codes
        Whom, and the class of each moment ``(t,)``; -1 where it is not known.
    training
        Which share is kept apart, and of what.
    gap
        Steps between what is kept apart and what teaches, in one recording.

    Raises
    ------
    Refusal
        When a split was asked for that cannot be.
    """
    if not training.validation:
        return ()
    places = [np.flatnonzero(own >= 0) for own in codes]
    every = np.concatenate([own[own >= 0] for own in codes])
    films = [each.film for each, own in zip(watched, places, strict=True) for _ in own]
    subjects = [each.subject for each, own in zip(watched, places, strict=True) for _ in own]
    known = subjects if all(subjects) else None
    wanted = min(MOST, max(2, round(1 / training.validation)))
    ways = [(training.split, wanted)]
    if training.split == "auto":
        several = {"subject": set(known or ()), "recording": set(films)}
        ways = [(how, min(wanted, len(units))) for how, units in several.items()]
        ways.append(("blocks", wanted))
    # The most honest way that there are enough for; fewer parts where gaps leave too little.
    for how, most in ways:
        for count in range(most, 1, -1):
            try:
                found = k_folds(
                    films, known, np.concatenate(places), count, training.seed,
                    how, every.tolist(), gap,  # type: ignore[arg-type]
                )  # fmt: skip
            except Refusal:
                if training.split != "auto" and count == 2:  # what was asked for cannot be
                    raise
                continue
            return tuple(each for each in found if len(np.unique(every[each.train])) > 1)
    return ()


def says(splits: Sequence[Split], gap_s: float) -> str:
    """How parts were made and what they are for, in a sentence.

    Examples
    --------
    >>> says((), 2.2)
    'nothing is kept apart: how good the method is cannot be said'
    """
    if not splits:
        return "nothing is kept apart: how good the method is cannot be said"
    how = splits[0].how
    inside = how in ("blocks", "random")
    units = {"blocks": "stretches of time", "random": "moments drawn by chance"}
    what = units.get(how, f"parts of whole {how}s")
    near = f", at least {gap_s:.2g} s from it" if how == "blocks" else ""
    more = "; this says nothing of other recordings" if inside else ""
    return (
        f"cross-fitted: each of {len(splits)} {what} is told by what the rest taught{near}; by "
        f"these answers it is judged and calibrated, and then all of it teaches{more}"
    )


@dataclass(frozen=True)
class Asked:
    """Who was asked what, in the order of the answers.

    Parameters
    ----------
    folds
        Examples of each part.
    series
        All of those who were watched.
    times_s
        Of the moments of each ``(t,)``.
    names
        Recording, individual and author of each.
    classes
        The last is none of the others.
    judge
        How answers are judged.
    levels
        When a behaviour begins and ends, about a half; which pauses are bridged and which bouts
        left out, in seconds.
    """

    folds: Sequence[Stretches]
    series: Sequence[Series]
    times_s: Sequence[Array]
    names: Sequence[tuple[str, str, str]]
    classes: tuple[str, ...]
    judge: Judging
    levels: tuple[float, float, float, float]

    @property
    def count(self) -> int:
        """Moments that are kept apart once."""
        return int(sum((each.codes >= 0).sum() for fold in self.folds for each in fold.series))

    def settle(self, examples: Sequence[Example], answers: Answers, kept: bool) -> dict[str, Any]:
        """Which head answers, how its scores are made probabilities, and how right they are."""
        settled = self.judge.settle(examples, answers, kept)
        if not kept:
            return settled
        told = self._told(examples, answers, settled["kind"])
        return {**settled, "figures": self._figures(told)}

    def table(
        self, examples: Sequence[Example], answers: Answers, settled: Mapping[str, Any]
    ) -> dict[str, Array]:
        """Each labelled moment: who, when, what people said, and what is answered, how surely."""
        told = self._told(examples, answers, settled["kind"])
        columns: dict[str, list[Array]] = {}
        for which, (part, probable, on) in enumerate(told):
            own = part >= 0
            said = self.series[which].codes
            answer = np.where(on.any(axis=1), on.argmax(axis=1), len(self.classes) - 1)
            names = dict(zip(("recording", "individual", "author"), self.names[which], strict=True))
            row = {name: np.full(own.sum(), told) for name, told in names.items()}
            row |= {"time_s": self.times_s[which][own], "part": part[own]}
            row |= {"said": np.array(self.classes)[said[own]]}
            row |= {"answer": np.array(self.classes)[answer[own]]}
            row |= {f"p({name})": probable[own, k] for k, name in enumerate(self.classes)}
            for name, held in row.items():
                columns.setdefault(name, []).append(held)
        return {name: np.concatenate(held) for name, held in columns.items()}

    def lacking(
        self,
        examples: Sequence[Example],
        without: Mapping[str, Answers],
        settled: Mapping[str, Any],
    ) -> dict[str, float]:
        """Mean log loss where a group of numbers tells nothing, of each group."""
        told = Probabilities.from_json(settled)
        return {name: self.judge.lost(examples, answers, told) for name, answers in without.items()}

    def _told(
        self, examples: Sequence[Example], answers: Answers, kind: str
    ) -> list[tuple[Array, Array, Array]]:
        """Of each series which part a moment is of, its probabilities, and what goes on.

        Those of a part are made by what the answers to the others settle: no answer has a say in
        how it is read.
        """
        places = [(f, which, at) for f, fold in enumerate(self.folds)
                  for which, at, _ in fold.places]  # fmt: skip
        of = np.array([f for f, _, _ in places])
        part = [np.full(len(each.codes), -1) for each in self.series]
        probable = [np.full((len(each.codes), len(self.classes)), np.nan) for each in self.series]
        on = [np.zeros((len(each.codes), len(self.classes) - 1), bool) for each in self.series]
        for f in sorted({*of.tolist()}):
            others = np.flatnonzero(of != f).tolist()
            if not len(others):
                others = np.flatnonzero(of == f).tolist()
            some = [examples[i] for i in others], [answers[i] for i in others]
            read = self.judge.read(*some, kind)
            for i in np.flatnonzero(of == f).tolist():
                _, which, start = places[i]
                known, scores = self.judge.scores(examples[i], answers[i], kind)
                moments = start + np.flatnonzero(known) - SEEN
                part[which][moments] = f
                probable[which][moments] = read.of(scores)
            for which, own in enumerate(part):
                on[which] |= self._going_on(probable[which], own == f, which, read)
        return list(zip(part, probable, on, strict=True))

    def _going_on(self, probable: Array, own: Array, which: int, read: Probabilities) -> Array:
        begins, stays, bridged_s, least_s = self.levels
        times_s = self.times_s[which]
        held = np.where(own[:, None], probable, np.nan)
        on = going_on(held, begins, stays, read.levels)
        step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
        for k in range(on.shape[1]):
            spans = lasting(runs(on[:, k], times_s, times_s[-1] + step), bridged_s, least_s)
            on[:, k] = covered(spans, times_s) & own
        return on

    def _figures(self, told: Sequence[tuple[Array, Array, Array]]) -> dict[str, float]:
        said, probable, on = (
            np.concatenate([row[(own >= 0)] for own, row in zip(parts, rows, strict=True)])
            for parts in [[part for part, _, _ in told]]
            for rows in (
                [each.codes for each in self.series], [p for _, p, _ in told], [o for *_, o in told]
            )
        )  # fmt: skip
        given = probable[np.arange(len(said)), said]
        figures = {"log_loss": float(-np.log(np.maximum(given, 1e-12)).mean())}
        each: dict[str, list[float]] = {"frame_f1": [], "average_precision": []}
        for k in range(len(self.classes) - 1):
            true = said == k
            if true.any():
                both = 2 * float((on[:, k] & true).sum())
                each["frame_f1"].append(both / float(on[:, k].sum() + true.sum()))
                each["average_precision"].append(average_precision(probable[:, k], true))
        figures |= {name: float(np.mean(held)) for name, held in each.items() if held}
        best = probable.argmax(axis=1)
        sure = probable[np.arange(len(best)), best]
        return {**figures, "calibration_error": reliability(sure, best == said).expected_error}


def covered(spans: Array, times_s: Array) -> Array:
    """Whether each time ``(t,)`` is within one of some spans ``(n, 2)`` that do not overlap."""
    inside: Array = np.searchsorted(spans[:, 0], times_s + 1e-9, side="right") > np.searchsorted(
        spans[:, 1], times_s + 1e-9, side="right"
    )
    return inside
