from __future__ import annotations

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.formats.workbook import Column, Table, write

NAN = float("nan")


def back(path, *values) -> list:
    columns = [Column(f"c{i}", style="0.00") for i in range(len(values))]
    write(path, [Table("t", columns, [values])])
    return list(openpyxl.load_workbook(path)["t"][2]) if values else []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1.5, 1.5), (3.0, 3), (NAN, None), (None, None), ("", None), ("3", 3), ("-0.5", -0.5),
        ("007", "007"), ("1e5", "1e5"), ("1,5", "1,5"), ("=1+1", "=1+1"), ("@x", "@x"),
        ("a\x00b", "a\ufffdb"), ("中文", "中文"), ("1" * 20, "1" * 20), ("inf", "inf"),
    ],
)  # fmt: skip
def test_cells(tmp_path, value, found):
    (cell, _) = back(tmp_path / "a.xlsx", value, "x")
    assert cell.value == found
    assert cell.data_type == ("s" if isinstance(found, str) else "n")


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.text()))
@settings(max_examples=40)
def test_anything_can_be_written(tmp_path_factory, value):
    (cell, _) = back(tmp_path_factory.mktemp("any") / "a.xlsx", value, "x")
    if isinstance(value, float):
        assert cell.value == pytest.approx(value, rel=1e-12)


def test_headings_stay_in_sight(tmp_path):
    tables = [
        Table("first", [Column("a", 20), Column("b", wrapped=True)], [["x", 1.25]], fixed=1),
        Table("a name that is longer than a sheet may have", [Column("c")], []),
    ]
    write(tmp_path / "a.xlsx", tables)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["first", "a name that is longer than a sh"]
    sheet = book["first"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet.column_dimensions["A"].width == 20
    assert sheet["A1"].font.bold
    assert sheet["B2"].alignment.wrap_text
