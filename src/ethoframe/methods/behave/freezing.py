"""When the animal freezes."""

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
class Freezing(WholeMethod):
    """Episodes of *freezing*: no part of the body moves but for breathing.

    Freezing is while centroid, head end and tail end each move more slowly than their threshold,
    the silhouette's area and length change by less than a share per second (where the tracks tell
    them), and all that lasts at least *least_s*. Speeds and changes are told over *window_s*, from
    the box that holds all places in it: so the frame rate hardly matters, and a movement to and fro
    does not pass for none. An interruption shorter than *twitch_s* does not end it. Thresholds are
    in mm/s where there is a scale and in body lengths per second where there is none. Time in which
    not all of the body was seen is outside the support.

    The default speeds were chosen on the first half of a public video of fear conditioning, scored
    by a person and followed at mid-back, nose and tail base; on its second half Cohen's kappa with
    that person is 0.77. No silhouette took part. Check them on yours.

    References
    ----------
    Freezing as the absence of all movement but that of breathing: Blanchard & Blanchard, J. Comp.
    Physiol. Psychol. 67 (1969), 370-375; Fanselow, Pavlov. J. Biol. Sci. 15 (1980), 177-182.
    """

    still_mm_per_s: float = parameter(
        5.0, unit="mm/s", says="the centroid is slower while freezing", low=0.0
    )
    ends_mm_per_s: float = parameter(
        10.0, unit="mm/s", says="head end and tail end are slower while freezing", low=0.0
    )
    still_bl_per_s: float = parameter(0.06, unit="bl/s", says="the same without a scale", low=0.0)
    ends_bl_per_s: float = parameter(0.12, unit="bl/s", says="the same without a scale", low=0.0)
    change_per_s: float = parameter(
        0.3, unit="1/s", says="area and length of the silhouette change by a smaller share", low=0.0
    )
    window_s: float = parameter(
        0.3, unit="s", says="speeds and changes are over so long", low=0.001
    )
    twitch_s: float = parameter(
        0.2, unit="s", says="an interruption that is shorter does not end it", low=0.0
    )
    least_s: float = parameter(1.0, unit="s", says="freezing lasts at least so long", low=0.0)

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
        still, ends = self.thresholds(tracks.unit)
        limits = {"centroid": still, **dict.fromkeys(ENDS, ends)}
        spans = []
        for piece, stop_s in pieces(tracks):
            frozen = shape_quiet(piece, self.window_s, self.change_per_s)
            for name, limit in limits.items():
                frozen &= quiet(piece.at(name), piece.times_s, self.window_s, limit)
            found = runs(frozen, piece.times_s, stop_s)
            spans.append(lasting(found, self.twitch_s, self.least_s))
        return told("freezing", spans, tracks, self.name(), self._words(tracks))

    def thresholds(self, unit: str) -> tuple[float, float]:
        """Speeds of the centroid and of the ends, in `unit` per second."""
        if unit == "mm":
            return self.still_mm_per_s, self.ends_mm_per_s
        return self.still_bl_per_s, self.ends_bl_per_s

    def _words(self, tracks: Tracks) -> str:
        still, ends = self.thresholds(tracks.unit)
        shape = (
            f", area and length of the silhouette change by less than {self.change_per_s:.0%} per "
            "second"
        )
        return (
            f"centroid slower than {still:g} and both ends slower than {ends:g} {tracks.unit}/s"
            f"{shape if 'area_px2' in tracks.features else ''}, over {self.window_s:g} s, for "
            f"at least {self.least_s:g} s; interruptions under {self.twitch_s:g} s do not count"
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
        seen, names = np.ones((240, 3, 1)), ("centroid", *ENDS)
        features = {"area_px2": area, "major_px": np.full((240, 1), 60.0)}
        return {
            "tracks": Tracks(position, seen, np.arange(240), t, names, unit="mm", features=features)
        }
