from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe import formats
from ethoframe.data import Labelled, Labels, Recording, Refusal, Skeleton, Tracks
from ethoframe.data.labels import HIDDEN
from ethoframe.formats import sleap, video

sio = pytest.importorskip("sleap_io")

SIZE = (40, 60)
NODES = ("nose", "earL", "earR")


class Making:
    """A SLEAP file that is made with sleap-io alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes = [sio.Node(name) for name in NODES]
        nose, left, right = self.nodes
        edges = [sio.Edge(nose, left), sio.Edge(nose, right)]
        self.skeleton = sio.Skeleton(self.nodes, edges, [sio.Symmetry([right, left])])
        self.frames: list = []
        self.tracks = {name: sio.Track(name) for name in ("b", "a")}

    def pictures(self, *names: str):
        places = []
        for value, name in enumerate(names, 1):
            place = self.folder / "film" / name
            place.parent.mkdir(exist_ok=True)
            assert cv2.imwrite(str(place), np.full(SIZE, value, np.uint8))
            places.append(str(place))
        return sio.Video.from_filename(places)

    def placed(self, *points, track=None):
        return sio.Instance.from_numpy(
            np.array(points, float), self.skeleton, self.tracks.get(track)
        )

    def predicted(self, *points, track=None, score=0.5):
        scores = np.full(len(points), score)
        own = self.tracks.get(track)
        return sio.PredictedInstance.from_numpy(
            np.array(points, float), self.skeleton, scores, score, own
        )

    def frame(self, film, number, *instances, **more):
        self.frames.append(sio.LabeledFrame(film, number, list(instances), **more))

    def saved(self, name="labels.slp", **more) -> Path:
        tracks = list(self.tracks.values())
        file = sio.Labels(self.frames, skeletons=[self.skeleton], tracks=tracks)
        sio.save_slp(file, str(self.folder / name), verbose=False, **more)
        return self.folder / name


@pytest.fixture
def making(tmp_path):
    return Making(tmp_path)


GONE = (np.nan, np.nan)


def test_what_people_placed_is_read(making):
    film = making.pictures("img5.png", "img6.png", "img7.png")
    making.frame(film, 2, making.placed((1, 2), (3, 4), GONE, track="a"))
    making.frame(film, 1, making.predicted((9, 9), (9, 9), (9, 9), track="a"))
    making.frame(film, 0, making.placed((5, 6), (7, 8), (9, 10), track="b"))
    labels = sleap.read(making.saved())
    (part,) = labels.parts
    assert labels.skeleton == Skeleton(
        NODES, (("nose", "earL"), ("nose", "earR")), (("earL", "earR"),)
    )
    assert part.said.individuals == ("b", "a")
    assert part.said.numbers.tolist() == [0, 1]
    assert part.origin.tolist() == [5, 7]
    assert part.said.at("nose", "a")[1].tolist() == [1, 2]
    assert part.said.at("earR", "b")[0].tolist() == [9, 10]
    assert part.said.confidence.sum(axis=1).tolist() == [[3, 0], [0, 2]]
    assert part.recording.frames([0, 1]).pixels[:, 0, 0, 0].tolist() == [1, 3]
    assert [Path(name).name for name in part.files] == ["img5.png", "img7.png"]
    assert (part.film, labels.warnings) == ("film", ())
    assert formats.read_annotations(making.folder / "labels.slp") == labels


def test_without_tracks_individuals_have_no_identity(making):
    film = making.pictures("img0.png", "img1.png")
    making.frame(
        film, 0, making.placed((1, 2), (3, 4), (5, 6)), making.placed(GONE, (3, 4), (5, 6))
    )
    making.frame(film, 1, making.placed((5, 6), (7, 8), (9, 10)))
    path = making.saved()
    assert sleap.read(path).parts[0].said.individuals == ("animal 1", "animal 2")
    with pytest.raises(Refusal, match="2 instances of frame 0 have no track"):
        sleap.read_tracks(path, rate=30)
    making.frames[0].instances.pop()
    assert sleap.read(making.saved()).parts[0].said.individuals == ("animal",)


def test_frames_said_to_be_empty_and_labels_off_the_picture(making):
    film = making.pictures("img0.png", "img1.png")
    making.frame(film, 0, is_negative=True)
    making.frame(film, 1, making.placed((61.5, 2), (60, 40), GONE))
    labels = sleap.read(making.saved())
    assert labels.parts[0].said.confidence[:, :, 0].tolist() == [[0, 0, 0], [0, 1, 0]]
    assert labels.warnings == (
        "film: labels that lie off their picture are left out, 1: nose in frame 1",
        "nobody placed the keypoint nose anywhere",
        "nobody placed the keypoint earR anywhere",
        "1 picture has no label, taken to show nothing: img0.png",
    )


def test_hidden_points_are_absent(making):
    film = making.pictures("img0.png")
    instance = making.placed((1, 2), (3, 4), (5, 6))
    instance.points["visible"][1] = False
    making.frame(film, 0, instance)
    assert sleap.read(making.saved()).parts[0].said.confidence[0, :, 0].tolist() == [1, 0, 1]


@pytest.mark.parametrize("colour", [False, True])
def test_pictures_in_the_file_itself(making, colour):
    names = [f"img{number}.png" for number in range(4)]
    film = making.pictures(*names)
    if colour:
        for number, name in enumerate(names):
            image = np.full((*SIZE, 3), (10, 20, 30 + number), np.uint8)  # blue, green, red
            cv2.imwrite(str(making.folder / "film" / name), image)
        film = sio.Video.from_filename(film.filename)
    making.frame(film, 3, making.placed((1, 2), (3, 4), (5, 6)))
    making.frame(film, 1, making.placed((7, 8), (3, 4), (5, 6)))
    path = making.saved("all.pkg.slp", embed="user")
    for name in names:
        (making.folder / "film" / name).unlink()
    (part,) = sleap.read(path).parts
    assert part.origin.tolist() == [1, 3]
    assert part.said.at("nose").tolist() == [[7, 8], [1, 2]]
    shown = part.recording.frames(part.said.numbers).pixels[:, 0, 0]
    assert shown.tolist() == ([[31, 20, 10], [33, 20, 10]] if colour else [[2], [4]])
    with pytest.raises(Refusal, match="it carries no clock"):
        sleap.read_tracks(path)


def test_a_film_that_is_missing(making):
    film = making.pictures("img0.png")
    other = sio.Video(filename="C:\\films\\day2.mp4", open_backend=False)
    other.backend_metadata = {"type": "MediaVideo", "filename": "C:\\films\\day2.mp4"}
    making.frame(film, 0, making.placed((1, 2), (3, 4), (5, 6)))
    making.frame(other, 0, making.placed((1, 2), (3, 4), (5, 6)))
    path = making.saved()
    with pytest.raises(Refusal, match=r"day2\.mp4 is missing, of which 1 frames are labelled; put"):
        sleap.read(path)
    labels = sleap.read(path, missing="skip")
    assert (len(labels), len(labels.parts)) == (1, 1)
    assert (
        "day2.mp4 is missing, of which 1 frames are labelled: they are left out"
        in labels.warnings[0]
    )
    (making.folder / "film" / "img0.png").unlink()
    with pytest.raises(Refusal, match="is missing"):
        sleap.read(path, missing="skip")
    with pytest.raises(Refusal, match="it holds 2 films; name one by film=: "):
        sleap.read_tracks(path, rate=30)
    assert len(sleap.read_tracks(path, film="day2", rate=30)) == 1
    with pytest.raises(Refusal, match="says nothing"):
        sleap.read(path, missing="ignore")


def test_a_film_beside_the_labels(making, film):
    place = film("day1.mp4").shot(making.folder)
    named = sio.Video(filename="/elsewhere/day1.mp4", open_backend=False)
    named.backend_metadata = {"type": "MediaVideo", "filename": "/elsewhere/day1.mp4"}
    making.frame(named, 7, making.placed((1, 2), (3, 4), (5, 6)))
    making.frame(named, 3, making.placed((7, 8), (3, 4), (5, 6)))
    labels = sleap.read(making.saved())
    (part,) = labels.parts
    assert part.recording == video.read(place)
    assert part.said.numbers.tolist() == part.origin.tolist() == [3, 7]
    assert part.said.times_s == pytest.approx([0.1, 7 / 30])
    tracks = sleap.read_tracks(making.folder / "labels.slp")
    assert tracks.times_s == pytest.approx(np.arange(3, 8) / 30)
    making.frame(named, 60, making.placed((1, 2), (3, 4), (5, 6)))
    with pytest.raises(Refusal, match=r"it tells of frame 60, and day1\.mp4 has 60"):
        sleap.read(making.saved())


def test_tracks_are_what_people_corrected_and_else_what_was_predicted(making):
    film = making.pictures(*(f"img{number}.png" for number in range(5)))
    good, poor = ((1, 2), (3, 4), (5, 6)), ((9, 9), (9, 9), GONE)
    making.frame(film, 1, making.predicted(*poor, track="a"), making.placed(*good, track="a"))
    making.frame(film, 3, making.predicted(*poor, track="a", score=1.5))
    tracks = sleap.read_tracks(making.saved(), rate=10)
    assert tracks.numbers.tolist() == [1, 2, 3]
    assert tracks.times_s.tolist() == [0.1, 0.2, 0.3]
    assert tracks.individuals == ("a",)
    assert tracks.confidence[:, :, 0].tolist() == [[1, 1, 1], [0, 0, 0], [1, 1, 0]]
    assert tracks.at("nose")[[0, 2]].tolist() == [[1, 2], [9, 9]]
    assert np.isnan(tracks.position[1]).all()
    with pytest.raises(Refusal, match="it carries no clock"):
        sleap.read_tracks(making.folder / "labels.slp")


def test_what_is_there_twice_is_refused(making):
    film = making.pictures("img0.png", "img1.png")
    one = making.placed((1, 2), (3, 4), (5, 6), track="a")
    making.frame(film, 0, one, making.placed((1, 2), (3, 4), (5, 6), track="a"))
    with pytest.raises(Refusal, match="a is there twice in frame 0"):
        sleap.read(making.saved())
    making.frames[:] = []
    making.frame(film, 0, one)
    making.tracks["c"] = sio.Track("a")
    making.frame(film, 1, making.placed((1, 2), (3, 4), (5, 6), track="c"))
    with pytest.raises(Refusal, match="two tracks have the same name"):
        sleap.read(making.saved())


def test_files_that_will_not_do(making):
    with pytest.raises(Refusal, match="there is no such file"):
        sleap.read(making.folder / "none.slp")
    broken = making.folder / "broken.slp"
    broken.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(64))
    with pytest.raises(Refusal, match="is no file of SLEAP"):
        sleap.read(broken)
    film = making.pictures("img0.png")
    making.frame(film, 0, making.predicted((1, 2), (3, 4), (5, 6)))
    with pytest.raises(Refusal, match="nobody placed a keypoint in it"):
        sleap.read(making.saved())


def recording(count=5) -> Recording:
    pixels = np.random.default_rng(0).integers(0, 255, (count, *SIZE, 1)).astype(np.uint8)
    return Recording.of(pixels, name="day1")


def said(places, keypoints, individuals=("animal",), numbers=None) -> Tracks:
    places = np.asarray(places, np.float64)
    sure = np.isfinite(places).all(axis=1).astype(float)
    numbers = np.arange(len(places)) if numbers is None else np.asarray(numbers)
    places = np.where(sure[:, None] > 0, places, np.nan)
    return Tracks(places, sure, numbers, numbers / 30, keypoints, individuals)


def test_frames_without_a_file_are_written_beside(tmp_path):
    places = np.array([[[1.0, 3], [2, 4]], [[5, np.nan], [6, np.nan]]])[..., None]
    part = Labelled(recording(), said(places, ("nose", "tail"), numbers=[1, 4]))
    skeleton = Skeleton(("nose", "tail"), (("nose", "tail"),), (("nose", "tail"),))
    assert sleap.write(Labels((part,), skeleton), tmp_path / "out.slp") == ()
    labels = sleap.read(tmp_path / "out.slp")
    (found,) = labels.parts
    assert labels.skeleton == skeleton
    assert np.array_equal(found.said.position, part.said.position, equal_nan=True)
    assert (found.origin.tolist(), found.film) == ([1, 4], "day1")
    pixels = part.recording.frames([1, 4]).pixels
    assert np.array_equal(found.recording.frames([0, 1]).pixels, pixels)
    assert sleap.write(labels, tmp_path / "again.slp") == ()
    assert sleap.read(tmp_path / "again.slp").parts[0].said == found.said


def test_what_is_not_kept_or_cannot_be_is_told(tmp_path):
    part = Labelled(recording(), said(np.ones((1, 2, 2, 1)), ("nose", "tail")), author="Ann")
    hidden = replace(part.said, confidence=np.full((1, 2, 1), HIDDEN))
    notes = sleap.write(Labels((replace(part, said=hidden, subject="m7"),)), tmp_path / "out.slp")
    assert notes == (
        "that 2 keypoints are hidden is not kept",
        "authors are not kept: Ann",
        "subjects are not kept: m7",
    )
    metric = replace(part.said, unit="mm")
    with pytest.raises(Refusal, match="a SLEAP file holds keypoints in px"):
        sleap.write(Labels((replace(part, said=metric),)), tmp_path / "mm.slp")
    with pytest.raises(Refusal, match="the tracks are in mm"):
        sleap.write_tracks(metric, tmp_path / "mm.slp", tmp_path / "film.mp4")
    kept = replace(part.said, features={"area_px2": np.ones((1, 1))})
    assert sleap.write_tracks(kept, tmp_path / "f.slp", tmp_path / "film.mp4") == (
        "features of individuals are not kept: area_px2",
    )


@st.composite
def tracks(draw, unsure=False):
    who = ("one", "two")[: draw(st.integers(1, 2))]
    count = draw(st.integers(1, 4))
    shape = (count, 2, 3, len(who))
    place = st.one_of(st.just(np.nan), st.floats(-0.5, 39.5))
    size = int(np.prod(shape))
    made = said(np.reshape(draw(st.lists(place, min_size=size, max_size=size)), shape), NODES, who)
    score = draw(st.floats(0.1, 1)) if unsure else 1.0
    return replace(made, confidence=made.confidence * score)


@given(tracks())
@settings(max_examples=15)
def test_any_labels_are_read_as_they_were_written(made):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.slp"
        sleap.write(Labels((Labelled(recording(), made),)), path)
        found = sleap.read(path).parts[0].said
        assert len(found) == len(made)
        for i, name in enumerate(made.individuals):
            if name in found.individuals:  # one that is nowhere is not in such a file
                own = found.position[..., found.individuals.index(name)]
                assert np.array_equal(own, made.position[..., i], equal_nan=True)
            else:
                assert np.isnan(made.position[..., i]).all()


@given(tracks(unsure=True).filter(lambda made: made.confidence.any()))
@settings(max_examples=15)
def test_any_tracks_are_read_as_they_were_written(made):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tracks.slp"
        assert sleap.write_tracks(made, path, Path(folder) / "film.mp4") == ()
        found = sleap.read_tracks(path, rate=30)
        for name in found.individuals:
            own = made.position[found.numbers, ..., made.individuals.index(name)]
            mine = found.individuals.index(name)
            assert np.array_equal(found.position[..., mine], own, equal_nan=True)
            sure = made.confidence[found.numbers, :, made.individuals.index(name)]
            assert found.confidence[..., mine] == pytest.approx(sure)


def test_proofread_flies(shared):
    path = shared / "data/flies/clip.slp"
    labels = sleap.read(path)
    (part,) = labels.parts
    assert (len(labels), part.film, labels.warnings) == (1500, "clip", ())
    assert part.said.individuals == ("female", "male")
    assert len(labels.skeleton.keypoints) == 13
    assert len(labels.skeleton.edges) == 12
    assert ("wingL", "wingR") in labels.skeleton.mirrored
    assert part.recording == video.read(path.with_name("clip.mp4"))
    assert part.said.confidence.mean() == pytest.approx(0.9837, abs=1e-4)
    tracks = sleap.read_tracks(path)
    assert np.array_equal(tracks.position, part.said.position, equal_nan=True)
    assert np.array_equal(tracks.times_s, part.recording.times_s)


def test_predicted_flies(shared):
    tracks = sleap.read_tracks(shared / "data/flies/clip.predictions.slp")
    assert tracks.position.shape == (1500, 2, 2, 2)
    assert 0.7 < tracks.confidence.mean() < 0.8
