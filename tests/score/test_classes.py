import numpy as np
import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from ethoframe.score.classes import class_score


@settings(max_examples=15)
@given_any(st.integers(0, 2**32 - 1), st.integers(2, 4), st.integers(1, 30))
def test_certain_and_right_is_perfect_and_certain_and_wrong_is_worst(seed, classes, n):
    truth = np.random.default_rng(seed).integers(0, classes, n)
    whose = [str(k) for k in range(n)]
    right = class_score(np.eye(classes)[truth], truth, whose, draws=0)
    wrong = class_score(np.eye(classes)[(truth + 1) % classes], truth, whose, draws=0)
    assert (right.accuracy.value, right.brier.value, right.log_loss.value) == (1, 0, 0)
    assert right.top.expected_error.value == right.top.maximum_error.value == 0
    assert (wrong.accuracy.value, wrong.brier.value) == (0, 2)
    assert wrong.top.expected_error.value == wrong.top.adaptive_error.value == 1
    assert np.isfinite(wrong.log_loss.value)
    if len(set(truth.tolist())) == classes:
        assert right.auroc.value == 1


def test_knowing_nothing():
    truth = np.array([0, 1, 2] * 4)
    told = class_score(np.full((12, 3), 1 / 3), truth, [str(k) for k in range(12)], draws=50)
    assert told.auroc.value == 0.5
    assert told.log_loss.value == pytest.approx(np.log(3))
    assert told.brier.value == pytest.approx(2 / 3)
    assert told.top.expected_error.value == pytest.approx(0)


def test_no_answer_is_a_wrong_answer():
    given = np.array([[0.9, 0.1], [np.nan, np.nan], [0.2, 0.8]])
    told = class_score(given, np.array([0, 0, 1]), ["a", "b", "c"], draws=50)
    assert told.accuracy.value == pytest.approx(2 / 3)
    assert (told.unanswered, told.log_loss.n) == (1, 2)
    none = class_score(given * np.nan, np.array([0, 0, 1]), ["a", "b", "c"], draws=50)
    assert none.accuracy.value == 0
    assert np.isnan([none.brier.value, none.auroc.value, none.top.brier.value]).all()


@pytest.mark.parametrize(
    ("given", "truth", "why"),
    [
        ([[0.5, 0.6]], [0], "sum to 1"),
        ([[1.5, -0.5]], [0], "not negative"),
        ([[0.5, 0.5]], [2], "from 0 to 1"),
        ([[0.5, 0.5]], [0, 1], "one true class"),
    ],
)
def test_what_are_no_probabilities(given, truth, why):
    with pytest.raises(ValueError, match=why):
        class_score(np.array(given), np.array(truth), ["a"])
