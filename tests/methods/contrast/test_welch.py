"""Welch's and the paired t test against scipy's, and what counts as one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from ethoframe.data import Measures, Refusal
from ethoframe.methods.contrast._difference import Design
from ethoframe.methods.contrast.welch import Welch
from ethoframe.testing.studies import Plan
from tests.methods.contrast.conftest import study

A, B = [3.1, 4.7, 2.2, 5.9, 4.0], [6.0, 9.5, 4.4, 12.1]
GROUPS = ["saline"] * 5 + ["drug"] * 4


def test_it_is_welch():
    row = Welch().apply(**study([*A, *B], group=GROUPS)).row("distance")
    told = stats.ttest_ind(B, A, equal_var=False)
    ends = told.confidence_interval()
    assert row.p == pytest.approx(told.pvalue)
    assert row.freedom == pytest.approx(told.df)
    assert (row.low, row.high) == pytest.approx((ends.low, ends.high))
    assert row.effect == pytest.approx(np.mean(B) - np.mean(A))
    assert row.q == row.p


def test_sessions_of_the_same_animals_are_paired():
    first = np.array(A)
    second = first + np.array([1.0, 1.4, 0.7, 1.9, 0.2])
    names = [f"m{k}" for k in range(5)] * 2
    case = study([*first, *second], subject=names, session=["1"] * 5 + ["2"] * 5)
    row = Welch(factor="session", control="1").apply(**case).row("distance")
    told = stats.ttest_rel(second, first)
    assert row.p == pytest.approx(told.pvalue)
    assert row.freedom == pytest.approx(4)
    assert row.definition.count("within animals that have both levels") == 1


def test_recordings_of_one_animal_are_one():
    twice = [value for value in [*A, *B] for _ in "ab"]
    groups = [group for group in GROUPS for _ in "ab"]
    names = [f"m{k // 2}" for k in range(18)]
    row = Welch().apply(**study(twice, group=groups, subject=names)).row("distance")
    once = Welch().apply(**study([*A, *B], group=GROUPS)).row("distance")
    assert (row.n, row.animals) == (4, 4)
    assert row.p == pytest.approx(once.p)


def test_blocks_are_a_linear_model_with_robust_variance():
    treated = np.array([1, 0, 1, 0, 1, 1, 0, 0, 1], bool)
    block = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2])
    y = np.array([3.0, 1.0, 6.0, 2.5, 4.0, 9.0, 6.5, 5.0, 8.0])
    design = Design(treated, block)
    x = np.stack([treated, block == 0, block == 1, block == 2], axis=1).astype(float)
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = y - x @ coefficients
    bread = np.linalg.inv(x.T @ x)
    leverage = np.einsum("ij,jk,ik->i", x, bread, x)
    cover = bread @ (x.T * (rest**2 / (1 - leverage))) @ x @ bread
    told = design.told(y)
    assert float(told.difference) == pytest.approx(coefficients[0])
    assert float(told.error) == pytest.approx(np.sqrt(cover[0, 0]))
    assert float(told.spread) == pytest.approx(np.sqrt(rest @ rest / 5))


def test_whole_litters_are_no_animals():
    measures, sheet = Plan(3, 3, pups=(2,)).study(1)
    case = {"measures": measures, "sheet": sheet}
    with pytest.raises(Refusal, match="never within one"):
        Welch().apply(**case)
    row = Welch(unit="litter", control="saline").apply(**case).row("distance")
    assert (row.n, row.animals, row.unit_of_analysis) == (3, 6, "litter")


def test_some_litters_of_one_group_are_told():
    litters = ["a", "a", "b", "b", "c", "c", "d", "d", "e"]
    found = Welch().apply(**study([*A, *B], group=GROUPS, litter=litters))
    assert any("3 of 4 litters" in line for line in found.warnings)
    cages = Welch().apply(**study([*A, *B], group=GROUPS, cage=["x"] * 5 + ["y"] * 4))
    assert any("all 2 shared cages" in line for line in cages.warnings)


def test_a_litter_without_a_name_is_refused():
    with pytest.raises(Refusal, match="names no litter for m0"):
        Welch(unit="litter").apply(**study([*A, *B], group=GROUPS))


def test_rows_belong_to_files_or_animals_and_strangers_are_told():
    case = study([*A, *B, 3.0], group=[*GROUPS, "drug"])
    sheet = case["sheet"]
    fewer = {**case, "sheet": type(sheet)("animals.csv", sheet.rows[:-1])}
    found = Welch().apply(**fewer)
    assert found.row("distance").n == 4
    assert "1 recording is left out" in found.warnings[0]


def test_values_that_are_missing_are_told():
    found = Welch().apply(**study([*A, *B[:3], math.nan], group=GROUPS))
    assert found.row("distance").n == 3
    assert any("1 recording has no value and is left out" in line for line in found.warnings)


def test_family_counts_measures_and_comparisons():
    groups = ["a", "a", "a", "b", "b", "b", "c", "c", "c"]
    found = Welch(control="a").apply(**study([*A, *B], group=groups))
    assert [row.level for row in found.rows] == ["b", "c"]
    assert found.family == "2 tests: 1 measure × 2 comparisons"
    assert all(row.q >= row.p for row in found.rows)


def test_without_a_control_every_pair_is_compared_and_counted():
    groups = ["a", "a", "a", "b", "b", "b", "c", "c", "c"]
    case = study([*A, *B], group=groups)
    found = Welch().apply(**case)
    pairs = [(row.level, row.control) for row in found.rows]
    assert pairs == [("b", "a"), ("c", "a"), ("c", "b")]
    assert found.family == "3 tests: 1 measure × 3 comparisons"
    assert [line for line in found.warnings if "every pair" in line] == [
        "no control is named: every pair of the levels of group is compared, 3 in all; "
        "--control LEVEL compares each with one"
    ]
    against = Welch(control="a").apply(**case)
    for row in against.rows:
        (same,) = [each for each in found.rows if each.level == row.level and each.control == "a"]
        assert (same.p, same.effect, same.low) == (row.p, row.effect, row.low)
        assert same.q >= row.p
    assert not any("every pair" in line for line in against.warnings)
    assert not Welch().apply(**study([*A, *B], group=GROUPS)).warnings


def test_what_is_found_alone_but_not_among_all_says_so():
    low, high = [0.0, 0.1, 0.2, 0.3], [0.25, 0.35, 0.45, 0.55]
    groups = [level for level in "abcd" for _ in range(4)]
    found = Welch().apply(**study([*low, *high, *low, *low], group=groups))
    row = found.rows[0]
    assert row.p <= 0.05 < row.q
    assert row.verdict.startswith("there is a difference; taken alone: ")
    alone = Welch().apply(**study([*low, *high], group=groups[:8])).rows[0]
    assert alone.p == alone.q == pytest.approx(row.p)
    assert alone.verdict == "there is a difference"


def test_three_sessions_are_paired_two_by_two():
    first = np.array(A)
    values = [*first, *(first + np.array([1.0, 1.4, 0.7, 1.9, 0.2])), *(first * 1.5)]
    names, sessions = [f"m{k}" for k in range(5)] * 3, [s for s in "123" for _ in range(5)]
    found = Welch(factor="session").apply(**study(values, subject=names, session=sessions))
    assert [(row.level, row.control) for row in found.rows] == [("2", "1"), ("3", "1"), ("3", "2")]
    assert found.rows[2].p == pytest.approx(stats.ttest_rel(values[10:], values[5:10]).pvalue)


def test_what_the_smallest_effect_says():
    row = Welch(smallest="50mm").apply(**study([*A, *B], group=GROUPS)).row("distance")
    assert row.verdict == "any difference is smaller than the smallest of interest" or (
        row.verdict.startswith("there is a difference; any")
    )
    assert row.power > 0.99
    assert row.needed == 2


@pytest.mark.parametrize("column", ["litter", "cage"])
def test_before_and_after_differs_within_each_animal_of_a_litter(column):
    first = np.array([*A, 3.3])
    values = [*first, *(first + np.array([1.0, 1.4, 0.7, 1.9, 0.2, 0.9]))]
    names, kin = [f"m{k}" for k in range(6)] * 2, [f"L{k // 3}" for k in range(6)] * 2
    case = study(values, subject=names, session=["1"] * 6 + ["2"] * 6, **{column: kin})
    found = Welch(factor="session", control="1").apply(**case)
    assert found.row("distance").n == 6
    assert not found.warnings
    # One that came once is left out, and says nothing of its litter.
    case["sheet"] = replace(case["sheet"], rows=case["sheet"].rows[:-1])
    found = Welch(factor="session", control="1").apply(**case)
    assert found.row("distance").n == 5
    assert not any("alike" in line for line in found.warnings)


def test_figures_of_tracking_are_no_outcomes_unless_they_are_named():
    case = study([*A, *B], group=GROUPS)
    frames = [replace(row, quantity="frames lost") for row in case["measures"].rows]
    case["measures"] = Measures((*case["measures"].rows, *frames))
    found = Welch().apply(**case)
    assert [row.quantity for row in found.rows] == ["distance"]
    assert found.family == "1 test: 1 measure × 1 comparison"
    assert found.warnings[0].endswith("unless --quantities names them: frames lost")
    named = Welch(quantities="frames lost").apply(**case)
    assert [row.quantity for row in named.rows] == ["frames lost"]
    assert not named.warnings


def test_family_tells_which_tests_could_not_be_made():
    case = study([*A, *B], group=[*GROUPS[:-1], "drugg"])
    found = Welch(control="saline").apply(**case)
    assert found.family == "1 test: 1 measure × 2 comparisons, less 1 that could not be made"


def test_two_spellings_of_a_level_are_one_and_told():
    case = study([*A, *B], group=["Saline", *GROUPS[1:]])
    case["sheet"] = case["sheet"].spelled()
    found = Welch(control="saline").apply(**case)
    assert found.row("distance").n_control == 5
    assert found.warnings[0].startswith("group: 'Saline' counts as 'saline'")


def test_columns_are_told_where_there_is_none_of_that_name():
    case = study([*A, *B], group=GROUPS)
    case["sheet"] = replace(case["sheet"], columns=("video", "subject", "group"))
    with pytest.raises(Refusal, match="has no such column, but video, subject, group"):
        Welch(factor="Treatment").apply(**case)
