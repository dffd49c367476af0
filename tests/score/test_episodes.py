"""Episodes beside the truth: by time, by event, over recordings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Episodes
from ethoframe.score._matching import matched, near, overlap
from ethoframe.score._timeline import confusion, even_cuts, timeline
from ethoframe.score.episodes import Pair, blocks_for, compared, summary
from ethoframe.score.time_share import time_shares

RATE = 25.0


def said(*spans, until=100.0, label="rear"):
    return Episodes.of(label, np.array(spans, float).reshape(-1, 2), np.array([[0.0, until]]))


bouts = st.lists(st.integers(1, 60), min_size=0, max_size=16).map(
    lambda steps: np.cumsum(steps)[: len(steps) // 2 * 2].reshape(-1, 2) / 10
)


@settings(deadline=None, max_examples=40)
@given(bouts, bouts)
def test_stretches_say_what_frames_say(one, two):
    """A table of frames, written out frame by frame, gives the same confusion."""
    both = [said(*one), said(*two)]
    along = timeline(both, ["rear"], RATE)
    table = confusion(*along.of("rear"), along.weight, 2)
    frames = np.arange(int(100 * RATE)) / RATE + 1e-9
    first, second = (
        np.any([(frames >= a) & (frames < b) for a, b in spans] or [frames < 0], axis=0)
        for spans in (one, two)
    )
    for i in (0, 1):
        for j in (0, 1):
            assert table[i, j] == np.sum((first == i) & (second == j))


def test_time_that_one_did_not_look_at_counts_for_nobody():
    told = compared(Pair("m", said((0, 10), (60, 70)), said((0, 10), until=50.0)), "rear")
    assert told.f1 == 1.0
    assert told.event_f1(0.5) == 1.0
    assert told.seconds == (10.0, 10.0)
    assert told.both_s == 50.0
    # The first second is where the support begins: nobody knows when that bout began.
    assert np.isnan(told.edges_s[0, 0])
    assert told.edges_s[0, 1] == 0.0


def test_nobody_saw_it():
    told = compared(Pair("m", said(), said()), "rear")
    assert np.isnan(told.f1)
    assert np.isnan(told.event_f1(0.2))
    assert np.isnan(told.kappa)


def test_matching_takes_most_pairs_first():
    # Greedy by overlap would take the pair of 0.67 alone; two pairs can be had.
    one, two = np.array([[0.0, 3.0], [3.0, 6.0]]), np.array([[0.5, 3.5], [-3.0, 0.9]])
    assert overlap(one, two)[0, 0] > 0.7
    assert len(matched(one, two, 0.05)) == 2
    assert matched(one, two, 0.2).tolist() == [[0, 0]]


@settings(deadline=None, max_examples=40)
@given(bouts, bouts)
def test_matching_is_one_to_one_and_symmetric(one, two):
    pairs = matched(one, two, 0.2)
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    assert all(overlap(one[[a]], two[[b]])[0, 0] >= 0.2 for a, b in pairs)
    assert len(matched(two, one, 0.2)) == len(pairs)


def test_blocks_part_time_evenly_and_sum_up():
    pair = Pair("m", said((1, 9), (40, 55)), said((2, 9), (41, 60), (80, 90)))
    whole, parts = (compared(pair, "rear", blocks=blocks) for blocks in (1, 5))
    assert parts.table.sum(axis=(1, 2)) == pytest.approx([20.0] * 5)
    assert parts.table.sum(axis=0) == pytest.approx(whole.table[0])
    assert parts.events[0.5].sum(axis=0).tolist() == whole.events[0.5][0].tolist()
    assert parts.f1 == whole.f1


def test_no_block_has_more_hits_than_events():
    pair = Pair("m", said((19, 30), (59, 70)), said((21, 30), (61, 70)))
    table = compared(pair, "rear", blocks=5).events[0.5]
    assert table.sum(axis=0).tolist() == [2, 2, 2]
    assert np.all(table[:, :1] <= table[:, 1:])


def test_one_recording_has_no_limits():
    told = summary([compared(Pair("m", said((1, 2)), said((1, 3))), "rear")] * 2, draws=0)
    assert "seconds_bias" in told
    assert "seconds_limit_low" not in told


def test_cuts_skip_what_nobody_looked_at():
    support = np.array([[0.0, 10.0], [90.0, 100.0]])
    one = Episodes.of("rear", np.empty((0, 2)), support)
    assert even_cuts(timeline([one, one], ["rear"]), 4).tolist() == [5.0, 90.0, 95.0]


def test_summary_over_recordings():
    pairs = [
        Pair(f"m{k}", said((10, 20 + k), (50, 60)), said((10, 20), (50, 61))) for k in range(4)
    ]
    assert blocks_for(pairs, "rear") == 1
    told = summary([compared(pair, "rear") for pair in pairs], draws=200)
    assert told["frame_recall"].value == pytest.approx(80 / 84)
    assert told["frame_precision"].value == pytest.approx(80 / 86)
    assert told["frame_f1"].value == pytest.approx(160 / 170)
    assert told["event_f1_iou_0.5"].value == 1.0
    assert told["offset_bias_s"].value == pytest.approx(-0.5)
    assert told["seconds_bias"].value == pytest.approx(0.5)
    assert told["bouts_bias"].value == 0.0
    assert all(each.n == 4 for name, each in told.items() if not name.startswith(("on", "off")))


def test_one_recording_has_intervals_by_blocks():
    spans = [(10.0 * k, 10.0 * k + 4) for k in range(1, 9)]
    pair = Pair("m", said(*spans), said(*[(a + 1, b) for a, b in spans]))
    assert blocks_for([pair], "rear") == 4
    told = summary([compared(pair, "rear", blocks=4)], draws=200)
    assert told["frame_f1"].n == 4
    assert told["seconds_bias"].n == 1


def test_percent_of_bins_and_cues():
    pair = Pair("m", said((0, 30)), said((0, 60)))
    found = time_shares(pair, "rear", 50.0)
    assert [(each.answer, each.truth) for each in found] == [(60.0, 100.0), (0.0, 20.0)]
    tone = Episodes.of("tone", np.array([[20.0, 40.0], [60.0, 80.0]]), np.array([[0.0, 100.0]]))
    found = time_shares(pair, "rear", cues=tone)
    assert {each.name: (each.answer, each.truth) for each in found} == {
        "m tone 1": (50.0, 100.0), "m tone 2": (0.0, 0.0), "m interval 1": (100.0, 100.0),
        "m interval 2": (0.0, 100.0), "m interval 3": (0.0, 0.0),
    }  # fmt: skip


times = st.lists(st.integers(0, 200), max_size=9, unique=True).map(
    lambda steps: np.sort(np.array(steps, float)) / 10
)


@given(times, times)
def test_times_are_paired_as_often_as_can_be(one, two):
    from scipy.optimize import linear_sum_assignment

    fits = np.abs(one[:, None] - two[None, :]) <= 0.5 + 1e-9
    rows, columns = linear_sum_assignment(fits, maximize=True)
    pairs = near(one, two, 0.5)
    assert len(pairs) == np.count_nonzero(fits[rows, columns])
    assert fits[pairs[:, 0], pairs[:, 1]].all()
    assert len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1])) == len(pairs)


def test_events_without_length_are_matched_by_when_they_are():
    told = compared(Pair("m", said((1, 1), (9, 9), (30, 30)), said((1.4, 1.4), (8, 8))), "rear")
    assert told.start_f1 == pytest.approx(2 / 5)
    assert told.bouts == (3, 2)
    assert not told.timed
    assert np.isnan([told.f1, told.kappa, told.event_f1(0.2)]).all()
    # One press among bouts: it is an event, and no time.
    mixed = compared(Pair("m", said((1, 3), (9, 9)), said((1, 3), (9.2, 9.4))), "rear")
    assert mixed.timed
    assert mixed.start_f1 == 1.0
    assert mixed.bouts == (2, 2)
    assert mixed.event_f1(0.5) == pytest.approx(2 / 3)
    assert np.isnan(compared(Pair("m", said((1, 3)), said((1, 3))), "rear").start_f1)


def test_overlapping_bouts_are_one_in_time_and_in_number():
    told = compared(Pair("m", said((1, 3), (1.5, 3.1)), said((1, 3.1))), "rear")
    assert told.bouts == (1, 1)
    assert told.f1 == told.event_f1(0.5) == 1.0
