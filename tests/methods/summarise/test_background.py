from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.contract import spec_of
from ethoframe.data import Recording
from ethoframe.methods.summarise.background import STRIP_BYTES, Background, _ranked
from ethoframe.run import apply
from ethoframe.testing.scenes import Scene

ALWAYS = ((0.0, float("inf")),)
SMALL = Scene(size=(240, 320), duration_s=24.0, seed=3)
LEVELS = 5.0  # how well a pixel is known from some dozen noisy frames


def level(recording: Recording, **parameters) -> np.ndarray:
    return apply(Background(**parameters), recording=recording).plane(0, "level")


def emptied(scene: Scene, number: int = 0) -> np.ndarray:
    """A frame of the scene as it would be without the animal, and without noise."""
    return replace(scene, hidden=ALWAYS, noise_level=0.0).image(number).astype(float)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_ranks_are_numpys_for_any_number_of_frames(dtype) -> None:
    random = np.random.default_rng(1)
    for count in range(1, 41):
        planes = random.integers(0, 200, (count, 5, 7)).astype(dtype)
        assert np.array_equal(_ranked(planes), np.sort(planes, axis=0))


def test_large_planes_are_ranked_in_strips_that_join() -> None:
    planes = np.random.default_rng(2).integers(0, 255, (12, 900, 500)).astype(np.uint8)
    assert planes.nbytes > STRIP_BYTES
    assert np.array_equal(_ranked(planes), np.sort(planes, axis=0))


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 70), st.just(1), st.just(2))))
def test_ranks_are_a_sorted_choice_of_the_levels(planes) -> None:
    assert np.array_equal(_ranked(planes), np.sort(planes, axis=0))


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_where_the_animal_sat_most_of_the_time_is_floor(polarity) -> None:
    scene = replace(SMALL, polarity=polarity, still=((2.0, 20.0),))
    recording = scene.recording()
    looked_at = recording.frames(Background().visits(spec_of(recording)).tolist())
    plain_median = np.median(looked_at.pixels[..., 0], axis=0)
    assert np.abs(plain_median - emptied(scene)).max() > 80
    assert np.abs(level(recording) - emptied(scene)).max() < 2 * LEVELS


def test_an_animal_that_noise_nearly_drowns_is_no_floor_either() -> None:
    scene = replace(SMALL, contrast=0.4, noise_level=12.0, still=((2.0, 19.0),))
    empty, sitting = emptied(scene), scene.image(300) < emptied(scene) - 40
    median = np.median(scene.recording().frames(range(0, 720, 24)).pixels[..., 0], axis=0)
    assert np.mean((median - empty)[sitting]) < -40
    assert np.mean((level(scene.recording()) - empty)[sitting]) > -12


def test_an_arm_that_stays_a_while_leaves_no_trace() -> None:
    pixels = SMALL.recording().frames(range(0, 720, 24)).pixels.copy()
    pixels[:8, 90:150, :110] = 160  # over floor and wall, in a quarter of the frames
    assert np.abs(level(Recording.of(pixels)) - emptied(SMALL)).max() < 2 * LEVELS


def test_an_animal_that_never_moves_cannot_be_told_from_the_floor() -> None:
    scene = replace(SMALL, still=((0.0, 60.0),))
    assert level(scene.recording()) == pytest.approx(np.array(scene.image(0), float), abs=8)


def test_changing_light_leaves_no_trace() -> None:
    scene = replace(SMALL, light_drift=0.4, flicker=0.03, still=((2.0, 20.0),))
    ratio = level(scene.recording()) / emptied(scene)
    light = np.median(ratio)
    assert 0.6 <= light <= 1.0
    assert np.abs(ratio / light - 1).max() < 0.06


def test_keyframes_are_enough_once_there_are_eight_of_them() -> None:
    recording = SMALL.recording()
    few = replace(recording, keyframes=np.arange(0, 720, 103))
    many = replace(recording, keyframes=np.arange(0, 720, 10))
    seven, eight = Background().visits(spec_of(few)), replace(few, keyframes=np.arange(0, 720, 100))
    assert len(seven) == 32
    assert seven[[0, -1]].tolist() == [0, 719]
    assert np.array_equal(Background().visits(spec_of(eight)), eight.keyframes)
    assert len(Background().visits(spec_of(many))) == 32
    assert set(Background().visits(spec_of(many))) <= set(many.keyframes.tolist())
    for each in (few, eight, many):
        assert np.abs(level(each) - emptied(SMALL)).max() < 2 * LEVELS


def test_keyframes_in_a_row_stand_for_no_more_than_their_time() -> None:
    """An encoder puts one in every frame while a hand is in."""
    spec, rows = spec_of(SMALL.recording()), tuple(range(60))
    seen = Background().visits(replace(spec, keyframes=(*rows, *range(60, 720, 20))))
    assert np.count_nonzero(seen < 60) == pytest.approx(len(seen) * 60 / 720, abs=2)
    unseen = Background().visits(replace(spec, keyframes=(*rows, 300, 500)))
    assert np.diff(unseen).max() < 30
    chosen = replace(spec, shape=(200, 240, 320, 1), keyframes=tuple(range(150, 170)))
    assert Background().visits(chosen).tolist() == list(range(150, 170))


def test_large_frames_are_looked_at_less_often() -> None:
    huge = replace(spec_of(SMALL.recording()), shape=(720, 4000, 4000, 1))
    assert len(Background().visits(huge)) == 8


def test_no_more_frames_than_asked_for() -> None:
    assert len(Background(frames=5).visits(spec_of(SMALL.recording()))) == 5


def test_an_arm_in_two_frames_leaves_no_trace() -> None:
    pixels = SMALL.recording().frames(range(0, 720, 24)).pixels.copy()
    pixels[[0, 20], :, :120] = 255
    assert np.abs(level(Recording.of(pixels)) - emptied(SMALL)).max() < 2 * LEVELS


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deeper_levels_are_kept(dtype) -> None:
    scene = replace(SMALL, still=((2.0, 20.0),))
    pixels = scene.recording().frames(range(0, 720, 24)).pixels
    shallow, deep = Recording.of(pixels), Recording.of(pixels.astype(dtype) * 16)
    assert level(deep) == pytest.approx(16 * level(shallow), abs=1e-3)


def lamps(*lasting_frames: int, noise_level=2.0) -> tuple[Recording, list[np.ndarray]]:
    """A dark square on its way under one lamp after the other, and the empty scene under each."""
    random = np.random.default_rng(6)
    x, y = np.meshgrid(np.linspace(0, 1, 80), np.linspace(0, 1, 60))
    lit = [180 - 60 * x, 70 + 60 * x, 150 - 80 * y]
    frames: list[np.ndarray] = []
    for scene, count in zip(lit, lasting_frames, strict=False):
        for _ in range(count):
            frame = scene * random.uniform(0.9, 1.1) + random.normal(0, noise_level, scene.shape)
            left = 2 * len(frames) % 60
            frame[20:34, left : left + 14] = 20
            frames.append(frame)
    pixels = np.stack(frames)[..., None].clip(0, 255).astype(np.uint8)
    return Recording.of(pixels), lit[: len(lasting_frames)]


def test_each_lamp_has_a_plane_the_longest_first() -> None:
    recording, (first, second) = lamps(12, 20)
    background = apply(Background(), recording=recording)
    assert background.pixels.shape == (2, 60, 80, 2)
    assert background.times_s == pytest.approx([12 / 30, 0])
    for index, scene in enumerate((second, first)):
        ratio = background.plane(index, "level") / scene
        assert np.abs(ratio / np.median(ratio) - 1).max() < 0.08


def test_a_lamp_that_comes_back_has_one_plane() -> None:
    recording, _ = lamps(10, 12)
    pixels = recording.frames(range(22)).pixels
    again = Recording.of(np.concatenate([pixels, pixels[:10]]))
    background = apply(Background(), recording=again)
    assert len(background) == 2
    assert background.times_s == pytest.approx([0, 10 / 30])


def test_slowly_wandering_light_has_planes_one_after_the_other() -> None:
    x = np.linspace(-1, 1, 80) * np.ones((60, 1))
    day = np.stack([150 * (1 + 0.3 * x * np.cos(np.pi * t / 59)) for t in range(60)])
    background = apply(
        Background(frames=60), recording=Recording.of(day[..., None].astype(np.uint8))
    )
    assert 3 <= len(background) <= 8


def test_one_odd_frame_is_no_other_light() -> None:
    assert len(apply(Background(), recording=lamps(29, 1)[0])) == 1


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_two_frames_under_another_lamp_leave_the_animal_out(polarity) -> None:
    scene = replace(SMALL, light_switch_s=22.0, polarity=polarity)
    recording = replace(scene.recording(), keyframes=np.arange(0, 720, 30))
    background = apply(Background(), recording=recording)
    assert len(background) == 2
    level, truth = background.plane(1, "level"), emptied(scene, 700)
    relit = level * np.median(truth / level)
    assert np.abs(relit - truth).max() < 50  # the animal differs by more than 100


def test_one_lamp_that_flickers_is_one_light() -> None:
    recording, _ = lamps(30, noise_level=12.0)
    background = apply(Background(), recording=recording)
    assert len(background) == 1
    assert background.times_s.tolist() == [0.0]


def test_long_recordings_are_looked_at_more_often() -> None:
    spec = replace(spec_of(SMALL.recording()), shape=(10_000_000, 240, 320, 1), keyframes=())
    hours = {h: len(Background().visits(replace(spec, step_s=h * 3.6e-4))) for h in (1, 4, 12)}
    assert hours == {1: 32, 4: 32, 12: 96}
    assert len(Background().visits(replace(spec, step_s=1.0))) == 64_000_000 // (240 * 320)


def test_noise_is_the_sensors() -> None:
    scene = replace(SMALL, noise_level=6.0)
    noise = apply(Background(frames=60), recording=scene.recording()).plane(0, "noise")
    assert np.median(noise) == pytest.approx(6.0, rel=0.1)
