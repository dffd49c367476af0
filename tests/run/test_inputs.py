"""What a user says of a file, beside what the file says itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import (
    Episodes,
    LabelMap,
    Observations,
    Observed,
    Recording,
    Refusal,
    Tracks,
)
from ethoframe.formats import dlc, episodes, timestamps, video
from ethoframe.run.inputs import Reading, episodes_in, noun_in, observed_in, tracks_in

PICTURE = Recording.of(np.zeros((1, 4, 6, 1), np.uint8))
VOLUME = Recording.of(np.zeros((1, 3, 4, 6, 1), np.uint8))


@pytest.mark.parametrize(
    ("told", "recording", "spacing"),
    [
        ((0.5,), PICTURE, (0.5, 0.5)),
        ((0.5, 1.0), PICTURE, (1.0, 0.5)),
        ((0.5, 0.6, 2.0), VOLUME, (2.0, 0.6, 0.5)),
        ((0.5,), replace(VOLUME, spacing_mm=(2.0, 1.0, 1.0)), (2.0, 0.5, 0.5)),
        ((0.5, 0.6), replace(VOLUME, spacing_mm=(2.0, 1.0, 1.0)), (2.0, 0.6, 0.5)),
    ],
)
def test_sizes_are_told_as_x_y_z(told, recording, spacing):
    assert Reading(told).of(recording).spacing_mm == spacing


def test_planes_of_which_nothing_tells_the_distance():
    found = Reading((0.5,)).of(VOLUME)
    assert found.spacing_mm == (0.5, 0.5, 0.5)
    assert "nothing tells how far its planes are apart: 0.5 mm is taken" in found.warnings[0]
    assert "--scale 0.5x0.5x2um/px" in found.warnings[0]
    with pytest.raises(Refusal, match="nothing tells how far its planes are apart"):
        Reading((0.5, 0.6)).of(VOLUME)
    with pytest.raises(Refusal, match="it is a picture, and --scale tells three lengths"):
        Reading((0.5, 0.6, 1.0)).of(PICTURE)


def test_planes_as_frames_have_two_sides():
    found = Reading((0.5, 0.6, 2.0), planes=True).of(VOLUME)
    assert (found.spacing_mm, found.warnings) == ((0.6, 0.5), ())


def test_what_the_file_says_otherwise_is_told():
    known = replace(PICTURE, spacing_mm=(0.25, 0.25))
    (line,) = Reading((0.5, 1.0)).of(known).warnings
    assert line == "its file says pixels of 0.25 mm; 0.5 × 1 mm, as told, count"
    assert Reading((0.25,)).of(known).warnings == ()


def test_a_place_in_the_patient_is_stretched_with_the_voxels():
    affine = np.array([[0, 0.5, 0, 3.0], [0.25, 0, 0, 4], [0, 0, 2, 5], [0, 0, 0, 1]])
    known = replace(VOLUME, spacing_mm=(2.0, 0.5, 0.25), affine=affine)
    found = Reading((0.5, 0.5, 4.0)).of(known)
    assert found.affine == pytest.approx(affine @ np.diag([2, 1, 2, 1]))


def test_a_rate_that_is_told_is_not_asked_for(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 8, 9), np.uint8), metadata={"axes": "TYX"})
    assert "--clock 30fps" in noun_in(tmp_path / "a.tif", Kind.RECORDING, Reading()).warnings[0]
    found = noun_in(tmp_path / "a.tif", Kind.RECORDING, Reading(rate=10.0))
    assert found.warnings == ()
    assert found.facts["rate"] == "given"
    assert found.times_s == pytest.approx(np.arange(5) / 10)


def test_what_a_format_does_not_ask_for(tmp_path):
    formats.write(PICTURE, tmp_path / "a.png")
    known = Reading(options={"pages": "z"})
    with pytest.raises(Refusal, match="does not ask for --pages; leave --pages out"):
        noun_in(tmp_path / "a.png", Kind.RECORDING, known)
    # Beside the file that it is said of, another need not ask for it.
    assert noun_in(tmp_path / "a.png", Kind.IMAGE, known).size == (4, 6)
    assert noun_in(tmp_path / "a.png", Kind.LABELMAP, known).size == (4, 6)


def test_pages_of_an_image_beside(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 8, 9), np.uint8), photometric="minisblack")
    known = Reading(options={"pages": "z"})
    assert noun_in(tmp_path / "a.tif", Kind.IMAGE, known).size == (5, 8, 9)


def test_labels_take_the_size_too(tmp_path):
    labels = LabelMap.of(np.ones((1, 3, 4, 6), np.uint8), spacing_mm=(2.0, 1.0, 1.0))
    formats.write_labels(labels, tmp_path / "a.tif")
    found = noun_in(tmp_path / "a.tif", Kind.LABELMAP, Reading((0.5,)))
    assert found.spacing_mm == pytest.approx((2.0, 0.5, 0.5))


def pair(path):
    """Tracks of two animals, without a clock."""
    one = Tracks.of(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.arange(3.0), "nose")
    both = replace(
        one,
        position=np.concatenate([one.position, one.position + 9], axis=-1),
        confidence=np.concatenate([one.confidence] * 2, axis=-1),
        individuals=("a", "b"),
        features={"area_px": np.array([[1.0, 2.0]] * 3)},
    )
    dlc.write_tracks(replace(both, features={}), path)
    return both


def test_only_some_individuals(tmp_path):
    both = pair(tmp_path / "m.csv")
    found = noun_in(tmp_path / "m.csv", Kind.TRACKS, Reading(rate=1.0, individuals=("b",)))
    assert (found.individuals, found.at("nose")[0].tolist()) == (("b",), [10, 11])
    some = Reading(individuals=("b", "a")).of_tracks("m", both)
    assert some == both  # in the order of the tracks
    assert Reading(individuals=("b",)).of_tracks("m", both).feature("area_px").tolist() == [2] * 3
    with pytest.raises(Refusal, match="no individual is called cat; there are: a, b"):
        Reading(individuals=("cat",)).of_tracks("m", both)


def test_times_of_frames_are_counted(tmp_path):
    pair(tmp_path / "m.csv")
    timestamps.write(tmp_path / "cam.csv", np.array([2.0, 2.5, 3.5]))
    known = Reading(times=Path("cam.csv"))
    found = noun_in(tmp_path / "m.csv", Kind.TRACKS, known)
    assert found.times_s.tolist() == [2.0, 2.5, 3.5]
    for count in (2, 4):
        timestamps.write(tmp_path / "cam.csv", np.arange(count) / 10)
        with pytest.raises(Refusal, match=f"it has 3 frames, and cam.csv {count} times; check"):
            noun_in(tmp_path / "m.csv", Kind.TRACKS, known)


def test_a_table_that_is_empty(tmp_path):
    (tmp_path / "m.csv").touch()
    with pytest.raises(Refusal, match=r"m\.csv: the file is empty; write it again, or leave it"):
        noun_in(tmp_path / "m.csv", Kind.TRACKS, Reading())


def test_episodes_of_one_of_several_recordings(tmp_path):
    seen = [
        Observed(name, Episodes.of("rear", np.array([[0.0, n]]), np.array([[0.0, 9.0]]), author))
        for name, n, author in (("m1", 1.0, "AB"), ("m1", 2.0, "CD"), ("m2", 3.0, "AB"))
    ]
    path = tmp_path / "all.csv"
    episodes.write_all(path, Observations(tuple(seen)))
    assert [*observed_in(path, None)] == ["m1/AB", "m1/CD", "m2"]
    assert episodes_in(path, Reading(), "m1/CD").total_s("rear") == 2.0
    assert episodes_in(path, Reading(), "m2").total_s("rear") == 3.0
    with pytest.raises(Refusal, match="no episodes of m3; there are: m1/AB, m1/CD, m2"):
        episodes_in(path, Reading(), "m3")
    with pytest.raises(Refusal, match="episodes of 3 recordings or authors"):
        noun_in(path, Kind.EPISODES, Reading())


def test_the_film_beside_tracks_tells_their_clock(tmp_path):
    path = tmp_path / "M1DLC_resnet50_boxMay1shuffle1_100.csv"
    pair(path)
    with pytest.raises(Refusal, match="it carries no clock; say it, as --clock 30fps"):
        tracks_in(path, Reading())
    pictures = [np.full((48, 64), 9 * n, np.uint8) for n in range(3)]
    video.write(tmp_path / "m1.mp4", pictures, rate=20)
    found, (line,) = tracks_in(path, Reading())
    assert found.times_s == pytest.approx([0, 0.05, 0.1])
    assert line == "frames are timed as those of m1.mp4 beside it"
    told, none = tracks_in(path, Reading(rate=10.0))
    assert (told.step_s, none) == (pytest.approx(0.1), ())
    video.write(tmp_path / "m1.mp4", pictures[:2], rate=20)
    with pytest.raises(
        Refusal, match=r"no clock, and m1\.mp4 beside it does not tell it: it has 3"
    ):
        tracks_in(path, Reading())
