from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.score.precision_recall import average_precision, precision_recall


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_it_is_what_counting_gives(told):
    sure = np.array([level / 5 for level, _ in told])
    true = np.array([so for _, so in told])
    precision, recall, levels = precision_recall(sure, true)
    for at, level in enumerate(levels):
        called = sure >= level
        assert precision[at] == pytest.approx(true[called].mean())
        if true.any():
            assert recall[at] == pytest.approx(true[called].sum() / true.sum())
    assert np.isnan(average_precision(sure, true)) == (not true.any())


def test_what_ranks_all_right_is_1_and_what_knows_nothing_the_share():
    true = np.arange(10) < 4
    assert average_precision(np.where(true, 0.9, 0.1), true) == 1.0
    assert average_precision(np.full(10, 0.5), true) == pytest.approx(0.4)
    assert np.isnan(average_precision(np.zeros(0), np.zeros(0, bool)))
