import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ethoframe.score.counts import CountScore, concordance, limits_of_agreement, summary

TABLES = npst.arrays(np.float64, st.tuples(st.integers(2, 15), st.just(2)),
                     elements=st.integers(0, 50).map(float))  # fmt: skip


def told(table):
    rows = [CountScore(a, t, f"p{k}") for k, (a, t) in enumerate(table)]
    return summary(rows, [row.name for row in rows])


def test_by_hand():
    found = told([(8, 10), (12, 10), (33, 30), (0, 0)])
    assert found["mean_absolute_error"].value == 7 / 4
    assert found["bias"].value == 3 / 4
    assert found["relative_error"].value == pytest.approx((0.2 + 0.2 + 0.1) / 3)
    assert found["relative_error_pooled"].value == pytest.approx(7 / 50)
    half = 1.96 * np.std([-2, 2, 3, 0], ddof=1)
    assert found["limit_low"].value == pytest.approx(0.75 - half, abs=1e-3)
    assert found["limit_high"].value == pytest.approx(0.75 + half, abs=1e-3)


@given(TABLES)
def test_concordance_is_symmetric_and_no_better_than_correlation(table):
    found = concordance(table)
    if np.isnan(found):
        assert np.ptp(table) == 0
        return
    assert -1 - 1e-12 <= found <= 1 + 1e-12
    assert found == pytest.approx(concordance(table[:, ::-1]))
    if (table.std(axis=0) > 0).all():
        assert abs(found) <= abs(np.corrcoef(table.T)[0, 1]) + 1e-9


def test_lins_concordance_with_a_bias():
    truth = np.arange(10.0)
    assert concordance(np.stack([truth, truth], axis=1)) == pytest.approx(1)
    var = truth.var()
    table = np.stack([truth + 2, truth], axis=1)
    assert concordance(table) == pytest.approx(2 * var / (2 * var + 4))


@given(TABLES)
def test_limits_lie_about_the_bias(table):
    low, high = limits_of_agreement(table)
    assert (low + high) / 2 == pytest.approx((table[:, 0] - table[:, 1]).mean(), abs=1e-9)


def test_a_picture_that_truly_holds_nothing_hides_no_error():
    assert CountScore(0, 0).relative_error == 0
    assert CountScore(3, 0).relative_error == np.inf
    found = told([(3, 0), (10, 10)])
    assert found["relative_error"].value == 0
    assert found["relative_error_pooled"].value == 0.3


def test_intervals_of_answers_are_judged_where_there_are_any():
    rows = [
        CountScore(9, 10, "a", low=8, high=11),
        CountScore(20, 10, "b", low=18, high=22),
        CountScore(0, 10, "c", answered=False),
        CountScore(4, 4, "d"),
    ]
    assert summary(rows, list("abcd"))["within_interval"].value == pytest.approx(1 / 3)
    assert "within_interval" not in told([(1, 1), (2, 2)])


def test_of_one_picture_there_is_no_spread():
    found = told([(8, 10)])
    assert found["mean_absolute_error"].value == 2
    assert np.isnan([found["limit_low"].value, found["concordance"].value]).all()
