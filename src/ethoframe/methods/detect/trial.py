"""When the trial begins and ends: the animal is there, and nobody's hand is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Noun, Tracks, Values
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes

USUAL = 0.9  # what is so in a tenth of the frames or more belongs to the scene, and is no hand
MIDDLE = 0.35, 0.8  # of the recording
UNUSUAL = 2.0  # so many times as large as what usually is there


@dataclass(frozen=True)
class Trial(WholeMethod):
    """One episode called *trial*: from when the animal is alone in the arena.

    The trial begins at the first frame from which on, for *clear_s*, the animal is seen in nearly
    all frames and no hand or other large mover is there. It ends with the recording, or where a
    mover comes in after which the animal is never again alone for *clear_s*; an animal that is lost
    from sight ends no trial. What the user says (*from_s*, *lasts_s*) is not doubted.

    A mover is something much larger than the animal, with all of its coming and going. Less will do
    where the animal appears or vanishes within *clear_s* of it: a second thing of nearly its size,
    or a part of it that reaches in from the picture's border. (An animal that is seen all the time
    and is mirrored in a wall looks no different.) It must be there for *least_s* or longer. Sizes
    are told from the animal's own usual one in the same recording, and what is there in a tenth of
    the frames of its middle is no mover. Without `change` none are known.

    With `arena`, as where tracks of another program begin while the animal is in somebody's hand or
    still beside a maze, being seen is not enough: it must be on the arena, its middle no further
    outside than *beside_mm*, in nearly all frames of *clear_s*. The trial then ends after the last
    such time if the animal is seen beside the arena for *clear_s* or longer after it. What is left
    out so is told as a caution.

    Where no such beginning exists the trial is the whole recording, with a confidence of 0. All of
    the recording is the support.

    References
    ----------
    ethoframe's own.
    """

    from_s: float = parameter(-1.0, unit="s", says="when it begins; below 0: to be found")
    lasts_s: float = parameter(0.0, unit="s", says="how long it lasts; 0: to the end", low=0.0)
    clear_s: float = parameter(
        2.0, unit="s", says="for so long the animal must be alone when it begins", low=0.0
    )
    least_s: float = parameter(0.15, unit="s", says="a shorter disturbance is none", low=0.0)
    seen: float = parameter(
        0.9, unit="1", says="share of frames in which the animal must be seen", low=0.0, high=1.0
    )
    larger: float = parameter(
        2.7, unit="1", says="what is so many times larger than the animal is a mover", low=1.0
    )
    joined: float = parameter(
        1.4,
        unit="1",
        says="as much if it reaches in from the border and the animal appears",
        low=1.0,
    )
    second: float = parameter(
        0.4, unit="1", says="least size of a second thing, as a share of the animal's", low=0.0
    )
    reaching: float = parameter(
        0.1, unit="1", says="the same of what reaches in from the border", low=0.0
    )
    left: float = parameter(
        0.1,
        unit="1",
        says="a mover is gone when no more of it is left, as a share of the animal's size",
        low=0.0,
    )
    beside_mm: float = parameter(
        40.0, unit="mm", says="so far outside the arena it is still on it, as by leaning", low=0.0
    )
    beside_bl: float = parameter(0.5, unit="bl", says="the same without a scale", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "change": In(Kind.VALUES, per="frame", optional=True),
        "arena": In(Kind.ARENA, optional=True),
    }
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes."""
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The one episode; none for tracks of no frames."""
        tracks: Tracks = inputs["tracks"]
        if len(tracks) == 0:
            return Episodes.of("trial", np.zeros((0, 2)), np.zeros((0, 2)), self.name())
        times_s = tracks.times_s
        begins, ends = float(times_s[0]), float(times_s[-1] + tracks.frame_s[-1])
        change: Values | None = inputs.get("change")
        arena: Arena | None = inputs.get("arena")
        hand = self._movers(tracks, change) if change is not None else np.zeros(len(times_s), bool)
        off = np.zeros(len(times_s), bool) if arena is None else self._off(tracks, arena)
        there = tracks.seen & ~off
        clear = self._clear(there, hand, times_s, ends)
        start, sure = begins, float(clear.any())
        if self.from_s >= 0:
            start, sure = min(max(begins, self.from_s), ends), 1.0
        elif sure:
            start = float(times_s[np.argmax(clear)])
        stop = self._stop(start, clear, hand, times_s, ends)
        if self.lasts_s == 0 and clear.any():
            stop = min(stop, self._gone(there, off, tracks, ends))
        return Episodes(
            ("trial",),
            np.array([start]),
            np.array([max(start, stop)]),
            np.array([[begins, ends]]),
            author=self.name(),
            confidence=np.array([sure]),
            definition=self._definition(sure, "" if arena is None else self._near(tracks, arena)),
            cautions=_cautions(off, tracks, start, stop),
        )

    def _definition(self, sure: float, near: str) -> str:
        there = f"on the arena, or within {near} of it," if near else "seen"
        alone = f"the animal {there} and no hand or other large mover there for {self.clear_s:g} s"
        start = alone
        if self.from_s >= 0:
            start = f"{self.from_s:g} s, as told"
        elif not sure:
            start = "the recording's, because none was found"
        stop = "with the recording, or when a hand comes for good"
        if near:
            stop += ", or when the animal leaves the arena for good"
        if self.lasts_s > 0:
            stop = f"{self.lasts_s:g} s later, as told"
        return f"start: {start}; end: {stop}"

    def _near(self, tracks: Tracks, arena: Arena) -> str:
        """How far outside the arena it may be, in words."""
        scaled = arena.with_tracks(tracks)[0].unit == "mm"
        return f"{self.beside_mm:g} mm" if scaled else f"{self.beside_bl:g} bl"

    def _off(self, tracks: Tracks, arena: Arena) -> Array:
        """Whether the animal is seen beside the arena ``(t,)``."""
        floor, laid, per_unit = arena.with_tracks(tracks)
        length = float(np.nan_to_num(tracks.body_length_px))
        margin = self.beside_mm if floor.unit == "mm" else self.beside_bl * length
        off: Array = (
            floor.depth(_middle(laid) * per_unit) < -margin
        )  # never so where it was not seen
        return off

    def _gone(self, there: Array, off: Array, tracks: Tracks, ends: float) -> float:
        """When it was on the arena for the last time, if it was beside it after that."""
        times_s = tracks.times_s
        before = np.searchsorted(times_s, times_s - self.clear_s, side="right")
        frames = np.arange(len(times_s)) + 1 - before
        total = np.concatenate([[0], np.cumsum(there)])
        mostly = there & (total[1:] - total[before] >= self.seen * np.maximum(frames, 1))
        last = int(np.flatnonzero(mostly)[-1]) if mostly.any() else len(times_s) - 1
        beside_s = float(tracks.frame_s[last + 1 :][off[last + 1 :]].sum())
        return float(times_s[last] + tracks.frame_s[last]) if beside_s >= self.clear_s else ends

    def _movers(self, tracks: Tracks, change: Values) -> Array:
        """Whether a hand or another large mover is there ``(t,)``."""
        rows = change.take(np.isin(change.numbers, tracks.numbers))
        at = np.searchsorted(tracks.numbers, rows.numbers)
        usual = _undisturbed(tracks.seen[at], rows.times_s)
        if not np.any(rows.column("largest")[usual] > 0):
            return np.zeros(len(tracks), bool)
        found, changed = np.zeros((2, len(tracks)), bool), np.zeros(len(tracks))
        found[:, at], changed[at] = self._large(rows, usual), rows.column("changed")
        times_s, animal = tracks.times_s, float(np.median(rows.column("largest")[usual]))
        large, any_size = (_lasting(each, times_s, self.least_s) for each in found)
        gone = _lasting(~tracks.seen, times_s, self.least_s)
        movers = _runs_with(any_size, large | _near(gone, times_s, self.clear_s))
        # An arm over something as gray as it is shows in parts: what is left tells until when.
        return _faded(movers, changed, self.left * animal, times_s, self.clear_s)

    def _large(self, change: Values, usual: Array) -> tuple[Array, Array]:
        """Where something is much larger than is usual ``(t,)``, and where there is anything."""
        names = ("largest", "second", "reaching")
        largest, second, reaching = (np.nan_to_num(change.column(name)) for name in names)
        animal = float(np.median(largest[usual]))
        # Of two pieces one of which reaches in, the animal is the other.
        arm = np.minimum(reaching, np.where(reaching < largest, largest, second))
        sizes = {"larger": largest, "joined": reaching, "second": second, "reaching": arm}
        large, *less = (
            size > np.maximum(getattr(self, name) * animal, UNUSUAL * _mostly(size[usual]))
            for name, size in sizes.items()
        )
        return large, np.any([large, *less], axis=0)

    def _clear(self, seen: Array, hand: Array, times_s: Array, ends: float) -> Array:
        """Whether from each frame on ``(t,)``, for long enough, the animal is there and alone."""
        after = np.searchsorted(times_s, times_s + self.clear_s)
        frames = np.maximum(after - np.arange(len(times_s)), 1)
        there, hands = (np.concatenate([[0], np.cumsum(each)]) for each in (seen, hand))
        mostly = there[after] - there[:-1] >= self.seen * frames
        alone = hands[after] == hands[:-1]
        whole = times_s + self.clear_s <= ends + 1e-3 * self.clear_s
        clear: Array = seen & mostly & alone & whole
        return clear

    def _stop(self, start: float, clear: Array, hand: Array, times_s: Array, ends: float) -> float:
        """When the trial is over."""
        if self.lasts_s > 0:
            return min(start + self.lasts_s, ends)
        late = hand & (times_s > start)
        if clear.any():
            late[: np.flatnonzero(clear)[-1]] = False
        return float(times_s[np.argmax(late)]) if late.any() and clear.any() else ends

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A hand sets an animal down beside a floor, withdraws, and comes back for it."""
        t = np.arange(240) / 30
        tracks = Tracks.of(np.stack([100 * t, 50 * t], axis=1), t)
        tracks = tracks.take(slice(30, None))
        hand = np.where((t < 2) | (t > 7), 5000.0, 0.0)
        table = np.stack([hand + 900, np.maximum(hand, 900), np.minimum(hand, 900), hand], axis=1)
        names, units = ("changed", "largest", "second", "reaching"), ("px2",) * 4
        corners = np.array([[300.0, -100.0], [900.0, -100.0], [900.0, 500.0], [300.0, 500.0]])
        return {
            "tracks": tracks,
            "change": Values(table, names, units, np.arange(240), t),
            "arena": Arena("rectangle", corners, (300.0, 300.0)),
        }


def _middle(tracks: Tracks) -> Array:
    """The middle of the body ``(t, 2)``; of all keypoints where none is that."""
    if makes("body_centre", tracks.keypoints):
        return tracks.place("body_centre", tracks.individuals[0])
    points = tracks.position[..., 0]
    known = np.isfinite(points)
    count = known.sum(axis=2)
    mean: Array = np.where(known, points, 0.0).sum(axis=2) / np.where(count, count, np.nan)
    return mean


def _cautions(off: Array, tracks: Tracks, start_s: float, stop_s: float) -> tuple[str, ...]:
    """What is left out because the animal was beside the arena, a line for each end."""
    times_s, lasts = tracks.times_s, tracks.frame_s
    early = float(lasts[off & (times_s < start_s)].sum())
    late = float(lasts[off & (times_s >= stop_s)].sum())
    first, ends = float(times_s[0]), float(times_s[-1] + lasts[-1])
    told = []
    if early > 0:
        told.append(
            f"the first {start_s - first:.1f} s are left out: for {early:.1f} s of them the animal "
            "is beside the arena; say when the trial starts with --from"
        )
    if late > 0:
        told.append(
            f"the last {ends - stop_s:.1f} s are left out: for {late:.1f} s of them the animal is "
            "beside the arena; say how long the trial lasts with --for"
        )
    return tuple(told)


def _undisturbed(seen: Array, times_s: Array) -> Array:
    """Which frames tell what is usual ``(t,)``: hands come at the start and at the end."""
    early, late = np.quantile(times_s, MIDDLE) if len(times_s) else (0.0, 0.0)
    middle: Array = seen & (times_s >= early) & (times_s <= late)
    return middle if middle.any() else seen


def _mostly(sizes: Array) -> float:
    """What sizes are at most in nine frames of ten."""
    return float(np.quantile(sizes, USUAL))


def _lasting(found: Array, times_s: Array, least_s: float) -> Array:
    """Without what does not last, and without breaks as short as that in what does."""
    kept = found.copy()
    for label in (False, True):
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(kept)) + 1, [len(kept)]])
        ends_s = np.append(times_s, times_s[-1:] + least_s)
        for first, last in pairwise(bounds):
            if kept[first] == label and ends_s[last] - times_s[first] < least_s * (1 - 1e-9):
                kept[first:last] = not label
    return kept


def _near(found: Array, times_s: Array, span_s: float) -> Array:
    """Whether it is found no further than a span of time away."""
    total = np.concatenate([[0], np.cumsum(found)])
    first = np.searchsorted(times_s, times_s - span_s)
    last = np.searchsorted(times_s, times_s + span_s, side="right")
    near: Array = total[last] > total[first]
    return near


def _runs_with(wide: Array, narrow: Array) -> Array:
    """Of the runs in `wide`, those with anything of `narrow` in them."""
    run = np.cumsum(np.diff(wide, prepend=False))
    kept: Array = wide & np.isin(run, run[wide & narrow])
    return kept


def _faded(found: Array, size: Array, left: float, times_s: Array, span_s: float) -> Array:
    """Each run longer, until no more is left than there is at least within a span after it."""
    longer = found.copy()
    for end in np.flatnonzero(found[:-1] & ~found[1:]) + 1:
        after = size[end : np.searchsorted(times_s, times_s[end] + span_s)]
        above = after > after.min(initial=np.inf) + left
        longer[end : end + np.argmin(np.append(above, False))] = True
    return longer
