"""How sure a network was of each keypoint, and how far keypoints moved from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.report.session import Session
from ethoframe.run.cautions import SURE

WHICH_END = ("head_end", "tail_end")
"""Ends of a silhouette: their confidence tells which of both is the head."""
MOST = 24
"""Keypoints that are drawn: those of the most unsure places."""


@dataclass(frozen=True)
class Sureness:
    """Confidence and steps of keypoints.

    Parameters
    ----------
    names
        Of the keypoints, with that of the individual where there are several.
    times_s
        Seconds ``(t,)``.
    sure
        Confidence ``(t, k)`` from 0 to 1; NaN where there is no place.
    steps
        How far each moved since the frame before ``(t, k)``; NaN where it has no place in one of
        both, and in the first frame.
    unit
        Of `steps`.
    gate
        Confidence from which on a place counts as seen.
    applied
        Whether the run left out what is below; if not, `gate` is only the usual one.
    left_out
        How many keypoints there are besides.
    """

    names: tuple[str, ...]
    times_s: Array
    sure: Array
    steps: Array
    unit: str
    gate: float
    applied: bool
    left_out: int = 0

    @classmethod
    def of(cls, session: Session) -> Sureness | None:
        """Of the tracks as they were read; None where nothing tells how sure they are."""
        tracks = _asked(session)
        if tracks is None:
            return None
        placed: Array = np.all(np.isfinite(tracks.position), axis=1)
        sure = tracks.confidence.astype(np.float64)
        if session.filmed:  # a place that was filled in was not told by a network
            placed &= sure > 0
        sure = np.where(placed, sure, np.nan)
        if not np.any((sure > 0) & (sure < 1)):
            return None
        gate = session.gate or SURE
        unsure: Array = np.less(np.nan_to_num(sure, nan=1.0), gate)
        kept = _kept(unsure, placed, tracks)
        steps = np.full(sure.shape, np.nan)
        steps[1:] = np.hypot(*np.moveaxis(np.diff(tracks.position, axis=0), 1, 0))
        many = len(tracks.individuals) > 1
        names = tuple(
            f"{tracks.keypoints[k]} · {tracks.individuals[i]}" if many else tracks.keypoints[k]
            for k, i in kept
        )
        k, i = np.array(kept).T
        there = int(placed.any(axis=0).sum())
        given = tracks.times_s, sure[:, k, i], steps[:, k, i], tracks.unit
        return cls(names, *given, gate, session.gate > 0, there - len(kept))

    @property
    def below(self) -> Array:
        """Share of the places of each keypoint under the gate ``(k,)``."""
        return _mean((self.sure < self.gate) & np.isfinite(self.sure), np.isfinite(self.sure))

    @property
    def both(self) -> Array:
        """Whether a step is between two sure places ``(t, k)``."""
        sure = self.sure >= self.gate
        both = np.zeros_like(sure)
        both[1:] = sure[1:] & sure[:-1]
        return both

    @property
    def rule(self) -> str:
        """What the gate did, in words."""
        if self.applied:
            return f"Places under {self.gate:g} count as not seen."
        return f"This run left none out; {self.gate:g} is the usual limit (clean/gate)."


def _asked(session: Session) -> Tracks | None:
    """The tracks, over the frames that were asked for; keypoints that the answer still has."""
    tracks, answer = session.read, session.tracks
    if tracks is None:
        tracks = answer
    if tracks is None or answer is None:
        return None
    ends = WHICH_END if session.filmed else ()
    named = [each for each in tracks.keypoints if each in answer.keypoints and each not in ends]
    held = [tracks.keypoints.index(name) for name in named]
    position, confidence = tracks.position[:, :, held], tracks.confidence[:, held]
    given = tracks.numbers, tracks.times_s, tuple(named), tracks.individuals, tracks.unit
    tracks = Tracks(position, confidence, *given)
    inside = (tracks.numbers >= answer.numbers[0]) & (tracks.numbers <= answer.numbers[-1])
    return tracks if inside.all() else tracks.take(np.flatnonzero(inside))


def _kept(unsure: Array, placed: Array, tracks: Tracks) -> list[tuple[int, int]]:
    """Which keypoint of which individual is drawn, in their order."""
    each = [
        (k, i)
        for i in range(len(tracks.individuals))
        for k in range(len(tracks.keypoints))
        if placed[:, k, i].any()
    ]
    share = _mean(unsure & placed, placed)
    worst = sorted(each, key=lambda at: -float(share[at]))[:MOST]
    return [at for at in each if at in worst]


def _mean(flags: Array, of: Array) -> Array:
    """Share of the flags along time; 0 of nothing."""
    return np.asarray(flags.sum(axis=0) / np.maximum(of.sum(axis=0), 1))
