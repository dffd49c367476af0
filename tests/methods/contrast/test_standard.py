"""Standard deviations, power and false discovery against other programs' figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ethoframe.data import Refusal
from ethoframe.methods.contrast._standard import (
    Interest,
    Precision,
    false_discovery,
    hedges,
)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_is_scipys(p):
    p = np.array(p)
    assert false_discovery(p) == pytest.approx(stats.false_discovery_control(p))
    assert np.isnan(false_discovery(np.array([math.nan, 0.5]))[0])


def test_interval_of_a_standardised_difference_holds_it_in_95_of_100():
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        a, b = chance.normal(1, 1, 6), chance.normal(0, 1, 6)
        spread = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
        _, low, high = hedges(a.mean() - b.mean(), spread, 3.0, 10)
        correction = 1 - 3 / (4 * 10 - 1)
        held += low / correction <= 1.0 <= high / correction
    assert 0.92 < held / 400 < 0.98


def test_power_is_that_of_the_tables():
    # G*Power 3.1, two-sided t test of two groups at 5 %: d = 0.8, 26 a group, 0.807.
    study = Precision(weight=13.0, freedom=50, units=26)
    assert study.power(0.8) == pytest.approx(0.807, abs=0.001)
    assert Precision(weight=4.0, freedom=14, units=8).needed(0.5) == 64
    # Pairs: dz = 0.5 (0.5 * sqrt 2 of within-pair deviations), 34 pairs.
    pairs = Precision(weight=4.0, freedom=7, units=8, blocked=True)
    assert pairs.needed(0.5 * math.sqrt(2)) == 34
    assert math.isnan(study.power(math.nan))
    assert math.isnan(study.needed(1e-6))


def test_hedges_of_nothing():
    assert all(math.isnan(each) for each in hedges(1.0, 0.0, 3.0, 4))


def test_what_an_interval_says():
    told = Interest(0.5, "")
    words = {
        (-0.2, 0.3): "any difference is smaller than the smallest of interest",
        (
            0.1,
            0.4,
        ): "there is a difference; any difference is smaller than the smallest of interest",
        (-0.2, 0.9): "open: the data allow both no difference and one of interest",
        (0.6, 1.9): "there is a difference, of interest",
        (-1.9, -0.6): "there is a difference, of interest",
        (0.2, 1.9): "there is a difference; whether it is of interest is open",
    }
    for ends, said in words.items():
        assert told.verdict(*ends, 0.5) == said
    assert told.verdict(-1, 1, math.nan) == "no difference is among what the data allow"


def test_smallest_effects_as_they_are_written():
    assert Interest.read("0.8 SD", "x") == Interest(0.8, "")
    assert Interest.read("12mm/s", "x") == Interest(12.0, "mm/s")
    assert math.isnan(Interest.read("", "x").amount)
    assert Interest.read("10 mm", "x").deviations("mm", 20.0) == 0.5
    assert math.isnan(Interest.read("10 mm", "x").deviations("s", 20.0))
    for wrong in ("-1", "0", "big"):
        with pytest.raises(Refusal):
            Interest.read(wrong, "x")
