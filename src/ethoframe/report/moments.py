"""The moments a reader should look at before trusting a track."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ethoframe.data import Verdict
from ethoframe.data.noun import Array
from ethoframe.report.course import Course
from ethoframe.report.quality import Quality
from ethoframe.report.wording import counted, duration

MOST = 6
APART_S = 1.0
CERTAIN = 0.95

Kind = tuple[Array, Callable[[int], str]]
"""Rows, the worst first, and what is said of each."""


@dataclass(frozen=True)
class Moment:
    """One frame worth looking at.

    Parameters
    ----------
    row
        Its row in the course.
    why
        Why it was chosen, in words with numbers.
    """

    row: int
    why: str


def worst_moments(
    course: Course, quality: Quality, verdict: Verdict | None = None, most: int = MOST
) -> tuple[Moment, ...]:
    """At most so many moments, `APART_S` from each other, in order of time.

    What speaks against the recording comes first, each check with its worst moment, then longest
    gaps, longest steps, oddest areas and least certain heads in turn. A good track has worst
    moments too: seeing that they are right is why they are shown.
    """
    kinds = [*_of_checks(course, verdict), *_of_course(course, quality)]
    chosen: list[Moment] = []
    while kinds and len(chosen) < most:
        rows, reason = kinds.pop(0)
        free = rows[_apart(course.times_s[rows], chosen, course.times_s)]
        if len(free):
            chosen.append(Moment(int(free[0]), reason(int(free[0]))))
            kinds.append((free[1:], reason))
    return tuple(sorted(chosen, key=lambda moment: moment.row))


def _of_checks(course: Course, verdict: Verdict | None) -> list[Kind]:
    """The moments that the verdict names, for each of its reasons."""
    if verdict is None or not len(course):
        return []
    return [
        (_rows_at(course, check.moments_s), partial(_check_reason, check.name))
        for check in verdict.reasons
        if check.moments_s
    ]


def _of_course(course: Course, quality: Quality) -> list[Kind]:
    """Candidates of each kind, the worst first, and how they are told."""
    return [
        (_by_gap(quality), partial(_gap_reason, course, quality)),
        (_by_size(np.nan_to_num(quality.step_px)), partial(_step_reason, course, quality)),
        (_by_size(_oddness(quality)), partial(_area_reason, course, quality)),
        (_by_doubt(course), partial(_head_reason, course, quality)),
    ]


def _rows_at(course: Course, moments_s: tuple[float, ...]) -> Array:
    """The row nearest to each moment."""
    away = np.abs(course.times_s[None, :] - np.array(moments_s)[:, None])
    return np.asarray(away.argmin(axis=1))


def _apart(candidates_s: Array, chosen: list[Moment], times_s: Array) -> Array:
    """Which candidates are far enough from every moment chosen before."""
    taken = times_s[[moment.row for moment in chosen]] if chosen else np.zeros(0)
    return np.asarray((np.abs(candidates_s[:, None] - taken) >= APART_S).all(axis=1))


def _by_gap(quality: Quality) -> Array:
    """The middle row of each gap, the longest first."""
    first, stop = quality.gaps.T
    order = np.argsort(first - stop, kind="stable")
    middle: Array = ((first + stop - 1) // 2)[order]
    return middle


def _by_size(values: Array) -> Array:
    """Rows with a value over nothing, the greatest first."""
    rows = np.argsort(-values, kind="stable")
    return rows[values[rows] > 0]


def _by_doubt(course: Course) -> Array:
    """Rows where head and tail are not told apart for certain, the most doubtful first."""
    doubtful = np.flatnonzero(np.nan_to_num(course.head_sure, nan=1.0) < CERTAIN)
    return doubtful[np.argsort(course.head_sure[doubtful], kind="stable")]


def _oddness(quality: Quality) -> Array:
    """How far the area is from its median, in either direction."""
    ratio = np.where(quality.area_ratio > 0, quality.area_ratio, np.nan)
    return np.nan_to_num(np.abs(np.log(ratio)))


def _check_reason(name: str, row: int) -> str:
    del row  # a check is called the same at each of its moments
    return name


def _gap_reason(course: Course, quality: Quality, row: int) -> str:
    first, stop = next((int(a), int(b)) for a, b in quality.gaps if a <= row < b)
    lasted = duration(float(course.lasts_s[first:stop].sum()))
    whom = "" if course.whom == "animal" else f"{course.whom} "
    return f"{whom}not found for {lasted} ({counted(stop - first, 'frame')})"


def _step_reason(course: Course, quality: Quality, row: int) -> str:
    step = float(quality.step_px[row])
    bodies = step / course.body_px
    size = f", {bodies:.2f} body lengths" if np.isfinite(bodies) else ""
    how = "jumped" if step > quality.jump_px else "moved"
    return f"{how} {_length(step, course)} in one frame{size}"


def _length(step: float, course: Course) -> str:
    return f"{step:.{0 if course.picture_unit == 'px' else 1}f} {course.picture_unit}"


def _area_reason(course: Course, quality: Quality, row: int) -> str:
    return f"area {quality.area_ratio[row]:.2f} × its median"


def _head_reason(course: Course, quality: Quality, row: int) -> str:
    return f"head end certain to {course.head_sure[row]:.2f} only"
