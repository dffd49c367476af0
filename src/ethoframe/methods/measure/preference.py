"""What is preferred to what, by the time spent with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Measures, Noun
from ethoframe.data.bins import Stretch, stretches


@dataclass(frozen=True)
class Preference(WholeMethod):
    """Time of two kinds of episode against each other: difference, index, share.

    A kind is all episodes whose labels begin with *liked*, or with *other*. With times *a* and *b*,
    the index is (a - b) / (a + b), from -1 to 1, and the share a / (a + b). Of an animal that did
    little of either they tell nothing: both are undefined where a + b is less than *least_s*, which
    is stated with them. For the whole session and each event.

    Animals explore for unlike times, and the index fades as the new grows old. With *enough_s*
    nothing counts after a + b has reached so much, as in the protocol of Leger et al.; what an
    animal does that never reaches it counts in full.

    References
    ----------
    Discrimination index and ratio: Ennaceur & Delacour, Behav. Brain Res. 31 (1988), 47-59; a
    minimum of 20 s of exploration: Leger et al., Nature Protocols 8 (2013), 2531-2537.
    """

    liked: str = parameter("exploring novel", says="how labels begin that count for it")
    other: str = parameter("exploring familiar", says="how labels begin that count against it")
    least_s: float = parameter(
        20.0, unit="s", says="index and share are undefined below so much of both", low=0.0
    )
    enough_s: float = parameter(
        0.0, unit="s", says="what comes after so much of both does not count; 0 for all", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "episodes": In(Kind.EPISODES),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Measures."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Four rows for each individual and stretch of time; none where nobody looked."""
        episodes: Episodes = inputs["episodes"]
        looked = episodes.support_s
        if len(looked) == 0:
            return Measures()
        first, last = float(looked.min()), float(looked.max())
        times_s = np.array([first, (first + last) / 2])
        return Measures.joined(
            [
                self._of(episodes.about(who), stretch).of(individual=who)
                for who in episodes.names
                for stretch in stretches(times_s, 0.0, inputs.get("events"))
            ]
        )

    def _of(self, episodes: Episodes, stretch: Stretch) -> Measures:
        counted = self._counted(stretch, episodes)
        a, b = (_spent(episodes, begins, counted) for begins in (self.liked, self.other))
        both, names = a + b, f"{self.liked} (a) and {self.other} (b)"
        enough = both >= self.least_s and both > 0
        index, share = ((a - b) / both, 100 * a / both) if enough else (np.nan, np.nan)
        floor = f"undefined where a + b is under {self.least_s:g} s"
        by = episodes.definition
        if self.enough_s > 0:
            names = f"{names}, until a + b is {self.enough_s:g} s"
        either = f"{self.liked} or {self.other.split()[-1]}"
        told = (
            (f"time {either}", both, "s", f"a + b of {names}: {by}"),
            (f"difference {self.liked}", a - b, "s", f"a - b of {names}: {by}"),
            (f"preference for {self.liked}", index, "1",
             f"discrimination index, (a - b) / (a + b) of {names}; {floor}"),
            (f"share {self.liked}", share, "%", f"a / (a + b) of {names}; {floor}"),
        )  # fmt: skip
        return Measures(
            tuple(
                stretch.tell(quantity=quantity, value=value, unit=unit, definition=words)
                for quantity, value, unit, words in told
            )
        )

    def _counted(self, stretch: Stretch, episodes: Episodes) -> Stretch:
        """The stretch, up to when there was enough of both."""
        if self.enough_s == 0:
            return stretch
        kinds = (self.liked, self.other)
        left, spans = self.enough_s, [list(span) for span in stretch.spans_s]
        for i, (start, stop) in enumerate(stretch.spans_s):
            for begin, end in _both(episodes, kinds, start, stop):
                if end - begin >= left:
                    spans = [*spans[:i], [start, begin + left]]
                    return replace(stretch, spans_s=tuple((a, b) for a, b in spans))
                left -= end - begin
        return stretch

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Half a minute with the one, a quarter of one with the other."""
        support = np.array([[0.0, 60.0]])
        novel = Episodes.of("exploring novel", np.array([[2.0, 22.0], [30.0, 40.0]]), support)
        known = Episodes.of("exploring familiar", np.array([[41.0, 56.0]]), support)
        return {"episodes": Episodes.merged([novel, known])}


def _both(
    episodes: Episodes, kinds: tuple[str, str], start_s: float, stop_s: float
) -> list[tuple[float, float]]:
    """Spans of either kind between two times, in order; two at once count one after the other."""
    order = np.argsort(episodes.start_s, kind="stable")
    found = [
        (max(float(episodes.start_s[i]), start_s), min(float(episodes.stop_s[i]), stop_s))
        for i in order
        if episodes.labels[i].startswith(kinds)
    ]
    return [(begin, end) for begin, end in found if end > begin]


def _spent(episodes: Episodes, begins: str, stretch: Stretch) -> float:
    """Seconds of a stretch in episodes whose labels begin so."""
    labels = {label for label in episodes.labels if label.startswith(begins)}
    total = sum(stretch.total(partial(episodes.total_s, label)) for label in labels)
    return float(total) if stretch.total(episodes.looked_s) else float("nan")
