from __future__ import annotations

import json
import re
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.contract import evenly, parameter
from ethoframe.data import Refusal
from ethoframe.testing.specimens import Rest


@dataclass(frozen=True)
class Tuned(Rest):
    """A specimen with a parameter of every type."""

    most: int = parameter(8, says="how many", low=1, high=100)
    share: float = parameter(0.5, unit="1", says="how much", low=0, high=1)
    whole: float = parameter(2, unit="1", says="a float with a whole default")
    polarity: str = parameter("auto", says="which", choices=("auto", "dark"))
    loud: bool = parameter(False, says="whether")
    sizes: tuple[int, ...] = parameter((1, 2), says="which ones")
    weights: str | None = parameter(None, says="from where")


def test_every_parameter_by_name():
    assert Rest().parameters() == {"slow_mm_per_s": 20.0, "least_s": 0.15}


def test_the_same_parameters_are_the_same_method():
    assert Tuned(most=3) == Tuned(most=3) != Tuned()
    assert hash(Tuned(most=3)) == hash(Tuned(most=3))
    assert Tuned().with_parameters({}) == Tuned()


def test_through_json_and_back():
    method = Tuned(most=3, sizes=(4, 5), weights="a.onnx")
    assert Tuned().with_parameters(json.loads(json.dumps(method.parameters()))) == method


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mots": 3}, "has no parameter 'mots'; it has: least_s, loud, most"),
        ({"most": 0}, "most: 0 is out of range; use 1 to 100"),
        ({"most": 2.5}, "most: cannot be 2.5; write it like 8"),
        ({"most": True}, "most: cannot be True"),
        ({"most": "3"}, "most: cannot be '3'"),
        ({"share": 1.5}, "share: 1.5 is out of range; use 0 to 1 1"),
        ({"share": float("nan")}, "nan is out of range"),
        ({"share": None}, "share: cannot be None"),
        ({"least_s": -1}, "least_s: -1 is out of range; use 0 to inf s"),
        ({"polarity": "drak"}, "polarity: 'drak' is not known; use one of auto, dark"),
        ({"loud": 1}, "loud: cannot be 1; write it like False"),
        ({"sizes": 3}, "sizes: cannot be 3; write it like [1, 2]"),
    ],
)
def test_what_a_parameter_cannot_be(given, said):
    with pytest.raises(Refusal, match=re.escape(said)):
        Tuned().with_parameters(given)


@pytest.mark.parametrize("given", [{"share": 1}, {"whole": 2.5}, {"weights": "x"}, {"sizes": []}])
def test_what_it_can_be(given):
    name, value = next(iter(given.items()))
    stored = getattr(Tuned().with_parameters(given), name)
    assert stored == (tuple(value) if isinstance(value, list) else value)


def test_an_undeclared_field_is_a_mistake_of_the_author():
    @dataclass(frozen=True)
    class Loose(Rest):
        radius: float = 3.0

    with pytest.raises(TypeError, match=r"radius must be declared with contract\.parameter"):
        Loose()


def test_a_method_is_called_by_its_file():
    assert Rest.name() == "testing/specimens"


def _ascending(numbers):
    return np.sort(numbers).astype(np.int64)


@given(hnp.arrays(np.int32, st.integers(0, 50), unique=True).map(_ascending), st.integers(1, 60))
def test_evenly(numbers, most):
    chosen = evenly(numbers, most)
    assert len(chosen) == min(most, len(numbers)) == len(np.unique(chosen))
    assert np.isin(chosen, numbers).all()
    assert (np.diff(chosen) > 0).all()
    if most > 1:
        assert chosen[:1].tolist() == numbers[:1].tolist()
        assert chosen[-1:].tolist() == numbers[-1:].tolist()
