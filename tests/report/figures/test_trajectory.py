from __future__ import annotations

import base64
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.report.course import Course
from ethoframe.report.figures.occupancy import occupancy
from ethoframe.report.figures.plane import Bounds, floor_arena
from ethoframe.report.figures.trajectory import evenly_along, trajectory


@given(st.integers(0, 2000), st.integers(2, 300), st.integers(0, 2**32 - 1))
def test_points_are_few_rising_and_hold_both_ends(count, most, seed):
    random = np.random.default_rng(seed)
    points = np.cumsum(random.normal(0, 1, (count, 2)), axis=0)
    points[random.random(count) < 0.2] = np.nan
    kept = evenly_along(points, most)
    found = np.flatnonzero(np.isfinite(points).all(axis=1))
    assert len(kept) <= most
    assert (np.diff(kept) > 0).all()
    assert set(kept) <= set(found)
    if len(found):
        assert (kept[0], kept[-1]) == (found[0], found[-1])


def test_rest_takes_no_points_from_running():
    rest, run = np.zeros((10_000, 2)), np.stack([np.arange(1000.0)] * 2, axis=1)
    kept = evenly_along(np.concatenate([rest, run]), 200)
    assert (kept >= 9_999).sum() > 190


def test_an_animal_that_never_moves():
    kept = evenly_along(np.ones((500, 2)), 100)
    assert 1 <= len(kept) <= 100


@pytest.mark.parametrize("unit", ["mm", "px"])
def test_the_path_is_drawn_in_the_unit_of_the_floor(make_session, unit):
    """As the occupancy beside it is; the arena and the empty scene are carried there too."""
    session = make_session(unit=unit)
    course = Course.of(session)
    plate = trajectory(session, course)
    assert f"x ({unit})" in plate.svg
    assert f"x ({unit})" in occupancy(session, course).svg
    assert "data:image/jpeg" in plate.svg
    assert ("on the floor" in plate.caption) == (unit == "mm")


def test_the_scene_lies_under_the_path_it_was_seen_with(make_session):
    """A bright spot of the picture is where the animal was that stood on it."""
    session = make_session()
    course = Course.of(session)
    background = session.background
    pixels = background.pixels.copy()
    x, y = course.picture[0].round().astype(int)
    pixels[0, y - 2 : y + 3, x - 2 : x + 3, 0] = 250.0
    lit = replace(background, pixels=pixels)
    svg = trajectory(replace(session, answers={**session.answers, "background": lit}), course).svg
    coded = re.search(r"data:image/jpeg;base64,([^\"]+)", svg).group(1)
    seen = cv2.imdecode(np.frombuffer(base64.b64decode(coded), np.uint8), cv2.IMREAD_GRAYSCALE)
    bounds = Bounds.around(course.floor, floor_arena(session.arena, course, 1.0))
    rows, columns = np.nonzero(seen >= 253)
    inside = columns < seen.shape[1] - 1
    left = (
        bounds.left
        + (columns[inside].mean() + 0.5) * (bounds.right - bounds.left) / (seen.shape[1])
    )
    top = bounds.top + (rows[inside].mean() + 0.5) * (bounds.bottom - bounds.top) / seen.shape[0]
    assert np.hypot(*(course.floor[0] - [left, top])) < 5.0  # a pixel is 5 mm
