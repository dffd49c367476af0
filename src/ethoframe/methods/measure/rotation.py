"""How often the animal turns full circle, to which side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Measure, Measures, Noun, Tracks
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without
from ethoframe.methods.measure._heading import (
    BODY,
    axis_among,
    heading,
    refuse_half,
    seen_s,
    spelled_axis,
    turns,
)


@dataclass(frozen=True)
class Rotation(WholeMethod):
    """Full turns to the left and to the right, per minute and in number, and net turns.

    A full turn is one of the body axis by 360° to one side, broken off by turning back *back_deg*.
    Left and right are the animal's own, seen from above. The axis is from tail end to head end of a
    silhouette, or from tail base to nose, unless both ends are named. For the whole session, for
    bins of *bin_s*, and for each event, of every individual. Where the axis was never seen, nothing
    is known (NaN).

    References
    ----------
    Ungerstedt & Arbuthnott, Brain Res. 24 (1970), 485-493.
    """

    hind_end: str = parameter("", says="the axis is from here, as the tracks tell if empty")
    fore_end: str = parameter("", says="the axis is to here, as the tracks tell if empty")
    back_deg: float = parameter(
        90.0, unit="deg", says="turning back so far breaks off a full turn", low=1.0, high=360.0
    )
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses ends that are named and not there."""
        refuse_half(self.name(), self.hind_end, self.fore_end)
        named = filter(None, (self.hind_end, self.fore_end))
        refuse_without(self.name(), specs["tracks"].names, *named)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Five rows for each individual and stretch of time."""
        tracks: Tracks = inputs["tracks"]
        events: Episodes | None = inputs.get("events")
        axis = axis_among(tracks.keypoints, self.hind_end, self.fore_end, BODY)
        words = spelled_axis(axis, tracks.keypoints) if all(axis) else "not in these tracks"
        rows: list[Measure] = []
        for each in tracks.each():
            angle = heading(each, axis)
            for stretch in stretches(each.times_s, self.bin_s, events):
                rows += self._told(angle, each, stretch, words)
        return Measures(tuple(rows))

    def _told(self, angle: Array, tracks: Tracks, stretch: Stretch, axis: str) -> list[Measure]:
        minutes = seen_s(angle, tracks.times_s, stretch) / 60
        left, right = turns(angle, tracks.times_s, stretch, np.deg2rad(self.back_deg))
        full = (
            f"full turns of the body axis ({axis}) by 360°, broken off by turning back "
            f"{self.back_deg:g}°"
        )
        seen = "per minute in which both ends were seen"
        tell = partial(stretch.tell, individual=tracks.individuals[0])
        told = (
            ("turns left", left, "turns/min", f"{full}, {seen}"),
            ("turns right", right, "turns/min", f"{full}, {seen}"),
            ("net turns left", left - right, "turns/min", f"left less right {full}, {seen}"),
            ("full turns left", left, "turns", full),
            ("full turns right", right, "turns", full),
        )
        return [
            tell(
                quantity=quantity,
                value=_over(count, minutes, rate=unit == "turns/min"),
                unit=unit,
                definition=words,
            )
            for quantity, count, unit, words in told
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two rounds to the right with a gap, half a round back, and another; a tone."""
        t = np.arange(360) / 30
        turn = np.interp(t, [0, 6, 8, 12], [0, 4.4, 3.4, 5.8]) * np.pi
        ahead = 30 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        position = np.stack([200 + ahead, 200 - ahead], axis=2)[..., None]
        position[100:110] = np.nan
        seen = np.isfinite(position).all(axis=1).astype(float)
        names = ("head_end", "tail_end")
        tone = Episodes.of("tone", np.array([[1.0, 3.0], [6.0, 11.5]]), np.array([[0.0, 12.0]]))
        tracks = Tracks(position, seen, np.arange(360), t, names, unit="mm")
        return {"tracks": tracks, "events": tone}


def _over(count: int, minutes: float, *, rate: bool) -> float:
    """The count, or so many per minute; NaN where nothing was seen."""
    if not minutes:
        return float("nan")
    return count / minutes if rate else float(count)
