from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Arena, Episodes, Tracks, Transform, Zone
from ethoframe.methods.behave.visits import Visits
from ethoframe.run import apply

RATE = 25.0
SIDE = 200.0  # px, and twice as many mm
SQUARE = np.array([[0.0, 0.0], [SIDE, 0.0], [SIDE, SIDE], [0.0, SIDE]])
RIGHT_HALF = Zone("right", np.array([[100.0, 0.0], [SIDE, 0.0], [SIDE, SIDE], [100.0, SIDE]]))
SCALED = Arena("rectangle", SQUARE, (400.0, 400.0), (RIGHT_HALF,))
UNSCALED = replace(SCALED, sides_mm=None)


def along(x: np.ndarray) -> Tracks:
    """An animal that keeps to a line across the middle."""
    x = np.asarray(x, float)
    return Tracks.of(np.stack([x, np.full(len(x), 90.0)], axis=1), np.arange(len(x)) / RATE)


def visits(tracks: Tracks, arena=SCALED, **parameters) -> list[tuple[float, float]]:
    found: Episodes = apply(Visits(**parameters), tracks=tracks, arena=arena)
    return [(float(start), float(stop)) for start, stop in found.spans("right")]


T = np.arange(500) / RATE


@pytest.mark.parametrize("speed", [7.3, 31.0, 62.0])
def test_the_edge_is_crossed_between_frames(speed) -> None:
    there = 40 + speed * np.arange(0, 70 / speed, 1 / RATE)
    path = np.concatenate([there, there[::-1]])
    ((start, stop),) = visits(along(path))
    assert start == pytest.approx(60 / speed)
    assert stop == pytest.approx(T[: len(path)][-1] - 60 / speed)


def test_dithering_on_the_edge_counts_once() -> None:
    # 2 px are 4 mm, less than the margin of 5 mm.
    path = np.interp(T, [0, 5, 15, 20], [60, 100, 100, 140]) + 2 * np.sin(9 * T)
    assert len(visits(along(path))) == 1
    assert len(visits(along(path), margin_mm=0.0)) > 5


def test_a_crossing_counts_once_it_is_deeper_than_the_margin() -> None:
    path = 100 + np.interp(T, [0, 5, 10, 15, 20], [-50, 3, -50, 3, -50])
    assert len(visits(along(path), margin_mm=5.0)) == 2
    assert visits(along(path), margin_mm=7.0) == []


def test_it_is_dated_from_the_edge_and_not_from_the_margin() -> None:
    path = 60 + 10 * T[:250]
    for margin in (0.0, 5.0, 30.0):
        assert visits(along(path), margin_mm=margin)[0][0] == pytest.approx(4.0)


def test_being_there_from_the_start_and_to_the_end() -> None:
    inside = along(np.full(50, 150.0))
    assert visits(inside) == [(0.0, pytest.approx(2.0))]
    assert visits(along(np.full(50, 20.0))) == []


def test_waiting_before_the_edge_is_no_visit_yet() -> None:
    """From the start it is nearer to the edge than the margin, but outside."""
    path = 99 + np.interp(T, [0, 6, 8], [0, 0, 40])
    ((start, _),) = visits(along(path))
    assert start == pytest.approx(6.05, abs=1e-6)


def test_staying_within_the_margin_it_is_where_it_was_most_of_the_time() -> None:
    assert visits(along(101 + np.sin(T))) == [(0.0, pytest.approx(20.0))]
    assert visits(along(99 + np.sin(T))) == []


def test_a_visit_ends_where_the_animal_is_lost() -> None:
    tracks = along(np.full(100, 150.0))
    position = tracks.position.copy()
    position[40:60] = np.nan
    lost = replace(tracks, position=position)
    assert visits(lost) == [(0.0, pytest.approx(1.6)), (pytest.approx(2.4), pytest.approx(4.0))]
    found = apply(Visits(), tracks=lost, arena=SCALED)
    assert found.support_s.tolist() == [[0.0, pytest.approx(1.6)], [pytest.approx(2.4), 4.0]]


def test_on_the_floor_the_edge_is_where_the_floor_has_it() -> None:
    """Seen at a slant, half-way across the floor is not half-way across the picture."""
    corners = np.array([[50.0, 40.0], [250.0, 40.0], [300.0, 240.0], [0.0, 240.0]])
    arena = Arena("rectangle", corners, (400.0, 400.0))
    to_picture = arena.to_floor.inverse()
    half = np.array([[0.0, 200.0], [400.0, 200.0], [400.0, 400.0], [0.0, 400.0]])
    near = replace(arena, zones=(Zone("right", to_picture.apply(half)),))
    way_mm = np.stack([np.full(101, 200.0), np.linspace(0, 400, 101)], axis=1)
    tracks = Tracks.of(to_picture.apply(way_mm), np.arange(101) / RATE)
    assert visits(tracks, near) == [(pytest.approx(50 / RATE), pytest.approx(101 / RATE))]


def test_without_a_scale_the_margin_is_a_share_of_the_body() -> None:
    path = 100 + np.interp(T, [0, 5, 10], [-50, 3, -50])
    long = replace(along(path), features={"major_px": np.full((500, 1), 60.0)})
    assert visits(long, UNSCALED, margin_bl=0.06) == []
    assert len(visits(long, UNSCALED, margin_bl=0.04)) == 1
    assert len(visits(along(path), UNSCALED)) == 1


def test_each_zone_has_its_own_visits_in_order_of_time() -> None:
    left = Zone("left", SQUARE * [0.5, 1.0])
    arena = replace(SCALED, zones=(RIGHT_HALF, left))
    found = apply(Visits(), tracks=along(100 - 60 * np.cos(T)), arena=arena)
    assert found.labels == ("left", "right") * (len(found) // 2) + ("left",) * (len(found) % 2)
    assert found.start_s[1:] == pytest.approx(found.stop_s[:-1])
    assert found.total_s("left") + found.total_s("right") == pytest.approx(found.looked_s())


def test_no_zones_no_visits() -> None:
    assert len(apply(Visits(), tracks=along(T), arena=replace(SCALED, zones=()))) == 0


@given(st.integers(0, 500), st.floats(0, 20))
def test_whatever_the_path_visits_are_apart_and_within_the_session(seed, margin) -> None:
    path = 100 + np.random.default_rng(seed).normal(0, 6, 200).cumsum()
    found = visits(along(path), margin_mm=margin)
    edges = [edge for span in found for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= 8.0 + 1e-9 for edge in edges)
    assert len(found) <= len(visits(along(path), margin_mm=0.0))


def test_unseen_under_a_lid() -> None:
    # In at 5 s, out at 15; seen there for a second at first, and for half of one at the end.
    path = np.interp(T, [0, 5, 8, 12, 15, 19.96], [60, 100, 130, 130, 100, 60])
    path[(T > 6) & (T < 14.5)] = np.nan
    path[(T > 2) & (T < 2.5)] = np.nan
    found = apply(Visits(hidden="right"), tracks=along(path), arena=SCALED)
    ((start, stop),) = found.spans("right")
    assert (start, stop) == (pytest.approx(5, abs=0.05), pytest.approx(15, abs=0.05))
    # Half a second is no time under the lid.
    assert len(found.support_s) == 2
    assert len(apply(Visits(hidden="right", hidden_s=0.2), tracks=along(path), arena=SCALED)) == 2
    assert "unseen for 1 s or longer it is in right" in found.definition


def test_a_zone_under_a_lid_need_not_be_drawn() -> None:
    path = np.where((T > 4) & (T < 8), np.nan, 60.0)
    found = apply(Visits(hidden="nest"), tracks=along(path), arena=SCALED)
    ((start, stop),) = found.spans("nest")
    assert (start, stop) == (pytest.approx(4.04), pytest.approx(8.0))
    assert found.support_s.tolist() == [[0.0, 20.0]]
    assert len(apply(Visits(), tracks=along(path), arena=SCALED).spans("nest")) == 0


def test_tracks_in_mm_by_a_scale_lie_in_the_zones_that_were_drawn_in_pixels() -> None:
    tracks = along(100 + 80 * np.sin(T))
    there = visits(tracks, arena=UNSCALED, margin_bl=0.0)
    scaled = tracks.mapped(Transform.scaling(0.5, "px", "mm"))
    assert len(there) > 1
    np.testing.assert_allclose(visits(scaled, arena=UNSCALED, margin_mm=0.0), there, atol=1e-6)


def test_a_blink_neither_ends_nor_begins_a_visit() -> None:
    x = np.full(100, 150.0)
    x[40:44] = np.nan
    assert len(visits(along(x))) == 1
    x[40:48] = np.nan
    assert len(visits(along(x))) == 2
    assert len(visits(along(x), blink_s=0.5)) == 1
