from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Episodes, Measures, Refusal, Tracks
from ethoframe.methods.behave.steps import Steps
from ethoframe.methods.measure._gait_between import circular, patterns, regular
from ethoframe.methods.measure.gait import Gait
from ethoframe.run import apply
from ethoframe.testing.walkers import Walker

SIDE = {"fore_paw": 0.55, "hind_paw": 0.0}
WALK = {
    "left_fore_paw": 0.25,
    "right_fore_paw": 0.75,
    "left_hind_paw": 0.0,
    "right_hind_paw": 0.5,
}


def measured(tracks: Tracks, steps: Episodes, **parameters) -> Measures:
    return apply(Gait(**parameters), tracks=tracks, steps=steps)


def told(walker: Walker, **parameters) -> Measures:
    """By the steps as they are."""
    return measured(walker.tracks(), walker.episodes(), **parameters)


def found(tracks: Tracks) -> Measures:
    """By the steps as they are found."""
    return measured(tracks, apply(Steps(), tracks=tracks))


# By true steps, numbers are those of the walk.


@pytest.mark.parametrize("heading_deg", [0.0, 130.0])
def test_strides_are_those_of_the_walk(heading_deg) -> None:
    m = told(Walker(phases=WALK, heading_deg=heading_deg))
    for paw in ("left fore paw", "right hind paw"):
        for quantity, value, unit in (
            ("stance duration", 0.144, "s"),
            ("swing duration", 0.096, "s"),
            ("stride duration", 0.24, "s"),
            ("duty factor", 0.6, "1"),
            ("cadence", 1 / 0.24, "1/s"),
            ("stride length", 60.0, "mm"),
            ("speed of strides", 250.0, "mm/s"),
            ("swing speed", 625.0, "mm/s"),
        ):
            row = m.row(f"{quantity}, {paw}")
            assert (row.value, row.unit) == (pytest.approx(value), unit)
            assert (row.low, row.high) == (pytest.approx(value), pytest.approx(value))
        assert m.value(f"strides, {paw}") in (14, 15, 16)


def test_how_paws_go_together_is_that_of_the_walk() -> None:
    m = told(Walker(phases=WALK, base_mm=22.0))
    for pair, phase in (
        ("left hind to right hind", 0.5),
        ("left hind to left fore", 0.25),
        ("left hind to right fore", 0.75),
        ("right hind to left fore", 0.75),
    ):
        assert m.value(f"phase, {pair}") == pytest.approx(phase)
        assert m.value(f"phase consistency, {pair}") == pytest.approx(1.0)
    assert m.value("base of support, hind paws") == pytest.approx(22.0)
    assert m.value("stance asymmetry, hind paws") == pytest.approx(0.0, abs=1e-6)
    assert m.value("regularity index") == 100.0
    # Left hind, left fore, right hind, right fore, over and over.
    assert m.value("step pattern Ab") == pytest.approx(100.0)
    for row in m.rows:
        if "phase" in row.quantity and "steps" not in row.quantity:
            assert "not validated" in row.definition


def test_a_limp_is_asymmetric() -> None:
    walker = Walker(phases=WALK)
    lame = replace(walker, duty=0.5).episodes().only("left hind paw swing", "left hind paw stance")
    rest = walker.episodes()
    kept = [label for label in dict.fromkeys(rest.labels) if not label.startswith("left hind")]
    m = measured(walker.tracks(), Episodes.merged([rest.only(*kept), lame]))
    assert m.value("stance asymmetry, hind paws") == pytest.approx(200 * (0.5 - 0.6) / 1.1)
    assert m.value("swing asymmetry, hind paws") == pytest.approx(200 * (0.5 - 0.4) / 0.9)


def test_only_strides_seen_from_touch_down_to_touch_down_count() -> None:
    walker = Walker(phases=SIDE, lasts_s=0.6)
    # Touch-downs at 0.24 and 0.48 s; that at 0 may be older.
    assert told(walker).value("strides, hind paw") == 1
    for seconds in (0.2, 0.4):
        m = told(replace(walker, lasts_s=seconds))
        assert m.value("strides, hind paw") == 0
        assert np.isnan(m.value("stride length, hind paw"))


def test_without_a_scale_lengths_are_body_lengths() -> None:
    walker = Walker(phases=SIDE)
    tracks = walker.tracks()
    shown = replace(tracks, position=3.0 * tracks.position + 40.0, unit="px")
    row = measured(shown, walker.episodes()).row("stride length, hind paw")
    assert (row.value, row.unit) == (pytest.approx(60.0 / 90.0), "bl")
    unnamed = replace(shown, keypoints=("a", "b", *SIDE))
    with pytest.raises(Refusal):
        measured(unnamed, walker.episodes())


def test_on_a_belt_its_way_is_added() -> None:
    walker = Walker(phases=SIDE)
    tracks = walker.tracks()
    position = tracks.position.copy()
    position[:, 0] -= walker.speed_mm_per_s * walker.times_s[:, None, None]
    m = measured(replace(tracks, position=position), walker.episodes(), belt_mm_per_s=250.0)
    assert m.value("stride length, hind paw") == pytest.approx(60.0)
    assert m.value("speed of strides, hind paw") == pytest.approx(250.0)


def test_a_paw_that_drops_below_the_beam_slips() -> None:
    walker = Walker(phases=SIDE)
    tracks = walker.tracks()
    position = tracks.position.copy()
    position[:, 1] += 0.05 * position[:, 0]  # the beam goes down
    position[150:156, 1, 3] += 8.0
    position[250, 1, 3] += 8.0  # one frame only
    position[300:310, 1, 3] += 2.0  # hardly
    m = measured(replace(tracks, position=position), walker.episodes())
    assert m.value("slips, hind paw") == 1
    assert m.value("slips, fore paw") == 0
    assert "not validated" in m.row("slips, hind paw").definition


def test_every_stride_can_be_told_with_its_speed() -> None:
    m = told(Walker(phases=SIDE), each_stride=True)
    rows = [row for row in m.rows if row.during.startswith("hind paw stride")]
    speeds = [row for row in rows if row.quantity == "speed of strides, hind paw"]
    assert len(speeds) == m.value("strides, hind paw")
    assert [row.value for row in speeds] == pytest.approx([250.0] * len(speeds))
    assert speeds[0].bin_start_s == pytest.approx(0.24)
    assert speeds[1].during == "hind paw stride 2"


def test_strides_belong_to_the_time_in_which_they_begin() -> None:
    walker = Walker(phases=SIDE)
    tone = Episodes.of("tone", np.array([[1.0, 2.0]]), np.array([[0.0, 4.0]]))
    m = apply(Gait(), tracks=walker.tracks(), steps=walker.episodes(), events=tone)
    assert m.value("strides, hind paw", "tone") == 4  # at 1.2, 1.44, 1.68 and 1.92 s


# Sequences and angles.


def test_orders_and_their_patterns() -> None:
    trot = ["left fore", "right hind", "right fore", "left hind"]
    assert patterns(trot * 3)["Ab"] == 1.0
    assert np.isnan(regular(trot[:3]))
    hop = ["left hind", "left hind", "right hind", "left hind", "right hind"]
    assert regular(hop) == 0.0
    assert all(np.isnan(share) for share in patterns(hop).values())


def test_means_of_phases_go_round_the_circle() -> None:
    mean, length = circular(np.array([0.95, 0.05, 0.0]))
    assert min(mean, 1 - mean) == pytest.approx(0.0, abs=1e-9)
    assert length > 0.95
    assert np.isnan(circular(np.array([0.0, 0.25, 0.5, 0.75]))[0])
    assert np.isnan(circular(np.zeros(0))).all()


# From tracks to numbers: the same walk, filmed otherwise.

FIRM = ("stance duration", "swing duration", "duty factor", "cadence", "stride length")
WALKERS = [
    Walker(phases=WALK),
    Walker(phases=WALK, speed_mm_per_s=120.0, stride_mm=45.0, duty=0.7),
    Walker(phases=WALK, speed_mm_per_s=600.0, stride_mm=90.0, duty=0.45),
]


def moved(one: Measures, other: Measures) -> float:
    """By how much numbers differ at most, as a share; 0 where the other is not to be trusted."""
    most = 0.0
    for quantity in FIRM:
        name = f"{quantity}, left hind paw"
        if not other.row(name).definition.startswith("NOT TO BE TRUSTED"):
            most = max(most, abs(other.value(name) / one.value(name) - 1))
    return most


@pytest.mark.parametrize("walker", WALKERS)
def test_numbers_move_by_three_per_cent_or_are_not_to_be_trusted(walker) -> None:
    every = found(walker.tracks())
    assert moved(every, found(walker.tracks().take(slice(None, None, 2)))) < 0.03
    third = found(walker.tracks().take(slice(None, None, 3)))
    assert third.row("duty factor, left hind paw").definition.startswith("NOT TO BE TRUSTED")
    for jitter_mm in (0.3, 0.9, 3.6):
        shaky = found(replace(walker, jitter_mm=jitter_mm).tracks())
        assert moved(every, shaky) < 0.03
        trusted = not shaky.row("duty factor, left hind paw").definition.startswith("NOT")
        assert trusted == (jitter_mm < 2)


def test_twice_the_resolution_tells_the_same() -> None:
    tracks = replace(WALKERS[0].tracks(), unit="px")
    double = found(replace(tracks, position=2.0 * tracks.position))
    for row in found(tracks).rows:
        assert double.value(row.quantity) == pytest.approx(row.value, nan_ok=True, abs=1e-9)
