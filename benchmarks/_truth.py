"""What is true of a scene, told as the recipe tells it."""

from __future__ import annotations

from dataclasses import replace

from ethoframe.contract import catalog
from ethoframe.data import Measures
from ethoframe.run import apply
from ethoframe.testing.scenes import Scene

ZONES = ("centre", "periphery", "corners")
"""Of the recipe; a round floor has no corners."""

DOUBT_MM = 0.5
"""A visit counts from a depth on, and truth and pixels never agree on that to the last tenth."""


def true_measures(scene: Scene, deeper_mm: float = 0.0) -> Measures:
    """Time, entries and the rest of each zone, by the true way on the true floor.

    From the true start of the trial, what was walked while frames were dropped included. Zones and
    margins are those of the recipe; where the animal is, and when, is the scene's.

    Parameters
    ----------
    scene
        Whose truth is told.
    deeper_mm
        How much deeper inside a zone the animal must be for a visit to count.
    """
    whole = replace(scene, dropped=0.0)
    floor, walked = whole.arena(), whole.truth_mm()
    walked = walked.take(walked.times_s >= whole.trial_start_s)
    assert floor.to_floor is not None  # a scene always has a scale
    seen = walked.mapped(floor.to_floor.inverse())
    arena = apply(catalog.find("detect/zones")(), arena=floor)
    visit = catalog.find("behave/visits")()
    visit = replace(visit, margin_mm=visit.margin_mm + deeper_mm)
    visits = apply(visit, tracks=seen, arena=arena)
    found: Measures = apply(
        catalog.find("measure/zones")(), tracks=walked, arena=arena, visits=visits
    )
    return found


def false_entries(scene: Scene, found: float) -> float:
    """How many entries to the centre were found that are none; below 0: how many were missed.

    One that is `DOUBT_MM` more or less deep than what counts may be found or not.
    """
    deeper_mm = (DOUBT_MM, -DOUBT_MM)
    least, most = (true_measures(scene, d).value("entries to centre") for d in deeper_mm)
    return max(found - most, 0.0) - max(least - found, 0.0)
