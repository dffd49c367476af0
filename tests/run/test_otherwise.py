from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe import recipes
from ethoframe.contract.otherwise import resolved
from ethoframe.data import Arenas, Episodes
from ethoframe.formats import table
from ethoframe.run.batch import run_batch
from ethoframe.run.entries import Entry, entries
from ethoframe.run.order import Order
from ethoframe.run.otherwise import measured_otherwise
from ethoframe.run.outputs import measures_in
from ethoframe.run.traced import carried_out
from ethoframe.testing.mazes import light_dark
from ethoframe.testing.scenes import Scene

SESSION = light_dark(3)
TONE = Episodes.of("tone", np.array([[1.0, 4.0], [6.0, 8.0]]), np.array([[0.0, np.inf]]))
GIVEN = {"tracks": SESSION.tracks, "arena": SESSION.arena, "events": TONE}


def longest(measures) -> dict:
    found = {}
    for row in measures.rows:
        key = row.quantity, row.unit, row.during
        kept = found.get(key)
        if kept is None or row.bin_stop_s - row.bin_start_s > kept.bin_stop_s - kept.bin_start_s:
            found[key] = row
    return found


@pytest.mark.parametrize("name", ["light-dark", "open-field"])
def test_it_is_what_the_whole_recipe_would_tell(name):
    """The law: by a definition, as if the recipe had been carried out by it from the start."""
    recipe = recipes.load(name, from_tracks=True)
    found = carried_out(recipe, GIVEN)
    others = measured_otherwise(recipe, found.known, GIVEN)
    told = set(others.measures) | set(others.lacking)
    assert told == set(recipe.otherwise)
    assert others.measures
    for definition, measures in others.measures.items():
        settings = resolved(recipe, recipe.otherwise[definition])
        whole = longest(measures_in(carried_out(recipe.configured(settings), GIVEN).answers))
        for row in measures.rows:
            assert repr(row) == repr(whole[row.quantity, row.unit, row.during])


def test_bins_are_left_out_and_events_are_not():
    recipe = recipes.load("light-dark", from_tracks=True)
    found = carried_out(recipe, GIVEN)
    (rows,) = {m.rows for m in list(measured_otherwise(recipe, found.known).measures.values())[:1]}
    assert {"", "tone", "tone 1", "interval"} <= {row.during for row in rows}
    keys = [(row.individual, row.quantity, row.unit, row.during) for row in rows]
    assert len(keys) == len(set(keys))


def test_drawn_zones_stay_as_they_are():
    recipe = recipes.load("open-field", from_tracks=True)
    others = measured_otherwise(recipe, carried_out(recipe, GIVEN).known, GIVEN)
    assert others.lacking["centre of 50 % of the floor"].startswith("nothing here is measured by")
    assert "centre of 50 % of the floor" not in others.measures


def test_what_is_asked_for_is_no_other_definition():
    recipe = recipes.load("light-dark", from_tracks=True).configured(
        {"visits.margin_mm": 0.0, "visits.margin_bl": 0.0}
    )
    others = measured_otherwise(recipe, carried_out(recipe, GIVEN).known, GIVEN)
    assert others.lacking["entries from the edge on"].startswith("it is how all was measured")


def test_a_keypoint_that_is_not_there_is_told():
    bare = replace(
        SESSION.tracks,
        position=SESSION.tracks.position[:, :, 2:3],
        confidence=SESSION.tracks.confidence[:, 2:3],
        keypoints=("body_centre",),
    )
    recipe = recipes.load("light-dark", from_tracks=True)
    given = {**GIVEN, "tracks": bare}
    others = measured_otherwise(recipe, carried_out(recipe, given).known, given)
    assert "neck" in others.lacking["on a side by four paws"]
    assert set(others.measures) == {"entries from the edge on", "entries from 20 mm on"}


def test_tables_of_a_batch(tmp_path):
    for name in ("a", "b"):
        table.write_tracks(tmp_path / f"{name}.csv", light_dark(1, stay_s=1.0).tracks)
    recipe = recipes.load("light-dark", from_tracks=True)
    order = Order(recipe, tmp_path / "out", Arenas((SESSION.arena,)))
    found = entries([tmp_path / "a.csv", tmp_path / "b.csv"], tracks=True)
    assert [each.status for each in run_batch(found, order)] == ["done"] * 2
    one = table.read_otherwise(tmp_path / "out" / "a" / "otherwise.csv")
    assert {row.recording for row in one["entries from 20 mm on"].rows} == {"a.csv"}
    every = table.read_otherwise(tmp_path / "out" / "otherwise.csv")
    assert {row.recording for row in every["entries from 20 mm on"].rows} == {"a.csv", "b.csv"}
    usual = table.read_measures(tmp_path / "out" / "a" / "measures.csv")
    assert usual.value("entries to dark") == one["entries from the edge on"].value(
        "entries to dark"
    )
    assert [each.status for each in run_batch(found, order)] == ["unchanged"] * 2
    # Other definitions are another question: nothing of them is left behind.
    alone = replace(order, recipe=replace(recipe, otherwise={}))
    assert [each.status for each in run_batch(found, alone)] == ["done"] * 2
    assert not [*(tmp_path / "out").rglob("otherwise.csv")]


def test_of_a_film_only_what_follows_is_computed(tmp_path, monkeypatch):
    from ethoframe.run import one

    scene = Scene(size=(120, 160), duration_s=2.0)
    monkeypatch.setattr(one, "opened", lambda entry, order: scene.recording())
    recipe = recipes.load("open-field").configured({"arena.side_mm": 400.0})
    order = Order(recipe, tmp_path / "out")
    (done,) = run_batch([Entry("m.mp4", (tmp_path / "m.mp4",))], order)
    assert done.status == "done", done.reason
    found = table.read_otherwise(tmp_path / "out" / "m" / "otherwise.csv")
    assert set(found) == set(recipe.otherwise)
    usual = table.read_measures(tmp_path / "out" / "m" / "measures.csv")
    wide = found["centre of 50 % of the floor"]
    assert wide.value("time in centre") >= usual.value("time in centre")
    assert "distance" not in {row.quantity for row in wide.rows}
