from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Episodes
from ethoframe.report.course import Course
from ethoframe.report.figures.gait import WINDOW_S, body_speed, gait, window

PAWS = ("left fore paw", "right fore paw", "right hind paw", "left hind paw")


def walk(count, paws=PAWS):
    parts = []
    for at, paw in enumerate(paws):
        down = 0.1 + 0.4 * np.arange(count) + 0.05 * at
        support = [[0.1, 0.5 + 0.4 * count]]
        parts.append(Episodes.of(f"{paw} stance", np.stack([down, down + 0.25], 1), support))
        swings = np.stack([down + 0.25, down + 0.4], 1)
        parts.append(Episodes.of(f"{paw} swing", swings, support))
    return Episodes.merged(parts)


def walked(session, steps):
    return replace(session, answers={**session.answers, "steps": steps})


def test_paws_stand_in_the_order_of_hildebrand(session):
    course = Course.of(session)
    svg = gait(walked(session, walk(10)), course).svg
    told = svg.split("</title>")[0]
    order = ("left hind", "left fore", "right fore", "right hind")
    assert sorted(order, key=told.index) == list(order)
    assert "10 stances, 10 swings" in told
    assert "body (mm/s)" in svg


def test_a_long_walk_is_drawn_in_part_and_says_so(session):
    steps = walk(100)
    assert np.diff(window(steps, list(PAWS))) == pytest.approx(WINDOW_S)
    assert "with the most steps" in gait(walked(session, steps), Course.of(session)).caption
    assert "with the most" not in gait(walked(session, walk(9)), Course.of(session)).caption


def test_no_steps_no_picture(session):
    course = Course.of(session)
    assert gait(session, course) is None
    none = gait(walked(session, Episodes.of("paw stance", np.zeros((0, 2)), [[0, 9]])), course)
    assert none.svg == ""
    assert "No paw" in none.caption


def test_the_body_is_as_fast_as_it_walks(session):
    course = Course.of(session)
    times_s = course.times_s
    straight = replace(course, floor=np.stack([30 * times_s, 40 * times_s], axis=1))
    _, speed = body_speed(straight)
    assert np.isfinite(speed).sum() > 250
    assert speed[np.isfinite(speed)] == pytest.approx(50.0)
