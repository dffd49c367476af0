from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Tracks
from ethoframe.methods.clean.kalman import Kalman, smoothed
from ethoframe.run import apply


def test_it_is_the_best_estimate_given_all_places() -> None:
    """Against the mean of the Gaussian that the model says of all places at once."""
    random = np.random.default_rng(0)
    t = np.cumsum(random.uniform(0.02, 0.05, 25))
    sway, noise = 400.0, random.uniform(0.5, 2, 25)
    since = t - t[0]
    a, b = np.minimum.outer(since, since), np.maximum.outer(since, since)
    wander = sway * (a**3 / 3 + a**2 * (b - a) / 2)
    first = 1e6 * sway * (np.diff(t, prepend=t[0]).max() + 1e-12)
    start = noise[0] + first * np.outer(since, since)
    points = random.normal(0, 3, (25, 2))
    prior = wander + start
    told = np.arange(1, 25)
    mean = np.repeat(points[:1], 25, axis=0)
    gain = prior[:, told] @ np.linalg.inv(prior[np.ix_(told, told)] + np.diag(noise[told]))
    expected = mean + gain @ (points[told] - mean[told])
    assert smoothed(points, noise, t, sway) == pytest.approx(expected, abs=1e-4)


def test_noise_falls_and_a_steady_course_stays() -> None:
    t = np.arange(2000) / 50
    course = np.stack([30 * t, -12 * t], axis=1)
    noisy = course + np.random.default_rng(1).normal(0, 1, course.shape)
    left = apply(Kalman(sway_s=0.3), tracks=Tracks.of(noisy, t)).at("centroid") - course
    assert left[50:-50].std() < 0.45
    exact = apply(Kalman(), tracks=Tracks.of(course, t)).at("centroid")
    assert exact == pytest.approx(course, abs=1e-3)


def test_short_gaps_are_filled_unseen_and_long_ones_stay() -> None:
    t = np.arange(300) / 30
    points = np.stack([50 * t, 20 * t], axis=1)
    points[100:104] = np.nan
    points[200:230] = np.nan
    answer = apply(Kalman(), tracks=Tracks.of(points, t))
    assert np.isfinite(answer.at("centroid")[100:104]).all()
    assert answer.at("centroid")[100:104, 0] == pytest.approx(50 * t[100:104], abs=0.1)
    assert (answer.confidence[100:104] == 0).all()
    assert np.isnan(answer.at("centroid")[200:230]).all()


def test_a_doubtful_place_counts_less() -> None:
    t = np.arange(60) / 30
    points = np.zeros((60, 2))
    points[30] = 10.0
    tracks = Tracks.of(points, t)
    sure = np.array(tracks.confidence)
    sure[30] = 0.05
    doubted = Tracks(tracks.position, sure, tracks.numbers, t, tracks.keypoints)
    believed, less = (
        np.abs(apply(Kalman(), tracks=each).at("centroid")[30, 0]) for each in (tracks, doubted)
    )
    assert less < believed / 4
