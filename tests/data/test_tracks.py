from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from ethoframe.data import Refusal, Tracks, Transform
from ethoframe.testing import strategies as nouns

TIMES_S = np.arange(50) / 25
WAY = np.stack([100 * np.sin(TIMES_S), 60 * np.cos(2 * TIMES_S)], axis=1)
SLANT = Transform(np.array([[0.5, 0.02, 3], [0.01, 0.6, -2], [1e-4, 5e-4, 1]]), "px", "mm")


def two_animals() -> Tracks:
    position = np.arange(3 * 2 * 2 * 2, dtype=np.float64).reshape(3, 2, 2, 2)
    position[0, :, :, 0] = np.nan
    features = {"area_px2": np.arange(6.0).reshape(3, 2)}
    names = ("nose", "tail"), ("a", "b")
    return Tracks(
        position, np.ones((3, 2, 2)), np.arange(3), TIMES_S[:3], *names, features=features
    )


def test_of_points():
    points = np.array([[1.0, 2.0], [np.nan, 4.0]])
    tracks = Tracks.of(points, TIMES_S[:2], "nose")
    assert np.array_equal(tracks.at("nose"), points, equal_nan=True)
    assert tracks.confidence.ravel().tolist() == [1.0, 0.0]
    assert len(Tracks.of(np.zeros((0, 2)), np.zeros(0))) == 0


def test_by_keypoint_and_individual():
    tracks = two_animals()
    assert np.array_equal(tracks.at("tail", "b"), tracks.position[:, :, 1, 1])
    assert np.array_equal(tracks.at("tail"), tracks.position[:, :, 1, 0], equal_nan=True)
    assert tracks.feature("area_px2").tolist() == [0.0, 2.0, 4.0]
    assert tracks.feature("area_px2", "b").tolist() == [1.0, 3.0, 5.0]
    assert tracks.seen.tolist() == [False, True, True]


def test_the_step_is_the_usual_one():
    tracks = Tracks.of(np.zeros((4, 2)), np.array([0.0, 0.1, 0.2, 5.0]))
    assert tracks.step_s == pytest.approx(0.1)
    assert np.isnan(tracks.take(slice(1)).step_s)


def test_features_go_along():
    tracks = two_animals()
    assert Tracks.joined([tracks.take(slice(1)), tracks.take(slice(1, 3))]) == tracks
    assert tracks.take([2]).feature("area_px2").tolist() == [4.0]


@given(nouns.tracks())
def test_there_and_back_again(tracks):
    there = tracks.mapped(SLANT)
    back = there.mapped(SLANT.inverse())
    assert np.allclose(back.position, tracks.position, atol=1e-4, equal_nan=True)
    assert back.unit == "px"
    assert there.features == tracks.features


def test_pixels_per_unit():
    tracks = Tracks.of(WAY, TIMES_S)
    assert tracks.mapped(Transform.scaling(0.5, "px", "mm")).px_per_unit == pytest.approx(2.0)
    slanted = tracks.mapped(SLANT)
    beside = np.median(WAY, axis=0) + 1e-4 * np.array([[0, 0], [1, 0], [0, 1]])
    a, b, c = SLANT.apply(beside)
    area = abs(np.linalg.det(np.stack([b - a, c - a]))) / 1e-8
    assert slanted.px_per_unit == pytest.approx(1 / np.sqrt(area), rel=1e-4)


def test_only_from_their_own_unit():
    with pytest.raises(ValueError, match="tracks in px cannot go through a map from mm"):
        Tracks.of(WAY, TIMES_S).mapped(Transform.scaling(1, "mm", "bl"))


@pytest.mark.parametrize(
    "change",
    [
        {"position": np.zeros((3, 2, 2, 1))},
        {"confidence": np.zeros((3, 2))},
        {"numbers": np.arange(4)},
        {"keypoints": ("nose",)},
        {"individuals": ("a",)},
        {"features": {"area_px2": np.zeros(3)}},
    ],
)
def test_axes_must_match(change):
    with pytest.raises(ValueError, match="need"):
        replace(two_animals(), **change)


def test_movement_opens_them_as_they_are():
    from movement.io import load_poses
    from movement.kinematics import compute_path_length, compute_speed
    from movement.validators.datasets import ValidPosesInputs

    tracks = replace(Tracks.of(WAY, TIMES_S), unit="mm", features={"area_px2": np.ones((50, 1))})
    opened = tracks.to_xarray()
    ValidPosesInputs.validate(opened)
    theirs = load_poses.from_numpy(
        tracks.position, tracks.confidence, ["animal"], ["centroid"], 25.0, "ethoframe"
    )
    assert opened.position.dims == theirs.position.dims
    assert opened.position.equals(theirs.position)
    assert opened.confidence.equals(theirs.confidence)
    assert opened.attrs["ds_type"] == theirs.attrs["ds_type"]
    assert opened.attrs["time_unit"] == theirs.attrs["time_unit"]
    assert opened.attrs["fps"] == pytest.approx(theirs.attrs["fps"])

    x, y = (np.gradient(column, TIMES_S) for column in tracks.at("centroid").T)
    assert np.allclose(compute_speed(opened.position).values.ravel(), np.hypot(x, y))
    steps = np.hypot(*np.diff(tracks.at("centroid"), axis=0).T)
    assert compute_path_length(opened.position).item() == pytest.approx(steps.sum())


def test_xarray_of_almost_nothing():
    assert np.isnan(Tracks.of(np.zeros((1, 2)), np.zeros(1)).to_xarray().attrs["fps"])


@given(nouns.tracks())
def test_pieces_are_the_seen_frames_without_a_break(tracks):
    seen = np.isfinite(tracks.at("centroid")).all(axis=1)
    found = np.zeros(len(tracks), int)
    for piece in tracks.pieces("centroid"):
        found[piece] += 1
        steps = np.diff(tracks.times_s[piece])
        assert (steps <= 2.5 * tracks.step_s + 1e-6).all()
        beyond = piece.stop < len(tracks) and seen[piece.stop]
        assert (
            not beyond
            or tracks.times_s[piece.stop] - tracks.times_s[piece.stop - 1] > tracks.step_s
        )
    assert np.array_equal(found, seen.astype(int))
    assert len(tracks.support_s("centroid")) == len(tracks.pieces("centroid"))


def test_time_is_shared_out_among_frames_but_for_gaps():
    tracks = Tracks.of(np.zeros((5, 2)), np.array([0.0, 0.1, 0.2, 5.0, 5.1]))
    assert tracks.frame_s == pytest.approx([0.1] * 5)
    assert tracks.support_s("centroid") == pytest.approx(np.array([[0, 0.3], [5, 5.2]]))
    assert tracks.take(slice(1)).frame_s.tolist() == [0.0]
    assert tracks.take(slice(0)).frame_s.shape == (0,)


def test_length_of_the_body():
    tracks = two_animals()
    assert np.isnan(replace(tracks, keypoints=("nose", "x")).body_length_px)
    assert tracks.body_length_px == pytest.approx(np.hypot(2, 2))  # from nose to tail base
    on_floor = replace(tracks, unit="mm", px_per_unit=3.0)
    assert on_floor.body_length_px == pytest.approx(3 * np.hypot(2, 2))
    lengths = {"major_px": np.array([[np.nan, 3.0], [10.0, 3.0], [20.0, 3.0]])}
    assert replace(tracks, features=lengths).body_length_px == pytest.approx(3.0)


def pair() -> Tracks:
    """Two animals with a nose and a tail base; the second is not seen whole in frame 1."""
    position = np.arange(24.0).reshape(3, 2, 2, 2)
    position[1, :, 1, 1] = np.nan
    sure = np.isfinite(position).all(axis=1).astype(float)
    features = {"area_px2": np.arange(6.0).reshape(3, 2)}
    clock = np.arange(3), np.arange(3) / 10
    names = ("Snout", "tailbase"), ("a", "b")
    return Tracks(position, sure, *clock, *names, features=features)


def test_a_role_is_a_place_whatever_it_is_called():
    tracks = pair()
    assert np.array_equal(tracks.place("nose"), tracks.at("Snout"))
    assert np.array_equal(tracks.place("Snout", "b"), tracks.at("Snout", "b"))
    middle = (tracks.at("Snout", "b") + tracks.at("tailbase", "b")) / 2
    assert np.array_equal(tracks.place("body_centre", "b"), middle, equal_nan=True)
    assert np.isnan(tracks.place("body_centre", "b")[1]).all()
    with pytest.raises(Refusal, match="no keypoint is the neck; there are: Snout, tailbase"):
        tracks.place("neck")


def test_each_individual_alone():
    tracks = pair()
    one, two = tracks.each()
    assert (one.individuals, two.individuals) == (("a",), ("b",))
    assert two == tracks.alone("b")
    assert np.array_equal(two.at("Snout"), tracks.at("Snout", "b"))
    assert two.feature("area_px2").tolist() == tracks.feature("area_px2", "b").tolist()
    assert two.confidence.shape == (3, 2, 1)
