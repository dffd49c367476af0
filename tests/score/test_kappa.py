"""Coefficients beside published examples and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.score import kappa
from ethoframe.score._timeline import confusion

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability": four observers, twelve units.
OBSERVED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, -1, 3],
        [-1, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, -1],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, -1],
    ]
)
# Fleiss (1971) as told by Wikipedia: fourteen raters, ten subjects, five kinds; votes.
VOTES = np.array(
    [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]
)  # fmt: skip


def test_krippendorff_published():
    codes = np.where(OBSERVED > 0, OBSERVED - 1, -1)
    table = kappa.coincidences(codes, np.ones(12), 5)
    assert table.sum() == pytest.approx(40)
    assert kappa.krippendorff(table, counted=True).value == pytest.approx(0.743, abs=5e-4)


def test_fleiss_published():
    codes = np.array([np.repeat(np.arange(5), row) for row in VOTES]).T
    sums = kappa.fleiss_sums(codes, np.ones(10), 5)
    assert kappa.fleiss(sums).value == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[9, 0], [0, 0]], kappa.NEVER),
        ([[0, 0], [0, 9]], kappa.ALWAYS),
        ([[0, 0], [0, 0]], kappa.NOBODY_LOOKED),
    ],
)
def test_no_value_has_a_reason(table, reason):
    told = kappa.cohen(np.array(table, float))
    assert np.isnan(told.value)
    assert told.reason == reason


@pytest.mark.parametrize("table", [[[9, 2], [0, 0]], [[0, 9], [0, 0]], [[0, 0], [3, 5]]])
def test_who_says_one_thing_all_the_time_agrees_as_chance_does(table):
    told = kappa.cohen(np.array(table, float))
    assert told == kappa.Coefficient(0.0)
    assert kappa.chance_corrected(np.array(table, float)) == 0.0


def test_fleiss_and_alpha_of_nobody():
    codes = np.zeros((3, 5), int)
    assert kappa.fleiss(kappa.fleiss_sums(codes, np.ones(5), 2)).reason == kappa.NEVER
    alpha = kappa.krippendorff(kappa.coincidences(codes, np.ones(5), 2), counted=False)
    assert np.isnan(alpha.value)
    assert alpha.reason == kappa.NEVER


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=8, max_size=60))
def test_two_raters_alpha_and_kappa_come_together(pairs):
    """Without chance's correction for numbers, alpha of two is Scott's pi."""
    codes = np.array(pairs).T
    table = kappa.coincidences(codes, np.ones(len(pairs)), 2)
    share = table.sum(axis=1) / table.sum()
    chance = float((share**2).sum())
    agreed = float((codes[0] == codes[1]).mean())
    told = kappa.krippendorff(table, counted=False).value
    if chance < 1 - 1e-9:
        assert told == pytest.approx((agreed - chance) / (1 - chance))
        own = kappa.cohen(confusion(codes[0], codes[1], np.ones(len(pairs)), 2))
        assert np.isnan(own.value) or own.value >= told - 1e-9
