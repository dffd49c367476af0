from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract.units import exponents, scaled, suffix, unit_in

UNITS = ["mm", "mm/s", "px2", "1/s", "turns/min", "bl/s", "level", "s", "entries/min", "mm2/s"]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("mm/s", (1, 0, -1)),
        ("mm2", (2, 0, 0)),
        ("cm/min", (1, 0, -1)),
        ("px/mm", (-1, 1, 0)),
        ("1/s", (0, 0, -1)),
        ("mm/s/s", (1, 0, -2)),
        ("%", (0, 0, 0)),
        ("", (0, 0, 0)),
    ],
)
def test_exponents(unit, expected):
    assert exponents(unit) == expected


@pytest.mark.parametrize("unit", ["furlong", "mm/fortnight", "mm*s", "mm/s "])
def test_a_unit_that_nobody_can_scale_is_a_mistake(unit):
    with pytest.raises(ValueError, match=r"contract/units\.py"):
        exponents(unit)


@given(st.sampled_from(UNITS), *[st.floats(0.1, 10)] * 4)
def test_scaling_there_and_back(unit, value, mm, px, s):
    there = scaled(value, unit, mm=mm, px=px, s=s)
    assert scaled(there, unit, mm=1 / mm, px=1 / px, s=1 / s) == pytest.approx(value)


@pytest.mark.parametrize("unit", UNITS)
def test_a_name_tells_its_unit(unit):
    assert unit_in(f"speed_{suffix(unit)}") == unit


@pytest.mark.parametrize("name", ["end_1", "frames", "polarity", "share_of", "per", "x", "a_per_b"])
def test_a_name_without_a_unit(name):
    assert unit_in(name) == ""


@pytest.mark.parametrize("unit", ["", "1", "%"])
def test_numbers_without_a_unit_need_no_suffix(unit):
    assert suffix(unit) == ""
