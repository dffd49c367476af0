from __future__ import annotations

from dataclasses import replace

from ethoframe.data import Measures
from ethoframe.report.heading import key_numbers
from ethoframe.report.tables import MOST_BINS, bins_table, time_bins, whole_session, whole_table


def test_whole_session_is_the_longest_of_each(session):
    whole = whole_session(session.measures)
    assert [row.quantity for row in whole] == ["distance", "mean speed", "latency to centre"]
    assert len(whole) + len(time_bins(session.measures)) == len(session.measures)


def test_individuals_are_told_apart(session):
    rows = session.measures.rows[:3]
    two = Measures((*rows, *(replace(row, individual="second") for row in rows)))
    assert len(whole_session(two)) == 6
    assert whole_table(two).count("second") == 3


def test_many_bins_are_cut_and_that_is_said(session):
    row = session.measures.rows[0]
    bins = [replace(row, bin_start_s=float(i), bin_stop_s=i + 1.0) for i in range(1000)]
    table = bins_table(Measures((row, *bins)))
    assert f"The first {MOST_BINS} of 1000 bins" in table
    assert table.count("<td") == MOST_BINS


def test_key_numbers_leave_out_the_undefined(session):
    html = key_numbers(session)
    assert "latency" not in html
    assert html.index("distance") < html.index("mean speed")
    assert "1.235 <span>m</span>" in html


def test_one_long_bin_is_not_told_twice(session):
    row = session.measures.rows[0]
    assert bins_table(Measures((row, replace(row)))) == ""
