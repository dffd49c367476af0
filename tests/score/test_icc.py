"""Intraclass correlations beside the published example."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.score.icc import icc

JUDGED = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
"""Shrout & Fleiss 1979, table 2."""


def test_published():
    told = icc(JUDGED)
    assert told.agreement.value == pytest.approx(0.2898, abs=1e-4)
    assert (told.agreement.low, told.agreement.high) == pytest.approx((0.0188, 0.7611), abs=1e-3)
    assert told.consistency.value == pytest.approx(0.7148, abs=1e-4)
    assert (told.consistency.low, told.consistency.high) == pytest.approx(
        (0.3425, 0.9459), abs=1e-3
    )


def test_a_level_of_ones_own_counts_against_agreement_only():
    told = icc(np.array([[1.0, 3.0], [2.0, 4.0], [5.0, 7.0]]))
    assert told.consistency.value == pytest.approx(1.0)
    assert told.agreement.value < 0.9


def test_undefined_has_a_reason():
    for table in (np.ones((4, 3)), np.ones((1, 3)), np.zeros((0, 0)), np.full((3, 2), np.nan)):
        told = icc(table)
        assert np.isnan(told.agreement.value)
        assert told.reason


def test_rows_with_gaps_are_left_out():
    assert icc(np.vstack([JUDGED, [1, np.nan, 2, 3]])) == icc(JUDGED)
