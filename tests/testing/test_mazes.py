from __future__ import annotations

import numpy as np
import pytest

from ethoframe import recipes
from ethoframe.data import Measures
from ethoframe.methods.behave.visits import Visits
from ethoframe.methods.detect.maze import Maze
from ethoframe.run import apply
from ethoframe.run.outputs import measures_in
from ethoframe.run.traced import carried_out
from ethoframe.testing.mazes import (
    RATE,
    SPEED_MM_PER_S,
    Session,
    light_dark,
    plus_maze,
    water_maze,
    y_maze,
)

ORDER = ("up", "left", "left", "down", "right", "up")


def measured(name: str, session: Session, **settings) -> Measures:
    recipe = recipes.load(name, from_tracks=True).configured(
        {"smooth.span_s": 0.0, **{k.replace("__", "."): v for k, v in settings.items()}}
    )
    found = carried_out(recipe, {"tracks": session.tracks, "arena": session.arena})
    return measures_in(found.answers)


def test_visits_of_a_plus_maze_are_exact():
    session = plus_maze(ORDER)
    arena = apply(Maze(groups=("open", "closed"), open="left-right"), arena=session.arena)
    for also, truth in (((), session.visits), (("nose",), session.also)):
        found = apply(Visits(also=also), tracks=session.tracks, arena=arena)
        seen = [
            (name.split()[-1], start, stop)
            for name, start, stop in zip(found.labels, found.start_s, found.stop_s, strict=True)
            if name != "centre"
        ]
        arms = [visit for visit in truth if visit[0] != "centre"]
        assert [name for name, *_ in seen] == [name for name, *_ in arms]
        assert np.array([times for _, *times in seen]) == pytest.approx(
            np.array([times for _, *times in arms]), abs=1 / RATE
        )


def test_the_plus_maze_as_a_recipe():
    session = plus_maze(ORDER)
    m = measured("plus-maze", session, zones__open="left-right")
    assert m.value("entries to open") == session.entries("left") + session.entries("right") == 3
    assert m.value("entries to closed") == session.entries("up") + session.entries("down") == 3
    assert m.value("entries to open of open and closed") == 50.0
    assert m.value("entries to centre") == 6
    frames = 12 / RATE  # of each crossing, one may be on either side
    for word, arms in (("open", ("left", "right")), ("closed", ("up", "down"))):
        truth = sum(session.time_s(arm) for arm in arms)
        assert m.value(f"time in {word}") == pytest.approx(truth, abs=frames)
        both = sum(session.time_s(arm, also=True) for arm in arms)
        assert m.value(f"time in {word}, by nose and body") == pytest.approx(both, abs=frames)
    parts = ("time in open", "time in closed", "time in centre", "time in no zone", "time unseen")
    assert sum(map(m.value, parts)) == pytest.approx(session.lasts_s, abs=1e-9)
    assert m.value("entries to open, by four paws") == 3


@pytest.mark.parametrize("noise_mm", [0.5, 2.0])
def test_entries_stand_against_jitter(noise_mm):
    session = plus_maze(ORDER, noise_mm=noise_mm)
    m = measured("plus-maze", session, zones__open="up-down", smooth__span_s=0.2)
    assert (m.value("entries to open"), m.value("entries to closed")) == (3, 3)


def test_the_y_maze_as_a_recipe():
    arms = [f"arm {arm}" for arm in (1, 2, 3, 1, 1, 2, 1, 3, 2, 1)]
    m = measured("y-maze", y_maze(arms))
    # 123 231 132 321 and 213 are of three arms: of eight triplets 1, 2, 5 (2 1 3), 6, 7 …
    triplets = [set(arms[i : i + 3]) for i in range(8)]
    truth = 100 * sum(len(each) == 3 for each in triplets) / 8
    assert m.value("arm entries") == 10
    assert m.value("spontaneous alternation") == pytest.approx(truth)
    assert m.value("returns to the same arm") == 1
    few = measured("y-maze", y_maze(arms[:5]))
    assert np.isnan(few.value("spontaneous alternation"))


def test_the_light_dark_box_as_a_recipe():
    session = light_dark(5)
    m = measured("light-dark", session)
    assert m.value("entries to dark") == session.entries("dark") == 3
    assert m.value("entries to light") == session.entries("light") == 2
    assert m.value("latency to dark") == pytest.approx(session.visits[1][1], abs=1e-6)
    assert m.value("time in dark") == pytest.approx(session.time_s("dark"), abs=5 / RATE)
    assert m.value("time in light") + m.value("time in dark") == pytest.approx(session.lasts_s)


@pytest.mark.parametrize("noise_mm", [0.0, 2.0])
def test_a_swim_to_the_platform(noise_mm):
    way = [(-500.0, 0.0), (-100.0, 450.0), (300.0, 100.0)]
    session = water_maze(way, noise_mm=noise_mm)
    m = measured("water-maze", session)
    ((_, found_s, _),) = session.visits
    truth_mm = found_s * SPEED_MM_PER_S
    assert m.value("latency to platform") == pytest.approx(found_s, abs=2 / RATE)
    assert m.value("latency to platform, capped") == m.value("latency to platform")
    quarters = ("target", "left", "opposite", "right")
    shares = [m.value(f"share of time in {quarter} quadrant") for quarter in quarters]
    assert sum(shares) == pytest.approx(100.0)
    assert m.value("crossings of platform") == 1
    if noise_mm == 0:
        assert m.value("path to platform") == pytest.approx(truth_mm, abs=6)
        assert m.value("speed of search") == pytest.approx(SPEED_MM_PER_S, rel=0.01)
        straight = np.hypot(750.0, 150.0) - 50.0
        assert m.value("path efficiency to platform") == pytest.approx(
            straight / truth_mm, rel=0.01
        )


def test_a_probe_with_three_crossings():
    way = [(-500.0, 0.0), (300.0, -160.0), (-300.0, -160.0), (550.0, 0.0), (250.0, 100.0)]
    session = water_maze(way, stay_s=0.0)
    crossings = [start for _, start, _ in session.visits]
    assert len(crossings) == 3
    m = measured("water-maze", session, search__probe=True)
    assert m.value("crossings of platform") == 3
    assert m.value("latency to platform") == pytest.approx(crossings[0], abs=1 / RATE)
