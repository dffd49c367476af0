from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Arena, Zone
from ethoframe.methods.detect.zones import Zones
from ethoframe.run import apply

SQUARE = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]])
SLANTED = np.array([[100.0, 80.0], [500.0, 60.0], [560.0, 420.0], [60.0, 430.0]])
ANGLE = np.linspace(0, 2 * np.pi, 120, endpoint=False)
ROUND = 200 + 200 * np.stack([np.cos(ANGLE), np.sin(ANGLE)], axis=1)
ARENAS = {
    "square": Arena("rectangle", SQUARE, (400.0, 400.0)),
    "slanted": Arena("rectangle", SLANTED, (400.0, 300.0)),
    "without a scale": Arena("rectangle", SLANTED),
    "circle": Arena("circle", ROUND, (500.0, 500.0)),
    "polygon": Arena("polygon", SQUARE[:3]),
}


def laid(arena: Arena, **parameters) -> dict[str, Zone]:
    return {zone.name: zone for zone in apply(Zones(**parameters), arena=arena).zones}


def inside(zone: Zone, points: np.ndarray) -> np.ndarray:
    return zone.depth(points) > 0


def scattered(arena: Arena, count=40_000) -> np.ndarray:
    """Points of the picture on the floor, evenly spread over the floor where it has a scale."""
    low, high = arena.outline.min(axis=0), arena.outline.max(axis=0)
    if arena.to_floor is not None:
        floor = arena.to_floor.apply(arena.outline)
        low, high = floor.min(axis=0), floor.max(axis=0)
    points = np.random.default_rng(1).uniform(low, high, (count, 2))
    if arena.to_floor is not None:
        points = arena.to_floor.inverse().apply(points)
    return points[arena.depth(points) > 0]


@pytest.mark.parametrize("name", ["square", "slanted", "circle"])
@pytest.mark.parametrize("side", [0.3, 0.5, 0.7])
def test_the_centre_is_its_share_of_the_floor(name, side) -> None:
    arena = ARENAS[name]
    share = inside(laid(arena, centre_side=side)["centre"], scattered(arena)).mean()
    assert share == pytest.approx(side**2, abs=0.015)


def test_the_centre_of_a_square_is_the_square_in_its_middle() -> None:
    centre = laid(ARENAS["square"])["centre"]
    assert centre.outline == pytest.approx(
        np.array([[100, 100], [300, 100], [300, 300], [100, 300]])
    )


@pytest.mark.parametrize("name", ARENAS)
def test_centre_and_periphery_share_out_the_floor(name) -> None:
    zones, points = laid(ARENAS[name]), scattered(ARENAS[name])
    assert (inside(zones["centre"], points) ^ inside(zones["periphery"], points)).all()


@pytest.mark.parametrize("name", ["square", "slanted", "without a scale"])
def test_corners_are_four_and_apart_from_the_centre(name) -> None:
    arena = ARENAS[name]
    zones, points = laid(arena), scattered(arena)
    corner = inside(zones["corners"], points)
    assert len(zones["corners"].outlines) == 4
    assert not (corner & inside(zones["centre"], points)).any()
    if arena.sides_mm:
        assert corner.mean() == pytest.approx(4 * 0.25**2, abs=0.015)
    # Just within each corner of the floor is a corner.
    middle = arena.outline.mean(axis=0)
    assert inside(zones["corners"], arena.outline + 0.05 * (middle - arena.outline)).all()


@pytest.mark.parametrize("name", ["circle", "polygon"])
def test_only_a_rectangle_has_corners(name) -> None:
    assert set(laid(ARENAS[name])) == {"centre", "periphery"}


def test_zones_of_ones_own_are_left_alone() -> None:
    own = Arena("rectangle", SQUARE, (400.0, 400.0), (Zone("nest", SQUARE / 4),))
    assert apply(Zones(), arena=own) == own


def test_a_zone_says_how_it_was_chosen() -> None:
    zones = laid(ARENAS["square"], centre_side=0.6)
    assert "60% of each side, 36% of the floor" in zones["centre"].definition
