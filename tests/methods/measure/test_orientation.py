from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Arena, Measures, Refusal, Tracks, Zone
from ethoframe.methods.measure.orientation import Orientation
from ethoframe.run import apply

RATE = 50.0


def facing(angle: np.ndarray, rate=RATE, centre=(0.0, 0.0), jitter=0.0) -> Tracks:
    """A head that turns on the spot, 20 mm from its middle to the nose."""
    ahead = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    places = [centre + 20 * ahead, centre + 0 * ahead, centre - 60 * ahead]
    position = np.stack(places, axis=2)[..., None]
    position = position + jitter * np.random.default_rng(5).normal(size=position.shape)
    count = len(angle)
    names = ("nose", "head", "tail_base")
    clock = np.arange(count) / rate
    return Tracks(position, np.ones((count, 3, 1)), np.arange(count), clock, names, unit="mm")


def measured(tracks: Tracks, arena=None, **parameters) -> Measures:
    given = {"arena": arena} if arena is not None else {}
    return apply(Orientation(bin_s=0.0, **parameters), tracks=tracks, **given)


def square(middle, side: float, name="object") -> Arena:
    corners = side / 2 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    floor = Arena("rectangle", 1000 * corners / side, (1000.0, 1000.0), unit="mm")
    return replace(floor, zones=(Zone(name, np.array(middle) + corners),))


def times(seconds: float, rate=RATE) -> np.ndarray:
    return np.arange(round(seconds * rate)) / rate


def test_a_steady_turn() -> None:
    m = measured(facing(np.deg2rad(90.0) * times(8)))
    assert m.value("angular speed") == pytest.approx(90.0)
    assert m.value("heading consistency") == pytest.approx(0.0, abs=1e-6)
    assert "head to nose" in m.row("angular speed").definition


def test_a_mean_heading_goes_round_the_circle() -> None:
    angle = np.deg2rad(np.where(np.arange(400) % 2, 170.0, -170.0))
    m = measured(facing(angle))
    assert abs(m.value("heading")) == pytest.approx(180.0)
    assert m.value("heading consistency") == pytest.approx(np.cos(np.deg2rad(10.0)))


def test_looking_at_a_place_is_facing_it_within_the_cone() -> None:
    """It sweeps over 360° in 36 s; a keypoint is to be seen along x."""
    angle = np.deg2rad(10.0) * (times(36) - 18)
    tracks = facing(angle)
    far = np.tile([1e6, 0.0], (len(tracks), 1))[:, :, None, None]
    position = np.concatenate([tracks.position, far], axis=2)
    seen = np.ones((len(tracks), 4, 1))
    with_cue = replace(
        tracks, position=position, confidence=seen, keypoints=(*tracks.keypoints, "cue")
    )
    m = measured(with_cue, at=("cue",), within_deg=20.0)
    assert m.value("time looking at cue") == pytest.approx(4.0, abs=0.03)
    assert m.value("bouts looking at cue") == 1
    assert m.value("share of time looking at cue") == pytest.approx(100 * 4 / 36, abs=0.1)


def test_a_zone_is_as_wide_as_it_seems() -> None:
    angle = np.deg2rad(10.0) * (times(36) - 18)
    # From the nose, 20 mm ahead of the middle: near enough from the middle at this distance.
    m = measured(facing(angle), square((4000.0, 0.0), 2000.0), within_deg=5.0)
    wide = 2 * (np.rad2deg(np.arctan2(1000.0, 3000.0)) + 5.0)
    assert m.value("time looking at object") == pytest.approx(wide / 10, abs=0.06)


def test_nobody_looks_at_what_is_all_round() -> None:
    m = measured(facing(times(10)), square((0.0, 0.0), 400.0))
    assert m.value("time looking at object") == 0.0


def test_short_interruptions_end_no_bout_and_glances_are_none() -> None:
    angle = np.zeros(500)
    angle[100:103] = np.pi  # 0.06 s away
    angle[200:300] = np.pi
    angle[250:253] = 0.0  # a glance of 0.06 s
    m = measured(facing(angle), square((300.0, 0.0), 50.0))
    assert m.value("bouts looking at object") == 2
    assert m.value("time looking at object") == pytest.approx(8.0)


def test_everybody_may_look_at_the_other() -> None:
    one, other = facing(np.zeros(200)), facing(np.zeros(200), centre=(300.0, 10.0))
    position = np.concatenate([one.position, other.position], axis=3)
    seen = np.ones((200, 3, 2))
    both = replace(one, position=position, confidence=seen, individuals=("a", "b"))
    rows = {(row.individual, row.quantity): row.value for row in measured(both).rows}
    assert rows["a", "time looking at b"] == pytest.approx(4.0)
    assert rows["b", "time looking at a"] == 0.0


def test_where_it_was_not_seen_nothing_is_known() -> None:
    tracks = facing(np.zeros(200))
    position = np.full_like(tracks.position, np.nan)
    m = measured(replace(tracks, position=position), square((300.0, 0.0), 50.0))
    assert all(np.isnan(row.value) for row in m.rows)


def test_without_two_keypoints_of_a_head_it_is_refused() -> None:
    tracks = facing(np.zeros(50))
    with pytest.raises(Refusal):
        measured(replace(tracks, keypoints=("a", "b", "c")))
    with pytest.raises(Refusal):
        measured(tracks, fore_end="nose")


def turning(rate=RATE, jitter=0.0) -> Tracks:
    at = np.arange(0, 61, 1.0)
    angle = np.interp(times(60, rate), at, np.random.default_rng(2).normal(0, 1, 61).cumsum())
    return facing(angle, rate, jitter=jitter)


def test_half_the_frames_and_jitter_move_it_little_or_it_is_not_to_be_trusted() -> None:
    every = measured(turning()).value("angular speed")
    half = measured(turning().take(slice(None, None, 2))).value("angular speed")
    assert half == pytest.approx(every, rel=0.03)
    for jitter in (0.1, 0.3, 1.0, 3.0):
        row = measured(turning(jitter=jitter)).row("angular speed")
        doubted = row.definition.startswith("NOT TO BE TRUSTED")
        assert doubted or row.value == pytest.approx(every, rel=0.03)
        assert doubted == (jitter > 0.5)


@given(st.floats(-180.0, 180.0), st.floats(0.1, 10.0))
def test_turning_the_picture_turns_the_heading_alone(degrees, factor) -> None:
    tracks = turning().take(slice(0, 300))
    a = np.deg2rad(degrees)
    turn = factor * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    turned = replace(tracks, position=np.einsum("ab,tbki->taki", turn, tracks.position))
    one, other = measured(tracks), measured(turned)
    assert other.value("angular speed") == pytest.approx(one.value("angular speed"))
    off = (other.value("heading") - one.value("heading") - degrees + 180) % 360 - 180
    assert off == pytest.approx(0.0, abs=1e-6)
