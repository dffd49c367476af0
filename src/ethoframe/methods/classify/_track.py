"""What the tracks say of themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np

from ethoframe.data import Arena, Episodes, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes
from ethoframe.methods.classify._sign import Sign, middle, runs, share, worst

POINT, HEAD = "body_centre", "head_end"


@dataclass(frozen=True)
class Track:
    """The first individual of the tracks, made ready.

    Parameters
    ----------
    times_s, lasts_s
        Seconds of each frame ``(t,)``, and how long it lasts.
    place_px
        Where the animal is ``(t, 2)``; short gaps may be filled.
    found
        Whether it was found ``(t,)``; what was filled was not.
    area_px2, head_sure
        Its area, and how sure its head is ``(t,)``; NaN where nothing is known.
    length_px, width_px
        Of its body; NaN when unknown.
    apart_s
        Least time between two moments.
    hidden
        Whether it was where nobody can see it ``(t,)``, and so not lost.
    """

    times_s: Array
    lasts_s: Array
    place_px: Array
    found: Array
    area_px2: Array
    head_sure: Array
    length_px: float
    width_px: float
    apart_s: float
    hidden: Array

    @classmethod
    def of(cls, tracks: Tracks, apart_s: float, arena: Arena | None = None) -> Track:
        """Made ready; the first keypoint stands in where none is the middle of the body.

        With an arena that is seen at a slant, areas are as if it was looked at from above.
        """
        names = makes(POINT, tracks.keypoints) or tracks.keypoints[:1]
        point = POINT if len(names) > 1 else names[0]
        known = [tracks.keypoints.index(name) for name in names]
        found = (tracks.confidence[:, known, 0] > 0).all(axis=1)
        nothing = np.full(len(tracks), nan)
        sure = nothing
        if HEAD in tracks.keypoints:
            sure = tracks.confidence[:, tracks.keypoints.index(HEAD), 0]
        columns = {name: column[:, 0] for name, column in tracks.features.items()}
        return cls(
            tracks.times_s,
            tracks.frame_s,
            tracks.place(point),
            found & np.all(np.isfinite(tracks.place(point)), axis=1),
            columns.get("area_px2", nothing) * _levelled(arena, tracks.place(point)),
            np.where(found, sure, nan),
            middle(columns["major_px"]) if "major_px" in columns else _length(tracks),
            middle(columns.get("minor_px", nothing)),
            apart_s,
            np.zeros(len(tracks), bool),
        )

    def hiding(self, visits: Episodes, least_s: float) -> Track:
        """The same, where it was unseen for long all within one visit of a zone it is hidden."""
        hidden = np.zeros(len(self.found), bool)
        ends_s = self.times_s + self.lasts_s
        for first, stop in runs(~self.found):
            begins, ends = self.times_s[first], ends_s[stop - 1]
            within = (visits.start_s <= begins + 1e-6) & (visits.stop_s >= ends - 1e-6)
            hidden[first:stop] = ends - begins >= least_s - 1e-9 and within.any()
        return replace(self, hidden=hidden)

    @property
    def missing(self) -> Array:
        """Whether it was lost ``(t,)``: not found, and not hidden."""
        missing: Array = ~self.found & ~self.hidden
        return missing

    @property
    def usual_px2(self) -> float:
        """Its median area; NaN when unknown."""
        return middle(self.area_px2)

    def lost(self) -> Sign:
        """Share of the time without the animal in %, and the middles of the longest gaps."""
        if not len(self.found):
            return Sign(100.0)
        how_bad = np.zeros(len(self.found))
        for first, stop in runs(self.missing):
            how_bad[(first + stop - 1) // 2] = self.lasts_s[first:stop].sum()
        # One frame alone lasts no time that anybody knows.
        value = share(self.missing, self.lasts_s) if len(self.found) > 1 else 100 * self.missing[0]
        return Sign(float(value), self._worst(how_bad))

    def gap(self) -> Sign:
        """The longest time without the animal in s."""
        gaps = [(float(self.lasts_s[a:b].sum()), (a + b - 1) // 2) for a, b in runs(self.missing)]
        if not gaps:
            return Sign(0.0)
        length, at = max(gaps)
        return Sign(length, (float(self.times_s[at]),))

    def jumps(self, bl_per_s: float, least_bl: float) -> Sign:
        """Share of the steps in % that no animal makes."""
        if len(self.found) < 2:
            return Sign()
        step = np.hypot(*np.diff(self.place_px, axis=0).T) / self.length_px
        known = np.isfinite(step)
        over = np.where(known, step, 0) > np.maximum(bl_per_s * np.diff(self.times_s), least_bl)
        value = 100 * float(over.sum() / known.sum()) if known.any() else nan
        return Sign(value, self._worst(np.append(0, np.where(over, step, 0))))

    def odd(self, factor: float) -> Sign:
        """Share of the frames in % with so many times more or less than the usual area."""
        known = self.found & (self.area_px2 > 0)
        if not known.any():
            return Sign()
        off = np.abs(np.log(np.where(known, self.area_px2, nan) / self.usual_px2))
        over = np.nan_to_num(off) > np.log(factor)
        value = 100 * float(over.sum() / known.sum())
        return Sign(value, self._worst(np.where(over, off, 0)))

    def unsure(self, least: float) -> Sign:
        """Share of the frames in % whose head end is less sure than that."""
        known = np.isfinite(self.head_sure)
        if not known.any():
            return Sign()
        doubt = np.where(known & (self.head_sure < least), 1 - self.head_sure, 0)
        return Sign(100 * float((doubt > 0).sum() / known.sum()), self._worst(doubt))

    def stays(self, radius_bl: float) -> Sign:
        """Share of the time in % within so many body lengths of its median place."""
        there = np.isfinite(self.place_px).all(axis=1)
        if there.sum() < 2 or not np.isfinite(self.length_px):
            return Sign()
        usual = np.median(self.place_px[there], axis=0)
        near = np.hypot(*(self.place_px[there] - usual).T) < radius_bl * self.length_px
        return Sign(share(near, self.lasts_s[there]))

    def _worst(self, how_bad: Array) -> tuple[float, ...]:
        return worst(self.times_s, how_bad, self.apart_s)


def _levelled(arena: Arena | None, points: Array) -> Array:
    """Floor on a pixel at each of the points ``(t, 2)``, beside what is on a usual one."""
    if arena is None or arena.shape != "rectangle":
        return np.ones(len(points))
    to_floor = arena.from_sides.inverse()
    here = to_floor.apply(points)
    right, down = (to_floor.apply(points + step) - here for step in ((1.0, 0.0), (0.0, 1.0)))
    floor = np.abs(right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0])
    usual = middle(floor)
    return floor / usual if usual > 0 else np.ones(len(points))


def _length(tracks: Tracks) -> float:
    """Of the body, without a silhouette, in the unit of the places."""
    return tracks.body_length_px / tracks.px_per_unit
