from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from ethoframe.contract import spec_of
from ethoframe.data import Recording, Refusal
from ethoframe.methods.enhance import _noise
from ethoframe.methods.enhance._noise import nl_means, noise_of
from ethoframe.methods.enhance.denoise import Denoise, median
from ethoframe.run import apply
from ethoframe.testing.laws.case import Case

RANDOM = np.random.default_rng(5)
WAYS = ("median", "gaussian", "bilateral", "nl-means")


def scene(size: int = 96) -> np.ndarray:
    y, x = np.mgrid[:size, :size]
    disc = np.hypot(y - size / 2, x - size / 2) < size / 4
    return np.where(disc, 150.0, 60.0) + 20 * np.sin(x / 7) * (y > size / 2)


def cleaned(picture: np.ndarray, by: str, spacing=None, **parameters) -> np.ndarray:
    recording = replace(Recording.of(picture[None, ..., None]), spacing_mm=spacing)
    return apply(Denoise(by, **parameters), recording=recording).pixels[0, ..., 0]


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("noise", [5.0, 15.0, 30.0])
def test_less_noise_is_left_than_there_was(by, noise) -> None:
    clean = scene()
    noisy = clean + RANDOM.normal(0, noise, clean.shape)
    wide_px = 0.7 if noise < 10 else 1.5  # a Gaussian blurs edges more than little noise disturbs
    found = cleaned(noisy, by, sigma_px=wide_px if by == "gaussian" else 1.5)
    assert float(np.sqrt(np.mean((found - clean) ** 2))) < 0.85 * noise


def test_means_guided_by_levels_keep_an_edge_that_the_gaussian_blurs() -> None:
    edge = np.where(np.arange(40) < 20, 50.0, 150.0)[None] * np.ones((40, 1))
    noisy = edge + RANDOM.normal(0, 5, edge.shape)
    beside = {by: abs(cleaned(noisy, by)[:, 19].mean() - 50) for by in WAYS}
    assert beside["gaussian"] > 20
    assert max(beside["bilateral"], beside["nl-means"], beside["median"]) < 5


@pytest.mark.parametrize("noise", [1.0, 8.0, 40.0])
def test_the_noise_is_estimated_on_a_scene_with_edges(noise) -> None:
    noisy = scene(256) + RANDOM.normal(0, noise, (256, 256))
    assert noise_of(noisy) == pytest.approx(noise, rel=0.06)
    assert noise_of(np.stack([noisy] * 3)) == pytest.approx(noise, rel=0.06)


def test_where_there_is_no_noise_the_picture_comes_back() -> None:
    flat = np.full((12, 14), 9.0)
    flat[:, 7:] = 90
    for by in ("bilateral", "nl-means"):
        assert np.array_equal(cleaned(flat, by), flat.astype(np.float32))
    assert noise_of(np.zeros((1, 5))) == 0
    assert noise_of(np.full((3, 3), np.nan)) == 0


@given(st.data())
def test_the_median_is_scipys_in_any_type(data) -> None:
    dtype = data.draw(st.sampled_from([np.uint8, np.uint16, np.int16, np.int32, np.float32]))
    shape = data.draw(st.sampled_from([(1, 1), (1, 7), (5, 6), (3, 4, 5), (1, 3, 3)]))
    elements = st.integers(0, 100)
    picture = data.draw(hnp.arrays(dtype, shape, elements=elements))
    radii = data.draw(st.sampled_from([0, 1, 2, 3])), *(data.draw(st.just(1)) for _ in shape[1:])
    expected = ndimage.median_filter(picture, [2 * r + 1 for r in radii], mode="nearest")
    found = median(picture, radii)
    assert found.dtype == dtype
    assert np.array_equal(found, expected)


def test_nl_means_is_that_of_its_definition() -> None:
    picture = RANDOM.normal(100, 9, (9, 10))
    around = np.pad(picture, 3, mode="reflect")
    expected = np.empty_like(picture)
    for y, x in np.ndindex(picture.shape):
        here = around[y + 2 : y + 5, x + 2 : x + 5]
        total = weights = 0.0
        for j, i in np.ndindex(5, 5):
            there = around[y + j : y + j + 3, x + i : x + i + 3]
            apart = np.mean((here - there) ** 2)
            weight = np.exp(-max(apart - 2 * 81, 0) / (0.4 * 9) ** 2)
            total += weight * there[1, 1]
            weights += weight
        expected[y, x] = total / weights
    assert np.allclose(nl_means(picture, (2, 2), (1, 1), 9.0), expected)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.float64])
def test_types_are_as_outlined(by, dtype) -> None:
    pixels = (RANDOM.random((2, 9, 11, 2)) * 200).astype(dtype)
    recording = Recording.of(pixels)
    found, promised = (
        apply(Denoise(by), recording=recording),
        Denoise(by).outline(recording=spec_of(recording)),
    )
    assert promised.admits(replace(spec_of(found), kind=promised.kind))
    assert found.pixels.dtype == (dtype if by == "median" else np.float32)


@pytest.mark.parametrize("by", WAYS)
def test_volumes_are_cleaned_alike_in_mm(by) -> None:
    clean = np.repeat(scene(40)[None], 7, axis=0)
    noisy = clean + RANDOM.normal(0, 12, clean.shape)
    found = cleaned(noisy, by, (2.0, 0.5, 0.5), search_px=3.0, sigma_px=1.0)
    assert np.sqrt(np.mean((found - clean) ** 2)) < 9
    # Planes are too far apart to be looked at: each is cleaned as if alone.
    if by in ("median", "nl-means"):
        far = {"search_px": 3.0, "noise_level": 12.0}
        whole = cleaned(noisy, by, (20.0, 0.5, 0.5), **far)
        assert np.allclose(whole[3], cleaned(noisy[3], by, (0.5, 0.5), **far), atol=1e-3)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("unknown", [False, True])
def test_any_tiling_gives_the_same_once_the_noise_is_given(by, unknown) -> None:
    pixels = RANDOM.normal(100, 10, (2, 50, 44, 1)).astype(np.float32)
    if unknown:
        pixels[RANDOM.random(pixels.shape) < 0.02] = np.nan
    recording = replace(Recording.of(pixels), spacing_mm=(0.3, 0.2))
    method = Denoise(by, noise_level=10.0, search_px=2.0)
    case = Case(method, {"recording": recording})
    assert method.reach(case.specs["recording"]).around_px is not None
    whole = case.answer().pixels
    assert np.array_equal(np.isnan(whole), np.isnan(pixels))
    for side in (7, 16):
        tiled = case.answer(tile_px=side).pixels
        assert np.allclose(tiled, whole, rtol=1e-5, equal_nan=True)


def test_an_estimated_noise_depends_on_the_whole_picture() -> None:
    spec = spec_of(Recording.of(np.zeros((1, 9, 9, 1), np.uint8)))
    assert Denoise("nl-means").reach(spec).around_px is None
    assert Denoise("nl-means", noise_level=1.0).reach(spec).around_px == 7
    assert Denoise("median").reach(spec).around_px == 1


@pytest.mark.parametrize("by", WAYS)
def test_holes_stay_and_are_not_spread(by) -> None:
    picture = scene(48).astype(np.float32)
    picture[10:14, 10:14] = np.nan
    picture[20, 20] = np.inf
    found = cleaned(picture, by, noise_level=5.0)
    assert np.array_equal(np.isfinite(found), np.isfinite(picture))
    assert found[20, 20] == np.inf
    assert abs(found[9, 9] - picture[9, 9]) < 5


def test_complex_levels_are_refused() -> None:
    with pytest.raises(Refusal, match="magnitude"):
        cleaned(np.zeros((4, 4), np.complex64), "median")


@pytest.mark.parametrize("shape", [(53, 40), (17, 12, 14)])
def test_piece_by_piece_it_is_the_same(shape, monkeypatch) -> None:
    noisy = RANDOM.normal(100, 9, shape).astype(np.float32)
    sides = (2,) * len(shape), (1,) * len(shape)
    whole = nl_means(noisy, *sides, 9.0)
    monkeypatch.setattr(_noise, "PIECE", 1)
    assert np.array_equal(nl_means(noisy, *sides, 9.0), whole)
