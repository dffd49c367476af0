from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Episodes, Measures, Refusal, Tracks
from ethoframe.methods.measure.rotation import Rotation
from ethoframe.run import apply
from ethoframe.testing.scaling import Scale

RATE = 30.0
LONG = 60.0  # mm from rump to nose


def times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * RATE) + 1) / RATE


def spinning(angle: np.ndarray, names=("head_end", "tail_end"), rate=RATE) -> Tracks:
    """An animal that turns on the spot; to its right where the angle grows."""
    ahead = LONG / 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    position = np.stack([ahead, -ahead], axis=2)[..., None]
    count = len(angle)
    clock = np.arange(count) / rate
    return Tracks(position, np.ones((count, 2, 1)), np.arange(count), clock, names, unit="mm")


def rounds(turns: float, seconds=60.0) -> Tracks:
    return spinning(2 * np.pi * turns * np.linspace(0, 1, len(times(seconds))))


def without(tracks: Tracks, gone: slice) -> Tracks:
    position = tracks.position.copy()
    position[gone] = np.nan
    return replace(tracks, position=position)


def measured(tracks: Tracks, *, events=None, bin_s=0.0, **parameters) -> Measures:
    known = {"events": events} if events is not None else {}
    return apply(Rotation(bin_s=bin_s, **parameters), tracks=tracks, **known)


@pytest.mark.parametrize("turns", [1.1, 3.1, -1.1, -3.1, 0.9, -0.9])
def test_full_rounds_are_turns_to_the_side_they_go(turns) -> None:
    m = measured(rounds(turns))
    right, left = np.floor(max(turns, 0)), np.floor(max(-turns, 0))
    assert m.value("turns right") == pytest.approx(right)
    assert m.value("turns left") == pytest.approx(left)
    assert m.value("net turns left") == pytest.approx(left - right)
    assert (m.value("full turns left"), m.value("full turns right")) == (left, right)


@pytest.mark.parametrize(("back_deg", "count"), [(100.0, 1), (200.0, 2)])
def test_turning_back_far_enough_breaks_a_turn_off(back_deg, count) -> None:
    """A round and a half, back by 150°, and half a round and a bit: 370° in all by then."""
    angle = np.deg2rad(np.interp(times(60), [0, 25, 30, 60], [0, 540, 390, 740]))
    m = measured(spinning(angle), back_deg=back_deg)
    assert m.value("turns right") == pytest.approx(count)
    assert m.value("turns left") == 0


def test_wagging_is_no_turn() -> None:
    m = measured(spinning(np.deg2rad(170) * np.sin(times(60))))
    assert m.value("turns right") == m.value("turns left") == m.value("net turns left") == 0


def test_turns_are_per_minute_in_which_both_ends_were_seen() -> None:
    tracks = without(rounds(4.2), slice(900, None))
    assert measured(tracks).value("turns right") == pytest.approx(2 / 0.5, rel=0.01)
    assert measured(tracks).value("full turns right") == 2


@pytest.mark.parametrize("names", [("nose", "tail_base"), ("Snout", "tailbase"), ("nose", "x")])
def test_the_axis_is_found_by_role_and_told(names) -> None:
    m = measured(spinning(2 * np.pi * times(20) / 5, names=names))
    if "x" in names:
        assert np.isnan(m.value("turns right"))
        assert "not in these tracks" in m.row("turns right").definition
    else:
        assert m.value("full turns right") == 4
        assert f"({names[1]} to {names[0]})" in m.row("turns right").definition


def test_an_axis_that_is_named_must_be_there_and_whole() -> None:
    for ends in ({"fore_end": "nose"}, {"fore_end": "nose", "hind_end": "hip"}):
        with pytest.raises(Refusal):
            measured(rounds(1), **ends)


def test_turns_of_events_of_a_name_add_up_and_do_not_join() -> None:
    spans = np.array([[0.0, 7.0], [20.0, 33.0], [50.0, 54.0]])
    events = Episodes.of("cue", spans, np.array([[0.0, 60.0]]))
    m = measured(rounds(10), events=events)
    # One round takes 6 s: one, two, none.
    assert m.value("turns right", "cue") == pytest.approx(3 / (24 / 60), rel=0.01)
    assert m.value("turns right", "cue 3") == 0


def test_every_individual_has_rows_of_its_own() -> None:
    one, other = rounds(3.1), rounds(-2.1)
    position = np.concatenate([one.position, other.position], axis=3)
    seen = np.ones((len(one), 2, 2))
    both = replace(one, position=position, confidence=seen, individuals=("a", "b"))
    rows = {(row.individual, row.quantity): row.value for row in measured(both).rows}
    assert (rows["a", "full turns right"], rows["a", "full turns left"]) == (3, 0)
    assert (rows["b", "full turns right"], rows["b", "full turns left"]) == (0, 2)


def test_half_the_frames_tell_the_same() -> None:
    random = np.random.default_rng(4)
    speed = np.interp(times(120), np.arange(0, 121, 4.0), random.normal(0, 4, 31))
    tracks = spinning(np.cumsum(speed) / RATE)
    every, half = measured(tracks), measured(tracks.take(slice(None, None, 2)))
    for side in ("left", "right"):
        assert every.value(f"full turns {side}") == half.value(f"full turns {side}") > 0


SEEDS = st.integers(0, 99)


def wandering(seed: int) -> Tracks:
    return spinning(np.random.default_rng(seed).normal(0.05, 0.3, 600).cumsum())


@given(SEEDS, st.floats(-np.pi, np.pi))
def test_it_does_not_matter_which_way_the_floor_lies(seed, angle) -> None:
    tracks = wandering(seed)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = replace(tracks, position=np.einsum("ab,tbki->taki", turn, tracks.position))
    one, other = measured(tracks), measured(turned)
    assert [row.value for row in one.rows] == pytest.approx([row.value for row in other.rows])


@given(SEEDS)
def test_in_a_mirror_left_is_right(seed) -> None:
    tracks = wandering(seed)
    mirrored = replace(tracks, position=tracks.position * np.array([-1, 1])[:, None, None])
    one, other = measured(tracks), measured(mirrored)
    assert one.value("turns left") == other.value("turns right")
    assert one.value("net turns left") == -other.value("net turns left")


@given(SEEDS, st.sampled_from([0.25, 3.0]))
def test_a_longer_ruler_and_a_faster_clock(seed, factor) -> None:
    tracks, scale = wandering(seed), Scale(mm=factor, s=2.0)
    one, other = measured(tracks), measured(scale.noun(tracks))
    for row in one.rows:
        assert other.value(row.quantity) == pytest.approx(scale.number(row.value, row.unit))
