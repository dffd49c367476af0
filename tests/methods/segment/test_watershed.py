"""Objects on rendered scenes: pictures and volumes, dark and bright, markers given or found."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks import nuclei as real
from ethoframe import formats
from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.methods.segment._hollow import is_hollow
from ethoframe.methods.segment._joining import basins, joined
from ethoframe.methods.segment._markers import seams, typical_radius
from ethoframe.methods.segment._picture import Grid, depth
from ethoframe.methods.segment.watershed import Watershed
from ethoframe.run import apply
from ethoframe.score.instances import instance_score
from tests.methods.segment._scenes import nuclei

SEEDS = range(6)
EDGES = ("half", "steepest")


def found(picture, method: Watershed = Watershed(), **more):  # noqa: B008
    recording = replace(Recording.of(picture[None, ..., None]), **more)
    return apply(method, recording=recording).dense()[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_rendered_nuclei_are_told_apart(seed) -> None:
    picture, truth = nuclei(seed)
    score = instance_score(found(picture), truth)
    assert score.f1 > 0.93
    assert abs(score.answer - score.truth) <= 0.05 * score.truth + 1


def test_dark_ones_on_bright_ground_are_found_as_well() -> None:
    picture, truth = nuclei(1)
    assert instance_score(found(255 - picture), truth).f1 > 0.9


def test_stained_ones_are_found_by_what_dyes_absorb() -> None:
    picture, truth = nuclei(2)
    stain = (picture.astype(float) - 20) / 120
    absorbed = np.stack([0.65 * stain, 0.7 * stain, 0.29 * stain], axis=-1)
    pixels = (240 * 10**-absorbed).clip(0, 255).astype(np.uint8)
    recording = replace(Recording.of(pixels[None]), channels=("red", "green", "blue"))
    labels = apply(Watershed(), recording=recording).dense()[0]
    assert instance_score(labels, truth).f1 > 0.9


def test_levels_times_a_factor_change_nothing_and_depth_of_bits_hardly() -> None:
    picture, truth = nuclei(3)
    assert np.array_equal(found(picture * np.float32(4)), found(picture.astype(np.float32)))
    assert instance_score(found(picture.astype(np.uint16) * 200), truth).f1 > 0.93


def planted(radii, sigma_px: float, size: int = 320):
    """Discs of many levels with noise, and ``(y, x, radius)`` of each."""
    random, placed = np.random.default_rng(11), []
    y, x = np.mgrid[:size, :size]
    picture = np.full((size, size), 20.0)
    for radius in radii:
        for _ in range(2000):
            centre = random.uniform(radius + 8, size - radius - 8, 2)
            if all(np.hypot(*(centre - c[:2])) > radius + c[2] + 8 for c in placed):
                placed.append((*centre, radius))
                away = np.hypot(y - centre[0], x - centre[1])
                picture += random.uniform(60, 120) * np.clip(radius + 0.5 - away, 0, 1)
                break
    blurred = cv2.GaussianBlur(picture, (0, 0), sigma_px) if sigma_px else picture
    return (blurred + random.normal(0, 2, blurred.shape)).clip(0, 255).astype(np.uint8), placed


@pytest.mark.parametrize("sigma_px", [0.0, 1.0, 2.0])
def test_areas_of_planted_discs_are_right_however_blurred(sigma_px) -> None:
    picture, placed = planted((40, 30, 20, 16, 12, 10, 10), sigma_px)
    assert len(placed) == 7
    labels = found(picture)
    assert labels.max() == 7
    for y, x, radius in placed:
        area = np.count_nonzero(labels == labels[round(y), round(x)])
        assert area == pytest.approx(np.pi * radius**2, rel=0.035), radius


def test_edges_where_roots_are_steepest_lie_further_out() -> None:
    picture, placed = planted((10,) * 12, 1.5)
    fair, generous = (np.count_nonzero(found(picture, Watershed(edge=e))) for e in EDGES)
    assert fair == pytest.approx(np.pi * 100 * len(placed), rel=0.03)
    assert generous > 1.1 * fair


def test_rings_are_objects_with_pale_middles() -> None:
    y, x = np.mgrid[:160, :200]
    picture = np.full(y.shape, 20.0)
    centres = [(40, 40), (40, 82), (40, 150), (115, 50), (115, 120), (125, 165)]
    for down, across in centres:
        away = np.hypot(y - down, x - across)
        picture = np.maximum(picture, 100 * np.clip(22 - away, 0, 1) * np.clip(away - 6, 0, 1))
    picture += np.random.default_rng(2).normal(0, 3, y.shape)
    labels = found(picture.clip(0, 255).astype(np.uint8), Watershed(objects="bright"))
    assert labels.max() == len(centres)
    assert len({labels[centre] for centre in centres} - {0}) == len(centres)


def test_gaps_between_discs_are_no_pale_middles() -> None:
    y, x = np.mgrid[:120, :120]
    rows = [(24 * i * 0.866, 24 * (j + (i % 2) / 2)) for i in range(7) for j in range(6)]
    nearest = np.min([np.hypot(y - a, x - b) for a, b in rows], axis=0)
    assert not is_hollow(nearest < 11.9, Grid.of(None, 2))
    assert is_hollow((nearest < 11.9) & (nearest > 5), Grid.of(None, 2))
    assert not is_hollow(np.zeros((0, 4), bool), Grid.of(None, 2))


def ball(shape, centre, radius, spacing):
    index = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    away = [(i - c) * s for i, c, s in zip(index, centre, spacing, strict=True)]
    return np.sqrt(sum(np.square(a) for a in away)) < radius


def test_balls_that_touch_are_apart_in_a_volume_of_unequal_spacing() -> None:
    spacing, shape = (3.0, 1.0, 1.0), (16, 48, 64)
    centres = [(7, 20, 20), (7, 20, 38), (8, 36, 44)]
    truth = np.zeros(shape, np.int32)
    for k, centre in enumerate(centres, start=1):
        truth[ball(shape, centre, 10, spacing) & (truth == 0)] = k
    noise = np.random.default_rng(5).normal(20, 3, shape)
    volume = (noise + 80 * (truth > 0)).clip(0, 255).astype(np.uint8)
    labels = found(volume, spacing_mm=spacing)
    score = instance_score(labels, truth)
    assert (score.f1, score.answer) == (1.0, 3)


def test_markers_are_the_objects_there_are() -> None:
    picture, truth = nuclei(4)
    markers = np.zeros_like(truth)
    for k in range(1, truth.max() + 1):
        inside = depth(truth == k, Grid.of(None, 2))
        if inside.any():
            markers[np.unravel_index(inside.argmax(), truth.shape)] = k
    recording = Recording.of(picture[None, ..., None])
    for by in ("both", "distance", "intensity", "gradient"):
        labels = apply(
            Watershed(by=by), recording=recording, markers=LabelMap.of(markers[None])
        ).dense()[0]
        assert set(np.unique(labels)) - {0} == set(np.unique(markers)) - {0}
        assert instance_score(labels, truth).f1 > 0.8, by


@pytest.mark.parametrize("by", ["distance", "intensity", "gradient"])
def test_each_way_of_parting_works_by_itself(by) -> None:
    picture, truth = nuclei(0, near=1.15)
    assert instance_score(found(picture, Watershed(by=by)), truth).f1 > 0.9


def test_noise_alone_is_no_object() -> None:
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(100, 10, (80, 80)).astype(np.float32)
        assert found(noise).max() <= 2


def test_nan_is_background_and_a_picture_without_pixels_has_none() -> None:
    picture, _ = nuclei(0)
    hidden = picture.astype(np.float32)
    hidden[:40] = np.nan
    assert not found(hidden)[:36].any()
    assert found(np.zeros((0, 5), np.uint8)).shape == (0, 5)


def test_what_will_not_do_is_refused() -> None:
    recording = Recording.of(np.zeros((1, 8, 8, 2), np.uint8))
    with pytest.raises(Refusal, match="none is chosen"):
        apply(Watershed(), recording=recording)
    with pytest.raises(Refusal, match="no channel"):
        apply(Watershed(channel="dapi"), recording=recording)
    markers = LabelMap.of(np.zeros((1, 9, 9), np.uint8))
    with pytest.raises(Refusal, match="markers are of size"):
        apply(Watershed(channel="c0"), recording=recording, markers=markers)


def test_pieces_are_joined_across_a_shallow_pass_only() -> None:
    heights = np.array([[0, 5, 4, 4.9, 1, 6, 0]], np.float32)
    pieces = basins(heights, heights > 0)
    assert len(np.unique(pieces[pieces > 0])) == 3
    once = joined(pieces, [heights], [0.75])
    assert once[0, 1] == once[0, 3] != once[0, 5]


def test_the_usual_radius_is_not_that_of_specks() -> None:
    y, x = np.mgrid[:60, :60]
    labels = (np.hypot(y - 30, x - 30) < 12).astype(np.int32)
    labels[::6, ::6] = np.where(labels[::6, ::6] > 0, 1, 2 + np.arange(100).reshape(10, 10))
    assert typical_radius(labels, Grid.of(None, 2)) == pytest.approx(12, abs=1)
    assert not seams(np.array([[1, 0, 2]])).any()


def test_real_nuclei(shared) -> None:
    """Some of the fluorescence pictures that served for development: measured 0.859, 6.8 %."""
    some = real.pictures(shared, lambda name: real.served(name) and name[0] in "9a")
    kept = [picture for picture in some if not picture.stained]
    row = real.told([real.judged(picture, real.default) for picture in kept])
    assert row["f1"] > 0.84
    assert row["count %"] < 9


@pytest.mark.slow
def test_all_real_nuclei(shared) -> None:
    """Measured: F1 0.864, count 13.1 %; stained 0.635. Naive: 0.809, 14.2 %; stained 0.578."""
    every = list(real.pictures(shared))
    for stained, least in ((False, 0.845), (True, 0.59)):
        kept = [p for p in every if p.stained == stained]
        row = real.told([real.judged(picture, real.default) for picture in kept])
        assert row["f1"] > least
        assert row["count %"] < 36 if stained else row["count %"] < 14.5


def planes(path):
    """All pages of a file as one volume ``(z, y, x)``."""
    recording = formats.read(path)
    return recording.frames(range(len(recording))).pixels[..., 0]


def test_a_real_volume(shared) -> None:
    """Dense, dim tissue: measured 0.36 as it comes, 0.51 without asking for clear contrast."""
    volume = planes(shared / "data/stacks/img3d.tif")
    truth = planes(shared / "data/stacks/mask3d.tif")
    for method, least in ((Watershed(), 0.3), (Watershed(clear=1.0), 0.45)):
        assert instance_score(found(volume, method), truth).f1 > least
