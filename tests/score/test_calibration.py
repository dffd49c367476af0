import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.score.calibration import (
    auroc,
    calibration,
    presence_score,
    reliability,
    temperature,
    tempered,
)

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(1, 200), st.sampled_from(["width", "count"]))
def test_bins_hold_every_answer_and_errors_are_bounded(seed, n, by):
    random = np.random.default_rng(seed)
    confidence, right = random.random(n).round(1), random.random(n) < 0.5
    told = reliability(confidence, right, by=by)
    assert told.count.sum() == n
    assert 0 <= told.expected_error <= told.maximum_error <= 1
    known = told.count > 0
    assert np.nansum(told.right * told.count) == pytest.approx(right.sum())
    assert (told.sure[known] <= told.edges[1:][known] + 1e-12).all()
    assert (told.sure[known] >= told.edges[:-1][known] - 1e-12).all()


def test_a_case_by_hand():
    """Two bins of 15 are used: (0.55, right half the time) and (0.95, right 3 times of 4)."""
    confidence = np.array([0.55, 0.55, 0.95, 0.95, 0.95, 0.95])
    right = np.array([1, 0, 1, 1, 1, 0])
    told = calibration(confidence, right, list("abcdef"), draws=100)
    assert told.expected_error.value == pytest.approx((2 * 0.05 + 4 * 0.2) / 6)
    assert told.maximum_error.value == pytest.approx(0.2)
    assert told.brier.value == pytest.approx(np.mean((confidence - right) ** 2))
    assert told.expected_error.low <= told.expected_error.value <= told.expected_error.high
    assert told.expected_error.n == 6


def test_of_a_calibrated_method_chance_explains_the_error():
    random = np.random.default_rng(0)
    confidence = random.uniform(0.5, 1, 400)
    right = random.random(400) < confidence
    told = calibration(confidence, right, [f"{k}" for k in range(400)], draws=0)
    assert told.expected_error.value == pytest.approx(told.by_chance, abs=0.03)
    assert told.by_chance > 0.02  # it is not 0: that is the bias
    bold = calibration(confidence**0.2, right, [f"{k}" for k in range(400)], draws=0)
    assert bold.expected_error.value > 2 * bold.by_chance
    assert bold.adaptive_error.value > 0.1


def test_of_nothing_nothing_is_known():
    told = calibration(np.zeros(0), np.zeros(0), [])
    assert np.isnan([told.expected_error.value, told.maximum_error.value, told.by_chance]).all()
    assert np.isnan(reliability(np.zeros(0), np.zeros(0), by="count").maximum_error)
    with pytest.raises(ValueError, match="from 0 to 1"):
        reliability(np.array([0.5, np.nan]), np.array([1, 0]))


@given(SEEDS, st.integers(1, 12), st.integers(1, 12))
def test_auroc_is_the_share_of_pairs_in_the_right_order(seed, more, less):
    random = np.random.default_rng(seed)
    high, low = random.integers(0, 5, more), random.integers(0, 5, less)
    pairs = (high[:, None] > low) + 0.5 * (high[:, None] == low)
    scores = np.concatenate([high, low]).astype(float)
    positive = np.arange(more + less) < more
    assert auroc(scores, positive) == pytest.approx(pairs.mean())
    assert auroc(-scores, positive) == pytest.approx(1 - pairs.mean())
    assert auroc(3 * scores - 7, positive) == auroc(scores, positive)


def test_auroc_needs_both():
    assert np.isnan(auroc(np.array([0.1, 0.2]), np.array([True, True])))


def test_an_absent_keypoint_must_not_score_high():
    random = np.random.default_rng(4)
    present = random.random((60, 4)) < 0.7
    errors = np.where(present, random.exponential(3, present.shape), np.nan)
    honest = np.where(present, 0.9, 0.1)
    blind = np.full(present.shape, 0.9)
    whose = [f"{k % 6}" for k in range(60)]
    good = presence_score(honest, errors, present, whose, draws=50)
    bad = presence_score(blind, errors, present, whose, draws=50)
    assert (good.auroc_present.value, good.false_alarms.value) == (1.0, 0.0)
    assert (bad.auroc_present.value, bad.false_alarms.value) == (0.5, 1.0)
    assert good.near.expected_error.value < bad.near.expected_error.value
    assert good.present + good.absent == present.size
    assert good.false_alarms.n == 6


def test_a_keypoint_that_was_not_predicted_is_not_believed():
    told = presence_score(
        np.array([[np.nan, 0.9]]), np.array([[np.nan, 1.0]]), np.array([[True, True]]), ["a"]
    )
    assert told.given_up.value == 0.5
    assert told.auroc_near.value == 1.0
    assert np.isnan(told.false_alarms.value)


def drawn(seed, n, t, classes):
    """Logits, and classes drawn from their probabilities at another temperature."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 4, (n, classes))
    chances = tempered(logits, t)
    return logits, (chances.cumsum(axis=1) < random.random((n, 1))).sum(axis=1)


@pytest.mark.parametrize("t", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(t):
    logits, truth = drawn(1, 4000, t, 3)
    assert temperature(logits, truth) == pytest.approx(t, rel=0.08)


@given(SEEDS, st.floats(0.3, 4))
def test_scaling_logits_scales_the_temperature(seed, by):
    logits, truth = drawn(seed, 60, 2.0, 3)
    assert temperature(by * logits, truth) == pytest.approx(
        by * temperature(logits, truth), rel=1e-3
    )


@given(SEEDS, st.floats(0.1, 10))
def test_tempering_keeps_every_answer_and_sums_to_one(seed, t):
    logits = np.random.default_rng(seed).normal(0, 50, (20, 4))
    told = tempered(logits, t)
    assert told.sum(axis=1) == pytest.approx(1)
    assert (told.argmax(axis=1) == logits.argmax(axis=1)).all()


def test_a_yes_or_no_is_two_classes():
    logits, truth = np.array([3.0, 2.0, -1.0, 0.5, -2.0]), np.array([1, 1, 1, 0, 0])
    two = np.column_stack([np.zeros(5), logits])
    assert temperature(logits, truth) == pytest.approx(temperature(two, truth))
    assert tempered(logits, 2.0) == pytest.approx(1 / (1 + np.exp(-logits / 2)))


def test_a_few_frames_without_an_error_do_not_make_a_method_certain():
    logits = np.array([[9.0, 0.0]] * 10 + [[0.0, 9.0]] * 10)
    t = temperature(logits, np.repeat([0, 1], 10))
    assert tempered(logits, t).max() == pytest.approx(21 / 22, abs=1e-3)


def test_a_temperature_needs_frames_and_numbers():
    with pytest.raises(Refusal, match="no frame"):
        temperature(np.zeros((0, 2)), np.zeros(0))
    with pytest.raises(Refusal, match="not finite"):
        temperature(np.array([[np.nan, 0.0]]), np.array([0]))
