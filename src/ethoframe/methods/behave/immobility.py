"""When an animal hangs or floats without trying to get away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._parts import Parts, in_lengths, refuse_without_body, trusted
from ethoframe.methods.behave._spans import episodes_of, window_told, within, without_blinks
from ethoframe.methods.behave._stillness import Stillness


@dataclass(frozen=True)
class Immobility(WholeMethod):
    """Episodes of *immobility* in the tail suspension or forced swim test: it makes no effort.

    An animal that makes no effort may still swing like a pendulum, turn on its tail or drift: so
    immobility is told from the body's shape. It is while the distances between nose, ears, back and
    base of the tail (of a silhouette: centroid and both ends) each change more slowly than a
    threshold, area and length of the silhouette by less than a share per second (where the tracks
    tell them), and the middle of the body moves more slowly than a swing. It lasts at least
    *least_s*; an effort shorter than *effort_s* does not end it. Speeds are told from scatter, less
    tracking noise, as in `behave/freezing`.

    It is none of its neighbours: an animal that swings does not freeze (`behave/freezing`), and one
    that stands still in a box while it grooms is *immobile* by its centre (`behave/activity`) and
    moves by its shape. A stiff body that is carried looks as one that makes no effort, and efforts
    along the line of sight show little: film tail suspension from the side.

    Thresholds are in mm/s where there is a scale and in body lengths per second where there is
    none. Time in which nothing in front, or nothing behind, was seen is outside the support. People
    score the last 4 of 6 minutes of a swim, and all 6 of a suspension: *from_s* to *until_s*,
    counted from the first frame, are left to the recipe.

    The default thresholds were not compared with what people score: check them on your videos.

    References
    ----------
    Tail suspension: Steru et al., Psychopharmacology 85 (1985), 367-370; swinging after an effort
    counts as immobility: Can et al., J. Vis. Exp. 59 (2012), e3769. Forced swim: Porsolt, Bertin &
    Jalfre, Arch. Int. Pharmacodyn. Ther. 229 (1977), 327-336.
    """

    bend_mm_per_s: float = parameter(
        20.0, unit="mm/s", says="distances between parts change more slowly", low=0.0
    )
    bend_bl_per_s: float = parameter(0.24, unit="bl/s", says="the same without a scale", low=0.0)
    swing_mm_per_s: float = parameter(
        150.0, unit="mm/s", says="the middle of the body moves more slowly", low=0.0
    )
    swing_bl_per_s: float = parameter(1.8, unit="bl/s", says="the same without a scale", low=0.0)
    change_per_s: float = parameter(
        0.5, unit="1/s", says="area and length of the silhouette change by a smaller share", low=0.0
    )
    window_s: float = parameter(
        0.5, unit="s", says="speeds and changes are over so long", low=0.001
    )
    widest_s: float = parameter(
        1.0, unit="s", says="noise may widen that so far, and is told over so long", low=0.001
    )
    effort_s: float = parameter(
        0.3, unit="s", says="an effort that is shorter does not end it", low=0.0
    )
    least_s: float = parameter(1.0, unit="s", says="immobility lasts at least so long", low=0.0)
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
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks without front and back of a body, and unknown lengths."""
        refuse_without_body(self.name(), specs["tracks"].names, specs["tracks"].unit)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of all individuals, in order of time."""
        tracks: Tracks = inputs["tracks"]
        refuse_without_body(self.name(), tracks.keypoints, tracks.unit)
        return Episodes.merged(
            [self._of_one(in_lengths(self.name(), one)) for one in tracks.each()]
        )

    def _of_one(self, tracks: Tracks) -> Episodes:
        bend, swing = self.thresholds(tracks.unit)
        how = Stillness(self.window_s, self.widest_s, self.chance_sd, tracks.smoothed_s)
        parts = Parts.of(tracks.keypoints)
        at = {name: trusted(tracks, name, self.sure) for name in parts.all}
        idle, seen = how.of_shape(tracks, self.change_per_s), np.zeros(len(tracks), bool)
        for a, b in combinations(parts.all, 2):
            still, known = how.of(_apart(at[a], at[b]), tracks.times_s, bend)
            idle &= still | ~known
            if (a in parts.front) != (b in parts.front):
                seen |= known
        slow, known = how.of(at[parts.centre], tracks.times_s, swing)
        idle &= slow | ~known
        seen = without_blinks(seen, tracks, self.effort_s)
        found = episodes_of(
            "immobility",
            idle,
            seen & within(tracks, self.from_s, self.until_s),
            tracks,
            bridged_s=self.effort_s,
            least_s=self.least_s,
            author=self.name(),
            words=self._words(tracks, parts),
        )
        return replace(found, cautions=window_told(tracks, self.from_s, self.until_s))

    def thresholds(self, unit: str) -> tuple[float, float]:
        """Speeds of bending and of swinging, in `unit` per second."""
        if unit == "mm":
            return self.bend_mm_per_s, self.swing_mm_per_s
        return self.bend_bl_per_s, self.swing_bl_per_s

    def _words(self, tracks: Tracks, parts: Parts) -> str:
        (bend, swing), unit = self.thresholds(tracks.unit), tracks.unit
        until = f"{self.until_s:g} s" if self.until_s else "the end"
        shape = f", the silhouette by less than {self.change_per_s:.0%} per second"
        return (
            f"distances between {parts.told} change by less than {bend:g} {unit}/s"
            f"{shape if 'area_px2' in tracks.features else ''}, and {parts.centre} moves by less "
            f"than {swing:g} {unit}/s, over {self.window_s:g} s, for at least {self.least_s:g} s; "
            f"efforts under {self.effort_s:g} s do not count; looked at from {self.from_s:g} s to "
            f"{until} after the start"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Hangs and swings, curls up again and again, swings on with one short effort."""
        t = np.arange(300) / 30
        effort = ((t > 4) & (t < 6)) | ((t > 8) & (t < 8.1))
        swing = 0.5 * np.sin(4 * t)
        down = np.stack([np.sin(swing), np.cos(swing)], axis=1)
        long = 80 - np.where(effort, 15 + 15 * np.sin(18 * t), 0.0)
        places = [np.zeros((300, 2)), 0.5 * long[:, None] * down, long[:, None] * down]
        position = np.stack(places, axis=2)[..., None]
        names = ("tail_base", "mid_back", "nose")
        seen = np.ones((300, 3, 1))
        return {"tracks": Tracks(position, seen, np.arange(300), t, names, unit="mm")}


def _apart(a: Array, b: Array) -> Array:
    """Distance between two parts ``(t, 1)``."""
    apart: Array = np.hypot(*(a - b).T)[:, None]
    return apart
