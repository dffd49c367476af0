from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import spec_of
from ethoframe.data import Frames, Recording, Refusal
from ethoframe.methods.enhance._shading import shading
from ethoframe.methods.enhance.flatfield import Flatfield
from ethoframe.methods.summarise.illumination import Illumination
from ethoframe.run import apply

RANDOM = np.random.default_rng(6)


def lamp(size: tuple[int, int] = (90, 120)) -> np.ndarray:
    y, x = np.mgrid[: size[0], : size[1]]
    light = np.exp(-((y - 30) ** 2 + (x - 80) ** 2) / (2 * 70.0**2))
    return light / light.mean()


def image(pixels: np.ndarray) -> Frames:
    return Frames(pixels[None, ..., None], np.zeros(1, np.int64), np.zeros(1))


def film(*planes: np.ndarray) -> Recording:
    return Recording.of(np.stack(planes)[..., None])


def test_a_known_field_and_dark_are_divided_out_exactly() -> None:
    scene = RANDOM.uniform(50, 200, (90, 120))
    dark = RANDOM.uniform(8, 12, (90, 120))
    seen = scene * lamp() + dark
    found = apply(
        Flatfield(), recording=film(seen), field=image(900 * lamp() + dark), dark=image(dark)
    )
    assert np.allclose(found.plane(0), scene, rtol=1e-4)


def test_a_level_without_light_stands_in_for_a_dark_picture() -> None:
    seen = 100 * lamp() + 20
    found = apply(Flatfield(dark_level=20.0), recording=film(seen), field=image(7 * lamp() + 20))
    assert np.allclose(found.plane(0), 100, rtol=1e-4)


@pytest.mark.parametrize("by", ["divide", "subtract"])
def test_without_a_field_light_is_evened_and_the_mean_is_kept(by) -> None:
    scene = np.full((90, 120), 80.0)
    for y, x in RANDOM.integers(4, 84, (40, 2)):
        scene[y - 3 : y + 3, x - 3 : x + 3] = 120
    light = lamp()
    seen = scene * light if by == "divide" else scene + 60 * (light - 1)
    found = apply(Flatfield(by), recording=film(seen)).plane(0)
    assert found.mean() == pytest.approx(seen.mean(), rel=1e-5)
    floor = scene == 80
    assert found[floor].std() < 0.3 * seen[floor].std()


def test_a_field_from_the_recording_beats_each_frame_by_itself() -> None:
    light, frames, scenes = lamp(), [], []
    for _ in range(40):
        scene = np.full((90, 120), 60.0)
        y, x = RANDOM.integers(0, 70), RANDOM.integers(0, 95)
        scene[y : y + 20, x : x + 25] = 130
        scenes.append(scene)
        frames.append(scene * light + RANDOM.normal(0, 2, light.shape))
    recording = film(*frames)
    field = apply(Illumination(), recording=recording)
    by_field = apply(Flatfield(), recording=recording, field=field).pixels[..., 0]
    by_itself = apply(Flatfield(), recording=recording).pixels[..., 0]
    # Up to one factor: nobody can tell a brighter lamp from a brighter scene.
    wrong = [
        np.std(found / np.stack(scenes)) / np.mean(found / np.stack(scenes))
        for found in (by_field, by_itself)
    ]
    assert wrong[0] < 0.06
    assert wrong[0] < 0.5 * wrong[1]


def test_channels_have_their_own_field_or_share_one() -> None:
    light = np.stack([lamp(), lamp()[::-1]], axis=-1)
    recording = Recording.of((100 * light)[None].astype(np.float32))
    own = Frames(light[None], np.zeros(1), np.zeros(1), ("c0", "c1"))
    assert np.allclose(apply(Flatfield(), recording=recording, field=own).pixels, 100, rtol=1e-4)
    shared = apply(Flatfield(), recording=recording, field=image(lamp())).pixels
    assert np.allclose(shared[..., 0], 100, rtol=1e-4)
    assert shared[..., 1].std() > 1


def test_a_volume_is_evened_along_all_axes() -> None:
    light = 1 + 0.5 * np.linspace(-1, 1, 12)[:, None, None] * np.ones((12, 40, 40))
    recording = replace(Recording.of((100 * light)[None, ..., None]), spacing_mm=(3.0, 1.0, 1.0))
    found = apply(Flatfield(sigma_px=6.0), recording=recording).pixels[0, 2:-2, ..., 0]
    assert found.std() < 0.3 * (100 * light)[2:-2].std()


def test_unlit_places_and_holes_are_nan_and_change_no_mean() -> None:
    field = lamp().astype(np.float32)
    field[3, 4] = 0
    seen = 100 * lamp()
    seen[7, 8] = np.nan
    found = apply(Flatfield(), recording=film(seen), field=image(field)).plane(0)
    assert np.array_equal(np.argwhere(np.isnan(found)), [[3, 4], [7, 8]])
    by_itself = apply(Flatfield(), recording=film(seen)).plane(0)
    assert np.isnan(by_itself).sum() == 1
    assert np.nanmean(by_itself) == pytest.approx(np.nanmean(seen), rel=1e-5)


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (image(np.ones((4, 5))), "4 × 5 pixels"),
        (Frames(np.ones((1, 90, 120, 2)), np.zeros(1), np.zeros(1), ("a", "b")), "2 channels"),
        (Frames(np.ones((0, 90, 120, 1)), np.zeros(0), np.zeros(0)), "no picture"),
    ],
)
def test_a_field_that_does_not_fit_is_refused(field, reason) -> None:
    with pytest.raises(Refusal, match=reason):
        Flatfield().outline(recording=spec_of(film(lamp())), field=spec_of(field))


def test_shading_by_blocks_is_that_of_a_wide_gaussian() -> None:
    from scipy.ndimage import gaussian_filter

    noisy = RANDOM.normal(100, 30, (200, 240))
    found = shading(noisy, 20.0, (1.0, 1.0))
    weight = gaussian_filter(np.ones_like(noisy), 20.0, mode="constant")
    expected = gaussian_filter(noisy, 20.0, mode="constant") / weight
    # Straight lines between blocks of a quarter of the deviation: of what is left of the noise.
    inside = slice(60, -60), slice(60, -60)
    assert np.abs(found - expected)[inside].max() < 0.25 * expected.std()
    assert np.array_equal(shading(np.full((3, 3), np.nan), 2.0, (1.0, 1.0)), np.zeros((3, 3)))
