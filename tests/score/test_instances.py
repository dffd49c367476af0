import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ethoframe.data import LabelMap, Refusal
from ethoframe.score.instances import (
    THRESHOLDS,
    Overlap,
    instance_score,
    instance_scores,
    summary,
)

RATIOS = ("f1", "precision", "recall", "ap", "pq")


@st.composite
def pairs(draw):
    shape = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    labels = npst.arrays(np.int32, shape, elements=st.integers(0, 5))
    answer, truth = draw(labels), draw(labels)
    # Two draws seldom agree; an answer that is mostly the truth does.
    return np.where(draw(npst.arrays(bool, shape)), truth, answer), truth


def slowly(answer, truth):
    """IoU of every two objects, by masks."""
    true, found = (np.unique(labels[labels > 0]) for labels in (truth, answer))
    iou = np.zeros((len(true), len(found)))
    for i, t in enumerate(true):
        for j, a in enumerate(found):
            both, either = (truth == t) & (answer == a), (truth == t) | (answer == a)
            iou[i, j] = both.sum() / either.sum()
    return iou


@given(pairs())
def test_hits_are_those_of_every_object_with_every_other(case):
    found, iou = instance_score(*case), slowly(*case)
    expected = tuple(int((iou > threshold).sum()) for threshold in THRESHOLDS)
    assert found.hits == expected
    assert found.iou_sum == pytest.approx(iou[iou > 0.5].sum())
    assert (found.truth, found.answer) == (
        len(np.unique(case[1][case[1] > 0])),
        len(np.unique(case[0][case[0] > 0])),
    )


@given(pairs())
def test_ratios_are_bounded_and_turn_round(case):
    answer, truth = case
    found, other = instance_score(answer, truth), instance_score(truth, answer)
    assert all(0 <= getattr(found, name) <= 1 for name in RATIOS)
    assert found.f1 == other.f1
    assert found.ap == other.ap
    assert (found.precision, found.split, found.missed) == (other.recall, other.merged, other.extra)


@given(pairs(), st.permutations(range(1, 6)), st.sampled_from([1, 1000, 1 << 30]))
def test_what_objects_are_called_does_not_matter(case, order, stride):
    answer, truth = case
    names = np.array([0, *order]) * stride
    assert instance_score(names[answer], truth) == instance_score(answer, truth)
    assert instance_score(answer, names[truth]) == instance_score(answer, truth)


@given(pairs())
def test_leaving_out_an_object_that_was_found_never_improves_a_score(case):
    answer, truth = case
    whole = instance_score(answer, truth)
    overlap = Overlap.of(answer, truth)
    names = np.unique(answer[answer > 0])
    for pair in overlap.matched():
        gone = names[overlap.pairs[pair, 1]]
        less = instance_score(np.where(answer == gone, 0, answer), truth)
        # Not so of AP: at overlaps that it does not reach, a poor object is wrong twice over.
        told = [name for name in RATIOS if name != "ap"]
        assert all(getattr(less, name) <= getattr(whole, name) + 1e-12 for name in told)
        assert less.missed >= whole.missed


@given(pairs(), st.sampled_from([0.0, 0.1, 0.3, 0.49]))
def test_below_a_half_as_many_are_paired_as_can_be_and_nobody_twice(case, threshold):
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    overlap = Overlap.of(*case)
    chosen = overlap.pairs[overlap.matched(threshold)]
    assert len(np.unique(chosen[:, 0])) == len(np.unique(chosen[:, 1])) == len(chosen)
    near = slowly(*case) > threshold
    most = 0
    if near.size:
        most = int((maximum_bipartite_matching(csr_array(near.astype(int))) >= 0).sum())
    assert len(chosen) == most


def test_as_the_contest_defines_it():
    """Two of three nuclei at IoU 1 and 0.72, one missed, one made up."""
    truth = np.zeros((30, 30), int)
    truth[:10, :10], truth[:10, 20:], truth[20:, 20:] = 1, 2, 3
    answer = np.zeros_like(truth)
    answer[:10, :10], answer[:9, 22:], answer[22:, :5] = 7, 8, 9
    found = instance_score(answer, truth)
    assert found.hits == (2, 2, 2, 2, 2, 1, 1, 1, 1, 1)
    assert found.f1 == pytest.approx(4 / 6)
    assert found.ap == pytest.approx((5 * 2 / 4 + 5 * 1 / 5) / 10)
    assert found.sq == pytest.approx((1 + 0.72) / 2)
    assert found.pq == pytest.approx(found.sq * found.f1)
    assert (found.missed, found.extra, found.split, found.merged) == (1, 1, 0, 0)


def test_exactly_a_half_is_no_match():
    assert instance_score(np.array([1, 1]), np.array([1, 0])).hits[0] == 0


def test_split_and_merged():
    truth = np.repeat([1, 2, 3, 0], 4)
    answer = np.array([1, 1, 2, 2, 5, 5, 5, 5, 5, 5, 5, 5, 0, 0, 0, 0])
    found = instance_score(answer, truth)
    assert (found.split, found.merged, found.missed, found.extra) == (1, 1, 0, 0)


def test_nothing_to_find():
    nothing, one = np.zeros((3, 3), int), np.eye(3, dtype=int)
    assert {getattr(instance_score(nothing, nothing), name) for name in RATIOS} == {1.0}
    assert {getattr(instance_score(one, nothing), name) for name in RATIOS} == {0.0}
    assert {getattr(instance_score(nothing, one), name) for name in RATIOS} == {0.0}


def test_volumes_and_every_type_of_whole_number():
    truth = np.zeros((4, 5, 6), int)
    truth[1:3, 1:3, 1:3], truth[3, 4, 5] = 1, 2
    for kind in (np.uint8, np.uint16, np.int32, np.uint64):
        assert instance_score(truth.astype(kind), truth).f1 == 1.0
    assert instance_score(truth > 0, truth > 0).truth == 1


def test_what_are_no_labels_is_refused():
    ones = np.ones((2, 2), int)
    for wrong, said in ((-ones, "negative"), (ones * 0.5, "whole"), (ones[:1], "one shape")):
        with pytest.raises(ValueError, match=said):
            instance_score(wrong, ones)
    with pytest.raises(ValueError, match="threshold"):
        Overlap.of(ones, ones).matched(1.0)
    with pytest.raises(Refusal, match="negative"):
        list(instance_scores(LabelMap.of(-ones[None]), LabelMap.of(ones[None]), "a"))


def test_a_frame_without_an_answer_is_all_wrong_even_where_nothing_is_true():
    truth = LabelMap.of(np.stack([np.eye(4, dtype=int), np.zeros((4, 4), int)]))
    rows = list(instance_scores(truth.take(slice(0)), truth, "a"))
    assert [row.f1 for row in rows] == [0.0, 0.0]
    assert [row.missed for row in rows] == [1, 0]
    told = summary(rows, [row.name for row in rows])
    assert (told["f1"].value, told["f1"].n, told["missed"].value) == (0.0, 1, 1.0)


def test_of_no_pictures_no_score():
    assert np.isnan(summary([], [])["f1"].value)
