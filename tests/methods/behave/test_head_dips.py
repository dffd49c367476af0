from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Refusal, Tracks, Zone
from ethoframe.methods.behave.head_dips import HeadDips
from ethoframe.run import apply

RATE = 20.0
ARM = np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 50.0], [0.0, 50.0]])
CENTRE = np.array([[300.0, 0.0], [350.0, 0.0], [350.0, 50.0], [300.0, 50.0]])
AWAY = np.array([350.0, 0.0])
ZONES = (Zone("open", ARM), Zone("centre", CENTRE), Zone("closed", ARM + AWAY))
MAZE = Arena("polygon", np.concatenate([ARM[:1], ARM[1:] + AWAY]), zones=ZONES, unit="mm")


def looking(x: float, *dips: tuple[float, float], far: float = 20.0, lasts_s=10.0) -> Tracks:
    """It sits at `x` and has its nose beyond the arm's edge in some spans of time."""
    t = np.arange(round(lasts_s * RATE)) / RATE
    body = np.stack([np.full(len(t), x), np.full(len(t), 25.0)], axis=1)
    nose = body + np.array([30.0, 0.0])
    for start, stop in dips:
        nose[(t >= start - 1e-9) & (t < stop - 1e-9)] = [x, 50.0 + far]
    position = np.stack([body, nose], axis=2)[..., None]
    seen, names = np.ones((len(t), 2, 1)), ("body_centre", "nose")
    return Tracks(position, seen, np.arange(len(t)), t, names, unit="mm")


def dips(tracks: Tracks, arena: Arena = MAZE, **parameters) -> list[list[float]]:
    return apply(HeadDips(**parameters), tracks=tracks, arena=arena).spans("head dip").tolist()


def test_a_nose_beyond_the_edge_is_a_dip():
    assert dips(looking(100, (2, 3), (5, 5.5))) == [[2, 3], [5, 5.5]]
    assert dips(looking(325, (2, 3))) == [[2, 3]]
    # Between the arm and the centre there is no edge.
    assert dips(looking(290)) == []


def test_not_over_a_wall():
    assert dips(looking(500, (2, 3))) == []
    assert dips(looking(500, (2, 3)), walled=()) == [[2, 3]]


def test_neither_a_little_nor_for_a_moment():
    assert dips(looking(100, (2, 3), far=8.0)) == []
    assert dips(looking(100, (2, 3), far=8.0), beyond_mm=5.0) == [[2, 3]]
    assert dips(looking(100, (2, 2.1))) == []
    assert dips(looking(100, (2, 3), (3.1, 4))) == [[2, 4]]


def test_the_body_must_be_on_the_maze():
    tracks = looking(100, (2, 3))
    fallen = replace(tracks, position=tracks.position + np.array([0.0, 200.0])[:, None, None])
    assert dips(fallen) == []


def test_unseen_is_not_known():
    tracks = looking(100, (2, 3))
    position = np.where((tracks.times_s >= 4)[:, None, None, None], np.nan, tracks.position)
    found = apply(HeadDips(), tracks=replace(tracks, position=position), arena=MAZE)
    assert found.looked_s() == pytest.approx(4.0)


def test_without_a_scale_it_is_in_body_lengths():
    tracks = replace(
        looking(100, (2, 3)), unit="bl", features={"major_px": np.full((200, 1), 80.0)}
    )
    in_bl = replace(tracks, position=tracks.position / 80, px_per_unit=80.0)
    arena = replace(MAZE, unit="px")
    assert dips(in_bl, arena) == [[2, 3]]
    assert dips(in_bl, arena, beyond_bl=0.3) == []
    assert "0.12 bl" in apply(HeadDips(), tracks=in_bl, arena=arena).definition


def test_what_it_needs():
    with pytest.raises(Refusal, match="the arena has no zones"):
        apply(HeadDips(), tracks=looking(100), arena=replace(MAZE, zones=()))
    bare = Tracks.of(np.zeros((10, 2)), np.arange(10) / RATE, "body_centre")
    with pytest.raises(Refusal, match="no keypoint is the nose"):
        apply(HeadDips(), tracks=bare, arena=MAZE)
