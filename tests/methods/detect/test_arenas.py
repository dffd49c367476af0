from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ethoframe.data import Arenas as Several
from ethoframe.data import Frames, Refusal
from ethoframe.methods.detect.arenas import Arenas
from ethoframe.run import apply
from ethoframe.testing.scenes import RACKS, SCENES
from ethoframe.testing.scenes.rack import Rack
from ethoframe.testing.scenes.scene import Scene

ALWAYS = ((0.0, float("inf")),)
SIZE = (480, 640)


def image(level: np.ndarray) -> Frames:
    pixels = np.stack([level, np.ones_like(level)], axis=-1)[None].astype(np.float32)
    return Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))


def found(level: np.ndarray, **parameters) -> Several:
    return apply(Arenas(**parameters), background=image(level))


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    drawn = [
        cv2.fillPoly(np.zeros((1000, 1500), np.uint8), [np.round(o).astype(int)], 1) for o in (a, b)
    ]
    return (drawn[0] & drawn[1]).sum() / (drawn[0] | drawn[1]).sum()


def rack(count: int, columns: int, side_px: int = 200, gap_px: int = 16, **scene) -> Rack:
    scenes = (Scene(size=(side_px, side_px), seed=50 + n, **scene) for n in range(count))
    return Rack("rack", tuple(scenes), columns, gap_px)


RENDERED = {
    **RACKS,
    "three in a row": rack(3, 3),
    "one above the other": rack(2, 1),
    "six": rack(6, 3, 160),
    "walls that touch": rack(4, 2, gap_px=0),
    "circles": rack(4, 2, shape="circle"),
    "dark floors": rack(4, 2, polarity="light"),
    "shaded": rack(2, 2, 300, shading=0.6),
    "cluttered": rack(4, 2, 240, clutter=6),
    "slanted": rack(2, 2, 300, slant=0.2),
    "noisy": rack(4, 2, noise_level=10.0),
    "bedding": rack(4, 2, contrast=0.2, texture=0.04, surface="bedding"),
}
# Drawn floors under such light, of such levels and in such numbers are in the fast tests below.
SLOW = ("six", "dark floors", "shaded")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in RENDERED]
)
def test_rendered_racks_are_found_in_reading_order(name) -> None:
    truth = RENDERED[name]
    empty = replace(truth, scenes=tuple(replace(s, hidden=ALWAYS) for s in truth.scenes))
    level = empty.image(0).astype(float)
    for count in (0, len(truth.scenes)):
        arenas = found(level, count=count)
        assert len(arenas) == len(truth.scenes)
        if len(truth.scenes) in (2, 4):
            assert arenas.names == truth.names
        for arena, floor in zip(arenas, truth.arenas(), strict=True):
            assert arena.shape == floor.shape
            assert overlap(arena.outline, floor.outline) > 0.75
            assert arena.source == "detected"


def drawn(rows: int, columns: int, floor: float, gap: float, *, round_: bool = False) -> np.ndarray:
    """Bare floors with gaps of 2 % of the picture's width."""
    level, space = np.full(SIZE, gap), 0.02 * SIZE[1]
    sides = (np.array(SIZE[::-1]) - space) / (columns, rows) - space
    for row in range(rows):
        for column in range(columns):
            low = space + np.array([column, row]) * (sides + space)
            if round_:
                middle = np.round(low + sides / 2).astype(int).tolist()
                cv2.circle(level, middle, int(sides.min() / 2), floor, cv2.FILLED)
            else:
                (left, top), (right, bottom) = (
                    np.round(low).astype(int),
                    np.round(low + sides).astype(int),
                )
                level[top:bottom, left:right] = floor
    return level


def under(level: np.ndarray, shading: float, texture: float) -> np.ndarray:
    """The level under uneven light, with blotches and noise."""
    random = np.random.default_rng(4)
    y, x = np.indices(SIZE)
    away2 = (x - 0.6 * SIZE[1]) ** 2 + (y - 0.4 * SIZE[0]) ** 2
    blotches = cv2.GaussianBlur(random.normal(size=SIZE), (0, 0), 3)
    light = (1 - shading * away2 / away2.max()) * (1 + texture * blotches / blotches.std())
    return cv2.GaussianBlur(level * light, (0, 0), 0.8) + random.normal(0, 1, SIZE)


@pytest.mark.parametrize(
    ("rows", "columns", "floor", "gap", "shading", "texture", "round_"),
    [
        (1, 2, 180.0, 60.0, 0.0, 0.0, False),
        (2, 2, 40.0, 160.0, 0.3, 0.0, False),
        (2, 2, 40.0, 25.0, 0.0, 0.0, False),
        (2, 2, 150.0, 130.0, 0.0, 0.0, False),
        (2, 2, 150.0, 120.0, 0.3, 0.05, False),
        (2, 2, 170.0, 80.0, 0.0, 0.12, False),
        (2, 4, 170.0, 60.0, 0.6, 0.0, False),
        (1, 4, 170.0, 60.0, 0.0, 0.05, False),
        (2, 2, 40.0, 150.0, 0.4, 0.0, True),
        (2, 3, 170.0, 60.0, 0.0, 0.05, True),
    ],
)
def test_narrow_gaps_shading_and_texture(
    rows, columns, floor, gap, shading, texture, round_
) -> None:
    level = under(drawn(rows, columns, floor, gap, round_=round_), shading, texture)
    arenas = found(level)
    assert len(arenas) == rows * columns
    assert {arena.shape for arena in arenas} == {"circle" if round_ else "rectangle"}
    # No window reaches into another floor, and each holds its own.
    for name, window in arenas.windows(SIZE).items():
        for arena in arenas:
            low, high = arena.outline.min(axis=0), arena.outline.max(axis=0)
            right, bottom = window.left + window.width, window.top + window.height
            within = low >= (window.left - 1, window.top - 1), high <= (right + 1, bottom + 1)
            beside = low > (right - 2, bottom - 2), high < (window.left + 2, window.top + 2)
            assert np.all(within) if arena.name == name else np.any(beside)


ONE = np.full(SIZE, 60.0)
ONE[30:450, 100:540] = 180.0
GRID, HALF, THINGS = ONE.copy(), ONE.copy(), ONE.copy()
for n in range(1, 4):
    GRID[30 + 105 * n - 1 : 30 + 105 * n + 1, 100:540] = 90.0
    GRID[30:450, 100 + 110 * n - 1 : 100 + 110 * n + 1] = 90.0
HALF[30:450, 320:540] = 120.0
for top, left in ((80, 150), (80, 410), (320, 150), (320, 410)):
    THINGS[top : top + 70, left : left + 70] = 60.0


@pytest.mark.parametrize(
    "level", [ONE, GRID, HALF, THINGS], ids=["plain", "grid", "half", "things"]
)
def test_one_floor_is_one_arena_whatever_is_on_it(level) -> None:
    arenas = found(under(level, 0.2, 0.0))
    assert arenas.names == ("arena",)
    corners = np.array([[100, 30], [539, 30], [539, 449], [100, 449]])
    assert overlap(arenas["arena"].outline, corners) > 0.95


@pytest.mark.parametrize("name", ["open_field", "shaded_drift", "slanted", "circle", "cluttered"])
def test_a_scene_with_walls_is_one_arena(name) -> None:
    scene = replace(SCENES[name], hidden=ALWAYS)
    arenas = found(scene.image(0).astype(float))
    assert arenas.names == ("arena",)
    assert overlap(arenas["arena"].outline, scene.arena().outline) > 0.9


def test_too_few_to_be_seen_are_refused_with_a_remedy() -> None:
    with pytest.raises(Refusal, match=r"3 arenas could not be made out.*`ethoframe arena VIDEO`"):
        found(drawn(1, 2, 180.0, 60.0), count=3)


@pytest.mark.parametrize("count", [0, 1])
def test_where_nothing_is_to_be_seen_the_picture_is_one_arena(count) -> None:
    (arena,) = found(np.full(SIZE, 120.0), count=count)
    assert (arena.name, arena.source) == ("arena", "explored")
    assert arena.outline.max(axis=0).tolist() == [639.0, 479.0]
    with pytest.raises(Refusal, match="2 arenas could not be made out"):
        found(np.full(SIZE, 120.0), count=2)
