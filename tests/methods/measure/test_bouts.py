from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Episodes, Measures, Tracks
from ethoframe.methods.measure.bouts import Bouts
from ethoframe.run import apply

SUPPORT = np.array([[0.0, 40.0], [50.0, 100.0]])
FREEZING = Episodes.of(
    "freezing", np.array([[10.0, 14.0], [30.0, 32.0], [90.0, 100.0]]), SUPPORT, "behave/freezing"
)


def measured(episodes: Episodes = FREEZING, *, tracks=None, events=None, **parameters) -> Measures:
    given = {"tracks": tracks, "events": events}
    known = {name: noun for name, noun in given.items() if noun is not None}
    return apply(Bouts(**{"bin_s": 0.0, **parameters}), episodes=episodes, **known)


def test_time_number_length_and_latency() -> None:
    m = measured()
    assert m.value("time freezing") == 16.0
    assert m.value("share of time freezing") == pytest.approx(100 * 16 / 90)
    assert m.value("bouts freezing") == 3
    assert m.value("mean bout freezing") == pytest.approx(16 / 3)
    assert m.value("latency to freezing") == 10.0
    row = m.row("time freezing")
    assert (row.bin_start_s, row.bin_stop_s) == (0.0, 100.0)


def test_a_bout_counts_in_the_bin_in_which_it_starts() -> None:
    cut = Episodes.of("freezing", np.array([[15.0, 25.0]]), SUPPORT)
    rows = measured(cut, bin_s=20.0).rows
    times = [row.value for row in rows if row.quantity == "time freezing"]
    bouts = [row.value for row in rows if row.quantity == "bouts freezing"]
    lengths = [row.value for row in rows if row.quantity == "mean bout freezing"]
    latencies = [row.value for row in rows if row.quantity == "latency to freezing"]
    assert times == [10.0, 5.0, 5.0, 0.0, 0.0, 0.0]
    assert bouts == [1, 1, 0, 0, 0, 0]
    assert lengths[:3] == pytest.approx([10.0, 10.0, np.nan], nan_ok=True)
    assert latencies[:4] == pytest.approx([15.0, 15.0, 0.0, np.nan], nan_ok=True)


def test_kinds_that_never_came_are_told_when_asked_for() -> None:
    never = Episodes.of("freezing", np.zeros((0, 2)), SUPPORT)
    assert len(measured(never)) == 0
    m = measured(never, labels=("freezing",))
    assert m.value("time freezing") == m.value("bouts freezing") == 0
    assert np.isnan(m.value("mean bout freezing"))
    assert np.isnan(m.value("latency to freezing"))


def test_where_nobody_looked_nothing_is_known() -> None:
    m = measured(bin_s=10.0)
    unseen = [row for row in m.rows if row.bin_start_s == 40.0]
    assert len(unseen) == 5
    assert all(np.isnan(row.value) for row in unseen)


def test_the_session_is_that_of_the_tracks() -> None:
    tracks = Tracks.of(np.zeros((1200, 2)), 5 + np.arange(1200) / 10)
    row = measured(tracks=tracks).row("latency to freezing")
    assert (row.bin_start_s, row.bin_stop_s) == pytest.approx((5.0, 125.0))
    assert row.value == pytest.approx(5.0)


def test_during_events() -> None:
    tone = Episodes.of("tone", np.array([[12.0, 31.0], [60.0, 95.0]]), np.array([[0.0, 100.0]]))
    m = measured(events=tone)
    assert m.value("time freezing", "tone 1") == 3.0
    assert m.value("bouts freezing", "tone 1") == 1
    assert m.value("latency to freezing", "tone 1") == 0.0
    assert m.value("latency to freezing", "tone 2") == 30.0
    assert m.value("time freezing", "tone") == 8.0
    assert m.value("share of time freezing", "tone") == pytest.approx(100 * 8 / 54)


def test_a_definition_is_that_of_the_episodes() -> None:
    told = replace(FREEZING, definition="slower than 3 mm/s")
    assert all("slower than 3 mm/s" in row.definition for row in measured(told).rows)
    assert "behave/freezing" in measured().row("time freezing").definition


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=6), st.floats(3, 60))
def test_bins_add_up_to_the_whole(spans, bin_s) -> None:
    sorted_spans = np.sort(np.array(spans).reshape(-1, 2), axis=1)
    whole = np.array([[0.0, 100.0]])
    m = measured(Episodes.of("x", sorted_spans, whole), bin_s=bin_s, labels=("x",))
    for quantity in ("time x", "bouts x"):
        first, *rest = [row.value for row in m.rows if row.quantity == quantity]
        starting_at_the_end = np.sum(sorted_spans[:, 0] >= 100) if quantity == "bouts x" else 0
        assert sum(rest) == pytest.approx(first)
        assert starting_at_the_end + first >= 0


def test_behaviour_by_zone_and_what_follows_what():
    support = np.array([[0.0, 20.0]])
    groom = Episodes.of("grooming", np.array([[1.0, 5.0], [12.0, 14.0]]), support)
    rear = Episodes.of("rearing", np.array([[6.0, 8.0]]), support)
    zones = Episodes.merged(
        [
            Episodes.of("centre", np.array([[3.0, 7.0]]), support),
            Episodes.of("corner", np.array([[0.0, 3.0], [7.0, 20.0]]), support),
        ]
    )
    seen = Episodes.merged([groom, rear])
    m = apply(Bouts(bin_s=0.0, transitions=True), episodes=seen, zones=zones)
    assert m.value("time grooming in centre") == pytest.approx(2.0)
    assert m.value("time grooming in corner") == pytest.approx(4.0)
    assert m.value("time rearing in centre") == pytest.approx(1.0)
    assert m.value("share of time in centre grooming") == pytest.approx(50.0)
    assert m.value("grooming followed by rearing") == 1
    assert m.value("rearing followed by grooming") == 1
    assert m.value("grooming followed by grooming") == 0


def test_each_individual_has_bouts_of_its_own():
    support = np.array([[0.0, 10.0]])
    parts = [
        Episodes.of("rearing", np.array([[0.0, stop]]), support, individual=who)
        for who, stop in (("a", 1.0), ("b", 4.0))
    ]
    rows = apply(Bouts(bin_s=0.0), episodes=Episodes.merged(parts)).rows
    times = {row.individual: row.value for row in rows if row.quantity == "time rearing"}
    assert times == {"a": 1.0, "b": 4.0}


def test_a_latency_in_a_declared_window_counts_from_its_start() -> None:
    window = Episodes.of("floating", np.array([[150.0, 160.0]]), np.array([[120.0, 360.0]]))
    row = measured(window).row("latency to floating")
    assert row.value == 30.0
    assert row.definition.startswith("from the start of this time that was looked at")
    tracks = Tracks.of(np.zeros((361, 2)), np.arange(361.0))
    of_all = measured(window, tracks=tracks).row("latency to floating")
    assert of_all.value == 150.0
    assert of_all.definition.startswith("from the start of this time to")


def test_a_kind_may_be_all_whose_labels_begin_so() -> None:
    support = np.array([[0.0, 100.0]])
    parts = [
        Episodes.of(f"exploring novel {side}", np.array([[at, at + 5.0]]), support)
        for side, at in (("left", 10.0), ("right", 50.0))
    ]
    seen = Episodes.merged(parts)
    kinds = ("exploring novel", "exploring familiar")
    m = measured(seen, labels=kinds, begins=True)
    assert m.value("time exploring novel") == 10.0
    assert m.value("bouts exploring novel") == 2
    # One that nobody explored is told of all the same.
    assert m.value("time exploring familiar") == 0.0
    assert measured(seen, labels=kinds).value("time exploring novel") == 0.0
