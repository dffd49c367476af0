from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.report.wording import (
    clock,
    duration,
    escaped,
    interval,
    number,
    plain,
    share,
    verbatim,
)

FINITE = st.floats(-1e8, 1e8, allow_subnormal=False)


def read(written: str) -> float:
    return float(written.replace("\u202f", ""))


@given(FINITE)
def test_a_number_keeps_four_digits(value):
    assert math.isclose(read(number(value)), value, rel_tol=5.01e-4, abs_tol=1e-300)


@given(FINITE, st.floats(1e-6, 1e6))
def test_digits_follow_the_interval(value, half):
    written = read(number(value, value - half, value + half))
    assert abs(written - value) <= max(0.06 * half, 0.51)


@given(st.floats(0, 1e6), st.integers(0, 3))
def test_clock_tells_the_time(seconds, decimals):
    *hours, minutes, rest = clock(seconds, decimals).split(":")
    told = int(hours[0]) * 3600 if hours else 0
    told += int(minutes) * 60 + float(rest)
    assert float(rest) < 60
    assert abs(told - seconds) <= 0.5 * 10.0**-decimals + 1e-6


@pytest.mark.parametrize("seconds", [59.94, 59.96, 119.96, 3599.6, 0.0, 0.999])
def test_duration_has_no_sixtieth_second(seconds):
    assert "60" not in duration(seconds)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_share_is_round_only_when_it_is_whole(part, whole):
    part = min(part, whole)
    told = share(part, whole)
    assert (told == "100 %") == (part == whole)
    assert (told == "0 %") == (part == 0)


@given(st.text("<>\"'& \n\x00\u202e\ud800a中"))
def test_text_cannot_leave_its_place(text):
    for written in (escaped(text), verbatim(text)):
        assert not set(written) & set("<>\"'\x00\u202e")
        written.encode()


def test_the_absent_is_said():
    assert number(math.nan) == clock(math.nan) == duration(math.inf) == share(0, 0) == "–"
    assert interval(1.0, math.nan) == ""


def test_a_long_name_is_shortened():
    assert plain("x" * 50, 10) == "x" * 9 + "…"
