"""Recordings that a camera split into files: when each of them began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ethoframe.data import Clock, Recording

RESOLUTION_S = 1.0
"""Containers tell their beginning in whole seconds."""

UNFIT = (
    "the files say when they began, but that does not fit their order and lengths: "
    "their clocks were not used"
)


def chained(parts: Sequence[Recording], name: str | None = None) -> Recording:
    """The recordings in order as one, begun when their files say.

    A file that begins within the resolution of those times after the one before, one second,
    follows it at once. Where not all files say when they began, or what they say cannot be (a file
    would begin before the one before it ends), each is taken to follow the one before at once, and
    `warnings` says so.

    Parameters
    ----------
    parts
        In order; the time a file began is in its facts as ``creation_time``.
    name
        How the whole is called; as the first part when left out.

    Raises
    ------
    Refusal
        When the pictures of a part are not like those of the first.
    """
    begun = [_begun_s(part) for part in parts]
    starts = _starts(parts, [time for time in begun if time is not None])
    whole = Recording.chained(parts, starts, name)
    if len(parts) == 1:
        return whole
    unfit = starts is None and None not in begun
    warnings = (*whole.warnings, UNFIT) if unfit else whole.warnings
    return replace(whole, facts=_facts(parts, whole), warnings=warnings)


def _begun_s(part: Recording) -> float | None:
    said = part.facts.get("creation_time")
    return datetime.fromisoformat(said).timestamp() if said else None


def _starts(parts: Sequence[Recording], begun: Sequence[float]) -> list[float] | None:
    """Seconds of each part's first frame; None where that is not known, or cannot be."""
    if len(begun) < len(parts):
        return None
    starts = [0.0]
    for number, part in enumerate(parts[:-1]):
        length = Clock.of(part.times_s).duration_s
        apart = begun[number + 1] - begun[number]
        if length == 0 or apart < length - RESOLUTION_S:
            return None
        at_once = apart <= length + RESOLUTION_S
        starts.append(starts[-1] + (length if at_once else apart))
    return starts


def _facts(parts: Sequence[Recording], whole: Recording) -> Mapping[str, Any]:
    """Those of the first file, but for what adds up."""
    clock = Clock.of(whole.times_s)
    facts = {**parts[0].facts, "files": len(parts)}
    counted = {"duration_s": clock.duration_s, "frames found": clock.count}
    facts |= {key: value for key, value in counted.items() if key in facts}
    for key in ("size in bytes", "frames declared", "frames listed", "duration declared_s"):
        if key in facts:
            each = [part.facts.get(key) for part in parts]
            facts[key] = None if None in each else sum(filter(None, each))
    return facts
