"""Labels that look wrong: planted ones are found, sound ones are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.score.suspects import (
    ALIKE,
    FAR,
    OTHER,
    SWAPPED,
    TWICE,
    alike,
    bound,
    far_off,
    other_class,
    small,
    swapped,
    twice,
)

KEYPOINTS = ("snout", "leftear", "rightear", "tail")


def poses(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """What was said, and answers that scatter by 2 px around it."""
    chance = np.random.default_rng(seed)
    shape = np.array([[0.0, 0.0], [-12.0, -8.0], [-12.0, 8.0], [-70.0, 0.0]])
    said = chance.uniform(100, 400, (n, 1, 2)) + shape
    return said, said + chance.normal(0, 2, said.shape)


@pytest.mark.parametrize("n", [20, 200])
def test_nearly_no_sound_label_is_suspected(n: int) -> None:
    count = 0
    for seed in range(20):
        said, told = poses(n, seed)
        count += len(far_off(np.hypot(*np.moveaxis(told - said, -1, 0)), KEYPOINTS))
        count += len(swapped(told, said, KEYPOINTS, [("leftear", "rightear")]))
    assert count <= 0.003 * 20 * n * len(KEYPOINTS)


def test_a_label_far_off_is_found_with_its_keypoint_and_distance() -> None:
    said, told = poses()
    said[7, 3] += [40.0, 0.0]
    (found,) = far_off(np.hypot(*np.moveaxis(told - said, -1, 0)), KEYPOINTS)
    assert (found.reason, found.row, found.what) == (FAR, 7, "tail")
    assert found.number == pytest.approx(40, abs=6)


def test_what_was_taught_is_judged_among_itself() -> None:
    errors = np.r_[np.linspace(0.5, 1.5, 20), np.linspace(5, 15, 20)][:, None]
    errors[3] = 12.0
    apart = np.arange(40) >= 20
    assert not far_off(errors, ["snout"])
    assert [each.row for each in far_off(errors, ["snout"], apart)] == [3]


def test_the_bound_scales_and_knows_when_it_knows_nothing() -> None:
    losses = np.random.default_rng(1).rayleigh(2.0, 50)
    assert bound(10 * losses) == pytest.approx(10 * bound(losses))
    assert bound(np.array([1.0, np.nan, 2.0])) == np.inf
    assert not far_off(np.full((5, 1), np.nan), ["snout"])


def test_swapped_ears_are_found_and_only_they() -> None:
    said, told = poses()
    said[[4, 9]] = said[[4, 9]][:, [0, 2, 1, 3]]
    found = swapped(told, said, KEYPOINTS, [("leftear", "rightear")])
    assert {each.row for each in found} == {4, 9}
    assert all(each.reason == SWAPPED for each in found)
    assert found[0].number >= found[1].number > 20


def test_missing_ears_are_no_swap() -> None:
    said, told = poses(8)
    said[:, 1] = np.nan
    assert not swapped(told, said, KEYPOINTS, [("leftear", "rightear")])


def test_a_wrong_class_is_found_where_the_model_is_confident() -> None:
    chance = np.random.default_rng(2)
    truth = np.repeat([0, 1, 2], 30)
    table = np.full((90, 3), 0.05)
    table[np.arange(90), truth] = 0.9
    table += chance.uniform(0, 0.02, table.shape)
    table /= table.sum(axis=1, keepdims=True)
    said = truth.copy()
    said[[5, 40]] = [2, 0]
    found = other_class(table, said, ["a", "b", "c"])
    assert {each.row for each in found} == {5, 40}
    assert all(each.reason == OTHER and each.number < 0.1 for each in found)


def test_unanswered_and_unlabelled_frames_are_no_suspects() -> None:
    table = np.array([[0.9, 0.1], [np.nan, np.nan], [0.2, 0.8]])
    assert not other_class(table, np.array([0, 1, -1]), ["a", "b"])
    assert not other_class(np.zeros((0, 2)), np.zeros(0, int), ["a", "b"])


def test_one_picture_labelled_twice_is_told_with_how_far_labels_are_apart() -> None:
    apart = np.zeros((3, 3))
    apart[2, 0] = 6.0
    (found,) = twice(["a", "b", "a"], apart)
    assert (found.reason, found.row, found.other, found.number) == (TWICE, 2, 0, 6.0)
    assert "6.0 px apart" in found.says


def test_a_near_duplicate_across_the_split_is_found_in_spite_of_a_shared_floor() -> None:
    floor = np.tile(np.linspace(50, 200, 96), (64, 1))
    pictures = []
    for x in (10, 30, 50, 70, 71, 20):
        frame = floor.copy()
        frame[20:40, x : x + 14] = 10
        pictures.append(small(frame))
    found = alike(np.stack(pictures), ["m"] * 6, np.arange(4), np.array([4, 5]))
    assert [(each.reason, each.row, each.other) for each in found] == [(ALIKE, 4, 3)]
    assert found[0].number > 0.9


def test_nothing_kept_apart_has_no_duplicates() -> None:
    pictures = np.random.default_rng(0).random((3, 8, 8))
    assert not alike(pictures, ["m"] * 3, np.arange(3), np.zeros(0, int))
