from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal, Row, Sheet
from ethoframe.run.entries import Entry, entries
from ethoframe.run.names import unfit


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def touch(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def sheet(*videos: str, **columns: str) -> Sheet:
    """A sheet with a row for each cell, and words for the other columns one after the other."""
    rows = []
    for i, video in enumerate(videos):
        texts = {name: words.split(",")[i] for name, words in columns.items()}
        rows.append(Row(line=i + 2, video=tuple(video.split(" + ")), **texts))
    return Sheet("animals.csv", tuple(rows))


def found(*videos: str, path: str = "videos", **columns: str) -> dict[str, list[int]]:
    """Lines of the sheet by the recording they belong to."""
    answer = entries([Path(path)], sheet(*videos, **columns))
    return {entry.name: [row.line for row in entry.rows] for entry in answer}


def test_without_a_sheet_every_file_is_a_recording():
    touch("videos/b.mp4", "videos/a.mp4")
    a, b = Path("videos/a.mp4"), Path("videos/b.mp4")
    assert entries([Path("videos")]) == (Entry("a.mp4", (a,)), Entry("b.mp4", (b,)))


@pytest.mark.parametrize(
    "cell",
    [
        "m1/cam1.mp4", "m1\\cam1.mp4", "m1/cam1", "./m1/cam1.mp4", "videos/m1/cam1.mp4",
        "M1/CAM1.MP4", "m1/Cam1",
    ],
)  # fmt: skip
def test_a_folder_per_mouse_where_every_file_is_called_alike(cell):
    touch("videos/m1/cam1.mp4", "videos/m2/cam1.mp4")
    assert found("m2/cam1", cell) == {"m1/cam1.mp4": [3], "m2/cam1.mp4": [2]}


@pytest.mark.parametrize("cell", ["a.mp4", "a", "A.MP4", "day 1/a.mp4", "DAY 1/a"])
def test_the_only_file_of_its_name_needs_no_folder(cell):
    touch("videos/day 1/a.mp4", "videos/day 2/b.mp4")
    assert found("b", cell) == {"day 1/a.mp4": [3], "day 2/b.mp4": [2]}


def test_an_absolute_path(tmp_path):
    touch("videos/a.mp4")
    assert found(str(tmp_path / "videos" / "a.mp4")) == {"a.mp4": [2]}


def test_the_stricter_match_wins():
    touch("videos/a.mp4", "videos/m1/a.mp4")
    assert found("a.mp4", "m1/a.mp4") == {"a.mp4": [2], "m1/a.mp4": [3]}
    touch("case/x/a.mp4", "case/y/A.mp4")
    assert found("a.mp4", "A.mp4", path="case") == {"x/a.mp4": [2], "y/A.mp4": [3]}


def test_letters_with_accents_however_the_disk_writes_them():
    touch("videos/Ma\u0308use.mp4")
    assert list(found("M\u00e4use.mp4").values()) == [[2]]


def test_several_arenas_of_one_recording():
    touch("videos/a.mp4")
    assert found("a.mp4", "a", arena="left,right") == {"a.mp4": [2, 3]}


def test_files_of_one_recording_in_their_order():
    touch("videos/a.mp4", "videos/b.mp4", "videos/c.mp4")
    answer = entries([Path("videos")], sheet("c.mp4 + a.mp4", "b"))
    assert [(entry.name, [file.name for file in entry.files]) for entry in answer] == [
        ("b.mp4", ["b.mp4"]), ("c.mp4", ["c.mp4", "a.mp4"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "columns", "said"),
    [
        (["a", "c"], {}, r"line 3: there is no file c; correct|2 problems: .*b.mp4 is in no row"),
        (["a", "b", "m.avi"], {}, "line 4: there is no file m.avi; correct the name"),
        (["a", "b", "bb.mp4"], {}, "there is no file bb.mp4, the nearest is b.mp4"),
        (["a"], {}, "animals.csv: b.mp4 is in no row; add a row for it"),
        (["a", "b", "A.MP4"], {}, "2 problems: line 2: a.mp4 has 2 rows, and this one names no"),
        (["a", "a.mp4", "b"], {"arena": "x,X,"}, "line 3: arena X of a.mp4 is in line 2 too"),
        (["a + b", "b"], {}, "line 3: b.mp4 belongs to two recordings; write the same files"),
        (["a + a", "b"], {}, "line 2: a.mp4 is there twice"),
        (["a + b", "b + a"], {"arena": "x,y"}, "belongs to two recordings"),
        (["a", "b"], {"arena": "x?,"}, r"line 2: arena 'x\?' holds the sign '\?'; call it by"),
        (["a", "b"], {"arena": "aux,b."}, "2 problems: .*name that Windows keeps.*ends in a point"),
    ],
)
def test_what_does_not_fit_is_told_before_any_work(cells, columns, said):
    touch("videos/a.mp4", "videos/b.mp4")
    with pytest.raises(Refusal, match=said):
        found(*cells, **columns)


def test_a_name_that_fits_several_files():
    touch("videos/m1/cam.mp4", "videos/m2/cam.mp4", "videos/m3/cam.mp4")
    said = "line 2: cam.mp4 could be m1/cam.mp4 or m2/cam.mp4 or 1 more"
    with pytest.raises(Refusal, match=said):
        found("cam.mp4")


def test_a_row_that_is_half_right_does_not_leave_its_files_over():
    touch("videos/a.mp4")
    with pytest.raises(Refusal, match=r"animals.csv line 2: there is no file gone.mp4"):
        found("a.mp4 + gone.mp4")


def test_results_that_would_lie_in_one_folder():
    touch("videos/a.mp4", "videos/a/left.mp4")
    with pytest.raises(
        Refusal, match=r"the results of arena left of a.mp4 would lie where those of"
    ):
        found("a.mp4", "a/left", arena="left,")


@given(st.text("ab.: ?/\\\x01Ö", max_size=5) | st.sampled_from(["con", "Lpt1.x", "ok 1"]))
def test_names_that_fit_every_system(tmp_path_factory, name):
    reason = unfit(name)
    bad = (
        not name or set(name) & set(':?/\\\x01') or name[-1] in ". " or name[0] in ". "
        or name in ("con", "Lpt1.x")
    )  # fmt: skip
    assert bool(reason) == bool(bad)


def test_hundreds_of_rows_are_quick():
    touch(*(f"videos/m{i}/cam{j}.mp4" for i in range(20) for j in range(20)))
    cells = [f"m{i}/cam{j}" for i in range(20) for j in range(20)]
    assert len(found(*cells)) == 400


def test_an_animal_that_is_left_out_leaves_its_arena_there():
    touch("videos/a.mp4", "videos/b.mp4", "videos/c.mp4")
    rows = [("a", "left"), ("a", "right"), ("b", "left"), ("c", "")]
    sheet = Sheet(
        "animals.csv",
        tuple(Row(line=i, video=(v,), arena=a) for i, (v, a) in enumerate(rows, 2)),
    )
    assert [entry.arenas for entry in entries([Path("videos")], sheet)] == [2, 2, 1]
    assert [entry.arenas for entry in entries([Path("videos")])] == [1, 1, 1]
