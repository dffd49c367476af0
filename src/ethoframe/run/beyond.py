"""Times that the user told and that lie beyond the recording."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ethoframe.contract import Recipe
from ethoframe.data import Corrections, Episodes, Recording, Refusal
from ethoframe.run.places import Place

TRIAL = "trial"
"""The step that says when the trial is; a recipe may be without one."""


def refuse_late(recording: Recording, recipe: Recipe, place: Place) -> None:
    """Refuses a trial that would start after the recording ends, before any work."""
    start_s, _ = _told(recipe, place)
    if start_s > _ends_s(recording):
        reason = f"the trial starts at {start_s:g} s, and the recording ends at"
        remedy = "correct --from, or the start in the sheet"
        raise Refusal(recording.name, f"{reason} {_ends_s(recording):.1f} s", remedy)


def beyond(recording: Recording, recipe: Recipe, place: Place) -> Iterator[str]:
    """Lines about a trial, events and corrections that the recording is too short for."""
    ends_s = _ends_s(recording)
    start_s, lasts_s = _told(recipe, place)
    if start_s >= 0 and lasts_s and start_s + lasts_s > ends_s + 1:
        yield (
            f"the trial was to last {lasts_s:g} s, and the recording ends "
            f"{ends_s - start_s:.1f} s after its start"
        )
    events, corrections = place.given.get("events"), place.given.get("corrections")
    starts_s = events.start_s if isinstance(events, Episodes) else np.zeros(0)
    if late := int(np.sum(starts_s > ends_s)):
        yield f"{late} of {len(starts_s)} events start after the recording ends"
    rows = corrections.rows if isinstance(corrections, Corrections) else ()
    if late := sum(row.start_s > ends_s for row in rows):
        yield f"{late} of {len(rows)} corrections are of a time after the recording ends"


def _told(recipe: Recipe, place: Place) -> tuple[float, float]:
    """Start and length of the trial in seconds; below 0 and 0 where they are to be found."""
    step = next((step for step in recipe.steps if step.name == TRIAL), None)
    if step is None:
        return -1.0, 0.0
    told = step.method.parameters()
    for name in ("from_s", "lasts_s"):
        told[name] = place.settings.get(f"{TRIAL}.{name}", told[name])
    return float(told["from_s"]), float(told["lasts_s"])


def _ends_s(recording: Recording) -> float:
    return float(recording.times_s[-1]) if len(recording) else 0.0
