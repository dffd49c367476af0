"""Left and right keypoints that changed places, put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Skeleton, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes


@dataclass(frozen=True)
class Swaps(WholeMethod):
    """Exchanges a left and a right keypoint where they took each other's place.

    Pairs are told by their names. Two that change places seem to step across each other from one
    frame to the next: they did where the way to each other's place is shorter than *ratio* times
    the way to their own. Between two such steps a pair is right or exchanged as a whole. Which, is
    told by the body where nose or head and tail base are seen: one of a pair lies on the same side
    of the axis for nearly all of a recording, so the side that most frames say is the right one
    (from above and from below alike). Without an axis, what holds for most of the time is right.
    Across a gap longer than *gap_s* nothing is concluded from steps.

    References
    ----------
    ethoframe's own.
    """

    ratio: float = parameter(
        0.5, unit="1", says="the exchanged step is shorter by this factor", low=0.0, high=1.0
    )
    gap_s: float = parameter(0.5, unit="s", says="steps across longer gaps tell nothing", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks, each pair put right."""
        tracks: Tracks = inputs["tracks"]
        position, confidence = np.array(tracks.position), np.array(tracks.confidence)
        for left, right in Skeleton.of(tracks.keypoints).mirrored:
            a, b = tracks.keypoints.index(left), tracks.keypoints.index(right)
            for i, one in enumerate(tracks.each()):
                wrong = self._exchanged(one, left, right)
                for held in (position, confidence):
                    held[wrong, ..., a, i], held[wrong, ..., b, i] = (
                        held[wrong, ..., b, i],
                        held[wrong, ..., a, i],
                    )
        return replace(tracks, position=position, confidence=confidence)

    def _exchanged(self, one: Tracks, left: str, right: str) -> Array:
        """In which frames ``(t,)`` the pair of an individual is exchanged."""
        a, b = one.at(left), one.at(right)
        seen = np.flatnonzero(np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1))
        wrong = np.zeros(len(one), bool)
        if len(seen) < 2:
            return wrong
        piece = self._pieces(a[seen], b[seen], one.times_s[seen])
        side = _side(one, left, right)[seen]
        said = np.bincount(piece, side)
        # A piece that no axis was seen in counts by how long it lasts, against the others' sides.
        usual = np.sign(said.sum()) or 1.0
        exchanged = said * usual < 0
        if not np.any(side):
            exchanged = _shorter(piece)
        wrong[seen] = exchanged[piece]
        return wrong

    def _pieces(self, a: Array, b: Array, times_s: Array) -> Array:
        """Number of the piece ``(t,)`` that each frame belongs to."""
        straight = _far(a[1:], a[:-1]) + _far(b[1:], b[:-1])
        across = _far(a[1:], b[:-1]) + _far(b[1:], a[:-1])
        cut = (across < self.ratio * straight) | (np.diff(times_s) > self.gap_s)
        return np.concatenate([[0], np.cumsum(cut)])

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk in a circle, whose ears are exchanged for a while."""
        t = np.arange(90) / 30
        around = np.stack([np.cos(t), np.sin(t)], axis=1)
        ahead = np.stack([-np.sin(t), np.cos(t)], axis=1)
        centre = 100 * around
        parts = [centre + 10 * around, centre - 10 * around, centre + 15 * ahead]
        parts = [*parts, centre - 60 * ahead]
        position = np.stack(parts, axis=2)
        position[40:60, :, [0, 1]] = position[40:60, :, [1, 0]]
        names = ("left_ear", "right_ear", "nose", "tail_base")
        return {"tracks": Tracks(position[..., None], np.ones((90, 4, 1)), np.arange(90), t, names)}


def _far(a: Array, b: Array) -> Array:
    far: Array = np.hypot(*(a - b).T)
    return far


def _side(one: Tracks, left: str, right: str) -> Array:
    """On which side of the body the left one is, relative to the right: −1 or 1, 0 if unknown."""
    front = next((role for role in ("nose", "head", "neck") if makes(role, one.keypoints)), "")
    back = next((role for role in ("tail_base", "body_centre") if makes(role, one.keypoints)), "")
    if not front or not back:
        return np.zeros(len(one))
    axis, apart = one.place(front) - one.place(back), one.at(left) - one.at(right)
    turned: Array = np.sign(axis[:, 0] * apart[:, 1] - axis[:, 1] * apart[:, 0])
    return np.nan_to_num(turned)


def _shorter(piece: Array) -> Array:
    """Of pieces that follow each other exchanged and not, those that last less in all."""
    lasts = np.bincount(piece).astype(np.float64)
    odd = np.arange(len(lasts)) % 2 == 1
    shorter: Array = odd if lasts[odd].sum() <= lasts[~odd].sum() else ~odd
    return shorter
