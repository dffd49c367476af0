"""What the tracking looked like: lost frames, jumps, odd sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.course import Course, runs
from ethoframe.report.wording import counted, duration, grouped, plain, share

JUMP_BL_PER_S = 15.0
JUMP_BL = 0.25
JUMP_TYPICAL = 10.0
ODD_FACTOR = 2.0


@dataclass(frozen=True)
class Quality:
    """What can be said of the tracking without truth.

    Parameters
    ----------
    frames, lost
        Frames looked at, and those without a position of the keypoint that is followed.
    found
        Frames in which any keypoint of the animal was found.
    whom, who
        What `lost` is about, and whose it is, as of `Course`.
    gaps
        First and one-past-last row ``(n, 2)`` of each stretch of lost frames.
    longest_gap_s
        Length of the longest of them in seconds.
    step_px
        Distance moved since the frame before ``(t,)``.
    jump_px
        A longer step is a jump; NaN when nothing can be said.
    jump_definition
        How that limit was chosen, in words.
    area_ratio
        Area over its median ``(t,)``; NaN without areas.
    """

    frames: int
    lost: int
    found: int
    whom: str
    who: str
    gaps: Array
    longest_gap_s: float
    step_px: Array
    jump_px: float
    jump_definition: str
    area_ratio: Array

    @classmethod
    def of(cls, course: Course) -> Quality:
        """The quality of a course."""
        gaps = runs(~course.seen)
        lengths = [float(course.lasts_s[a:b].sum()) for a, b in gaps]
        steps = course.step_px()
        limit, definition = _jump_limit(course, steps)
        return cls(
            frames=len(course),
            lost=int((~course.seen).sum()),
            found=int(course.found.sum()),
            whom=course.whom,
            who=course.who,
            gaps=gaps,
            longest_gap_s=max(lengths, default=0.0),
            step_px=steps,
            jump_px=limit,
            jump_definition=definition,
            area_ratio=_ratio(course.area_px2),
        )

    @property
    def jumps(self) -> Array:
        """Rows ``(n,)`` the animal cannot have reached from the frame before."""
        return np.flatnonzero(np.nan_to_num(self.step_px) > np.nan_to_num(self.jump_px, nan=np.inf))

    @property
    def odd(self) -> Array:
        """Rows ``(n,)`` where the area is more than twice, or less than half, its median."""
        size = np.abs(np.log(np.where(self.area_ratio > 0, self.area_ratio, np.nan)))
        return np.flatnonzero(np.nan_to_num(size) > np.log(ODD_FACTOR))

    @property
    def sentence(self) -> str:
        """The numbers in one sentence."""
        animal = plain(self.who) or "the animal"
        if self.found == 0:
            return f"{animal} was found in none of {counted(self.frames, 'frame')}."
        some, seen, total = self.found, self.frames - self.lost, self.frames
        of = f"{grouped(str(some))} of {grouped(str(total))}"
        parts = [f"{animal} was found in {share(some, total)} of frames ({of})"]
        if self.whom != "animal":
            which = f"its {plain(self.whom)}, which path and speed are of"
            parts.append(f"{which}, in {share(seen, total)} ({grouped(str(seen))})")
        if self.lost:
            parts.append(f"the longest gap is {duration(self.longest_gap_s)}")
        parts.append(counted(len(self.jumps), "jump"))
        if np.isfinite(self.area_ratio).any():
            parts.append(counted(len(self.odd), "frame") + " of odd size")
        return ", ".join(parts) + "."


def _ratio(area: Array) -> Array:
    """Area over its median."""
    middle = float(np.nanmedian(area)) if np.isfinite(area).any() else float("nan")
    return area / middle if middle > 0 else np.full(len(area), np.nan)


def _jump_limit(course: Course, steps: Array) -> tuple[float, str]:
    """The step in px that no animal makes, and how it was chosen."""
    known = steps[np.isfinite(steps)]
    if np.isfinite(course.body_px) and np.isfinite(course.step_s):
        bodies = max(JUMP_BL_PER_S * course.step_s, JUMP_BL)
        text = (
            f"a jump is a step of more than {bodies:.2g} body lengths from one frame to the next "
            f"({JUMP_BL_PER_S:g} body lengths/s, at least {JUMP_BL:g})"
        )
        return bodies * course.body_px, text
    if not len(known):
        return float("nan"), "no two frames in a row have a position, so jumps cannot be told"
    typical = float(np.percentile(known, 95))
    text = f"a jump is a step of more than {JUMP_TYPICAL:g} times the 95th percentile of all steps"
    return JUMP_TYPICAL * typical if typical > 0 else float("nan"), text
