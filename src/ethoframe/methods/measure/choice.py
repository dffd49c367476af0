"""Which arm after which: spontaneous alternation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Measures, Noun
from ethoframe.data.bins import Stretch


@dataclass(frozen=True)
class Choice(WholeMethod):
    """Spontaneous alternation: how often three entries in a row are into three different arms.

    Arms are all zones but those *without*. The arm in which the animal is when it is first seen
    counts as its first choice, for it is what the next two are compared with. Triplets overlap;
    their number is that of the entries less two. Entering the arm that was just left is a return to
    the same arm, entering the one before that a return to the alternate arm. An animal that comes
    back into an arm without a visit of a zone *without* arms in between never left it, where there
    is such a zone: it was tracked beside the maze for a moment. With fewer than *least* entries the
    share is undefined: chance alone would make any of it. The largest share of one arm tells of a
    bias to a side: with three arms alike it is 33 %.

    References
    ----------
    Spontaneous alternation in the Y-maze, and the kinds of return: Hughes, Neurosci. Biobehav. Rev.
    28 (2004), 497-505.
    """

    without: tuple[str, ...] = parameter(("centre",), says="zones that are no arms")
    called: str = parameter("", says="what quantities are called besides, as by body and hips")
    least: int = parameter(8, says="with fewer entries the share is undefined", low=3)

    takes: ClassVar[Mapping[str, In]] = {"visits": In(Kind.EPISODES)}
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Measures."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Five rows for each individual, of the whole session."""
        visits: Episodes = inputs["visits"]
        return Measures.joined([self._of(visits, who) for who in visits.names])

    def _of(self, visits: Episodes, who: str) -> Measures:
        own = visits.about(who)
        looked = own.support_s
        if len(looked) == 0:
            return Measures()
        arms = self._arms(own)
        triplets = list(zip(arms, arms[1:], arms[2:], strict=False))
        turned = sum(len(set(three)) == 3 for three in triplets)
        same = sum(a == b for a, b in pairwise(arms))
        back = sum(a == c and a != b for a, b, c in triplets)
        enough = len(arms) >= self.least
        by = f"arms in the order in which they were visited; {own.definition}".rstrip("; ")
        share = (
            f"triplets of three different arms ÷ (arm entries - 2), overlapping; undefined with "
            f"fewer than {self.least} entries; {by}"
        )
        first, last = float(looked.min()), float(looked.max())
        alternation = 100 * turned / len(triplets) if enough else np.nan
        most = 100 * max(map(arms.count, arms)) / len(arms) if enough else np.nan
        session = Stretch(((first, last),))
        of = f", {self.called}" if self.called else ""
        told = (
            ("spontaneous alternation", alternation, "%", share),
            ("arm entries", float(len(arms)), "entries", f"the first arm counts; {by}"),
            ("returns to the same arm", float(same), "entries", f"into the arm just left; {by}"),
            ("returns to the alternate arm", float(back), "entries", f"into the one before; {by}"),
            (
                "largest share of one arm",
                most,
                "%",
                f"entries into the arm that was entered most ÷ arm entries; undefined with fewer "
                f"than {self.least} entries; {by}",
            ),
        )
        rows = tuple(
            session.tell(quantity=f"{quantity}{of}", value=value, unit=unit, definition=words)
            for quantity, value, unit, words in told
        )
        return Measures(rows).of(individual=who)

    def _arms(self, visits: Episodes) -> list[str]:
        """The arms in the order in which they were entered."""
        order = np.argsort(visits.start_s, kind="stable")
        middle = any(label in self.without for label in visits.labels)
        arms: list[str] = []
        left = True
        for label in (visits.labels[i] for i in order):
            if label in self.without:
                left = True
            elif label and (left or not middle or label != arms[-1]):
                arms.append(label)
                left = False
        return arms

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Nine arms, one of them twice in a row, with the centre in between."""
        arms = [1, 2, 3, 1, 1, 2, 1, 3, 2]
        support = np.array([[0.0, 3.0 * len(arms)]])
        parts = [
            Episodes.of(f"arm {arm}", np.array([[3.0 * i, 3.0 * i + 2]]), support)
            for i, arm in enumerate(arms)
        ]
        between = np.array([[3.0 * i + 2, 3.0 * i + 3] for i in range(len(arms))])
        return {"visits": Episodes.merged([*parts, Episodes.of("centre", between, support)])}
