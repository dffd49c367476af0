"""Bands, levels of frames and of recordings, and levels of each pixel's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Recording, Refusal
from ethoframe.methods.segment.threshold import Threshold
from ethoframe.methods.summarise.histogram import Histogram
from ethoframe.run import apply


def film(*planes) -> Recording:
    return Recording.of(np.stack(planes)[..., None])


RAMP = np.tile(np.arange(16, dtype=np.uint8), (4, 1))


def labels(method: Threshold, recording: Recording, **side):
    return apply(method, recording=recording, **side).dense()


def test_a_band_holds_both_its_ends() -> None:
    found = labels(Threshold("band", low_level=3, high_level=5), film(RAMP))[0]
    assert np.unique(RAMP[found == 1]).tolist() == [3, 4, 5]


def test_a_band_leaves_nan_out_and_takes_volumes() -> None:
    volume = np.linspace(0, 1, 24, dtype=np.float32).reshape(1, 2, 3, 4, 1)
    volume[0, 1, 2, 3] = np.nan
    found = labels(Threshold("band", low_level=0.5), Recording.of(volume))
    assert found.shape == (1, 2, 3, 4)
    assert found.sum() == 11


def test_dark_and_bright_objects_are_told_by_which_side_is_even() -> None:
    random = np.random.default_rng(1)
    y, x = np.mgrid[:60, :60]
    disc = np.hypot(y - 30, x - 30) < 26  # more than half of the picture
    bright = random.normal(20, 2, disc.shape) + disc * random.normal(100, 15, disc.shape)
    for picture in (bright, 255 - bright):
        found = labels(Threshold(), film(picture.clip(0, 255).astype(np.uint8)))[0]
        assert np.mean((found == 1) == disc) > 0.99


def test_a_level_for_the_recording_differs_from_that_of_a_frame() -> None:
    dim, bright = (RAMP * k for k in (1, 10))
    recording = film(dim, bright)
    seen = apply(Histogram(), recording=recording)
    method = Threshold(objects="bright")
    assert labels(method, recording)[0].any()
    assert not labels(method, recording, histogram=seen)[0].any()
    assert np.array_equal(
        labels(method, film(bright), histogram=apply(Histogram(), recording=film(bright))),
        labels(method, film(bright)),
    )


def test_classes_are_numbered_from_background_on() -> None:
    planes = np.repeat(np.array([10, 90, 200], np.uint8), [40, 20, 20]).reshape(8, 10)
    method = Threshold("multi-otsu", objects="bright")
    assert [labels(method, film(planes))[0][planes == v][0] for v in (10, 90, 200)] == [0, 1, 2]
    dark = replace(method, objects="dark")
    assert [labels(dark, film(planes))[0][planes == v][0] for v in (10, 90, 200)] == [2, 1, 0]


@pytest.mark.parametrize("rule", ["mean", "sauvola"])
def test_local_levels_follow_a_shade(rule) -> None:
    y, x = np.mgrid[:64, :96]
    objects = (x % 16 < 5) & (y % 16 < 5)
    picture = (20 + 2 * x + 40 * objects).astype(np.float32)
    method = Threshold(rule, objects="bright", radius_px=12, above_level=8, sauvola=0.05)
    found = labels(method, film(picture))[0] == 1
    inner = np.s_[13:-13, 13:-13]
    assert np.mean(found[inner] == objects[inner]) > 0.95


@pytest.mark.parametrize("spacing_mm", [None, (2.0, 1.0)])
def test_local_levels_are_the_same_piece_by_piece(spacing_mm) -> None:
    picture = np.random.default_rng(4).integers(0, 255, (50, 61), np.uint8)
    recording = replace(film(picture), spacing_mm=spacing_mm)
    method = Threshold("sauvola", objects="dark", radius_px=6, deviation_level=128)
    pieces = apply(method, recording=recording, tile_px=17)
    assert pieces == apply(method, recording=recording)


def test_what_will_not_do_is_refused() -> None:
    recording = film(RAMP)
    with pytest.raises(Refusal, match="above high_level"):
        apply(Threshold("band", low_level=5, high_level=3), recording=recording)
    seen = apply(Histogram(), recording=recording)
    with pytest.raises(Refusal, match="no use of a histogram"):
        apply(Threshold("mean"), recording=recording, histogram=seen)
    with pytest.raises(Refusal, match="none is chosen"):
        apply(Threshold(), recording=Recording.of(np.zeros((1, 4, 4, 2), np.uint8)))
    with pytest.raises(Refusal, match="no order"):
        apply(Threshold(), recording=Recording.of(np.zeros((1, 4, 4, 1), np.complex64)))


def test_a_level_that_is_given_means_the_band() -> None:
    for given in ({"low_level": 3}, {"high_level": 5}, {"low_level": 3, "high_level": 5}):
        band = labels(Threshold("band", **given), film(RAMP))
        np.testing.assert_array_equal(labels(Threshold(**given), film(RAMP)), band)
    assert Threshold(low_level=3).chosen(film(RAMP).frames([0])) is None
    np.testing.assert_array_equal(
        labels(Threshold(), film(RAMP)), labels(Threshold("otsu"), film(RAMP))
    )


@pytest.mark.parametrize("rule", ["otsu", "multi-otsu", "sauvola"])
def test_a_level_beside_a_rule_that_finds_its_own_is_refused(rule) -> None:
    with pytest.raises(Refusal, match=f"rule {rule} makes no use of low_level and high_level"):
        apply(Threshold(rule, high_level=160), recording=film(RAMP))


@pytest.mark.parametrize("names", [("luma", "alpha"), ("red", "green", "blue", "alpha")])
@pytest.mark.parametrize("rule", ["auto", "band", "multi-otsu", "mean"])
def test_what_is_transparent_has_no_label_and_sways_no_level(names, rule) -> None:
    random = np.random.default_rng(3)
    picture = random.integers(10, 20, (40, 60), np.uint8)
    picture[10:20, 10:20] = random.integers(90, 110, (10, 10))
    open_ = np.repeat(picture[None, ..., None], len(names), axis=-1)
    open_[..., -1] = 255
    covered = open_.copy()
    covered[0, :, 30:] = 250  # bright under the cover
    covered[0, :, 30:, -1] = 0
    method = Threshold(rule, objects="bright", low_level=-1e300 if rule != "band" else 80)
    whole, part = (
        apply(method, recording=replace(Recording.of(pixels), channels=names)).dense()[0]
        for pixels in (open_[:, :, :30], covered)
    )
    assert whole.any()
    assert not part[:, 30:].any()
    if rule != "mean":  # of which the box reaches beyond the border
        np.testing.assert_array_equal(part[:, :30], whole)
