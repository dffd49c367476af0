from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Episodes, Tracks
from ethoframe.methods.clean.within import Within
from ethoframe.run import apply

TIMES = np.arange(60) / 30
ALL = np.array([[0.0, 2.0]])


def cut(spans, done="trial", **parameters) -> Tracks:
    tracks = Tracks.of(np.stack([100 * TIMES, 50 * TIMES], axis=1), TIMES)
    episodes = Episodes.of(done, np.array(spans, float), ALL)
    return apply(Within(**parameters), tracks=tracks, episodes=episodes)


@given(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted))
def test_start_belongs_to_it_and_stop_does_not(span) -> None:
    start, stop = span
    assert cut([(start / 30, stop / 30)]).numbers.tolist() == list(range(start, stop))


def test_times_and_numbers_stay_the_recordings_own() -> None:
    tracks = cut([(0.5, 1.0)])
    assert tracks.times_s[0] == 0.5
    assert tracks.at("centroid")[0] == pytest.approx([50, 25])


def test_several_spans_leave_a_break() -> None:
    tracks = cut([(0.0, 0.5), (1.0, 1.5)])
    assert len(tracks) == 30
    assert len(tracks.pieces("centroid")) == 2


def test_only_the_label_counts() -> None:
    assert len(cut([(0.5, 1.0)], "rest")) == 0
    assert len(cut([(0.5, 1.0)], "rest", label="rest")) == 15
