from __future__ import annotations

from dataclasses import replace

from ethoframe.data import Row, Sheet
from ethoframe.data.sheet import Problem, contradictions, refusal


def test_rows_of_a_recording():
    rows = (
        Row(line=2, video=("a.mp4", "b.mp4"), arena="left"),
        Row(line=3, video=("c.mp4",)),
        Row(line=4, video=("a.mp4", "b.mp4"), arena="right"),
    )
    sheet = Sheet("animals.csv", rows, ("video", "arena"))
    assert [row.line for row in sheet.of("a.mp4", "b.mp4")] == [2, 4]
    assert sheet.of("a.mp4") == ()
    assert len(sheet) == 3


def test_sheets_are_equal_by_what_they_say():
    one, other = (Sheet("a.csv", (Row(line=2, video=("a",), others={"x": x}),)) for x in "12")
    assert one != other
    assert one == Sheet("a.csv", (Row(line=2, video=("a",), others={"x": "1"}),))
    assert one.fingerprint() != other.fingerprint()


def test_rows_that_agree():
    rows = [
        Row(line=2, video=("a",), arena="x", subject="1", session="d1"),
        Row(line=3, video=("a",), arena="y", subject="2", session="d1"),
        Row(line=4, video=("b",), subject="1", session="d2"),
        Row(line=5, video=("c",), subject="1", session="d2", others={"trial": "2"}),
    ]
    assert contradictions(rows) == []


def test_problems_are_told_in_the_order_of_lines():
    rows = [
        Row(line=2, video=("a",), arena="x"),
        Row(line=3, video=("b",), subject="1", session="d"),
        Row(line=4, video=("a",)),
        Row(line=5, video=("c",), subject="1", session="d"),
    ]
    assert [problem.line for problem in contradictions(rows)] == [4, 5]


def test_a_remedy_is_told_once():
    problems = [Problem(line, "is odd", "mend it") for line in (2, 3)]
    assert str(refusal("a.csv", problems)).count("mend it") == 1


def test_one_spelling_of_each_word():
    words = ("drug ", "saline", "Drug", "drug", "high  dose", "High dose")
    rows = tuple(
        Row(line=k, video=(f"{k}",), subject=f"M{k}", group=word, others={"individual": word})
        for k, word in enumerate(words)
    )
    one = Sheet("a.csv", rows).spelled()
    assert len({row.group for row in one.rows}) == 3
    assert [row.others["individual"] for row in one.rows] == list(words)
    assert len(one.notes) == 3
    assert all(note.startswith("group: ") for note in one.notes)
    assert one.spelled() is one
    assert one == Sheet("a.csv", one.rows)


def test_a_row_that_is_there_twice():
    row = Row(line=2, video=("a",), subject="1", session="d")
    (problem,) = contradictions([row, replace(row, line=9)])
    assert problem[:2] == (9, "it is the row of line 2 once more, 1 in a")
