from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.contract import spec_of
from ethoframe.data import Recording, Refusal
from ethoframe.methods.enhance._pyramids import (
    gaussian_pyramid,
    laplacian_pyramid,
    reconstructed,
)
from ethoframe.methods.enhance.pyramid import Pyramid
from ethoframe.run import apply

SHAPES = hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=21)
SPACINGS = st.sampled_from([0.2, 0.5, 1.0, 3.0])
RANDOM = np.random.default_rng(4)


@given(st.data(), SHAPES, st.integers(0, 6), st.sampled_from([np.float32, np.float64]))
def test_any_picture_comes_back_from_its_bands(data, shape, levels, dtype) -> None:
    elements = st.floats(-1000, 1000, width=32)
    picture = data.draw(hnp.arrays(dtype, shape, elements=elements))
    spacing = data.draw(st.none() | st.tuples(*[SPACINGS] * len(shape)))
    bands = laplacian_pyramid(picture, levels, spacing)
    assert all(band.dtype == dtype for band in bands)
    span = max(float(np.ptp(picture)), float(np.abs(picture).max()))
    assert np.abs(reconstructed(bands) - picture).max() <= 1e-6 * span


@given(SHAPES, st.integers(0, 6))
def test_sizes_are_halved_upwards_until_one_sample_is_left(shape, levels) -> None:
    found = [level.shape for level in gaussian_pyramid(np.zeros(shape), levels)]
    expected = [shape]
    while len(expected) <= levels and max(expected[-1]) > 1:
        expected.append(tuple((n + 1) // 2 for n in expected[-1]))
    assert found == expected


@given(st.floats(-100, 100), SHAPES)
def test_an_even_picture_is_even_on_every_level_and_has_no_detail(level, shape) -> None:
    even = np.full(shape, level)
    assert all(np.allclose(each, level) for each in gaussian_pyramid(even, 5))
    assert all(np.allclose(band, 0, atol=1e-9) for band in laplacian_pyramid(even, 5)[:-1])


def test_a_coarse_axis_waits_until_the_others_have_caught_up() -> None:
    shapes = [each.shape for each in gaussian_pyramid(np.zeros((16, 64, 64)), 4, (4.0, 1.0, 1.0))]
    assert shapes == [(16, 64, 64), (16, 32, 32), (16, 16, 16), (8, 8, 8), (4, 4, 4)]
    # A volume of one plane is a picture: its spacing keeps nobody waiting.
    shapes = [each.shape for each in gaussian_pyramid(np.zeros((1, 8, 8)), 2, (0.1, 1.0, 1.0))]
    assert shapes == [(1, 8, 8), (1, 4, 4), (1, 2, 2)]


def test_the_generating_kernel_is_burt_and_adelsons() -> None:
    spike = np.zeros((1, 9))
    spike[0, 4] = 1
    assert np.allclose(gaussian_pyramid(spike, 1)[1], [[0, 0.05, 0.4, 0.05, 0]])


def test_a_wave_lies_mostly_in_the_band_of_its_size() -> None:
    x = np.arange(256)
    for length, band in ((3, 0), (9, 1), (18, 2), (36, 3)):
        wave = np.sin(2 * np.pi * x / length)[None] * np.ones((256, 1))
        power = [float((each**2).mean()) for each in laplacian_pyramid(wave, 5)[:-1]]
        assert int(np.argmax(power)) == band


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64, np.bool_])
@pytest.mark.parametrize("size", [(9, 14), (5, 9, 14), (1, 7), (1, 1, 1)])
def test_gains_of_one_give_the_picture_as_outlined(dtype, size) -> None:
    pixels = (RANDOM.random((3, *size, 2)) * 200).astype(dtype)
    recording = replace(Recording.of(pixels), spacing_mm=(0.9, 0.3, 0.3)[-len(size) :])
    found = apply(Pyramid(), recording=recording)
    assert np.abs(found.pixels - pixels.astype(float)).max() <= 1e-6 * 200
    promised = Pyramid().outline(recording=spec_of(recording))
    assert promised.admits(replace(spec_of(found), kind=promised.kind))


def test_gains_sharpen_smooth_and_keep_the_mean() -> None:
    picture = RANDOM.normal(100, 10, (1, 64, 64, 1))
    picture[:, :, 32:] += 50
    recording = Recording.of(picture)
    sharp = apply(Pyramid((2.0, 1.0)), recording=recording).pixels
    smooth = apply(Pyramid((0.0, 0.5)), recording=recording).pixels
    assert smooth.std() < picture.std() < sharp.std()
    for each in (sharp, smooth):
        assert each.mean() == pytest.approx(picture.mean(), abs=0.5)


def test_what_is_nan_stays_so_and_harms_nobody() -> None:
    picture = RANDOM.normal(100, 10, (1, 32, 32, 1)).astype(np.float32)
    picture[0, 5, 6] = np.nan
    found = apply(Pyramid(), recording=Recording.of(picture)).pixels
    assert np.allclose(found, picture, atol=1e-3, equal_nan=True)


def test_gains_that_are_no_numbers_are_refused() -> None:
    recording = Recording.of(np.zeros((1, 4, 4, 1), np.uint8))
    with pytest.raises(Refusal, match="'a' is no gain"):
        apply(Pyramid(("a",)), recording=recording)
    assert Pyramid().with_parameters({"gains": [1.5, 1.0]}) == Pyramid((1.5, 1.0))
