from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Recording, Tracks
from ethoframe.report.course import Course, runs
from ethoframe.report.session import Session


def test_rows_are_every_frame_between_the_first_and_the_last(session):
    part = session.tracks.take(np.array([20, 21, 25]))
    answers = {"tracks": part, "floor_tracks": part}
    course = Course.of(replace(session, answers=answers))
    assert course.numbers.tolist() == [20, 21, 22, 23, 24, 25]
    assert course.seen.tolist() == [True, True, False, False, False, True]
    assert np.array_equal(course.picture[[0, 1, 5]], part.at("centroid"))


def test_a_filled_position_is_not_a_found_one(session):
    tracks = session.tracks
    position = np.where(np.isfinite(tracks.position), tracks.position, 50.0)
    filled = replace(tracks, position=position)
    course = Course.of(replace(session, answers={"tracks": filled}))
    assert course.placed.all()
    assert not course.seen[100:130].any()


def test_speed_is_that_of_the_walk():
    t = np.array([0.0, 0.1, 0.2, 0.4, 0.5])
    tracks = Tracks.of(np.stack([30 * t, 40 * t], axis=1), t)
    recording = replace(Recording.of(np.zeros((5, 4, 4, 1), np.uint8)), times_s=t)
    speed = Course.of(Session(recording, {"tracks": tracks})).speed()
    assert np.isnan(speed[[0, -1]]).all()
    assert speed[1:-1] == pytest.approx(50.0)


def test_a_pause_of_the_recording_is_not_time_spent():
    t = np.append(np.arange(10) / 10, 60 + np.arange(10) / 10)
    recording = replace(Recording.of(np.zeros((20, 4, 4, 1), np.uint8)), times_s=t)
    course = Course.of(Session(recording))
    assert course.lasts_s.sum() == pytest.approx(2.0)
    assert course.span_s == pytest.approx((0.0, 61.0))


def test_runs_of_nothing():
    assert runs(np.zeros(4, bool)).shape == (0, 2)
    assert runs(np.ones(4, bool)).tolist() == [[0, 4]]
