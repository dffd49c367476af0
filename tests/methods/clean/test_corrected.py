from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Correction, Corrections, Refusal, Tracks
from ethoframe.methods.clean.corrected import Corrected
from ethoframe.run import apply

NAMES = ("centroid", "head_end", "tail_end")
TIMES_S = 2.0 + np.arange(100) / 30


@pytest.fixture
def tracks() -> Tracks:
    centre = np.stack([30 * TIMES_S, 10 * TIMES_S], axis=1)
    places = np.stack([centre, centre + 5, centre - 5], axis=2)[..., None]
    places[50:60] = np.nan
    sure = 0.6 * np.isfinite(places).all(axis=1)
    features = {"area_px2": np.full((100, 1), 80.0)}
    return Tracks(places, sure, np.arange(100), TIMES_S, NAMES, features=features)


def corrected(tracks: Tracks, *rows: Correction) -> Tracks:
    return apply(Corrected(), tracks=tracks, corrections=Corrections(rows))


def row(start: float, stop: float, what: str = "ignore", **more) -> Correction:
    return Correction(start_s=start, stop_s=stop, what=what, **more)


def test_without_corrections_nothing_changes(tracks) -> None:
    assert apply(Corrected(), tracks=tracks) == tracks
    assert corrected(tracks) == tracks


def test_what_is_ignored_was_not_found(tracks) -> None:
    answer = corrected(tracks, row(TIMES_S[10], TIMES_S[20]))
    gone = ~answer.seen
    assert np.flatnonzero(gone).tolist() == [*range(10, 20), *range(50, 60)]
    assert not answer.confidence[10:20].any()
    assert np.isnan(answer.feature("area_px2")[10:20]).all()
    assert np.isfinite(answer.feature("area_px2")[:10]).all()


def test_a_point_is_where_a_person_says(tracks) -> None:
    told = row(TIMES_S[52], TIMES_S[55], "point", keypoint="centroid", x_px=7.0, y_px=8.0)
    answer = corrected(tracks, told)
    assert np.all(answer.at("centroid")[52:55] == (7.0, 8.0))
    assert np.all(answer.confidence[52:55, 0] == 1)
    assert not answer.seen[50:52].any()
    assert not answer.seen[55:60].any()
    assert np.isnan(answer.at("head_end")[50:60]).all()


def test_ends_change_places_and_are_sure(tracks) -> None:
    answer = corrected(tracks, row(TIMES_S[40], TIMES_S[55], "swap ends"))
    assert np.array_equal(answer.at("head_end")[40:50], tracks.at("tail_end")[40:50])
    assert np.array_equal(answer.at("tail_end")[40:50], tracks.at("head_end")[40:50])
    assert np.array_equal(answer.at("head_end")[:40], tracks.at("head_end")[:40])
    assert np.all(answer.confidence[40:50, 1:] == 1)
    assert not answer.confidence[50:55].any()
    assert np.all(answer.confidence[40:50, 0] == 0.6)


def test_a_later_correction_is_made_after_an_earlier_one(tracks) -> None:
    point = row(TIMES_S[10], TIMES_S[11], "point", keypoint="centroid", x_px=1.0, y_px=2.0)
    ignore = row(TIMES_S[9], TIMES_S[12])
    assert not corrected(tracks, point, ignore).seen[9:12].any()
    assert corrected(tracks, ignore, point).seen[9:12].tolist() == [False, True, False]


@pytest.mark.parametrize("number", [0, 7, 99])
def test_a_time_copied_from_a_page_names_its_frame(number) -> None:
    shown = round(float(TIMES_S[number]), 2)
    assert row(shown, shown).frames(TIMES_S) == slice(number, number + 1)


@pytest.mark.parametrize("span", [(0.0, 1.5), (5.4, 9.0), (9.0, np.inf), (-np.inf, 1.0)])
def test_times_outside_the_recording_mean_no_frame(span) -> None:
    found = row(*span).frames(TIMES_S)
    assert found.stop == found.start


def test_a_correction_in_a_pause_of_the_recording_means_no_frame() -> None:
    times_s = np.concatenate([TIMES_S, TIMES_S + 60])
    for span in ((30.0, 30.0), (20.0, 40.0)):
        found = row(*span).frames(times_s)
        assert found.stop == found.start
    assert row(5.0, np.inf).frames(times_s) == slice(90, 200)


def test_a_correction_to_the_end_takes_the_last_frame() -> None:
    assert row(5.2, np.inf).frames(TIMES_S) == slice(96, 100)
    assert row(-np.inf, np.inf).frames(TIMES_S[:1]) == slice(0, 1)


def test_a_point_that_the_tracks_do_not_have_is_refused(tracks) -> None:
    with pytest.raises(Refusal, match="no point called 'nose'; name one of centroid, head_end"):
        corrected(tracks, row(2.1, 2.2, "point", keypoint="nose", x_px=1.0, y_px=1.0))


def test_tracks_on_the_floor_are_refused(tracks) -> None:
    floor = Tracks(tracks.position, tracks.confidence, tracks.numbers, TIMES_S, NAMES, unit="mm")
    with pytest.raises(Refusal, match="corrections are in px, and the tracks in mm"):
        corrected(floor, row(2.1, 2.2))


@given(st.floats(1.5, 6.0), st.floats(0.0, 2.0))
def test_ends_are_taken_to_the_nearest_frame(start: float, lasts: float) -> None:
    found = row(start, start + lasts).frames(TIMES_S)
    inside = TIMES_S[found]
    assert (inside > start - 0.51 / 30).all()
    assert (inside < start + lasts + 0.51 / 30).all()
    after, before = start + 0.51 / 30, start + lasts - 0.51 / 30
    sure = (after <= TIMES_S) & (before > TIMES_S)
    assert np.isin(np.flatnonzero(sure), np.arange(100)[found]).all()


@given(st.lists(st.tuples(st.floats(1.9, 5.5), st.floats(0, 1), st.booleans()), max_size=4))
def test_ignoring_and_placing_twice_is_as_once(spans) -> None:
    point = {"what": "point", "keypoint": "centroid", "x_px": 3.0, "y_px": 4.0}
    rows = [
        Correction(start_s=a, stop_s=a + b, **(point if placed else {"what": "ignore"}))
        for a, b, placed in spans
    ]
    walk = Tracks.of(np.stack([TIMES_S, TIMES_S], axis=1), TIMES_S)
    once = corrected(walk, *rows)
    assert corrected(once, *rows) == once
