"""When a swimming animal floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Tracks
from ethoframe.methods.behave._parts import Parts, of_bodies, refuse_without_body, trusted
from ethoframe.methods.behave._spans import episodes_of, window_told, within, without_blinks
from ethoframe.methods.behave._stillness import Stillness


@dataclass(frozen=True)
class Floating(WholeMethod):
    """Episodes of *floating* in the forced swim test: it drifts, and does not propel itself.

    Drift is the speed of the body's centre over *drift_window_s*: water and a last push carry an
    animal that does nothing, so it need not stand still. Propulsion shows in the body: over
    *window_s* another part moves against the centre, or the silhouette's area or length changes
    (where the tracks tell them). Parts are nose, ears, back and base of the tail, or the ends of a
    silhouette. Speeds are told from scatter, less tracking noise, as in `behave/freezing`.

    Floating is while drift and propulsion are both below their thresholds, for at least *least_s*;
    a stroke shorter than *stroke_s*, as it takes to keep the head above water, does not end it.
    Thresholds are in mm/s where there is a scale and in body lengths per second where there is
    none. Time in which nothing in front, or nothing behind, was seen is outside the support.

    People score mice in the last 4 of 6 minutes. That window is *from_s* to *until_s*, counted from
    the first frame; by itself the method looks at all there is, and the recipe of the test names
    the window.

    The default thresholds were not compared with what people score: check them on your videos.

    References
    ----------
    Immobile but for what keeps the head above water: Porsolt, Bertin & Jalfre, Arch. Int.
    Pharmacodyn. Ther. 229 (1977), 327-336. The last 4 of 6 minutes: Can et al., J. Vis. Exp. 59
    (2012), e3638.
    """

    drift_mm_per_s: float = parameter(
        50.0, unit="mm/s", says="the centre drifts more slowly while floating", low=0.0
    )
    stroke_mm_per_s: float = parameter(
        30.0, unit="mm/s", says="other parts move against the centre more slowly", low=0.0
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
    from_s: float = parameter(0.0, unit="s", says="looked at from so long after the start", low=0.0)
    until_s: float = parameter(
        0.0, unit="s", says="looked at until so long after the start; 0 for all", low=0.0
    )
    chance_sd: float = parameter(
        2.0, unit="1", says="standard errors of the scatter that count as chance", low=0.0
    )
    sure: float = parameter(
        0.6, unit="1", says="confidence from which a place counts as seen", low=0.0, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "3"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks without front and back of a body, and unknown lengths."""
        refuse_without_body(self.name(), specs["tracks"].names, specs["tracks"].unit)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of all individuals, in order of time."""
        return of_bodies(self.name(), inputs["tracks"], self._of_one)

    def _of_one(self, tracks: Tracks) -> Episodes:
        drift, stroke = self.thresholds(tracks.unit)
        how = self._how(self.window_s, tracks)
        slow = self._how(self.drift_window_s, tracks)
        parts = Parts.of(tracks.keypoints)
        afloat, seen = how.of_shape(tracks, self.change_per_s), {}
        centre = trusted(tracks, parts.centre, self.sure)
        drifts, known = slow.of(centre, tracks.times_s, drift)
        afloat &= drifts | ~known
        for name in parts.around:
            points = trusted(tracks, name, self.sure) - centre
            still, seen[name] = how.of(points, tracks.times_s, stroke)
            afloat &= still | ~seen[name]
        front, back = ([seen[n] for n in side if n in seen] for side in (parts.front, parts.back))
        known &= np.any(front, axis=0) if front else True
        known &= np.any(back, axis=0) if back else True
        known = without_blinks(known, tracks, self.stroke_s)
        found = episodes_of(
            "floating",
            afloat,
            known & within(tracks, self.from_s, self.until_s),
            tracks,
            bridged_s=self.stroke_s,
            least_s=self.least_s,
            author=self.name(),
            words=self._words(tracks, parts),
        )
        return replace(found, cautions=window_told(tracks, self.from_s, self.until_s))

    def _how(self, window_s: float, tracks: Tracks) -> Stillness:
        longest_s = max(self.window_s, self.drift_window_s)
        return Stillness(window_s, longest_s, self.chance_sd, tracks.smoothed_s)

    def thresholds(self, unit: str) -> tuple[float, float]:
        """Speeds of drift and of strokes, in `unit` per second."""
        if unit == "mm":
            return self.drift_mm_per_s, self.stroke_mm_per_s
        return self.drift_bl_per_s, self.stroke_bl_per_s

    def _words(self, tracks: Tracks, parts: Parts) -> str:
        (drift, stroke), unit = self.thresholds(tracks.unit), tracks.unit
        until = f"{self.until_s:g} s" if self.until_s else "the end"
        shape = f", the silhouette changing by less than {self.change_per_s:.0%} per second"
        return (
            f"{parts.centre} slower than {drift:g} {unit}/s, over {self.drift_window_s:g} s, "
            f"{', '.join(parts.around)} slower than {stroke:g} {unit}/s against it"
            f"{shape if 'area_px2' in tracks.features else ''}, over {self.window_s:g} s, for at "
            f"least {self.least_s:g} s; strokes under {self.stroke_s:g} s do not count; looked at "
            f"from {self.from_s:g} s to {until} after the start"
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
        seen, names = np.ones((300, 3, 1)), ("centroid", "head_end", "tail_end")
        features = {"area_px2": area, "major_px": np.full((300, 1), 60.0)}
        return {
            "tracks": Tracks(position, seen, np.arange(300), t, names, unit="mm", features=features)
        }
