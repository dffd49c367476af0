from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Labelled, Labels, Recording, Refusal, Skeleton, Tracks
from ethoframe.data.labels import HIDDEN
from ethoframe.formats import dlc, images
from ethoframe.formats.dlc.grid import Column, Grid
from ethoframe.formats.dlc.hdf import read_hdf, write_hdf
from ethoframe.formats.dlc.text import read_text, write_text

SIZE = (40, 60)


def film(count=5, name="day1") -> Recording:
    pixels = np.random.default_rng(0).integers(0, 255, (count, *SIZE, 3)).astype(np.uint8)
    return Recording.of(pixels, name=name)


def said(places, keypoints, individuals=("animal",), numbers=None) -> Tracks:
    places = np.asarray(places, np.float64)
    sure = np.isfinite(places).all(axis=1).astype(float)
    numbers = np.arange(len(places)) if numbers is None else np.asarray(numbers)
    places = np.where(sure[:, None] > 0, places, np.nan)
    return Tracks(places, sure, numbers, numbers / 30, keypoints, individuals)


def one(numbers=(0, 2), **more) -> Labels:
    places = np.arange(4.0 * len(numbers)).reshape(-1, 2, 2, 1)
    part = Labelled(film(), said(places, ("nose", "tail"), numbers=numbers), **more)
    return Labels((part,), Skeleton.of(("nose", "tail"), [("nose", "tail")]))


def test_what_is_written_is_read_again(tmp_path):
    labels = one(author="Ann", origin=np.array([7, 12345]))
    assert dlc.write(labels, tmp_path / "project") == ()
    (part,) = dlc.read(tmp_path / "project").parts
    assert np.array_equal(part.said.position, labels.parts[0].said.position)
    assert (part.author, part.film, part.origin.tolist()) == ("Ann", "day1", [7, 12345])
    assert dlc.read(tmp_path / "project").skeleton == labels.skeleton
    assert dlc.read(tmp_path / "project").warnings == ()
    pixels = labels.parts[0].recording.frames([0, 2]).pixels
    assert np.array_equal(part.recording.frames([0, 1]).pixels, pixels)
    assert part.files[0] == "labeled-data/day1/img00007.png"


def test_pictures_that_are_png_are_copied_byte_by_byte(tmp_path):
    labels = one()
    dlc.write(labels, tmp_path / "first")
    for index, path in enumerate(sorted((tmp_path / "first").rglob("*.png"))):
        path.write_bytes(path.read_bytes() + bytes([index]))
    dlc.write(dlc.read(tmp_path / "first"), tmp_path / "second")
    for path in sorted((tmp_path / "first").rglob("*.png")):
        other = tmp_path / "second" / path.relative_to(tmp_path / "first")
        assert other.read_bytes() == path.read_bytes()
    assert dlc.read(tmp_path / "second").parts[0].said == dlc.read(tmp_path / "first").parts[0].said


def test_pandas_reads_the_tables(tmp_path):
    import pandas as pd

    dlc.write(one(author="Ann"), tmp_path / "project")
    folder = tmp_path / "project" / "labeled-data" / "day1"
    kept = pd.read_hdf(folder / "CollectedData_Ann.h5")
    text = pd.read_csv(folder / "CollectedData_Ann.csv", header=[0, 1, 2], index_col=[0, 1, 2])
    pd.testing.assert_frame_equal(kept, text, check_names=False)
    assert kept.columns.names == ["scorer", "bodyparts", "coords"]
    assert kept.index[0] == ("labeled-data", "day1", "img0000.png")
    assert list(kept.index.names) == [None] * 3
    assert kept["Ann"]["tail"]["y"].tolist() == [3, 7]


def test_the_configuration(tmp_path):
    yaml = pytest.importorskip("yaml")
    dlc.write(one(author="Ann"), tmp_path / "project")
    told = yaml.safe_load((tmp_path / "project/config.yaml").read_text(encoding="utf-8"))
    assert told["bodyparts"] == ["nose", "tail"]
    assert (told["Task"], told["scorer"], told["multianimalproject"]) == ("project", "Ann", False)
    assert told["skeleton"] == [["nose", "tail"]]
    ((place, crop),) = told["video_sets"].items()
    assert (Path(place).stem, crop) == ("day1", {"crop": "0, 60, 0, 40"})
    assert Path(told["project_path"]) == (tmp_path / "project").absolute()


def test_several_animals(tmp_path):
    yaml = pytest.importorskip("yaml")
    places = np.random.default_rng(0).uniform(0, 40, (2, 2, 3, 3))
    places[:, :, 2, :2] = places[:, :, :2, 2] = np.nan
    places[1, :, 0, 0] = np.nan
    who = ("one", "two", "single")
    part = Labelled(film(), said(places, ("nose", "tail", "corner"), who))
    assert dlc.write(Labels((part,)), tmp_path / "pair") == ()
    labels = dlc.read(tmp_path / "pair")
    assert labels.parts[0].said.individuals == who
    assert np.array_equal(labels.parts[0].said.position, part.said.position, equal_nan=True)
    told = yaml.safe_load((tmp_path / "pair/config.yaml").read_text(encoding="utf-8"))
    assert told["bodyparts"] == "MULTI!"
    assert told["individuals"] == ["one", "two"]
    assert told["multianimalbodyparts"] == ["nose", "tail"]
    assert told["uniquebodyparts"] == ["corner"]
    places[0, :, 0, 2] = 1
    mixed = Labels((replace(part, said=said(places, ("nose", "tail", "corner"), who)),))
    with pytest.raises(Refusal, match="nose is a keypoint of single and of another individual"):
        dlc.write(mixed, tmp_path / "mixed")


def test_films_that_are_called_alike_or_badly(tmp_path):
    part = one().parts[0]
    films = [replace(part, film=name) for name in ("a/b", "a_b", "c:d", "..")]
    dlc.write(Labels(tuple(films)), tmp_path / "project")
    names = sorted(each.name for each in (tmp_path / "project/labeled-data").iterdir())
    assert names == ["_", "a_b", "a_b_2", "c_d"]


def test_what_is_not_kept_is_told(tmp_path):
    part = one(subject="m7").parts[0]
    sure = part.said.confidence.copy()
    sure[0, 0] = HIDDEN
    part = replace(part, said=replace(part.said, confidence=sure, individuals=("Mickey",)))
    skeleton = Skeleton(("nose", "tail"), mirrored=(("nose", "tail"),))
    assert dlc.write(Labels((part,), skeleton), tmp_path / "project") == (
        "that 1 keypoints are hidden is not kept",
        "the name of the one individual is not kept: Mickey",
        "subjects are not kept: m7",
        "which keypoints are left and right is not kept; their names do not tell it",
    )


def test_what_cannot_be_written(tmp_path):
    labels = one(author="Ann")
    other = replace(labels.parts[0], author="Bob")
    both = replace(labels, parts=(*labels.parts, other))
    with pytest.raises(Refusal, match=r"2 people labelled \(Ann, Bob\)"):
        dlc.write(both, tmp_path / "project")
    with pytest.raises(Refusal, match=r"two labels are of one picture, day1/img0000\.png"):
        dlc.write(both, tmp_path / "project", scorer="Ann")
    with pytest.raises(Refusal, match="holds keypoints, and there are none"):
        dlc.write(Labels(()), tmp_path / "project")
    metric = replace(labels.parts[0], said=replace(labels.parts[0].said, unit="mm"))
    with pytest.raises(Refusal, match="keypoints in px"):
        dlc.write(Labels((metric,)), tmp_path / "project")
    assert not (tmp_path / "project").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(Refusal, match="it is there already, and holds something"):
        dlc.write(labels, tmp_path / "full")
    deep = Recording.of(np.zeros((3, *SIZE, 1), np.float32), name="day1")
    with pytest.raises(Refusal, match="a PNG file holds no frame of float32"):
        dlc.write(Labels((replace(labels.parts[0], recording=deep),)), tmp_path / "project")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["full"]


def test_progress_is_told(tmp_path):
    seen: list[tuple[int, int]] = []
    dlc.write(one(), tmp_path / "project", tell=lambda *done: seen.append(done))
    assert seen == [(1, 2), (2, 2)]


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="/\\")
NAMES = st.text(LETTERS, min_size=1, max_size=6).filter(lambda name: name.strip() == name)
NUMBERS = st.floats(allow_infinity=False, width=64)


@st.composite
def grids(draw):
    several = draw(st.booleans())
    who = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True)) if several else ["animal"]
    if who == ["animal"]:  # which is how one that has no name is called
        several = False
    points = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    columns = tuple(Column(w, p, c) for w in who for p in points for c in "xy")
    pictures = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    count = len(pictures) * len(columns)
    values = draw(st.lists(NUMBERS, min_size=count, max_size=count))
    rows = tuple(("labeled-data", "day", f"{name}.png") for name in pictures)
    return Grid(draw(NAMES), columns, rows, np.reshape(values, (len(rows), len(columns))))


@given(grids())
@settings(max_examples=20)
def test_any_table_is_read_as_it_was_written(grid):
    with tempfile.TemporaryDirectory() as folder:
        for end, write, read in ((".csv", write_text, read_text), (".h5", write_hdf, read_hdf)):
            path = Path(folder) / f"table{end}"
            write(path, grid)
            found = read(path)
            assert (found.scorer, found.columns) == (grid.scorer, grid.columns)
            assert found.rows == grid.rows
            assert np.array_equal(found.values, grid.values, equal_nan=True)


@st.composite
def labelled(draw):
    points = tuple(draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)))
    who = ("one", "two")[: draw(st.integers(1, 2))]
    numbers = draw(st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True))
    shape = (len(numbers), 2, len(points), len(who))
    count = int(np.prod(shape))
    place = st.one_of(st.just(np.nan), st.floats(-0.5, 39.5))
    places = np.reshape(draw(st.lists(place, min_size=count, max_size=count)), shape)
    who = who if len(who) > 1 else ("animal",)
    return Labelled(film(), said(places, points, who, sorted(numbers)), author="Ann")


@given(labelled())
@settings(max_examples=12)
def test_any_labels_are_read_as_they_were_written(part):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "project"
        dlc.write(Labels((part,), Skeleton.of(part.said.keypoints)), place)
        (found,) = dlc.read(place).parts
        assert np.array_equal(found.said.position, part.said.position, equal_nan=True)
        assert np.array_equal(found.said.confidence, part.said.confidence)
        assert found.said.keypoints == part.said.keypoints
        assert found.said.individuals == part.said.individuals
        assert np.array_equal(found.origin, part.said.numbers)
        pixels = part.recording.frames(part.said.numbers.tolist()).pixels
        assert np.array_equal(found.recording.frames(range(len(found))).pixels, pixels)


def test_the_open_field_labels_once_more(shared, tmp_path):
    labels = dlc.read(shared / "data/openfield")
    assert dlc.write(labels, tmp_path / "copy") == ()
    again = dlc.read(tmp_path / "copy")
    assert again.parts[0].said == labels.parts[0].said
    assert again.skeleton == labels.skeleton
    assert images.read(tmp_path / "copy/labeled-data/m4s1").size == (480, 640)
