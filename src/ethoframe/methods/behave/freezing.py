"""When the animal freezes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Tracks
from ethoframe.methods.behave._parts import Parts, of_bodies, refuse_without_body
from ethoframe.methods.behave._spans import episodes_of
from ethoframe.methods.behave._stillness import Stillness, noise_told, still_parts


@dataclass(frozen=True)
class Freezing(WholeMethod):
    """Episodes of *freezing*: no part of the body moves but for breathing.

    Freezing is while nose, ears, back and base of the tail (of a silhouette: centroid and both
    ends), as many of them as the tracks have, each move more slowly than one threshold, the
    silhouette's area and length change by less than a share per second (where the tracks tell
    them), and all that lasts at least *least_s*. An interruption shorter than *twitch_s* does not
    end it.

    How fast a part moves is told from its scatter over *window_s*, which holds a breath of a
    freezing mouse (about 4 per second): it is the speed of the steady course that would scatter as
    much over the same frames. What tracking noise adds is taken off first; the noise is told by the
    recording itself, part by part (`data.noise`). So neither the frame rate nor the noise matters
    much, and a movement to and fro does not pass for none. A part moves where its speed is above
    the threshold by more than chance. Where noise would hide the threshold the window is longer, up
    to *widest_s*; where it hides it still, the answer says so.

    A place that the network is not sure of, or that leaps away and back, is left out; a part that
    is not seen has no say. Time in which nothing in front, or nothing behind, was seen is outside
    the support. Thresholds are in mm/s where there is a scale and in body lengths per second where
    there is none. Every individual is answered for.

    The threshold is that which another laboratory published for mice followed at keypoints
    (5.9 mm/s for the back, for at least 0.9 s: BehaviorDEPOT's defaults), taken for all parts. How
    it agrees with people is told in the documentation, of two videos.

    References
    ----------
    Freezing as the absence of all movement but that of breathing: Blanchard & Blanchard, J. Comp.
    Physiol. Psychol. 67 (1969), 370-375; Fanselow, Pavlov. J. Biol. Sci. 15 (1980), 177-182.
    Threshold and duration: Gabriel et al., eLife 11 (2022), e74314. Breathing while freezing:
    Bagur et al., Nat. Commun. 12 (2021), 2605.
    """

    still_mm_per_s: float = parameter(
        6.0, unit="mm/s", says="every part of the body is slower while freezing", low=0.0
    )
    still_bl_per_s: float = parameter(0.07, unit="bl/s", says="the same without a scale", low=0.0)
    change_per_s: float = parameter(
        0.3, unit="1/s", says="area and length of the silhouette change by a smaller share", low=0.0
    )
    window_s: float = parameter(
        0.3, unit="s", says="speeds and changes are over so long", low=0.001
    )
    widest_s: float = parameter(
        1.0, unit="s", says="noise may widen that so far, and is told over so long", low=0.001
    )
    chance_sd: float = parameter(
        2.0, unit="1", says="standard errors of the scatter that count as chance", low=0.0
    )
    twitch_s: float = parameter(
        0.2, unit="s", says="an interruption that is shorter does not end it", low=0.0
    )
    least_s: float = parameter(0.9, unit="s", says="freezing lasts at least so long", low=0.0)
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
        how = Stillness(self.window_s, self.widest_s, self.chance_sd, tracks.smoothed_s)
        parts, limit = Parts.of(tracks.keypoints), self.threshold(tracks.unit)
        told = still_parts(tracks, how, dict.fromkeys(parts.all, limit), self.sure)
        shape = how.of_shape(tracks, self.change_per_s)
        known = told.known(parts.front) & told.known(parts.back)
        found = episodes_of(
            "freezing",
            told.still(parts.all) & shape,
            known,
            tracks,
            bridged_s=self.twitch_s,
            least_s=self.least_s,
            author=self.name(),
            words=self._words(tracks, parts),
        )
        return replace(found, cautions=noise_told(tracks, how, told, limit))

    def threshold(self, unit: str) -> float:
        """The speed below which a part is still, in `unit` per second."""
        return self.still_mm_per_s if unit == "mm" else self.still_bl_per_s

    def _words(self, tracks: Tracks, parts: Parts) -> str:
        shape = (
            f", area and length of the silhouette change by less than {self.change_per_s:.0%} per "
            "second"
        )
        return (
            f"{parts.told} each slower than {self.threshold(tracks.unit):g} {tracks.unit}/s"
            f"{shape if 'area_px2' in tracks.features else ''}, told from the scatter over "
            f"{self.window_s:g} s less tracking noise, for at least {self.least_s:g} s; "
            f"interruptions under {self.twitch_s:g} s do not count"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Walks, freezes but for a twitch, sniffs about on the spot, freezes, and stretches."""
        t = np.arange(240) / 30
        centre = np.stack([60 * np.minimum(t, 2.0), np.zeros(240)], axis=1)
        sniffing = np.where((t > 4) & (t < 5.5), 0.2 * np.sin(5 * t), 0.0)
        sniffing += np.where((t > 3) & (t < 3.12), 0.3, 0.0)
        ahead = 40 * np.stack([np.cos(sniffing), np.sin(sniffing)], axis=1)
        position = np.stack([centre, centre + ahead, centre - [40.0, 0.0]], axis=2)[..., None]
        area = np.where(t > 6.8, 1000 * np.exp(0.5 * (t - 6.8)), 1000.0)[:, None]
        seen, names = np.ones((240, 3, 1)), ("centroid", "head_end", "tail_end")
        features = {"area_px2": area, "major_px": np.full((240, 1), 60.0)}
        return {
            "tracks": Tracks(position, seen, np.arange(240), t, names, unit="mm", features=features)
        }
