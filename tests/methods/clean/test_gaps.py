from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Tracks
from ethoframe.methods.clean.gaps import Gaps
from ethoframe.run import apply
from ethoframe.testing import strategies

RATE = 20.0


def line(times_s: np.ndarray) -> np.ndarray:
    return np.stack([100 * times_s, 30 - 40 * times_s], axis=1)


def holed(*gaps: slice, times_s: np.ndarray | None = None) -> Tracks:
    """A walk on a straight line at steady speed, which was not seen in some frames."""
    times_s = np.arange(60) / RATE if times_s is None else times_s
    points = line(times_s)
    for gap in gaps:
        points[gap] = np.nan
    return Tracks.of(points, times_s)


def filled(tracks: Tracks, longest_s=0.25) -> Tracks:
    return apply(Gaps(longest_s=longest_s), tracks=tracks)


def test_a_short_gap_is_a_straight_line() -> None:
    answer = filled(holed(slice(10, 14)))
    assert answer.at("centroid") == pytest.approx(line(answer.times_s))


def test_what_is_filled_is_not_taken_for_seen() -> None:
    tracks = holed(slice(10, 14))
    assert np.array_equal(filled(tracks).confidence, tracks.confidence)
    assert (filled(tracks).confidence[10:14] == 0).all()


@pytest.mark.parametrize(("missing", "whole"), [(1, True), (4, True), (5, False), (20, False)])
def test_a_gap_is_as_long_as_the_time_from_seen_to_seen(missing, whole) -> None:
    # At 20 frames a second, four missing frames are five steps, which are a quarter second.
    answer = filled(holed(slice(20, 20 + missing)))
    assert np.isfinite(answer.position).all() == whole
    assert answer.seen.sum() == (60 if whole else 60 - missing)


@pytest.mark.parametrize("gap", [slice(0, 2), slice(58, 60)])
def test_a_gap_with_no_other_side_stays(gap) -> None:
    assert np.array_equal(filled(holed(gap)).position, holed(gap).position, equal_nan=True)


@pytest.mark.parametrize(("dropped", "whole"), [(1, True), (4, True), (5, False)])
def test_frames_that_were_dropped_leave_neighbours_if_they_are_few(dropped, whole) -> None:
    kept = np.delete(np.arange(60), np.arange(20, 20 + dropped))
    tracks = holed().take(kept)
    answer = filled(tracks)
    assert np.array_equal(answer.position, tracks.position)
    assert len(answer.pieces("centroid")) == (1 if whole else 2)
    assert answer.frame_s.sum() == pytest.approx(60 / RATE if whole else (60 - dropped) / RATE)


def test_time_counts_and_not_frames() -> None:
    times_s = np.array([0.0, 0.1, 0.12, 0.2, 0.5, 0.6, 0.7])
    answer = filled(holed(slice(2, 3), slice(4, 5), times_s=times_s), longest_s=0.3)
    assert answer.at("centroid")[2] == pytest.approx(line(times_s)[2])
    assert np.isnan(answer.at("centroid")[4]).all()


def test_each_keypoint_has_its_own_gaps() -> None:
    times_s = np.arange(20) / RATE
    position = np.stack([line(times_s), line(times_s) + 5], axis=2)[..., None]
    position[3:5, :, 0], position[8:10, :, 1] = np.nan, np.nan
    seen = np.isfinite(position).all(axis=1).astype(float)
    tracks = Tracks(position, seen, np.arange(20), times_s, ("nose", "tail"))
    answer = filled(tracks)
    assert answer.at("nose") == pytest.approx(line(times_s))
    assert answer.at("tail") == pytest.approx(line(times_s) + 5)


@given(strategies.tracks(), st.floats(0, 3))
def test_what_was_seen_is_left_alone_and_a_second_time_changes_nothing(tracks, longest_s) -> None:
    answer = filled(tracks, longest_s)
    seen = np.isfinite(tracks.position)
    assert np.array_equal(answer.position[seen], tracks.position[seen])
    assert filled(answer, longest_s) == answer


@given(strategies.tracks())
def test_no_time_fills_nothing(tracks) -> None:
    assert filled(tracks, 0.0) == tracks
