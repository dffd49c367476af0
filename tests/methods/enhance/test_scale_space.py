from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import spec_of
from ethoframe.data import Recording, Refusal
from ethoframe.methods.enhance.scale_space import ORDERS, ScaleSpace
from ethoframe.run import apply
from ethoframe.testing.laws.case import Case

RANDOM = np.random.default_rng(2)


def pictures(*planes: np.ndarray, spacing=None) -> Recording:
    return replace(Recording.of(np.stack(planes)[..., None]), spacing_mm=spacing)


def blob(sigma: float, size: int = 81) -> np.ndarray:
    y, x = np.mgrid[:size, :size] - size // 2
    return 100 * np.exp(-(x**2 + y**2) / (2 * sigma**2))


@pytest.mark.parametrize("sigma", [3.0, 5.0, 8.0])
def test_a_blob_is_found_at_its_own_scale(sigma) -> None:
    space = ScaleSpace(1.0, 16.0, 49, "laplacian")
    found = apply(space, recording=pictures(blob(sigma, 161)))
    assert found.channels == ("luma", "luma_sigma_px")
    assert found.pixels[0, 80, 80, 1] == pytest.approx(sigma, rel=0.06)
    # At its own scale the answer of a Gaussian blob is half its height, negative where it is light.
    assert found.pixels[0, 80, 80, 0] == pytest.approx(-50, rel=0.02)


def test_normalised_answers_do_not_depend_on_the_size_of_the_pixels() -> None:
    answers = [
        apply(ScaleSpace(s, derivative="laplacian"), recording=pictures(blob(s, 161)))
        for s in (4.0, 8.0)
    ]
    small, large = (answer.pixels[0, 80, 80, 0] for answer in answers)
    assert small == pytest.approx(large, rel=0.02)


def test_a_line_is_a_ridge_and_its_sign_tells_light_from_dark() -> None:
    line = np.zeros((60, 60))
    line[:, 28:33] = 80
    ridge = ScaleSpace(2.0, derivative="ridge", gamma=0.75)
    light, dark = (apply(ridge, recording=pictures(p)).pixels[0, 30, 30, 0] for p in (line, -line))
    assert light > 10
    assert dark == pytest.approx(-light)


def test_smoothing_in_two_steps_is_smoothing_once() -> None:
    noise = RANDOM.random((64, 64))
    once = apply(ScaleSpace(5.0, tail=1e-12), recording=pictures(noise)).pixels
    first = apply(ScaleSpace(3.0, tail=1e-12), recording=pictures(noise)).pixels[..., 0]
    twice = apply(ScaleSpace(4.0, tail=1e-12), recording=pictures(*first)).pixels
    assert np.abs(once - twice).max() < 1e-6


def test_a_volume_is_smoothed_alike_in_mm() -> None:
    voxel = np.zeros((31, 61, 61))
    voxel[15, 30, 30] = 1
    recording = pictures(voxel, spacing=(0.6, 0.2, 0.2))
    smooth = apply(ScaleSpace(4.0), recording=recording).pixels[0, ..., 0]
    for axis, spacing in enumerate((0.6, 0.2, 0.2)):
        along = smooth.sum(axis=tuple(a for a in range(3) if a != axis), dtype=np.float64)
        far_mm = (np.arange(len(along)) - len(along) // 2) * spacing
        assert (along * far_mm**2).sum() == pytest.approx((4 * 0.2) ** 2, rel=1e-3)


@pytest.mark.parametrize("derivative", ORDERS)
@pytest.mark.parametrize("volume", [False, True])
def test_any_tiling_gives_the_same_and_outlines_are_kept(derivative, volume) -> None:
    shape = (2, 12, 20, 24, 1) if volume else (2, 50, 60, 1)
    spacing = (0.6, 0.2, 0.2) if volume else (0.3, 0.2)
    levels = RANDOM.integers(0, 255, shape).astype(np.uint8)
    recording = replace(Recording.of(levels), spacing_mm=spacing)
    most = 0.0 if derivative == "smoothed" else 2.0
    method = ScaleSpace(1.0, most, 3, derivative, tail=1e-3)
    case = Case(method, {"recording": recording})
    whole = case.answer()
    assert method.outline(**case.specs).admits(replace(spec_of(whole), kind=method.gives))
    for side in (9, 17):
        tiled = case.answer(tile_px=side).pixels
        assert np.allclose(tiled, whole.pixels, atol=1e-4 * np.abs(whole.pixels).max())


def test_a_nan_reaches_as_far_as_it_is_said_to() -> None:
    picture = np.zeros((61, 61), np.float32)
    picture[30, 30] = np.nan
    method = ScaleSpace(1.0, 2.0, 4, "laplacian")
    case = Case(method, {"recording": pictures(picture)})
    rows = np.flatnonzero(np.isnan(case.answer().pixels[0, ..., 0]).any(axis=1))
    assert rows.max() - 30 == method.reach(case.specs["recording"]).around_px
    assert np.isnan(case.answer().pixels[0, 30, 30, 1])


def test_smoothing_finds_no_scale_and_complex_levels_are_refused() -> None:
    with pytest.raises(Refusal, match="smoothing is none"):
        apply(ScaleSpace(1.0, 4.0), recording=pictures(np.zeros((8, 8))))
    with pytest.raises(Refusal, match="have no order"):
        apply(ScaleSpace(), recording=pictures(np.zeros((8, 8), np.complex64)))
