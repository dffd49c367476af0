from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Measures, Tracks
from ethoframe.methods.measure.quality import Quality
from ethoframe.run import apply

RATE = 30.0


def still(seconds=60.0, noise_mm=0.0, speed=0.0, seed=1) -> Tracks:
    times_s = np.arange(round(seconds * RATE)) / RATE
    points = speed * times_s[:, None] * [0.6, 0.8]
    points = points + np.random.default_rng(seed).normal(0, 1, points.shape) * noise_mm
    return replace(Tracks.of(points, times_s), unit="mm")


def judged(tracks: Tracks, **parameters) -> Measures:
    return apply(Quality(**parameters), tracks=tracks)


def test_frames_lost_are_those_not_found_and_some_of_them_are_filled() -> None:
    tracks = still()
    position, confidence = tracks.position.copy(), tracks.confidence.copy()
    confidence[100:120] = 0
    position[105:120] = np.nan
    m = judged(replace(tracks, position=position, confidence=confidence))
    assert m.value("frames") == 1800
    assert m.value("frames lost") == 20
    assert m.value("frames filled") == 5


@pytest.mark.parametrize("speed", [0.0, 60.0])
@pytest.mark.parametrize("noise_mm", [0.0, 0.2, 1.0])
def test_jitter_is_the_scatter_about_a_straight_course(noise_mm, speed) -> None:
    row = judged(still(noise_mm=noise_mm, speed=speed)).row("jitter while still")
    # In two directions √2 times that in one; somewhat less in the quietest tenth of the windows.
    assert row.value == pytest.approx(np.sqrt(2) * noise_mm, rel=0.3, abs=1e-9)
    assert row.unit == "mm"


def test_an_animal_that_is_never_still_does_not_pass_for_noise() -> None:
    angle = np.arange(1800) / RATE
    points = 100 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    tracks = replace(Tracks.of(points, angle), unit="mm")
    # 100 mm/s; in half a second it leaves the straight course by 0.9 mm in the root mean square.
    assert judged(tracks).value("jitter while still") < 1.5


@pytest.mark.parametrize(("speed", "share"), [(0.0, 40.0), (200.0, 0.0)])
def test_time_under_the_noise_floor_tells_rest_from_movement(speed, share) -> None:
    under = judged(still(noise_mm=0.3, speed=speed)).value("time under the noise floor")
    assert under == pytest.approx(share, abs=25)
    assert (under > 15) == (speed == 0)


def test_the_head_is_certain_as_often_as_the_ends_say_so() -> None:
    count = 200
    sure = np.where(np.arange(count) < 150, 0.99, 0.6)
    confidence = np.stack([np.ones(count), sure, sure], axis=1)[..., None]
    position = np.zeros((count, 2, 3, 1))
    position[:, 0, 1], position[:, 0, 2] = 5, -5
    names = ("centroid", "head_end", "tail_end")
    tracks = Tracks(position, confidence, np.arange(count), np.arange(count) / RATE, names)
    assert judged(tracks).value("head end certain") == pytest.approx(75.0)
    assert "head end certain" not in {row.quantity for row in judged(still()).rows}


def test_it_covers_the_whole_session() -> None:
    for row in judged(still(seconds=10.0)).rows:
        assert (row.bin_start_s, row.bin_stop_s) == pytest.approx((0.0, 10.0))


def test_no_frames_no_measures() -> None:
    assert len(judged(still(seconds=0.0))) == 0


def test_a_window_without_four_points_says_nothing() -> None:
    assert np.isnan(judged(still(), window_s=0.05).value("jitter while still"))
