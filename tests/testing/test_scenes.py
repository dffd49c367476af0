"""The scenes must be right on their own account: they judge everything else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from ethoframe.testing.scenes import SCENES, Scene
from ethoframe.testing.scenes.scene import BRIGHT

ALWAYS = ((0.0, float("inf")),)
PLAIN = Scene(duration_s=24.0, noise_level=0.0, tail_mm=0.0, ear_paleness=0.0, shading=0.0)
VARIANTS = {
    "dark": PLAIN,
    "light": replace(PLAIN, polarity="light", seed=1),
    "slanted": replace(PLAIN, slant=0.3, seed=2),
    "circle": replace(PLAIN, shape="circle", seed=3, turns=8),
    "elsewhere": replace(
        PLAIN, corners_px=((60, 40), (600, 70), (580, 450), (30, 430)), seed=4, turns=8
    ),
    "small picture": replace(PLAIN, size=(180, 240), seed=5),
    "bumped": replace(PLAIN, camera_shift_px=(6.5, -4.0), camera_shift_s=12.0, seed=6),
}
FEW = range(0, 720, 29)


def variants(*names: str) -> pytest.MarkDecorator:
    chosen = names or tuple(VARIANTS)
    return pytest.mark.parametrize("scene", [VARIANTS[n] for n in chosen], ids=chosen)


@cache
def without_animal(scene: Scene) -> Scene:
    return replace(scene, hidden=ALWAYS)


def drawn(scene: Scene, number: int) -> np.ndarray:
    """What the animal changes in a picture, in gray levels."""
    return cv2.absdiff(scene.image(number), without_animal(scene).image(number))


def speed(scene: Scene) -> np.ndarray:
    return np.hypot(*np.diff(scene.truth_mm().at("centroid"), axis=0).T) * scene.rate


def facing(scene: Scene) -> np.ndarray:
    """Direction from rump to nose on the floor in rad, unwrapped."""
    truth = scene.truth_mm()
    x, y = (truth.at("head_end") - truth.at("tail_end")).T
    return np.unwrap(np.arctan2(y, x))


def forward(scene: Scene) -> np.ndarray:
    """Speed of the centroid along the direction it faces, mm/s."""
    step = np.diff(scene.truth_mm().at("centroid"), axis=0) * scene.rate
    angle = facing(scene)[:-1]
    return step[:, 0] * np.cos(angle) + step[:, 1] * np.sin(angle)


def test_same_values_same_pictures_in_any_order() -> None:
    one = Scene(duration_s=4.0, flicker=0.02, light_drift=0.3, clutter=3, reflection=0.5)
    other = replace(one)
    backwards = {n: other.image(n) for n in (119, 60, 7, 0)}
    for number, image in enumerate(one.images()):
        if number in backwards:
            assert np.array_equal(image, backwards[number])
    assert one.truth() == other.truth()
    assert one.recording() == other.recording()


def test_another_seed_is_another_scene() -> None:
    one, other = Scene(duration_s=2.0), Scene(duration_s=2.0, seed=1)
    assert one.truth() != other.truth()
    assert one.recording() != other.recording()
    assert not np.array_equal(one.image(0), other.image(0))


@variants()
def test_truth_is_the_centroid_of_what_is_drawn(scene: Scene) -> None:
    centroid = scene.truth().at("centroid")
    animal = 255 * BRIGHT * (1.0 if scene.polarity == "light" else 1 - scene.contrast)
    for number in FEW:
        floor = without_animal(scene).image(number).astype(float)
        # The floor is not quite even: what counts is the share of each pixel the animal covers.
        covered = drawn(scene, number) / np.maximum(np.abs(floor - animal), 1.0)
        weight = cv2.moments(covered)
        seen = weight["m10"] / weight["m00"], weight["m01"] / weight["m00"]
        assert seen == pytest.approx(tuple(centroid[number]), abs=0.05)


@variants("dark", "slanted", "circle", "elsewhere", "small picture")
def test_body_never_leaves_the_floor(scene: Scene) -> None:
    arena, truth = scene.arena(), scene.truth()
    for keypoint in truth.keypoints:
        assert arena.depth(truth.at(keypoint)).min() > 0
    for number in FEW:
        y, x = np.nonzero(drawn(scene, number) > 20)
        assert arena.depth(np.stack([x, y], axis=1).astype(float)).min() > 0


def test_ends_of_the_body_are_nose_and_rump() -> None:
    scene = PLAIN
    truth = scene.truth()
    for number in FEW:
        nose, rump = truth.at("head_end")[number], truth.at("tail_end")[number]
        y, x = np.nonzero(drawn(scene, number) > 60)
        axis = (nose - rump) / np.hypot(*(nose - rump))
        along = np.stack([x, y], axis=1) @ axis
        assert along.max() == pytest.approx(nose @ axis, abs=3.0)
        assert along.min() == pytest.approx(rump @ axis, abs=3.0)


def test_head_goes_first_but_for_backward_steps() -> None:
    scene = SCENES["open_field"]
    moving = speed(scene) > 30
    assert moving.mean() > 0.5
    assert (forward(scene)[moving] > 0).mean() > 0.95
    assert (forward(SCENES["turns"]) < -40).sum() > 60


def test_turns_exceed_half_a_circle_on_the_spot_and_while_walking() -> None:
    scene = SCENES["turns"]
    angle, pace = facing(scene), speed(scene)
    sharp, wide = 18, 42  # frames: 0.6 s and 1.4 s
    assert (np.abs(angle[sharp:] - angle[:-sharp]) > np.pi).any()
    walking = np.convolve(pace > 50, np.ones(wide), "valid") == wide
    around = np.abs(angle[wide:] - angle[:-wide]) > np.pi
    assert (walking[: len(around)] & around).any()


def test_speeds_are_those_of_a_mouse() -> None:
    pace = np.concatenate([speed(SCENES[name]) for name in ("open_field", "circle", "turns")])
    assert 60 < pace[pace > 20].mean() < 110
    assert 200 < pace.max() < 420


@variants("dark", "small picture")
def test_distance_is_the_sum_of_true_steps(scene: Scene) -> None:
    step_px = np.hypot(*np.diff(scene.truth().at("centroid"), axis=0).T)
    mm_per_px = scene.side_mm / (0.9 * min(scene.size))
    assert scene.distance_mm() == pytest.approx(step_px.sum() * mm_per_px)


@variants("slanted", "elsewhere", "circle")
def test_distance_and_centre_agree_with_the_arena(scene: Scene) -> None:
    arena, centroid = scene.arena(), scene.truth().at("centroid")
    assert arena.to_floor is not None
    step = np.diff(arena.to_floor.apply(centroid), axis=0)
    assert scene.distance_mm() == pytest.approx(np.hypot(*step.T).sum())
    in_centre = replace(arena, outline=arena.shrunk(0.5)).depth(centroid) > 0
    assert 0 < scene.seconds_in_centre() == pytest.approx(in_centre.sum() / scene.rate, abs=0.2)


def test_scale_holds_all_over_a_slanted_floor() -> None:
    scene = SCENES["slanted"]
    px, mm = (
        np.hypot(*(truth.at("head_end") - truth.at("tail_end")).T)
        for truth in (scene.truth(), scene.truth_mm())
    )
    assert np.ptp(px) > 0.3 * px.mean()
    assert mm == pytest.approx(np.full(len(mm), scene.body_mm), rel=0.02)


def test_hidden_animal_is_nowhere() -> None:
    scene = SCENES["vanishes"]
    truth = scene.truth()
    hidden = np.zeros(len(scene), bool)
    for start, stop in scene.hidden:
        hidden[round(start * scene.rate) : round(stop * scene.rate)] = True
    assert np.array_equal(np.isnan(truth.position).all(axis=(1, 2, 3)), hidden)
    assert np.array_equal(truth.confidence[:, 0, 0], ~hidden)
    assert not drawn(scene, 630).any()
    assert drawn(scene, 900).any()
    seen = speed(scene)
    assert scene.distance_mm() == pytest.approx(np.nansum(seen) / scene.rate)


def test_nobody_is_in_the_blank_scene() -> None:
    scene = SCENES["blank"]
    assert not scene.truth().seen.any()
    assert scene.distance_mm() == scene.seconds_in_centre() == 0


def test_still_animal_does_not_move_at_all() -> None:
    scene = Scene(still=((3.01, 6.0), (8.0, 40.0)), seed=2)
    position, times = scene.truth().position, scene.times_s
    for start, stop in scene.still:
        during = position[(times >= start) & (times < stop)]
        assert np.ptp(during, axis=0).max() == 0
    assert np.abs(np.diff(position[times >= 41], axis=0)).max() > 1
    sitting = (speed(SCENES["sits_still"]) == 0).mean()
    assert sitting > 0.5


def test_walk_is_the_same_at_any_frame_rate() -> None:
    slow, fast = (Scene(duration_s=5.0, rate=rate).truth().position for rate in (15.0, 60.0))
    assert fast[::4] == pytest.approx(slow, abs=0.05)


def test_bump_moves_picture_and_truth_but_not_the_floor() -> None:
    still = replace(PLAIN, still=((0.0, 60.0),), duration_s=4.0, light_drift=0.0)
    bumped = replace(still, camera_shift_px=(7.0, -4.0), camera_shift_s=2.0)
    truth = bumped.truth().at("centroid")
    assert truth[60] - truth[59] == pytest.approx([7.0, -4.0], abs=0.02)
    assert bumped.truth_mm().at("centroid") == pytest.approx(
        still.truth_mm().at("centroid"), abs=0.02
    )
    assert bumped.arena() == still.arena()
    before, after = (bumped.image(n)[20:460, 20:620].astype(int) for n in (59, 60))
    assert np.abs(before[4:, :-7] - after[:-4, 7:]).max() <= 2


def test_light_drifts_shades_and_flickers_as_told() -> None:
    flat = replace(PLAIN, hidden=ALWAYS)
    drifting = replace(flat, light_drift=0.35)
    first, last = drifting.image(0).mean(), drifting.image(719).mean()
    assert last / first == pytest.approx(0.65, abs=0.01)
    shaded = replace(flat, shading=0.6).image(0) / np.maximum(flat.image(0), 1.0)
    assert shaded.max() - shaded.min() == pytest.approx(0.6, abs=0.05)
    flickering = replace(flat, flicker=0.05)
    levels = [flickering.image(n).mean() / first for n in range(0, 60, 2)]
    assert 0.03 < (max(levels) - min(levels)) / 2 < 0.055


def test_noise_is_as_strong_as_told_and_new_in_every_frame() -> None:
    scene = replace(PLAIN, hidden=ALWAYS, noise_level=6.0)
    clean = replace(scene, noise_level=0.0).image(0).astype(float)
    one, other = (scene.image(n) - clean for n in (10, 11))
    assert one.std() == pytest.approx(6.0, rel=0.03)
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.02


def test_reflection_and_clutter_leave_the_truth_alone() -> None:
    plain = Scene(duration_s=3.0)
    harder = replace(plain, reflection=0.9, clutter=6)
    assert harder.truth() == plain.truth()
    reflected = drawn(replace(plain, noise_level=0.0, reflection=0.9), 30)
    assert (reflected > 20).sum() > 1.1 * (drawn(replace(plain, noise_level=0.0), 30) > 20).sum()


def test_recording_gives_the_pictures() -> None:
    scene = Scene(duration_s=20.0, size=(120, 160))
    recording = scene.recording()
    frames = recording.frames([3, 250, 599])
    assert frames.pixels.shape == (3, 120, 160, 1)
    assert frames.pixels.dtype == recording.dtype == np.uint8
    assert np.array_equal(frames.plane(1), scene.image(250))
    assert recording.channels == ("luma",)
    assert recording.keyframes.tolist() == [0, 250, 500]
    assert recording.times_s == pytest.approx(np.arange(600) / 30)


@pytest.mark.parametrize("name", SCENES)
def test_named_scenes_show_an_animal_that_stands_out(name: str) -> None:
    scene = SCENES[name]
    assert scene.name == name
    image = scene.image(1080).astype(float)
    assert image.shape == scene.size
    if name == "blank":
        return
    animal = drawn(scene, 1080) > 60
    assert animal.any()
    body, floor = image[animal].mean(), without_animal(scene).image(1080)[animal].mean()
    assert (body < 0.65 * floor) if scene.polarity == "dark" else (body > 2 * floor)
