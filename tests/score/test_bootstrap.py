import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ethoframe.score.bootstrap import estimate, median, share

ROWS = npst.arrays(np.float64, st.integers(2, 12), elements=st.floats(-100, 100))


@given(ROWS)
def test_the_interval_holds_the_value_and_is_the_same_again(rows):
    found = estimate(rows, draws=200)
    assert found.low <= found.value <= found.high
    assert rows.min() - 1e-9 <= found.low
    assert found.high <= rows.max() + 1e-9
    assert found.n == len(rows)
    assert estimate(rows, draws=200) == found


def test_of_one_unit_there_is_no_interval():
    found = estimate([0.2, 0.4], whose=["a", "a"])
    assert (found.value, found.n) == (pytest.approx(0.3), 1)
    assert np.isnan([found.low, found.high]).all()


def test_of_nothing_nothing_is_known():
    assert np.isnan(estimate([]).value)
    assert np.isnan(estimate(np.zeros((0, 2)), share).value)
    assert np.isnan(estimate([np.nan, np.nan]).value)


def test_rows_that_are_nan_are_left_out():
    assert estimate([1.0, np.nan, 3.0]).value == 2.0
    assert estimate([1.0, np.nan, 5.0], median).value == 3.0


def test_each_row_needs_a_unit():
    with pytest.raises(ValueError, match="one unit each"):
        estimate([1.0, 2.0], whose=["a"])


def test_what_is_alike_is_drawn_together():
    rows = np.repeat([0.2, 0.5, 0.9, 0.4], 50)
    whose = np.repeat(["a", "b", "c", "d"], 50)
    alone, together = estimate(rows), estimate(rows, whose=whose)
    assert alone.value == together.value
    assert together.n == 4
    assert together.high - together.low > 4 * (alone.high - alone.low)


def test_a_few_units_are_not_more_sure_than_student():
    """With many draws of a symmetric sample it is Student's interval, nearly."""
    rows = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    half = 2.7764 * rows.std(ddof=1) / np.sqrt(5)
    found = estimate(rows, draws=20_000)
    assert found.high == pytest.approx(half, rel=0.2)
    assert found.low == pytest.approx(-half, rel=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("count", [5, 10, 30])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(count):
    random, times = np.random.default_rng(1), 400
    for draw, true, least in (
        (lambda: random.normal(0, 1, count), 0.0, 0.91),
        (lambda: random.beta(8, 1.5, count), 8 / 9.5, 0.86),  # as Dice is, with a long tail
    ):
        found = [estimate(draw(), draws=500) for _ in range(times)]
        assert least < np.mean([each.low <= true <= each.high for each in found]) < 0.985
