from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data.bins import bins


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
