from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe import data
from ethoframe.contract import spec_of
from ethoframe.data import Frames, Refusal, Tracks
from ethoframe.methods.detect.arena import Arena
from ethoframe.run import apply
from ethoframe.testing.scenes import SCENES, Scene

ALWAYS = ((0.0, float("inf")),)
ELSEWHERE = ((60, 40), (600, 70), (580, 450), (30, 430))
SCENES_WITH_WALLS = {
    "square": SCENES["open_field"],
    "shaded": SCENES["shaded_drift"],
    "noisy": SCENES["noisy"],
    "cluttered": SCENES["cluttered"],
    "slanted": SCENES["slanted"],
    "aslant and aside": replace(SCENES["open_field"], corners_px=ELSEWHERE),
    "small picture": replace(SCENES["open_field"], size=(240, 320)),
    "circle": SCENES["circle"],
    "cluttered circle": replace(SCENES["circle"], clutter=4, shading=0.3),
}


def image(level: np.ndarray) -> Frames:
    pixels = np.stack([level, np.ones_like(level)], axis=-1)[None].astype(np.float32)
    return Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))


def found(scene: Scene, **parameters) -> data.Arena:
    """The floor of a scene, from its empty picture and the true path."""
    empty = replace(scene, hidden=ALWAYS).image(0).astype(float)
    return apply(Arena(**parameters), background=image(empty), tracks=scene.truth())


def boxed(corners, size=(240, 320)) -> data.Arena:
    """The answer for a bright rectangle on a dark ground that an animal walks all over."""
    (left, top), (right, bottom) = corners
    level = np.full(size, 60.0)
    level[top : bottom + 1, left : right + 1] = 200.0
    return apply(Arena(side_mm=400.0), background=image(level), tracks=wandering(corners))


def wandering(corners, inset=12.0) -> Tracks:
    low, high = np.array(corners[0]) + inset, np.array(corners[1]) - inset
    points = np.random.default_rng(3).uniform(low, high, (4000, 2))
    return Tracks.of(points, np.arange(4000) / 30)


@pytest.mark.parametrize("name", [n for n in SCENES_WITH_WALLS if "circle" not in n])
def test_a_rectangle_is_found_by_its_corners(name) -> None:
    scene = SCENES_WITH_WALLS[name]
    floor = found(scene, side_mm=400.0)
    assert (floor.shape, floor.source) == ("rectangle", "detected")
    off = np.hypot(*(floor.outline - scene.arena().outline).T)
    assert off.max() < 0.004 * max(scene.size)
    assert floor.residual_mm < 1.0


@pytest.mark.parametrize("name", ["circle", "cluttered circle"])
def test_a_circle_is_found_by_middle_and_diameter(name) -> None:
    scene = SCENES_WITH_WALLS[name]
    floor, truth = found(scene, side_mm=400.0), scene.arena()
    assert (floor.shape, floor.source) == ("circle", "detected")
    assert floor.outline.mean(axis=0) == pytest.approx(truth.outline.mean(axis=0), abs=1.0)
    assert np.ptp(floor.outline) == pytest.approx(np.ptp(truth.outline), abs=2.0)


@pytest.mark.parametrize("name", SCENES_WITH_WALLS)
def test_distances_on_the_floor_are_right(name) -> None:
    scene = SCENES_WITH_WALLS[name]
    to_floor = found(scene, side_mm=400.0, other_side_mm=400.0).to_floor
    step = np.diff(to_floor.apply(scene.truth().at("centroid")), axis=0)
    assert np.hypot(*step.T).sum() == pytest.approx(scene.distance_mm(), rel=0.01)


Y, X = np.indices((240, 320))
NOWHERE = {
    "flat": np.full((240, 320), 120.0),
    "noisy": 120 + np.random.default_rng(1).normal(0, 1, (240, 320)),
    "under a lamp": 160 - ((X - 160.0) ** 2 + (Y - 120.0) ** 2) / 1000,
    "beside a window": 100 + 0.2 * X,
}


@pytest.mark.parametrize("name", NOWHERE)
@pytest.mark.parametrize("width", [None, 16.0])
def test_where_no_floor_is_to_be_seen_the_path_stands_in(name, width) -> None:
    tracks = wandering([(50, 40), (250, 200)], inset=0.0)
    if width:
        tracks = replace(tracks, features={"minor_px": np.full((4000, 1), width)})
    floor = apply(Arena(), background=image(NOWHERE[name]), tracks=tracks)
    margin = (width or 0) / 2
    assert floor.source == "explored"
    assert floor.outline.min(axis=0) == pytest.approx([50 - margin, 40 - margin], abs=3)
    assert floor.outline.max(axis=0) == pytest.approx([250 + margin, 200 + margin], abs=3)


def test_a_shape_that_was_not_asked_for_is_not_found() -> None:
    assert found(SCENES["circle"], shape="rectangle").source == "explored"
    assert found(SCENES["open_field"], shape="circle").source == "explored"


def test_without_a_side_there_is_no_scale() -> None:
    floor = found(SCENES["open_field"])
    assert floor.sides_mm is None
    assert floor.to_floor is None
    assert np.isnan(floor.residual_mm)


def test_one_side_is_that_of_a_square() -> None:
    for scene in (SCENES["open_field"], SCENES["slanted"], SCENES["circle"]):
        assert found(scene, side_mm=400.0).sides_mm == (400.0, 400.0)
    assert boxed([(40, 20), (260, 220)]).sides_mm == (400.0, 400.0)


@pytest.mark.parametrize(
    ("corners", "sides_mm"),
    [([(20, 60), (299, 199)], (400.0, 200.0)), ([(100, 20), (199, 219)], (200.0, 400.0))],
)
def test_one_side_of_what_is_plainly_no_square_is_the_longer_one(corners, sides_mm) -> None:
    assert boxed(corners).sides_mm == pytest.approx(sides_mm, rel=0.02)


def test_both_sides_are_as_told() -> None:
    floor = found(SCENES["open_field"], side_mm=600.0, other_side_mm=400.0)
    assert floor.sides_mm == (600.0, 400.0)


def test_tracks_that_are_on_the_floor_already_are_refused() -> None:
    scene = Scene(duration_s=1.0)
    specs = {"background": spec_of(image(np.ones((4, 4)))), "tracks": spec_of(scene.truth_mm())}
    with pytest.raises(Refusal, match="pixels"):
        Arena().outline(**specs)


def test_an_animal_that_was_never_seen_has_no_floor() -> None:
    nobody = Tracks.of(np.full((5, 2), np.nan), np.arange(5) / 30)
    with pytest.raises(Refusal, match="never seen"):
        apply(Arena(), background=image(np.full((60, 80), 120.0)), tracks=nobody)
