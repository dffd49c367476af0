"""Cells of tables that other programs write."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.formats._cells import LOOKED_AT, tables

TITLES = ["", "Open field 2\n", "Open field, mice of June\n\n", "Export; of June\n"]


def cells(text, name="a.csv", most=None):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8", newline="")
        return [row for row in next(tables(path, most)) if row]


@st.composite
def written(draw):
    """A separator, and a table with a heading whose numbers have points, or commas where they may.

    Labels hold anything, the separators and quotes as well.
    """
    separator = draw(st.sampled_from(",;\t"))
    comma = separator != "," and draw(st.booleans())
    number = st.decimals(-1000, 1000, places=2).map(str)
    number = number.map(lambda cell: cell.replace(".", ",")) if comma else number
    label = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
    label |= st.text(',;\t" 1a', max_size=12) | st.lists(number, max_size=3).map(";".join)
    kinds = draw(st.lists(st.sampled_from([number, label]), min_size=2, max_size=6))
    heading = tuple(f"column {at}" for at in range(len(kinds)))
    rows = draw(st.lists(st.tuples(*kinds), max_size=12))
    return separator, [heading, *rows]


def as_text(rows, separator):
    with tempfile.TemporaryFile("w+", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
        file.seek(0)
        return file.read()


@given(written())
def test_a_table_is_read_as_it_was_written(made):
    separator, rows = made
    found = cells(as_text(rows, separator))
    assert found == [tuple(cell.strip() for cell in row) for row in rows]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("count", [2, 3, 8])
def test_commas_of_decimals_separate_nothing(title, separator, count):
    rows = [tuple(f"c{at}" for at in range(count))]
    rows += [tuple(f"{row},{at}" for at in range(count)) for row in range(5)]
    assert cells(title + as_text(rows, separator))[-6:] == rows


def test_semicolons_in_cells_between_commas():
    rows = [("video", "start", "label")]
    rows += [(f"a{at}.mp4;b{at}.mp4;c{at}.mp4", str(at), "rear; supported") for at in range(20)]
    assert cells(as_text(rows, ",")) == rows
    assert cells(as_text(rows[:2], ",")) == rows[:2]


def test_a_heading_of_another_width_does_not_count_against_it():
    heading = [("lines", "40"), *((f"what {at}", "Tue, 3 June, 9:00") for at in range(36))]
    rows = [("time", "x", "y", "z"), *((f"{at},5", "1,5", "-", "2,5") for at in range(200))]
    assert cells(as_text([*heading, *rows], ";")) == [*heading, *rows]


def test_what_is_looked_at_is_enough_for_a_few_lines():
    rows = [("start", "stop", "label"), *((f"{at},5", f"{at},7", "a, b") for at in range(9))]
    assert cells(as_text(rows, ";"), most=8) == rows[:8]
    assert cells(as_text(rows, ";"), most=1) == rows[:1]


def test_long_quoted_cells_do_not_hide_the_separator():
    rows = [("what", "note"), *((str(at), "a, b\n" * 8 + "c") for at in range(LOOKED_AT))]
    assert cells(as_text(rows, ";")) == rows
