"""What a film is not enough for: told of before the animal is followed, or left out."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe import recipes
from ethoframe.data import Arena, Refusal
from ethoframe.run.analysis import Analysis
from ethoframe.testing.scenes import Scene

CROSS = [
    (65, 5), (95, 5), (95, 45), (155, 45), (155, 75), (95, 75),
    (95, 115), (65, 115), (65, 75), (5, 75), (5, 45), (65, 45),
]  # fmt: skip


def test_arms_by_the_body_and_a_line_of_what_is_left_out():
    scene = Scene(size=(120, 160), duration_s=4.0)
    recipe = recipes.load("plus-maze").configured({"zones.open": "up-down"})
    arena = Arena("polygon", np.array(CROSS, float), (400.0, 300.0))
    analysis = Analysis(scene.recording(), recipe, {"arena": arena})
    answers = analysis.answers()
    (one, other) = analysis.lacking[""]
    assert one.startswith(
        "without arms by nose and body, head dips, head dip episodes: no keypoint"
    )
    assert other.startswith("without arms by four paws")
    m = answers["arms"]
    zones = ("time in open", "time in closed", "time in no zone", "time unseen")
    whole = sum(map(m.value, zones)) + answers["zones"].value("time in centre")
    assert whole == pytest.approx(m.row("time in open").bin_stop_s, abs=0.1)


WITHOUT_A_FLOOR = (
    "light-dark", "object-recognition", "plus-maze", "social-interaction", "water-maze", "y-maze",
)  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_A_FLOOR)
def test_nobody_follows_a_film_whose_zones_nobody_drew(name):
    watched: list[str] = []
    film = Scene(size=(120, 160), duration_s=1.0).recording()
    analysis = Analysis(film, recipes.load(name), told=lambda what, *_: watched.append(what))
    with pytest.raises(Refusal, match=r"where the floor and its zones are; draw them .*--arena"):
        analysis.answers()
    assert watched == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("light-dark", "it has no zones"),
        ("plus-maze", "nobody says which arms are open"),
        ("water-maze", "it has no zones"),
        ("y-maze", "its outline shows no 3 arms"),
    ],
)
def test_nor_one_whose_zones_are_not_those_of_the_assay(name, why):
    watched: list[str] = []
    film = Scene(size=(120, 160), duration_s=1.0).recording()
    arena = Arena("polygon", np.array(CROSS, float), (400.0, 300.0))
    told = lambda what, *_: watched.append(what)  # noqa: E731
    with pytest.raises(Refusal, match=why):
        Analysis(film, recipes.load(name), {"arena": arena}, told=told).answers()
    assert watched == ["zones"]


def test_there_is_nothing_to_be_set_of_what_is_given():
    with pytest.raises(Refusal, match=r"plus-maze.arena: it is given, and there is nothing to be"):
        recipes.load("plus-maze").configured({"arena.side_mm": 400.0})
