"""The one real plus maze: its arms are its tracked corners, and times add up to the session."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ethoframe import formats, recipes
from ethoframe.run.inputs import Reading
from ethoframe.run.outputs import measures_in
from ethoframe.run.traced import carried_out

FILE = "raters/data/EPM/Output_DLC/EPM_15DeepCut_resnet50_epmMay17shuffle1_1030000.csv"


@pytest.mark.parametrize("named", ["", "by nose and body", "by four paws"])
def test_times_add_up_to_the_session(shared, named):
    path = shared / "data" / FILE
    tracks = Reading(rate=25.0).of_tracks(path.name, formats.read_tracks(path, rate=25.0))
    recipe = recipes.load("plus-maze", from_tracks=True)
    recipe = recipe.configured({"zones.open": "left-right", "trial.from_s": 0.0})
    keep = {"arms", "arms_by_nose_and_body", "arms_by_four_paws"}
    gives = {k: v for k, v in recipe.gives.items() if k in keep or k in ("zones", "arena")}
    found = carried_out(replace(recipe, gives=gives), {"tracks": tracks})
    assert found.lacking == {"": ()}
    m = measures_in(found.answers)
    end = f", {named}" if named else ""
    parts = ("time in open", "time in closed", "time in no zone", "time unseen")
    total = sum(m.value(part + end) for part in parts)
    whole = m.row("time in open").bin_stop_s
    assert whole == pytest.approx(962 / 25)
    if not named:
        assert total + m.value("time in centre") == pytest.approx(whole)
        # A hand puts it into the maze: for the first third it is beside it.
        assert m.value("time in no zone") == pytest.approx(11.6, abs=2.0)
    assert 0 < total <= whole + 1e-9


def test_the_trial_begins_when_it_is_on_the_maze(shared):
    path = shared / "data" / FILE
    tracks = Reading(rate=25.0).of_tracks(path.name, formats.read_tracks(path, rate=25.0))
    recipe = recipes.load("plus-maze", from_tracks=True).configured({"zones.open": "left-right"})
    found = carried_out(recipe, {"tracks": tracks})
    m = measures_in(found.answers)
    # It is held beside the maze, and set down 12 s after the recording began.
    assert m.value("trial start") == pytest.approx(11.8, abs=0.5)
    parts = ("time in open", "time in closed", "time in centre", "time in no zone", "time unseen")
    total = sum(m.value(part) for part in parts)
    assert total == pytest.approx(m.value("trial length"))
    assert m.value("time in no zone") < 1.0
