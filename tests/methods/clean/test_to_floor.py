from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Tracks
from ethoframe.data.lens import Lens
from ethoframe.methods.clean.to_floor import ToFloor
from ethoframe.run import apply
from ethoframe.testing.scenes import Scene

TIMES_S = np.arange(5) / 30
SLANTED = np.array([[100.0, 80.0], [500.0, 60.0], [560.0, 420.0], [60.0, 430.0]])
FLOOR = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 300.0], [0.0, 300.0]])


def track(points: np.ndarray, lengths_px: np.ndarray | None = None) -> Tracks:
    tracks = Tracks.of(points, np.arange(len(points)) / 30)
    return tracks if lengths_px is None else replace(tracks, features={"major_px": lengths_px})


def on_floor(tracks: Tracks, arena: Arena | None = None) -> Tracks:
    return apply(ToFloor(), tracks=tracks, **({"arena": arena} if arena else {}))


def test_corners_of_a_slanted_floor_are_its_corners_in_mm() -> None:
    answer = on_floor(track(SLANTED), Arena("rectangle", SLANTED, (400.0, 300.0)))
    assert answer.unit == "mm"
    assert answer.at("centroid") == pytest.approx(FLOOR, abs=1e-9)


def test_where_the_diagonals_cross_is_the_middle_of_the_floor() -> None:
    (a, b, c, d) = SLANTED
    share = np.linalg.solve(np.stack([c - a, b - d], axis=1), b - a)[0]
    answer = on_floor(track((a + share * (c - a))[None]), Arena("rectangle", SLANTED, (400, 300)))
    assert answer.at("centroid") == pytest.approx(np.array([[200.0, 150.0]]))


def test_a_circle_has_its_scale_by_its_diameter() -> None:
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    rim = 300 + 120 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    answer = on_floor(track(np.array([[0.0, 0.0], [24.0, 0.0]])), Arena("circle", rim, (500, 500)))
    assert np.diff(answer.at("centroid"), axis=0) == pytest.approx(np.array([[50.0, 0.0]]))
    assert answer.px_per_unit == pytest.approx(240 / 500)


@pytest.mark.parametrize("scene", [Scene(duration_s=2.0), Scene(duration_s=2.0, slant=0.3)])
def test_scenes_are_as_long_and_wide_as_they_are(scene) -> None:
    answer, truth = on_floor(scene.truth(), scene.arena()), scene.truth_mm()
    assert answer.position == pytest.approx(truth.position)


def test_without_a_scale_the_body_is_the_measure() -> None:
    lengths = np.array([[38.0], [40.0], [np.nan], [40.0], [90.0]])
    points = np.array([[0.0, 0.0], [20.0, 0.0], [np.nan, np.nan], [40.0, 8.0], [60.0, 8.0]])
    for arena in (None, Arena("rectangle", SLANTED)):
        answer = on_floor(track(points, lengths), arena)
        assert answer.unit == "bl"
        assert answer.px_per_unit == pytest.approx(40.0)
        assert answer.at("centroid") == pytest.approx(points / 40, nan_ok=True)


@pytest.mark.parametrize("lengths", [None, np.full((4, 1), np.nan)])
def test_with_neither_scale_nor_body_pixels_stay_pixels(lengths) -> None:
    assert on_floor(track(SLANTED, lengths)) == track(SLANTED, lengths)


def test_features_stay_those_of_the_picture() -> None:
    tracks = track(SLANTED, np.full((4, 1), 40.0))
    answer = on_floor(tracks, Arena("rectangle", SLANTED, (400.0, 300.0)))
    assert np.array_equal(answer.features["major_px"], tracks.features["major_px"])


def test_what_a_lens_bends_is_straight_on_the_floor() -> None:
    lens = Lens.of_picture(-0.2, (480, 640))
    arena = Arena("rectangle", lens.bent(SLANTED), (400.0, 300.0), lens=lens)
    side = lens.bent(SLANTED[:1] + np.linspace(0, 1, 9)[:, None] * (SLANTED[1] - SLANTED[0]))
    answer = on_floor(track(side), arena)
    assert answer.unit == "mm"
    assert answer.at("centroid")[:, 1] == pytest.approx(np.zeros(9), abs=1e-9)
    assert answer.at("centroid")[[0, -1], 0] == pytest.approx([0.0, 400.0])
