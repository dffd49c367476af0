"""Bodies on an even clock, and as they are seen from one of them: whatever camera filmed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes

FRONTS, BACKS = ("nose", "head", "head_end"), ("tail_base", "tail_end")
"""What the ends of a body axis may be, the best first."""

EXACT = 1e-6
"""Share of a step by which a frame may miss a time and still be of it."""


@dataclass(frozen=True)
class Bodies:
    """Keypoints of several individuals on an even clock.

    Parameters
    ----------
    places
        In the unit of the tracks ``(time, space, keypoint, individual)``; NaN where not known.
    times_s
        Seconds ``(time,)``, evenly apart.
    front, back
        Which keypoints the body axis runs between.
    length
        Of each body: the median distance of both in the whole recording ``(individual,)``.
    """

    places: Array
    times_s: Array
    front: int
    back: int
    length: Array

    @classmethod
    def of(cls, tracks: Tracks, keypoints: Sequence[str], step_s: float) -> Bodies:
        """The keypoints, or roles, of all individuals, every `step_s` seconds.

        Between two frames in which a keypoint was seen its place is on the line between them; where
        the clock has a break, or it was not seen in either, it is not known.
        """
        front, back = ends_in(keypoints)
        held = [[tracks.place(name, who) for name in keypoints] for who in tracks.individuals]
        places = np.moveaxis(np.array(held, np.float64), (0, 1), (3, 2)).copy()
        times_s = evenly(tracks.times_s, step_s)
        between = places[:, :, front] - places[:, :, back]
        length = _medians(np.hypot(between[:, 0], between[:, 1]))
        return cls(_along(places, tracks, times_s), times_s, front, back, length)

    @property
    def middle(self) -> Array:
        """Half-way between both ends ``(time, space, individual)``."""
        half: Array = (self.places[:, :, self.front] + self.places[:, :, self.back]) / 2
        return half

    @property
    def axis(self) -> Array:
        """Direction from back to front, of length 1 ``(time, space, individual)``."""
        apart = self.places[:, :, self.front] - self.places[:, :, self.back]
        far = np.hypot(apart[:, 0], apart[:, 1])[:, None]
        ahead: Array = np.divide(apart, far, out=np.full_like(apart, np.nan), where=far > 0)
        return ahead


def refuse_without_axis(where: str, keypoints: Sequence[str]) -> None:
    """Refuse keypoints that tell no body axis.

    Raises
    ------
    Refusal
        With the keypoints that there are.
    """
    for name, ends in (("nose", FRONTS), ("tail_base", BACKS)):
        if not any(makes(end, keypoints) for end in ends):
            listed = ", ".join(keypoints) or "none"
            remedy = f"say which keypoint it is, as --roles {name}=NAME; there are: {listed}"
            raise Refusal(where, f"no keypoint is the {name}, or stands for it", remedy)


def axis_of(keypoints: Sequence[str]) -> tuple[str, str]:
    """The roles that a body axis runs between, back to front: the front first."""
    front = next(end for end in FRONTS if makes(end, keypoints))
    return front, next(end for end in BACKS if makes(end, keypoints))


def ends_in(keypoints: Sequence[str]) -> tuple[int, int]:
    """Which of some roles the body axis runs between: front and back."""
    front, back = (next(end for end in ends if end in keypoints) for ends in (FRONTS, BACKS))
    return [*keypoints].index(front), [*keypoints].index(back)


def evenly(times_s: Array, step_s: float) -> Array:
    """Times from the first to the last, `step_s` apart.

    Examples
    --------
    >>> evenly(np.array([1.0, 1.4, 2.1]), 0.5).tolist()
    [1.0, 1.5, 2.0]
    """
    if not len(times_s):
        return np.zeros(0)
    steps = int((times_s[-1] - times_s[0]) / step_s * (1 + 1e-9) + EXACT) if step_s > 0 else 0
    even: Array = times_s[0] + np.arange(steps + 1) * step_s
    return even


def turned(angle: Array) -> Array:
    """Angles in radians as the shortest turn, from -π to π."""
    wrapped: Array = (angle + np.pi) % (2 * np.pi) - np.pi
    return wrapped


def _medians(rows: Array) -> Array:
    """Of each column, what is known of it; NaN where nothing is, or a body has no length."""
    found = np.full(rows.shape[1], np.nan)
    for at, column in enumerate(rows.T):
        known = column[np.isfinite(column)]
        if len(known) and np.median(known) > 0:
            found[at] = np.median(known)
    return found


def _along(places: Array, tracks: Tracks, times_s: Array) -> Array:
    """Places at other times ``(time, ...)``."""
    own = tracks.times_s
    if len(own) < 2:
        return places[: len(times_s)]
    at = np.clip(np.searchsorted(own, times_s, side="right") - 1, 0, len(own) - 2)
    step = own[at + 1] - own[at]
    share = (times_s - own[at]) / step
    # A frame that was not seen must not hide the one beside it, when that is the one asked for.
    first, last = share <= EXACT, share >= 1 - EXACT
    share = np.where(first, 0.0, np.where(last, 1.0, share))
    share = np.where((step > tracks.longest_step_s) & ~first & ~last, np.nan, share)
    weight = share.reshape(-1, *[1] * (places.ndim - 1))
    before, after = places[at], places[at + 1]
    mixed = before * (1 - weight) + after * weight
    told: Array = np.where(weight == 0, before, np.where(weight == 1, after, mixed))
    return told
