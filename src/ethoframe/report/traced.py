"""What a file of tracks, or of episodes, is: for scripts as plain values, for people as lines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Clock, Observations, Tracks
from ethoframe.data.roles import ROLES, makes, spelled
from ethoframe.report.wording import ABSENT, counted, duration, number, plain, quoted, share

TOLD = 12
"""Names that a line of them holds."""

METHOD = "behave/activity"
"""What is named to go on with."""


def describe_tracks(tracks: Tracks, path: Path, program: str, *, clocked: bool) -> dict[str, Any]:
    """What tracks are, ready for JSON.

    Parameters
    ----------
    tracks
        What the file holds.
    path
        Where it is.
    program
        The format that read it.
    clocked
        Whether the file, or the user, tells times; else they mean nothing.
    """
    seen = np.isfinite(tracks.position).all(axis=1).mean(axis=(0, 2)) if len(tracks) else []
    clock = Clock.of(tracks.times_s)
    wanted = [*([] if clocked else ["--clock", "30fps"])]
    wanted += ["--scale", "2.3px/mm"] if tracks.unit == "px" else []
    return {
        "tracks": os.fspath(path),
        "format": program,
        "frames": len(tracks),
        "individuals": list(tracks.individuals),
        "keypoints": dict(zip(tracks.keypoints, map(float, seen), strict=False)),
        "roles": {
            role: spelled(role, tracks.keypoints) for role in ROLES if makes(role, tracks.keypoints)
        },
        "unit": tracks.unit,
        "rate_per_s": clock.rate_per_s if clocked and clock.count > 1 else None,
        "duration_s": clock.duration_s if clocked and clock.count > 1 else None,
        "next": " ".join(["ethoframe apply", METHOD, quoted(os.fspath(path)), *wanted]),
    }


def describe_episodes(seen: Observations, path: Path, program: str) -> dict[str, Any]:
    """What episodes are, ready for JSON.

    Parameters
    ----------
    seen
        What the file holds.
    path
        Where it is.
    program
        The format that read it.
    """
    totals: dict[str, list[float]] = {}
    for part in seen:
        for label in dict.fromkeys(part.episodes.labels):
            count, lasted = totals.setdefault(label, [0, 0.0])
            spans = part.episodes.spans(label)
            lasting = part.episodes.total_s(label)
            totals[label] = [count + len(spans), lasted + lasting]
    return {
        "episodes": os.fspath(path),
        "format": program,
        "recordings": list(seen.recordings),
        "authors": [name for name in seen.authors if name],
        "labels": {name: {"count": n, "total_s": s} for name, (n, s) in totals.items()},
        "looked_s": sum(part.episodes.looked_s() for part in seen),
        "warnings": list(seen.warnings),
        "next": f"ethoframe score episodes/agreement {quoted(os.fspath(path))} OTHER...",
    }


def as_text(description: Mapping[str, Any]) -> str:
    """The same in aligned lines for people, ending with what to type next.

    Examples
    --------
    >>> tracks = Tracks.of(np.array([[1.0, 2.0]]), np.zeros(1), "snout")
    >>> print(as_text(describe_tracks(tracks, Path("a.csv"), "dlc", clocked=False)))
    a.csv
      tracks       1 frame, in px (dlc)
      individuals  animal
      keypoints    snout (100 % seen)
      roles        nose: snout
      clock        not told: say it, as --clock 30fps
      next         ethoframe apply behave/activity a.csv --clock 30fps --scale 2.3px/mm
    """
    lines = [*(_of_tracks if "tracks" in description else _of_episodes)(description)]
    lines.append(("next", description["next"]))
    width = max(len(label) for label, _ in lines)
    path = description.get("tracks") or description["episodes"]
    told = [f"  {label:{width}}  {plain(text)}" for label, text in lines if text]
    return "\n".join([plain(path), *told])


def _of_tracks(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "tracks", f"{counted(told['frames'], 'frame')}, in {told['unit']} ({told['format']})"
    yield "individuals", _listed(told["individuals"])
    named = [f"{name} ({share(part, 1)} seen)" for name, part in told["keypoints"].items()]
    yield "keypoints", _listed(named)
    yield "roles", _listed([f"{role}: {name}" for role, name in told["roles"].items()])
    rate = told["rate_per_s"]
    lasts = duration(told["duration_s"]) if rate else ""
    unsaid = "not told: say it, as --clock 30fps"
    yield "clock", f"{lasts} at {number(rate)} frames per second" if rate else unsaid


def _of_episodes(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "episodes", f"of {counted(len(told['recordings']), 'recording')} ({told['format']})"
    yield "recordings", _listed(told["recordings"])
    yield "said by", _listed(told["authors"])
    labels = told["labels"].items()
    yield "labels", _listed([f"{n} ({e['count']}, {number(e['total_s'])} s)" for n, e in labels])
    yield "looked at", duration(told["looked_s"]) if told["looked_s"] else ABSENT
    for line in told["warnings"]:
        yield "warning", line


def _listed(names: list[str]) -> str:
    return ", ".join(map(str, names[:TOLD])) + (" ..." if len(names) > TOLD else "")
