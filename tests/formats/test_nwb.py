"""NWB: read as others write it, and written so that others open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import h5py
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Episodes, Measure, Measures, Refusal, Skeleton, Tracks
from ethoframe.formats import nwb

XY = np.array([[1.0, 2.0], [3.0, 4.0], [np.nan, np.nan]])


def typed(group, name, kind):
    """A group that declares its type."""
    made = group.create_group(name)
    made.attrs["neurodata_type"] = kind
    return made


def series(pose, name, xy=XY, unit="pixels", conversion=1.0, times_s=None):
    """Positions of a keypoint, ten frames a second where no times are given."""
    made = typed(pose, name, "PoseEstimationSeries")
    made["data"] = xy
    made["data"].attrs.update({"unit": unit, "conversion": conversion})
    made["confidence"] = np.array([0.5, 1.0, 0.25])[: len(xy)]
    if times_s is None:
        made["starting_time"] = 2.0
        made["starting_time"].attrs["rate"] = 10.0
    else:
        made["timestamps"] = times_s
    return made


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "m1.nwb", "w") as made:
        made.create_group("processing/behavior")
        yield made


def closed(file):
    path = file.filename
    file.close()
    return path


def test_poses_by_their_skeleton(file):
    behaviour = file["processing/behavior"]
    skeleton = typed(behaviour, "mouse", "Skeleton")
    skeleton["nodes"] = [b"nose", b"left ear"]
    pose = typed(behaviour, "PoseEstimation", "PoseEstimation")
    pose["mouse"] = h5py.SoftLink(skeleton.name)
    series(pose, "PoseEstimationSeriesLeftEar")
    series(pose, "animal_nose")
    tracks = formats.read_tracks(closed(file))
    assert tracks.keypoints == ("nose", "left ear")
    assert (tracks.individuals, tracks.unit) == (("animal",), "px")
    assert tracks.times_s.tolist() == [2.0, 2.1, 2.2]
    assert tracks.numbers.tolist() == [20, 21, 22]
    assert np.array_equal(tracks.at("nose"), XY, equal_nan=True)
    assert tracks.confidence[:, 0, 0].tolist() == [0.5, 1.0, 0.0]


def test_individuals_that_were_seen_at_different_times(file):
    behaviour = file["processing/behavior"]
    series(typed(behaviour, "track=one", "PoseEstimation"), "nose", times_s=[0.0, 0.1, 0.2])
    series(
        typed(behaviour, "PoseEstimation_b", "PoseEstimation"), "nose", XY[:2], times_s=[0.1, 0.3]
    )
    tracks = formats.read_tracks(closed(file))
    assert tracks.individuals == ("b", "one")
    assert tracks.numbers.tolist() == [0, 1, 2, 3]
    assert np.isnan(tracks.at("nose", "b")[:, 0]).tolist() == [True, False, True, False]


def test_metres_are_read_as_mm(file):
    pose = typed(file["processing/behavior"], "PoseEstimation", "PoseEstimation")
    made = series(pose, "nose", unit="meters", conversion=1e-3)
    made.attrs["comments"] = "3.2 px in 1 mm"
    tracks = formats.read_tracks(closed(file))
    assert (tracks.unit, tracks.px_per_unit) == ("mm", 3.2)
    assert np.array_equal(tracks.at("nose"), XY, equal_nan=True)


@pytest.mark.parametrize(
    ("xy", "times_s", "reason"),
    [
        (np.ones((3, 3)), None, "is not of x and y over time"),
        (XY, [0.0, 0.0, 0.1], "do not rise"),
        (XY, [0.0, 0.1], "do not rise"),
    ],
)
def test_poses_that_are_refused(file, xy, times_s, reason):
    pose = typed(file["processing/behavior"], "PoseEstimation", "PoseEstimation")
    series(pose, "nose", xy, times_s=times_s)
    with pytest.raises(Refusal, match=reason):
        formats.read_tracks(closed(file))


def test_intervals_as_others_write_them(file):
    file["general/session_id"] = "day 1"
    for name, starts in (("freezing", [1.0, 3.0]), ("trials", [0.0, 9.0])):
        table = typed(file, f"intervals/{name}", "TimeIntervals")
        table["start_time"], table["stop_time"] = starts, np.add(starts, 1.5)
    seen = formats.read_observations(closed(file))
    assert (seen.recordings, seen.labels) == (("day 1",), ("freezing",))
    assert seen.of("day 1")[0].spans("freezing").tolist() == [[1.0, 2.5], [3.0, 4.5]]
    assert "nobody says what was looked at in day 1" in seen.warnings[0]


def test_what_is_no_nwb(tmp_path):
    (tmp_path / "a.nwb").write_bytes(b"nothing")
    for read in (formats.read_tracks, formats.read_observations):
        with pytest.raises(Refusal, match="it is no NWB file that can be read"):
            read(tmp_path / "a.nwb")


def test_a_start_needs_its_time_zone(tmp_path):
    session = nwb.Session(start=datetime(2024, 5, 31))  # noqa: DTZ001
    with pytest.raises(Refusal, match="has no time zone"):
        nwb.write(tmp_path / "a.nwb", nwb.Content("m1"), session)


@pytest.mark.slow
@pytest.mark.timeout(900)  # the library alone takes seconds to import
def test_what_is_written_validates_and_comes_back(tmp_path):
    import nwbinspector

    draw = np.random.default_rng(0)
    position, sure = draw.random((90, 2, 3, 2)) * 100, draw.random((90, 3, 2))
    position[5:9, :, 1, 0], sure[5:9, 1, 0] = np.nan, 0
    tracks = Tracks(
        position,
        sure,
        np.arange(90) + 30,
        (np.arange(90) + 30) / 30,
        ("nose", "left ear", "tail"),
        ("adult", "young"),
    )
    spans = np.array([[1.0, 2.0], [2.5, 3.0]])
    seen = Episodes.of("rear", spans, np.array([[0.0, 4.0]]), "AB", individual="adult")
    seen = replace(seen, confidence=np.array([1.0, 0.5]))
    row = Measure(
        quantity="distance", value=3.0, unit="mm", definition="path",
        bin_start_s=0.0, bin_stop_s=1.0,
    )  # fmt: skip
    content = nwb.Content(
        "m1",
        tracks,
        (seen, replace(seen, author="CD", start_s=seen.start_s + 0.1)),
        Measures((row, replace(row, quantity="speed"))),
        Skeleton.of(tracks.keypoints, [("nose", "tail")]),
        "m1.mp4",
    )
    start = datetime(2024, 5, 31, 9, 30, tzinfo=UTC)
    told = nwb.write(
        tmp_path / "a.nwb", content, nwb.Session(start, "s1", "Mus musculus", "F", "P90D")
    )
    alone = replace(tracks.alone("adult"), unit="mm", px_per_unit=3.2)
    filled = nwb.write(tmp_path / "b.nwb", nwb.Content("m1", alone, (seen,)))
    assert told == ()
    assert [line.split(":")[0] for line in filled] == [
        "nobody says when the session began",
        "nobody says the subject's id",
        "nobody says its sex",
        "nobody says its age",
        "nobody says its species",
    ]
    again = formats.read_tracks(tmp_path / "a.nwb")
    assert np.array_equal(again.position, tracks.position, equal_nan=True)
    assert np.array_equal(again.confidence, tracks.confidence)
    assert np.allclose(again.times_s, tracks.times_s, rtol=0, atol=1e-9)
    assert again.numbers.tolist() == tracks.numbers.tolist()
    assert (again.keypoints, again.individuals) == (tracks.keypoints, tracks.individuals)
    parts = [part.episodes for part in formats.read_observations(tmp_path / "a.nwb")]
    assert parts == list(content.episodes)
    once = formats.read_tracks(tmp_path / "b.nwb")
    assert (once.unit, once.px_per_unit, once.individuals) == ("mm", 3.2, ("adult",))
    grave = [
        found
        for name in ("a.nwb", "b.nwb")
        for found in nwbinspector.inspect_nwbfile(nwbfile_path=tmp_path / name)
        if found.importance.value >= nwbinspector.Importance.CRITICAL.value
    ]
    assert grave == []
