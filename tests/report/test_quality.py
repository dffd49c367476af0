from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Check, Measure, Measures, Verdict
from ethoframe.report.course import Course
from ethoframe.report.heading import key_numbers
from ethoframe.report.moments import APART_S, MOST, worst_moments
from ethoframe.report.quality import Quality
from ethoframe.report.session import Session


@pytest.fixture(scope="module")
def course(session):
    return Course.of(session)


def judged(course, **changes):
    return Quality.of(replace(course, **changes))


def test_numbers_of_the_session(course):
    quality = Quality.of(course)
    assert (quality.frames, quality.lost, quality.gaps.tolist()) == (300, 30, [[100, 130]])
    assert quality.longest_gap_s == pytest.approx(1.0)
    assert "found in 90.0 % of frames (270 of 300)" in quality.sentence
    assert len(quality.jumps) == len(quality.odd) == 0


def test_a_jump_is_found(course):
    moved = course.picture.copy()
    moved[50] += 30
    quality = judged(course, picture=moved)
    assert quality.jumps.tolist() == [50, 51]


def test_a_jump_is_found_without_a_body_length(course):
    moved = course.picture.copy()
    moved[50] += 60
    assert judged(course, picture=moved, body_px=np.nan).jumps.tolist() == [50, 51]


def test_an_odd_area_is_found(course):
    area = course.area_px2.copy()
    area[[10, 20]] *= [2.1, 0.45]
    assert judged(course, area_px2=area).odd.tolist() == [10, 20]


def test_a_recording_without_the_animal(course):
    nowhere = judged(course, seen=np.zeros(300, bool), found=np.zeros(300, bool))
    assert nowhere.sentence == "the animal was found in none of 300 frames."


def test_worst_moments_are_the_worst(course):
    picture, area = course.picture.copy(), course.area_px2.copy()
    picture[200] += 20
    area[260] *= 3
    sure = np.where(course.seen, 1.0, np.nan)
    sure[60] = 0.6
    bad = replace(course, picture=picture, area_px2=area, head_sure=sure)
    moments = worst_moments(bad, Quality.of(bad))
    why = {moment.row: moment.why for moment in moments}
    assert why[114] == "not found for 1 s (30 frames)"
    assert why.keys() & {200, 201}
    assert why[260] == "area 3.00 × its median"
    assert why[60] == "head end certain to 0.60 only"


def test_worst_moments_are_few_and_apart(make_session):
    long = Course.of(make_session(3000, lost=tuple((i, i + 2) for i in range(50, 3000, 40))))
    moments = worst_moments(long, Quality.of(long))
    times = long.times_s[[moment.row for moment in moments]]
    assert len(moments) == MOST
    assert (np.diff(times) >= APART_S).all()


def test_what_speaks_against_it_comes_first(course):
    jumps = Check(name="jumps", value=2.0, unit="%", look=0.1, moments_s=(7.01, 8.5))
    fine = Check(name="animal lost", value=0.0, unit="%", look=2.0, moments_s=(1.0,))
    moments = worst_moments(course, Quality.of(course), Verdict((fine, jumps)))
    why = {moment.row: moment.why for moment in moments}
    assert (why[210], why[255]) == ("jumps", "jumps")
    assert "animal lost" not in why.values()


def test_a_moment_of_a_check_is_the_nearest_frame(course):
    early = Check(name="hand", value=2.0, unit="%", look=0.1, moments_s=(-3.0,))
    late = Check(name="reflection", value=99.0, unit="%", look=25.0, moments_s=(99.0,))
    moments = worst_moments(course, Quality.of(course), Verdict((early, late)))
    assert [moment.row for moment in moments if moment.why in ("hand", "reflection")] == [0, 299]


def test_the_animal_and_the_point_that_is_followed_are_told_apart(course):
    found = course.seen | (np.arange(300) < 115)
    told = judged(course, found=found, keypoint="body_centre").sentence
    assert "the animal was found in 95.0 % of frames (285 of 300)" in told
    assert "its body centre, which path and speed are of, in 90.0 % (270)" in told


def test_key_numbers_are_of_the_animal_where_there_are_any():
    over = {"bin_start_s": 0.0, "bin_stop_s": 10.0, "definition": "as told"}
    frames = Measure(quantity="frames", value=300.0, unit="frames", **over)
    still = Measure(quantity="time immobility", value=90.0, unit="s", **over)
    both = key_numbers(Session(None, measures=Measures((frames, still))))
    assert "time immobility" in both
    assert "frames" not in both
    assert "frames" in key_numbers(Session(None, measures=Measures((frames,))))
