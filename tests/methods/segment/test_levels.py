"""Levels against brute force, published properties and another library."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ethoframe.methods.segment._levels import RULES, Histogram, li, multi_otsu, otsu, root_otsu

BYTES = arrays.arrays(np.uint8, st.integers(2, 60), elements=st.integers(0, 40))


def within(values, levels) -> float:
    """Sum of squares within the classes that levels leave."""
    group = np.searchsorted(np.array(levels), values, side="left")
    return sum(np.square(values[group == g] - values[group == g].mean()).sum() for g in set(group))


@given(BYTES)
def test_no_level_leaves_less_variance_than_otsu(values) -> None:
    level, values = otsu(Histogram.of(values)), values.astype(float)
    if np.isnan(level):
        assert np.ptp(values) == 0
        return
    every = np.unique(values)
    best = min(within(values, [(a + b) / 2]) for a, b in pairwise(every))
    assert within(values, [level]) == pytest.approx(best)


@given(BYTES, st.integers(2, 4))
def test_no_levels_leave_less_variance_than_multi_otsu(values, classes) -> None:
    levels, values = multi_otsu(Histogram.of(values), classes), values.astype(float)
    every = np.unique(values)
    middles = (every[1:] + every[:-1]) / 2
    assert len(levels) == min(classes, len(every)) - 1
    if levels:
        best = min(within(values, cut) for cut in combinations(middles, len(levels)))
        assert within(values, levels) == pytest.approx(best)


def test_li_is_where_another_library_has_it() -> None:
    filters = pytest.importorskip("skimage.filters")
    values = np.random.default_rng(1).gamma(2, 30, 5000).clip(0, 255).astype(np.uint8)
    assert li(Histogram.of(values)) == pytest.approx(filters.threshold_li(values), abs=1.0)


def test_the_root_level_lies_lower_where_some_objects_are_fainter() -> None:
    random = np.random.default_rng(2)
    parts = (random.poisson(10, 9000), random.poisson(110, 900), random.poisson(250, 600))
    seen = Histogram.of(np.concatenate(parts).astype(np.uint16))
    assert root_otsu(seen) < otsu(seen)
    assert np.mean(parts[0] > root_otsu(seen)) < 0.01
    assert np.mean(parts[1] > root_otsu(seen)) > 0.95


@pytest.mark.parametrize("rule", ["otsu", "root-otsu", "li"])
def test_levels_of_floats_are_those_of_whole_numbers(rule) -> None:
    values = np.random.default_rng(3).normal(100, 15, 4000).astype(np.uint8)
    values[:800] += 80
    whole, real = (RULES[rule](Histogram.of(v)) for v in (values, values.astype(np.float32)))
    assert real == pytest.approx(whole, abs=2)


@pytest.mark.parametrize("rule", RULES)
def test_of_one_level_there_is_none(rule) -> None:
    for values in (np.full(9, 7, np.uint8), np.full(9, np.nan), np.zeros(0)):
        assert np.isnan(RULES[rule](Histogram.of(values)))
