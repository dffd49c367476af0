from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Arena, Episodes, Measures, Refusal, Tracks, Zone
from ethoframe.methods.behave.visits import Visits
from ethoframe.methods.measure.groups import Groups
from ethoframe.methods.measure.zones import Zones
from ethoframe.run import apply
from ethoframe.testing.mazes import light_dark

RATE = 20.0
SIDE = 200.0  # px, and twice as many mm
CORNERS = np.array([[0.0, 0.0], [SIDE, 0.0], [SIDE, SIDE], [0.0, SIDE]])


def field(*, scale=True) -> Arena:
    """A square floor with the middle half of each side as its centre, and all else around it."""
    floor = Arena("rectangle", CORNERS, (400.0, 400.0) if scale else None)
    centre = Zone("centre", floor.shrunk(0.5))
    return replace(floor, zones=(centre, Zone("periphery", CORNERS, holes=(centre.outline,))))


def walk(points: np.ndarray, unit="mm", px_per_unit=0.5) -> Tracks:
    points = np.asarray(points, float)
    tracks = Tracks.of(points, np.arange(len(points)) / RATE)
    return replace(tracks, unit=unit, px_per_unit=px_per_unit)


def along(x: np.ndarray) -> Tracks:
    return walk(np.stack([np.asarray(x, float), np.full(len(x), 200.0)], axis=1))


def seen(tracks: Tracks, *spans: tuple[float, float]) -> Episodes:
    """Visits of the centre, in the time in which the animal was seen."""
    return Episodes.of("centre", np.array(spans).reshape(-1, 2), tracks.support_s("centroid"))


def measured(
    tracks: Tracks, visits: Episodes | None = None, *, arena=None, events=None, **parameters
) -> Measures:
    method = Zones(**{"bin_s": 0.0, **parameters})
    given = {"arena": arena or field(), "visits": visits or seen(tracks)}
    known = given if events is None else {**given, "events": events}
    return apply(method, tracks=tracks, **known)


# From wall to wall through the middle in 20 s, at 20 mm/s: the centre is from 100 to 300 mm.
ACROSS = along(np.linspace(0, 400, 401)[:-1] + 0.5)


# There and back at twice the speed: two times through the centre.
TWICE = along(400 - np.abs(399 - 2.0 * np.arange(400)))
CROSSED = seen(TWICE, (2.5, 7.5), (12.5, 17.5))


def test_time_is_that_of_the_frames_inside() -> None:
    m = measured(ACROSS)
    assert m.value("time in centre") == pytest.approx(10.0)
    assert m.value("time in periphery") == pytest.approx(10.0)
    assert m.value("share of time in centre") == pytest.approx(50.0)
    assert m.row("time in centre").unit == "s"


def test_distance_is_that_of_the_steps_that_begin_inside() -> None:
    m = measured(ACROSS)
    assert m.value("distance in centre") == pytest.approx(200.0)
    assert m.value("distance in periphery") == pytest.approx(199.0)
    assert m.row("distance in centre").unit == "mm"


def test_the_interval_is_what_an_edge_further_in_or_out_would_give() -> None:
    row = measured(ACROSS, edge_mm=20.0).row("time in centre")
    assert (row.low, row.high) == pytest.approx((8.0, 12.0))
    row = measured(ACROSS, edge_mm=20.0).row("share of time in centre")
    assert (row.low, row.high) == pytest.approx((40.0, 60.0))


def test_distance_to_the_wall_is_the_mean_to_the_nearest() -> None:
    # It goes up from 0 to 200 mm and down again.
    assert measured(ACROSS).value("distance to wall") == pytest.approx(100.0)
    beyond = walk(np.full((10, 2), -30.0))
    assert measured(beyond).value("distance to wall") == pytest.approx(-np.hypot(30, 30))


def test_entries_and_latency_are_those_of_the_visits() -> None:
    m = measured(TWICE, CROSSED)
    assert m.value("entries to centre") == 2
    assert m.value("latency to centre") == pytest.approx(2.5)
    assert m.value("entries to periphery") == 0
    assert np.isnan(m.value("latency to periphery"))


def test_being_there_at_first_is_no_entry_and_no_wait() -> None:
    off = along(np.abs(400 - np.abs(200 + 2.0 * np.arange(400) - 400)))
    m = measured(off, seen(off, (0.0, 2.5), (7.5, 12.5)))
    assert m.value("entries to centre") == 1
    assert m.value("latency to centre") == 0


def test_being_found_there_again_is_no_entry() -> None:
    inside = along(np.full(200, 200.0))
    position = inside.position.copy()
    position[80:120] = np.nan
    lost = replace(inside, position=position)
    assert measured(lost, seen(lost, (0.0, 4.0), (6.0, 10.0))).value("entries to centre") == 0


@pytest.mark.parametrize("start_s", [0.0, 1.7e9])
def test_the_clock_may_begin_anywhere(start_s) -> None:
    later = replace(ACROSS, times_s=ACROSS.times_s + start_s)
    m = measured(later, seen(later, (start_s + 4.0, start_s + 6.0)))
    assert m.value("entries to centre") == 1
    assert m.value("latency to centre") == pytest.approx(4.0)
    assert m.value("time in centre") == pytest.approx(10.0, abs=1e-3)


def test_each_bin_has_its_own() -> None:
    rows = measured(TWICE, CROSSED, bin_s=8.0).rows

    def of(quantity: str) -> list[float]:
        return [row.value for row in rows if row.quantity == quantity]

    assert of("time in centre") == pytest.approx([10, 5, 3.5, 1.5], abs=0.06)
    assert of("distance in centre") == pytest.approx([400, 200, 140, 60], abs=2.1)
    assert of("entries to centre") == [2, 1, 1, 0]
    # In the second bin it is 4.5 s to the visit; in the last one is going on.
    assert of("latency to centre") == pytest.approx([2.5, 2.5, 4.5, 0])


def test_a_bin_that_begins_during_a_visit_has_no_latency() -> None:
    rows = measured(ACROSS, seen(ACROSS, (4.0, 12.0)), bin_s=8.0).rows
    assert [r.value for r in rows if r.quantity == "latency to centre"][2] == 0


def test_share_is_of_the_time_in_which_it_was_seen() -> None:
    position = ACROSS.position.copy()
    position[:100] = np.nan
    m = measured(replace(ACROSS, position=position))
    assert m.value("time in centre") == pytest.approx(10.0)
    assert m.value("share of time in centre") == pytest.approx(100 * 10 / 15)


def test_without_a_scale_zones_are_those_of_the_picture() -> None:
    """The same walk, told in body lengths of 20 px."""
    in_bl = walk(ACROSS.at("centroid") * 0.5 / 20, unit="bl", px_per_unit=20.0)
    m = measured(in_bl, arena=field(scale=False), edge_bl=0.5)
    assert m.value("time in centre") == pytest.approx(10.0)
    assert m.value("distance in centre") == pytest.approx(200.0 * 0.5 / 20)
    assert m.row("distance in centre").unit == "bl"
    assert m.value("distance to wall") == pytest.approx(100.0 * 0.5 / 20)
    row = m.row("time in centre")
    assert (row.low, row.high) == pytest.approx((8.0, 12.0))


def test_nobody_seen_nothing_known() -> None:
    m = measured(along(np.full(30, np.nan)))
    for row in m.rows:
        assert np.isnan(row.value) or row.quantity.startswith("latency")


@given(st.integers(0, 99), st.floats(-np.pi, np.pi), st.lists(st.integers(0, 290), max_size=4))
def test_centre_and_periphery_share_out_the_session(seed, angle, gone) -> None:
    random = np.random.default_rng(seed)
    points = np.clip(200 + random.normal(0, 15, (300, 2)).cumsum(axis=0), 1, 399)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points[gone] = np.nan
    tracks = walk(points)
    m = measured(tracks)
    both = m.value("time in centre") + m.value("time in periphery")
    looked_s = np.isfinite(points[:, 0]).sum() / RATE
    assert both == pytest.approx(looked_s)
    shares = m.value("share of time in centre") + m.value("share of time in periphery")
    assert shares == pytest.approx(100.0)
    for name in ("centre", "periphery"):
        row = m.row(f"time in {name}")
        assert row.low <= row.value <= row.high
    # Turned in the picture, it is the same floor.
    arena = field()
    turned = replace(
        arena,
        outline=arena.outline @ turn.T,
        zones=tuple(
            Zone(z.name, z.outline @ turn.T, z.definition, holes=tuple(h @ turn.T for h in z.holes))
            for z in arena.zones
        ),
    )
    for row, other in zip(m.rows, measured(tracks, arena=turned).rows, strict=True):
        assert other.value == pytest.approx(row.value, nan_ok=True)


# What "centre" may mean.


def with_ends(tracks: Tracks, ahead: float) -> Tracks:
    """The same walk, with both ends so far before and behind."""
    step = np.array([ahead, 0.0])[:, None, None]
    position = np.concatenate([tracks.position + s * step for s in (0, 1, -1)], axis=2)
    names = ("centroid", "head_end", "tail_end")
    return replace(
        tracks, position=position, confidence=np.ones((len(tracks), 3, 1)), keypoints=names
    )


def test_time_in_the_middle_by_its_share_of_the_floor() -> None:
    m = measured(ACROSS)
    for share, name in ((0.11, "centre 11 %"), (0.25, "centre 25 %"), (0.4, "centre 40 %")):
        row = m.row(f"time in {name}")
        assert row.value == pytest.approx(np.sqrt(share) * 20, abs=0.06)
        # 5 mm further in and out on both sides, at 20 mm/s.
        assert (row.low, row.high) == pytest.approx((row.value - 0.5, row.value + 0.5), abs=0.06)
        assert f"{share:.0%} of the floor" in row.definition
    assert m.value("time in centre 25 %") == m.value("time in centre")


def test_time_away_from_the_wall_is_by_distance_in_mm() -> None:
    assert measured(ACROSS, wall_mm=50.0).value("time away from wall") == pytest.approx(15.0)
    row = measured(ACROSS, wall_mm=150.0).row("time away from wall")
    assert row.value == pytest.approx(5.0)
    assert "150 mm" in row.definition


def test_the_middle_by_other_keypoints() -> None:
    m = measured(with_ends(ACROSS, 50.0))
    assert m.value("time in centre 25 %, head end") == pytest.approx(10.0)
    # It goes 50 mm ahead: from 50 mm on the floor to 50 mm beyond the far wall.
    nose = np.arange(400) + 50.5
    depth = np.minimum(np.minimum(nose, 400 - nose), 200)
    assert m.value("distance to wall, head end") == pytest.approx(depth.mean())
    assert "head_end" in m.row("time away from wall, head end").definition
    assert not any("end" in row.quantity for row in measured(ACROSS).rows)


def test_the_middle_of_a_circle() -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    rim = 100 + 100 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    m = measured(ACROSS, arena=Arena("circle", rim, (400.0, 400.0)))
    assert m.value("time in centre 25 %") == pytest.approx(10.0, abs=0.06)


def test_without_a_scale_the_wall_is_body_lengths_away() -> None:
    points = ACROSS.at("centroid") / 2 / 40  # a body of 40 px
    tracks = walk(points, unit="bl", px_per_unit=40.0)
    m = measured(tracks, arena=field(scale=False), wall_bl=1.25)
    row = m.row("time away from wall")
    assert row.value == pytest.approx(10.0)
    assert "1.25 bl" in row.definition
    assert m.row("distance to wall").unit == "bl"


@pytest.mark.parametrize("share", [0.0, 1.0, 11.0])
def test_a_centre_is_a_share(share) -> None:
    with pytest.raises(Refusal, match="no share"):
        measured(ACROSS, centre_shares=(share,))


# During events.


def test_zones_during_events() -> None:
    tone = Episodes.of("tone", np.array([[0.0, 6.0], [14.0, 20.0]]), np.array([[0.0, 20.0]]))
    m = measured(ACROSS, seen(ACROSS, (5.0, 15.0)), events=tone)
    assert m.value("time in centre", "tone 1") == pytest.approx(1.0, abs=0.06)
    assert m.value("time in centre", "tone") == pytest.approx(2.0, abs=0.06)
    assert m.value("time in centre", "interval") == pytest.approx(8.0, abs=0.06)
    assert m.value("entries to centre", "tone 1") == m.value("entries to centre", "tone") == 1
    assert m.value("entries to centre", "tone 2") == 0
    assert m.value("latency to centre", "tone 1") == pytest.approx(5.0)
    # It is there when the second tone comes on.
    assert m.value("latency to centre", "tone 2") == 0
    assert m.value("latency to centre", "tone") == pytest.approx(5.0)


# One rule for entries and for time unseen, here and in measure/groups.


def test_it_enters_again_once_it_was_seen_outside() -> None:
    alone = replace(field(), zones=field().zones[:1])  # all else of the floor is in no zone
    assert measured(TWICE, CROSSED, arena=alone).value("entries to centre") == 2
    # Of a maze zones are all there is: out over an edge and back it did not leave.
    assert measured(TWICE, CROSSED, arena=alone, maze=True).value("entries to centre") == 1
    assert measured(TWICE, CROSSED, maze=True).value("entries to centre") == 2


def test_lost_outside_and_found_inside_it_has_entered() -> None:
    position = TWICE.position.copy()
    position[40:80] = np.nan  # from 2 to 4 s, and the centre begins at 2.5 s
    lost = replace(TWICE, position=position)
    visits = seen(lost, (4.0, 7.5), (12.5, 17.5))
    assert measured(lost, visits).value("entries to centre") == 2


def test_unseen_in_a_zone_that_hides_it_is_there() -> None:
    position = TWICE.position.copy()
    position[60:140] = np.nan  # from 3 to 7 s
    lost = replace(TWICE, position=position)
    sides = {"centre": measured(lost, apply(Visits(), tracks=lost, arena=field()))}
    for name in ("centre", "nest"):  # nobody drew a nest
        visits = apply(Visits(hidden=name), tracks=lost, arena=field())
        sides[f"hidden in {name}"] = measured(lost, visits)
    assert sides["centre"].value("time in centre") == pytest.approx(6.0, abs=0.06)
    assert sides["centre"].value("share of time in centre") == pytest.approx(100 * 6 / 16, abs=0.4)
    row = sides["hidden in centre"].row("time in centre")
    assert row.value == pytest.approx(10.0, abs=0.06)
    assert row.low <= row.value <= row.high
    assert row.high - row.low < 2.0
    m = sides["hidden in nest"]
    assert m.value("time in nest") == pytest.approx(4.0, abs=0.06)
    assert m.value("share of time in nest") == pytest.approx(20.0, abs=0.4)
    assert m.value("entries to nest") == 1
    assert m.value("latency to nest") == pytest.approx(3.0, abs=0.06)
    assert "nest: not drawn" in m.row("time in nest").definition


@pytest.mark.parametrize("hidden", ["", "dark"])
def test_zones_and_groups_of_zones_say_the_same(hidden) -> None:
    session = light_dark(5)
    tracks = session.tracks
    gone = np.zeros(len(tracks), bool)
    for name, start, stop in session.visits:
        gone |= (name == "dark") & (tracks.times_s >= start) & (tracks.times_s < stop)
    position = np.where(gone[:, None, None, None] & (hidden != ""), np.nan, tracks.position)
    given = {"tracks": replace(tracks, position=position), "arena": session.arena}
    given["visits"] = apply(Visits(hidden=hidden), **given)
    zones = apply(Zones(bin_s=0.0, walls=False, maze=True), **given)
    sides = apply(Groups(groups=("light", "dark"), bin_s=0.0), **given)
    for quantity in ("time in", "entries to", "latency to", "distance in"):
        for side in ("light", "dark"):
            name = f"{quantity} {side}"
            assert zones.value(name) == pytest.approx(sides.value(name), nan_ok=True), name
    assert zones.value("entries to dark") == session.entries("dark")
