"""When each paw swings and when it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes, refuse_without
from ethoframe.methods.behave._walking import (
    body_length,
    body_speed,
    bridged,
    confidence,
    course,
    facing,
    seen,
    without_spikes,
)

PAWS = (
    "left_fore_paw",
    "right_fore_paw",
    "left_hind_paw",
    "right_hind_paw",
    "fore_paw",
    "hind_paw",
)


@dataclass(frozen=True)
class Steps(WholeMethod):
    """Episodes of *swing* and *stance* of each paw that the tracks hold.

    A paw swings while it moves forwards faster than the body, and stands while it moves less; that
    is from its hindmost to its foremost place under the body. A swing starts when the forward speed
    of the paw rises above *start_share* of the body's, and ends when it falls below *stop_share* of
    it. The first threshold is never below *least_bl_per_s*, the second never below half of that: an
    animal that stands still does not step by the noise of its tracking. Times are those of the
    crossing between two frames, on a straight line, so that the frame rate hardly matters. Forwards
    is the way from *hind_end* to *fore_end*. The camera is still and sees the animal from the side,
    from above or from below. The floor may be a belt: on it a standing paw moves backwards.

    Places of less confidence than *sure* count as not seen, and so do those of a single frame to
    which and from which a paw jumps. Gaps up to *gap_s* are bridged; what is longer ends the
    support, and with it an episode, whose length is then not known. Swings that carry the paw less
    than *stride_bl* from where it stood, or last less than *least_s*, are none; nor are stances
    shorter than *least_s*.

    Checked against a person on ten steps of hind paws, filmed from the side (`docs/gait.md`); other
    paws, and other views, on simulated walks alone.

    Labels are the paw and what it does: ``"hind paw swing"``. The confidence of an episode is the
    mean confidence of the paw in it.

    References
    ----------
    Swing and stance by the speed of the paw against the floor: Mendes et al., BMC Biol. 13 (2015),
    50; Bellardita & Kiehn, Curr. Biol. 25 (2015), 1426-1436. Hindmost and foremost places as ends:
    Cruse, Trends Neurosci. 13 (1990), 15-21. Hysteresis after Canny, IEEE PAMI 8 (1986), 679-698.
    """

    paws: tuple[str, ...] = parameter((), says="the paws, by role; all that there are if empty")
    fore_end: str = parameter("nose", says="forwards is from hind_end to fore_end")
    hind_end: str = parameter("tail_base", says="forwards is from hind_end to fore_end")
    sure: float = parameter(
        0.6, unit="1", says="less confident places count as not seen", low=0.0, high=1.0
    )
    start_share: float = parameter(
        1.0, unit="1", says="a swing starts above this share of the body's speed", low=0.0
    )
    stop_share: float = parameter(
        0.5, unit="1", says="a swing ends below this share of the body's speed", low=0.0
    )
    least_bl_per_s: float = parameter(
        1.0, unit="bl/s", says="no swing starts below, or goes on below half of it", low=0.0
    )
    span_s: float = parameter(0.04, unit="s", says="speed of a paw is over so long", low=0.0)
    body_s: float = parameter(0.3, unit="s", says="speed of the body is over so long", low=0.001)
    gap_s: float = parameter(0.06, unit="s", says="gaps up to so long are bridged", low=0.0)
    jump_bl: float = parameter(
        0.1, unit="bl", says="a paw does not jump so far and back within two frames", low=0.001
    )
    stride_bl: float = parameter(
        0.1, unit="bl", says="a swing carries the paw at least so far", low=0.0
    )
    least_s: float = parameter(0.03, unit="s", says="swings and stances last so long", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks without a paw or without ends of the body."""
        if self.stop_share > self.start_share:
            remedy = f"use at most start_share, {self.start_share:g}"
            raise Refusal(f"{self.name()}.stop_share", "ends a swing before it starts", remedy)
        names = specs["tracks"].names
        refuse_without(self.name(), names, self.fore_end, self.hind_end, *self.paws)
        if not self._paws(names):
            remedy = f"say which keypoints are paws, as --roles {PAWS[-1]}=NAME"
            raise Refusal(self.name(), "no keypoint is a paw", remedy)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of every paw and individual, in order of time."""
        every = [part for each in inputs["tracks"].each() for part in self._of(each)]
        return Episodes.merged(every)

    def _paws(self, keypoints: tuple[str, ...]) -> list[str]:
        return list(self.paws or (paw for paw in PAWS if makes(paw, keypoints)))

    def _of(self, tracks: Tracks) -> list[Episodes]:
        """Of one individual."""
        length = body_length(tracks, self.fore_end, self.hind_end, self.sure)
        towards = facing(tracks, self.fore_end, self.hind_end, self.sure, self.body_s)
        speed = body_speed(tracks, towards, self.sure, self.body_s)
        least = self.least_bl_per_s * length
        limits = (
            np.maximum(self.start_share * speed, least),
            np.maximum(self.stop_share * speed, least / 2),
        )
        parts = []
        for paw in self._paws(tracks.keypoints):
            parts += self._episodes(tracks, paw, towards, limits, length)
        return parts

    def _episodes(
        self,
        tracks: Tracks,
        paw: str,
        towards: Array,
        limits: tuple[Array, Array],
        length: float,
    ) -> list[Episodes]:
        """Swings and stances of one paw."""
        times_s = tracks.times_s
        sharp = without_spikes(seen(tracks, paw, self.sure), self.jump_bl * length)
        points = bridged(sharp, times_s, self.gap_s)
        own = replace(Tracks.of(points, times_s, paw), bridged_s=self.gap_s)
        support, swings, stances = own.support_s(paw), [np.zeros((0, 2))], [np.zeros((0, 2))]
        for piece, (start_s, stop_s) in zip(own.pieces(paw), support, strict=True):
            at_s, forward = course(times_s[piece], points[piece], towards[piece], self.span_s)
            above, over = (forward - np.interp(at_s, times_s, each) for each in limits)
            found = _swings(at_s, above, over, float(stop_s))
            found = self._real(found, times_s[piece], points[piece], towards[piece], length)
            edges = np.concatenate([[start_s], found.ravel(), [stop_s]]).reshape(-1, 2)
            swings.append(found)
            stances.append(edges[edges[:, 1] > edges[:, 0]])
        sure, called = confidence(tracks, paw), paw.replace("_", " ")
        parts = []
        for label, spans in (("swing", swings), ("stance", stances)):
            every, who = np.concatenate(spans), tracks.individuals[0]
            told = f"{called} {label}", every, support, self.name(), self._words(), who
            parts.append(replace(Episodes.of(*told), confidence=_means(sure, times_s, every)))
        return parts

    def _real(
        self, spans: Array, times_s: Array, points: Array, towards: Array, length: float
    ) -> Array:
        """Swings between which the paw stands long enough, and that carry it far enough."""
        if not len(spans):
            return spans
        apart = [b[0] - a[1] >= self.least_s * (1 - 1e-9) for a, b in pairwise(spans)]
        first, last = np.array([True, *apart]), np.array([*apart, True])
        spans = np.stack([spans[first, 0], spans[last, 1]], axis=1)
        stood = np.concatenate([times_s[:1], spans.ravel(), times_s[-1:]]).reshape(-1, 2)
        places = np.array([_place(points, times_s, start, stop) for start, stop in stood])
        middle = np.clip(np.searchsorted(times_s, spans.mean(axis=1)), 0, len(times_s) - 1)
        carried = np.sum(np.diff(places, axis=0) * towards[middle], axis=1)
        # Where the floor is a belt, a standing paw goes back with it.
        belt = _belt(spans, times_s, points, towards)
        carried -= belt * np.diff(stood.mean(axis=1))
        lasts = spans[:, 1] - spans[:, 0] >= self.least_s * (1 - 1e-9)
        real: Array = spans[lasts & (carried >= self.stride_bl * length)]
        return real

    def _words(self) -> str:
        return (
            "a paw swings from moving forwards faster than the body's speed times "
            f"{self.start_share:g} ({self.least_bl_per_s:g} bl/s at the least) until slower than "
            f"that times {self.stop_share:g} ({self.least_bl_per_s / 2:g} bl/s at the least), for "
            f"{self.least_s:g} s and {self.stride_bl:g} bl at the least, and stands else; speed of "
            f"the paw over {self.span_s:g} s, of the body over {self.body_s:g} s"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A run of five strides past the camera, and a fore paw that is lost in between."""
        t = np.arange(200) / 100
        position, names = [], ("nose", "tail_base", "fore_paw", "hind_paw")
        body = 180.0 * np.clip(t - 0.2, 0.0, 1.5)
        for ahead, phase in ((50.0, None), (-40.0, None), (25.0, 0.55), (-25.0, 0.0)):
            way = body if phase is None else 54 * _strides((t - 0.2).clip(0, 1.5) / 0.3 + phase)
            start = 0.0 if phase is None else way[0]
            position.append(np.stack([way - start + ahead, np.full(200, 20.0)], axis=1))
        places = np.stack(position, axis=2)[..., None]
        sure = np.ones((200, 4, 1))
        sure[90:105, 2] = 0.1
        places[60, 0, 3] += 60.0
        return {"tracks": Tracks(places, sure, np.arange(200), t, names, unit="mm")}


def _strides(phase: Array) -> Array:
    """How many strides a paw has gone: it stands for 0.6 of each, and swings at an even speed."""
    whole = np.floor(phase)
    return whole + np.clip((phase - whole - 0.6) / 0.4, 0.0, 1.0)


def _swings(times_s: Array, above: Array, over: Array, stop_s: float) -> Array:
    """Spans ``(n, 2)`` from where `above` rises past 0 until `over` falls below it.

    Both cross on a straight line between two frames. What swings in the first frame began before
    it, and is told from there; what swings in the last goes on to `stop_s`.
    """
    say = np.where(above > 0, 1, np.where(over < 0, 0, -1))
    said = np.flatnonzero(say >= 0)
    if not len(said):
        return np.zeros((0, 2))
    last = np.searchsorted(said, np.arange(len(say)), side="right") - 1
    moving = say[said[np.maximum(last, 0)]] == 1
    edges = np.diff(np.concatenate([[0], moving, [0]]).astype(np.int8))
    starts = [_crossing(times_s, above, int(at)) for at in np.flatnonzero(edges > 0)]
    stops = [
        stop_s if at == len(moving) else _crossing(times_s, over, int(at))
        for at in np.flatnonzero(edges < 0)
    ]
    return np.stack([starts, stops], axis=1).reshape(-1, 2)


def _crossing(times_s: Array, value: Array, at: int) -> float:
    """When the value passed 0 between the frame before `at` and it; at the first frame, then."""
    if at == 0 or (value[at - 1] > 0) == (value[at] > 0):
        return float(times_s[at])
    share = value[at - 1] / (value[at - 1] - value[at])
    return float(times_s[at - 1] + share * (times_s[at] - times_s[at - 1]))


def _belt(spans: Array, times_s: Array, points: Array, towards: Array) -> float:
    """Forward speed of a paw that stands: about 0, but where the floor runs backwards."""
    standing = np.ones(len(times_s), bool)
    for start, stop in spans:
        standing &= (times_s < start) | (times_s > stop)
    both = standing[1:] & standing[:-1]
    steps = np.sum(np.diff(points, axis=0) * towards[1:], axis=1)[both] / np.diff(times_s)[both]
    return float(np.median(steps)) if len(steps) else 0.0


def _place(points: Array, times_s: Array, start_s: float, stop_s: float) -> Array:
    """Median place ``(2,)`` between two times; on a straight line where no frame lies there."""
    inside = (times_s >= start_s) & (times_s <= stop_s)
    if inside.any():
        middle: Array = np.median(points[inside], axis=0)
        return middle
    return np.array([np.interp(start_s, times_s, column) for column in points.T])


def _means(values: Array, times_s: Array, spans: Array) -> Array:
    """Mean ``(n,)`` of the values of the frames in each span; of the next where there is none."""
    first, last = np.searchsorted(times_s, spans[:, 0]), np.searchsorted(times_s, spans[:, 1])
    first = np.minimum(first, max(0, len(times_s) - 1))
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.maximum(last, first + 1)
    means: Array = (total[last] - total[first]) / (last - first) if len(spans) else np.zeros(0)
    return means
