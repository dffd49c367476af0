"""Several recordings in order as one: how their clocks and numbers are put together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.data.refusal import Refusal
from ethoframe.data.source import ChainedSource

if TYPE_CHECKING:
    from ethoframe.data.recording import Recording

ALIKE = ("size", "channels", "dtype", "bit_depth", "spacing_mm")
"""What the pictures of all parts must agree in."""

ASSUMED = "it is not known when its {} files began: each is taken to follow the one before at once"


def chained(
    parts: Sequence[Recording], starts_s: Sequence[float] | None, name: str | None
) -> Recording:
    """See `Recording.chained`."""
    if not parts:
        raise ValueError("there are no parts to chain")
    if starts_s is not None and len(starts_s) != len(parts):
        raise ValueError(f"{len(parts)} parts need as many starts, not {len(starts_s)}")
    _check_alike(parts)
    if len(parts) == 1:
        return replace(parts[0], name=name or parts[0].name)
    firsts = _following(parts) if starts_s is None else _shared(parts, starts_s)
    times = [part.times_s - part.times_s[0] + at for part, at in zip(parts, firsts, strict=True)]
    counts = [len(part) for part in parts]
    before = np.cumsum([0, *counts[:-1]])
    told = (ASSUMED.format(len(parts)),) if starts_s is None else _gaps(parts, times)
    return replace(
        parts[0],
        name=name or parts[0].name,
        source=ChainedSource(tuple(part.source for part in parts), tuple(counts)),
        times_s=np.concatenate(times),
        identity=hashlib.sha256(" ".join(part.identity for part in parts).encode()).hexdigest(),
        keyframes=np.concatenate([p.keyframes + n for p, n in zip(parts, before, strict=True)]),
        warnings=(*_warnings(parts), *told),
    )


def step_s(part: Recording) -> float:
    """The usual time from a frame to the next; 0 for fewer than two frames."""
    return float(np.median(np.diff(part.times_s))) if len(part) > 1 else 0.0


def _check_alike(parts: Sequence[Recording]) -> None:
    for part in parts:
        if len(part) == 0:
            raise Refusal(part.name, "it has no frames", "leave it out")
        for what in ALIKE:
            own, first = getattr(part, what), getattr(parts[0], what)
            if own != first:
                reason = f"its {what.replace('_', ' ')} is {own}, and {first} in {parts[0].name}"
                raise Refusal(part.name, reason, "chain only files of one camera and one setting")


def _following(parts: Sequence[Recording]) -> list[float]:
    """Seconds of each part's first frame when each follows the one before at once."""
    usual = max(step_s(part) for part in parts)
    if usual == 0:
        reason = "its files hold one frame each: nothing tells the time between them"
        raise Refusal(parts[0].name, reason, "say when each began")
    firsts = [float(parts[0].times_s[0])]
    for part in parts[:-1]:
        firsts.append(firsts[-1] + float(np.ptp(part.times_s)) + (step_s(part) or usual))
    return firsts


def _shared(parts: Sequence[Recording], starts_s: Sequence[float]) -> list[float]:
    """Seconds of each part's first frame on the clock of the first part."""
    origin = float(parts[0].times_s[0]) - starts_s[0]
    firsts = [start + origin for start in starts_s]
    for number, part in enumerate(parts[1:], 1):
        end = firsts[number - 1] + float(np.ptp(parts[number - 1].times_s))
        if not firsts[number] > end:
            early, one = end - firsts[number], parts[number - 1].name
            reason = f"it begins {early:.3f} s before {one} ends"
            raise Refusal(part.name, reason, "put the files in the order they were recorded")
    return firsts


def _warnings(parts: Sequence[Recording]) -> list[str]:
    """What is said of every part once, what is said of some with their names."""
    told: list[str] = []
    for part in parts:
        for line in part.warnings:
            every = all(line in other.warnings for other in parts)
            told.append(line if every else f"{part.name}: {line}")
    return list(dict.fromkeys(told))


def _gaps(parts: Sequence[Recording], times: Sequence[Array]) -> tuple[str, ...]:
    """One line about the gaps between parts; none where there are none."""
    ends = zip(times[:-1], times[1:], parts[:-1], strict=True)
    missing = np.array([after[0] - one[-1] - step_s(part) for one, after, part in ends])
    usual = np.array([step_s(part) for part in parts[:-1]])
    real = missing > np.maximum(usual, 1e-9)
    if not real.any():
        return ()
    worst = int(np.argmax(missing))
    longest = f"{missing[worst]:.1f} s after {parts[worst].name}"
    count, all_s = int(real.sum()), float(missing[real].sum())
    if count == 1:
        return (f"its {len(parts)} files leave a gap of {longest}",)
    return (f"its {len(parts)} files leave {count} gaps, {all_s:.1f} s, the longest {longest}",)
