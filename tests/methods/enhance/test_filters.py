from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from ethoframe.data import Recording, Refusal
from ethoframe.methods.enhance.filters import NAMED, Filters
from ethoframe.run import apply
from ethoframe.testing.laws.case import Case

RANDOM = np.random.default_rng(3)
EACH = ("own", *NAMED, "gradient", "laplacian", "ridge", "structure")


def filtered(picture: np.ndarray, *parameters, spacing=None, **named) -> np.ndarray:
    recording = replace(Recording.of(picture[None, ..., None]), spacing_mm=spacing)
    return apply(Filters(*parameters, **named), recording=recording).pixels[0, ..., 0]


@given(st.data())
def test_a_kernel_is_laid_on_as_it_is_written(data) -> None:
    odd = st.integers(0, 3).map(lambda n: 2 * n + 1)
    kernel = data.draw(hnp.arrays(np.int8, st.tuples(odd, odd)))
    picture = data.draw(hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9))))
    found = filtered(picture, "own", tuple(map(tuple, kernel.tolist())))
    expected = ndimage.correlate(picture.astype(float), kernel.astype(float), mode="mirror")
    assert np.allclose(found, expected, atol=1e-2)


def test_rows_are_laid_on_volumes_plane_by_plane_and_planes_as_a_whole() -> None:
    volume = RANDOM.random((4, 6, 7))
    rows = ((0.0, 1.0, 0.0), (2.0, 0.0, -1.0), (0.0, 0.0, 0.5))
    by_plane = filtered(volume, "own", rows)
    for plane, found in zip(volume, by_plane, strict=True):
        assert np.allclose(found, ndimage.correlate(plane, np.array(rows), mode="mirror"))
    planes = (rows, rows, rows)
    whole = ndimage.correlate(volume, np.array(planes), mode="mirror")
    assert np.allclose(filtered(volume, "own", planes), whole)


def test_a_kernel_survives_json_with_all_its_rows() -> None:
    method = Filters("own", ((1.0, 2.0, 1.0), (0.0, 0.0, 0.0), (-1.0, -2.0, -1.0)))
    read = Filters().with_parameters(json.loads(json.dumps(method.parameters())))
    assert read == method
    assert hash(read) == hash(method)


@pytest.mark.parametrize(
    ("kernel", "reason"),
    [
        ((), "axes for frames of 2"),
        (((1.0, 2.0),), "no middle"),
        (((1.0, 2.0, 3.0), (1.0,)), "rows of the same length"),
        (((1.0, float("nan"), 3.0),), "NaN"),
        ((("a", "b", "c"),), "numbers"),
        ((((1.0,),),), "3 axes for frames of 2"),
    ],
)
def test_a_kernel_that_is_none_is_refused(kernel, reason) -> None:
    with pytest.raises(Refusal, match=reason):
        filtered(np.zeros((5, 5)), "own", kernel)


def test_a_ramp_has_its_slope_per_pixel_of_the_finest_axis() -> None:
    ramp = 3.0 * np.arange(30)[:, None] + np.zeros(40)
    assert filtered(ramp)[15, 20] == pytest.approx(3.0, rel=1e-4)
    assert filtered(ramp, spacing=(0.4, 0.1))[15, 20] == pytest.approx(0.75, rel=1e-4)
    assert filtered(ramp, "sobel-y")[15, 20] == pytest.approx(3.0)
    assert filtered(ramp, "sobel-x")[15, 20] == pytest.approx(0.0, abs=1e-4)
    assert abs(filtered(ramp, "laplacian")[15, 20]) < 1e-3


@pytest.mark.parametrize("lines", ["bright", "dark"])
def test_ridges_are_lines_of_one_sign_and_neither_blobs_nor_edges(lines) -> None:
    y, x = np.mgrid[:60, :80]
    sign = 1 if lines == "bright" else -1
    line = 100 * sign * np.exp(-((y - 15.0) ** 2) / 8)
    blob = 100 * sign * np.exp(-((y - 42.0) ** 2 + (x - 20.0) ** 2) / 8)
    edge = 100.0 * sign * (x > 55) * (y > 30)
    found = filtered(line + blob + edge, "ridge", sigma_px=2.0, lines=lines)
    assert found[15, 40] > 15
    assert found[42, 20] < 0.1 * found[15, 40]
    assert found[45, 70] == 0
    other = "dark" if lines == "bright" else "bright"
    assert filtered(line + blob + edge, "ridge", sigma_px=2.0, lines=other)[15, 40] == 0


def test_a_vessel_in_a_volume_is_a_line_and_a_sheet_is_none() -> None:
    z, y, _ = np.mgrid[:30, :30, :30] - 15.0
    vessel = filtered(100 * np.exp(-(z**2 + y**2) / 8), "ridge", sigma_px=2.0)
    sheet = filtered(100 * np.exp(-(z**2) / 8), "ridge", sigma_px=2.0)
    assert vessel[15, 15, 15] > 20
    assert sheet[15, 15, 15] < 0.05 * vessel[15, 15, 15]


def test_structure_is_one_on_stripes_and_low_in_noise() -> None:
    stripes = 100 * np.sin(np.arange(64) / 2)[None] * np.ones((64, 1))
    assert filtered(stripes, "structure")[32, 32] > 0.99
    assert np.median(filtered(RANDOM.normal(0, 10, (64, 64)), "structure")) < 0.4
    assert filtered(np.full((20, 20), 7, np.uint8), "structure").max() == 0


@pytest.mark.parametrize("each", EACH)
@pytest.mark.parametrize("volume", [False, True])
def test_any_tiling_gives_the_same(each, volume) -> None:
    shape = (1, 10, 20, 22, 1) if volume else (1, 50, 44, 1)
    recording = Recording.of(RANDOM.integers(0, 255, shape).astype(np.uint8))
    recording = replace(recording, spacing_mm=(0.6, 0.2, 0.2) if volume else (0.3, 0.2))
    kernel = ((1.0, 2.0, 0.0, 0.0, 3.0),) if each == "own" else ()
    case = Case(Filters(each, kernel, 0.7, 0.7), {"recording": recording})
    whole = case.answer().pixels
    tiled = case.answer(tile_px=11).pixels
    assert np.allclose(tiled, whole, atol=1e-4 * np.abs(whole).max())


@pytest.mark.parametrize("each", EACH)
def test_a_nan_is_answered_with_nan_around_it_only(each) -> None:
    picture = RANDOM.random((61, 61)).astype(np.float32)
    picture[30, 30] = np.nan
    case = Case(
        Filters(each, ((1.0, 0.0, 1.0),) if each == "own" else (), 0.7, 0.7),
        {"recording": Recording.of(picture[None, ..., None])},
    )
    unknown = np.isnan(case.answer().pixels[0, ..., 0])
    reach = case.method.reach(case.specs["recording"]).around_px
    assert unknown.any()
    assert not unknown[: 30 - reach].any()
    assert not unknown[:, 31 + reach :].any()


def test_large_kernels_and_nan_do_not_spoil_the_whole_picture() -> None:
    picture = np.ones((40, 40), np.float32)
    picture[0, 0] = np.nan
    rows = tuple((1 / 225,) * 15 for _ in range(15))
    assert np.isfinite(filtered(picture, "own", rows)[20, 20])
