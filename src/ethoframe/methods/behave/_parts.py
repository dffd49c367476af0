"""The parts of a body whose movement tells what an animal does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data import Episodes, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes
from ethoframe.data.tracks import ENDS as MEASURED
from ethoframe.data.tracks import trusted_from

FRONT = ("nose", "left_ear", "right_ear", "ear", "head")
BACK = ("neck", "body_centre", "tail_base")
ENDS = ("head_end", "tail_end")
"""The ends of a silhouette stand in where tracks have no keypoint on that side of the body."""

SHAPE = ("area_px2", "major_px")
"""What of a silhouette changes when the body does."""


@dataclass(frozen=True)
class Parts:
    """Keypoints in front and behind, by the names that the tracks have for them.

    Paws and tip of the tail are left out: they are hidden too often, and a tail may twitch.

    Examples
    --------
    >>> Parts.of(["Nose", "Left Ear", "Mid-Back", "Tailbase", "Tail"])
    Parts(front=('Nose', 'Left Ear'), back=('Mid-Back', 'Tailbase'))
    >>> Parts.of(["centroid", "head_end", "tail_end"])
    Parts(front=('head_end',), back=('centroid', 'tail_end'))
    """

    front: tuple[str, ...]
    back: tuple[str, ...]

    @classmethod
    def of(cls, keypoints: Sequence[str]) -> Parts:
        """Those that a skeleton has."""
        front, back = _single(FRONT, keypoints), _single(BACK, keypoints)
        head_end, tail_end = (name if name in keypoints else "" for name in ENDS)
        if not front and head_end:
            front = (head_end,)
        if tail_end and not _single(("tail_base",), keypoints):
            back = (*back, tail_end)
        return cls(front, back)

    @property
    def all(self) -> tuple[str, ...]:
        """Front and back."""
        return self.front + self.back

    @property
    def centre(self) -> str:
        """What stands for the middle of the body: the back where it is known, else what is behind.

        Of a skeleton of nose and tail base alone, that is the base of the tail.
        """
        middle = _single(("body_centre", "neck"), self.back)
        return middle[0] if middle else self.back[0]

    @property
    def around(self) -> tuple[str, ...]:
        """All but the centre."""
        return tuple(name for name in self.all if name != self.centre)

    @property
    def told(self) -> str:
        """Their names, in words."""
        return ", ".join(self.all)


def refuse_without_body(where: str, keypoints: Sequence[str], unit: str) -> None:
    """Refuse tracks that do not tell both ends of a body, or know no length.

    Raises
    ------
    Refusal
        In one line, what is missing.
    """
    parts = Parts.of(keypoints)
    if not parts.front or not parts.back:
        side = "front (nose, ears or head)" if not parts.front else "back (back or tail base)"
        remedy = "say which keypoint it is, as --roles nose=NAME; of a silhouette: clean/orient"
        listed = ", ".join(keypoints) or "none"
        reason = f"no keypoint is at the {side} of the body; there are: {listed}"
        raise Refusal(where, reason, remedy)
    refuse_without_length(where, keypoints, unit)


def refuse_without_length(where: str, keypoints: Sequence[str], unit: str) -> None:
    """Refuse pixels, unless keypoints tell how long the body is.

    Raises
    ------
    Refusal
        In one line.
    """
    if unit == "px" and not all(makes(end, keypoints) for end in MEASURED):
        raise Refusal(where, "needs mm or body lengths", "give --scale, or --side of the arena")


def of_bodies(where: str, tracks: Tracks, of_one: Callable[[Tracks], Episodes]) -> Episodes:
    """What is told of each individual, in mm or body lengths, in order of time.

    Raises
    ------
    Refusal
        When the tracks do not tell both ends of a body, or know no length.
    """
    refuse_without_body(where, tracks.keypoints, tracks.unit)
    return Episodes.merged([of_one(in_lengths(where, one)) for one in tracks.each()])


def in_lengths(where: str, tracks: Tracks) -> Tracks:
    """The tracks as they are in mm or body lengths; pixels in body lengths (`body_length_px`).

    Where the length is never seen, nothing is.

    Raises
    ------
    Refusal
        When no keypoints tell it.
    """
    refuse_without_length(where, tracks.keypoints, tracks.unit)
    told = tracks.in_body_lengths()
    if told.unit != "px":
        return told
    return replace(told, position=np.full_like(told.position, np.nan), unit="bl")


def trusted(tracks: Tracks, keypoint: str, sure: float) -> Array:
    """Positions ``(t, 2)`` of the first individual; NaN where the network is not sure enough.

    A place that was filled in, of confidence 0, is none here: it moves as evenly as nothing does.
    """
    confidence = tracks.confidence[:, tracks.keypoints.index(keypoint), 0]
    unsure = confidence < trusted_from(confidence, sure)
    points: Array = np.where(unsure[:, None], np.nan, tracks.at(keypoint))
    return points


def shapes(tracks: Tracks) -> list[Array]:
    """Logarithms ``(t, 1)`` of area and length of the silhouette, where the tracks tell them."""
    told = [tracks.feature(name) for name in SHAPE if name in tracks.features]
    return [_logarithm(size)[:, None] for size in told if len(size)]


def _logarithm(size: Array) -> Array:
    seen = np.isfinite(size) & (np.nan_to_num(size) > 0)
    logarithm: Array = np.where(seen, np.log(np.where(seen, size, 1.0)), np.nan)
    return logarithm


def _single(roles: Sequence[str], keypoints: Sequence[str]) -> tuple[str, ...]:
    """The keypoints of roles that are one keypoint each."""
    found = [makes(role, keypoints) for role in roles]
    return tuple(dict.fromkeys(names[0] for names in found if len(names) == 1))
