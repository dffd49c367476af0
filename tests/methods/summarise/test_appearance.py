from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Recording, Values
from ethoframe.methods.summarise.appearance import Appearance
from ethoframe.methods.summarise.background import Background
from ethoframe.run import apply
from ethoframe.testing.scenes import Scene
from ethoframe.testing.scenes.scene import BRIGHT

ALWAYS = ((0.0, float("inf")),)
SMALL = Scene(size=(240, 320), duration_s=24.0, seed=3, shading=0.0)
VARIANTS = {
    "plain": SMALL,
    "light": replace(SMALL, polarity="light"),
    "noisy": replace(SMALL, noise_level=12.0, contrast=0.5),
    "drifting": replace(SMALL, light_drift=0.3),
    "sitting": replace(SMALL, still=((2.0, 20.0),)),
    "shaded": replace(SMALL, shading=0.5, reflection=0.5),
}


def seen(recording: Recording, **parameters) -> Values:
    background = apply(Background(), recording=recording)
    return apply(Appearance(**parameters), recording=recording, background=background)


def body_px2(scene: Scene) -> float:
    """Area that the body without its tail covers, as drawn."""
    clear = replace(scene, tail_mm=0.0, ear_paleness=0.0, noise_level=0.0, shading=0.0)
    empty = replace(clear, hidden=ALWAYS).image(0).astype(float)
    covered = [np.abs(clear.image(n) - empty) for n in range(0, len(scene), 60)]
    return float(np.median([c.sum() / c.max() for c in covered]))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_animal_is_as_drawn(name) -> None:
    scene = VARIANTS[name]
    found = seen(scene.recording())
    truth = scene.truth()
    length = np.hypot(*(truth.at("head_end") - truth.at("tail_end")).T)
    assert found["sign"] == (1 if scene.polarity == "light" else -1)
    assert found["area"] == pytest.approx(body_px2(SMALL), rel=0.15)
    assert found["length"] == pytest.approx(np.median(length), rel=0.1)
    assert 0.3 < found["width"] / found["length"] < 0.6
    assert found["found"] == 1


@pytest.mark.parametrize("name", ["plain", "light", "noisy"])
def test_level_is_the_animals_own(name) -> None:
    scene = VARIANTS[name]
    tone = BRIGHT * (1.0 if scene.polarity == "light" else 1 - scene.contrast)
    assert seen(scene.recording())["level"] == pytest.approx(255 * tone, abs=6)


@pytest.mark.parametrize("noise_level", [2.0, 6.0, 12.0])
def test_noise_is_the_sensors(noise_level) -> None:
    scene = replace(SMALL, noise_level=noise_level)
    # Of whole levels, the median deviation is a whole one too.
    assert seen(scene.recording())["noise"] == pytest.approx(noise_level, abs=1.5)


def test_found_is_the_share_of_frames_with_an_animal() -> None:
    scene = replace(SMALL, hidden=((0.0, 6.0),))
    assert seen(scene.recording())["found"] == pytest.approx(0.75, abs=0.05)


@pytest.mark.parametrize("noise_level", [0.0, 1.5, 12.0])
def test_nothing_is_described_where_nothing_is(noise_level) -> None:
    found = seen(replace(SMALL, hidden=ALWAYS, noise_level=noise_level).recording())
    assert found["found"] == 0
    assert found["noise"] > 0
    for name in ("sign", "level", "area", "length", "width"):
        assert np.isnan(found[name])


def test_polarity_can_be_told() -> None:
    light = replace(SMALL, polarity="light").recording()
    assert seen(light, polarity="light") == seen(light)
    assert seen(light, polarity="dark")["found"] == 0


def test_an_animal_of_two_colours_is_seen_whole() -> None:
    """Its front half is made lighter than the floor, by as much as the rest is darker."""
    clear = replace(SMALL, tail_mm=0.0, noise_level=0.0, contrast=0.17)
    empty = replace(clear, hidden=ALWAYS).image(0).astype(float)
    pixels = clear.recording().frames(range(0, 720, 24)).pixels.copy()
    truth = clear.truth().take(slice(0, 720, 24))
    y, x = np.indices(clear.size)
    for picture, nose, middle in zip(
        pixels, truth.at("head_end"), truth.at("centroid"), strict=True
    ):
        front = (np.stack([x, y], axis=-1) - middle) @ (nose - middle) > 0
        picture[front, 0] = np.clip(2 * empty - picture[..., 0], 0, 255)[front]
    found = seen(Recording.of(pixels), polarity="both")
    assert found["sign"] == 0
    assert found["area"] == pytest.approx(body_px2(SMALL), rel=0.2)
    assert seen(Recording.of(pixels), polarity="dark")["area"] < 0.7 * found["area"]


def test_under_two_lamps_it_is_told_as_under_the_first() -> None:
    scene = replace(SMALL, light_switch_s=14.0, light_switch_to=0.6)
    film = scene.recording()
    keyed = replace(film, keyframes=np.arange(0, 720, 24))
    found, plain = seen(keyed), seen(replace(SMALL.recording(), keyframes=keyed.keyframes))
    assert len(apply(Background(), recording=keyed)) == 2
    assert found["found"] == 1
    for name in ("area", "length", "width", "contrast"):
        assert found[name] == pytest.approx(plain[name], rel=0.1)
    assert found["level"] == pytest.approx(plain["level"], abs=8)


def test_what_most_frames_say_outweighs_an_arm_in_two_of_them() -> None:
    clear = SMALL.recording()
    pixels = clear.frames(range(0, 720, 24)).pixels.copy()
    pixels[[4, 20], :, :120] = 255
    background = apply(Background(), recording=clear)
    found = apply(Appearance(), recording=Recording.of(pixels), background=background)
    assert found["sign"] == -1
    assert found["area"] == pytest.approx(body_px2(SMALL), rel=0.15)
