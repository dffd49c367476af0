from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ethoframe.testing.scenes import RUINS, Scene, ruined, varied, wrong_arena

ALWAYS = ((0.0, float("inf")),)
SEEDS = range(40)


def some(count: int, quick: int) -> list:
    """The first seeds, of which those after the quick ones are for the slow tests."""
    slow = [pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS[quick:count]]
    return [*SEEDS[:quick], *slow]


def test_seeds_cover_what_labs_have() -> None:
    scenes = [varied(seed) for seed in SEEDS]
    assert len({scene.name for scene in scenes}) == len(scenes)
    assert {scene.polarity for scene in scenes} == {"dark", "light"}
    assert {scene.shape for scene in scenes} == {"rectangle", "circle"}
    assert {scene.surface for scene in scenes} == {"plain", "wood", "bedding"}
    assert len({scene.size for scene in scenes}) > 2
    lengths = [scene.body_mm / scene.side_mm for scene in scenes]
    assert 0.12 < min(lengths) < 0.18 < 0.25 < max(lengths) < 0.35


def test_duration_is_as_told() -> None:
    scene = varied(3, duration_s=7.0)
    assert len(scene) == 7 * scene.rate


@pytest.mark.parametrize("seed", some(12, quick=5))
def test_floor_is_in_the_picture_and_the_animal_stands_out(seed) -> None:
    scene = varied(seed, duration_s=1.0)
    outline, (height, width) = scene.arena().outline, scene.size
    assert outline.min() >= 0
    assert (outline.max(axis=0) <= (width - 1, height - 1)).all()
    animal, empty = scene.image(20), replace(scene, hidden=ALWAYS).image(20)
    difference = cv2.absdiff(animal, empty)
    assert np.sort(difference.ravel())[-200:].mean() > 5 * scene.noise_level + 20


def test_ruins_spoil_the_pictures_and_not_the_walk() -> None:
    scene = replace(varied(1, duration_s=10.0), noise_level=1.0)
    for how in RUINS:
        bad = ruined(scene, how, seed=1)
        assert bad.name != scene.name
        assert bad == ruined(scene, how, seed=1)
        same = np.array_equal(bad.image(len(bad) - 1), scene.image(len(scene) - 1))
        assert same == (how == "wrong arena")
        truth = scene.truth_mm().position
        assert bad.truth_mm().position == pytest.approx(truth, abs=0.3)


def test_white_on_white_is_nearly_unseen() -> None:
    bad = ruined(varied(0, duration_s=2.0), "white on white", seed=0)
    clear = replace(bad, noise_level=0.0)
    contrast = cv2.absdiff(clear.image(9), replace(clear, hidden=ALWAYS).image(9))
    floor = clear.arena().outline.mean(axis=0).astype(int)
    assert contrast[floor[1] - 60 : floor[1] + 60].max() < 60
    assert np.median(contrast[contrast > 2]) < 12


@pytest.mark.parametrize("seed", some(10, quick=4))
def test_wrong_arena_leaves_much_of_the_floor_out(seed) -> None:
    scene = varied(seed)
    wrong, right = wrong_arena(scene, seed), scene.arena()
    assert wrong.sides_mm == right.sides_mm
    grid = np.stack(np.meshgrid(*(np.arange(0.0, n, 4.0) for n in scene.size[::-1])), axis=-1)
    points = grid.reshape(-1, 2)
    on_floor = right.depth(points) > 0
    assert np.mean(wrong.depth(points)[on_floor] > 0) < 0.75


def test_unknown_ruin_is_refused() -> None:
    with pytest.raises(ValueError, match="blur, knock"):
        ruined(Scene(), "rain", seed=0)  # type: ignore[arg-type]
