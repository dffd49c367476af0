from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Episodes
from ethoframe.data.bins import Stretch, bins, stretches


@given(
    st.integers(1, 200), st.sampled_from([0.02, 1 / 30, 0.5]), st.floats(0.1, 30), st.floats(0, 9)
)
def test_bins_share_the_session_out(count, step_s, bin_s, start_s):
    times_s = start_s + np.arange(count) * step_s
    whole, *rest = bins(times_s, bin_s)
    session = step_s * (count if count > 1 else 0)
    assert whole == (times_s[0], pytest.approx(times_s[0] + session))
    if rest:
        assert (rest[0][0], rest[-1][1]) == whole
        assert all(a[1] == b[0] for a, b in pairwise(rest))
        assert [stop - start for start, stop in rest[:-1]] == pytest.approx(
            [bin_s] * (len(rest) - 1)
        )
        assert 0 < rest[-1][1] - rest[-1][0] <= bin_s * (1 + 1e-6)


@pytest.mark.parametrize("bin_s", [0.0, -1.0, 5.0, 100.0])
def test_one_bin_is_the_whole(bin_s):
    assert bins(np.arange(0, 5, 0.5), bin_s) == [(0.0, 5.0)]


def test_no_frames_no_bins():
    assert bins(np.zeros(0), 1.0) == []


# Stretches.

TEN = np.arange(0, 10, 0.5)


def events(*spans: tuple[str, float, float]) -> Episodes:
    labels, start, stop = zip(*spans, strict=True)
    return Episodes(labels, np.array(start), np.array(stop), np.array([[0.0, np.inf]]))


def named(*spans: tuple[str, float, float]) -> dict[str, tuple[tuple[float, float], ...]]:
    found = stretches(TEN, 0.0, events(*spans))
    assert found[0].spans_s == ((0.0, 10.0),)
    return {stretch.during: stretch.spans_s for stretch in found[1:]}


def test_without_events_there_are_bins_only():
    assert [s.spans_s[0] for s in stretches(TEN, 4.0)] == bins(TEN, 4.0)
    nothing = Episodes.of("tone", np.zeros((0, 2)), np.array([[0.0, 10.0]]))
    assert stretches(TEN, 4.0, nothing) == stretches(TEN, 4.0)
    assert stretches(np.zeros(0), 4.0, events(("tone", 1, 2))) == []


def test_events_of_a_name_are_numbered_and_pooled():
    assert named(("tone", 1, 2), ("shock", 2, 3), ("tone", 5, 7)) == {
        "tone": ((1, 2), (5, 7)),
        "tone 1": ((1, 2),),
        "tone 2": ((5, 7),),
        "shock": ((2, 3),),
        "interval": ((0, 1), (3, 5), (7, 10)),
        "interval 1": ((0, 1),),
        "interval 2": ((3, 5),),
        "interval 3": ((7, 10),),
    }


def test_a_moment_parts_intervals_and_has_no_time_of_its_own():
    found = named(("injection", 4, 4))
    assert found == {
        "interval": ((0, 10),),
        "interval 1": ((0, 4),),
        "interval 2": ((4, 10),),
    }


def test_what_lies_outside_the_session_is_cut_off():
    assert named(("tone", -3, 2), ("tone", 8, 20), ("late", 30, 40)) == {
        "tone": ((0, 2), (8, 10)),
        "tone 1": ((0, 2),),
        "tone 2": ((8, 10),),
        "late": ((30, 40),),
        "interval": ((2, 8),),
    }


def test_overlapping_events_of_a_name_count_once_together():
    assert named(("tone", 1, 4), ("tone", 3, 5))["tone"] == ((1, 5),)


def test_a_whole_day_of_light_and_dark_has_no_intervals():
    assert set(named(("light", 0, 6), ("dark", 6, 12))) == {"light", "dark"}


@given(
    st.lists(st.tuples(st.floats(-5, 15), st.floats(0, 6)), min_size=1, max_size=6),
    st.floats(-5, 20),
)
def test_events_and_intervals_share_the_session_out(spans, time_s):
    found = stretches(TEN, 0.0, events(*(("cue", a, a + long) for a, long in spans)))
    within = {s.during: s.holds(TEN) for s in found}
    cue = within.get("cue", np.zeros(len(TEN), bool))
    assert (cue ^ within.get("interval", np.zeros(len(TEN), bool))).all()
    for stretch in found:
        whole = stretch.total(lambda start, stop: stop - start)
        assert 0 <= stretch.passed_s(time_s) <= whole + 1e-9
        assert stretch.passed_s(1e6) == pytest.approx(whole)


def test_latency_is_the_time_of_the_stretch_that_passed():
    both = Stretch(((2.0, 4.0), (8.0, 9.0)), "tone")
    assert both.latency_s(np.array([[8.5, 20.0]])) == 2.5
    assert both.latency_s(np.array([[0.0, 2.5]])) == 0.0
    assert np.isnan(both.latency_s(np.array([[5.0, 7.0]])))
    assert np.isnan(both.latency_s(np.zeros((0, 2))))


def test_what_is_told_names_its_time():
    row = Stretch(((2.0, 4.0), (8.0, 9.0)), "tone").tell(
        quantity="distance", value=1.0, unit="mm", definition="path"
    )
    assert (row.bin_start_s, row.bin_stop_s, row.during) == (2.0, 9.0, "tone")


@given(
    st.lists(st.tuples(st.integers(-3, 40), st.integers(1, 9)), max_size=4),
    st.lists(st.integers(0, 5), max_size=30),
)
def test_the_frames_of_a_stretch_are_those_that_it_holds(gaps, steps):
    edges = np.cumsum([part for pair in gaps for part in map(abs, pair)])
    spans = edges.reshape(-1, 2).astype(float) / 2
    stretch = Stretch(tuple(map(tuple, spans.tolist())) or ((1.0, 2.0),))
    times_s = np.cumsum(steps) / 2
    assert np.array_equal(stretch.frames(times_s), np.flatnonzero(stretch.holds(times_s)))
