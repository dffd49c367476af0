from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks._pairs import image, still, texture
from ethoframe.data import Displacement, Recording, Refusal, Transform, Transforms, Warp
from ethoframe.methods.register.resample import Resample
from ethoframe.run import apply

ALL = ("linear", "cubic", "nearest", "lanczos")


def ramp(size=(20, 30), kind=np.float32):
    y, x = np.indices(size)
    return (3 * y + 5 * x).astype(kind)


@pytest.mark.parametrize("interpolation", ALL)
def test_whole_pixels_are_moved_as_they_are(interpolation):
    seen = texture((40, 50))
    method = Resample(interpolation=interpolation)
    moved = apply(method, recording=still(seen), transform=Transform.moving(4, -3)).pixels[
        0, ..., 0
    ]
    assert np.allclose(moved[:-3, 4:], seen[3:, :-4], rtol=1e-5)
    assert np.isnan(moved[-3:]).all()
    assert np.isnan(moved[:, :4]).all()


@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
def test_a_ramp_stays_a_ramp_between_pixels(interpolation):
    method = Resample(interpolation=interpolation)
    moved = apply(method, recording=still(ramp()), transform=Transform.moving(0.25, 0.5))
    inner = moved.pixels[0, 5:-5, 5:-5, 0]
    assert np.allclose(inner, ramp()[5:-5, 5:-5] - 5 * 0.25 - 3 * 0.5, atol=1e-2)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16, np.int32, np.float64, bool])
def test_the_type_of_levels_stays(kind):
    seen = (ramp() % 2 if kind is bool else ramp()).astype(kind)
    moved = apply(Resample(), recording=still(seen), transform=Transform.moving(2, 0))
    assert moved.pixels.dtype == kind
    there, here = moved.pixels[0, 2:-2, 4:-2, 0], seen[2:-2, 2:-4]
    assert np.allclose(there, here, atol=1e-9)


def test_whole_numbers_stay_in_their_range():
    seen = np.zeros((24, 24), np.uint8)
    seen[:, 12:] = 255  # a cubic spline swings beyond either side of a step
    moved = apply(Resample(), recording=still(seen), transform=Transform.moving(0.5, 0))
    assert np.ptp(moved.pixels[0, 4:-4, 4:10]) < 60
    assert moved.pixels.max() == 255


def test_complex_levels_are_moved_part_by_part():
    seen = (ramp() + 2j * ramp()).astype(np.complex64)
    moved = apply(Resample(), recording=still(seen), transform=Transform.moving(1, 0)).pixels
    assert np.allclose(moved[0, 3:-3, 4:-3, 0], seen[3:-3, 3:-4], atol=1e-3)
    assert np.isnan(moved[0, :, 0]).all()


def test_what_is_not_known_stays_unknown():
    seen = ramp()
    seen[8, 9] = np.nan
    moved = apply(Resample(), recording=still(seen), transform=Transform.moving(2, 1))
    lost = np.isnan(moved.pixels[0, ..., 0])
    assert lost[9, 11]
    assert np.isfinite(moved.pixels[0, 4:8, 6:9]).all()


def test_frames_lie_on_the_fixed_grid_in_mm():
    moving = replace(still(ramp()), spacing_mm=(0.5, 0.5))
    fixed = replace(image(np.zeros((10, 15))), spacing_mm=(1.0, 1.0))
    identity = Transform(np.eye(3), "mm", "mm")
    moved = apply(Resample(), recording=moving, transform=identity, fixed=fixed)
    assert moved.spacing_mm == (1.0, 1.0)
    assert np.allclose(moved.pixels[0, ..., 0], ramp()[::2, ::2], atol=1e-3)
    alone = apply(Resample(), recording=moving, fixed=fixed)
    assert np.allclose(alone.pixels, moved.pixels)


def test_a_map_in_mm_needs_a_pixel_size():
    with pytest.raises(Refusal, match="pixel size"):
        apply(Resample(), recording=still(ramp()), transform=Transform(np.eye(3), "mm", "mm"))


def test_each_frame_moves_by_its_own_map():
    seen = texture((30, 40))
    frames = np.stack([np.roll(seen, t, axis=1) for t in range(3)])
    matrices = np.stack([np.eye(3)] * 3)
    matrices[:, 0, 2] = -np.arange(3)
    matrices[1] = np.nan
    motion = Transforms(matrices, np.arange(3), np.arange(3) / 30)
    moved = apply(Resample(), recording=Recording.of(frames[..., None]), motion=motion).pixels
    assert np.allclose(moved[2, :, 4:-4, 0], seen[:, 4:-4], rtol=1e-4)
    assert np.isnan(moved[1]).all()


def test_a_warp_carries_pixels_where_it_carries_points():
    seen = np.zeros((60, 60), np.float32)
    seen[28:33, 38:43] = 1
    vectors = np.zeros((7, 7, 2))
    vectors[..., 0] = np.linspace(0, 6, 7)
    warp = Warp((Transform.moving(-3, 2), Displacement(vectors, (10.0, 10.0))))
    moved = apply(Resample(), recording=still(seen), transform=warp).pixels[0, ..., 0]
    weight = np.nan_to_num(np.maximum(moved, 0))
    y, x = np.indices(seen.shape)
    centre = np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()
    assert np.allclose(centre, warp.apply(np.array([[40.0, 30.0]]))[0], atol=0.1)


def test_a_volume_is_moved_along_its_axes():
    volume = np.random.default_rng(0).normal(size=(9, 12, 14)).astype(np.float32)
    matrix = np.eye(4)
    matrix[:3, 3] = 3, 2, 1  # x, y, z
    moved = apply(
        Resample(interpolation="nearest"),
        recording=still(volume), transform=Transform(matrix, "px", "px"),
    ).pixels[0, ..., 0]  # fmt: skip
    assert np.array_equal(moved[1:, 2:, 3:], volume[:-1, :-2, :-3])
    with pytest.raises(Refusal, match="lanczos"):
        apply(
            Resample(interpolation="lanczos"),
            recording=still(volume), transform=Transform(matrix, "px", "px"),
        )  # fmt: skip


def test_a_map_of_another_number_of_axes_is_refused():
    with pytest.raises(Refusal, match="axes"):
        apply(Resample(), recording=still(ramp()), transform=Transform(np.eye(4), "px", "px"))
