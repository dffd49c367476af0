from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import savgol_filter

from ethoframe.data import Tracks
from ethoframe.methods.clean.smooth import Smooth
from ethoframe.run import apply


def smoothed(points: np.ndarray, times_s: np.ndarray, span_s=0.2) -> np.ndarray:
    return apply(Smooth(span_s=span_s), tracks=Tracks.of(points, times_s)).at("centroid")


def walk(count: int, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 10, (count, 2)).cumsum(axis=0)


@pytest.mark.parametrize(
    ("rate", "span_s", "window"),
    [(30, 0.2, 7), (25, 0.2, 5), (50, 0.2, 11), (29.97, 0.2, 7), (30, 1.0, 31)],
)
@pytest.mark.parametrize("count", [60, 20_000])
def test_on_a_steady_clock_it_is_savitzky_golay(rate, span_s, window, count) -> None:
    points, half = walk(count), window // 2
    expected = savgol_filter(points, window, 2, axis=0)[half:-half]
    assert smoothed(points, np.arange(count) / rate, span_s)[half:-half] == pytest.approx(expected)


def test_a_parabola_stays_as_it_is_on_any_clock() -> None:
    times_s = np.random.default_rng(1).uniform(0.01, 0.06, 200).cumsum()
    points = np.stack([3 + 20 * times_s - 7 * times_s**2, times_s**2], axis=1)
    assert smoothed(points, times_s) == pytest.approx(points, abs=1e-8)


def test_noise_falls_and_the_course_stays() -> None:
    times_s = np.arange(3000) / 30
    course = 100 * np.stack([np.cos(times_s), np.sin(times_s)], axis=1)
    noise = np.random.default_rng(2).normal(0, 1, course.shape)
    left = smoothed(course + noise, times_s) - course
    # Of seven values, the parabola's value in the middle has 1/3 of the variance of each.
    assert left[3:-3].std() == pytest.approx(np.sqrt(1 / 3), rel=0.05)


def test_gaps_stay_and_reach_no_further() -> None:
    times_s = np.arange(100) / 30
    points = np.stack([20 * times_s**2, -5 * times_s], axis=1)
    points[40:50] = np.nan
    points[60] = np.nan
    answer = smoothed(points, times_s)
    assert np.array_equal(np.isnan(answer), np.isnan(points))
    assert answer == pytest.approx(points, abs=1e-8, nan_ok=True)


def test_nothing_is_smoothed_across_time_that_is_missing() -> None:
    times_s = np.concatenate([np.arange(30) / 30, 10 + np.arange(30) / 30])
    points = np.repeat([[0.0, 0.0], [500.0, 300.0]], 30, axis=0)
    assert smoothed(points, times_s) == pytest.approx(points, abs=1e-8)


def test_a_position_with_too_few_neighbours_keeps_its_own() -> None:
    points = walk(50)
    assert np.array_equal(smoothed(points, np.arange(50) * 1.0), points)
    assert np.array_equal(smoothed(points, np.arange(50) / 30, span_s=0.0), points)


def test_what_was_seen_and_how_surely_is_kept() -> None:
    points = walk(30)
    points[5] = np.nan
    tracks = Tracks.of(points, np.arange(30) / 30)
    answer = apply(Smooth(), tracks=tracks)
    assert np.array_equal(answer.confidence, tracks.confidence)


@given(st.integers(0, 99), st.floats(-1e3, 1e3), st.floats(0.1, 10))
def test_moving_and_scaling_the_path_moves_and_scales_the_answer(seed, offset, factor) -> None:
    points, times_s = walk(40, seed), np.arange(40) / 30
    moved = smoothed(factor * points + offset, times_s)
    assert moved == pytest.approx(factor * smoothed(points, times_s) + offset, abs=1e-6)


@given(st.integers(0, 99))
def test_beside_what_is_missing_it_is_the_parabola_through_what_is_there(seed) -> None:
    random = np.random.default_rng(seed)
    times_s = random.uniform(0.01, 0.06, 60).cumsum()
    points = walk(60, seed)
    points[random.random(points.shape) < 0.2] = np.nan
    answer = smoothed(points, times_s)
    for axis in (0, 1):
        for at in np.flatnonzero(np.isfinite(points[:, axis])):
            since = times_s - times_s[at]
            used = (np.abs(since) <= 0.101) & np.isfinite(points[:, axis])
            expected = points[at, axis]
            if used.sum() >= 4:
                expected = np.polynomial.Polynomial.fit(since[used], points[used, axis], 2)(0.0)
            assert answer[at, axis] == pytest.approx(expected, abs=1e-6)
