from __future__ import annotations

import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Correction, Refusal
from ethoframe.formats import corrections
from ethoframe.formats.corrections import COLUMNS, Book, Line

HEADING = ",".join(COLUMNS)


@pytest.fixture
def write(tmp_path):
    def written(*lines: str, heading: str = HEADING, encoding: str = "utf-8"):
        path = tmp_path / "corrections.csv"
        path.write_bytes("\n".join([heading, *lines, ""]).encode(encoding))
        return path

    return written


def test_each_kind_of_line(write) -> None:
    book = corrections.read(
        write(
            "m1/cam1.mp4,,0:00,0:12.5,ignore,,,,AB,hand",
            "m2/cam1.mp4,left,61.2,,point,centroid,212,148.5,AB,",
            "m2/cam1.mp4,left,1:02:10,end,Swap_ends,,,,,",
        )
    )
    ignore, point, swap = (line.correction for line in book.lines)
    assert (ignore.what, ignore.start_s, ignore.stop_s) == ("ignore", 0, 12.5)
    assert (ignore.author, ignore.note, ignore.keypoint) == ("AB", "hand", "")
    assert math.isnan(ignore.x_px)
    assert (point.start_s, point.stop_s) == (61.2, 61.2)
    assert (point.keypoint, point.x_px, point.y_px) == ("centroid", 212, 148.5)
    assert (swap.what, swap.start_s, swap.stop_s) == ("swap ends", 3730, math.inf)
    assert [line.line for line in book.lines] == [2, 3, 4]


def test_columns_are_found_by_name(write) -> None:
    path = write("ignore;3,5;m.mp4;x", heading="What; start ;recording;colour", encoding="utf-8")
    (line,) = corrections.read(path).lines
    assert (line.recording, line.correction.start_s, line.correction.stop_s) == ("m.mp4", 3.5, 3.5)


def test_what_a_spreadsheet_adds_is_no_matter(write) -> None:
    path = write("m.mp4,,1,2,ignore", ",,,,,,,,,", "", "m.mp4,,3,4,ignore", encoding="utf-8-sig")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [line.line for line in corrections.read(path).lines] == [2, 5]


def test_a_note_over_two_lines(write) -> None:
    path = write('m.mp4,,1,2,ignore,,,,,"one', 'two"', "m.mp4,,3,4,no,,,,,")
    with pytest.raises(Refusal, match="line 4: what 'no' is not known"):
        corrections.read(path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (",,1,2,ignore", "line 2: names no recording"),
        ("m.mp4,,1,2,wrong", "'wrong' is not known; use ignore, point, swap ends"),
        ("m.mp4,,,2,ignore", "start '' is no time"),
        ("m.mp4,,1:75,2,ignore", "start '1:75' is no time"),
        ("m.mp4,,-1,2,ignore", "start '-1' is no time"),
        ("m.mp4,,nan,2,ignore", "start 'nan' is no time"),
        ("m.mp4,,1:0:0:1,2,ignore", "is no time; write seconds"),
        ("m.mp4,,1,soon,ignore", "stop 'soon' is no time"),
        ("m.mp4,,0:10,0:09,ignore", "stops at 0:09 before it starts"),
        ("m.mp4,,1,2,point,,3,4", "names no keypoint"),
        ("m.mp4,,1,2,point,centroid,3,", "a point needs a number in x_px and in y_px"),
        ("m.mp4,,1,2,point,centroid,inf,4", "a point needs a number"),
        ("m.mp4,,1,2,ignore,,,,,a,b", "more cells than the heading"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(write, line, told) -> None:
    with pytest.raises(Refusal) as caught:
        corrections.read(write(line))
    assert told in str(caught.value)
    assert "corrections.csv line 2: " in str(caught.value)


def test_a_table_without_its_columns_is_refused(write) -> None:
    with pytest.raises(Refusal, match="has no column start, what; its first line needs"):
        corrections.read(write(heading="recording,arena"))
    with pytest.raises(Refusal, match="has the column start twice"):
        corrections.read(write(heading="recording,start,start,what"))


def test_files_that_cannot_be_read_are_refused(tmp_path, write) -> None:
    with pytest.raises(Refusal, match=r"none.csv: cannot be read"):
        corrections.read(tmp_path / "none.csv")
    with pytest.raises(Refusal, match="not text in UTF-8; save it as CSV"):
        corrections.read(write("Mäuse.mp4,,1,2,ignore", encoding="latin-1"))
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(Refusal, match="has no column recording"):
        corrections.read(empty)


def test_a_template_is_read_and_never_written_over(tmp_path) -> None:
    path = tmp_path / "corrections.csv"
    corrections.write_template(path)
    assert corrections.read(path).lines == ()
    with pytest.raises(Refusal, match="is there already; add lines"):
        corrections.write_template(path)


def line(recording: str, arena: str = "", what: str = "ignore", number: int = 2) -> Line:
    return Line(number, recording, arena, Correction(start_s=1.0, stop_s=2.0, what=what))


def count(book: Book, recording: str, arena: str = "") -> int:
    return len(book.of(recording, arena))


def test_lines_find_their_recording() -> None:
    book = Book("c.csv", (line("a\\cam1"), line("b/cam1.mp4"), line("cam1")))
    assert [count(book, name) for name in ("a/cam1.mp4", "b/cam1.mp4", "cam1.mp4")] == [1, 1, 1]
    assert count(book, "c/cam1.mp4") == 0
    assert count(Book("c.csv", (line("m.1"),)), "m.1.mp4") == 1
    assert count(Book("c.csv", (line("m"),)), "m.1.mp4") == 0


def test_lines_find_their_arena() -> None:
    book = Book("c.csv", (line("m.mp4", "left"), line("m.mp4"), line("m.mp4", what="swap ends")))
    assert [count(book, "m.mp4", arena) for arena in ("left", "right", "")] == [2, 1, 2]


def test_lines_that_fit_nothing_are_told() -> None:
    book = Book(
        "c.csv",
        (
            line("m.mp4", "left"),
            line("n.mp4", number=3),
            line("m.mp4", "middle", number=4),
            line("m.mp4", what="swap ends", number=5),
            line("one.mp4", "left", number=6),
        ),
    )
    told = book.unmatched([("m.mp4", "left"), ("m.mp4", "right"), ("one.mp4", "")])
    assert told == (
        "c.csv line 3: no recording is called n.mp4",
        "c.csv line 4: m.mp4 has no arena middle; it has left, right",
        "c.csv line 5: m.mp4 has several arenas (left, right); name one",
        "c.csv line 6: one.mp4 has one arena only; leave its arena empty",
    )


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


@given(
    note=WORDS,
    start=st.integers(0, 86_400_000),
    lasts=st.integers(0, 10_000_000),
    separator=st.sampled_from(",;\t"),
)
def test_what_is_written_is_read(tmp_path_factory, note, start, lasts, separator) -> None:
    path = tmp_path_factory.mktemp("book") / "corrections.csv"
    hours, rest = divmod(start, 3_600_000)
    clock = f"{hours}:{rest // 60_000}:{rest % 60_000 / 1000:.3f}"
    cells = ["m.mp4", "", clock, f"{(start + lasts) / 1000:.3f}", "ignore", "", "", "", "", note]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows([COLUMNS, cells])
    (found,) = corrections.read(path).lines
    assert found.correction.start_s == pytest.approx(start / 1000, abs=1e-6)
    assert found.correction.stop_s == pytest.approx((start + lasts) / 1000, abs=1e-6)
    assert found.correction.note == note.strip()
