from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Refusal, Tracks, Transform, Zone
from ethoframe.methods.behave.exploring import Exploring
from ethoframe.run import apply

UNIT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
BLOCK = Zone("novel", 40 * UNIT + [100.0, 80.0])
BOX = Arena("rectangle", 200 * UNIT, zones=(BLOCK, Zone("centre", 50 * UNIT)), unit="mm")
RATE = 20


def mouse(gap_mm: float, turn_deg: float = 0.0, body: tuple[float, float] | None = None) -> Tracks:
    """For two seconds the nose is so far from the block, and points so far past its middle."""
    turn = np.deg2rad(turn_deg)
    head_to_nose = 15.0
    nose = np.array([100.0 - gap_mm, 100.0])
    head = nose - head_to_nose * np.array([np.cos(turn), np.sin(turn)])
    middle = nose - 50 * np.array([np.cos(turn), np.sin(turn)]) if body is None else body
    places = np.array([middle, head, nose], float)
    position = np.repeat(places.T[None], 2 * RATE, axis=0)[..., None]
    seen, t = np.ones((2 * RATE, 3, 1)), np.arange(2 * RATE) / RATE
    names = ("body_centre", "head", "nose")
    return Tracks(position, seen, np.arange(2 * RATE), t, names, unit="mm")


def explored(tracks: Tracks, **parameters) -> float:
    return apply(Exploring(groups=("novel",), **parameters), tracks=tracks, arena=BOX).total_s(
        "exploring novel"
    )


@pytest.mark.parametrize(("gap_mm", "found"), [(5, 2.0), (19.9, 2.0), (20.1, 0.0), (-5, 2.0)])
def test_the_nose_is_within_two_centimetres(gap_mm, found):
    assert explored(mouse(gap_mm)) == pytest.approx(found)


@pytest.mark.parametrize(("turn_deg", "found"), [(30, 2.0), (-30, 2.0), (80, 0.0), (180, 0.0)])
def test_it_points_at_the_object(turn_deg, found):
    assert explored(mouse(10.0, turn_deg)) == pytest.approx(found)


def test_sitting_on_it_is_no_exploration():
    assert explored(mouse(-20.0, body=(110.0, 100.0))) == 0.0


def test_only_objects_of_the_groups():
    found = apply(Exploring(groups=("novel",)), tracks=mouse(5.0), arena=BOX)
    assert set(found.labels) == {"exploring novel"}
    with pytest.raises(Refusal, match="no zone of an object"):
        apply(Exploring(groups=("familiar",)), tracks=mouse(5.0), arena=BOX)


def test_the_end_of_a_silhouette_is_no_nose():
    tracks = replace(mouse(5.0), keypoints=("centroid", "tail_end", "head_end"))
    with pytest.raises(Refusal, match="no keypoint is the nose"):
        apply(Exploring(), tracks=tracks, arena=BOX)


def test_time_without_a_nose_is_not_looked_at():
    tracks = mouse(5.0)
    position = tracks.position.copy()
    position[:RATE, :, 2] = np.nan
    found = apply(
        Exploring(groups=("novel",)), tracks=replace(tracks, position=position), arena=BOX
    )
    assert (found.looked_s(), found.total_s("exploring novel")) == pytest.approx((1.0, 1.0))


def test_the_sides_of_an_arena_are_a_scale_for_pixels() -> None:
    given = Exploring.example()
    tracks, arena = given["tracks"], given["arena"]
    sides = (200.0, 100.0)
    found = apply(Exploring(), tracks=tracks, arena=arena)
    half = Transform.scaling(0.5, "px", "px")
    drawn = replace(arena, unit="px").mapped(half)
    seen = replace(tracks, position=tracks.position / 2, unit="px")
    other = apply(Exploring(), tracks=seen, arena=replace(drawn, sides_mm=sides))
    assert len(found) > 0
    np.testing.assert_allclose(other.start_s, found.start_s)
