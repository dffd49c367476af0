from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Displacement, Transform, Warp

SIZE = (40, 50)


def bend(size=SIZE, strength=3.0):
    """A smooth field that does not fold."""
    axes = [np.linspace(0, np.pi, n) for n in size]
    waves = np.prod(np.stack(np.meshgrid(*map(np.sin, axes), indexing="ij")), axis=0)
    return Displacement(
        np.stack([strength * waves * (1 - 0.5 * i) for i in range(len(size))], axis=-1),
        (1.0,) * len(size),
    )


@pytest.mark.parametrize("size", [SIZE, (12, 20, 30)])
def test_the_way_back(size):
    field = bend(size, strength=1.5)
    points = np.random.default_rng(0).uniform(3, np.array(size[::-1]) - 4, (50, len(size)))
    assert np.abs(field.inverse().apply(field.apply(points)) - points).max() < 0.02


def test_beyond_the_grid_it_is_as_at_the_edge_and_nan_stays_nan():
    field = Displacement(np.tile([2.0, -1.0], (3, 4, 1)), (0.5, 0.5), (10.0, 10.0), "mm")
    moved = field.apply(np.array([[0.0, 0.0], [np.nan, 1.0]]))
    assert moved[0].tolist() == [2.0, -1.0]
    assert np.isnan(moved[1, 0])


def test_a_single_point():
    field = Displacement(np.tile([2.0, -1.0], (3, 4, 1)), (1.0, 1.0))
    assert field.apply(np.array([1.0, 1.0])).tolist() == [3.0, 0.0]
    assert field.apply(np.zeros((0, 2))).shape == (0, 2)


def test_between_grid_points_it_is_linear():
    vectors = np.zeros((2, 2, 2))
    vectors[:, 1, 0] = 4.0
    at = Displacement(vectors, (1.0, 2.0)).at(np.array([[0.5, 0.5]]))
    assert at.tolist() == [[1.0, 0.0]]


def test_determinants_tell_growth_and_folds():
    places = Displacement(np.zeros((*SIZE, 2)), (1.0, 1.0)).places()
    twice = Displacement(places, (1.0, 1.0))
    assert np.allclose(twice.determinants(), 4.0)
    folded = Displacement(-2.0 * places, (1.0, 1.0))
    assert np.allclose(folded.determinants(), 1.0)  # turned by half: not mirrored
    assert (Displacement(places * [-2.0, 0.0], (1.0, 1.0)).determinants() < 0).all()


def test_a_warp_is_its_steps_in_order():
    half, field = Transform.scaling(0.5, "px", "mm"), bend()
    there = Displacement(field.vectors, (0.5, 0.5), unit="mm")
    warp = Warp((half, there))
    points = np.array([[20.0, 30.0]])
    assert np.array_equal(warp.apply(points), there.apply(half.apply(points)))
    assert np.abs(warp.inverse().apply(warp.apply(points)) - points).max() < 0.05
    assert (warp.source_unit, warp.target_unit, warp.axes) == ("px", "mm", 2)
    longer = warp.after(Transform.moving(1, 2))
    assert np.allclose(longer.apply(points - [1, 2]), warp.apply(points))


def test_steps_must_fit():
    with pytest.raises(ValueError, match="cannot follow"):
        Warp((Transform.scaling(0.5, "px", "mm"), bend()))
    with pytest.raises(ValueError, match="needs a step"):
        Warp(())
    with pytest.raises(ValueError, match="axes"):
        Displacement(np.zeros((3, 4, 3)), (1.0, 1.0))


def test_transforms_of_space():
    turn = np.eye(4)
    turn[:2, :2] = [[0, -1], [1, 0]]
    turn[:3, 3] = 1, 2, 3
    there = Transform(turn, "mm", "mm")
    assert there.apply(np.array([[1.0, 0.0, 5.0]])).tolist() == [[1.0, 3.0, 8.0]]
    assert np.allclose(there.inverse().after(there).matrix, np.eye(4))
    assert Transform(np.diag([2.0, 2, 2, 1]), "px", "mm").magnification(
        np.ones(3)
    ) == pytest.approx(2)
