from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Clock


def test_a_steady_clock():
    clock = Clock.of(np.arange(100) / 25 + 1.4)
    assert (clock.count, clock.first_s, clock.gaps, clock.variable) == (100, 1.4, (), False)
    assert clock.rate_per_s == pytest.approx(25)
    assert clock.duration_s == pytest.approx(4)
    assert clock.jitter_s == pytest.approx(0, abs=1e-12)


def test_times_in_whole_milliseconds_are_steady():
    clock = Clock.of(np.round(np.arange(5000) / 29.97, 3))
    assert (clock.gaps, clock.variable) == ((), False)
    assert clock.jitter_s <= 0.001


def test_dropped_frames_are_gaps_and_make_the_clock_variable():
    kept = np.delete(np.arange(50), [10, 30, 31])
    clock = Clock.of(kept / 10)
    assert clock.gaps == ((9, pytest.approx(0.2)), (28, pytest.approx(0.3)))
    assert clock.variable
    assert clock.median_step_s == pytest.approx(0.1)


def test_a_step_within_the_jitter_is_no_gap():
    steps = [0.25, 3.5, 0.25, 3.5, 2.0, 3.5, 0.25, 3.5, 0.25]
    clock = Clock.of(np.cumsum([0, *steps]))
    assert (clock.median_step_s, clock.jitter_s) == (2.0, 1.5)
    assert clock.gaps == ()


def test_a_slow_drift_is_variable_without_gaps():
    clock = Clock.of(np.cumsum(np.linspace(0.033, 0.034, 1000)))
    assert clock.variable
    assert clock.gaps == ()


@pytest.mark.parametrize("times", [[], [3.5]])
def test_fewer_than_two_frames_have_no_step(times):
    clock = Clock.of(np.array(times))
    assert clock.count == len(times)
    assert np.isnan([clock.median_step_s, clock.jitter_s, clock.rate_per_s]).all()
    assert (clock.gaps, clock.variable) == ((), False)
    assert clock == Clock.of(np.array(times))
    assert clock.duration_s == 0 or not times


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 1000))
def test_stretching_time_stretches_what_is_in_seconds(steps, factor):
    times = np.cumsum([0, *steps]).astype(float)
    before, after = Clock.of(times), Clock.of(times * factor)
    assert after.median_step_s == pytest.approx(before.median_step_s * factor)
    assert after.jitter_s == pytest.approx(before.jitter_s * factor)
    assert [frame for frame, _ in after.gaps] == [frame for frame, _ in before.gaps]
    assert after.variable == before.variable
