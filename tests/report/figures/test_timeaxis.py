from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.report.figures.sheet import Sheet
from ethoframe.report.figures.timeaxis import envelope, round_times, shade, stretch

VALUES = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(-9, 9) | st.just(np.nan))


@given(VALUES, st.integers(1, 9))
def test_envelope_holds_every_value(values, size):
    times, low, mean, high = envelope(np.arange(len(values)), values, size)
    assert len(times) == -(-len(values) // size)
    for i, column in enumerate(np.split(values, range(size, len(values), size))):
        known = column[np.isfinite(column)]
        if len(known):
            assert (low[i], high[i]) == (known.min(), known.max())
            assert mean[i] == pytest.approx(known.mean())
        else:
            assert np.isnan([low[i], mean[i], high[i]]).all()


def test_every_frame_is_drawn_while_there_are_few():
    assert stretch(4000) == 1
    assert -(-100_000 // stretch(100_000)) * 3 <= 4000


@given(st.floats(0, 1e5), st.floats(0.01, 1e6), st.integers(3, 15))
def test_ticks_are_round_few_and_inside(start, length, most):
    ticks, _ = round_times(start, start + length, most)
    assert len(ticks) <= most + 1
    assert all(start - 1e-6 <= tick <= start + length + 1e-6 for tick in ticks)


def test_a_thousand_spans_are_one_path_and_the_short_one_is_seen():
    sheet = Sheet(400, 100)
    axes = sheet.axes(0, 0, 0, 0)
    axes.set_xlim(0, 4000)
    starts = np.arange(0, 2000, 2.0)
    spans = np.append(np.stack([starts, starts + 1], axis=1), [[3000.0, 3000.01]], axis=0)
    shade(axes, spans, 0, 1, "red")
    [patch] = axes.patches
    corners = patch.get_path().vertices.reshape(-1, 5, 2)
    assert len(corners) == 2
    assert np.ptp(corners[1][:, 0]) == pytest.approx(5.0)


def test_no_span_draws_nothing():
    axes = Sheet(400, 100).axes(0, 0, 0, 0)
    shade(axes, np.zeros((0, 2)), 0, 1, "red")
    assert not axes.patches
