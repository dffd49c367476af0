from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import spec_of
from ethoframe.data import Measures, Refusal, Tracks
from ethoframe.methods.measure._social import PARTS, within
from ethoframe.methods.measure.social import Social
from ethoframe.run import apply

RATE = 30.0


def pair(one, other, one_turn=0.0, other_turn=0.0, unit="mm") -> Tracks:
    """Two bodies of 80 mm, from where their centres are ``(t, 2)`` and how they are turned."""
    held = []
    for centre, turn in ((one, one_turn), (other, other_turn)):
        angle = np.broadcast_to(turn, len(centre))
        ahead = 40 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        held.append(np.stack([centre + ahead, centre, centre - ahead], axis=2))
    position, count = np.stack(held, axis=3), len(one)
    seen = np.ones((count, 3, 2))
    times_s = np.arange(count) / RATE
    return Tracks(position, seen, np.arange(count), times_s, PARTS, ("a", "b"), unit=unit)


def still(x: float, y: float, seconds: float = 4.0) -> np.ndarray:
    return np.tile([float(x), float(y)], (round(seconds * RATE), 1))


def straight(start: float, speed: float, seconds: float, y: float = 0.0) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.stack([start + speed * t, np.full_like(t, y)], axis=1)


def social(tracks: Tracks, **parameters) -> Measures:
    return apply(Social(**parameters), tracks=tracks)


def value(measures: Measures, who: str, quantity: str) -> float:
    rows = [r for r in measures.rows if r.individual == who and r.quantity == quantity]
    return max(rows, key=lambda row: row.bin_stop_s - row.bin_start_s).value


def test_distances_of_two_that_sit_face_to_face():
    told = social(pair(still(0, 0), still(200, 0), 0.0, np.pi))
    assert value(told, "a", "distance nose to nose of b") == pytest.approx(120)
    assert value(told, "a", "distance body to body of b") == pytest.approx(200)
    assert value(told, "a", "distance nose to body of b") == pytest.approx(160)
    assert value(told, "b", "distance nose to tail base of a") == pytest.approx(200)
    assert value(told, "a", "time facing b") == pytest.approx(4.0)
    assert value(told, "b", "time facing a") == pytest.approx(4.0)
    quantities = {row.quantity for row in told.rows if row.individual == "b"}
    assert "distance nose to nose of a" not in quantities  # told once


def test_who_looks_away_does_not_face():
    told = social(pair(still(0, 0), still(200, 0), np.pi, np.pi))
    assert value(told, "a", "time facing b") == 0.0
    assert value(told, "b", "time facing a") == pytest.approx(4.0)


def test_contact_is_of_the_nose_that_touches():
    # The nose of a is 10 mm from the tail base of b.
    told = social(pair(still(0, 0), still(90, 0)))
    assert value(told, "a", "time contact nose to tail base of b") == pytest.approx(4.0)
    assert value(told, "a", "bouts contact nose to tail base of b") == 1.0
    assert value(told, "b", "time contact nose to tail base of a") == 0.0
    assert value(told, "a", "time contact nose to nose of b") == 0.0
    assert value(told, "a", "time near b") == pytest.approx(4.0)


def test_a_margin_keeps_jitter_from_counting():
    distance = np.array([30.0, 19, 21, 19, 21, 19, 26, 21])
    assert within(distance, 20, 25).tolist() == [False, *[True] * 5, False, False]
    assert within(np.array([19.0, np.nan, 24.0]), 20, 25).tolist() == [True, False, True]


def test_one_follows_and_the_other_does_not():
    told = social(pair(straight(0, 150, 4), straight(130, 150, 4)))
    assert value(told, "a", "time following b") == pytest.approx(4.0, abs=0.1)
    assert value(told, "a", "bouts following b") == 1.0
    assert value(told, "b", "time following a") == 0.0
    assert value(social(pair(straight(0, 30, 4), straight(130, 30, 4))), "a",
                 "time following b") == 0.0  # too slow  # fmt: skip
    apart = social(pair(straight(0, 150, 4), straight(260, 150, 4)))
    assert value(apart, "a", "time following b") == 0.0
    short = social(pair(straight(0, 150, 0.4), straight(130, 150, 0.4)))
    assert value(short, "a", "time following b") == 0.0


def test_who_moves_approaches_and_leaves():
    come = straight(-300, 150, 2)
    go = straight(come[-1, 0], -150, 2)
    told = social(pair(np.concatenate([come, go]), still(60, 0)))
    assert value(told, "a", "approaches to b") == 1.0
    assert value(told, "b", "approaches to a") == 0.0
    assert value(told, "a", "leaves of b") == 1.0
    assert value(told, "b", "leaves of a") == 0.0
    assert value(told, "a", "bouts near b") == 1.0


def test_bins_and_gaps():
    tracks = pair(still(0, 0), still(90, 0))
    position = tracks.position.copy()
    position[60:, :, :, 1] = np.nan
    told = social(replace(tracks, position=position), bin_s=2.0)
    assert value(told, "a", "time near b") == pytest.approx(2.0)
    late = [r for r in told.rows if r.quantity == "time near b" and r.bin_start_s == 2.0]
    assert np.isnan(late[0].value)


def test_without_a_scale_lengths_are_those_of_bodies():
    told = social(pair(still(0, 0), still(200, 0), 0.0, np.pi, unit="px"))
    row = next(r for r in told.rows if r.quantity == "distance body to body of b")
    assert (row.value, row.unit) == (pytest.approx(2.5), "bl")
    assert "0.25 bl" in next(
        r.definition for r in told.rows if r.quantity.startswith("time contact")
    )


def test_half_the_frames_and_another_resolution_hardly_change_it():
    tracks = Social.example()["tracks"]
    full, half = social(tracks), social(tracks.take(slice(0, None, 2)))
    for row, other in zip(full.rows, half.rows, strict=True):
        assert row.quantity == other.quantity
        if row.unit == "mm" and np.isfinite(row.value):
            assert other.value == pytest.approx(row.value, rel=0.03)
        if row.unit == "s" and np.isfinite(row.value):
            assert other.value == pytest.approx(row.value, abs=0.1)


def test_three_animals_have_six_ordered_pairs():
    tracks = pair(still(0, 0), still(90, 0))
    third = tracks.position[..., :1] + 500
    more = replace(
        tracks,
        position=np.concatenate([tracks.position, third], axis=3),
        confidence=np.ones((len(tracks), 3, 3)),
        individuals=("a", "b", "c"),
    )
    told = social(more, bin_s=0.0)
    pairs = {
        (r.individual, r.quantity[-1]) for r in told.rows if r.quantity[:14] == "time following"
    }
    assert len(pairs) == 6


def test_one_animal_or_no_nose_is_refused():
    tracks = pair(still(0, 0), still(90, 0))
    with pytest.raises(Refusal, match="one individual"):
        apply(Social(), tracks=tracks.alone("a"))
    with pytest.raises(Refusal, match="nose"):
        Social().outline(tracks=spec_of(replace(tracks, keypoints=("head_end", "x", "tail_end"))))
