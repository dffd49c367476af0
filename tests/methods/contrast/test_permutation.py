"""Permutation tests against what can be counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.methods.contrast._deals import count, deals
from ethoframe.methods.contrast._difference import Design
from ethoframe.methods.contrast.permutation import Inversion, Permutation
from ethoframe.methods.contrast.welch import Welch
from ethoframe.testing.studies import Plan
from tests.methods.contrast.conftest import study

GROUPS = ["saline"] * 4 + ["drug"] * 4


def _design(treated, block=None):
    treated = np.asarray(treated, bool)
    return Design(treated, np.zeros(len(treated), int) if block is None else np.asarray(block))


def test_the_clearest_of_seventy_deals_and_its_mirror():
    found = Permutation().apply(**study([1, 2, 3, 4, 11, 12, 13, 14], group=GROUPS))
    row = found.row("distance")
    assert (row.effect, row.p, row.n, row.n_control) == (10.0, 2 / 70, 4, 4)
    assert row.low < 10 < row.high


def test_three_against_three_exclude_nothing_and_say_so():
    found = Permutation().apply(**study([1, 2, 3, 11, 12, 13], group=GROUPS[1:7]))
    row = found.row("distance")
    assert row.p == pytest.approx(0.1)
    assert (row.low, row.high) == (-math.inf, math.inf)
    assert "p cannot be below 0.1" in row.definition
    assert row.verdict.startswith("open")


@given(st.lists(st.integers(-20, 20), min_size=8, max_size=8, unique=True))
@settings(max_examples=8, deadline=None)
def test_p_is_that_of_every_deal_counted_one_by_one(values):
    y = np.array(values, float)
    design = _design([True] * 4 + [False] * 4)
    dealing, whole = deals(design, 99, 0)
    assert whole
    assert len(dealing) == 70

    def t(treated):
        a, b = y[treated], y[~treated]
        return abs(a.mean() - b.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 4)

    every = np.array([t(deal > 0) for deal in dealing])
    by_hand = np.mean(every >= t(design.treated) * (1 - 1e-9))
    found = Inversion.of(design, y / 20, dealing, whole=True)
    assert found.p(np.zeros(1))[0] == pytest.approx(by_hand)


@given(st.integers(0, 1000), st.sampled_from([(5, 5), (4, 8), (6, 4)]))
@settings(max_examples=6, deadline=None)
def test_ends_of_the_interval_are_where_the_test_begins_to_reject(seed, size):
    plan = Plan(*size, "skewed")
    y = plan.draw(1, seed)[0]
    design = _design(plan.group)
    dealing, whole = deals(design, 99, 0)
    found = Inversion.of(design, y, dealing, whole=whole)
    low, high = found.interval()
    for end, side in ((low, -1), (high, 1)):
        inside, outside = end - side * 1e-6, end + side * 1e-6
        assert found.p(np.array([inside]))[0] > 0.05 >= found.p(np.array([outside]))[0]
        again = Inversion.of(design, y - inside * design.treated, dealing, whole=whole)
        assert again.p(np.zeros(1))[0] == pytest.approx(found.p(np.array([inside]))[0])


def test_intervals_hold_the_truth_as_often_as_the_test_says():
    plan = Plan(5, 5, effect=1.0)
    design = _design(plan.group)
    dealing, whole = deals(design, 99, 0)
    held = 0
    for values in plan.draw(100, 9):
        low, high = Inversion.of(design, values, dealing, whole=whole).interval()
        held += low <= plan.truth <= high
    assert held / 100 > 0.88


def test_pairs_are_dealt_within_pairs():
    design = _design([1, 0] * 6, np.repeat(np.arange(6), 2))
    assert count(design) == 64
    dealing, whole = deals(design, 99, 0)
    assert whole
    assert {tuple(row) for row in dealing.reshape(-1, 6, 2)[:, :, 0]} == {
        tuple(np.where([k >> j & 1 for j in range(6)], 0.5, -0.5)) for k in range(64)
    }


def test_random_deals_have_the_same_seed_and_the_same_answer():
    case = study(Plan(9, 9).draw(1, 1)[0], group=["drug"] * 9 + ["saline"] * 9)
    one, two = (Permutation(control="saline", dealt=499).apply(**case) for _ in "ab")
    assert one == two
    assert "499 random deals" in one.rows[0].definition
    other = Permutation(control="saline", dealt=499, seed=2).apply(**case)
    assert other.rows[0].p == pytest.approx(one.rows[0].p, abs=0.1)


def test_ratio_of_geometric_means():
    values = np.exp(np.array([1, 2, 3, 4, 2, 3, 4, 5.0]))
    row = Permutation(effect="ratio").apply(**study(values, group=GROUPS)).row("distance")
    assert row.effect == pytest.approx(math.e)
    assert row.effect_unit == "1"
    assert row.low < math.e < row.high
    assert Permutation(effect="ratio").apply(**study([0, *values[1:]], group=GROUPS)).rows[0].p != 0


def test_nothing_is_told_of_what_cannot_be_tested():
    same = Welch().apply(**study([1.0] * 8, group=GROUPS)).row("distance")
    assert math.isnan(same.p)
    assert "the same in all units" in same.definition
    few = Welch().apply(**study([1.0, 2, 3], group=["a", "a", "b"])).row("distance")
    assert math.isnan(few.p)
    with pytest.raises(Refusal, match="one level only"):
        Welch().apply(**study([1.0, 2], group=["a", "a"]))
    with pytest.raises(Refusal, match="11 levels"):
        Welch().apply(**study(range(11), group=list("abcdefghijk")))
    with pytest.raises(Refusal, match="smallest effect"):
        Welch(smallest="much").outline()
