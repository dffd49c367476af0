from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe import recipes
from ethoframe.data import Recording, Tracks, Values
from ethoframe.methods.enhance.steady import Steady
from ethoframe.run.analysis import Analysis
from ethoframe.run.steadied import as_filmed, steadied
from ethoframe.testing.scenes import SCENES

SCENE = np.random.default_rng(1).integers(0, 255, (20, 30, 1)).astype(np.uint8)


def knocked(across: float, down: float, moved_s: float = 0.5) -> Values:
    far = float(np.hypot(across, down))
    return Values.whole(
        shift=(far, "px"), moved=(moved_s, "s"), across=(across, "px"), down=(down, "px")
    )


def filmed(across: int, down: int) -> Recording:
    """Ten frames a second; the scene lies elsewhere from half a second on."""
    late = np.roll(SCENE, (down, across), (0, 1))
    return Recording.of(np.stack([SCENE] * 5 + [late] * 5), rate=10.0)


@given(st.integers(-6, 6), st.integers(-6, 6))
def test_what_was_in_the_picture_is_back_in_its_place(across, down) -> None:
    film = filmed(across, down)
    frames = Steady().apply(film.frames(range(10)), camera=knocked(across, down))
    inside = slice(6, -6)
    for image in frames.pixels:
        assert np.array_equal(image[inside, inside], SCENE[inside, inside])
    assert frames.pixels.shape == film.frames(range(10)).pixels.shape


def test_without_a_knock_nothing_is_copied() -> None:
    frames = filmed(0, 0).frames(range(10))
    assert Steady().apply(frames, camera=knocked(0, 0, np.nan)) is frames
    late = frames.take(slice(0, 5))
    assert Steady().apply(late, camera=knocked(3, 1)) is late


def test_pages_see_what_the_recipe_saw_and_tables_what_was_filmed() -> None:
    film, camera = filmed(3, -2), knocked(3.2, -1.9)
    again = steadied(film, camera).frames(range(10)).pixels
    assert np.array_equal(again, Steady().apply(film.frames(range(10)), camera=camera).pixels)
    tracks = Tracks.of(np.full((10, 2), 7.0), film.times_s)
    assert as_filmed(tracks, camera).at("centroid")[4:6].tolist() == [[7.0, 7.0], [10.0, 5.0]]
    for none in (None, knocked(0, 0, np.nan)):
        assert steadied(film, none) is film
        assert as_filmed(tracks, none) is tracks


def test_a_knock_is_no_way_of_the_animal() -> None:
    scene = replace(
        SCENES["bumped"], size=(240, 320), duration_s=24.0, camera_shift_s=11.0,
        camera_shift_px=(9.0, 6.0), seed=77,
    )  # fmt: skip
    recipe = recipes.load("open-field").configured({"arena.side_mm": scene.side_mm})
    answers = Analysis(scene.recording(), recipe).answers()
    assert answers["motion"].value("distance") == pytest.approx(scene.distance_mm(), rel=0.02)
    assert answers["verdict"].word != "good"
