from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Recording, Values
from ethoframe.formats import read
from ethoframe.methods.summarise.camera_shift import CameraShift
from ethoframe.run import apply
from ethoframe.testing.scenes import SCENES, Scene

EVERY_S = 3.0
AT_S = 25.0


def recording(scene: Scene) -> Recording:
    """The scene with a keyframe every three seconds, which is all that will be looked at."""
    keyframes = np.arange(0, len(scene), round(EVERY_S * scene.rate))
    return replace(scene.recording(), keyframes=keyframes)


def moved(scene: Scene) -> Values:
    return apply(CameraShift(), recording=recording(scene))


@pytest.mark.parametrize("name", [name for name in SCENES if name != "bumped"])
def test_a_camera_that_stands_still_is_not_said_to_move(name) -> None:
    found = moved(SCENES[name])
    assert found["shift"] < 0.5
    assert np.isnan(found["moved"])


@pytest.mark.parametrize("name", ["open_field", "light_on_dark", "small_animal", "slanted"])
@pytest.mark.parametrize("shift_px", [(6.5, -4.0), (-3.0, 0.0), (0.0, 2.5), (20.0, 12.0)])
def test_a_shift_is_found_to_half_a_pixel(name, shift_px) -> None:
    scene = replace(SCENES[name], camera_shift_px=shift_px, camera_shift_s=AT_S)
    found = moved(scene)
    assert found["shift"] == pytest.approx(np.hypot(*shift_px), abs=0.5)
    assert AT_S - EVERY_S / 2 <= found["moved"] < AT_S + EVERY_S / 2


def test_light_that_changes_is_no_shift() -> None:
    scene = replace(SCENES["bumped"], light_drift=0.4, flicker=0.02)
    assert moved(scene)["shift"] == pytest.approx(np.hypot(6.5, 4.0), abs=0.5)
    assert moved(replace(scene, camera_shift_px=(0.0, 0.0)))["shift"] < 0.5


def test_one_odd_frame_is_no_shift() -> None:
    pixels = recording(SCENES["open_field"]).frames(range(0, 1800, 60)).pixels.copy()
    pixels[7] = np.roll(pixels[7], 9, axis=1)
    film = Recording.of(pixels, rate=0.5)
    assert apply(CameraShift(), recording=film)["shift"] < 0.5


def test_a_shift_under_the_least_has_no_time() -> None:
    found = apply(CameraShift(least_px=9.0), recording=recording(SCENES["bumped"]))
    assert found["shift"] > 7
    assert np.isnan(found["moved"])


@pytest.fixture(scope="module")
def mouse(shared) -> np.ndarray:
    """Some pictures of a real recording."""
    return read(shared / "data/openfield/videos/m3v1mp4.mp4").frames(range(0, 2330, 100)).pixels


@pytest.mark.parametrize("shift_px", [(0, 0), (6, -4), (0, 3), (-20, 12)])
def test_on_a_real_recording_too(mouse, shift_px) -> None:
    pixels = mouse.copy()
    pixels[12:] = np.roll(pixels[12:], shift_px[::-1], axis=(1, 2))
    found = apply(CameraShift(), recording=Recording.of(pixels, rate=0.3))
    assert found["shift"] == pytest.approx(np.hypot(*shift_px), abs=1.0)
    between = (11 + 12) / 2 / 0.3
    assert found["moved"] == pytest.approx(between if any(shift_px) else np.nan, nan_ok=True)
    assert (found["across"], found["down"]) == pytest.approx(shift_px, abs=1.0)
