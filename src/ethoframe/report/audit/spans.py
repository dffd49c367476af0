"""Which moments are looked at: as many of every recording, anywhere in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Span:
    """A moment of a result.

    Parameters
    ----------
    clip
        What it is called on the page, which tells nobody whose it is.
    result
        Which result, by its place among all.
    start_s, stop_s
        On the recording's clock.
    """

    clip: str
    result: int
    start_s: float
    stop_s: float


def shared_out(clips: int, results: int, random: np.random.Generator) -> list[int]:
    """How many clips each result gets: as many as every other, or one more.

    Examples
    --------
    >>> sorted(shared_out(8, 3, np.random.default_rng(0)))
    [2, 3, 3]
    """
    each, over = divmod(clips, results)
    luckier = set(random.choice(results, over, replace=False).tolist())
    return [each + (index in luckier) for index in range(results)]


def starts(times_s: Array, count: int, seconds: float, random: np.random.Generator) -> list[float]:
    """When `count` spans of `seconds` start, each anywhere in its own of as many equal parts.

    Every frame that was looked at is as likely as any other, and no two spans overlap; where there
    is not the time for that, there are fewer. Each starts at a frame, so none lies in a gap.

    Parameters
    ----------
    times_s
        Seconds of the frames that were looked at ``(t,)``.
    count, seconds
        How many spans, how long.
    random
        Draws them.

    Examples
    --------
    >>> starts(np.arange(4.0), 2, 2.0, np.random.default_rng(0))
    [0.0, 2.0]
    """
    if not len(times_s) or not count:
        return []
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else seconds
    frames = max(1, round(seconds / step))
    count = max(1, min(count, len(times_s) // frames))
    part = len(times_s) / count
    rows = part * np.arange(count) + random.random(count) * max(0.0, part - frames)
    return np.asarray(times_s)[rows.astype(int)].tolist()


def spans(
    looked_at_s: Sequence[Array], clips: int, seconds: float, seed: int, salt: str = ""
) -> tuple[Span, ...]:
    """Spans over all results, in an order that tells nobody which belong together.

    Parameters
    ----------
    looked_at_s
        For each result the seconds of the frames that were looked at ``(t,)``.
    clips, seconds
        How many spans altogether, how long each.
    seed
        The same seed gives the same spans.
    salt
        Makes the names of clips differ from those of another audit.
    """
    random = np.random.default_rng(seed)
    found = [
        (index, start)
        for index, count in enumerate(shared_out(clips, len(looked_at_s), random))
        for start in starts(looked_at_s[index], count, seconds, random)
    ]
    order = random.permutation(len(found))
    return tuple(
        Span(_name(salt, number), found[at][0], found[at][1], found[at][1] + seconds)
        for number, at in enumerate(order.tolist())
    )


def _name(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt} {number}".encode()).hexdigest()[:8]
