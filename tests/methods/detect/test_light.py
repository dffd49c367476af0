from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Values
from ethoframe.methods.detect.light import Light

STEP_S = 1 / 30


def lamp(on_s, exposed_s, frames=300, noise=0.0, low=40.0, high=200.0, seed=0):
    """Mean level of each frame, whose exposure has its time in the middle; lit `on_s` (n, 2)."""
    t = np.arange(frames) * STEP_S
    begun, over = t[:, None] - exposed_s / 2, t[:, None] + exposed_s / 2
    lit = np.clip(np.minimum(over, on_s[:, 1]) - np.maximum(begun, on_s[:, 0]), 0, None).sum(axis=1)
    level = low + (high - low) * lit / exposed_s
    return levels(level + np.random.default_rng(seed).normal(0, noise, frames), t)


def levels(level, t=None):
    count = len(level)
    t = np.arange(count) * STEP_S if t is None else t
    table = np.asarray(level, np.float64)[:, None]
    return Values(table, ("level",), ("level",), np.arange(count), t)


def spans(seed=1, count=8):
    starts = 0.5 + np.cumsum(np.random.default_rng(seed).uniform(0.4, 1.2, count))
    return np.stack([starts, starts + 0.21], axis=1)


@given(st.integers(0, 1000))
def test_where_frames_are_exposed_all_the_time_ons_are_exact(seed):
    on = spans(seed)
    found = Light().apply(level=lamp(on, STEP_S))
    assert found.spans("on") == pytest.approx(on, abs=1e-9)


@given(st.integers(0, 1000), st.floats(0.001, STEP_S))
def test_shorter_exposures_tell_to_half_of_what_is_not_exposed(seed, exposed_s):
    on = spans(seed)
    found = Light().apply(level=lamp(on, exposed_s))
    assert len(found) == len(on)
    assert np.abs(found.spans("on") - on).max() <= (STEP_S - exposed_s) / 2 + 1e-9


def test_noise_and_a_slow_lamp_are_no_blinks():
    on = spans(4)
    found = Light().apply(level=lamp(on, STEP_S, noise=12.0))
    assert found.spans("on") == pytest.approx(on, abs=0.4 * STEP_S)
    ramp = np.clip(np.arange(60) / 10 - 2, 0, 1)
    assert len(Light().apply(level=levels(50 + 100 * ramp))) == 1


@pytest.mark.parametrize(
    "level",
    [
        np.zeros(0),
        np.full(1, 90.0),
        np.full(100, 90.0),
        np.full(100, np.nan),
        np.random.default_rng(0).normal(90, 5, 400),
        np.linspace(40, 200, 400),
        np.where(np.arange(400) == 50, 90.4, 90.0),
    ],
    ids=["nothing", "one", "constant", "nan", "noise", "drift", "compression"],
)
def test_no_lamp_no_episodes(level):
    assert len(Light().apply(level=levels(level))) == 0


def test_rare_flashes_of_a_frame_are_seen():
    level = np.random.default_rng(0).normal(60, 1.0, 20_000)
    level[[3000, 9000, 17_000]] += 100
    found = Light().apply(level=levels(level))
    middle = found.spans("on").mean(axis=1)
    assert middle == pytest.approx(np.array([3000, 9000, 17_000]) * STEP_S, abs=0.1 * STEP_S)


def test_ends_of_the_recording_and_lost_frames_end_episodes():
    level = np.full(30, 40.0)
    level[:5] = level[10:20] = level[26:] = 200
    level[14] = np.nan
    found = Light().apply(level=levels(level))
    assert found.support_s / STEP_S == pytest.approx(np.array([[0, 14], [15, 30]]))
    expected = np.array([[0, 4.5], [9.5, 14], [15, 19.5], [25.5, 30]])
    assert found.spans("on") / STEP_S == pytest.approx(expected)


def test_a_frame_that_is_missing_ends_an_episode():
    values = levels(np.repeat([40.0, 200.0, 40.0], 6))
    fewer = values.take(np.arange(18) != 8)
    assert len(Light().apply(level=fewer)) == 2
    assert len(Light().apply(level=values)) == 1


def test_a_gap_between_files_ends_an_episode():
    values = levels(np.repeat([40.0, 200.0, 40.0], 6))
    t = values.times_s + np.where(np.arange(18) < 9, 0.0, 2.0)
    found = Light().apply(level=replace(values, times_s=t))
    assert found.spans("on") == pytest.approx(np.array([[5.5, 9], [69, 71.5]]) * STEP_S, abs=1e-9)


def test_a_clock_that_does_not_keep_time_is_followed():
    t = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.06, 40))
    level = np.full(40, 40.0)
    level[10:20] = 200
    (span,) = Light().apply(level=replace(levels(level), times_s=t)).spans("on")
    assert span == pytest.approx([(t[9] + t[10]) / 2, (t[19] + t[20]) / 2])
