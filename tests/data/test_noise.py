from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data.noise import jitter, scatter, slowest


def noisy(rate: float, noise: float, seconds: float = 60.0) -> tuple[np.ndarray, np.ndarray]:
    """Rests, and then circles and stops again and again, seen with noise along both axes."""
    t = np.arange(round(seconds * rate)) / rate
    turn = 2.5 * np.maximum(np.sin(0.4 * t), 0)
    course = 80 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return course + np.random.default_rng(3).normal(0, noise, course.shape), t


@pytest.mark.parametrize("rate", [15.0, 30.0, 100.0])
@pytest.mark.parametrize("noise", [0.2, 1.0])
def test_noise_is_found_whatever_the_rate(rate, noise) -> None:
    assert jitter(*noisy(rate, noise), 1.0) == pytest.approx(np.sqrt(2) * noise, rel=0.2)


def test_movement_without_noise_is_none() -> None:
    points, times_s = noisy(30.0, 0.0)
    assert jitter(points, times_s, 1.0) < 0.02


def test_gaps_and_missing_frames_are_left_out() -> None:
    points, times_s = noisy(30.0, 0.5)
    points[100:140] = np.nan
    kept = np.r_[:400, 460 : len(points)]
    assert jitter(points[kept], times_s[kept], 1.0) == pytest.approx(0.7, rel=0.2)


def test_of_smoothed_places_neighbours_do_not_tell() -> None:
    points, times_s = noisy(50.0, 1.0)
    mean = np.stack([np.convolve(c, np.ones(9) / 9, "same") for c in points.T], axis=1)
    assert jitter(mean, times_s, 1.0) < 0.2
    assert jitter(mean, times_s, 1.0, apart_s=0.18) == pytest.approx(np.sqrt(2) / 3, rel=0.25)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_places_tell_nothing(count) -> None:
    assert np.isnan(jitter(np.zeros((count, 2)), np.arange(count) / 30, 1.0))
    assert np.isnan(jitter(np.full((90, 2), np.nan), np.arange(90) / 30, 1.0))


def test_the_slowest_speed_is_where_chance_ends() -> None:
    """Of windows in which nothing moves, about one in forty scatters more."""
    chance, count, noise = np.random.default_rng(0), 16, 0.5
    places = chance.normal(0, noise / np.sqrt(2), (20_000, count, 2))
    scatter = places.var(axis=1).sum(axis=1) - noise**2 * (count - 1) / count
    limit = slowest(noise, 0.3, 0.02, 2.0) ** 2 * (np.arange(count) * 0.02).var()
    assert np.mean(scatter > limit) == pytest.approx(0.03, abs=0.015)
    assert slowest(0.0, 0.3, 0.02, 2.0) == 0


# Scatter about straight courses.


@given(st.integers(0, 99), st.floats(-100, 100), st.floats(-100, 100))
def test_a_steady_course_more_or_less_is_no_scatter(seed, vx, vy) -> None:
    times_s = np.arange(150) / 30
    points = np.random.default_rng(seed).normal(0, 0.5, (150, 2))
    moving = points + times_s[:, None] * [vx, vy]
    assert scatter(moving, times_s, 0.5) == pytest.approx(scatter(points, times_s, 0.5))


@pytest.mark.parametrize("rate", [15.0, 30.0, 100.0])
def test_scatter_is_somewhat_less_than_noise(rate) -> None:
    points, times_s = noisy(rate, 0.5)
    off, speed = scatter(points, times_s, 0.5)
    assert 0.6 < off / (np.sqrt(2) * 0.5) < 1
    assert 0.6 < speed / (np.sqrt(2) * np.sqrt(2) * 0.5 * rate) < 1


def test_scatter_of_windows_that_are_not_all_seen_tells_nothing() -> None:
    points, times_s = noisy(30.0, 0.5, seconds=10.0)
    points[::10] = np.nan
    assert np.isnan(scatter(points, times_s, 0.5)).all()
    assert np.isnan(scatter(points[:3], times_s[:3], 0.5)).all()
