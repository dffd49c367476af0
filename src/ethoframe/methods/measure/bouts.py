"""How much of the time, how often, how long, how soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Measure, Measures, Noun, Tracks
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Bouts(WholeMethod):
    """Time, share of time, number, mean length and latency of each kind of episode.

    For the whole session, for bins of *bin_s*, for each event, and of each individual. Time is what
    of the episodes lies in it; a bout counts where it starts, with all of its length. The session
    is that of the tracks where they are given, and else runs from the first to the last time that
    was looked at: a latency in a declared window counts from where the window begins. Where nobody
    looked, nothing is known (NaN). The shares of time of all kinds are the time budget.

    With `zones` (visits of zones), the time of each kind in each zone is told as well, and its
    share of the time there: by where the animal was, and not by where the bout began. With
    *transitions*, how often each kind was followed by each other, by the order in which bouts
    start: a kind that follows itself was interrupted by nothing that has a name.

    References
    ----------
    Time budgets and transitions: Martin & Bateson, Measuring Behaviour, 3rd ed., Cambridge
    University Press (2007).
    """

    labels: tuple[str, ...] = parameter(
        (), says="kinds that are told even where there are none; all that there are if empty"
    )
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)
    begins: bool = parameter(
        False, says="whether a kind is all whose labels begin so, as exploring novel left"
    )
    called: str = parameter("", says="what quantities are called besides, as in all six minutes")
    transitions: bool = parameter(False, says="whether it is told which kind follows which")

    takes: ClassVar[Mapping[str, In]] = {
        "episodes": In(Kind.EPISODES),
        "tracks": In(Kind.TRACKS, optional=True),
        "events": In(Kind.EPISODES, optional=True),
        "zones": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "3"

    def outline(self, **specs: Spec) -> Spec:
        """Measures."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Five rows for each kind, stretch of time and individual, and more where asked for."""
        episodes: Episodes = inputs["episodes"]
        tracks: Tracks | None = inputs.get("tracks")
        names = tracks.individuals if tracks is not None else episodes.names or (INDIVIDUAL,)
        episodes = self._kinds(episodes)
        each = [self._of(episodes.about(who), who, inputs).of(individual=who) for who in names]
        return self._named(Measures.joined(each))

    def _kinds(self, episodes: Episodes) -> Episodes:
        """The episodes by the kind that each is of."""
        if not self.begins:
            return episodes
        kinds = (next(filter(label.startswith, self.labels), label) for label in episodes.labels)
        return replace(episodes, labels=tuple(kinds))

    def _named(self, measures: Measures) -> Measures:
        if not self.called:
            return measures
        rows = (replace(row, quantity=f"{row.quantity}, {self.called}") for row in measures.rows)
        return Measures(tuple(rows))

    def _of(self, episodes: Episodes, who: str, inputs: Mapping[str, Any]) -> Measures:
        """The rows of one individual."""
        tracks: Tracks | None = inputs.get("tracks")
        # Two times and no more: the session runs on for one step after the last.
        looked = episodes.support_s
        session = tracks.times_s if tracks is not None else np.zeros(0)
        if tracks is None and len(looked):
            session = np.array([looked.min(), (looked.min() + looked.max()) / 2])
        labels = self.labels or tuple(dict.fromkeys(episodes.labels))
        zones: Episodes | None = inputs.get("zones")
        rows: list[Measure] = []
        for stretch in stretches(session, self.bin_s, inputs.get("events")):
            for label in labels:
                rows += _told(label, episodes, stretch, given=tracks is not None)
                rows += _where(label, episodes, zones.about(who), stretch) if zones else []
        if self.transitions and rows:
            rows += _followed(labels, episodes, stretches(session, 0.0)[0])
        return Measures(tuple(rows))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two bouts of one kind and one of another, in a session with a gap; a tone."""
        support = np.array([[0.0, 6.0], [8.0, 12.0]])
        freezing = Episodes.of("freezing", np.array([[1.0, 3.0], [8.5, 9.0]]), support)
        rearing = Episodes.of("rearing", np.array([[4.0, 4.5]]), support)
        tone = Episodes.of("tone", np.array([[2.0, 4.0], [10.0, 11.0]]), np.array([[0.0, 12.0]]))
        return {"episodes": Episodes.merged([freezing, rearing]), "events": tone}


def _told(label: str, episodes: Episodes, stretch: Stretch, *, given: bool) -> list[Measure]:
    """Five rows of one kind; the session is `given`, or is what was looked at."""
    spans, looked_s = episodes.spans(label), stretch.total(episodes.looked_s)
    time = stretch.total(partial(episodes.total_s, label))
    begun = spans[stretch.holds(spans[:, 0])]
    mean = float((begun[:, 1] - begun[:, 0]).mean()) if len(begun) else np.nan
    by = episodes.definition or f"by {episodes.author or 'the given episodes'}"
    since = "the start of this time" if given else "the start of this time that was looked at"
    told = (
        (f"time {label}", time, "s", f"time {label} while it could be told: {by}"),
        (
            f"share of time {label}",
            100 * time / looked_s if looked_s else np.nan,
            "%",
            f"time {label} ÷ time in which it could be told: {by}",
        ),
        (f"bouts {label}", float(len(begun)), "bouts", f"that start in this time: {by}"),
        (
            f"mean bout {label}",
            mean,
            "s",
            f"mean length of the bouts that start in this time: {by}",
        ),
        (
            f"latency to {label}",
            stretch.latency_s(spans),
            "s",
            f"from {since} to the first bout in it, 0 if one is going on: {by}",
        ),
    )
    return [
        stretch.tell(
            quantity=quantity,
            value=value if looked_s else np.nan,
            unit=unit,
            definition=words,
        )
        for quantity, value, unit, words in told
    ]


def _where(label: str, episodes: Episodes, zones: Episodes, stretch: Stretch) -> list[Measure]:
    """Time of one kind in each zone, and its share of the time there."""
    rows = []
    for zone in dict.fromkeys(zones.labels):
        there = zones.spans(zone)
        time = stretch.total(partial(_common, episodes.spans(label), there))
        known_s = stretch.total(partial(_common, episodes.support_s, there))
        by = f"{episodes.definition}; in {zone}: {zones.definition}"
        share = 100 * time / known_s if known_s else np.nan
        spent = time if known_s else np.nan
        name = f"time {label} in {zone}"
        rows += [
            stretch.tell(quantity=name, value=spent, unit="s", definition=f"both at once: {by}"),
            stretch.tell(
                quantity=f"share of time in {zone} {label}",
                value=share,
                unit="%",
                definition=f"{name} ÷ time in {zone} in which it could be told: {by}",
            ),
        ]
    return rows


def _common(a: Array, b: Array, start_s: float, stop_s: float) -> float:
    """Seconds between two times that both sets of spans ``(n, 2)`` cover."""
    first = np.maximum(a[:, None, 0], b[None, :, 0]).clip(min=start_s)
    last = np.minimum(a[:, None, 1], b[None, :, 1]).clip(max=stop_s)
    return float(np.maximum(last - first, 0).sum())


def _followed(labels: tuple[str, ...], episodes: Episodes, stretch: Stretch) -> list[Measure]:
    """How often each kind was followed by each."""
    order = np.argsort(episodes.start_s, kind="stable")
    named = [episodes.labels[i] for i in order if episodes.labels[i] in labels]
    pairs = list(pairwise(named))
    words = "bouts whose next bout, by their starts, is of that kind"
    return [
        stretch.tell(
            quantity=f"{a} followed by {b}",
            value=float(pairs.count((a, b))) if len(episodes.support_s) else np.nan,
            unit="bouts",
            definition=f"{words}: {episodes.definition}",
        )
        for a in labels
        for b in labels
    ]
