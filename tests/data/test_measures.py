from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Measure, Measures


def measure(quantity: str, value: float, stop_s: float = 60.0) -> Measure:
    return Measure(
        quantity=quantity,
        value=value,
        unit="mm",
        bin_start_s=0.0,
        bin_stop_s=stop_s,
        definition="path length",
    )


ROWS = Measures(
    (measure("distance", 1.0, 30.0), measure("distance", 3.0), measure("speed", np.nan))
)


def test_the_row_of_the_longest_time():
    assert ROWS.value("distance") == 3.0
    assert ROWS.row("distance").bin_stop_s == 60.0
    assert np.isnan(ROWS.value("speed"))
    with pytest.raises(KeyError, match="path"):
        ROWS.value("path")


def test_compared_by_every_column():
    assert Measures(tuple(ROWS.rows)) == ROWS
    assert hash(Measures(tuple(ROWS.rows))) == hash(ROWS)
    assert ROWS.of(subject="m1") != ROWS
    assert Measures() == Measures(())


def test_joined_part_after_part():
    parts = [Measures(ROWS.rows[:1]), Measures(), Measures(ROWS.rows[1:])]
    assert Measures.joined(parts) == ROWS
    assert len(Measures.joined([])) == 0


def test_whose_they_are():
    filled = ROWS.of(recording="a.mp4", subject="m1")
    assert {(row.recording, row.subject) for row in filled.rows} == {("a.mp4", "m1")}
    assert [row.value for row in filled.rows][:2] == [1.0, 3.0]


def test_columns_begin_with_whose_they_are():
    assert Measure.columns()[:6] == (
        "recording",
        "arena",
        "individual",
        "subject",
        "quantity",
        "value",
    )


def test_rows_about_events_are_apart_from_those_of_the_session():
    tones = [
        replace(measure("distance", v, 90.0), during=d) for v, d in ((5.0, "tone 1"), (9.0, "tone"))
    ]
    rows = Measures((*ROWS.rows, *tones))
    assert rows.value("distance") == 3.0
    assert rows.value("distance", "tone") == 9.0
    assert rows.during() == ROWS
    assert [row.value for row in rows.during("tone 1").rows] == [5.0]
    with pytest.raises(KeyError):
        rows.value("speed", "tone")
