import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.score.bootstrap import estimate
from ethoframe.score.together import MOST_STRETCHES, together


@given(st.integers(1, 300), st.randoms())
def test_one_recording_is_cut_into_neighbouring_frames_of_like_number(n, random):
    positions = random.sample(range(10 * n), n)
    units = together(["film"] * n, positions, draws=0)
    assert 1 <= len(units) <= min(n, MOST_STRETCHES)
    in_time = units.index[np.argsort(positions)]
    assert (np.diff(in_time) >= 0).all()
    count = np.bincount(units.index)
    assert count.max() - count.min() <= 1
    assert "nothing of others" in units.says


def test_several_recordings_are_drawn_whole():
    units = together(["b", "a", "b"])
    assert units.index.tolist() == [1, 0, 1]
    assert "of 2" in units.says
    assert len(together([])) == 0


def test_each_frame_needs_a_position():
    with pytest.raises(ValueError, match="one position each"):
        together(["a", "b"], [1])


def test_sums_give_what_all_rows_would():
    random = np.random.default_rng(3)
    values, whose = random.normal(5, 1, 40), [f"{k % 7}" for k in range(40)]
    units = together(whose, draws=300)
    sums = units.of_sums(np.column_stack([values, np.ones(40)]))
    rows = estimate(values, whose=whose, draws=300)
    assert (sums.value, sums.low, sums.high) == pytest.approx((rows.value, rows.low, rows.high))


def test_units_with_nothing_to_say_are_not_drawn():
    units = together(["a", "b", "c"])
    assert units.of_rows(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, 4.0]])).n == 2
    assert units.of_sums(np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 1.0]])).n == 2


def test_what_is_alike_in_time_makes_the_interval_wider():
    """A slow wave: frame by frame one would be far too sure of its mean."""
    wave = np.sin(np.arange(400) / 40)
    stretches = together(["film"] * 400).of_rows(wave)
    frames = estimate(wave)
    assert stretches.high - stretches.low > 2 * (frames.high - frames.low)


@pytest.mark.slow
def test_the_interval_of_one_recording_holds_its_mean_about_as_often_as_it_says():
    random, held = np.random.default_rng(5), []
    for _ in range(200):
        noise = random.normal(size=230)
        for k in range(1, len(noise)):  # correlated over about 5 frames
            noise[k] += 0.8 * noise[k - 1]
        told = together(["film"] * 200, draws=400).of_rows(noise[30:])
        held.append(told.low <= 0 <= told.high)
    assert 0.88 < np.mean(held) <= 1
