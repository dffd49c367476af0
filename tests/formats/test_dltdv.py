from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe import formats
from ethoframe.data import Refusal, Tracks
from ethoframe.formats import dltdv

NAN = np.nan


def seen(position, keypoints=("nose", "tail"), individuals=("animal",), numbers=None) -> Tracks:
    position = np.asarray(position, np.float64)
    numbers = np.arange(len(position)) if numbers is None else np.asarray(numbers)
    sure = np.isfinite(position).all(axis=1).astype(float)
    return Tracks(position, sure, numbers, numbers / 30, keypoints, individuals)


def random(seed, frames, **more) -> Tracks:
    shape = (frames, 2, 2, len(more.get("individuals", "a")))
    return seen(np.random.default_rng(seed).random(shape) * 90, **more)


def read(path: Path) -> dict[str, np.ndarray]:
    """Columns by their heading, as another program would read them."""
    heading, *rows = csv.reader(path.read_text().splitlines())
    values = np.array([[float(cell) for cell in row] for row in rows]).reshape(-1, len(heading))
    return dict(zip(heading, values.T, strict=True))


def test_the_table_is_exactly_this(tmp_path):
    # The centres of the upper left and of the lower right pixel of 6 × 4.
    one = seen([[[[0], [5]], [[0], [3]]], [[[1.5], [NAN]], [[2], [1]]]])
    two = seen([[[[2], [3]], [[0.25], [1]]]])
    notes = dltdv.write_tracks({"a": one, "b": two}, tmp_path / "xypts.csv", [4, 10])
    assert (tmp_path / "xypts.csv").read_text().splitlines() == [
        "pt1_cam1_X,pt1_cam1_Y,pt1_cam2_X,pt1_cam2_Y,pt2_cam1_X,pt2_cam1_Y,pt2_cam2_X,pt2_cam2_Y",
        "1.0,4.0,3.0,9.75,6.0,1.0,4.0,9.0",
        "2.5,2.0,NaN,NaN,NaN,NaN,NaN,NaN",
    ]
    assert notes[1:] == ("b ends after 1 of 2 frames: NaN from there on",)
    assert [each.name for each in tmp_path.iterdir()] == ["xypts.csv"]
    notes = dltdv.write_tracks({"a": one, "b": two}, tmp_path / "xypts.csv", origin="upper")
    assert (tmp_path / "xypts.csv").read_text().splitlines()[1:] == [
        "1.0,1.0,3.0,1.25,6.0,4.0,4.0,2.0",
        "2.5,3.0,NaN,NaN,NaN,NaN,NaN,NaN",
    ]
    assert notes[1:] == ("b ends after 1 of 2 frames: NaN from there on",)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(0, 6), st.integers(1, 2), st.integers(0, 99))
def test_columns_are_where_dltdv_has_them(tmp_path_factory, cameras, frames, animals, seed):
    path = tmp_path_factory.mktemp("dlt") / "xypts.csv"
    who = ("a", "b")[:animals]
    all_seen = {str(at): random(seed + at, frames, individuals=who) for at in range(cameras)}
    dltdv.write_tracks(all_seen, path, [100])
    columns = read(path)
    assert len(columns) == cameras * animals * 4
    for at, tracks in enumerate(all_seen.values(), start=1):
        for point, (individual, name) in enumerate(dltdv.points(tracks), start=1):
            x, y = (columns[f"pt{point}_cam{at}_{axis}"] for axis in "XY")
            found = np.stack([x - 1, 100 - y], axis=1)
            np.testing.assert_allclose(found, tracks.at(name, individual), atol=1e-9)


def test_keypoints_and_animals_are_matched_by_name(tmp_path):
    one = random(0, 3, individuals=("a", "b"))
    position = one.position[:, :, ::-1, ::-1]
    other = seen(position, ("tail", "nose"), ("b", "a"))
    dltdv.write_tracks({"1": one, "2": other}, tmp_path / "x.csv", [100])
    columns = read(tmp_path / "x.csv")
    for point in range(1, 5):
        for axis in "XY":
            first, second = (columns[f"pt{point}_cam{at}_{axis}"] for at in (1, 2))
            np.testing.assert_array_equal(first, second)


def test_frames_keep_their_numbers(tmp_path):
    dltdv.write_tracks({"1": random(0, 2, numbers=[1, 4])}, tmp_path / "x.csv", [100])
    x = read(tmp_path / "x.csv")["pt1_cam1_X"]
    assert np.isfinite(x).tolist() == [False, True, False, False, True]


def test_a_height_that_is_too_small_is_told(tmp_path):
    one = seen([[[[0], [5]], [[0], [3]]]])
    notes = dltdv.write_tracks({"a": one}, tmp_path / "x.csv", [3])
    assert notes[1:] == ("a: 1 places lie below a picture of 3 px; is that its height?",)


def test_cameras_of_other_things_are_refused(tmp_path):
    one, path = random(0, 2), tmp_path / "x.csv"
    other = random(0, 2, keypoints=("nose", "ear"))
    with pytest.raises(Refusal, match=r"^1: it lacks the keypoint ear, which 2 has"):
        dltdv.write_tracks({"1": one, "2": other}, path, [9])
    several = random(0, 2, individuals=("animal", "b"))
    with pytest.raises(Refusal, match=r"^2: it lacks the individual b, which 1 has"):
        dltdv.write_tracks({"1": several, "2": one}, path, [9])
    with pytest.raises(Refusal, match="2 cameras and 3 heights"):
        dltdv.write_tracks({"1": one, "2": one}, path, [9, 9, 9])
    in_mm = Tracks.of(np.zeros((1, 2)), np.zeros(1))
    object.__setattr__(in_mm, "unit", "mm")
    with pytest.raises(Refusal, match="the tracks are in mm"):
        dltdv.write_tracks({"1": in_mm}, path, [9])
    with pytest.raises(Refusal, match=r"from the lower left, and nothing tells .* --height 1024; "):
        dltdv.write_tracks({"1": one}, path)
    assert not path.exists()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(0, 6), st.sampled_from(["lower", "upper"]), st.integers(0, 9))
def test_each_camera_is_read_back_as_it_was_seen(tmp_path_factory, cameras, frames, origin, seed):
    path = tmp_path_factory.mktemp("dlt") / "xypts.csv"
    all_seen = [random(seed + at, frames) for at in range(cameras)]
    given_as = {str(at): tracks for at, tracks in enumerate(all_seen)}
    dltdv.write_tracks(given_as, path, [100], origin=origin)
    for camera, tracks in enumerate(all_seen, start=1):
        told = {"camera": camera, "height": 100, "origin": origin}
        found = formats.read_tracks(path, rate=30, **told)
        assert found.keypoints == ("pt1", "pt2")
        np.testing.assert_allclose(found.position, tracks.position, atol=1e-9)
        np.testing.assert_array_equal(found.times_s, tracks.times_s)
        np.testing.assert_array_equal(found.confidence, tracks.confidence)


def test_points_of_argus_have_names(tmp_path):
    path = tmp_path / "clicks-xypts.csv"
    path.write_text("Track 1_cam_2_x,Track 1_cam_2_y,tip_cam_2_y,tip_cam_2_x\n3,8,,4\n1,2,6,4\n")
    found = formats.read_tracks(path, rate=50, height=10)
    assert found.keypoints == ("Track 1", "tip")
    assert found.at("Track 1").tolist() == [[2, 2], [0, 8]]
    assert np.array_equal(found.at("tip"), [[NAN, NAN], [3, 4]], equal_nan=True)
    assert found.confidence[:, 1, 0].tolist() == [0, 1]


def test_camera_height_and_clock_must_be_known(tmp_path):
    path = tmp_path / "xypts.csv"
    dltdv.write_tracks({"1": random(0, 2), "2": random(1, 2)}, path, [100])
    way = r"ethoframe write xypts.csv cam1.parquet --camera 1 --height 1024 --clock 30fps; .* upper"
    with pytest.raises(Refusal, match=f"it tells what 2 cameras saw; take one out, as {way}"):
        formats.read_tracks(path, rate=30)
    with pytest.raises(Refusal, match="it has no camera 3; it has 1, 2"):
        formats.read_tracks(path, rate=30, camera=3)
    with pytest.raises(Refusal, match=f"nothing tells how high .*; take one out, as {way}"):
        formats.read_tracks(path, rate=30, camera=2)
    with pytest.raises(Refusal, match="it carries no clock"):
        formats.read_tracks(path, camera=2, origin="upper")


SPATIAL = "pt1_X,pt1_Y,pt1_Z,pt2_X,pt2_Y,pt2_Z\n1,2,3,4,5,6\n1,2,NaN,4,NaN,7\n"


def test_points_in_space_are_seen_along_two_axes(tmp_path):
    path = tmp_path / "trial01xyzpts.csv"
    path.write_text(SPATIAL)
    with pytest.raises(Refusal, match=r"it has 3 dimensions, and tracks have two; .* --plane xy"):
        formats.read_tracks(path, rate=30, scaled=True)
    with pytest.raises(Refusal, match=r"tells the unit of its calibration; .* --scale 1000mm/px"):
        formats.read_tracks(path, rate=30, plane="xz")
    found = formats.read_tracks(path, rate=30, plane="xz", scaled=True)
    assert np.array_equal(found.at("pt1"), [[1, 3], [NAN, NAN]], equal_nan=True)
    assert found.at("pt2").tolist() == [[4, 6], [4, 7]]
    assert found.confidence[..., 0].tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("acceleration.csv", "head_x,head_y,head_z"),
        ("xyzpts.csv", "pt1_X,pt1_Y,pt1_Z,pt2_X"),
        ("xyzpts.csv", "pt1_X,pt1_Y,pt1_Z,pt1_x"),
        ("xyzres.csv", "pt1,pt2"),
        ("offsets.csv", "cam1_offset,cam2_offset"),
        ("xypts.csv", "pt1_cam1_X,pt1_cam1_Y,pt2_cam1_X"),
        ("xypts.csv", "frame,pt1_cam1_X,pt1_cam1_Y"),
        ("xypts.csv", ""),
    ],
)
def test_other_tables_are_not_taken_for_these(tmp_path, name, heading):
    (tmp_path / name).write_text(f"{heading}\n")
    assert not formats.is_tracks(tmp_path / name)
    with pytest.raises(Refusal):
        dltdv.read_tracks(tmp_path / name, rate=1, camera=1, origin="upper", plane="xy")
