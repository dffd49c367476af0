from __future__ import annotations

import math

import pytest

from ethoframe.data import Check, Verdict
from ethoframe.data.verdict import gravest


@pytest.mark.parametrize(
    ("value", "word"), [(0.5, "good"), (1.0, "look"), (9.9, "look"), (10.0, "failed")]
)
def test_more_is_worse(value, word) -> None:
    assert Check(name="lost", value=value, unit="%", look=1.0, fail=10.0).word == word


@pytest.mark.parametrize(("value", "word"), [(6.0, "good"), (5.0, "look"), (2.0, "failed")])
def test_less_is_worse_where_failed_lies_below(value, word) -> None:
    assert Check(name="small", value=value, unit="px", look=5.0, fail=2.5).word == word


def test_a_check_that_can_never_fail() -> None:
    assert Check(name="head", value=1e9, unit="%", look=25.0).word == "look"


def test_a_value_that_could_not_be_had_says_nothing() -> None:
    assert Check(name="lost", value=math.nan, unit="%", look=1.0, fail=10.0).word == "good"
    assert Check(name="small", value=math.nan, unit="px", look=5.0, fail=2.0).word == "good"


def test_the_gravest_check_says_what_all_say() -> None:
    good = Check(name="a", value=0.0, unit="%", look=1.0)
    look = Check(name="b", value=2.0, unit="%", look=1.0)
    failed = Check(name="c", value=2.0, unit="%", look=1.0, fail=2.0)
    verdict = Verdict((good, look, failed))
    assert verdict.word == "failed"
    assert [check.name for check in verdict.reasons] == ["c", "b"]
    assert gravest(()) == "good"
