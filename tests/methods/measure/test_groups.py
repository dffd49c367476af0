from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Measures, Tracks, Zone
from ethoframe.methods.behave.visits import Visits
from ethoframe.methods.measure.groups import Groups
from ethoframe.run import apply
from ethoframe.testing.mazes import light_dark

RATE = 20
SQUARE = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]])
ARENA = Arena(
    "polygon",
    SQUARE * [3.0, 1.0],
    unit="mm",
    zones=tuple(
        Zone(name, SQUARE + np.array([100.0 * i, 0.0]))
        for i, name in enumerate(("closed", "centre", "open"))
    ),
)


def told(places: list[tuple[float, float]], *, ahead: list[tuple[float, float]] | None = None):
    """A second at each place and one on the way to the next; the nose ahead of the body."""
    knots = np.arange(2 * len(places))
    t = np.arange(0, 2 * len(places) - 1, 1 / RATE)
    at = [np.repeat(np.array(each, float), 2, axis=0) for each in (places, ahead or places)]
    points = [np.stack([np.interp(t, knots, way[:, k]) for k in (0, 1)], axis=1) for way in at]
    tracks = Tracks(
        np.stack(points, axis=2)[..., None],
        np.ones((len(t), 2, 1)),
        np.arange(len(t)),
        t,
        ("body_centre", "nose"),
        unit="mm",
    )
    also = ("nose",) if ahead else ()
    visits = apply(Visits(also=also), tracks=tracks, arena=ARENA)
    return apply(Groups(also=also, bin_s=0.0), tracks=tracks, arena=ARENA, visits=visits)


def test_over_an_edge_and_back_is_no_entry():
    in_closed, beside, centre, in_open = (50, 50), (50, 130), (150, 50), (250, 50)
    m = told([centre, in_closed, beside, in_closed, centre, in_open, centre, in_closed])
    assert m.value("entries to closed") == 2
    assert m.value("entries to open") == 1
    assert m.value("entries to open and closed") == 3
    assert m.value("time in no zone") > 1.0


def test_a_nose_that_looks_out_does_not_leave_the_arm():
    body = [(150, 50), (250, 50), (250, 50), (250, 50), (150, 50)]
    nose = [(190, 50), (290, 50), (290, 130), (290, 50), (110, 50)]
    m = told(body, ahead=nose)
    assert m.value("entries to open") == 1


def test_out_into_another_zone_and_back_is_an_entry():
    body = [(150, 50), (250, 50), (190, 50), (250, 50)]
    nose = [(190, 50), (290, 50), (230, 50), (290, 50)]
    m = told(body, ahead=nose)
    assert m.value("entries to open") == 2


def test_transitions_and_latencies():
    session = light_dark(7)
    visits = apply(Visits(), tracks=session.tracks, arena=session.arena)
    sides = Groups(groups=("light", "dark"), bin_s=0.0)
    m = apply(sides, tracks=session.tracks, arena=session.arena, visits=visits)
    assert m.value("transitions between light and dark") == 7
    assert m.value("entries to light and dark") == 7
    assert m.value("latency to light") == 0.0
    assert m.value("latency to dark") == pytest.approx(session.visits[1][1], abs=1 / 25)


def test_a_group_that_was_never_visited_has_no_latency():
    m = told([(50, 50), (150, 50), (50, 50)])
    assert np.isnan(m.value("latency to open"))
    assert m.value("entries to open") == 0
    assert m.value("transitions between open and closed") == 0


def lost(tracks: Tracks, start_s: float, stop_s: float) -> Tracks:
    gone = (tracks.times_s >= start_s) & (tracks.times_s < stop_s)
    return replace(tracks, position=np.where(gone[:, None, None, None], np.nan, tracks.position))


def test_an_entry_that_was_not_seen_is_one_all_the_same():
    session = light_dark(3)
    crossed = session.visits[1][1]
    tracks = lost(session.tracks, crossed - 0.5, crossed + 0.5)
    visits = apply(Visits(), tracks=tracks, arena=session.arena)
    sides = Groups(groups=("light", "dark"), bin_s=0.0)
    m = apply(sides, tracks=tracks, arena=session.arena, visits=visits)
    assert (m.value("entries to dark"), m.value("entries to light")) == (2, 1)
    # Lost and found on the same side it did not leave it.
    tracks = lost(session.tracks, 1.0, 2.0)
    visits = apply(Visits(), tracks=tracks, arena=session.arena)
    m = apply(sides, tracks=tracks, arena=session.arena, visits=visits)
    assert (m.value("entries to dark"), m.value("entries to light")) == (2, 1)
    assert m.value("time unseen") == pytest.approx(1.0)


def test_under_a_lid_it_is_in_the_dark():
    session = light_dark(5)
    tracks = session.tracks
    for name, start, stop in session.visits:
        if name == "dark":
            tracks = lost(tracks, start, stop)
    visits = apply(Visits(hidden="dark"), tracks=tracks, arena=session.arena)
    sides = Groups(groups=("light", "dark"), bin_s=0.0)
    m = apply(sides, tracks=tracks, arena=session.arena, visits=visits)
    assert m.value("time in dark") == pytest.approx(session.time_s("dark"), abs=5 / 25)
    assert m.value("time unseen") == 0.0
    assert m.value("entries to dark") == session.entries("dark") == 3
    assert m.value("entries to light") == session.entries("light") == 2
    assert m.value("transitions between light and dark") == 5
    assert np.isnan(m.value("distance in dark"))
    assert m.value("distance in light") > 0
    without = apply(Visits(), tracks=tracks, arena=session.arena)
    m = apply(sides, tracks=tracks, arena=session.arena, visits=without)
    assert m.value("time in dark") == 0.0
    assert m.value("time unseen") == pytest.approx(session.time_s("dark"), abs=5 / 25)


def test_what_was_not_seen_is_not_known():
    tracks = Tracks.of(np.full((40, 2), np.nan), np.arange(40) / RATE, "body_centre")
    tracks = replace(tracks, unit="mm")
    visits = apply(Visits(), tracks=tracks, arena=ARENA)
    m: Measures = apply(Groups(), tracks=tracks, arena=ARENA, visits=visits)
    for quantity in ("time in open", "entries to open", "transitions between open and closed"):
        assert np.isnan(m.value(quantity)), quantity
