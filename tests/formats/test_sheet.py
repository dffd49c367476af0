"""Animal sheets as laboratories keep them."""

from __future__ import annotations

import datetime as dt
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Refusal, Row
from ethoframe.formats import sheet
from ethoframe.formats.sheet.times import seconds

HEADINGS = [
    "Video",
    "Arena",
    "Subject",
    "Group",
    "Sex",
    "Litter",
    "Cage",
    "Session",
    "Start",
    "Stop",
]
FIRST = ["a.mp4", "left", "1", "saline", "f", "L1", "c3", "day 1", "0:12", "10:12"]


def kept(path, text: str, encoding: str = "utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def table(path, *rows, separator: str = ",", **options):
    return kept(path, "".join(separator.join(row) + "\r\n" for row in rows), **options)


def workbook(path, *rows, title: str = "Sheet", merged: str = "", formats: dict | None = None):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for place, style in (formats or {}).items():
        book.active[place].number_format = style
    if merged:
        book.active.merge_cells(merged)
    book.save(path)
    return path


def test_every_column_by_its_name(tmp_path):
    found = sheet.read(table(tmp_path / "animals.csv", [*HEADINGS, "weight (g)"], [*FIRST, "21.5"]))
    assert found.rows == (
        Row(
            line=2, video=("a.mp4",), arena="left", subject="1", group="saline", sex="f",
            litter="L1", cage="c3", session="day 1", start_s=12.0, stop_s=612.0,
            others={"weight (g)": "21.5"},
        ),
    )  # fmt: skip
    assert found.columns == (*(name.lower() for name in HEADINGS), "weight (g)")
    assert found.name == "animals.csv"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_letters(tmp_path, separator, encoding):
    path = table(
        tmp_path / "animals.csv", ["video", "group"], ["Mäuse/a.mp4", "Käse"],
        separator=separator, encoding=encoding,
    )  # fmt: skip
    (row,) = sheet.read(path).rows
    assert (row.video, row.group) == (("Mäuse/a.mp4",), "Käse")


def test_decimal_commas_of_a_semicolon_table(tmp_path):
    path = kept(tmp_path / "a.csv", "video;start;stop;note\na.mp4;1,5;2,5;b, c\n")
    (row,) = sheet.read(path).rows
    assert (row.start_s, row.stop_s, row.others) == (1.5, 2.5, {"note": "b, c"})


def test_the_hint_that_excel_leaves(tmp_path):
    (row,) = sheet.read(kept(tmp_path / "a.csv", "sep=;\nvideo;sex\na,b.mp4;f\n")).rows
    assert (row.video, row.sex) == (("a,b.mp4",), "f")


def test_quotes_hold_separators_and_lines(tmp_path):
    (row,) = sheet.read(kept(tmp_path / "a.csv", 'video,note\na.mp4,"x, ""y""\nz"\n')).rows
    assert row.others == {"note": 'x, "y"\nz'}


def test_empty_rows_are_passed_over_and_lines_stay(tmp_path):
    found = sheet.read(kept(tmp_path / "a.csv", ",,\nvideo,sex,\n\na.mp4,f\n , ,\nb.mp4,m\n"))
    assert [(row.line, *row.video, row.sex) for row in found.rows] == [
        (4, "a.mp4", "f"), (6, "b.mp4", "m"),
    ]  # fmt: skip


def test_several_files_of_one_recording(tmp_path):
    text = 'video\na.mp4 + b.mp4\nc+d.mp4\n"e.mp4\nf.mp4"\n'
    videos = [row.video for row in sheet.read(kept(tmp_path / "a.csv", text)).rows]
    assert videos == [("a.mp4", "b.mp4"), ("c+d.mp4",), ("e.mp4", "f.mp4")]


@pytest.mark.parametrize(
    ("heading", "name"),
    [("FILE NAME", "video"), ("mouse_ID", "subject"), ("Treatment", "group"), ("gender", "sex")],
)
def test_other_names_of_columns(tmp_path, heading, name):
    path = table(tmp_path / "a.csv", ["video" if name != "video" else "sex", heading], ["1", "1"])
    assert name in sheet.read(path).columns


def test_a_column_of_its_own_name_goes_first(tmp_path):
    (row,) = sheet.read(kept(tmp_path / "a.csv", "file,video\nx,a.mp4\n")).rows
    assert (row.video, row.others) == (("a.mp4",), {"file": "x"})


@pytest.mark.parametrize(
    ("heading", "found"), [("start (min)", 90.0), ("Start_s", 1.5), ("begin [sec]", 1.5)]
)
def test_units_of_times_in_the_heading(tmp_path, heading, found):
    (row,) = sheet.read(table(tmp_path / "a.csv", ["video", heading], ["a.mp4", "1.5"])).rows
    assert row.start_s == found


def test_an_excel_workbook(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", ["video", "Subject", "weight", "born", "fed", None],
        ["a.mp4", 3.0, 21.5, dt.date(2024, 5, 3), True, None],
        [None] * 6, ["b.mp4", 4, 0.1 + 0.2, None, None, "odd"],
    )  # fmt: skip
    first, second = sheet.read(path).rows
    assert (first.subject, second.subject, second.line) == ("3", "4", 4)
    assert first.others == {"weight": "21.5", "born": "2024-05-03", "fed": "TRUE", "column 6": ""}
    assert second.others == {"weight": "0.3", "born": "", "fed": "", "column 6": "odd"}


@pytest.mark.parametrize(
    ("value", "style", "found"),
    [
        (dt.time(0, 12), "h:mm", 12.0),  # typed 0:12, which is still what is seen
        (dt.time(12, 30), "h:mm", 750.0),
        (dt.time(0, 12, 30), "h:mm:ss", 750.0),
        (dt.time(0, 12, 30), "mm:ss", 750.0),
        (dt.time(0, 0, 1, 500_000), "mm:ss.0", 1.5),
        (dt.timedelta(hours=25, minutes=30), "[h]:mm", 1530.0),
        (dt.timedelta(hours=25, minutes=30), "[h]:mm:ss", 91800.0),
        (12, "General", 12.0),
        ("0:12", "@", 12.0),
    ],
)
def test_times_of_a_spreadsheet_are_read_as_shown(tmp_path, value, style, found):
    rows = ["video", "start"], ["a.mp4", value]
    (row,) = sheet.read(workbook(tmp_path / "a.xlsx", *rows, formats={"B2": style})).rows
    assert row.start_s == pytest.approx(found)


def test_a_merged_cell_is_meant_for_each_of_its_rows(tmp_path):
    rows = ["video", "arena"], ["a.mp4", "left"], [None, "right"]
    found = sheet.read(workbook(tmp_path / "a.xlsx", *rows, merged="A2:A3"))
    assert [row.video for row in found.rows] == [("a.mp4",)] * 2


def test_a_formula_without_a_result_is_not_an_empty_cell(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["video", "group"], ["a.mp4", '=IF(1,"drug","")'])
    with pytest.raises(Refusal, match="the cell B2 holds a formula without a result; open it in"):
        sheet.read(path)


def test_a_formula_whose_result_is_empty(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["video", "group"], ["a.mp4", '=""'])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    inside = "xl/worksheets/sheet1.xml"
    parts[inside] = parts[inside].replace(b'<c r="B2">', b'<c r="B2" t="str">')
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert sheet.read(path).rows[0].group == ""
    assert b't="str"' in parts[inside]


def test_a_hidden_sheet_is_not_meant(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["lists"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Table 2").append(["video"])
    book["Table 2"].append(["a.mp4"])
    book["Sheet"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    assert len(sheet.read(path)) == 1


def test_the_sheet_called_animals(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["notes"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Animals").append(["video"])
    book["Animals"].append(["a.mp4"])
    book.save(path)
    assert len(sheet.read(path)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the sheet is empty; give it a row of headings"),
        ("\n\n", "the sheet is empty"),
        ("video\n", "it has headings and no rows"),
        ("a,b\n1,2\n", r"it has no column called video; .*its first row says: a, b"),
        ("file,filename\n1,2\n", "columns file and filename could each be the video; rename one"),
        ("video,x,x\na,b,c\n", "two columns are called x; rename one"),
        ("video,start (frames)\na,3\n", r"unit of the column start \(frames\) is not known; write"),
        ("video,sex\n,f\n", "line 2: it names no video; write the file"),
        ("video,start\na,soon\n", "line 2: the start 'soon' is not a time; write it as seconds"),
        ("video,start\na,-3\n", "line 2: the start '-3' is not a time"),
        ("video,start,stop\na,0:20,12\n", "line 2: start 0:20 is not before stop 12; write"),
        ("video\na\na\n", "2 problems: line 2: a has 2 rows, and this one names no arena"),
        ("video,arena\na,x\na,X\n", "line 3: arena X of a is in line 2 too; remove one"),
        ("video,arena\na,x\na,\n", "line 3: a has 2 rows, and this one names no arena; say"),
        ("video,arena,subject\na,x,1\na,y,1\n", "line 3: subject 1 is in two arenas of a, line 2"),
        ("video,subject,session\na,1,d\nb,1,d\n", "line 3: subject 1 is twice in session d"),
        ("video,note\na,b,c\n", "line 2: has 3 cells, and the first row 2; put quotes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path, text, said):
    path = kept(tmp_path / "animals.csv", text)
    with pytest.raises(Refusal, match=said) as no:
        sheet.read(path)
    assert "animals.csv" in no.value.where
    assert no.value.remedy


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    text = "video,start,stop\n,1,2\nb,x,2\nc,2,1\nd,1,\ne,x,\nf,x,\n"
    with pytest.raises(Refusal, match=r"5 problems: line 2: .*line 3: .*line 4: .*, and 1 more"):
        sheet.read(kept(tmp_path / "a.csv", text))


def test_a_subject_may_come_again_in_another_session(tmp_path):
    text = "video,subject,session\na,1,d1\nb,1,d2\nc,1,\nd,1,\n"
    assert len(sheet.read(kept(tmp_path / "a.csv", text))) == 4


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"x", ".xls files are not read; save it again as .xlsx or .csv"),
        ("a.xlsx", b"PK no zip", "it is not an Excel workbook"),
        ("a.csv", b"\x00\x01", "it is not a table of text"),
    ],
)
def test_files_that_are_no_tables(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal, match=said):
        sheet.read(tmp_path / name)


def test_a_missing_file(tmp_path):
    for name in ("gone.csv", "gone.xlsx"):
        with pytest.raises(Refusal, match=f"{name}: there is no such file; check its name"):
            sheet.read(tmp_path / name)


WORD = st.text("abcäé1 .,;\"'+", min_size=1, max_size=8).map(str.strip).filter(bool)


@settings(max_examples=25)
@given(rows=st.lists(st.tuples(WORD, WORD), min_size=1, max_size=5, unique_by=lambda r: r[0]))
def test_csv_and_workbook_say_the_same(tmp_path_factory, rows):
    import csv

    folder = tmp_path_factory.mktemp("both")
    written = [("video", "arena", "subject"), *((w, str(i), s) for i, (w, s) in enumerate(rows))]
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(written)
    both = sheet.read(folder / "a.csv"), sheet.read(workbook(folder / "a.xlsx", *written))
    assert both[0].rows == both[1].rows
    assert [row.subject for row in both[0].rows] == [subject for _, subject in rows]


@given(st.integers(0, 400_000))
def test_a_time_is_the_same_in_every_writing(second):
    hours, rest = divmod(second, 3600)
    for text in (
        f"{second}", f"{second},0", f"{second} s", f"{second // 60}:{second % 60:02d}",
        f"{hours}:{rest // 60:02d}:{rest % 60:02d}", f"{hours}:{rest // 60:02d}:{rest % 60:02d}.0",
    ):  # fmt: skip
        assert seconds(text) == second


@pytest.mark.parametrize("text", ["", "1:60", "1:75:00", "x", "1:2:3:4", "3 weeks", "-1", "1:-2"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match="is not a time"):
        seconds(text)
