from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.methods.measure._costes import levels, ranks
from ethoframe.methods.measure.colocalisation import Colocalisation
from ethoframe.run import apply


def recorded(*channels):
    pixels = np.stack(channels, axis=-1)[None]
    return replace(Recording.of(pixels), channels=tuple("abcd"[: len(channels)]))


def told(method, recording, **side):
    found = apply(method, recording=recording, **side)
    return {name: float(found.column(name)[0]) for name in found.names}


@pytest.fixture
def noise():
    return np.random.default_rng(8)


def smooth(noise, shape=(96, 96)):
    """Spots as in a stain, on nothing."""
    from scipy.ndimage import gaussian_filter

    field = gaussian_filter(noise.standard_normal(shape), 2.5, mode="wrap")
    return 100 * np.clip(field / field.std() - 0.8, 0, None)


def test_correlations_are_those_of_scipy(noise):
    from scipy.stats import pearsonr, spearmanr

    a = noise.integers(0, 40, (30, 31)).astype(float)
    b = a**2 + noise.normal(0, 300, a.shape)
    found = told(Colocalisation(), recorded(a, b))
    assert found["pearson"] == pytest.approx(pearsonr(a.ravel(), b.ravel()).statistic)
    assert found["spearman"] == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)


def test_chance_is_what_every_move_gives(noise):
    """The same by moving the picture instead of by Fourier's transform, in a mask, with NaN."""
    a, b = noise.normal(0, 1, (2, 20, 24))
    a[3, 7], mask = np.nan, np.zeros((1, 20, 24), np.uint8)
    mask[0, 2:15, 5:] = 1
    found = told(Colocalisation(apart_px=6.0), recorded(a, b), mask=LabelMap.of(mask))
    inside = (mask[0] > 0) & np.isfinite(a)
    moved = [
        np.corrcoef(a[inside], np.roll(b, (-y, -x), (0, 1))[inside])[0, 1]
        for y in range(20)
        for x in range(24)
        if min(y, 20 - y) >= 6 or min(x, 24 - x) >= 6
    ]
    assert [found["chance_low"], found["chance_high"]] == pytest.approx(
        np.percentile(moved, (2.5, 97.5))
    )
    assert found["chance_share"] == pytest.approx(np.mean(np.array(moved) >= found["pearson"]))


def test_stains_that_share_spots_are_told_from_those_that_do_not(noise):
    a, other = smooth(noise), smooth(noise)
    same = told(Colocalisation(), recorded(a, a + noise.normal(0, 10, a.shape)))
    apart = told(Colocalisation(), recorded(a, other))
    assert same["chance_share"] == 0
    assert same["pearson"] > 5 * same["chance_high"]
    assert apart["chance_low"] < apart["pearson"] < apart["chance_high"]
    assert apart["chance_share"] > 0.02


def test_manders_shares_of_light_that_was_put_there():
    """Of the first stain 3 of 4 equal spots hold the second, whose every spot holds the first."""
    a, b = np.zeros((40, 40)), np.zeros((40, 40))
    for k, corner in enumerate((2, 12, 22, 32)):
        a[corner : corner + 4, 4:10] = 50
        if k < 3:
            b[corner : corner + 4, 4:10] = 80
    given = Colocalisation(threshold="given", first_level=10.0, second_level=10.0)
    found = told(given, recorded(a, b))
    assert (found["manders_1"], found["manders_2"]) == (0.75, 1.0)
    found = told(Colocalisation(), recorded(a, b))
    assert (found["manders_1"], found["manders_2"]) == (0.75, 1.0)


def test_costes_levels_part_what_correlates_from_what_does_not(noise):
    """Background of independent noise below 30; above, light that is twice in the other."""
    dark = noise.uniform(0, 30, (2, 20_000))
    light = noise.uniform(40, 200, 4000)
    a = np.concatenate([dark[0], light])
    b = np.concatenate([dark[1], light + noise.normal(0, 5, 4000)])
    first, second = levels(a, b)
    assert 20 < first < 45
    assert second == pytest.approx(first, abs=6)
    assert np.isnan(levels(a, -b)).all()
    below = (a <= first) | (b <= second)
    assert abs(np.corrcoef(a[below], b[below])[0, 1]) < 0.05


def test_ranks_of_ties():
    assert ranks(np.array([3.0, 1.0, 3.0, 9.0])).tolist() == [1.5, 0.0, 1.5, 3.0]


def test_objects_that_overlap():
    first, second = np.zeros((2, 1, 10, 10), np.uint8)
    first[0, :4, :4], first[0, 6:, 6:] = 1, 2
    second[0, :4, :3], second[0, 0, 9] = 5, 7
    picture = np.zeros((10, 10))
    maps = {"first_objects": LabelMap.of(first), "second_objects": LabelMap.of(second)}
    found = told(Colocalisation(), recorded(picture, picture), **maps)
    assert (found["objects_1"], found["objects_2"]) == (0.5, 0.5)
    assert found["area_shared"] == pytest.approx(12 / 33)
    assert np.isnan(found["pearson"])
    strict = told(Colocalisation(overlap=0.8), recorded(picture, picture), **maps)
    assert (strict["objects_1"], strict["objects_2"]) == (0.0, 0.5)


def test_volumes_and_channels_by_name_or_number(noise):
    a, b, c = noise.normal(0, 1, (3, 4, 12, 13))
    recording = recorded(a, b, a + 0.1 * c)
    assert recording.size == (4, 12, 13)
    by_name = told(Colocalisation(second="c", apart_px=3.0), recording)
    assert by_name == told(Colocalisation(second="2", apart_px=3.0), recording)
    assert by_name["pearson"] > 0.98
    assert abs(told(Colocalisation(), recording)["pearson"]) < 0.2


def test_a_frame_without_a_mask_has_no_numbers(noise):
    pixels = noise.normal(0, 1, (3, 10, 10, 2))
    mask = LabelMap.of(np.ones((2, 10, 10), np.uint8), numbers=np.array([0, 2]))
    found = apply(Colocalisation(), recording=Recording.of(pixels), mask=mask)
    assert np.isfinite(found.column("pearson")).tolist() == [True, False, True]


def test_what_cannot_be_compared_is_refused(noise):
    a = noise.normal(0, 1, (10, 10))
    with pytest.raises(Refusal, match="one channel"):
        apply(Colocalisation(), recording=recorded(a))
    with pytest.raises(Refusal, match="no channel 'dapi'"):
        apply(Colocalisation(first="dapi"), recording=recorded(a, a))
    small = LabelMap.of(np.ones((1, 9, 10), int))
    with pytest.raises(Refusal, match="9 × 10 pixels"):
        apply(Colocalisation(), recording=recorded(a, a), mask=small)
