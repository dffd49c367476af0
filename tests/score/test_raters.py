import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ethoframe.score.raters import dice, majority, rater_score, staple, summary

MASKS = st.integers(2, 5).flatmap(lambda count: npst.arrays(bool, (count, 5, 6)))


def drawn(count=5, sensitivity=0.9, specificity=0.95, seed=4):
    """What is there, and raters who are right in these shares of the pixels."""
    random = np.random.default_rng(seed)
    truth = np.zeros((60, 60), bool)
    truth[20:45, 10:40] = True
    chance = random.random((count, *truth.shape))
    return truth, np.where(truth, chance < sensitivity, chance >= specificity)


def test_staple_finds_the_truth_and_how_good_everybody_is():
    truth, masks = drawn()
    found = staple(masks)
    assert dice(found.mask, truth) > 0.99
    assert found.sensitivity == pytest.approx(np.full(5, 0.9), abs=0.04)
    assert found.specificity == pytest.approx(np.full(5, 0.95), abs=0.02)


def test_staple_trusts_whoever_is_right():
    truth, good = drawn(2, 0.97, 0.97)
    _, poor = drawn(3, 0.6, 0.7, seed=5)
    found = staple([*good, *poor])
    assert found.sensitivity[:2].min() > found.sensitivity[2:].max() + 0.15
    assert dice(found.mask, truth) > dice(majority([*good, *poor]), truth) + 0.02


def test_staple_agrees_with_simpleitk():
    sitk = pytest.importorskip("SimpleITK")
    _, masks = drawn(4, 0.85, 0.9)
    theirs = sitk.STAPLEImageFilter()
    images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
    probability = sitk.GetArrayFromImage(theirs.Execute(images))
    found = staple(masks)
    assert np.mean((probability > 0.5) == found.mask) > 0.999
    assert found.sensitivity == pytest.approx(theirs.GetSensitivity(), abs=0.02)


@given(MASKS)
def test_agreement_is_bounded_and_of_the_same_masks_perfect(masks):
    names = [f"r{k}" for k in range(len(masks))]
    found = rater_score(dict(zip(names, masks, strict=True)), masks[0])
    assert len(found.pairs) == len(masks) * (len(masks) - 1) / 2
    assert all(0 <= value <= 1 for value in [*found.pairs.values(), *found.consensus.values()])
    assert 0 <= found.answer_staple <= 1
    alike = rater_score(dict.fromkeys(names, masks[0]), masks[0])
    assert (alike.between_people, alike.with_people, alike.spread) == (1, 1, 0)
    assert alike.answer_majority == alike.answer_staple == 1


@given(MASKS)
def test_majority_is_more_than_half(masks):
    assert np.array_equal(majority(masks), masks.mean(axis=0) > 0.5)


def test_spread_is_of_areas():
    masks = {"a": np.arange(10) < 4, "b": np.arange(10) < 6}
    found = rater_score(masks)
    assert found.spread == pytest.approx(np.std([4, 6], ddof=1) / 5)
    assert found.between_people == 0.8
    assert np.isnan(found.with_people)


def test_two_raters_of_one_size_are_needed():
    with pytest.raises(ValueError, match="two raters"):
        rater_score({"a": np.ones(3)})
    with pytest.raises(ValueError, match="one size"):
        rater_score({"a": np.ones(3), "b": np.ones(4)})
    with pytest.raises(ValueError, match="1 to 16"):
        staple([])


def test_the_ceiling_has_an_interval_over_pictures():
    rows = []
    for seed in range(6):
        truth, masks = drawn(3, seed=seed)
        rows.append(rater_score(dict(zip("abc", masks, strict=True)), truth))
    told = summary(rows, [f"p{k}" for k in range(6)])
    assert told["between_people"].n == 6
    assert told["with_people"].low > told["between_people"].high
    assert set(told) > {"spread", "answer_staple", "a_with_others"}
    assert "with_people" not in summary([rater_score(dict(zip("abc", masks, strict=True)))], ["p"])
