"""When a swimming animal floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Tracks
from ethoframe.methods.behave._stillness import (
    ENDS,
    lasting,
    pieces,
    quiet,
    refuse_without_body,
    shape_quiet,
    told,
)
from ethoframe.methods.behave.activity import runs


@dataclass(frozen=True)
class Floating(WholeMethod):
    """Episodes of *floating* in the forced swim test: it drifts, and does not propel itself.

    Drift is the speed of the centroid over *drift_window_s*: water and a last push carry an animal
    that does nothing, so it need not stand still. Propulsion shows in the body: over *window_s* an
    end moves against the centroid, or the silhouette's area or length changes.
    Floating is while drift and propulsion are both below their thresholds, for at least *least_s*;
    a stroke shorter than *stroke_s*, as it takes to keep the head above water, does not end it.
    Thresholds are in mm/s where there is a scale and in body lengths per second where there is
    none. Time in which not all of the body was seen is outside the support.

    The default thresholds were not compared with what people score: check them on your videos.

    References
    ----------
    Immobile but for what keeps the head above water: Porsolt, Bertin & Jalfre, Arch. Int.
    Pharmacodyn. Ther. 229 (1977), 327-336.
    """

    drift_mm_per_s: float = parameter(
        50.0, unit="mm/s", says="the centroid drifts more slowly while floating", low=0.0
    )
    stroke_mm_per_s: float = parameter(
        30.0, unit="mm/s", says="the ends move against the centroid more slowly", low=0.0
    )
    drift_bl_per_s: float = parameter(0.6, unit="bl/s", says="the same without a scale", low=0.0)
    stroke_bl_per_s: float = parameter(0.36, unit="bl/s", says="the same without a scale", low=0.0)
    change_per_s: float = parameter(
        0.5, unit="1/s", says="area and length of the silhouette change by a smaller share", low=0.0
    )
    drift_window_s: float = parameter(1.0, unit="s", says="drift is over so long", low=0.001)
    window_s: float = parameter(0.3, unit="s", says="propulsion is over so long", low=0.001)
    stroke_s: float = parameter(
        0.3, unit="s", says="a stroke that is shorter does not end it", low=0.0
    )
    least_s: float = parameter(1.0, unit="s", says="floating lasts at least so long", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks without both ends, and pixels."""
        refuse_without_body(self.name(), specs["tracks"].names, specs["tracks"].unit)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes, in order of time."""
        tracks: Tracks = inputs["tracks"]
        drift, stroke = self.thresholds(tracks.unit)
        spans = []
        for piece, stop_s in pieces(tracks):
            centre, times_s = piece.at("centroid"), piece.times_s
            afloat = shape_quiet(piece, self.window_s, self.change_per_s)
            afloat &= quiet(centre, times_s, self.drift_window_s, drift)
            for end in ENDS:
                afloat &= quiet(piece.at(end) - centre, times_s, self.window_s, stroke)
            found = runs(afloat, times_s, stop_s)
            spans.append(lasting(found, self.stroke_s, self.least_s))
        return told("floating", spans, tracks, self.name(), self._words(tracks.unit))

    def thresholds(self, unit: str) -> tuple[float, float]:
        """Speeds of drift and of strokes, in `unit` per second."""
        if unit == "mm":
            return self.drift_mm_per_s, self.stroke_mm_per_s
        return self.drift_bl_per_s, self.stroke_bl_per_s

    def _words(self, unit: str) -> str:
        drift, stroke = self.thresholds(unit)
        return (
            f"centroid slower than {drift:g} {unit}/s, over {self.drift_window_s:g} s, both "
            f"ends slower than {stroke:g} {unit}/s against it and the silhouette changing by less "
            f"than {self.change_per_s:.0%} per second, over {self.window_s:g} s, for at least "
            f"{self.least_s:g} s; strokes under {self.stroke_s:g} s do not count"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Swims in a circle, drifts, paddles on the spot, drifts on with one stroke."""
        t = np.arange(300) / 30
        speed = 20 + 130 * np.exp(-np.maximum(t - 3, 0) / 0.4)
        centre = np.stack([np.cumsum(speed) / 30, np.zeros(300)], axis=1)
        paddles = ((t > 5) & (t < 6.5)) | ((t > 8) & (t < 8.2))
        bend = np.where((t < 3) | paddles, 0.5 * np.sin(20 * t), 0.0)
        ahead = 40 * np.stack([np.cos(bend), np.sin(bend)], axis=1)
        position = np.stack([centre, centre + ahead, centre - ahead], axis=2)[..., None]
        area = np.where(t > 9.2, 1000 * np.exp(1.3 * (t - 9.2)), 1000.0)[:, None]
        seen, names = np.ones((300, 3, 1)), ("centroid", *ENDS)
        features = {"area_px2": area, "major_px": np.full((300, 1), 60.0)}
        return {
            "tracks": Tracks(position, seen, np.arange(300), t, names, unit="mm", features=features)
        }
