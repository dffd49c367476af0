from __future__ import annotations

import errno
from dataclasses import replace

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest

from ethoframe.data import Arena, Episodes, Measure, Measures, Row, Transform
from ethoframe.formats import arena as arena_file
from ethoframe.formats import episodes, table
from ethoframe.run import outputs
from ethoframe.run.order import Finding, Order, Outcome, Part
from ethoframe.run.outputs import EPISODES, measures_in, trial_start_s, write_overview, write_tables
from ethoframe.run.writing import Unwritten
from ethoframe.testing.specimens import film, walk

CORNERS = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]])


def measures(*names: str, recording: str = "") -> Measures:
    span = {"bin_start_s": 0.0, "bin_stop_s": 1.0}
    return Measures(
        tuple(
            Measure(
                recording=recording,
                quantity=n,
                value=1.5,
                unit="mm",
                definition='a, "b"\nc',
                **span,
            )
            for n in names
        )
    )


def finding(**answers) -> Finding:
    return Finding(film(), answers, measures("way"), {"warnings": ["odd"], "n": np.nan}, ("odd",))


def test_measures_in_the_order_of_the_recipe():
    answers = {"motion": measures("b", "a"), "tracks": walk(), "zones": measures("c")}
    assert [row.quantity for row in measures_in(answers).rows] == ["b", "a", "c"]
    assert measures_in({}) == Measures()


def test_the_tables_of_a_recording(tmp_path):
    write_tables(tmp_path, finding(tracks=walk(), floor_tracks=walk()))
    assert {path.name for path in tmp_path.iterdir()} == {"measures.csv", "tracks.parquet"}
    assert table.read_measures(tmp_path / "measures.csv") == measures("way")
    rows = pyarrow.parquet.read_table(tmp_path / "tracks.parquet").to_pydict()
    assert rows["x_mm"] == walk().at("centroid")[:, 0].tolist()


def test_tracks_as_text_where_asked_for(tmp_path):
    write_tables(tmp_path, finding(tracks=walk(), floor_tracks=walk()), csv=True)
    text = pyarrow.csv.read_csv(tmp_path / "tracks.csv").to_pydict()
    assert text == pyarrow.parquet.read_table(tmp_path / "tracks.parquet").to_pydict()


def test_the_arena_lies_beside(tmp_path):
    arena = Arena("rectangle", CORNERS, (400.0, 300.0))
    write_tables(tmp_path, finding(outline=arena))
    assert arena_file.read(tmp_path / "arena.toml") == arena


def test_what_was_seen_in_a_window_is_written_in_px_of_the_picture(tmp_path):
    arena, tracks = Arena("rectangle", CORNERS, (400.0, 300.0)), replace(walk(), unit="px")
    write_tables(tmp_path, finding(outline=arena, tracks=tracks), Transform.moving(100, 20))
    assert arena_file.read(tmp_path / "arena.toml").outline[0].tolist() == [100, 20]
    rows = pyarrow.parquet.read_table(tmp_path / "tracks.parquet").to_pydict()
    assert rows["x_px"] == (tracks.at("centroid")[:, 0] + 100).tolist()
    assert rows["y_px"] == (tracks.at("centroid")[:, 1] + 20).tolist()


def test_times_of_measures_count_from_the_trial():
    trial = Episodes.of("trial", np.array([[12.0, 20.0]]), np.array([[0.0, 30.0]]))
    moved = measures("way")
    late = Measures(tuple(replace(row, bin_start_s=12.0, bin_stop_s=13.0) for row in moved.rows))
    assert measures_in({"trial": trial, "motion": late}) == moved
    assert trial_start_s({}) == 0.0


def finished(order: Order, name: str, *quantities: str) -> Outcome:
    folder = order.folder(name)
    folder.mkdir(parents=True)
    table.write_measures(folder / "measures.csv", measures(*quantities, recording=name))
    row = Row(line=2, video=(name,), subject=f"of {name}")
    return Outcome(name, folder, "done", parts=(Part(name, "", folder, row),))


def failed(order: Order, name: str) -> Outcome:
    return Outcome(name, order.folder(name), "failed", "it is empty", "copy it, again")


def test_one_table_over_all_recordings(order):
    outcomes = [finished(order, "b.mp4", "way", "pace"), finished(order, "x/a.mp4", "way")]
    write_overview(order.out, outcomes)
    rows = table.read_measures(order.out / "measures.csv").rows
    assert [(row.recording, row.quantity) for row in rows] == [
        ("b.mp4", "way"), ("b.mp4", "pace"), ("x/a.mp4", "way"),
    ]  # fmt: skip
    assert [row.subject for row in rows] == ["of b.mp4", "of b.mp4", "of x/a.mp4"]
    assert not (order.out / "failures.csv").exists()


def test_a_table_of_what_failed_until_nothing_does(order):
    good = finished(order, "a.mp4", "way")
    write_overview(order.out, [failed(order, "b.mp4"), good])
    text = (order.out / "failures.csv").read_text(encoding="utf-8")
    assert text == 'recording,reason,remedy\nb.mp4,it is empty,"copy it, again"\n'
    assert (order.out / "measures.csv").exists()
    write_overview(order.out, [good])
    assert not (order.out / "failures.csv").exists()


def test_where_all_failed_there_are_no_measures(order):
    write_overview(order.out, [failed(order, "b.mp4")])
    assert [path.name for path in order.out.iterdir()] == ["failures.csv"]


def test_a_full_disk_is_told_once(order, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    good, bad = finished(order, "a.mp4", "way"), failed(order, "b.mp4")
    monkeypatch.setattr(outputs.table, "write_joined", full)
    with pytest.raises(Unwritten, match="the disk is full"):
        write_overview(order.out, [good])
    write_overview(order.out, [good, bad])  # which was told, most likely with this very reason


def test_two_outputs_of_one_method_are_not_taken_for_one(tmp_path):
    support = np.array([[0.0, 9.0]])
    seen = [
        Episodes.of("open", np.array([span]), support, "behave/visits")
        for span in ((1.0, 2.0), (3.0, 5.0))
    ]
    rest = Episodes.of("freezing", np.array([[6.0, 7.0]]), support, "behave/freezing")
    write_tables(tmp_path, finding(visits=seen[0], visits_by_nose=seen[1], freezing=rest))
    found = {part.episodes.author: part.episodes for part in episodes.read(tmp_path / EPISODES)}
    assert set(found) == {
        "behave/visits (visits)", "behave/visits (visits by nose)", "behave/freezing",
    }  # fmt: skip
    assert found["behave/visits (visits by nose)"].spans("open").tolist() == [[3.0, 5.0]]
