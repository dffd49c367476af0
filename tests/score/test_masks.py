import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ethoframe.data import LabelMap, Refusal
from ethoframe.score.masks import (
    AREAS,
    DISTANCES,
    mask_score,
    mask_scores,
    outline,
    summary,
)

SHAPES = st.one_of(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
)


@st.composite
def pairs(draw):
    shape = draw(SHAPES)
    both = tuple(draw(npst.arrays(bool, shape)) for _ in range(2))
    spacing = draw(st.tuples(*[st.sampled_from([0.25, 1.0, 3.0])] * len(shape)))
    return (*both, spacing)


def slowly(a, b, spacing):
    """Distances of outlines from every pixel to every other."""
    (p, q) = (np.argwhere(outline(mask)) * np.array(spacing) for mask in (a, b))
    apart = np.sqrt(((p[:, None] - q[None]) ** 2).sum(axis=2))
    there, back = apart.min(axis=1), apart.min(axis=0)
    both = np.concatenate([there, back])
    robust = max(np.percentile(there, 95), np.percentile(back, 95))
    return max(there.max(), back.max()), robust, both.mean(), np.median(both)


@given(pairs())
def test_distances_are_those_of_every_pixel_to_every_other(case):
    a, b, spacing = case
    found = mask_score(a, b, spacing)
    if a.any() and b.any():
        told = [getattr(found, name) for name in DISTANCES]
        assert told == pytest.approx(slowly(a, b, spacing), abs=1e-9)


@given(pairs())
def test_scores_are_symmetric_bounded_and_fit_each_other(case):
    a, b, spacing = case
    found, other = mask_score(a, b, spacing), mask_score(b, a, spacing)
    for name in (*AREAS, *DISTANCES):
        assert getattr(found, name) == pytest.approx(getattr(other, name))
    assert found.dice == pytest.approx(2 * found.iou / (1 + found.iou))
    diagonal = np.linalg.norm(np.array(a.shape) * spacing)
    assert all(0 <= getattr(found, name) <= 1 for name in AREAS)
    assert 0 <= found.surface_distance_mean <= found.hausdorff <= diagonal
    assert found.hausdorff_95 <= found.hausdorff


@given(pairs())
def test_the_same_mask_is_right(case):
    found = mask_score(case[0], case[0], case[2])
    assert (found.dice, found.iou, found.hausdorff) == (1.0, 1.0, 0.0)


@given(npst.arrays(np.uint8, (8, 9), elements=st.integers(0, 3)), st.integers(1, 3))
def test_leaving_out_what_was_right_never_improves_a_score(labels, gone):
    """Objects of one mask, each of them found to the pixel; then one is missed."""
    truth = labels > 0
    whole, less = mask_score(truth, truth), mask_score(truth & (labels != gone), truth)
    for name in AREAS:
        assert getattr(less, name) <= getattr(whole, name)
    for name in DISTANCES:
        assert getattr(less, name) >= getattr(whole, name)


@given(pairs())
def test_a_mask_that_is_missed_is_the_worst(case):
    a, truth, spacing = case
    if truth.any():
        found, missed = mask_score(a, truth, spacing), mask_score(truth & False, truth, spacing)
        assert missed.missed
        for name in AREAS:
            assert getattr(missed, name) <= getattr(found, name)
        for name in DISTANCES:
            assert getattr(missed, name) >= getattr(found, name)


def test_nothing_to_find_and_nothing_found_is_right():
    nothing = np.zeros((4, 4), bool)
    found = mask_score(nothing, nothing)
    assert found.absent
    assert (found.dice, found.hausdorff, found.unit) == (1.0, 0.0, "px")
    assert mask_score(~nothing, nothing).dice == 0.0


def test_millimetres_along_each_axis():
    truth = np.zeros((3, 12, 12), bool)
    truth[1, 3:8, 3:8] = True
    moved = mask_score(np.roll(truth, 1, axis=0), truth, (5.0, 0.5, 0.5))
    assert (moved.hausdorff, moved.unit) == (5.0, "mm")
    assert mask_score(np.roll(truth, 3, axis=2), truth, (5.0, 0.5, 0.5)).hausdorff == 1.5


def test_masks_of_two_sizes_are_not_compared():
    with pytest.raises(ValueError, match="one size"):
        mask_score(np.ones((2, 2)), np.ones((2, 3)))
    two = (LabelMap.of(np.ones((1, *size), int)) for size in ((2, 2), (2, 3)))
    with pytest.raises(Refusal, match=r"2 × 2 pixels and the truth of 2 × 3"):
        list(mask_scores(*two, name="a"))


def test_every_label_of_every_frame_has_a_row():
    truth = np.zeros((3, 6, 6), np.uint8)
    truth[:, 1:3, 1:3], truth[0, 4, 4] = 1, 2
    answer = np.where(truth == 2, 0, truth)
    drawn = LabelMap.of(truth, names={1: "left", 2: "right"}, spacing_mm=(2.0, 2.0))
    rows = list(mask_scores(LabelMap.of(answer[:2]), drawn, name="scan"))
    assert [(row.label, row.frame) for row in rows[:3]] == [("left", 0), ("right", 0), ("left", 1)]
    assert [row.dice for row in rows] == [1, 0, 1, 1, 0, 0]
    assert [row.missed for row in rows] == [False, True, False, False, True, True]
    # Frame 2 was never answered: even the label that is not in it counts as wrong.
    assert rows[5].hausdorff == rows[1].hausdorff == pytest.approx(np.hypot(12, 12))


def test_means_are_of_rows_with_what_is_alike_together():
    truth = np.zeros((4, 6, 6), np.uint8)
    truth[:, 1:4, 1:4] = 1
    maps = [LabelMap.of(truth), LabelMap.of(np.roll(truth, 1, axis=2))]
    rows = [row for k, each in enumerate(maps) for row in mask_scores(each, maps[0], name=f"r{k}")]
    told = summary(rows, [row.name for row in rows])["all"]
    assert told["dice"].n == 2
    assert told["dice"].value == pytest.approx((1 + 2 / 3) / 2)
    assert told["dice"].low == pytest.approx(2 / 3, abs=0.05)


def test_relabelling_both_changes_nothing():
    random = np.random.default_rng(1)
    a, b = random.integers(0, 3, (2, 1, 12, 12))
    names = np.array([0, 9, 4])
    before = list(mask_scores(LabelMap.of(a), LabelMap.of(b), (1, 2)))
    after = list(mask_scores(LabelMap.of(names[a]), LabelMap.of(names[b]), (9, 4)))
    assert [row.dice for row in before] == [row.dice for row in after]
