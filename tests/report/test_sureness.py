from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Tracks
from ethoframe.report.course import Course
from ethoframe.report.page import page
from ethoframe.report.session import Session
from ethoframe.report.sureness import MOST, Sureness
from ethoframe.run.traced import stand_in

GATED = {
    "recipe": "gait-run",
    "steps": {"sure": {"method": "clean/gate", "parameters": {"sure": 0.8}}},
}
ALONE = {"method": "measure/quality", "version": "2", "parameters": {"window_s": 0.5}}


def tracked(count=100, keypoints=("nose", "tail_base"), individuals=("animal",)):
    """Every keypoint moves by 1 px a frame; the first is unsure in ten frames."""
    shape = len(keypoints), len(individuals)
    x = np.arange(count, dtype=float)
    position = np.broadcast_to(
        np.stack([x, np.zeros(count)], 1)[:, :, None, None], (count, 2, *shape)
    )
    sure = np.full((count, *shape), 0.95)
    sure[10:20, 0] = 0.3
    return Tracks(position, sure, np.arange(count), x / 30, keypoints, individuals)


def session(read, told=None, **answers):
    return Session(stand_in(read, "m.csv"), answers, provenance=told or {})


def test_numbers_are_those_of_what_was_read():
    tracks = tracked()
    left = np.where(tracks.confidence[:, None] >= 0.8, tracks.position, np.nan)
    answer = replace(tracks, position=left, confidence=np.where(tracks.confidence >= 0.8, 0.95, 0))
    found = Sureness.of(session(tracks, GATED, tracks=answer))
    assert found.names == ("nose", "tail_base")
    assert (found.gate, found.applied) == (0.8, True)
    assert found.below.tolist() == [0.1, 0.0]
    assert np.isnan(found.steps[0]).all()
    assert np.allclose(found.steps[1:], 1.0)
    assert found.both.sum(axis=0).tolist() == [88, 99]


def test_only_frames_that_were_asked_for_count():
    tracks = tracked()
    found = Sureness.of(session(tracks, GATED, tracks=tracks.take(np.arange(15, 60))))
    assert len(found.times_s) == 45
    assert found.below[0] == pytest.approx(5 / 45)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_tracks_that_say_nothing_have_none(value):
    tracks = tracked()
    told = replace(tracks, confidence=np.full_like(tracks.confidence, value))
    assert Sureness.of(session(told)) is None
    assert 'id="confidence' not in page(session(told))


def test_a_silhouette_has_none(make_session):
    assert Sureness.of(make_session()) is None


def test_a_method_that_left_nothing_out_says_so():
    found = Sureness.of(session(tracked(), ALONE))
    assert (found.gate, found.applied) == (0.6, False)
    assert "left none out" in found.rule


def test_several_animals_each_by_name_and_one_alone():
    pair = tracked(individuals=("a", "b"))
    assert Sureness.of(session(pair, ALONE)).names == (
        "nose · a",
        "tail_base · a",
        "nose · b",
        "tail_base · b",
    )
    assert Sureness.of(session(pair, GATED, tracks=pair.alone("b"))).names == ("nose", "tail_base")


def test_of_very_many_keypoints_the_least_sure_are_drawn():
    names = tuple(f"k{i}" for i in range(40))
    tracks = tracked(keypoints=names)
    sure = np.full_like(tracks.confidence, 0.95)
    sure[:10, 35] = 0.2
    found = Sureness.of(session(replace(tracks, confidence=sure), ALONE))
    assert len(found.names) == MOST
    assert "k35" in found.names
    assert found.left_out == 40 - MOST


def test_what_the_method_is_not_sure_of_is_not_followed():
    told = {"method": "behave/steps", "parameters": {"sure": 0.6}}
    course = Course.of(session(tracked(keypoints=("body_centre", "nose")), told))
    assert course.seen.sum() == 90
    assert course.found.all()
    assert course.whom == "body centre"


def test_a_page_of_one_method_misses_nothing_that_was_not_asked():
    text = page(session(tracked(), ALONE))
    for key in ("confidence", "confidence-histogram", "step-histogram", "trajectory", "tracking"):
        assert f'id="{key}"' in text
    for absent in ("No arena is known:", "No zones were given", "Nobody judged", "Key numbers"):
        assert absent not in text
    assert "measure/quality" in text


def test_keypoints_that_were_left_out_are_not_drawn():
    tracks = tracked(keypoints=("nose", "corner"))
    within = Tracks(
        tracks.position[:, :, :1],
        tracks.confidence[:, :1],
        tracks.numbers,
        tracks.times_s,
        ("nose",),
    )
    assert Sureness.of(session(tracks, GATED, tracks=within)).names == ("nose",)


def test_a_floor_is_missed_only_where_the_assay_needs_one():
    tracks = tracked()
    visits, none = ({"gives": gives} for gives in ({"visits": "visits"}, {"tracks": "within"}))
    needs, needs_not = (page(session(tracks, told, tracks=tracks)) for told in (visits, none))
    assert "No arena is known:" in needs
    assert "No zones were given" in needs
    assert "No arena is known:" not in needs_not
    assert "No zones were given" not in needs_not
