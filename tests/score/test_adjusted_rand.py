from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.score.adjusted_rand import adjusted_rand

KINDS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


@given(KINDS, st.permutations(range(5)))
def test_names_and_order_of_both_do_not_count(pairs, names):
    first, second = np.array(pairs).T
    told = adjusted_rand(first, second)
    assert told <= 1 + 1e-9
    assert adjusted_rand(second, first) == pytest.approx(told)
    assert adjusted_rand(np.array(names)[first], second) == pytest.approx(told)


@given(KINDS)
def test_the_same_agree_and_scikit_learn_says_so(pairs):
    first, second = np.array(pairs).T
    assert adjusted_rand(first, first) == 1
    metrics = pytest.importorskip("sklearn.metrics")
    assert adjusted_rand(first, second) == pytest.approx(
        metrics.adjusted_rand_score(first, second), abs=1e-9
    )


def test_by_chance_it_is_nought():
    chance = np.random.default_rng(0)
    told = [adjusted_rand(*chance.integers(0, 4, (2, 200))) for _ in range(50)]
    assert abs(np.mean(told)) < 0.01
    assert np.isnan(adjusted_rand(np.zeros(0), np.zeros(0)))
    with pytest.raises(ValueError, match="same moments"):
        adjusted_rand(np.zeros(2), np.zeros(3))
