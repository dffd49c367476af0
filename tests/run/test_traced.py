from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe import recipes
from ethoframe.data import Arena, Arenas, Refusal, Row, Sheet
from ethoframe.formats import arena as arena_file
from ethoframe.formats import dlc, table
from ethoframe.run.batch import run_batch
from ethoframe.run.cautions import cautions
from ethoframe.run.entries import entries, of_tracks
from ethoframe.run.inputs import Reading
from ethoframe.run.order import Order
from ethoframe.run.traced import beside, carried_out, filmed, stand_in
from ethoframe.testing.mazes import light_dark

SESSION = light_dark(2)
ARENAS = Arenas((SESSION.arena,))


def test_a_stand_in_has_the_clock_of_the_tracks():
    tracks = SESSION.tracks.take(slice(5, 50, 2))
    film = stand_in(tracks, "m1.csv")
    assert not filmed(film)
    assert film.times_s[tracks.numbers] == pytest.approx(tracks.times_s)
    assert len(film) == tracks.numbers[-1] + 1
    assert list(film.source.images([0, 1])) == []


def test_tracks_without_a_clock_or_frames_are_refused():
    silent = replace(SESSION.tracks, times_s=np.full(len(SESSION.tracks), np.nan))
    with pytest.raises(Refusal, match="its tracks have no clock; say the rate, as --clock 30fps"):
        stand_in(silent, "m1.csv")
    with pytest.raises(Refusal, match="its tracks have no frames"):
        stand_in(SESSION.tracks.take(slice(0, 0)), "m1.csv")


def test_an_arena_is_put_beside_the_tracks():
    scaled = Reading(spacing_mm=(0.5,))
    tracks = scaled.of_tracks("m1", SESSION.tracks)
    found = beside(tracks, SESSION.arena, scaled, "m1")
    assert found.unit == "mm"
    assert found.outline == pytest.approx(SESSION.arena.outline / 2)
    assert beside(SESSION.tracks, SESSION.arena, Reading(), "m1") is SESSION.arena
    with pytest.raises(Refusal, match="places are in mm, and the arena in px"):
        beside(tracks, SESSION.arena, Reading(), "m1")


def test_without_a_floor_there_are_no_zones():
    recipe = recipes.load("light-dark", from_tracks=True)
    with pytest.raises(Refusal, match="where the floor and its zones are; draw them"):
        carried_out(recipe, {"tracks": SESSION.tracks})


def test_what_a_keypoint_lacks_for_is_left_out_with_a_word():
    bare = replace(
        SESSION.tracks,
        position=SESSION.tracks.position[:, :, 2:3],
        confidence=SESSION.tracks.confidence[:, 2:3],
        keypoints=("body_centre",),
    )
    recipe = recipes.load("open-field", from_tracks=True)
    found = carried_out(recipe, {"tracks": bare, "arena": SESSION.arena})
    (line,) = found.lacking[""]
    assert line.startswith("without freezing")
    assert "motion" in found.answers
    assert "freezing" not in found.answers


@pytest.mark.parametrize("name", ["fear-conditioning", "forced-swim", "tail-suspension"])
def test_what_needs_no_floor_does_not_ask_for_one(name):
    found = carried_out(recipes.load(name, from_tracks=True), {"tracks": SESSION.tracks})
    assert found.lacking == {"": ()}
    assert not {"outline", "arena"} & found.answers.keys()
    given = {"tracks": SESSION.tracks, "arena": SESSION.arena}
    assert "outline" in carried_out(recipes.load(name, from_tracks=True), given).answers


def test_a_scale_and_sides_say_the_same():
    recipe = recipes.load("light-dark", from_tracks=True)
    scaled = Reading(spacing_mm=(0.5,))
    tracks = scaled.of_tracks("m1", SESSION.tracks)
    by_sides = carried_out(recipe, {"tracks": SESSION.tracks, "arena": SESSION.arena}).answers
    arena = beside(tracks, replace(SESSION.arena, sides_mm=None), scaled, "m1")
    by_scale = carried_out(recipe, {"tracks": tracks, "arena": arena}).answers
    for quantity in ("distance", "entries to dark", "time in light", "latency to dark"):
        name = "motion" if quantity == "distance" else "sides"
        assert by_scale[name].value(quantity) == pytest.approx(by_sides[name].value(quantity))


def test_a_batch_of_tracks(tmp_path):
    (tmp_path / "in").mkdir()
    for name, tracks in (("a", SESSION.tracks), ("b", light_dark(4).tracks)):
        table.write_tracks(tmp_path / "in" / f"{name}.csv", tracks)
    (tmp_path / "in" / "notes.csv").write_text("mouse,weight\n1,20\n", encoding="utf-8")
    assert of_tracks([tmp_path / "in"])
    found = entries([tmp_path / "in"], tracks=True)
    assert [entry.name for entry in found] == ["a.csv", "b.csv"]
    recipe = recipes.load("light-dark", from_tracks=True)
    order = Order(recipe, tmp_path / "out", Arenas((SESSION.arena,)))
    done = list(run_batch(found, order))
    assert [outcome.status for outcome in done] == ["done", "done"]
    inside = {path.name for path in (tmp_path / "out" / "b").iterdir()}
    assert inside == {
        "arena.toml", "episodes.csv", "measures.csv", "otherwise.csv", "provenance.json",
        "tracks.parquet",
    }  # fmt: skip
    assert [outcome.status for outcome in run_batch(found, order)] == ["unchanged"] * 2
    again = replace(order, reading=Reading(rate=50.0))
    assert [outcome.status for outcome in run_batch(found, again)] == ["done", "done"]
    rows = table.read_measures(tmp_path / "out" / "b" / "measures.csv")
    assert rows.value("entries to dark") == 2


def test_frames_that_the_tracks_have_no_row_for_are_told():
    tracks = SESSION.tracks.take(np.arange(len(SESSION.tracks)) % 10 != 3)
    lines = cautions(stand_in(tracks, "m1"), {"tracks": tracks})
    assert any("have no row in the tracks" in line for line in lines)


def test_an_arena_in_mm_is_written_as_it_is_read(tmp_path):
    corners = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 200.0], [0.0, 200.0]])
    drawn = Arena("rectangle", corners, zones=SESSION.arena.zones, unit="mm")
    arena_file.write(tmp_path / "arena.toml", drawn)
    found = arena_file.read(tmp_path / "arena.toml")
    assert (found.unit, found.shape) == ("mm", "rectangle")
    assert found.outline == pytest.approx(drawn.outline)
    for again, zone in zip(found.zones, drawn.zones, strict=True):
        assert (again.name, again.outline.tolist()) == (zone.name, zone.outline.tolist())
    assert "corners_mm" in (tmp_path / "arena.toml").read_text()


def test_films_and_tracks_are_not_mixed(tmp_path):
    table.write_tracks(tmp_path / "a.csv", SESSION.tracks)
    (tmp_path / "b.mp4").touch()
    with pytest.raises(Refusal, match=r"this is a file of tracks, and b\.mp4 is none"):
        of_tracks([tmp_path / "a.csv", tmp_path / "b.mp4"])
    assert not of_tracks([tmp_path])


def test_a_sheet_of_films_serves_for_their_tracks(tmp_path):
    name = "mouse1DLC_resnet50_boxMay1shuffle1_100.csv"
    table.write_tracks(tmp_path / name, SESSION.tracks)
    sheet = Sheet("sheet.csv", (Row(line=2, video=("Mouse1.mp4",), subject="a"),))
    (entry,) = entries([tmp_path / name], sheet, tracks=True)
    assert (entry.name, entry.rows[0].subject) == (name, "a")
    with pytest.raises(Refusal, match="no file Mouse1"):
        entries([tmp_path / name], sheet)


DLC = "DLC_resnet50_boxMay1shuffle1_100000"


def left_by_dlc(folder, *names: str) -> None:
    """What DeepLabCut leaves beside its films."""
    folder.mkdir()
    for name in names:
        for end in (".mp4", f"{DLC}_labeled.mp4", f"{DLC}_meta.pickle"):
            (folder / f"{name}{end}").write_bytes(b"something")
        for end in (".csv", ".h5", "_filtered.csv", "_filtered.h5"):
            dlc.write_tracks(SESSION.tracks, folder / f"{name}{DLC}{end}")


def test_a_folder_as_deeplabcut_leaves_it(tmp_path):
    left_by_dlc(tmp_path / "in", "mouse1", "mouse2")
    said: list[str] = []
    assert of_tracks([tmp_path / "in"], said.append)
    assert said == [
        f"{tmp_path / 'in'}: 2 films with tracks of each: the tracks are taken; name the films to "
        "follow the animals anew"
    ]
    sheet = Sheet("s.xlsx", tuple(Row(line=i, video=(f"mouse{i}.mp4",)) for i in (1, 2)))
    for found in (entries([tmp_path / "in"], known, tracks=True) for known in (None, sheet)):
        assert [entry.name for entry in found] == [f"mouse{i}{DLC}.csv" for i in (1, 2)]
    films = [tmp_path / "in" / f"mouse1{end}" for end in (".mp4", f"{DLC}_labeled.mp4")]
    assert not of_tracks(films)
    said.clear()
    (one,) = entries(films, say=said.append)
    assert one.files == (films[0],)
    assert said == [f"keypoints are drawn into these films, which are not taken: {films[1]}"]


def test_films_of_which_some_have_tracks(tmp_path):
    left_by_dlc(tmp_path / "in", "mouse1")
    (tmp_path / "in" / "mouse2.mp4").touch()
    said: list[str] = []
    assert not of_tracks([tmp_path / "in"], said.append)
    told = "1 of 2 films have tracks: the films are taken; name the files of tracks if these"
    assert told in said[0]


def test_files_that_are_neither_films_nor_tracks(tmp_path):
    table.write_tracks(tmp_path / "a.csv", SESSION.tracks)
    (tmp_path / "b.csv").touch()
    (tmp_path / "c.csv").write_text("mouse,weight\n1,20\n")
    assert of_tracks([tmp_path / "b.csv", tmp_path / "a.csv", tmp_path / "none.csv"])
    for name, said in (
        ("b", "the file is empty; write it again"),
        ("c", "no tracks are found in it; name a file in"),
        ("d", "there is no such file"),
    ):
        with pytest.raises(Refusal, match=said):
            of_tracks([tmp_path / f"{name}.csv"])


def test_results_of_a_run_can_be_measured_again(tmp_path):
    table.write_tracks(tmp_path / "a.csv", SESSION.tracks)
    order = Order(recipes.load("light-dark", from_tracks=True), tmp_path / "out", ARENAS)
    (first,) = run_batch(entries([tmp_path / "a.csv"], tracks=True), order)
    assert of_tracks([tmp_path / "out"])
    found = entries([tmp_path / "out"], tracks=True)
    assert [entry.name for entry in found] == ["a"]
    (again,) = run_batch(found, replace(order, out=tmp_path / "again"))
    both = [table.read_measures(each.folder / "measures.csv") for each in (first, again)]
    assert both[0].value("time in dark") == both[1].value("time in dark")


def test_one_animal_that_is_refused_does_not_stop_the_other(tmp_path):
    ghost = np.where(np.arange(len(SESSION.tracks)) < 1, SESSION.tracks.position.T, np.nan).T
    both = replace(
        SESSION.tracks,
        position=np.concatenate([SESSION.tracks.position, ghost], axis=-1),
        confidence=np.concatenate(
            [SESSION.tracks.confidence, np.zeros_like(SESSION.tracks.confidence)], axis=-1
        ),
        individuals=("mus1", "mus2"),
    )
    table.write_tracks(tmp_path / "a.csv", both)
    order = Order(recipes.load("light-dark", from_tracks=True), tmp_path / "out", ARENAS)
    (done,) = run_batch(entries([tmp_path / "a.csv"], tracks=True), order)
    assert done.status == "done"
    one, other = done.parts
    assert (one.arena, other.arena) == ("mus1", "mus2")
    rows = table.read_measures(one.folder / "measures.csv").rows
    assert {(row.arena, row.individual) for row in rows} == {("mus1", "mus1")}
    assert other.verdict.word == "failed"
    assert not (other.folder / "measures.csv").exists()
    (again,) = run_batch(entries([tmp_path / "a.csv"], tracks=True), order)
    assert [part.arena for part in again.parts] == ["mus1", "mus2"]
