from __future__ import annotations

import cv2
import numpy as np
import pytest

from ethoframe.data import Frames, Recording, Values
from ethoframe.methods.regress.change import Change
from ethoframe.run import apply

SIZE = (240, 320)  # every second pixel is looked at
FLOOR = 180.0


def floor(*planes: np.ndarray) -> Frames:
    planes = planes or (np.full(SIZE, FLOOR),)
    pixels = np.stack([np.stack([p, np.ones(SIZE)], axis=-1) for p in planes]).astype(np.float32)
    times = np.arange(len(planes), dtype=float)
    return Frames(pixels, np.arange(len(planes)), times, ("level", "noise"))


LOOKS = Values.whole(contrast=(140.0, "level"), noise=(1.0, "level"), width=(20.0, "px"))


def seen(*pictures: np.ndarray, background: Frames | None = None, **parameters) -> Values:
    film = Recording.of(np.stack(pictures)[..., None].clip(0, 255).astype(np.uint8))
    given = {"background": background or floor(), "appearance": LOOKS}
    return apply(Change(**parameters), recording=film, **given)


def row(picture: np.ndarray, **given) -> dict[str, float]:
    values = seen(picture, **given)
    return dict(zip(values.names, values.table[0].tolist(), strict=True))


def scene(*rectangles: tuple[int, int, int, int, float]) -> np.ndarray:
    """The floor with things on it: top, left, height, width, level."""
    picture = np.full(SIZE, FLOOR)
    for top, left, height, width, level in rectangles:
        picture[top : top + height, left : left + width] = level
    return picture


ANIMAL = (100, 100, 40, 20, 40.0)  # 800 px²


def test_nothing_differs_from_the_empty_floor() -> None:
    found = row(scene())
    assert found == {"changed": 0, "largest": 0, "second": 0, "reaching": 0, "light": 1}


@pytest.mark.parametrize("level", [40.0, 240.0])
def test_areas_are_in_pixels_of_the_picture_darker_or_lighter(level) -> None:
    found = row(scene((*ANIMAL[:4], level)))
    assert found == {"changed": 800, "largest": 800, "second": 0, "reaching": 0, "light": 1}


def test_pieces_are_ranked_and_what_touches_the_border_is_told() -> None:
    found = row(scene(ANIMAL, (0, 200, 60, 30, 230.0), (200, 20, 10, 10, 40.0)))
    assert (found["largest"], found["second"], found["reaching"]) == (1800, 800, 1800)
    assert found["changed"] == 2700


@pytest.mark.parametrize("edge", ["top", "left", "bottom", "right"])
def test_any_border_is_one(edge) -> None:
    top, left = {"top": (0, 99), "left": (99, 0), "bottom": (220, 99), "right": (99, 300)}[edge]
    assert row(scene((top, left, 20, 20, 40.0)))["reaching"] == 400


def test_a_cable_joins_nothing() -> None:
    picture = scene(ANIMAL, (0, 200, 60, 30, 230.0)).astype(np.uint8)
    cv2.line(picture, (110, 120), (215, 30), 20, 4)
    cv2.line(picture, (110, 120), (319, 239), 20, 4)
    found = row(picture)
    assert found["largest"] == pytest.approx(1800, rel=0.06)
    assert found["second"] == pytest.approx(800, rel=0.06)
    assert found["changed"] > 2600 + 800


def test_light_that_changes_as_a_whole_is_no_difference() -> None:
    found = row(0.7 * scene(ANIMAL))
    assert found["changed"] == 800
    assert found["light"] == pytest.approx(0.7, abs=0.01)


def test_each_frame_is_compared_with_the_light_that_is_its_own() -> None:
    across = np.linspace(0.4, 1.0, SIZE[1])[None] * np.ones(SIZE)
    day, night = np.full(SIZE, FLOOR), 0.5 * FLOOR * across
    spot = scene(ANIMAL) / FLOOR
    values = seen(day * spot, night * spot, background=floor(day, night))
    assert values.column("changed").tolist() == [800, 800]
    assert values.column("light") == pytest.approx([1.0, 0.35], abs=0.01)
    assert seen(night * spot, background=floor(day)).column("changed")[0] > 10_000


def test_faint_differences_are_no_pieces_and_the_faintest_are_none() -> None:
    faint = (*ANIMAL[:4], FLOOR - 13)
    assert (row(scene(faint))["changed"], row(scene(faint))["largest"]) == (800, 0)
    assert row(scene(faint), share=0.05)["largest"] == 800
    assert row(scene((*ANIMAL[:4], FLOOR - 7)))["changed"] == 0


def test_no_more_columns_are_looked_at_than_160() -> None:
    large = np.full((1080, 1920), FLOOR)
    large[300:420, 600:840] = 40
    film = Recording.of(large[None, ..., None].astype(np.uint8))
    pixels = np.stack([np.full(large.shape, FLOOR), np.ones(large.shape)], axis=-1)[None]
    background = Frames(
        pixels.astype(np.float32), np.array([0]), np.array([0.0]), ("level", "noise")
    )
    values = apply(Change(), recording=film, background=background, appearance=LOOKS)
    assert values.column("largest")[0] == 120 * 240


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deeper_pixels_differ_as_much(dtype) -> None:
    film = Recording.of(scene(ANIMAL)[None, ..., None].astype(dtype))
    values = apply(Change(), recording=film, background=floor(), appearance=LOOKS)
    assert values.table[0].tolist() == [800, 800, 0, 0, 1]


def test_a_frame_of_nan_has_no_area() -> None:
    film = Recording.of(np.full((1, *SIZE, 1), np.nan, np.float32))
    values = apply(Change(), recording=film, background=floor(), appearance=LOOKS)
    assert values.table[0, :4].tolist() == [0, 0, 0, 0]
