"""What SLEAP exports for analysis, made with h5py or as text, and with sleap-io."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.formats import dlc, sleap

h5py = pytest.importorskip("h5py")

HEAD = "track,frame_idx,instance.score,a.x,a.y,a.score,b.x,b.y,b.score\n"


def places(tracks: int = 2, nodes: int = 2, frames: int = 4) -> np.ndarray:
    """Axes track, xy, node, frame, each number another."""
    shape = tracks, 2, nodes, frames
    return np.arange(np.prod(shape), dtype=float).reshape(shape)


def kept(path: Path, held: np.ndarray, scores=None, who=("f", "m"), nodes=("a", "b"), **more):
    scores = np.full(held[:, 0].shape, 0.5) if scores is None else scores
    told = {
        "tracks": held,
        "point_scores": scores,
        "node_names": np.array([name.encode() for name in nodes]),
        "track_names": np.array([name.encode() for name in who]),
        "instance_scores": np.ones((held.shape[0], held.shape[-1])),
        "track_occupancy": np.ones((held.shape[-1], held.shape[0]), np.uint8),
        "video_path": "v.mp4",
        **more,
    }
    with h5py.File(path, "w") as file:
        for name, value in told.items():
            if value is not None:
                file[name] = value
    return path


def listed(path: Path, held: np.ndarray, scores: np.ndarray, who, nodes) -> Path:
    """The same as a table: rows of individuals that are not seen at all are left out."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        parts = [f"{node}.{part}" for node in nodes for part in ("x", "y", "score")]
        writer.writerow(["track", "frame_idx", "instance.score", *parts])
        for t in range(held.shape[-1]):
            for i, name in enumerate(who):
                row = [
                    "" if np.isnan(value) else float(value)
                    for k in range(len(nodes))
                    for value in (*held[i, :, k, t], scores[i, k, t])
                ]
                if any(cell != "" for cell in row):
                    writer.writerow([name, t, 0.9, *row])
    return path


def test_places_scores_and_names_of_an_analysis_file(tmp_path):
    held, scores = places(), np.full((2, 2, 4), 0.25)
    held[1, 0, 1, 2] = np.nan  # half a place is none
    scores[0, 0, 1], scores[0, 1, 1] = np.nan, 1.5  # placed by a person; surer than sure
    path = kept(tmp_path / "x.analysis.h5", held, scores)
    tracks = formats.read_tracks(path, rate=10)
    assert (tracks.keypoints, tracks.individuals, tracks.unit) == (("a", "b"), ("f", "m"), "px")
    assert tracks.at("b", "f").tolist() == held[0, :, 1].T.tolist()
    assert np.isnan(tracks.at("b", "m")[2]).all()
    assert tracks.confidence[:, :, 0].tolist() == [[0.25] * 2, [1, 1], [0.25] * 2, [0.25] * 2]
    assert tracks.confidence[2, :, 1].tolist() == [0.25, 0]
    assert tracks.times_s.tolist() == [0, 0.1, 0.2, 0.3]


def test_rows_of_an_analysis_table(tmp_path):
    path = tmp_path / "x.analysis.csv"
    path.write_text(HEAD + "m,5,0.9,1,2,0.5,3,4,\nf,3,0.9,5,6,1.25,,,\nm,3,0.9,7,8,0,,,0.5\n")
    tracks = formats.read_tracks(path, rate=10)
    assert (tracks.keypoints, tracks.individuals) == (("a", "b"), ("m", "f"))
    assert (tracks.numbers.tolist(), tracks.times_s.tolist()) == ([3, 4, 5], [0.3, 0.4, 0.5])
    assert tracks.at("a", "m")[[0, 2]].tolist() == [[7, 8], [1, 2]]
    assert np.isnan(tracks.position[1]).all()  # no row is of frame 4
    assert np.isnan(tracks.at("a", "f")[1:]).all()
    assert tracks.confidence[:, :, 0].tolist() == [[0, 0], [0, 0], [0.5, 1]]
    assert tracks.confidence[0, :, 1].tolist() == [1, 0]


def test_times_of_the_film_are_its_clock(tmp_path):
    paths = kept(tmp_path / "x.h5", places()), tmp_path / "x.csv"
    paths[1].write_text(HEAD + ",1,0.9,1,2,0.5,3,4,0.5\n,3,0.9,1,2,0.5,3,4,0.5\n")
    own = np.array([0, 0.1, 0.3, 0.7])
    for path, seconds in zip(paths, (own, own[1:]), strict=True):
        with pytest.raises(Refusal, match="it carries no clock; say it, as --clock 30fps"):
            formats.read_tracks(path)
        assert formats.read_tracks(path, times_s=own).times_s.tolist() == seconds.tolist()
        with pytest.raises(Refusal, match="and the film has 2 frames"):
            formats.read_tracks(path, times_s=own[:2])


@pytest.mark.parametrize("who", [(), ("",)])
def test_a_lone_animal_without_track(tmp_path, who):
    path = kept(tmp_path / "x.h5", places(1), who=who)
    assert formats.read_tracks(path, rate=1).individuals == ("animal",)
    table = listed(tmp_path / "x.csv", places(1), np.ones((1, 2, 4)), ("",), ("a", "b"))
    assert formats.read_tracks(table, rate=1).individuals == ("animal",)


def test_one_without_track_beside_others(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(HEAD + ",0,1,1,2,1,3,4,1\nanimal,0,1,5,6,1,7,8,1\n")
    assert formats.read_tracks(path, rate=1).individuals == ("animal without track", "animal")


@pytest.mark.parametrize(
    "nodes",
    [("instance", "b.x"), ("tail.base", "a.score"), ("Nase, links", "ü"), (" 1", "x"), ("x", "y")],
)
def test_odd_names(tmp_path, nodes):
    who, scores = ("track, 1", "ö.x"), np.full((2, 2, 4), 0.5)
    path = kept(tmp_path / "x.h5", places(), who=who, nodes=nodes)
    table = listed(tmp_path / "x.csv", places(), scores, who, nodes)
    found = formats.read_tracks(path, rate=1)
    assert (found.keypoints, found.individuals) == (nodes, who)
    assert formats.read_tracks(table, rate=1) == found


def test_names_that_are_text_of_any_length(tmp_path):
    words = np.array(["nose", "earL"], dtype=h5py.string_dtype())
    path = kept(tmp_path / "x.h5", places(), node_names=words)
    assert formats.read_tracks(path, rate=1).keypoints == ("nose", "earL")


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_both_exports_say_the_same(data):
    tracks, nodes, frames = (data.draw(st.integers(1, most)) for most in (3, 3, 5))
    held = places(tracks, nodes, frames) / 7
    unseen = data.draw(st.lists(st.booleans(), min_size=held[:, 0].size, max_size=held[:, 0].size))
    unseen = np.reshape(unseen, held[:, 0].shape)
    unseen[:, 0, [0, -1]] = False  # a table begins and ends with a row
    held[np.broadcast_to(unseen[:, None], held.shape)] = np.nan
    scores = np.where(unseen, np.nan, np.linspace(0, 1, unseen.size).reshape(unseen.shape))
    who, called = [f"t{i}" for i in range(tracks)], [f"n{i}" for i in range(nodes)]
    with tempfile.TemporaryDirectory() as folder:
        path = kept(Path(folder) / "x.h5", held, scores, who, called)
        table = listed(Path(folder) / "x.csv", held, scores, who, called)
        one, other = (formats.read_tracks(each, rate=25) for each in (path, table))
    assert one == other
    assert np.array_equal(one.position, held.transpose(3, 1, 2, 0), equal_nan=True)
    assert np.array_equal(one.confidence, np.nan_to_num(scores).transpose(2, 1, 0))


def test_axes_are_those_that_the_file_names(tmp_path):
    usual = formats.read_tracks(kept(tmp_path / "x.h5", places()), rate=1)
    path = kept(tmp_path / "y.h5", places().transpose(3, 0, 2, 1), np.full((4, 2, 2), 0.5))
    with h5py.File(path, "a") as file:
        file.attrs["transpose"] = False
    assert formats.read_tracks(path, rate=1) == usual
    with h5py.File(path, "a") as file:
        del file.attrs["transpose"]
        file["tracks"].attrs["dims"] = json.dumps(["frame", "track", "node", "xy"])
    assert formats.read_tracks(path, rate=1) == usual


def test_without_scores_what_is_there_is_sure(tmp_path):
    path = kept(tmp_path / "x.h5", places(), point_scores=None, track_occupancy=np.ones((4, 2)))
    assert (formats.read_tracks(path, rate=1).confidence == 1).all()
    table = tmp_path / "x.csv"
    table.write_text("track,frame_idx,a.x,a.y\nm,0,1,2\nm,1,,\n")
    assert formats.read_tracks(table, rate=1).confidence.ravel().tolist() == [1, 0]


@pytest.mark.parametrize("preset", ["matlab", "standard"])
def test_what_sleap_io_exports_is_read_as_its_own_file_is(tmp_path, preset):
    sio = pytest.importorskip("sleap_io")
    nodes = [sio.Node("nose"), sio.Node("tail.base")]
    skeleton, tracks = sio.Skeleton(nodes), [sio.Track("f"), sio.Track("m")]
    film = sio.Video(filename="v.mp4", open_backend=False)

    def instance(x: float, track, score: float):
        points = np.array([[x, x + 1], [np.nan, np.nan] if x == 4 else [x + 2, x + 3]])
        return sio.PredictedInstance.from_numpy(points, skeleton, np.full(2, score), 0.9, track)

    frames = [
        sio.LabeledFrame(film, 0, [instance(1, tracks[0], 0.5), instance(2, tracks[1], 0.25)]),
        sio.LabeledFrame(film, 3, [instance(4, tracks[1], 0.75)]),
    ]
    labels = sio.Labels(frames, videos=[film], skeletons=[skeleton], tracks=tracks)
    own, path, table = (tmp_path / f"x.{end}" for end in ("slp", "analysis.h5", "analysis.csv"))
    sio.save_slp(labels, str(own), verbose=False)
    sio.save_analysis_h5(labels, str(path), preset=preset)
    sio.save_csv(labels, str(table), format="sleap")
    expected = formats.read_tracks(own, rate=30)
    assert formats.read_tracks(path, rate=30) == expected
    assert formats.read_tracks(table, rate=30) == expected


def test_a_file_is_of_one_program(tmp_path):
    path = kept(tmp_path / "x.h5", places())
    table = listed(tmp_path / "x.csv", places(), np.ones((2, 2, 4)), ("f", "m"), ("a", "b"))
    tracks = formats.read_tracks(path, rate=1)
    assert not dlc.tracks_in(path)
    assert not dlc.tracks_in(table)
    for name in ("d.h5", "d.csv"):
        dlc.write_tracks(tracks, tmp_path / name)
        assert not sleap.tracks_in(tmp_path / name)
        assert formats.read_tracks(tmp_path / name, rate=1) == tracks
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["tracks"] = places()
    assert not formats.is_tracks(tmp_path / "other.h5")
    assert not sleap.tracks_in(tmp_path)
    with pytest.raises(Refusal, match="nothing that people said is found in it"):
        formats.read_annotations(table)


def test_a_damaged_file_is_deeplabcuts_to_refuse(tmp_path):
    path = kept(tmp_path / "x.h5", places())
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(Refusal, match="cut short"):
        formats.read_tracks(path, rate=1)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"tracks": np.zeros((2, 3, 2, 4))}, "its 2 nodes and 2 tracks are not those of its"),
        ({"tracks": np.zeros(4)}, "is no analysis file of SLEAP"),
        ({"tracks": np.array([b"a"])}, r"is no analysis file of SLEAP \(/tracks holds no numbers"),
        ({"point_scores": np.zeros((2, 2, 3))}, "its 2 nodes and 2 tracks are not those of its"),
        ({"track_names": np.array([b"f"])}, "its 2 nodes and 1 tracks are not those of its"),
        ({"track_names": np.array([b"f", b"f"])}, "two tracks have the same name"),
        ({"node_names": np.array([b"a", b"a"])}, "two nodes have the same name"),
        ({"tracks": np.zeros((2, 2, 2, 0)), "point_scores": np.zeros((2, 2, 0))}, "no instance"),
    ],
)
def test_files_that_cannot_be_are_refused(tmp_path, more, reason):
    with pytest.raises(Refusal, match=reason):
        formats.read_tracks(kept(tmp_path / "x.h5", places(), **more), rate=1)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("", "it holds no instance"),
        ("m,0,1,1,2,1,3,4,1\nm,0,1,1,2,1,3,4,1\n", "m is there twice in frame 0"),
        (",7,1,1,2,1,3,4,1\n,7,1,1,2,1,3,4,1\n", "2 instances of frame 7 have no track"),
        ("m,0.5,1,1,2,1,3,4,1\n", "frame_idx is no number of a frame"),
        ("m,,1,1,2,1,3,4,1\n", "frame_idx is no number of a frame"),
        ("m,-1,1,1,2,1,3,4,1\n", "frame_idx is no number of a frame"),
        ("m,1e12,1,1,2,1,3,4,1\n", "frame_idx is no number of a frame"),
        ("m,0,1,one,2,1,3,4,1\n", "is no table of SLEAP .*one"),
        ("m,0,1,1,2\n", "is no table of SLEAP .*Expected 9 columns, got 5"),
    ],
)
def test_tables_that_cannot_be_are_refused(tmp_path, rows, reason):
    path = tmp_path / "x.csv"
    path.write_text(HEAD + rows)
    with pytest.raises(Refusal, match=reason):
        formats.read_tracks(path, rate=1)


def test_what_is_not_there_or_no_export_is_refused(tmp_path):
    with pytest.raises(Refusal, match="there is no such file"):
        sleap.read_tracks(tmp_path / "x.csv", rate=1)
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    assert not sleap.tracks_in(tmp_path / "x.csv")
    with pytest.raises(Refusal, match="it has no columns track, frame_idx"):
        sleap.read_tracks(tmp_path / "x.csv", rate=1)
