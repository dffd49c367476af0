"""Tracks as tables of our own: what is written comes back, whatever is known of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe import formats
from ethoframe.data import Refusal, Tracks, Transform
from ethoframe.formats import table
from ethoframe.testing import strategies as nouns

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
PLACES = st.floats(-1e6, 1e6) | st.just(np.nan)


@st.composite
def tracks(draw) -> Tracks:
    """Of several individuals, with sure and unsure places, in px or mm."""
    keypoints, individuals = (
        tuple(draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))) for _ in "ki"
    )
    count = draw(st.integers(0, 4))
    numbers = np.cumsum(draw(hnp.arrays(np.int64, count, elements=st.integers(1, 9))))
    shape = count, 2, len(keypoints), len(individuals)
    position = draw(hnp.arrays(np.float64, shape, elements=PLACES))
    seen = np.isfinite(position).all(axis=1)
    sure = draw(hnp.arrays(np.float64, seen.shape, elements=st.floats(0, 1)))
    unit = draw(st.sampled_from(["px", "mm"]))
    return (
        Tracks(
            np.where(seen[:, None], position, np.nan),
            np.where(seen, sure, 0.0),
            numbers,
            draw(nouns.times_s(count)),
            keypoints if count else ("centroid",),
            individuals if count else ("animal",),
            unit,
            px_per_unit=1.0 if unit == "px" else 2.5,
            smoothed_s=draw(st.sampled_from([0.0, 0.2])),
        )
        if count
        else Tracks.of(np.zeros((0, 2)), np.zeros(0))
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@given(tracks())
def test_tracks_come_back_as_they_were(folder, made):
    table.write_tracks(folder / "tracks.parquet", made)
    assert formats.read_tracks(folder / "tracks.parquet") == made


@given(tracks())
def test_text_keeps_the_places(folder, made):
    table.write_tracks(folder / "tracks.csv", made)
    found = formats.read_tracks(folder / "tracks.csv")
    kept = replace(made, px_per_unit=1.0, smoothed_s=0.0)
    if np.isfinite(made.position).any():
        assert found == kept
    else:  # nothing tells in which unit nothing was seen
        assert replace(found, unit=made.unit) == kept


def walk(count: int = 5) -> Tracks:
    rng = np.random.default_rng(0)
    position, confidence = rng.random((count, 2, 2, 2)) * 100, rng.random((count, 2, 2))
    clock = np.arange(count), np.arange(count) / 30
    features = {"major_px": rng.random((count, 2)), "area_px2": rng.random((count, 2))}
    return Tracks(
        position, confidence, *clock, ("nose", "tail_base"), ("a", "b"), features=features
    )


def test_features_come_back(tmp_path):
    table.write_tracks(tmp_path / "tracks.parquet", walk())
    assert table.read_tracks(tmp_path / "tracks.parquet") == walk()


def test_what_a_run_measured_in_mm_counts_unless_px_are_asked_for(tmp_path):
    on_floor = walk().mapped(Transform.scaling(0.4, "px", "mm"))
    path = tmp_path / "tracks.parquet"
    table.write_tracks(path, walk(), on_floor)
    assert table.read_tracks(path) == on_floor
    assert table.read_tracks(path, unit="px") == walk()
    table.write_tracks(path.with_suffix(".csv"), walk(), on_floor)
    found = table.read_tracks(path.with_suffix(".csv"))
    assert (found.unit, found.px_per_unit) == ("mm", pytest.approx(2.5))


def test_a_unit_that_is_not_told(tmp_path):
    path = tmp_path / "tracks.parquet"
    table.write_tracks(path, walk())
    with pytest.raises(Refusal, match="it tells no positions in mm; it tells them in px"):
        table.read_tracks(path, unit="mm")
    with pytest.raises(Refusal, match="tracks in bl have no table; write them in px or mm"):
        table.write_tracks(path, replace(walk(), unit="bl"))


def test_rows_in_any_order_and_left_out(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "frame,time_s,individual,keypoint,x_px,y_px\n"
        "2,0.2,1,nose,5,6\n0,0,1,nose,1,2\n0,0,1,tail,3,4\n"
    )
    found = formats.read_tracks(path)
    assert (found.keypoints, found.individuals) == (("nose", "tail"), ("1",))
    assert found.numbers.tolist() == [0, 2]
    assert found.at("nose").tolist() == [[1, 2], [5, 6]]
    assert np.isnan(found.at("tail")[1]).all()
    assert found.confidence[:, :, 0].tolist() == [[1, 1], [1, 0]]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("0,0,a,nose,1,2\n0,0,a,nose,1,2\n", "two rows are of one keypoint in one frame"),
        ("0,0,a,nose,one,2\n", "is no table of tracks .*; it takes columns frame, keypoint, x_px"),
        (",0,a,nose,1,2\n", "a row is of no frame"),
    ],
)
def test_rows_that_will_not_do(tmp_path, rows, reason):
    path = tmp_path / "mine.csv"
    path.write_text("frame,time_s,individual,keypoint,x_px,y_px\n" + rows)
    with pytest.raises(Refusal, match=reason):
        formats.read_tracks(path)


def test_a_table_of_something_else(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("frame,keypoint,x_px\n0,nose,1\n")
    with pytest.raises(Refusal, match="it has no column y_px"):
        formats.read_tracks(path)
    path.write_text("mouse,group\nm1,drug\n")
    assert not table.tracks_in(path)


def test_a_table_without_times_or_animal_is_of_one_on_the_clock_that_is_said(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("frame,keypoint,x_mm,y_mm\n0,nose,1,2\n5,nose,3,4\n")
    tracks = formats.read_tracks(path, rate=10.0)
    assert (tracks.times_s.tolist(), tracks.individuals) == ([0.0, 0.5], ("animal",))
    assert (tracks.at("nose").tolist(), tracks.unit) == ([[1, 2], [3, 4]], "mm")
    with pytest.raises(Refusal, match="it carries no clock; say it, as --clock 30fps"):
        formats.read_tracks(path)


@pytest.mark.parametrize("column", ["individual", "keypoint"])
def test_a_row_of_nothing_is_refused(tmp_path, column):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table.write_tracks(tmp_path / "whole.parquet", Tracks.of(np.ones((3, 2)), np.arange(3.0)))
    rows = pq.ParquetFile(tmp_path / "whole.parquet").read()
    names = pa.array(["centroid", None, "centroid"])
    rows = rows.set_column(rows.column_names.index(column), column, names)
    pq.write_table(rows, tmp_path / "torn.parquet")
    with pytest.raises(Refusal, match=f"a row is of no {column}"):
        formats.read_tracks(tmp_path / "torn.parquet")


def test_whole_numbers_in_another_programs_table_are_read(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = {"frame": [0, 0, 1, 1], "time_s": [0, 0, 1, 1], "individual": ["a"] * 4}
    rows |= {"keypoint": ["nose", "tail"] * 2, "x_px": [1, 2, None, 4], "y_px": [5, 6, 7, 8]}
    pq.write_table(pa.table(rows), tmp_path / "other.parquet")
    read = formats.read_tracks(tmp_path / "other.parquet")
    assert read.at("tail").tolist() == [[2, 6], [4, 8]]
    assert np.isnan(read.at("nose")[1, 0])


def test_neither_reading_nor_writing_imports_pandas(tmp_path):
    """Where it is installed, it would take a third of a second and 50 MB."""
    code = (
        "import sys; from pathlib import Path; import numpy as np; "
        "from ethoframe.data import Tracks; from ethoframe.formats import table; "
        "path = Path(sys.argv[1]); places = np.array([[1.0, np.nan], [2.0, 3.0]]); "
        "table.write_tracks(path, Tracks.of(places, np.arange(2.0))); table.read_tracks(path); "
        "sys.exit('pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "t.parquet"], check=True)
