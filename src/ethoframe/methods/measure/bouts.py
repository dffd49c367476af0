"""How much of the time, how often, how long, how soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Measure, Measures, Noun, Tracks
from ethoframe.data.bins import Stretch, stretches


@dataclass(frozen=True)
class Bouts(WholeMethod):
    """Time, share of time, number, mean length and latency of each kind of episode.

    For the whole session, for bins of *bin_s*, and for each event. Time is what of the episodes
    lies in it; a bout counts where it starts, with all of its length. The session is that of the
    tracks where they are given, and else runs from the first to the last time that was looked at.
    Where nobody looked, nothing is known (NaN).

    References
    ----------
    ethoframe's own.
    """

    labels: tuple[str, ...] = parameter(
        (), says="kinds that are told even where there are none; all that there are if empty"
    )
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "episodes": In(Kind.EPISODES),
        "tracks": In(Kind.TRACKS, optional=True),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Five rows for each kind and stretch of time."""
        episodes: Episodes = inputs["episodes"]
        tracks: Tracks | None = inputs.get("tracks")
        # Two times and no more: the session runs on for one step after the last.
        looked = episodes.support_s
        session = tracks.times_s if tracks is not None else np.zeros(0)
        if tracks is None and len(looked):
            session = np.array([looked.min(), (looked.min() + looked.max()) / 2])
        labels = self.labels or tuple(dict.fromkeys(episodes.labels))
        rows: list[Measure] = []
        for stretch in stretches(session, self.bin_s, inputs.get("events")):
            for label in labels:
                rows += self._told(label, episodes, stretch)
        return Measures(tuple(rows))

    def _told(self, label: str, episodes: Episodes, stretch: Stretch) -> list[Measure]:
        spans, looked_s = episodes.spans(label), stretch.total(episodes.looked_s)
        time = stretch.total(partial(episodes.total_s, label))
        begun = spans[stretch.holds(spans[:, 0])]
        mean = float((begun[:, 1] - begun[:, 0]).mean()) if len(begun) else np.nan
        by = episodes.definition or f"by {episodes.author or 'the given episodes'}"
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
                f"from the start of this time to the first bout in it: {by}",
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

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two bouts of one kind and one of another, in a session with a gap; a tone."""
        support = np.array([[0.0, 6.0], [8.0, 12.0]])
        freezing = Episodes.of("freezing", np.array([[1.0, 3.0], [8.5, 9.0]]), support)
        rearing = Episodes.of("rearing", np.array([[4.0, 4.5]]), support)
        tone = Episodes.of("tone", np.array([[2.0, 4.0], [10.0, 11.0]]), np.array([[0.0, 12.0]]))
        return {"episodes": Episodes.merged([freezing, rearing]), "events": tone}
