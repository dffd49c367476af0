"""When an animal hangs or floats without trying to get away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Skeleton, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._parts import Parts, of_bodies, refuse_without_body, trusted
from ethoframe.methods.behave._spans import episodes_of, window_told, within, without_blinks
from ethoframe.methods.behave._stillness import Stillness


@dataclass(frozen=True)
class Immobility(WholeMethod):
    """Episodes of *immobility* in the tail suspension or forced swim test: it makes no effort.

    An animal that makes no effort may still swing like a pendulum, turn on its tail or drift: so
    immobility is told from the body's shape. It is while the distances between nose, ears, back and
    base of the tail (of a silhouette: centroid and both ends), and how far each lies beside the
    line through two others, all change more slowly than a threshold, area and length of the
    silhouette by less than a share per second (where the tracks tell them), and the middle of the
    body moves more slowly than a swing. It lasts at least *least_s*; an effort shorter than
    *effort_s* does not end it. Speeds are told from scatter, less tracking noise, as in
    `behave/freezing`.

    Stretching changes distances; bending, the usual struggle, takes parts off the line through
    others, which distances between parts in a row hardly tell. Neither changes when a stiff body
    swings or drifts. Where no part is followed between head and base of the tail, bending is hardly
    seen, and of two parts alone it is not: the definition says so.

    It is none of its neighbours: an animal that swings does not freeze (`behave/freezing`), and one
    that stands still in a box while it grooms is *immobile* by its centre (`behave/activity`) and
    moves by its shape. A stiff body that is carried looks as one that makes no effort, one that
    spins about its own length may not, and efforts along the line of sight show little: film tail
    suspension from the side.

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
        20.0, unit="mm/s", says="parts move more slowly against each other", low=0.0
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
        return of_bodies(self.name(), inputs["tracks"], self._of_one)

    def _of_one(self, tracks: Tracks) -> Episodes:
        bend, swing = self.thresholds(tracks.unit)
        how = Stillness(self.window_s, self.widest_s, self.chance_sd, tracks.smoothed_s)
        parts = Parts.of(tracks.keypoints)
        at = {name: trusted(tracks, name, self.sure) for name in parts.all}
        idle, seen = how.of_shape(tracks, self.change_per_s), np.zeros(len(tracks), bool)
        for names, values in _shape(at):
            still, known = how.of(values, tracks.times_s, bend)
            idle &= still | ~known
            if len(names) == 2 and (names[0] in parts.front) != (names[1] in parts.front):
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
        bent = ", and how far each lies beside the line through two others," * (len(parts.all) > 2)
        seldom = "not" if len(parts.all) == 2 else "hardly"
        blind = f"; bending is {seldom} seen without a part between both ends"
        return (
            f"distances between {parts.told}{bent} change by less than {bend:g} {unit}/s"
            f"{shape if 'area_px2' in tracks.features else ''}, and {parts.centre} moves by less "
            f"than {swing:g} {unit}/s, over {self.window_s:g} s, for at least {self.least_s:g} s; "
            f"efforts under {self.effort_s:g} s do not count; looked at from {self.from_s:g} s to "
            f"{until} after the start{blind if len(parts.back) == 1 else ''}"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Hangs and swings, curls up, swings, bends aside, swings on with one short effort."""
        t = np.arange(300) / 30
        effort = ((t > 3) & (t < 4.5)) | ((t > 8.5) & (t < 8.6))
        swing = 0.5 * np.sin(4 * t)
        long = (40 - np.where(effort, 7 + 7 * np.sin(18 * t), 0.0))[:, None]
        bend = np.where((t > 6) & (t < 7.5), 0.4 * np.sin(16 * t), 0.0)
        back, ahead = (
            np.stack([np.sin(angle), np.cos(angle)], axis=1) for angle in (swing, swing + bend)
        )
        places = [0 * back, long * back, long * (back + ahead)]
        position = np.stack(places, axis=2)[..., None]
        names = ("tail_base", "mid_back", "nose")
        seen = np.ones((300, 3, 1))
        return {"tracks": Tracks(position, seen, np.arange(300), t, names, unit="mm")}


def _shape(at: Mapping[str, Array]) -> Iterator[tuple[tuple[str, ...], Array]]:
    """All that a stiff body keeps, by the parts that it is of, ``(t, 1)`` each.

    Left and right do not tell bending: they change sides when a body turns about its length.
    """
    pairs = Skeleton.of([*at]).mirrored
    for a, b in combinations(at, 2):
        yield (a, b), _apart(at[a], at[b])[:, None]
    for three in combinations(at, 3):
        if not any({*pair} <= {*three} for pair in pairs):
            yield three, _beside(*(at[name] for name in three))[:, None]


def _apart(a: Array, b: Array) -> Array:
    """Distance between two parts ``(t,)``."""
    apart: Array = np.hypot(*(a - b).T)
    return apart


def _beside(a: Array, b: Array, c: Array) -> Array:
    """How far one of three parts is beside the line through the other two ``(t,)``.

    Those two are the ones that hardly ever come near each other: their line is the surest.
    """
    sides = ((a, b, c), (b, c, a), (c, a, b))
    p, q, r = max(sides, key=lambda side: _seldom_nearer(side[0], side[1]))
    far, line, away = _apart(p, q), q - p, r - p
    cross = line[:, 0] * away[:, 1] - line[:, 1] * away[:, 0]
    beside: Array = np.divide(cross, far, out=np.full_like(far, np.nan), where=far > 0)
    return beside


def _seldom_nearer(a: Array, b: Array) -> float:
    """The distance of two parts of which nine tenths of the frames have more; 0 where unknown."""
    apart = _apart(a, b)
    known = apart[np.isfinite(apart)]
    return float(np.quantile(known, 0.1)) if len(known) else 0.0
