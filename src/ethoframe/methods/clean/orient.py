"""Which end of the animal is the head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Refusal, Tracks
from ethoframe.data.noun import Array

ENDS = ("end_1", "end_2")
KEYPOINTS = ("centroid", "head_end", "tail_end")


@dataclass(frozen=True)
class Orient(WholeMethod):
    """Names the two ends of the body *head_end* and *tail_end*, over the whole recording at once.

    A two-state Viterbi path: in one state end 1 is the head, in the other end 2. Evidence is
    weighed per second, not per frame, so the frame rate does not matter: an animal faster than
    *above_bl_per_s* mostly moves head first, and the tail is the thin thing behind. Changing state
    between two frames costs as much as the ends would have to jump: cheap only where the body is
    round, or was out of sight.

    Confidence of the two ends is the probability of the chosen state by the forward-backward
    algorithm on the same model, times the confidence of the ends.

    References
    ----------
    Viterbi, IEEE Trans. Inf. Theory 13 (1967), 260-269; Rabiner, Proc. IEEE 77 (1989), 257-286.
    """

    above_bl_per_s: float = parameter(
        0.4, unit="bl/s", says="slower than this, movement says nothing", low=0.0
    )
    motion_per_s: float = parameter(
        5.0, unit="1/s", says="weight of a second of fast movement, in nats", low=0.0
    )
    tail_per_s: float = parameter(
        1.0,
        unit="1/s",
        says="weight of a second in which a tail is at one end, in nats",
        low=0.0,
    )
    tail_share: float = parameter(
        0.05, unit="1", says="thin things of this share of the body's area are a tail", low=0.001
    )
    jump: float = parameter(
        8.0, unit="1", says="cost in nats of the ends jumping by one body length", low=0.0
    )
    forget_s: float = parameter(
        0.3,
        unit="s",
        says="time out of sight after which the cost of a jump is down to a third",
        low=0.001,
    )
    span_s: float = parameter(0.2, unit="s", says="span over which movement is measured", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "3"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks with the ends named; refuses those of no silhouette."""
        missing = [name for name in ("centroid", *ENDS) if name not in specs["tracks"].names]
        if missing:
            reason = f"it is for silhouettes, and these tracks have no {', '.join(missing)}"
            raise Refusal(self.name(), reason, "use keypoints as they are: they tell nose and tail")
        return replace(specs["tracks"], names=KEYPOINTS)

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks with keypoints centroid, head_end, tail_end; each individual by itself."""
        tracks: Tracks = inputs["tracks"]
        parts = [self._of_one(one) for one in tracks.each()]
        return replace(
            tracks,
            position=np.concatenate([part.position for part in parts], axis=3),
            confidence=np.concatenate([part.confidence for part in parts], axis=2),
            keypoints=KEYPOINTS,
        )

    def _of_one(self, tracks: Tracks) -> Tracks:
        if len(tracks) == 0 or not tracks.seen.any():
            return replace(tracks, keypoints=KEYPOINTS)
        evidence = self._evidence(tracks)
        change = self._cost_of_change(tracks)
        swapped = _viterbi(evidence, change)
        sure = _posterior(evidence, change, swapped)
        order = np.where(swapped[:, None], [0, 2, 1], [0, 1, 2])
        position = np.take_along_axis(tracks.position, order[:, None, :, None], axis=2)
        confidence = np.take_along_axis(tracks.confidence, order[:, :, None], axis=1)
        confidence[:, 1:] *= sure[:, None, None]
        return replace(tracks, position=position, confidence=confidence, keypoints=KEYPOINTS)

    def _evidence(self, tracks: Tracks) -> Array:
        """Log odds ``(time,)`` that end 1 is the head, from each frame's own share of time."""
        length = tracks.body_length_px
        axis = tracks.at("end_1") - tracks.at("end_2")
        axis = axis / np.maximum(np.hypot(*axis.T), 1e-9)[:, None]
        velocity = _velocity(tracks.at("centroid"), tracks.times_s, self.span_s) / length
        speed = np.hypot(*velocity.T)
        ahead = (velocity * axis).sum(axis=1) / np.maximum(speed, 1e-9)
        moving = np.where(speed > self.above_bl_per_s, ahead, 0.0)
        thin_1, thin_2 = (tracks.feature(f"thin_{end}_px2") for end in ENDS)
        # Where the tail is too pale to be seen, the thin things are ears and snout: far smaller.
        area = self.tail_share * np.maximum(tracks.feature("area_px2"), 1e-9)
        tail = np.clip((thin_2 - thin_1) / area, -1, 1)
        weight = self.motion_per_s * moving + self.tail_per_s * tail
        evidence: Array = np.nan_to_num(weight) * tracks.frame_s
        return evidence

    def _cost_of_change(self, tracks: Tracks) -> Array:
        """What it costs more to swap than to keep the ends, in nats ``(time,)``.

        Frames in which nothing was seen pass the last ends on.
        """
        length = tracks.body_length_px
        ends = np.stack([tracks.at(end) for end in ENDS], axis=1)
        seen = np.flatnonzero(np.isfinite(ends).all(axis=(1, 2)))
        cost = np.zeros(len(tracks))
        if len(seen) < 2:
            return cost
        now, before = ends[seen[1:]], ends[seen[:-1]]
        keep = np.hypot(*(now - before).T).sum(axis=0)
        swap = np.hypot(*(now[:, ::-1] - before).T).sum(axis=0)
        gap_s = np.diff(tracks.times_s[seen])
        usual = tracks.step_s
        memory = np.exp(-np.maximum(0.0, gap_s - usual) / self.forget_s)
        cost[seen[1:]] = self.jump * (swap - keep) / length * memory
        return cost

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """An animal that walks a circle head first; the ends are mixed up half-way."""
        t = np.arange(90) / 30
        turn = 1.5 * t
        centre = np.stack([100 + 60 * np.cos(turn), 100 + 60 * np.sin(turn)], axis=1)
        ahead = 20 * np.stack([-np.sin(turn), np.cos(turn)], axis=1)
        ahead[45:] *= -1
        position = np.stack([centre, centre + ahead, centre - ahead], axis=2)[..., None]
        ones = np.ones((90, 1))
        features = {
            "major_px": 40 * ones,
            "minor_px": 15 * ones,
            "area_px2": 470 * ones,
            "thin_end_1_px2": 0 * ones,
            "thin_end_2_px2": 9 * ones,
        }
        keypoints = ("centroid", *ENDS)
        return {
            "tracks": Tracks(
                position, np.ones((90, 3, 1)), np.arange(90), t, keypoints, features=features
            )
        }


def _velocity(points: Array, times_s: Array, span_s: float) -> Array:
    """Displacement per second over about `span_s` round each frame ``(time, 2)``; NaN at gaps."""
    half = span_s / 2 + 1e-9
    first = np.searchsorted(times_s, times_s - half)
    last = np.searchsorted(times_s, times_s + half, side="right") - 1
    # A frame alone in its span looks at its neighbours.
    first = np.minimum(first, np.maximum(np.arange(len(points)) - 1, 0))
    last = np.maximum(last, np.minimum(np.arange(len(points)) + 1, len(points) - 1))
    passed = np.maximum(times_s[last] - times_s[first], 1e-12)
    velocity: Array = (points[last] - points[first]) / passed[:, None]
    return velocity


def _viterbi(evidence: Array, change: Array) -> Array:
    """Whether the ends are swapped, frame by frame ``(time,)``: the most probable path."""
    best = np.empty((len(evidence), 2), bool)
    keep, swap = evidence[0] / 2, -evidence[0] / 2
    for i in range(1, len(evidence)):
        e, c = evidence[i] / 2, change[i]
        from_swap, from_keep = swap - c > keep, keep - c > swap
        keep, swap = (swap - c if from_swap else keep) + e, (keep - c if from_keep else swap) - e
        best[i] = from_swap, from_keep
    path = np.empty(len(evidence), bool)
    state = swap > keep
    for i in range(len(evidence) - 1, -1, -1):
        path[i] = state
        if i and best[i, int(state)]:
            state = not state
    return path


def _posterior(evidence: Array, change: Array, swapped: Array) -> Array:
    """Probability of the chosen state in each frame ``(time,)``."""
    forward = _log_odds(evidence, change)
    backward = _log_odds(evidence[::-1], np.append(0.0, change[:0:-1]))[::-1]
    # Both directions hold the frame's own evidence; it counts once.
    odds = forward + backward - evidence
    probability: Array = 1 / (1 + np.exp(np.clip(np.where(swapped, odds, -odds), -50, 50)))
    return probability


def _log_odds(evidence: Array, change: Array) -> Array:
    """Log odds of *not swapped* given all frames so far ``(time,)``."""
    odds = np.empty(len(evidence))
    now = 0.0
    stay = 1 / (1 + np.exp(-np.clip(change, -50, 50)))
    for i, (e, s) in enumerate(zip(evidence, stay, strict=True)):
        p = 1 / (1 + np.exp(-now))
        kept = p * s + (1 - p) * (1 - s)
        kept = min(max(kept, 1e-20), 1 - 1e-16)
        now = min(max(np.log(kept / (1 - kept)) + e, -40.0), 40.0)
        odds[i] = now
    return odds
