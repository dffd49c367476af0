from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.report.course import Course
from ethoframe.report.figures.occupancy import Occupancy, round_size
from ethoframe.report.figures.plane import Bounds, floor_arena


@pytest.fixture(scope="module")
def course(session):
    return Course.of(session)


def test_time_sums_to_the_time_seen(session, course):
    arena = floor_arena(session.arena, course, 1.0)
    found = Occupancy.of(course, Bounds.around(course.floor, arena))
    assert found.density.sum() * found.cell**2 == pytest.approx(course.lasts_s[course.seen].sum())
    assert found.outside_s == 0


def test_time_far_outside_is_counted_apart(session, course):
    floor = course.floor.copy()
    floor[200:210] = 5000.0
    arena = floor_arena(session.arena, course, 1.0)
    found = Occupancy.of(replace(course, floor=floor), Bounds.around(floor, arena))
    assert found.outside_s == pytest.approx(course.lasts_s[200:210].sum())
    inside = found.density.sum() * found.cell**2
    assert inside + found.outside_s == pytest.approx(course.lasts_s[course.seen].sum())


def test_the_brightest_place_is_where_the_animal_stayed(session, course):
    floor = np.full_like(course.floor, [120.0, 310.0])
    floor[:20] = [400.0, 50.0]
    arena = floor_arena(session.arena, course, 1.0)
    found = Occupancy.of(replace(course, floor=floor), Bounds.around(floor, arena))
    row, column = np.unravel_index(found.density.argmax(), found.density.shape)
    x = found.bounds.left + (column + 0.5) * found.cell
    y = found.bounds.top + (row + 0.5) * found.cell
    assert (x, y) == pytest.approx((120.0, 310.0), abs=found.cell)


def test_an_animal_that_never_moves(course):
    floor = np.full_like(course.floor, 7.0)
    found = Occupancy.of(replace(course, floor=floor), Bounds.around(floor, None))
    assert found.density.sum() * found.cell**2 == pytest.approx(course.lasts_s.sum())


@given(st.floats(1e-6, 1e6))
def test_a_round_size_is_just_below(size):
    rounded = round_size(size)
    assert size / 2.5 * 0.999 <= rounded <= size * 1.001
    assert f"{rounded:.0e}"[0] in "125"


def test_arena_in_every_unit(session, course):
    to_floor = session.arena.to_floor
    assert floor_arena(session.arena, course, 1.0) == session.arena.mapped(to_floor)
    assert floor_arena(session.arena, replace(course, unit="px"), 1.0) is session.arena
    lengths = floor_arena(session.arena, replace(course, unit="bl"), 10.0)
    assert lengths.outline == pytest.approx(session.arena.outline / 10)
    unscaled = replace(session.arena, sides_mm=None)
    assert floor_arena(unscaled, course, 1.0) is None
