import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.score.oks import PEOPLE, Poses, areas, oks_score, sigmas, similarity
from ethoframe.score.together import together

TRUTH = np.array([[[0.0, 0.0], [20.0, 10.0], [np.nan, np.nan]]])


def units(n):
    return together([str(k) for k in range(n)], draws=0)


def test_a_case_by_hand():
    """Box 20 × 10, σ 0.1 and 0.05: exp(-9 / (2 · 200 · 0.04)) and exp(-1 / (2 · 200 · 0.01))."""
    found = TRUTH + np.array([[3.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    by_hand = (np.exp(-9 / 16) + np.exp(-1 / 4)) / 2
    assert similarity(found, TRUTH, [0.1, 0.05, 0.1])[0] == pytest.approx(by_hand)
    wide = similarity(found, TRUTH, [0.1, 0.05, 0.1], areas(TRUTH, 5.0))
    assert wide[0] == pytest.approx((np.exp(-9 / 48) + np.exp(-1 / 12)) / 2)


def test_a_keypoint_that_is_not_predicted_counts_as_nothing():
    found = TRUTH.copy()
    found[0, 1] = np.nan
    assert similarity(found, TRUTH)[0] == 0.5


def test_what_has_no_size_has_no_similarity():
    line = np.array([[[0.0, 0.0], [9.0, 0.0]]])
    one = np.array([[[0.0, 0.0], [np.nan, np.nan]]])
    assert np.isnan([similarity(each, each)[0] for each in (line, one, one * np.nan)]).all()
    assert areas(line, 2.0)[0] == 13 * 4
    told = oks_score(Poses.of(one), Poses.of(one), units(1))
    assert (told.poses, told.unscaled) == (0, 1)
    assert np.isnan(told.precision.value)


def test_people_have_sigmas_of_their_own():
    assert len(PEOPLE) == 17
    assert sigmas(list(PEOPLE)).max() == 0.107
    assert sigmas(["snout", "nose"]).tolist() == [0.1, 0.1]


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_perfect_poses_score_one_and_far_ones_nothing(n, seed):
    truth = np.random.default_rng(seed).uniform(0, 100, (n, 3, 2))
    for found, score in ((truth, 1.0), (truth + 1e5, 0.0)):
        told = oks_score(Poses.of(found), Poses.of(truth), units(n))
        assert (told.precision.value, told.recall.value, told.poses) == (score, score, n)
        assert told.similarity.value == pytest.approx(score)


def test_a_sure_mistake_costs_more_than_an_unsure_one():
    truth = np.array([[[0.0, 0.0], [10.0, 10.0]]] * 4)
    found = truth.copy()
    found[0] += 500
    told = []
    for sure in (0.9, 0.1):
        confidence = np.full((4, 2), 0.5)
        confidence[0] = sure
        told.append(oks_score(Poses.of(found, confidence), Poses.of(truth), units(4)))
    # 3 of 4 are found, so 75 of 101 recalls (0 to 0.75) have a precision: of 3/4, or of 1.
    assert told[0].precision.value == pytest.approx(76 / 101 * 0.75)
    assert told[1].precision.value == pytest.approx(76 / 101)
    assert told[0].recall.value == told[1].recall.value == 0.75


def test_a_pose_where_nothing_is_labelled_is_wrong():
    truth = np.array([[[0.0, 0.0], [10.0, 10.0]]] * 2)
    found = truth.copy()
    truth[1] = np.nan
    told = oks_score(Poses.of(found), Poses.of(truth), units(2))
    assert (told.poses, told.recall.value) == (1, 1.0)
    assert told.precision.value == 1.0  # the surer, and the first of two alike, is right
    swapped = oks_score(Poses.of(found[::-1]), Poses.of(truth[::-1]), units(2))
    assert swapped.precision.value == pytest.approx(0.5)


def test_several_animals_are_matched_the_surest_first():
    a, b = np.array([[0.0, 0.0], [10.0, 10.0]]), np.array([[50.0, 0.0], [60.0, 10.0]])
    truth = Poses(np.array([a, b]), np.zeros(2, int), np.ones(2))
    twice = Poses(np.array([a, a + 0.1, b]), np.zeros(3, int), np.array([0.9, 0.8, 0.7]))
    told = oks_score(twice, truth, units(1))
    # Hits of the three, the surest first: yes, no (a is taken), yes.
    assert told.recall.value == 1.0
    assert told.precision.value == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert told.similarity.value == pytest.approx(1.0)


def test_nothing_at_all():
    nothing = Poses.of(np.zeros((0, 3, 2)))
    assert np.isnan(oks_score(nothing, nothing).precision.value)
    one = Poses.of(np.array([[[0.0, 0.0], [10.0, 10.0]]]))
    assert oks_score(Poses.of(one.place * np.nan), one).precision.value == 0.0
