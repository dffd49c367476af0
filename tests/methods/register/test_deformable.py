from __future__ import annotations

import numpy as np
import pytest

from benchmarks._pairs import bowed, grid, image, sections, still, texture, turned
from ethoframe.data import Displacement
from ethoframe.methods.register.affine import Affine
from ethoframe.methods.register.deformable import Deformable
from ethoframe.run import apply
from ethoframe.score.registration import folding, tre


def error(found, way, size):
    """Of places that are bent back to a grid."""
    places = grid(size)
    across, down = places.astype(int).T
    before = places + way[::-1, down, across].T
    return np.linalg.norm(found.apply(before) - places, axis=1)


@pytest.mark.parametrize("sigma", [30, 60])
def test_a_smooth_displacement_is_found(sigma):
    moving = texture((400, 420))
    fixed, way = bowed(moving, most=4, sigma=sigma)
    found = apply(Deformable(), recording=still(moving), fixed=image(fixed))
    assert found.failed == ""
    assert np.mean(error(found, way, moving.shape)) < 0.2
    assert found.facts["jacobian_min"] > 0
    assert folding(found).share == 0


def test_the_way_back_is_the_way_back():
    moving = texture((300, 320))
    fixed, _ = bowed(moving, most=6)
    found = apply(Deformable(), recording=still(moving), fixed=image(fixed))
    places = grid(moving.shape)
    assert np.abs(found.inverse().apply(found.apply(places)) - places).max() < 0.02
    both = found.inverse().after(found)
    assert np.abs(both.apply(places) - places).max() < 0.02


def test_what_is_only_turned_is_not_bent():
    moving = texture((300, 320))
    fixed, push = turned(moving, 20, (5, -8))
    found = apply(Deformable(), recording=still(moving), fixed=image(fixed))
    places = grid(moving.shape, rim=70)
    truth = places @ push[:2, :2].T + push[:2, 2]
    assert np.linalg.norm(found.apply(places) - truth, axis=1).max() < 0.1


def test_images_of_other_levels_are_bent_alike():
    moving = texture((400, 420))
    fixed, way = bowed(moving, most=5, sigma=50)
    shaded = 3000 - fixed + np.linspace(0, 1500, 420, dtype=np.float32)
    found = apply(Deformable(), recording=still(moving), fixed=image(shaded))
    assert found.failed == ""
    assert np.mean(error(found, way, moving.shape)) < 0.5


def test_it_never_folds_however_much_it_would_have_to():
    moving = texture((200, 220))
    fixed, _ = bowed(moving, most=100, sigma=12)
    found = apply(Deformable(strain=1.0), recording=still(moving), fixed=image(fixed))
    assert folding(found).least > 0


def test_other_tissue_fails_however_it_is_bent():
    found = apply(Deformable(strain=0.5), recording=still(texture(seed=8)), fixed=image(texture()))
    assert found.failed


def test_a_blank_image_is_not_moved():
    found = apply(Deformable(), recording=still(np.zeros((60, 60))), fixed=image(texture()))
    assert found.failed
    displacement = found.steps[-1]
    assert isinstance(displacement, Displacement)
    assert not displacement.vectors.any()


def test_landmarks_of_two_stains_come_nearer(shared):
    (moving, fixed), (marks, truth) = sections(shared / "data" / "histology")
    extent = fixed.size[::-1]
    before = apply(Affine(), recording=moving, fixed=fixed.frames([0]))
    found = apply(Deformable(), recording=moving, fixed=fixed.frames([0]))
    told, affine = (tre(each.apply(marks), truth, extent) for each in (found, before))
    assert found.failed == ""
    assert told.median.value <= 5.7
    assert told.p90.value <= affine.p90.value
    assert folding(found).share == 0
