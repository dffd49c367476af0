import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.score.points import Rules, Scale, body_lengths, distances, paired, point_score

QUICK = Rules(draws=0)
NAMES = ("snout", "leftear", "tailbase")


def scored(predicted, truth, confidence=None, **more):
    n = len(truth)
    told = {"keypoints": NAMES[: truth.shape[1]], "whose": [str(k) for k in range(n)]}
    return point_score(predicted, confidence, truth, **{**told, "rules": QUICK, **more})


@st.composite
def cases(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 15))
    truth = random.uniform(0, 200, (n, 3, 2))
    predicted = truth + random.normal(0, 8, truth.shape)
    truth[random.random((n, 3)) < 0.2] = np.nan
    predicted[random.random((n, 3)) < 0.1] = np.nan
    return predicted, random.random((n, 3)), truth


@settings(max_examples=20)
@given(cases())
def test_a_perfect_answer_is_off_by_nothing(case):
    truth = case[2]
    told = scored(truth, truth).overall
    if told.labelled:
        for what in ("mean_px", "median_px", "p95_px", "rmse_px", "missed", "unsure"):
            assert told[what].value == 0
        assert told["within_5_px"].value == 1
    assert told["invented"].value == 0 or told.absent == 0


@settings(max_examples=15)
@given(cases(), st.floats(-500, 500), st.floats(0.1, 10))
def test_moving_both_changes_nothing_and_scaling_scales(case, by, times):
    predicted, confidence, truth = case
    first = scored(predicted, truth, confidence)
    moved = scored(predicted + by, truth + by, confidence)
    scaled = scored(predicted * times, truth * times, confidence)
    for name, told in first.overall.scores.items():
        same = moved.overall[name].value
        assert same == pytest.approx(told.value, rel=1e-6, abs=1e-6, nan_ok=True)
        if name in ("mean_px", "median_px", "p95_px", "rmse_px"):
            assert scaled.overall[name].value == pytest.approx(times * told.value, nan_ok=True)
        if name.startswith("oks"):
            assert scaled.overall[name].value == pytest.approx(told.value, nan_ok=True)


@settings(max_examples=20)
@given(cases())
def test_counts_add_up_and_means_are_of_what_is_measured(case):
    predicted, confidence, truth = case
    told = scored(predicted, truth, confidence)
    far = distances(predicted, truth)
    assert told.overall.labelled + told.overall.absent == truth.shape[0] * 3
    assert sum(each.compared for each in told.keypoints) == told.overall.compared
    assert told.overall.compared == (~np.isnan(far)).sum()
    if told.overall.compared:
        assert told.overall["mean_px"].value == pytest.approx(np.nanmean(far))
        assert told.overall["rmse_px"].value == pytest.approx(np.sqrt(np.nanmean(far**2)))
        assert told.overall["p95_px"].value == pytest.approx(np.nanpercentile(far, 95))


def test_the_figures_are_those_of_deeplabcut():
    """What `compute_metrics` of DeepLabCut 3.0.2 gave for the same random poses."""
    random = np.random.default_rng(7)
    truth = random.uniform(0, 200, (12, 4, 2))
    predicted = truth + random.normal(0, random.choice([2, 15, 40], (12, 1, 1)), (12, 4, 2))
    confidence = random.uniform(0.2, 1, (12, 4))
    truth[2, 1], truth[5], predicted[7, 3] = np.nan, np.nan, np.nan
    for margin, precision, recall in (
        (0.0, 23.635313531353138, 42.72727272727273),
        (10.0, 28.71452145214521, 48.18181818181818),
    ):
        rules = Rules(draws=0, margin_px=margin)
        told = scored(predicted, truth, confidence, keypoints=tuple("abcd"), rules=rules)
        assert told.overall["mean_px"].value == pytest.approx(21.652333574406185)
        assert told.overall["mean_sure_px"].value == pytest.approx(23.100291702776634)
        assert 100 * told.overall["oks_map"].value == pytest.approx(precision)
        assert 100 * told.overall["oks_mar"].value == pytest.approx(recall)
    each = [keypoint["mean_px"].value for keypoint in told.keypoints]
    assert each == pytest.approx(
        [26.81752380020544, 22.66560975748492, 10.791042140519044, 26.90476872022412]
    )


def test_missed_and_invented_are_told_apart():
    truth = np.array([[[0.0, 0.0], [30.0, 40.0]], [[0.0, 0.0], [np.nan, np.nan]]])
    predicted = np.array([[[3.0, 4.0], [np.nan, np.nan]], [[0.0, np.inf], [9.0, 9.0]]])
    sure = np.array([[0.9, 0.9], [0.9, 0.7]])
    told = scored(predicted, truth, sure, rules=Rules(draws=0, within_px=(5.0,)))
    snout, ear = told.keypoints
    assert (told.overall["missed"].value, snout["missed"].value) == (pytest.approx(2 / 3), 0.5)
    assert (ear["invented"].value, ear.absent) == (1.0, 1)
    assert np.isnan(snout["invented"].value)
    assert told.overall["within_5_px"].value == pytest.approx(1 / 3)  # what is missed is not found
    assert told.overall["mean_px"].value == 5.0
    unsure = scored(predicted, truth, sure / 2, rules=QUICK).overall
    assert (unsure["invented"].value, unsure["unsure"].value) == (0.0, 1.0)
    assert np.isnan(unsure["mean_sure_px"].value)


def test_lengths_in_mm_and_body_lengths():
    truth = np.array([[[0.0, 0.0], [0.0, 40.0]]] * 3)
    truth[2, 1, 1] = 20.0  # curled up: its length is still the median, 40
    scale = Scale(mm_per_px=0.5, body_px=("snout", "leftear"))
    told = scored(truth + np.array([4.0, 0.0]), truth, scale=scale, whose=["film"] * 3).overall
    assert told["mean_mm"].value == 2.0
    assert told["mean_bl"].value == pytest.approx(0.1)
    assert (told["within_0.05_bl"].value, told["within_0.2_bl"].value) == (0.0, 1.0)
    assert body_lengths(truth, (0, 1), ["a", "a", "b"]).tolist() == [40.0, 40.0, 20.0]


def test_a_pixel_size_may_differ_and_be_unknown():
    truth = np.zeros((3, 1, 2))
    scale = Scale(mm_per_px=np.array([1.0, 0.5, np.nan]), body_px=np.array([np.nan, 0.0, np.nan]))
    told = scored(truth + np.array([3.0, 4.0]), truth, scale=scale).overall
    assert told["mean_mm"].value == 3.75
    assert "mean_bl" not in told.scores
    assert "mean_mm" not in scored(truth, truth).overall.scores


def test_a_body_needs_keypoints_that_are_there():
    with pytest.raises(Refusal, match="no keypoint nose"):
        scored(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), scale=Scale(body_px=("nose", "snout")))


def test_a_scaled_interval_is_the_interval_of_what_is_scaled():
    random = np.random.default_rng(1)
    truth = random.uniform(0, 90, (8, 1, 2))
    predicted = truth + random.normal(0, 3, truth.shape)
    rules = Rules(draws=200)
    one = scored(predicted, truth, scale=Scale(mm_per_px=0.5), rules=rules).overall
    two = scored(predicted / 2, truth / 2, rules=rules).overall
    assert one["mean_mm"].high == pytest.approx(two["mean_px"].high)
    assert one["mean_px"].low < one["mean_px"].value < one["mean_px"].high
    assert one["mean_px"].n == 8


def test_of_nothing_nothing_is_known():
    told = scored(np.zeros((0, 2, 2)), np.zeros((0, 2, 2)))
    assert told.frames == 0
    assert all(np.isnan(each.value) for each in told.overall.scores.values())


def test_it_can_be_written_and_told_by_keypoint():
    truth = np.array([[[0.0, 0.0], [3.0, 4.0]]])
    told = scored(truth, truth)
    plain = json.loads(told.to_json())
    assert plain["overall"]["scores"]["mean_px"]["value"] == 0.0
    assert plain["overall"]["scores"]["invented"]["value"] is None
    assert list(told.summary()) == ["snout", "leftear", "all"]


@pytest.mark.parametrize("wrong", ["places", "confidence"])
def test_shapes_must_belong_together(wrong):
    truth, sure = np.zeros((2, 2, 2)), np.zeros((2, 3 if wrong == "confidence" else 2))
    with pytest.raises(ValueError, match="shape"):
        scored(np.zeros((2, 3 if wrong == "places" else 2, 2)), truth, sure)


def test_two_predictors_on_the_same_frames():
    random = np.random.default_rng(2)
    hard = random.uniform(1, 20, (30, 1))  # some frames are hard for both
    b = hard * random.uniform(0.9, 1.1, (30, 4))
    a = 0.4 * hard * random.uniform(0.9, 1.1, (30, 4))
    told = paired(a, b, ["film"] * 30)
    assert 0.38 < told.ratio.low < told.ratio.value < told.ratio.high < 0.42
    assert told.difference.high < 0
    assert (told.compared, told.only_a, told.only_b) == (120, 0, 0)
    assert "stretches" in told.says
    same = paired(b, b, ["film"] * 30)
    assert (same.ratio.low, same.ratio.value, same.ratio.high) == (1.0, 1.0, 1.0)


def test_only_what_both_have_is_compared():
    a, b = np.array([1.0, np.nan, 3.0]), np.array([2.0, 5.0, np.nan])
    told = paired(a, b, ["a", "b", "c"], draws=0)
    assert (told.compared, told.only_a, told.only_b) == (1, 1, 1)
    assert (told.a.value, told.b.value, told.ratio.value) == (1.0, 2.0, 0.5)
    assert np.isnan(paired(a * np.nan, b, ["a", "b", "c"], draws=0).ratio.value)
    with pytest.raises(ValueError, match="same frames"):
        paired(a, b[:2], ["a", "b", "c"])
