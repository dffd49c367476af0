from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Refusal, Tracks, Transform, Zone
from ethoframe.data.arena import UNIT_SQUARE
from ethoframe.data.lens import Lens

SQUARE = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]])
SLANTED = np.array([[160.0, 80.0], [480.0, 90.0], [560.0, 410.0], [70.0, 400.0]])
ANGLE = np.linspace(0, 2 * np.pi, 360, endpoint=False)
CIRCLE = 200 + 150 * np.stack([np.cos(ANGLE), np.sin(ANGLE)], axis=1)


def area(outline):
    x, y = outline.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


@pytest.mark.parametrize("outline", [SQUARE, SLANTED])
def test_the_centre_is_a_quarter_of_the_floor(outline):
    arena = Arena("rectangle", outline, (400.0, 300.0))
    floor = arena.to_floor.apply(arena.shrunk(0.5))
    assert area(floor) == pytest.approx(0.25 * 400 * 300)
    assert np.allclose(floor, [[100, 75], [300, 75], [300, 225], [100, 225]])


def test_the_centre_of_a_circle_is_round_its_middle():
    centre = Arena("circle", CIRCLE, (600.0, 600.0)).shrunk(0.5)
    assert area(centre) == pytest.approx(0.25 * area(CIRCLE))
    assert np.allclose(centre.mean(axis=0), 200)


def test_the_middle_of_a_polygon_is_that_of_its_area():
    bent = np.array([[0, 0], [10, 0], [10, 2], [2, 2], [2, 10], [0, 10]], float)
    assert area(Arena("polygon", bent).shrunk(0.5)) == pytest.approx(0.25 * area(bent))


def test_a_slanted_floor_is_made_square():
    arena = Arena("rectangle", SLANTED, (400.0, 300.0))
    floor = arena.to_floor.apply(SLANTED)
    assert np.allclose(floor, [[0, 0], [400, 0], [400, 300], [0, 300]])
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = SLANTED
    diagonals = np.array([[cx - ax, bx - dx], [cy - ay, by - dy]])
    along = np.linalg.solve(diagonals, [bx - ax, by - ay])[0]
    middle = SLANTED[0] + along * (SLANTED[2] - SLANTED[0])
    assert np.allclose(arena.to_floor.apply(middle), [200, 150])


def test_a_circle_has_one_scale():
    to_floor = Arena("circle", CIRCLE, (600.0, 600.0)).to_floor
    assert np.ptp(to_floor.apply(CIRCLE), axis=0) == pytest.approx([600, 600], rel=1e-3)


def test_without_a_scale_there_is_no_way_to_the_floor():
    assert Arena("rectangle", SQUARE).to_floor is None
    scaled = Arena("rectangle", SQUARE, (400.0, 400.0))
    assert scaled.mapped(scaled.to_floor).to_floor is None


def test_everything_is_mapped():
    zone = Zone("corners", SQUARE / 4, parts=(SQUARE / 8,), holes=(SQUARE / 16,))
    arena = Arena("rectangle", SQUARE, (200.0, 200.0), (zone,)).mapped(
        Transform.scaling(0.5, "px", "mm")
    )
    assert arena.unit == "mm"
    assert np.allclose(arena.outline, SQUARE / 2)
    (mapped,) = arena.zones
    outlines = (mapped.outline, *mapped.parts, *mapped.holes)
    assert [np.ptp(o) for o in outlines] == pytest.approx([50, 25, 12.5])


def test_a_zone_of_several_parts_with_a_hole():
    far = SQUARE / 4 + [300, 0]
    zone = Zone("ends", SQUARE / 4, parts=(far,), holes=(SQUARE / 10,))
    points = np.array([[60.0, 50.0], [350.0, 50.0], [20.0, 20.0], [200.0, 50.0], [np.nan, 0.0]])
    expected = [np.hypot(20, 10), 50.0, -20.0, -100.0, np.nan]
    assert zone.depth(points) == pytest.approx(expected, nan_ok=True)


def test_depth_of_the_floor_is_the_distance_from_the_wall():
    depth = Arena("rectangle", SQUARE).depth(np.array([[30.0, 200.0], [-5.0, 200.0]]))
    assert depth.tolist() == [30.0, -5.0]


@pytest.mark.parametrize(
    ("shape", "outline", "sides_mm", "said"),
    [
        ("polygon", SQUARE[:2], None, "three corners"),
        ("polygon", SQUARE.ravel(), None, "three corners"),
        ("rectangle", SQUARE[:3], None, "four corners"),
        ("rectangle", SQUARE, (400.0, 0.0), "longer than nothing"),
    ],
)
def test_what_is_no_arena(shape, outline, sides_mm, said):
    with pytest.raises(ValueError, match=said):
        Arena(shape, outline, sides_mm)


LENS = Lens.of_picture(-0.2, (480, 640))


def test_through_a_lens_a_floor_is_square_and_its_sides_straight():
    straight = SLANTED + np.linspace(0, 1, 5)[:, None, None] * (
        np.roll(SLANTED, -1, axis=0) - SLANTED
    )
    arena = Arena("rectangle", LENS.bent(SLANTED), (400.0, 300.0), lens=LENS)
    sides = arena.to_floor.apply(LENS.bent(straight))
    assert np.allclose(sides[:, 0, 1], 0, atol=1e-6)
    assert np.allclose(sides[:, 1, 0], 400, atol=1e-6)
    assert np.allclose(
        arena.to_floor.apply(arena.shrunk(0.5)), [[100, 75], [300, 75], [300, 225], [100, 225]]
    )
    assert np.allclose(arena.from_sides.apply(np.array([1.0, 1.0])), arena.outline[2])


def test_a_circle_through_a_lens_has_its_diameter():
    arena = Arena("circle", LENS.bent(CIRCLE + np.array([120, 40])), (600.0, 600.0), lens=LENS)
    rim = arena.to_floor.apply(arena.outline)
    assert np.ptp(rim, axis=0) == pytest.approx([600, 600], rel=1e-3)
    assert np.ptp(arena.to_floor.apply(arena.shrunk(0.5)), axis=0) == pytest.approx(
        [300, 300], rel=1e-3
    )


def test_in_a_window_the_floor_is_the_same():
    arena = Arena("rectangle", SLANTED, (400.0, 300.0), lens=LENS, walls=SLANTED * 1.1)
    moved, points = arena.mapped(Transform.moving(-60, -70)), SLANTED[:2] + np.array([20, 30])
    assert np.allclose(moved.to_floor.apply(points - [60, 70]), arena.to_floor.apply(points))
    assert np.allclose(moved.walls, arena.walls - [60, 70])
    floor = arena.mapped(arena.to_floor)
    assert (floor.lens, floor.walls) == (None, None)


def test_an_arena_drawn_on_a_picture_of_another_size_is_scaled():
    arena = Arena("rectangle", SLANTED, (400.0, 300.0), picture=(480, 640), lens=LENS)
    assert arena.drawn_on((480, 640)) is arena
    larger = arena.drawn_on((960, 1280))
    assert larger.picture == (960, 1280)
    assert np.allclose(larger.outline, 2 * SLANTED + 0.5)
    assert larger.lens.middle == pytest.approx(Lens.of_picture(-0.2, (960, 1280)).middle)
    assert np.allclose(larger.to_floor.apply(larger.outline), arena.to_floor.apply(arena.outline))
    with pytest.raises(
        ValueError, match="drawn on a picture of 640 × 480 px, and this one has 640 × 640 px"
    ):
        arena.drawn_on((640, 640))
    unknown = Arena("rectangle", SLANTED)
    assert unknown.drawn_on((640, 640)) is unknown


def test_only_a_rectangle_has_sides_to_go_along():
    with pytest.raises(ValueError, match="only a rectangle"):
        _ = Arena("circle", CIRCLE).from_sides


def test_an_arena_in_mm_has_no_place_for_tracks_in_body_lengths():
    tracks = replace(Tracks.of(np.zeros((2, 2)), np.arange(2.0)), unit="bl")
    floor = Arena("rectangle", 80 * UNIT_SQUARE, unit="mm")
    with pytest.raises(Refusal, match="tracks are in bl, and the arena in mm"):
        floor.for_tracks(tracks)


def test_tracks_on_the_floor_get_the_arena_on_the_floor():
    drawn = Arena("rectangle", 80 * UNIT_SQUARE + 10, (400.0, 200.0))
    seen = Tracks.of(np.array([[50.0, 50.0]]), np.zeros(1))
    floor, placed, per_unit = drawn.with_tracks(seen)
    assert (floor.unit, placed.unit, per_unit) == ("mm", "mm", 1.0)
    assert drawn.for_tracks(placed)[0] == floor
    np.testing.assert_allclose(placed.at("centroid"), [[200.0, 100.0]])
