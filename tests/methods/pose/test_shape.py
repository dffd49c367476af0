from __future__ import annotations

import numpy as np
import pytest

from ethoframe.methods.pose._shape import ENOUGH, Shape, complex_of

SNOUT, LEFT, RIGHT, TAIL = range(4)
MOUSE = np.array([[0.0, 0.0], [-12.0, 14.0], [12.0, 14.0], [0.0, 80.0]])


def poses(count: int = 40, bend: float = 6.0, seed: int = 0) -> list[np.ndarray]:
    """One mouse that turns, walks, grows a little and bends."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        turn = chance.uniform(0, 2 * np.pi)
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        bent = MOUSE + chance.normal(0, [[1.5], [1.5], [1.5], [bend]], MOUSE.shape)
        found.append(chance.uniform(0.9, 1.1) * bent @ matrix.T + chance.uniform(0, 400, 2))
    return found


def test_labelled_poses_are_not_odd() -> None:
    shape = Shape.of(poses())
    assert shape is not None
    odd = np.array([shape.oddness(complex_of(pose)) for pose in poses(seed=1)])
    assert np.mean(odd > 3) < 0.05


def test_what_bends_more_has_a_wider_spread() -> None:
    shape = Shape.of(poses(bend=20.0))
    assert shape is not None
    assert shape.spread[TAIL] > 2 * shape.spread[LEFT]


@pytest.mark.parametrize("swap", [(LEFT, RIGHT), (SNOUT, TAIL)])
def test_exchanged_ends_and_sides_are_odd(swap) -> None:
    shape = Shape.of(poses())
    pose = poses(seed=2)[0]
    pose[list(swap)] = pose[list(reversed(swap))]
    assert shape is not None
    assert shape.oddness(complex_of(pose)).max() > 5


def test_size_place_and_direction_do_not_matter() -> None:
    shape = Shape.of(poses())
    assert shape is not None
    z = complex_of(poses(seed=3)[0])
    assert shape.oddness(z * 3j + 100) == pytest.approx(shape.oddness(z), rel=1e-6)


def test_where_two_peaks_are_as_good_the_one_that_makes_an_animal_is_taken() -> None:
    shape = Shape.of(poses())
    assert shape is not None
    z = complex_of(poses(seed=4)[0])
    certain = np.log([0.9])
    maps = [(z[[k]], certain) for k in (SNOUT, LEFT, TAIL)]
    doubtful = z[[LEFT, RIGHT]], np.log([0.5, 0.4])
    maps.insert(RIGHT, doubtful)
    assert shape.settled(maps, np.ones(4, bool)) == [0, 0, 1, 0]


def test_an_animal_that_is_one_is_left_alone() -> None:
    shape = Shape.of(poses())
    assert shape is not None
    z = complex_of(poses(seed=5)[0])
    maps = [(np.array([place, place + 40]), np.log([0.6, 0.3])) for place in z]
    assert shape.settled(maps, np.ones(4, bool)) == [0, 0, 0, 0]


def test_keypoints_that_are_not_seen_are_left_out() -> None:
    shape = Shape.of(poses())
    assert shape is not None
    z = complex_of(poses(seed=6)[0])
    z[TAIL] = 1e4
    maps = [(z[[k]], np.log([0.9])) for k in range(4)]
    seen = np.array([True, True, True, False])
    assert shape.settled(maps, seen) == [0, 0, 0, 0]
    odd = shape.oddness(np.where(seen, z, np.nan))
    assert np.isnan(odd[TAIL])
    assert (odd[:3] < 4).all()


@pytest.mark.parametrize(
    "few", [poses(ENOUGH - 1), [pose[:2] for pose in poses()], [np.full((4, 2), np.nan)] * 20]
)
def test_too_few_poses_or_keypoints_make_no_shape(few) -> None:
    assert Shape.of(few) is None


def test_it_is_kept_as_json() -> None:
    shape = Shape.of(poses())
    assert shape is not None
    back = Shape.from_json(shape.to_json())
    assert back is not None
    assert np.array_equal(back.mean, shape.mean)
    assert Shape.from_json(None) is None
