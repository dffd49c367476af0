"""A project file of BORIS: JSON with every observation."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ethoframe.data import Refusal
from ethoframe.formats.boris.events import (
    OBSERVERS,
    OF_RECORDING,
    POINT,
    TURN,
    Event,
    Observation,
    said,
)

SUFFIXES = (".boris", ".boris_gz")

FIRST = "1"
"""The player whose media the clock counts; others show other views of the same time."""


def observations(path: Path) -> list[Observation]:
    """Every observation of a project.

    Raises
    ------
    Refusal
        When it is no project, or an event in it is not as BORIS writes it.
    """
    project = _loaded(path)
    points = _points(project)
    found = []
    for name, held in _all(path, project).items():
        try:
            found.append(_observation(name, held, points))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = f"observation {name!r} is not as BORIS writes it ({error})"
            raise Refusal(path, reason, "open and save it in BORIS") from None
    return found


def _loaded(path: Path) -> Mapping[str, Any]:
    content = path.read_bytes()
    try:
        text = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        project = json.loads(text)
    except (OSError, EOFError, ValueError) as error:
        reason = f"it is no BORIS project ({str(error).splitlines()[0]})"
        raise Refusal(path, reason, "open and save it in BORIS") from None
    if not isinstance(project, dict):
        raise Refusal(path, "it is no BORIS project", "name the .boris file of a project")
    return project


def _all(path: Path, project: Mapping[str, Any]) -> Mapping[str, Any]:
    held = project.get("observations")
    if not isinstance(held, dict):
        raise Refusal(path, "it holds no observations", "name the .boris file of a project")
    return held


def _points(project: Mapping[str, Any]) -> frozenset[str]:
    """Codes of the behaviours that are points in time."""
    behaviours = (project.get("behaviors_conf") or {}).values()
    return frozenset(
        each["code"] for each in behaviours if str(each.get("type", "")).startswith("Point")
    )


def _observation(name: str, held: Mapping[str, Any], points: frozenset[str]) -> Observation:
    variables = {
        str(key).strip().casefold(): said(value)
        for key, value in (held.get("independent_variables") or {}).items()
    }
    media = _media(held)
    found = Observation(
        name,
        media,
        next((variables[word] for word in OBSERVERS if variables.get(word)), ""),
        variables.get(OF_RECORDING, ""),
        float(held.get("time offset") or 0),
        _looked_s(held, media),
    )
    if held.get("media_creation_date_as_offset"):
        line = f"the times of {name} count from when its media were made: they are left as they are"
        found.warnings.append(line)
    comments, timeless = 0, 0
    for row in held.get("events") or ():
        time_s = _time_s(row[0])
        if time_s is None:
            timeless += 1
            continue
        modifiers = tuple(filter(None, map(said, str(row[3] or "").split("|"))))
        kind = POINT if row[2] in points else TURN
        found.events.append(Event(time_s, str(row[2]), str(row[1] or ""), modifiers, kind))
        comments += bool(said(row[4])) if len(row) > 4 else 0
    if comments:
        found.warnings.append(f"comments of {comments} events of {name} are not kept")
    if timeless:
        found.warnings.append(f"{timeless} events of {name} have no time, and are left out")
    return found


def _time_s(cell: object) -> float | None:
    """None where pictures were looked at that have no times."""
    if cell is None or said(cell) == "":
        return None
    time_s = float(str(cell))
    if not math.isfinite(time_s):
        raise ValueError(f"{cell!r} is no time")
    return time_s


def _media(held: Mapping[str, Any]) -> tuple[str, ...]:
    files = held.get("file")
    return tuple(files.get(FIRST) or ()) if isinstance(files, dict) else ()


def _looked_s(held: Mapping[str, Any], media: tuple[str, ...]) -> tuple[float, float] | None:
    """The interval that an observation is limited to, or else the length of its media."""
    lengths = (held.get("media_info") or {}).get("length") or {}
    known = media and all(file in lengths for file in media)
    whole_s = sum(float(lengths[file]) for file in media) if known else None
    start_s, stop_s = (float(each or 0) for each in held.get("observation time interval") or (0, 0))
    if stop_s > start_s:
        return start_s, stop_s
    return (start_s, whole_s) if whole_s is not None and whole_s > start_s else None
