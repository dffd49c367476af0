from __future__ import annotations

import numpy as np
import pytest

from ethoframe.score.curve import (
    Power,
    fitted_powers,
    label_counts,
    label_order,
    learning_curve,
)

SIZES = (5, 10, 20, 40, 80)


def test_numbers_double_and_end_with_all():
    assert label_counts(100) == (5, 10, 20, 40, 100)
    assert label_counts(116) == (5, 10, 20, 40, 116)
    assert label_counts(160) == (5, 10, 20, 40, 80, 160)
    assert label_counts(6) == (6,)


def test_few_labels_are_spread_over_recordings():
    units = [name for name in "abcdefgh" for _ in range(5)]
    order = label_order(units, seed=3)
    assert sorted(order.tolist()) == list(range(40))
    assert {units[row] for row in order[:8]} == set("abcdefgh")
    assert not np.array_equal(order, label_order(units, seed=4))


def test_few_labels_hold_every_class():
    kinds = ["common"] * 38 + ["rare"] * 2
    order = label_order(range(40), seed=1, classes=kinds)
    assert [kinds[row] for row in order[:4]].count("rare") == 2
    assert sorted(order.tolist()) == list(range(40))


@pytest.mark.parametrize(
    ("floor", "scale", "fall"), [(1.0, 8.0, 1.0), (0.0, 3.0, 0.5), (2.0, 0.0, 1.0)]
)
def test_a_law_is_found_again(floor, scale, fall):
    n = np.array(SIZES, float)
    errors = floor + scale * n**-fall
    a, b, c = fitted_powers(n, errors[None], np.ones(5))[0]
    assert np.allclose(a + b * n**-c, errors, atol=0.01 * errors.max())
    assert Power(a, b, c).at(160) == pytest.approx(floor + scale * 160**-fall, rel=0.05)


def test_nothing_falls_below_nothing():
    n = np.array(SIZES, float)
    chance = np.random.default_rng(5)
    laws = fitted_powers(n, chance.uniform(0, 1, (200, 5)), np.ones(5))
    assert (laws >= 0).all()
    rising = fitted_powers(n, n[None] / 80, np.ones(5))[0]
    assert rising[1] == 0
    assert rising[0] == pytest.approx(n.mean() / 80)


def test_how_many_labels_it_takes():
    law = Power(1.0, 8.0, 1.0)
    assert law.reaching(1.8) == pytest.approx(10)
    assert law.reaching(1.0) == np.inf
    assert Power(1.0, 0.0, 1.0).reaching(2.0) == 0


def seen(errors, units=30, noise=0.2, seed=0, repeats=1):
    """Sums of errors of units, each of which is as hard for every number of labels."""
    chance = np.random.default_rng(seed)
    hard = chance.gamma(1 / noise**2, noise**2, (1, 1, units))
    own = chance.normal(1, 0.02, (len(errors), repeats, units))
    each = np.asarray(errors)[:, None, None] * hard * own
    return np.stack([each, np.ones_like(each)], axis=-1)


def test_a_rule_is_overtaken_where_the_curves_cross():
    sums = seen(1 + 8 / np.array(SIZES), noise=0.5)
    rule = np.stack([1.4 * sums[0, 0, :, 0] / 2.6, np.ones(30)], axis=-1)  # hard where it is
    told = learning_curve(SIZES, sums, {"rule": rule})
    at = told.overtakes["rule"]
    assert at.low <= 20 <= at.high
    assert at.value == pytest.approx(20, rel=0.2)
    assert at.high < 40  # what makes a picture hard cancels


def test_a_rule_that_is_never_overtaken():
    sums = seen(1 + 8 / np.array(SIZES))
    rule = np.stack([np.full(30, 0.5), np.ones(30)], axis=-1)
    at = learning_curve(SIZES, sums, {"rule": rule}).overtakes["rule"]
    assert at.value == at.low == np.inf


def test_whether_more_labels_pay():
    n = np.array(SIZES)
    assert learning_curve(SIZES, seen(0.1 + 9 * n**-0.6)).more == "pays"
    assert learning_curve(SIZES, seen(1 + 8 * n**-2.0)).more == "hardly"
    wild = seen(np.array([1.0, 0.4, 1.1, 0.5, 0.9]), units=4, noise=1.0)
    assert learning_curve(SIZES, wild).more == "unknown"


@pytest.mark.parametrize("count", [2, 3])
def test_few_numbers_of_labels_foretell_nothing(count):
    told = learning_curve(SIZES[:count], seen(1 + 8 / np.array(SIZES[:count])))
    assert told.law is None
    assert told.more == "unknown"
    assert len(told.errors) == count
    assert told.errors[0].low < told.errors[0].value < told.errors[0].high


def test_one_unit_has_no_interval_and_no_claim():
    told = learning_curve(SIZES, seen(1 + 8 / np.array(SIZES), units=1))
    assert np.isnan(told.errors[0].low)
    assert told.more == "unknown"


def test_units_without_an_answer_are_left_out():
    sums = seen(1 + 8 / np.array(SIZES))
    some = sums.copy()
    some[:, :, ::2] = 0
    told, kept = learning_curve(SIZES, some), learning_curve(SIZES, sums[:, :, 1::2])
    assert [e.value for e in told.errors] == pytest.approx([e.value for e in kept.errors])


def test_the_interval_of_what_is_foretold_holds_the_truth():
    n = np.array(SIZES)
    truth = 0.5 + 6 * 160**-0.8
    held = 0
    for seed in range(60):
        told = learning_curve(SIZES, seen(0.5 + 6 * n**-0.8, noise=0.6, seed=seed), draws=300)
        held += told.doubled.low <= truth <= told.doubled.high
    assert held >= 51  # 95 % of 60 would be 57


def test_shapes_must_belong_together():
    with pytest.raises(ValueError, match="of 2 sizes"):
        learning_curve((5, 10), np.ones((3, 1, 4, 2)))
