from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ethoframe.formats import read
from ethoframe.testing.scenes import RACKS, Rack, Scene, film

ONE = Scene(size=(96, 96), duration_s=3.0, noise_level=0.0)
FOUR = Rack("four", tuple(replace(ONE, seed=seed) for seed in range(4)), columns=2, gap_px=10)


def test_names_are_those_a_reader_would_give() -> None:
    assert Rack("row", FOUR.scenes[:2], columns=2).names == ("left", "right")
    assert Rack("column", FOUR.scenes[:2], columns=1).names == ("top", "bottom")
    assert FOUR.names == ("top left", "top right", "bottom left", "bottom right")
    assert Rack("long", FOUR.scenes, columns=4).names == ("1", "2", "3", "4")
    assert Rack("alone", FOUR.scenes[:1], columns=1).names == ("arena",)


def test_every_scene_is_in_the_picture_where_its_arena_is() -> None:
    picture, arenas = FOUR.image(40), FOUR.arenas()
    assert picture.shape == FOUR.size == (222, 222)
    assert arenas.names == FOUR.names
    for name, window in arenas.windows(FOUR.size).items():
        own, outline = FOUR[name].arena().outline, arenas[name].outline
        left, top = (outline - own).astype(int)[0]
        part = picture[top : top + 96, left : left + 96]
        assert np.array_equal(part, FOUR[name].image(40))
        inside = FOUR.truth(name).at("centroid") - (window.left, window.top)
        assert (inside > 0).all()
        assert (inside < (window.width, window.height)).all()


def test_between_the_arenas_it_is_dark() -> None:
    assert FOUR.image(0)[:8].max() < 40
    assert FOUR.image(0)[108:114].max() < 40


def test_truth_of_an_arena_is_its_scenes() -> None:
    late = replace(FOUR, scenes=(replace(ONE, hidden=((0.0, 0.5),)), *FOUR.scenes[1:]))
    scene, name = late.scenes[0], "top left"
    assert late.truth(name).at("centroid") == pytest.approx(
        scene.truth().at("centroid") + 10, nan_ok=True
    )
    assert late.distance_mm(name) == scene.distance_mm()
    assert late.seconds_in_centre(name) == scene.seconds_in_centre()
    assert late.trial_start_s(name) == pytest.approx(0.5)
    assert late.trial_start_s("top right") == 0
    truth, arena = late.truth("bottom right"), late.arenas()["bottom right"]
    assert arena.to_floor is not None
    step = np.hypot(*np.diff(arena.to_floor.apply(truth.at("centroid")), axis=0).T)
    assert step.sum() == pytest.approx(late.distance_mm("bottom right"))


def test_recording_gives_the_pictures(tmp_path: Path) -> None:
    recording = FOUR.recording()
    assert len(recording) == len(FOUR) == 90
    assert np.array_equal(recording.frames([7]).plane(0), FOUR.image(7))
    assert recording.identity != replace(FOUR, gap_px=12).recording().identity
    filmed = read(film(FOUR, tmp_path / "four.mp4"))
    assert filmed.size == FOUR.size
    assert filmed.times_s == pytest.approx(FOUR.times_s, abs=2e-5)


@pytest.mark.parametrize(
    ("scenes", "columns", "says"),
    [
        ((ONE, replace(ONE, rate=25.0)), 2, "one size, rate"),
        ((ONE, replace(ONE, dropped=0.1)), 2, "every frame"),
        ((ONE, ONE, ONE), 2, "fill its rows"),
    ],
)
def test_scenes_that_do_not_go_together_are_refused(scenes, columns, says) -> None:
    with pytest.raises(ValueError, match=says):
        Rack("odd", scenes, columns)


@pytest.mark.parametrize("name", RACKS)
def test_named_racks_are_a_minute_of_even_pictures(name) -> None:
    rack = RACKS[name]
    assert rack.name == name
    assert rack.duration_s == 60
    assert all(side % 2 == 0 for side in rack.size)
    assert rack.image(900).shape == rack.size
