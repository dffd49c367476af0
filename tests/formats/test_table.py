from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Measure, Measures, Refusal
from ethoframe.formats import table

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


def measure(**what) -> Measure:
    given = {"quantity": "distance", "value": 1.5, "unit": "mm", "definition": "path, by eye"}
    return Measure(**{**given, "bin_start_s": 0.0, "bin_stop_s": 60.0, **what})


ROW = st.builds(
    measure,
    recording=WORDS,
    quantity=WORDS,
    value=NUMBERS,
    low=NUMBERS,
    high=NUMBERS,
    during=WORDS,
    definition=WORDS,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("tables") / "measures.csv"


@given(st.lists(ROW, max_size=4))
def test_measures_come_back_as_they_were(path, rows) -> None:
    written = Measures(tuple(rows))
    table.write_measures(path, written)
    assert table.read_measures(path) == written


def test_files_from_before_there_were_events_are_of_the_session(path) -> None:
    written = Measures((measure(),))
    table.write_measures(path, written)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    at = rows[0].index("during")
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([*row[:at], *row[at + 1 :]] for row in rows)
    assert table.read_measures(path) == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("video,group\na.mp4,drug\n", "has no column .*quantity.*; name a measures.csv"),
        ("", "has no column"),
    ],
)
def test_other_tables_are_refused(path, text, reason) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=reason):
        table.read_measures(path)


def test_a_number_that_is_none_is_refused_with_its_line(path) -> None:
    table.write_measures(path, Measures((measure(), measure(value=2.25))))
    path.write_text(path.read_text(encoding="utf-8").replace("2.25", "two"), encoding="utf-8")
    with pytest.raises(Refusal, match=r"measures\.csv line 3: value 'two' is no number; "):
        table.read_measures(path)
