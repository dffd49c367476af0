import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.score.proportion import proportion, wilson


def test_wilsons_interval_as_published():
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: 81 of 263, 15 of 148, 0 of 20.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1.0, 20) == pytest.approx((0.8389, 1.0), abs=5e-5)


def test_of_one_recording_it_is_wilsons():
    flags = [True] * 15 + [False] * 133
    found = proportion(flags, ["a"] * 148)
    assert (found.count, found.of, found.clusters) == (15, 148, 1)
    assert (found.low, found.high) == wilson(15 / 148, 148)


def test_of_nothing_nothing_is_known():
    found = proportion([], [])
    assert found.of == 0
    assert np.isnan([found.value, found.low, found.high]).all()


def test_a_wrong_recording_says_less_than_wrong_clips_here_and_there():
    names = [f"r{i // 6}" for i in range(60)]
    apart = proportion([i % 10 != 0 for i in range(60)], names)
    together = proportion([i >= 6 for i in range(60)], names)
    assert apart.value == together.value == 0.9
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


@pytest.mark.parametrize(("groups", "each", "alike"), [(12, 5, 0.2), (30, 2, 0.3), (8, 8, 0.1)])
def test_the_interval_holds_the_truth_as_often_as_it_says(groups, each, alike):
    random, truth, times = np.random.default_rng(3), 0.93, 600
    names = np.repeat(np.arange(groups).astype(str), each).tolist()
    spread = (1 - alike) / alike
    held = 0
    for _ in range(times):
        rates = random.beta(truth * spread, (1 - truth) * spread, groups)
        found = proportion((random.random((groups, each)) < rates[:, None]).ravel().tolist(), names)
        held += found.low <= truth <= found.high
    assert held / times > 0.93


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcd")), min_size=1, max_size=60))
def test_the_share_is_within_its_interval(clips):
    found = proportion(*zip(*clips, strict=True))
    assert 0 <= found.low <= found.value <= found.high <= 1
    mirrored = proportion([not flag for flag, _ in clips], [name for _, name in clips])
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))
