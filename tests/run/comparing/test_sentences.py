from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ethoframe.run.comparing.outcome import Course
from ethoframe.run.comparing.sentences import lasting, more_labels, overtaking, told, variance
from ethoframe.run.comparing.yardstick import Metric
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.curve import LearningCurve, Power

SIZES = np.array([5, 10, 20, 40])
LAW = Power(0.5, 4.0, 1.0)


def course(at=None, gain=(0.1, 0.05, 0.2), taught=0.3, law=LAW, last=0.6):
    errors = (*[Estimate(1.0)] * 3, Estimate(last, last - 0.1, last + 0.1, 20))
    others = {} if at is None else {"rule": Estimate(*at)}
    curve = LearningCurve(SIZES, errors, law, gain=Estimate(*gain), overtakes=others)
    return Course("net", curve, (Estimate(taught),) * 4)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ((18.0, 12.0, 31.0), "net overtakes rule at about 18 labels (12 to 31)"),
        ((18.0, 2.0, np.inf), "net overtakes rule at about 18 labels (fewer than 5 to never)"),
        ((2.0, 1.0, 4.0), "net is already better than rule with 5 labels"),
        ((90.0, 30.0, 700.0), "would overtake rule at about 90 labels, if its curve goes on so"),
        ((np.inf, 60.0, np.inf), "net is not seen to overtake rule (60 to never)"),
        ((np.inf, 500.0, np.inf), "does not come near rule with any number of labels"),
    ],
)
def test_when_a_rule_is_overtaken(at, said):
    (line,) = overtaking(None, course(at))
    assert said in line


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (
            (0.1, 0.05, 0.2),
            "as many labels again (40 more) would make the error less by about 0.100",
        ),
        ((0.01, 0.0, 0.02), "would hardly help"),
        ((0.1, 0.0, 0.4), "the data cannot tell whether 40 more labels help"),
    ],
)
def test_whether_more_labels_pay(gain, said):
    found = SimpleNamespace(metric=Metric("distance", "px"))
    assert said in more_labels(found, course(gain=gain))
    assert "too few to foretell" in more_labels(found, course(law=None))


def test_what_it_knows_of_what_it_was_taught():
    assert "more varied labels are what it lacks" in variance(course(taught=0.1))
    assert "train it for longer too" in variance(course(taught=0.55))
    assert "more labels alone will not" in variance(course(taught=0.55, gain=(0.0, 0.0, 0.01)))
    assert "as is usual" in variance(course(taught=0.35))
    assert variance(course(taught=float("nan"))) == ""


def test_numbers_are_told_with_their_intervals():
    assert told(Estimate(5.678, 4.0, 7.0, 9), Metric("distance", "px")) == "5.68 px (4 to 7)"
    assert told(Estimate(0.5), Metric("F1", more=True)) == "0.500"
    assert lasting(90) == "90 min"
