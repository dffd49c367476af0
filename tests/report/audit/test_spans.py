import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.report.audit.spans import shared_out, spans, starts


def tracked(seconds: float, rate: float = 10.0) -> np.ndarray:
    return np.arange(round(seconds * rate)) / rate


@given(st.integers(1, 100), st.integers(1, 40), st.integers(0, 9))
def test_every_recording_is_drawn_evenly(clips, results, seed):
    counts = shared_out(clips, results, np.random.default_rng(seed))
    assert sum(counts) == clips
    assert max(counts) - min(counts) <= 1


@given(st.integers(1, 30), st.floats(0.2, 5), st.integers(0, 9))
def test_spans_lie_in_what_was_looked_at_and_do_not_overlap(count, seconds, seed):
    times = tracked(40)
    found = starts(times, count, seconds, np.random.default_rng(seed))
    assert 1 <= len(found) <= count
    assert found[0] >= times[0]
    assert found[-1] + seconds <= times[-1] + 0.16
    assert np.all(np.diff(found) >= seconds - 0.16)


def test_every_moment_is_as_likely():
    random, times = np.random.default_rng(0), tracked(40)
    found = np.concatenate([starts(times, 4, 2.0, random) for _ in range(500)])
    seen = np.histogram(found, bins=4, range=(0, 40))[0]
    assert seen.tolist() == [500] * 4
    assert np.ptp(np.histogram(found % 10, bins=4, range=(0, 8))[0]) < 150


def test_none_lies_in_a_gap():
    times = np.concatenate([np.arange(100) / 10, 1000 + np.arange(100) / 10])
    found = starts(times, 8, 1.0, np.random.default_rng(1))
    assert len(found) == 8
    assert np.isin(found, times).all()


def test_the_order_tells_nothing_and_the_seed_repeats_it():
    many = [tracked(60), tracked(60), tracked(60)]
    first = spans(many, 30, 2.0, seed=4, salt="x")
    assert first == spans(many, 30, 2.0, seed=4, salt="x")
    assert first != spans(many, 30, 2.0, seed=5, salt="x")
    order = [span.result for span in first]
    assert order != sorted(order)
    assert np.bincount(order).tolist() == [10, 10, 10]
    assert len({span.clip for span in first}) == 30


def test_where_there_is_no_time_for_all_there_are_fewer():
    assert len(spans([tracked(5), tracked(1)], 20, 2.0, seed=0)) == 3
    assert spans([tracked(0)], 3, 2.0, seed=0) == ()
