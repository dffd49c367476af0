from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import affine_transform, gaussian_filter

from benchmarks._pairs import (
    grid,
    image,
    sections,
    still,
    still_source,
    texture,
    turned,
)
from ethoframe.data import Refusal
from ethoframe.methods.register.affine import Affine
from ethoframe.run import apply
from ethoframe.score.registration import tre


def error(found, push, size):
    places = grid(size)
    truth = places @ push[:2, :2].T + push[:2, 2]
    return np.linalg.norm(found.apply(places) - truth, axis=1)


@pytest.mark.parametrize("model", ["rigid", "similarity", "affine"])
@pytest.mark.parametrize("degrees", [25, -130])
def test_a_turn_is_found_to_a_tenth_of_a_pixel(model, degrees):
    moving = texture()
    fixed, push = turned(moving, degrees, (7.3, -4.6))
    found = apply(Affine(model=model), recording=still(moving), fixed=image(fixed))
    assert found.failed == ""
    assert error(found, push, moving.shape).max() < 0.1


def test_a_rigid_map_keeps_lengths():
    moving = texture()
    fixed, _ = turned(moving, 12, (3, 2), scale=1.03)
    linear = apply(Affine(model="rigid"), recording=still(moving), fixed=image(fixed)).matrix[
        :2, :2
    ]
    assert np.allclose(linear @ linear.T, np.eye(2), atol=1e-9)
    assert np.linalg.det(linear) > 0


def test_another_scale_is_found():
    moving = texture()
    fixed, push = turned(moving, 40, scale=0.8)
    found = apply(Affine(model="similarity"), recording=still(moving), fixed=image(fixed))
    assert error(found, push, moving.shape).max() < 0.1


def test_a_foreign_thing_in_one_image_does_not_matter():
    moving = texture()
    fixed, push = turned(moving, 10, (5, 5))
    fixed[40:90, 50:110] = 2000
    found = apply(Affine(), recording=still(moving), fixed=image(fixed))
    assert error(found, push, moving.shape).max() < 0.5


def test_another_modality_is_found():
    moving = texture()
    fixed, push = turned(moving, 15, (6, -3))
    # Levels fold back on themselves: neither correlation nor its sign tells them apart.
    other = np.abs(fixed - 1000).astype(np.float32)
    found = apply(Affine(model="rigid"), recording=still(moving), fixed=image(other))
    assert found.failed == ""
    assert found.facts["metric"] == "mutual-information"
    assert np.median(error(found, push, moving.shape)) < 0.6


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ("noise", "another", "halves")]


@pytest.mark.parametrize("name", ["blank", "mirrored", "tiny", *SLOW])
def test_a_failure_is_called_one(name):
    fixed = texture()
    moving = {
        "blank": np.zeros_like(fixed),
        "noise": np.random.default_rng(1).normal(size=fixed.shape).astype(np.float32),
        "another": texture(seed=5),
        "mirrored": fixed[::-1].copy(),
        "halves": texture((220, 480))[:, 240:].copy(),
        "tiny": fixed[100:130, 100:130].copy(),
    }[name]
    found = apply(Affine(), recording=still(moving), fixed=image(fixed))
    assert found.failed
    assert np.isfinite(found.matrix).all()


def test_there_and_back_is_where_one_was():
    moving = texture()
    fixed, _ = turned(moving, 20, (4, 9))
    there = apply(Affine(), recording=still(moving), fixed=image(fixed))
    back = apply(Affine(), recording=still(fixed), fixed=image(moving))
    places = grid(moving.shape, rim=50)
    assert np.allclose(there.inverse().after(there).apply(places), places)
    assert np.abs(back.after(there).apply(places) - places).max() < 0.1


def test_a_volume_is_turned_in_all_directions_by_its_spacing():
    random = np.random.default_rng(2)
    volume = gaussian_filter(random.normal(size=(40, 64, 64)), (1.5, 3, 3)).astype(np.float32)
    angle = np.deg2rad(8)
    # Planes lie twice as far apart as pixels: turned about y in mm.
    step = np.array([2.0, 1.0, 1.0])
    turn = np.array([
        [np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)],
    ])  # fmt: skip
    linear = turn * step[None] / step[:, None]
    middle = (np.array(volume.shape) - 1) / 2
    shift = middle - linear @ middle + (0.5, 2, -3)
    fixed = affine_transform(volume, linear, shift, order=3, mode="nearest")
    spacing = {"spacing_mm": tuple(step)}
    found = apply(
        Affine(model="rigid"),
        recording=replace(still(volume), **spacing), fixed=replace(image(fixed), **spacing),
    )  # fmt: skip
    assert found.failed == ""
    index = np.stack(np.meshgrid(*[np.arange(8, n - 8, 6.0) for n in volume.shape]), -1).reshape(
        -1, 3
    )
    truth = (index @ linear.T + shift) * step
    moved = found.inverse().apply((index * step)[:, ::-1])[:, ::-1]
    assert np.median(np.linalg.norm(moved - truth, axis=1)) < 0.2


def test_the_patient_tells_left_from_right():
    random = np.random.default_rng(3)
    half = gaussian_filter(random.normal(size=(40, 48, 24)), 1.5)
    # As symmetric as a brain: no image can tell that one of them is stored the other way round.
    volume = np.concatenate([half[..., ::-1], half], axis=2).astype(np.float32)
    straight, flipped = np.eye(4), np.diag([-1.0, 1, 1, 1])
    flipped[0, 3] = 47
    moving = replace(still(volume), spacing_mm=(1.0,) * 3, affine=straight)
    fixed = replace(image(volume[..., ::-1].copy()), spacing_mm=(1.0,) * 3, affine=flipped)
    found = apply(Affine(), recording=moving, fixed=fixed)
    assert found.failed == ""
    assert np.allclose(found.matrix, flipped, atol=0.05)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(Refusal, match="a picture and a volume"):
        apply(Affine(), recording=still(np.zeros((20, 20))), fixed=image(np.zeros((9, 20, 20))))
    with pytest.raises(Refusal, match="no channel"):
        apply(Affine(channel="red"), recording=still(np.eye(20)), fixed=image(np.eye(20)))


@pytest.fixture(scope="module")
def stains(shared):
    """A lung lesion under two stains, and landmarks that people matched."""
    return sections(shared / "data" / "histology")


def test_landmarks_of_two_stains_are_near(stains):
    (moving, fixed), (marks, truth) = stains
    found = apply(Affine(), recording=moving, fixed=fixed.frames([0]))
    told = tre(found.apply(marks), truth, extent=fixed.size[::-1])
    assert found.failed == ""
    assert told.median.value <= 8
    assert told.p90.value <= 16


def test_a_mirrored_section_fails(stains):
    (moving, fixed), _ = stains
    mirrored = replace(moving, source=still_source(moving.frames([0]).pixels[:, :, ::-1]))
    assert apply(Affine(), recording=mirrored, fixed=fixed.frames([0])).failed
