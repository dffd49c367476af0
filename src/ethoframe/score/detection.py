"""Whether marks are on what they mark, as people judged it clip by clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ethoframe.score.proportion import LEVEL, Proportion, proportion


@dataclass(frozen=True)
class Judged:
    """What a person said of one clip.

    Parameters
    ----------
    recording
        Where the clip is from; those of one recording count as alike.
    marked
        Whether anything is marked in it.
    right
        With a mark: it is on the animal all through. Without: there is no animal to be seen.
    group
        Of the animal; empty where it is not known, or shall not be.
    """

    recording: str
    marked: bool
    right: bool
    group: str = ""


@dataclass(frozen=True)
class Detection:
    """Both ways of being wrong.

    Parameters
    ----------
    precision
        Of the clips with a mark, those in which it is on the animal all through.
    missed
        Of the clips that show the animal, those in which nothing is marked. A clip whose mark is
        wrong is counted by `precision` alone: nobody was asked whether it shows the animal.

    Examples
    --------
    >>> clips = [Judged("a", True, True)] * 8
    >>> clips += [Judged("a", True, False), Judged("a", False, False)]
    >>> found = detection(clips)
    >>> found.precision.count, found.precision.of, found.missed.count, found.missed.of
    (8, 9, 1, 9)
    """

    precision: Proportion
    missed: Proportion


def detection(clips: Sequence[Judged], level: float = LEVEL) -> Detection:
    """Precision and miss rate of judged clips, each with its interval (see `proportion`)."""
    marked = [clip for clip in clips if clip.marked]
    shown = [clip for clip in clips if clip.marked == clip.right]
    return Detection(
        proportion([clip.right for clip in marked], [clip.recording for clip in marked], level),
        proportion([not clip.marked for clip in shown], [clip.recording for clip in shown], level),
    )


def by_group(clips: Sequence[Judged], level: float = LEVEL) -> dict[str, Detection]:
    """The same for each group, in the order of their names; clips of no group are left out."""
    groups = sorted({clip.group for clip in clips} - {""})
    return {
        group: detection([clip for clip in clips if clip.group == group], level) for group in groups
    }
