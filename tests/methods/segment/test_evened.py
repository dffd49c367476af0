"""Pictures as networks see them."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.methods.segment._evened import evened

COLOURS = ("red", "green", "blue")


def test_the_light_of_a_picture_makes_no_difference():
    random = np.random.default_rng(0)
    levels = random.integers(20, 200, (30, 40, 1)).astype(np.uint16)
    one = evened(levels, ("luma",), "", 1)
    other = evened(levels * 100 + 7, ("luma",), "", 1)
    np.testing.assert_allclose(one, other, atol=1e-6)
    assert (one.min(), one.max()) == (0, 1)


def test_colours_keep_their_hue_and_gray_stands_for_all():
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 250, 20, dtype=np.uint8)
    three = evened(picture, COLOURS, "", 3)
    assert three[0].max() == 1
    assert not three[1].any()
    luma = evened(picture, COLOURS, "", 1)
    assert luma.shape == (1, 20, 20)
    assert np.ptp(evened(picture[..., :1], ("luma",), "", 3), axis=0).max() == 0


def test_what_is_not_known_is_in_the_middle():
    picture = np.tile(np.arange(100, dtype=np.float32), (20, 1))[..., None]
    picture[0] = np.nan
    found = evened(picture, ("luma",), "", 1)
    assert np.isfinite(found).all()
    assert found[0, 0].mean() == pytest.approx(0.5, abs=0.02)


def test_transparent_pixels_count_for_nothing():
    picture = np.tile(np.arange(100, dtype=np.uint8), (20, 1))
    alpha = np.full_like(picture, 255)
    alpha[:, :10], picture[:, :10] = 0, 255
    found = evened(np.stack([picture, alpha], axis=-1), ("luma", "alpha"), "", 1)
    assert found[0, :, 10].max() < 0.01
    assert 0.4 < found[0, 0, 0] < 0.6


def test_one_level_is_nothing_and_specks_are_seen():
    assert not evened(np.full((8, 8, 1), 200, np.uint8), ("luma",), "", 3).any()
    assert not evened(np.full((8, 8, 1), np.nan), ("luma",), "", 1).any()
    speck = np.zeros((100, 100, 1), np.uint8)
    speck[50, 50] = 9
    assert evened(speck, ("luma",), "", 1)[0, 50, 50] == 1


def test_a_channel_must_be_meant():
    picture = np.zeros((4, 4, 2), np.uint8)
    with pytest.raises(Refusal, match="2 channels, and none is chosen"):
        evened(picture, ("gfp", "dapi"), "", 1)
    assert evened(picture, ("gfp", "dapi"), "dapi", 1).shape == (1, 4, 4)
