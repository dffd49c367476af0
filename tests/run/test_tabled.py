from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ethoframe.contract import Kind
from ethoframe.data import Episodes, Observations, Observed, Refusal, Tracks
from ethoframe.formats import dlc, table
from ethoframe.formats import episodes as episodes_file
from ethoframe.run.files import files

TRACKS = Tracks.of(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.0, 0.1]))
SEEN = Episodes.of("rear", np.array([[1.0, 2.0]]), np.array([[0.0, 9.0]]))


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def tracks(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            table.write_tracks(path, TRACKS)
        else:
            dlc.write_tracks(TRACKS, path)


def run(folder: str, arena: str = "") -> None:
    place = Path(folder)
    tracks(f"{folder}/tracks.parquet")
    episodes_file.write(place / "episodes.csv", "m", SEEN)
    (place / "measures.csv").touch()
    (place / "provenance.json").write_text(json.dumps({"arena": arena, "file": {}}))


def named(*paths: str, kind: Kind = Kind.TRACKS) -> tuple[dict[str, str], list[str]]:
    said: list[str] = []
    found = files([*map(Path, paths)], kind, say=said.append)
    return {entry.name: entry.files[0].as_posix() for entry in found}, said


def test_tables_are_called_without_their_ending():
    tracks("day 1/demo1_tracking.csv", "day 1/sub/mouse.v2.h5", "loose.csv")
    assert named("day 1", "loose.csv") == (
        {
            "demo1_tracking": "day 1/demo1_tracking.csv",
            "sub/mouse.v2": "day 1/sub/mouse.v2.h5",
            "loose": "loose.csv",
        },
        [],
    )


def test_files_that_hold_none_are_told():
    tracks("in/a.csv")
    for name in ("in/notes.txt", "in/film.mp4", "in/sub/b.pickle", "in/sub/c.png", "in/.hidden"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("something")
    found, said = named("in")
    assert found == {"a": "in/a.csv"}
    assert said == [
        "in: 4 other files hold no tracks: film.mp4, notes.txt, sub/b.pickle and 1 more"
    ]


def test_one_table_in_two_files_is_taken_once():
    tracks("in/a.csv", "in/a.h5", "in/b.csv")
    found, said = named("in")
    assert found == {"b": "in/b.csv", "a": "in/a.csv"}
    assert said == ["in: these hold the same as another file: a.h5"]


def test_results_of_runs_are_called_by_their_recordings():
    run("out/m1")
    run("out/pair/left", "left")
    found, said = named("out")
    assert found == {"m1": "out/m1/tracks.parquet", "pair/left": "out/pair/left/tracks.parquet"}
    assert said == []
    assert named("out", kind=Kind.EPISODES)[0]["m1"] == "out/m1/episodes.csv"
    assert named("out/m1")[0] == {"m1": "out/m1/tracks.parquet"}
    alone = named("out/m1/tracks.parquet", "out/pair/left/tracks.parquet")[0]
    assert [*alone] == ["m1", "pair/left"]


def test_what_runs_left_beside_other_tables_is_not_taken():
    tracks("in/a.csv")
    run("in/out/a")
    found, said = named("in")
    assert found == {"a": "in/a.csv"}
    assert said == ["in: what runs left in it is not taken: out/a/tracks.parquet"]


def test_a_folder_without_any():
    Path("in").mkdir()
    with pytest.raises(Refusal, match="there are no tracks in this folder; name a folder with"):
        named("in")
    Path("in/film.mp4").touch()
    with pytest.raises(Refusal, match=r"no tracks in this folder; there are film\.mp4"):
        named("in")
    with pytest.raises(Refusal, match="there are no episodes in this folder"):
        named("in", kind=Kind.EPISODES)


def test_two_that_would_go_to_one_folder():
    tracks("x/a.csv", "y/A.csv")
    with pytest.raises(Refusal, match=r"its results would lie where those of x/a\.csv go"):
        named("x/a.csv", "y/A.csv")


def test_one_table_named_in_two_files_is_taken_once():
    tracks("a.csv", "a.h5", "b.h5")
    found, said = named("a.h5", "b.h5", "a.csv")
    assert found == {"b": "b.h5", "a": "a.csv"}
    assert said == ["these hold the same as another file: a.h5"]


def test_what_was_filtered_is_no_second_animal():
    tracks("in/mDLC_x.h5", "in/mDLC_x_filtered.h5", "in/mDLC_x_filtered.csv", "in/n_filtered.csv")
    found, said = named("in")
    assert found == {"mDLC_x": "in/mDLC_x.h5", "n_filtered": "in/n_filtered.csv"}
    assert said == [
        "in: taken as the network gave them, and not as they were filtered: without "
        "mDLC_x_filtered.csv, mDLC_x_filtered.h5"
    ]
    assert named("in/mDLC_x_filtered.h5")[0] == {"mDLC_x_filtered": "in/mDLC_x_filtered.h5"}


def test_an_empty_table_is_not_passed_over():
    tracks("in/a.csv")
    Path("in/b.csv").touch()
    Path("in/c.png").touch()
    found, said = named("in")
    assert [*found] == ["a", "b"]
    assert said == ["in: 1 other files hold no tracks: c.png"]


def observed(*whose: tuple[str, str], path: str = "all.csv") -> None:
    parts = (Observed(recording, replace(SEEN, author=author)) for recording, author in whose)
    episodes_file.write_all(Path(path), Observations(tuple(parts)))


def of(*paths: str) -> list[tuple[str, str]]:
    return [(entry.name, entry.of) for entry in files([*map(Path, paths)], Kind.EPISODES)]


def test_episodes_of_several_recordings_stand_for_each():
    observed(("m1", "anna"), ("m1", "bert"), ("m2", "anna"))
    assert of("all.csv") == [(n, n) for n in ("m1/anna", "m1/bert", "m2")]
    observed(("m3", "anna"), path="one.csv")
    assert of("one.csv") == [("one", "")]
    (Path("in")).mkdir()
    observed(("m4", ""), ("m5", ""), path="in/day.csv")
    observed(("m6", ""), path="in/m6.csv")
    assert of("in") == [("m4", "m4"), ("m5", "m5"), ("m6", "")]


def test_two_files_with_one_recording():
    observed(("m1", ""), ("m2", ""), path="a.csv")
    observed(("m2", ""), ("m3", ""), path="b.csv")
    with pytest.raises(Refusal, match=r"b\.csv: it has m2 as well as a\.csv; name each in a comm"):
        of("a.csv", "b.csv")


def test_recordings_whose_names_folders_cannot_have():
    observed(("m1?", ""), ("m2", ""))
    with pytest.raises(Refusal, match=r"recording or author 'm1\?' holds the sign '\?'; rename"):
        of("all.csv")
