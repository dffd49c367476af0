from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.nets.augment import Augment, Photometry

RNG = np.random.default_rng(0)
PLAIN = np.full((40, 48), 100, np.uint8)
ROUGH = RNG.integers(30, 200, (40, 48, 3), np.uint8)

LOOKS = {
    "inverted": Photometry(inverted=True),
    "contrast": Photometry(contrast=0.6),
    "brightness": Photometry(brightness=0.4),
    "gamma": Photometry(gamma=1.5),
    "tints": Photometry(tints=(1.1, 0.9, 1.0)),
    "patches": Photometry(patches=((3.0, 4.0, 10.0, 12.0, 0.5),)),
    "blur": Photometry(blur_px=1.3),
    "motion": Photometry(motion_px=6.0, motion_deg=30.0),
    "coarser": Photometry(coarser=2.3),
    "noise": Photometry(noise=0.2, noise_start=11),
    "compression": Photometry(compression=0.7),
}
EVERYTHING = Photometry(
    True, 0.8, 0.2, 1.2, (1.1, 0.9, 1.0), ((2.0, 2.0, 5.0, 5.0, 0.3),), 1.0, 4.0, 20.0, 1.5, 0.1,
    5, 0.5,
)  # fmt: skip


@pytest.mark.parametrize("look", [*LOOKS.values(), EVERYTHING], ids=[*LOOKS, "everything"])
def test_each_changes_the_picture_and_keeps_the_given_one(look):
    before = ROUGH.copy()
    changed = look.apply(ROUGH)
    assert not np.array_equal(changed, ROUGH)
    assert np.array_equal(ROUGH, before)
    assert changed.dtype == np.uint8
    assert changed.shape == ROUGH.shape
    assert np.array_equal(changed, look.apply(ROUGH))


@pytest.mark.parametrize("look", [*LOOKS.values(), EVERYTHING], ids=[*LOOKS, "everything"])
@pytest.mark.parametrize("shape", [(40, 48, 3), (40, 48, 1), (40, 48)])
def test_the_same_in_every_dtype(look, shape):
    image = ROUGH[..., : shape[2]] if len(shape) == 3 else ROUGH[..., 0]
    in8 = look.apply(image).astype(float)
    in16 = look.apply(image.astype(np.uint16) * 257) / 257
    shares = look.apply(image / 255) * 255
    given_white = look.apply(image.astype(np.float32), white=255.0)
    for other in (in16, shares, given_white):
        assert other.shape == shape
        # JPEG rounds what is not 8 bit yet, now and then to another step.
        assert np.abs(other - in8).mean() < (2.5 if look.compression else 0.8)
    assert np.abs(shares - given_white).max() < 0.5 or look.compression


def test_light_by_its_formula():
    two = np.array([[80, 120]], np.uint8)  # mean 100, spread 20
    assert Photometry(inverted=True).apply(two).tolist() == [[175, 135]]
    assert Photometry(contrast=0.5).apply(two).tolist() == [[90, 110]]
    assert Photometry(brightness=-0.5).apply(two).tolist() == [[70, 110]]
    assert Photometry(gamma=2.0).apply(two).tolist() == [[64, 144]]
    assert Photometry(brightness=9.0).apply(two).tolist() == [[255, 255]]
    assert Photometry(tints=(2.0, 1.0, 0.5)).apply(np.full((1, 1, 3), 60, np.uint8)).tolist() == [
        [[120, 60, 30]]
    ]
    assert (Photometry(tints=(2.0, 1.0, 0.5)).apply(PLAIN) == 100).all()


@pytest.mark.parametrize("name", ["contrast", "brightness", "gamma", "noise"])
def test_a_dim_picture_changes_as_a_bright_one_does(name):
    bright = RNG.uniform(0.2, 0.6, (40, 48)).astype(np.float32)
    dim = bright / np.float32(20)
    assert np.allclose(LOOKS[name].apply(dim) * 20, LOOKS[name].apply(bright), atol=1e-5)


@pytest.mark.parametrize("look", [*LOOKS.values(), EVERYTHING], ids=[*LOOKS, "everything"])
@pytest.mark.parametrize("level", [0.0, 0.5])
def test_a_blank_picture(look, level):
    assert np.isfinite(look.apply(np.full((20, 20), level, np.float32))).all()


@pytest.mark.parametrize("name", ["blur", "motion", "coarser"])
@given(x=st.integers(18, 30), y=st.integers(14, 26))
def test_blurs_move_nothing(name, x, y):
    dot = np.zeros((40, 48), np.float32)
    dot[y, x] = 1
    seen = LOOKS[name].apply(dot)
    rows, columns = np.indices(seen.shape)
    away = abs((seen * columns).sum() / seen.sum() - x), abs((seen * rows).sum() / seen.sum() - y)
    # Fewer pixels are laid out over the whole picture; a dot is between two of them, but stays.
    assert max(away) < (0.6 if name == "coarser" else 1e-4)


def test_fewer_pixels_move_nothing_on_the_whole():
    ramp = np.tile(np.arange(48, dtype=np.float32) / 48, (40, 1))
    seen = Photometry(coarser=2.3).apply(ramp)
    assert np.abs(seen - ramp)[:, 4:-4].max() < 0.5 / 48


def test_noise_has_the_level_that_is_asked_for():
    halves = np.full((200, 200), 98, np.uint8)
    halves[100:] = 158  # a spread of 30
    once = Photometry(noise=0.4, noise_start=123).apply(halves).astype(float) - halves
    other = Photometry(noise=0.4, noise_start=99_123).apply(halves).astype(float) - halves
    assert once.std() == pytest.approx(12, rel=0.05)
    assert once.mean() == pytest.approx(0, abs=0.3)
    assert abs(np.corrcoef(once.ravel(), other.ravel())[0, 1]) < 0.03
    large = np.tile(np.array([0.4, 0.6], np.float32), (1100, 500))  # more pixels than the bank has
    assert (Photometry(noise=0.4).apply(large) - large).std() == pytest.approx(0.04, rel=0.05)


def test_compression_loses_more_the_stronger_it_is():
    lost = [
        np.abs(Photometry(compression=c).apply(ROUGH).astype(int) - ROUGH).mean()
        for c in (0.01, 0.5, 1.0)
    ]
    assert 0 < lost[0] < lost[1] < lost[2]


@pytest.mark.parametrize("look", [*LOOKS.values(), EVERYTHING], ids=[*LOOKS, "everything"])
def test_nan_stays_where_it_is(look):
    image = (ROUGH[..., 0] / 255).astype(np.float32)
    image[10, 12] = np.nan
    changed = look.apply(image)
    assert np.isnan(changed[10, 12])
    assert np.isnan(changed).sum() == 1
    assert np.isnan(look.apply(np.full((4, 4), np.nan))).all()


@pytest.mark.parametrize("look", [*LOOKS.values(), EVERYTHING], ids=[*LOOKS, "everything"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 7, 3), (3, 1, 1)])
def test_tiny_pictures(look, shape):
    look = replace(look, patches=())
    assert look.apply(np.full(shape, 9, np.uint8)).shape == shape


def test_patches_hide_what_they_cover():
    look = LOOKS["patches"]
    changed = look.apply(PLAIN)
    assert (changed[4:16, 3:13] == 127).all()
    assert (changed != 100).sum() == 120
    places = np.array([[3.0, 4.0], [12.4, 15.4], [12.6, 4.0], [np.nan, 5.0], [2.4, 4.0]])
    assert look.covers(places).tolist() == [True, True, False, False, False]


def test_patches_are_drawn_within_the_window():
    augment = Augment(patches=3, patch=1.0, chance=1.0)
    for seed in range(50):
        drawn = augment.draw(np.random.default_rng(seed), (20, 30))
        assert 1 <= len(drawn.look.patches) <= 3
        for left, top, width, height, level in drawn.look.patches:
            assert 0 <= left < left + width <= 30
            assert 0 <= top < top + height <= 20
            assert 0 <= level <= 1
        left, top, *_ = drawn.look.patches[0]
        assert drawn.hidden(np.array([left, top]))


def test_what_a_camera_does_happens_now_and_then():
    animal = Augment.animal()
    looks = [animal.draw(np.random.default_rng(seed), (64, 64)).look for seed in range(400)]
    for name in ("blur_px", "motion_px", "noise", "compression", "patches"):
        share = np.mean([bool(getattr(look, name)) for look in looks])
        assert share == pytest.approx(animal.chance, abs=0.1)
    assert not any(look.inverted for look in looks)
    inverting = replace(animal, inversion=True)
    inverted = [inverting.draw(np.random.default_rng(s), (9, 9)).look.inverted for s in range(200)]
    assert np.mean(inverted) == pytest.approx(0.5, abs=0.1)
